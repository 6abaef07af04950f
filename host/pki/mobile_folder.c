// The files of the mobile credential's certificates and keys: each as it was or as it shall be after a power
// cut.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/mobile_pki.h"

#include "host/file.h"
#include "host/pki/pem.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { TEXT_MAX = 2 * REVOCATION_LIST_MAX };

static const char list_label[] = "X509 CRL";

enum jumin_error mobile_make_folder(struct jumin_mobile_pki *pki, const char *name)
{
    char path[PATH_MAX];
    enum jumin_error error = mobile_path(pki, name, "", path);
    if (error == JUMIN_OK && mkdir(path, 0700) != 0 && errno != EEXIST) {
        error = detail_set(&pki->detail, JUMIN_ERROR_FILE, "%s: cannot be made: %s", path, strerror(errno));
    }
    return error;
}

enum jumin_error mobile_lock(struct jumin_mobile_pki *pki)
{
    int descriptor = -1;
    if (pki->lock > 0) {
        return JUMIN_OK;
    }
    enum jumin_error error = mobile_make_folder(pki, ".");
    if (error != JUMIN_OK) {
        return error;
    }
    error = disk_lock(pki->folder, &descriptor);
    if (error != JUMIN_OK) {
        return detail_set(&pki->detail, error,
                          error == JUMIN_ERROR_CONFLICT ? "%s: another program changes it now"
                                                        : "%s: cannot be opened",
                          pki->folder);
    }
    pki->lock = descriptor + 1;
    return JUMIN_OK;
}

enum jumin_error mobile_path(struct jumin_mobile_pki *pki, const char *name, const char *suffix, char *path)
{
    const int n = strcmp(name, ".") == 0 ? snprintf(path, PATH_MAX, "%s", pki->folder)
                                         : snprintf(path, PATH_MAX, "%s/%s%s", pki->folder, name, suffix);
    return n > 0 && n < PATH_MAX
               ? JUMIN_OK
               : detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT, "%s: the path is too long", pki->folder);
}

static enum jumin_error save(struct jumin_mobile_pki *pki, const char *name, const char *suffix, bool secret,
                             const struct writer *text)
{
    char path[PATH_MAX];
    enum jumin_error error = mobile_path(pki, name, suffix, path);
    if (error != JUMIN_OK || text->overflow) {
        return error != JUMIN_OK ? error
                                 : detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT, "%s: is too long", path);
    }
    error = secret ? disk_replace_secret(path, writer_span(text)) : disk_write(path, 0644, writer_span(text));
    return error == JUMIN_OK
               ? JUMIN_OK
               : detail_set(&pki->detail, error, "%s: cannot be written: %s", path, strerror(errno));
}

static enum jumin_error read(struct jumin_mobile_pki *pki, const char *name, const char *suffix,
                             uint8_t text[TEXT_MAX], size_t *n)
{
    char path[PATH_MAX];
    enum jumin_error error = mobile_path(pki, name, suffix, path);
    if (error == JUMIN_OK) {
        error = disk_read(path, text, TEXT_MAX, n);
        if (error != JUMIN_OK) {
            (void)detail_set(&pki->detail, error, "%s: cannot be read: %s (`jumin pki iaca init` makes it)",
                             path, error == JUMIN_ERROR_FILE ? strerror(errno) : "it is too long");
        }
    }
    return error;
}

// The first block with this label.
static bool find(struct span text, const char *label, struct pki_bytes *der)
{
    struct span found;
    bool ok = false;
    der->n = 0;
    while (!ok) {
        struct writer w = writer_of(der->p, sizeof der->p);
        if (!pem_next(&text, &found, &w)) {
            return false;
        }
        ok = span_equal(found, span_of(label, strlen(label)));
        der->n = ok ? w.n : 0;
    }
    return ok;
}

enum jumin_error mobile_save_certificate(struct jumin_mobile_pki *pki, const char *name, struct span der)
{
    uint8_t bytes[2 * CERTIFICATE_MAX];
    struct writer text = writer_of(bytes, sizeof bytes);
    pem_put(&text, pki_certificate_label, der);
    return save(pki, name, ".crt", false, &text);
}

