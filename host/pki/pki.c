// The issuer's folder of keys and certificates: made once, loaded to sign (9303-12 §4, §7).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pki.h"

#include "host/file.h"
#include "host/pki/curve.h"
#include "host/pki/der.h"
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CSCA_KEY_DAYS = 3 * 365, // 3 to 5 years (9303-12 §5)
};

enum jumin_error pki_fail(struct jumin_pki *pki, enum jumin_error error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(pki->detail, sizeof pki->detail, format, arguments);
    va_end(arguments);
    return error;
}

enum jumin_error jumin_pki_new(struct jumin_pki **pki, const char *folder)
{
    if (pki == NULL || folder == NULL || strlen(folder) >= PKI_FOLDER_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *pki = calloc(1, sizeof **pki);
    if (*pki == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    memcpy((*pki)->folder, folder, strlen(folder) + 1);
    return JUMIN_OK;
}

void jumin_pki_free(struct jumin_pki *pki)
{
    if (pki == NULL) {
        return;
    }
    pki_release_keys(pki);
    if (pki->lock > 0) {
        close(pki->lock - 1);
    }
    free(pki);
}

enum jumin_error jumin_pki_use_tokens(struct jumin_pki *pki, struct jumin_tokens *tokens, const char *uri)
{
    if (pki == NULL || tokens == NULL || (uri != NULL && strlen(uri) >= sizeof pki->token)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    pki->tokens = tokens;
    (void)snprintf(pki->token, sizeof pki->token, "%s", uri != NULL ? uri : "");
    return JUMIN_OK;
}

const char *jumin_pki_detail(const struct jumin_pki *pki)
{
    return pki == NULL ? "" : pki->detail;
}

static bool random_serial(const struct crypto_random *random, uint8_t serial[CERTIFICATE_SERIAL])
{
    const bool ok = random->fill(random->context, serial, CERTIFICATE_SERIAL);
    serial[0] = (uint8_t)((serial[0] & 0x7F) | 0x40); // positive, and always of full length
    return ok;
}

bool pki_certify(struct certificate_request *request, const struct signing_key *issuer_key,
                 const struct crypto_random *random, struct pki_bytes *certificate)
{
    struct writer der = writer_of(certificate->p, sizeof certificate->p);
    const bool ok =
        random_serial(random, request->serial) && certificate_issue(request, issuer_key, random, &der);
    certificate->n = ok ? der.n : 0;
    return ok;
}

enum jumin_error pki_make(struct jumin_pki *pki, const struct jumin_pki_options *options)
{
    const struct crypto_random random = crypto_system_random();
    const char *country = options->country != NULL ? options->country : "KR";
    const char *organization = options->organization != NULL ? options->organization : "jumin specimen";
    const struct certificate_name csca_name = {country, organization, "CSCA"};
    const struct certificate_name signer_name = {country, organization, "Document Signer"};
    enum crypto_curve curve;
    if (!curve_of(options->curve, &curve)) {
        return pki_fail(pki, JUMIN_ERROR_ARGUMENT, "there is no such curve");
    }
    const enum jumin_error made = pki_make_keys(pki, curve);
    if (made != JUMIN_OK) {
        return made;
    }
    struct certificate_request csca = {
        .profile = CERTIFICATE_CSCA,
        .issuer = csca_name,
        .subject = csca_name,
        .location = options->state != NULL ? options->state : "KOR",
        .revocation_list = options->revocation_list != NULL ? options->revocation_list
                                                            : "https://pki.jumin.example/csca.crl",
        .not_before = options->now,
        .key_not_after = options->now + (int64_t)CSCA_KEY_DAYS * PKI_DAY,
        .not_after =
            options->now + (int64_t)(CSCA_KEY_DAYS + PKI_SIGNER_KEY_DAYS + PKI_DOCUMENT_DAYS) * PKI_DAY,
        .subject_key = &pki->csca_key.key,
    };
    struct certificate_request signer = csca;
    signer.profile = CERTIFICATE_DOCUMENT_SIGNER;
    signer.subject = signer_name;
    signer.key_not_after = options->now + (int64_t)PKI_SIGNER_KEY_DAYS * PKI_DAY;
    signer.not_after = options->now + (int64_t)(PKI_SIGNER_KEY_DAYS + PKI_DOCUMENT_DAYS) * PKI_DAY;
    signer.subject_key = &pki->signer_key.key;
    const struct revocation_request revocation = {
        .issuer = csca_name,
        .number = 1,
        .this_update = options->now,
        .next_update = options->now + (int64_t)PKI_CRL_DAYS * PKI_DAY,
    };
    struct writer list = writer_of(pki->revocation_list.p, sizeof pki->revocation_list.p);
    const bool ok = pki_certify(&csca, &pki->csca_key, &random, &pki->csca) &&
                    pki_certify(&signer, &pki->csca_key, &random, &pki->signer) &&
                    revocation_list_issue(&revocation, &pki->csca_key, &random, &list);
    pki->revocation_list.n = ok ? list.n : 0;
    pki->loaded = pki->authority = ok;
    if (ok) {
        return JUMIN_OK;
    }
    const enum jumin_error error = pki_fail_to_sign(pki, "certificates cannot be made");
    pki_discard_keys(pki);
    return error;
}

static bool is_code(const char *text, size_t length)
{
    return strlen(text) == length && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == length;
}

static bool valid_options(const struct jumin_pki_options *options)
{
    enum crypto_curve curve;
    if (options == NULL || !curve_of(options->curve, &curve) || options->now < 0) {
        return false;
    }
    return (options->country == NULL || is_code(options->country, 2)) &&
           (options->state == NULL || is_code(options->state, 3));
}

enum jumin_error pki_begin(struct jumin_pki *pki, const struct jumin_pki_options *options)
{
    static const char *const others[] = {"csca.crt", "ceremonies/0001.json"};
    char path[PATH_MAX];
    if (!valid_options(options)) {
        return pki_fail(pki, JUMIN_ERROR_ARGUMENT, "a two-letter country and a known curve are needed");
    }
    if (mkdir(pki->folder, 0700) != 0 && errno != EEXIST) {
        return pki_fail(pki, JUMIN_ERROR_FILE, "%s: cannot be made: %s", pki->folder, strerror(errno));
    }
    enum jumin_error error = pki_lock(pki);
    for (size_t i = 0; i < sizeof others / sizeof *others && error == JUMIN_OK; i++) {
        error = pki_path_of(pki, others[i], path);
        if (error == JUMIN_OK && access(path, F_OK) == 0) {
            error = pki_fail(pki, JUMIN_ERROR_INPUT,
                             "%s exists: its keys would be lost; choose another folder", path);
        }
    }
    if (error == JUMIN_OK) {
        pki_release_keys(pki);
    }
    return error;
}

enum jumin_error jumin_pki_init(struct jumin_pki *pki, const char *passphrase,
                                const struct jumin_pki_options *options)
{
    if (pki == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = pki_begin(pki, options);
    if (error != JUMIN_OK) {
        return error;
    }
    error = pki_make(pki, options);
    for (unsigned i = 0; i < PKI_KEYS && error == JUMIN_OK; i++) {
        error = pki_save_key(pki, (enum pki_key)i, span_of(passphrase, strlen(passphrase)));
    }
    // The CSCA's certificate last: a folder that has it has everything.
    for (unsigned i = JUMIN_PKI_CRL + 1; i-- > 0 && error == JUMIN_OK;) {
        error = pki_save_item(pki, (enum jumin_pki_item)i);
    }
    pki->loaded = pki->in_folder = pki->authority = error == JUMIN_OK;
    if (error != JUMIN_OK) {
        pki_discard_keys(pki);
    }
    return error;
}

enum jumin_error jumin_pki_load(struct jumin_pki *pki, const char *passphrase)
{
    if (pki == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct span secret = span_of(passphrase, strlen(passphrase));
    enum jumin_error error = pki_load_items(pki);
    // A wrong passphrase is told before a token is asked.
    if (error == JUMIN_OK) {
        error = pki_load_key(pki, PKI_GENERATION_KEY, secret);
    }
    if (error == JUMIN_OK) {
        error = pki_load_key(pki, PKI_SIGNER_KEY, secret);
    }
    if (error == JUMIN_OK) {
        error = pki_match(pki, PKI_SIGNER_KEY);
    }
    pki->loaded = pki->in_folder = error == JUMIN_OK;
    if (!pki->loaded) {
        pki_release_keys(pki);
    }
    return error;
}

enum jumin_error jumin_pki_load_authority(struct jumin_pki *pki, const char *passphrase)
{
    if (pki == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = pki_lock(pki);
    if (error == JUMIN_OK) {
        error = pki_load_items(pki);
    }
    if (error == JUMIN_OK) {
        error = pki_load_key(pki, PKI_CSCA_KEY, span_of(passphrase, strlen(passphrase)));
    }
    if (error == JUMIN_OK) {
        error = pki_match(pki, PKI_CSCA_KEY);
    }
    pki->authority = error == JUMIN_OK;
    if (!pki->authority) {
        signing_key_release(&pki->csca_key);
    }
    return error;
}

enum jumin_error jumin_pki_item(const struct jumin_pki *pki, enum jumin_pki_item item, const uint8_t **der,
                                size_t *n)
{
    if (pki == NULL || der == NULL || n == NULL || !(pki->loaded || pki->authority)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct pki_bytes *bytes = item == JUMIN_PKI_CSCA              ? &pki->csca
                                    : item == JUMIN_PKI_DOCUMENT_SIGNER ? &pki->signer
                                                                        : &pki->revocation_list;
    *der = bytes->p;
    *n = bytes->n;
    return JUMIN_OK;
}
