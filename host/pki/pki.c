// The issuer's folder of keys and certificates: made once, loaded to sign (9303-12 §4, §7).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pki.h"

#include "host/file.h"
#include "host/pki/curve.h"
#include "host/pki/der.h"
#include "host/pki/pem.h"
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DAY = 86400,
    // A CSCA signs for 3 to 5 years and a signer for up to 3 months; the certificates outlive the documents,
    // here 10 years (9303-12 §5).
    CSCA_KEY_DAYS = 3 * 365,
    SIGNER_KEY_DAYS = 90,
    DOCUMENT_DAYS = 10 * 366,
    CRL_DAYS = 90, // 9303-12 §7.1.4
    PEM_MAX = 2 * CERTIFICATE_MAX,
};

// The files of the folder; the functions below tell where their content is in struct jumin_pki.
struct pki_file {
    const char *name;
    const char *label; // PEM
    unsigned mode;
};

enum { FILE_KINDS = 3 };

static const struct pki_file certificate_files[FILE_KINDS] = {
    {"csca.crt", "CERTIFICATE", 0644},
    {"csca.crl", "X509 CRL", 0644},
    {"ds.crt", "CERTIFICATE", 0644},
};

static struct pki_bytes *certificate_of(struct jumin_pki *pki, size_t i)
{
    struct pki_bytes *const certificates[FILE_KINDS] = {&pki->csca, &pki->revocation_list, &pki->signer};
    return certificates[i];
}

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

static enum jumin_error save(struct jumin_pki *pki, const struct pki_file *file, struct span der)
{
    char path[PATH_MAX];
    uint8_t text[PEM_MAX];
    struct writer pem = writer_of(text, sizeof text);
    pem_put(&pem, file->label, der);
    if (pem.overflow || !disk_join(path, sizeof path, pki->folder, file->name)) {
        return pki_fail(pki, JUMIN_ERROR_ARGUMENT, "%s/%s: the path is too long", pki->folder, file->name);
    }
    const enum jumin_error error = disk_write(path, file->mode, writer_span(&pem));
    return error == JUMIN_OK ? JUMIN_OK
                             : pki_fail(pki, error, "%s: cannot be written: %s", path, strerror(errno));
}

static enum jumin_error load(struct jumin_pki *pki, const struct pki_file *file, struct writer *der)
{
    char path[PATH_MAX];
    uint8_t text[PEM_MAX];
    size_t n = 0;
    if (!disk_join(path, sizeof path, pki->folder, file->name)) {
        return pki_fail(pki, JUMIN_ERROR_ARGUMENT, "%s/%s: the path is too long", pki->folder, file->name);
    }
    const enum jumin_error error = disk_read(path, text, sizeof text, &n);
    if (error != JUMIN_OK) {
        return pki_fail(pki, error, "%s: cannot be read: %s (`jumin pki init` makes it)", path,
                        strerror(errno));
    }
    struct span rest = span_of(text, n), label;
    if (!pem_next(&rest, &label, der) || !span_equal(label, span_of(file->label, strlen(file->label)))) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "%s: is no PEM file with a %s", path, file->label);
    }
    return JUMIN_OK;
}

static bool random_serial(const struct crypto_random *random, uint8_t serial[CERTIFICATE_SERIAL])
{
    const bool ok = random->fill(random->context, serial, CERTIFICATE_SERIAL);
    serial[0] = (uint8_t)((serial[0] & 0x7F) | 0x40); // positive, and always of full length
    return ok;
}

static bool issue(struct certificate_request *request, const struct signing_key *issuer_key,
                  const struct crypto_random *random, struct pki_bytes *certificate)
{
    struct writer der = writer_of(certificate->p, sizeof certificate->p);
    const bool ok =
        random_serial(random, request->serial) && certificate_issue(request, issuer_key, random, &der);
    certificate->n = ok ? der.n : 0;
    return ok;
}

