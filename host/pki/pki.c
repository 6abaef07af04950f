// The issuer's folder of keys and certificates: made once, loaded to sign (9303-12 §4, §7).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pki.h"

#include "host/file.h"
#include "host/pki/curve.h"
#include "host/pki/der.h"
#include "host/pki/pem.h"
#include "host/pki/private_key.h"
#include "host/pki/x509.h"
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

static const struct pki_file key_files[FILE_KINDS] = {
    {"csca.key", "ENCRYPTED PRIVATE KEY", 0600},
    {"ds.key", "ENCRYPTED PRIVATE KEY", 0600},
    {"generation.key", "ENCRYPTED PRIVATE KEY", 0600},
};

static struct pki_bytes *certificate_of(struct jumin_pki *pki, size_t i)
{
    struct pki_bytes *const certificates[FILE_KINDS] = {&pki->csca, &pki->revocation_list, &pki->signer};
    return certificates[i];
}

static struct crypto_ec_key *key_of(struct jumin_pki *pki, size_t i)
{
    struct crypto_ec_key *const keys[FILE_KINDS] = {&pki->csca_key, &pki->signer_key, &pki->generation_key};
    return keys[i];
}

__attribute__((format(printf, 3, 4))) static enum jumin_error
fail(struct jumin_pki *pki, enum jumin_error error, const char *format, ...)
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

static void release_keys(struct jumin_pki *pki)
{
    for (size_t i = 0; i < FILE_KINDS; i++) {
        crypto_ec_release(key_of(pki, i));
    }
    pki->loaded = pki->in_folder = false;
}

void jumin_pki_free(struct jumin_pki *pki)
{
    if (pki == NULL) {
        return;
    }
    release_keys(pki);
    free(pki);
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
        return fail(pki, JUMIN_ERROR_ARGUMENT, "%s/%s: the path is too long", pki->folder, file->name);
    }
    const enum jumin_error error = disk_write(path, file->mode, writer_span(&pem));
    return error == JUMIN_OK ? JUMIN_OK
                             : fail(pki, error, "%s: cannot be written: %s", path, strerror(errno));
}

static enum jumin_error load(struct jumin_pki *pki, const struct pki_file *file, struct writer *der)
{
    char path[PATH_MAX];
    uint8_t text[PEM_MAX];
    size_t n = 0;
    if (!disk_join(path, sizeof path, pki->folder, file->name)) {
        return fail(pki, JUMIN_ERROR_ARGUMENT, "%s/%s: the path is too long", pki->folder, file->name);
    }
    const enum jumin_error error = disk_read(path, text, sizeof text, &n);
    if (error != JUMIN_OK) {
        return fail(pki, error, "%s: cannot be read: %s (`jumin pki init` makes it)", path, strerror(errno));
    }
    struct span rest = span_of(text, n), label;
    if (!pem_next(&rest, &label, der) || !span_equal(label, span_of(file->label, strlen(file->label)))) {
        return fail(pki, JUMIN_ERROR_INPUT, "%s: is no PEM file with a %s", path, file->label);
    }
    return JUMIN_OK;
}

static bool random_serial(const struct crypto_random *random, uint8_t serial[CERTIFICATE_SERIAL])
{
    const bool ok = random->fill(random->context, serial, CERTIFICATE_SERIAL);
    serial[0] = (uint8_t)((serial[0] & 0x7F) | 0x40); // positive, and always of full length
    return ok;
}

static bool issue(struct certificate_request *request, const struct crypto_ec_key *issuer_key,
                  const struct crypto_random *random, struct pki_bytes *certificate)
{
    struct writer der = writer_of(certificate->p, sizeof certificate->p);
    const bool ok =
        random_serial(random, request->serial) && certificate_issue(request, issuer_key, random, &der);
    certificate->n = ok ? der.n : 0;
    return ok;
}

bool pki_make(struct jumin_pki *pki, const struct jumin_pki_options *options)
{
    const struct crypto_random random = crypto_system_random();
    const char *country = options->country != NULL ? options->country : "KR";
    const char *organization = options->organization != NULL ? options->organization : "jumin specimen";
    const struct certificate_name csca_name = {country, organization, "CSCA"};
    const struct certificate_name signer_name = {country, organization, "Document Signer"};
    enum crypto_curve curve;
    if (!curve_of(options->curve, &curve)) {
        return false;
    }
    for (size_t i = 0; i < FILE_KINDS; i++) {
        if (!crypto_ec_generate(key_of(pki, i), curve, &random)) {
            return false;
        }
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
        .subject_key = &pki->csca_key,
    };
    struct certificate_request signer = csca;
    signer.profile = CERTIFICATE_DOCUMENT_SIGNER;
    signer.subject = signer_name;
    signer.key_not_after = options->now + (int64_t)SIGNER_KEY_DAYS * DAY;
    signer.not_after = options->now + (int64_t)(SIGNER_KEY_DAYS + DOCUMENT_DAYS) * DAY;
    signer.subject_key = &pki->signer_key;
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
    return ok;
}