enum jumin_error mobile_save_key(struct jumin_mobile_pki *pki, const char *name, const struct mobile_key *key,
                                 const char *passphrase)
{
    const struct crypto_random random = crypto_system_random();
    const struct span certificate = span_of(key->certificate.p, key->certificate.n);
    uint8_t bytes[PKI_KEY_FILE_MAX];
    struct writer text = writer_of(bytes, sizeof bytes);
    if (!signing_key_put(&key->key, span_of(passphrase, strlen(passphrase)), &random, &text)) {
        return detail_set(&pki->detail, JUMIN_ERROR_CRYPTO, "%s.key: cannot be encrypted", name);
    }
    pem_put(&text, pki_certificate_label, certificate);
    const enum jumin_error error = save(pki, name, ".key", true, &text);
    return error == JUMIN_OK ? mobile_save_certificate(pki, name, certificate) : error;
}

static enum jumin_error take_key(struct jumin_mobile_pki *pki, const char *name, struct span text,
                                 const char *passphrase, struct mobile_key *key)
{
    const struct crypto_random random = crypto_system_random();
    struct x509_certificate parsed;
    const char *why = "";
    struct detail reason;
    if (!x509_parse(span_of(key->certificate.p, key->certificate.n), &parsed, &why)) {
        return detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%s/%s.key: its certificate: %s", pki->folder,
                          name, why);
    }
    if (passphrase == NULL) {
        return JUMIN_OK;
    }
    const enum jumin_error error =
        signing_key_take(&key->key, pem_before(text, pki_certificate_label),
                         span_of(passphrase, strlen(passphrase)), pki->tokens, &random, &reason);
    if (error != JUMIN_OK) {
        return detail_set(&pki->detail, error, "%s/%s.key: %s", pki->folder, name, reason.text);
    }
    if (crypto_ec_curve(&key->key.key) != CRYPTO_P256 || !x509_certifies(&parsed, &key->key.key)) {
        signing_key_release(&key->key);
        return detail_set(&pki->detail, JUMIN_ERROR_INPUT,
                          "%s/%s.key: its certificate is that of another key", pki->folder, name);
    }
    return JUMIN_OK;
}

enum jumin_error mobile_load_key(struct jumin_mobile_pki *pki, const char *name, const char *passphrase,
                                 struct mobile_key *key)
{
    uint8_t bytes[TEXT_MAX];
    size_t n = 0;
    signing_key_release(&key->key);
    enum jumin_error error = read(pki, name, ".key", bytes, &n);
    const struct span text = span_of(bytes, n);
    if (error == JUMIN_OK && !find(text, pki_certificate_label, &key->certificate)) {
        error =
            detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%s/%s.key: has no certificate", pki->folder, name);
    }
    return error == JUMIN_OK ? take_key(pki, name, text, passphrase, key) : error;
}

enum jumin_error mobile_load_certificate(struct jumin_mobile_pki *pki, const char *name, const char *suffix,
                                         struct pki_bytes *der)
{
    uint8_t bytes[TEXT_MAX];
    size_t n = 0;
    const enum jumin_error error = read(pki, name, suffix, bytes, &n);
    if (error != JUMIN_OK) {
        return error;
    }
    return find(span_of(bytes, n), pki_certificate_label, der)
               ? JUMIN_OK
               : detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%s/%s%s: has no certificate", pki->folder, name,
                            suffix);
}

enum jumin_error mobile_save_list(struct jumin_mobile_pki *pki, const char *name, struct span der)
{
    uint8_t bytes[TEXT_MAX];
    struct writer text = writer_of(bytes, sizeof bytes);
    pem_put(&text, list_label, der);
    return save(pki, name, ".crl", false, &text);
}

enum jumin_error mobile_load_list(struct jumin_mobile_pki *pki, const char *name, struct pki_bytes *der,
                                  struct x509_crl *list)
{
    uint8_t bytes[TEXT_MAX];
    const char *why = "it is no PEM file with a revocation list";
    size_t n = 0;
    const enum jumin_error error = read(pki, name, ".crl", bytes, &n);
    if (error != JUMIN_OK) {
        return error;
    }
    return find(span_of(bytes, n), list_label, der) && x509_crl_parse(span_of(der->p, der->n), list, &why)
               ? JUMIN_OK
               : detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%s/%s.crl: %s", pki->folder, name, why);
}