static enum jumin_error make(struct jumin_pki *pki, const struct jumin_pki_options *options)
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
        .key_not_after = options->now + (int64_t)CSCA_KEY_DAYS * DAY,
        .not_after = options->now + (int64_t)(CSCA_KEY_DAYS + SIGNER_KEY_DAYS + DOCUMENT_DAYS) * DAY,
        .subject_key = &pki->csca_key.key,
    };
    struct certificate_request signer = csca;
    signer.profile = CERTIFICATE_DOCUMENT_SIGNER;
    signer.subject = signer_name;
    signer.key_not_after = options->now + (int64_t)SIGNER_KEY_DAYS * DAY;
    signer.not_after = options->now + (int64_t)(SIGNER_KEY_DAYS + DOCUMENT_DAYS) * DAY;
    signer.subject_key = &pki->signer_key.key;
    const struct revocation_request revocation = {
        .issuer = csca_name,
        .number = 1,
        .this_update = options->now,
        .next_update = options->now + (int64_t)CRL_DAYS * DAY,
    };
    struct writer list = writer_of(pki->revocation_list.p, sizeof pki->revocation_list.p);
    const bool ok = issue(&csca, &pki->csca_key, &random, &pki->csca) &&
                    issue(&signer, &pki->csca_key, &random, &pki->signer) &&
                    revocation_list_issue(&revocation, &pki->csca_key, &random, &list);
    pki->revocation_list.n = ok ? list.n : 0;
    pki->loaded = ok;
    if (ok) {
        return JUMIN_OK;
    }
    struct detail why;
    const enum jumin_error error = signing_key_failure(&pki->csca_key, &why);
    pki_discard_keys(pki);
    return pki_fail(pki, error, "certificates cannot be made: %s", why.text);
}

bool pki_make(struct jumin_pki *pki, const struct jumin_pki_options *options)
{
    return make(pki, options) == JUMIN_OK;
}

// The CSCA's certificate last: a folder that has it has everything.
static enum jumin_error save_certificates(struct jumin_pki *pki)
{
    for (size_t i = FILE_KINDS; i-- > 0;) {
        const struct pki_bytes *certificate = certificate_of(pki, i);
        const enum jumin_error error =
            save(pki, &certificate_files[i], span_of(certificate->p, certificate->n));
        if (error != JUMIN_OK) {
            return error;
        }
    }
    return JUMIN_OK;
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

enum jumin_error jumin_pki_init(struct jumin_pki *pki, const char *passphrase,
                                const struct jumin_pki_options *options)
{
    char path[PATH_MAX];
    if (pki == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (passphrase == NULL || !valid_options(options) ||
        !disk_join(path, sizeof path, pki->folder, certificate_files[0].name)) {
        return pki_fail(pki, JUMIN_ERROR_ARGUMENT,
                        "a passphrase, a two-letter country and a known curve are needed");
    }
    if (mkdir(pki->folder, 0700) != 0 && errno != EEXIST) {
        return pki_fail(pki, JUMIN_ERROR_FILE, "%s: cannot be made: %s", pki->folder, strerror(errno));
    }
    if (access(path, F_OK) == 0) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "%s exists: its keys would be lost; choose another folder",
                        path);
    }
    pki_release_keys(pki);
    enum jumin_error error = make(pki, options);
    error = error == JUMIN_OK ? pki_save_keys(pki, span_of(passphrase, strlen(passphrase))) : error;
    error = error == JUMIN_OK ? save_certificates(pki) : error;
    pki->loaded = pki->in_folder = error == JUMIN_OK;
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
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < FILE_KINDS && error == JUMIN_OK; i++) {
        struct pki_bytes *certificate = certificate_of(pki, i);
        struct writer der = writer_of(certificate->p, sizeof certificate->p);
        error = load(pki, &certificate_files[i], &der);
        certificate->n = der.n;
    }
    if (error == JUMIN_OK) {
        error = pki_load_keys(pki, span_of(passphrase, strlen(passphrase)));
    }
    pki->loaded = pki->in_folder = error == JUMIN_OK;
    if (!pki->loaded) {
        pki_release_keys(pki);
    }
    return error;
}

enum jumin_error jumin_pki_item(const struct jumin_pki *pki, enum jumin_pki_item item, const uint8_t **der,
                                size_t *n)
{
    if (pki == NULL || der == NULL || n == NULL || !pki->loaded) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct pki_bytes *bytes = item == JUMIN_PKI_CSCA              ? &pki->csca
                                    : item == JUMIN_PKI_DOCUMENT_SIGNER ? &pki->signer
                                                                        : &pki->revocation_list;
    *der = bytes->p;
    *n = bytes->n;
    return JUMIN_OK;
}