static enum jumin_error save_keys(struct jumin_pki *pki, struct span passphrase)
{
    const struct crypto_random random = crypto_system_random();
    for (size_t i = 0; i < FILE_KINDS; i++) {
        uint8_t bytes[PRIVATE_KEY_DER_MAX];
        struct writer der = writer_of(bytes, sizeof bytes);
        enum jumin_error error =
            private_key_encrypt(key_of(pki, i), passphrase, PRIVATE_KEY_ITERATIONS, &random, &der);
        error = error == JUMIN_OK ? save(pki, &key_files[i], writer_span(&der))
                                  : fail(pki, error, "%s: cannot be encrypted", key_files[i].name);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    return JUMIN_OK;
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
        return fail(pki, JUMIN_ERROR_ARGUMENT,
                    "a passphrase, a two-letter country and a known curve are needed");
    }
    if (mkdir(pki->folder, 0700) != 0 && errno != EEXIST) {
        return fail(pki, JUMIN_ERROR_FILE, "%s: cannot be made: %s", pki->folder, strerror(errno));
    }
    if (access(path, F_OK) == 0) {
        return fail(pki, JUMIN_ERROR_INPUT, "%s exists: its keys would be lost; choose another folder", path);
    }
    release_keys(pki);
    if (!pki_make(pki, options)) {
        return fail(pki, JUMIN_ERROR_CRYPTO, "keys and certificates cannot be made");
    }
    enum jumin_error error = save_keys(pki, span_of(passphrase, strlen(passphrase)));
    error = error == JUMIN_OK ? save_certificates(pki) : error;
    pki->loaded = pki->in_folder = error == JUMIN_OK;
    return error;
}

static enum jumin_error load_key(struct jumin_pki *pki, size_t i, struct span passphrase)
{
    const struct pki_file *file = &key_files[i];
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[PEM_MAX];
    struct writer der = writer_of(bytes, sizeof bytes);
    const enum jumin_error error = load(pki, file, &der);
    if (error != JUMIN_OK) {
        return error;
    }
    crypto_ec_release(key_of(pki, i));
    if (private_key_decrypt(writer_span(&der), passphrase, &random, key_of(pki, i)) != JUMIN_OK) {
        return fail(pki, JUMIN_ERROR_INPUT, "%s/%s: wrong passphrase, or a damaged file", pki->folder,
                    file->name);
    }
    return JUMIN_OK;
}

// What a certificate certifies must be the key beside it.
static enum jumin_error match(struct jumin_pki *pki, const struct pki_bytes *certificate,
                              const struct crypto_ec_key *key, const char *name)
{
    struct x509_certificate parsed;
    uint8_t point[CRYPTO_POINT_MAX];
    const char *why = "";
    if (!x509_parse(span_of(certificate->p, certificate->n), &parsed, &why)) {
        return fail(pki, JUMIN_ERROR_INPUT, "%s/%s: %s", pki->folder, name, why);
    }
    const size_t n = crypto_curve_point_length(crypto_ec_curve(key));
    if (parsed.key.kind != PUBLIC_KEY_EC || parsed.key.curve != crypto_ec_curve(key) ||
        !crypto_ec_public(key, point) || !span_equal(parsed.key.point, span_of(point, n))) {
        return fail(pki, JUMIN_ERROR_INPUT, "%s/%s: certifies another key than the one beside it",
                    pki->folder, name);
    }
    return JUMIN_OK;
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
    for (size_t i = 0; i < FILE_KINDS && error == JUMIN_OK; i++) {
        error = load_key(pki, i, span_of(passphrase, strlen(passphrase)));
    }
    if (error == JUMIN_OK) {
        error = match(pki, &pki->csca, &pki->csca_key, "csca.crt");
    }
    if (error == JUMIN_OK) {
        error = match(pki, &pki->signer, &pki->signer_key, "ds.crt");
    }
    pki->loaded = pki->in_folder = error == JUMIN_OK;
    if (!pki->loaded) {
        release_keys(pki);
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
