// The files of the issuer's folder: read, and written so that a power cut leaves each as it was or as it
// shall be.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pki.h"

#include "host/file.h"
#include "host/pki/pem.h"
#include "host/pki/private_key.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <unistd.h>

enum { PEM_MAX = 2 * REVOCATION_LIST_MAX };

// The files of the folder; the functions below tell where their content is in struct jumin_pki.
struct pki_file {
    const char *name;
    const char *label; // PEM
};

static const char certificate_label[] = "CERTIFICATE", key_label[] = "ENCRYPTED PRIVATE KEY";

enum { ITEMS = 3 };

static const struct pki_file item_files[ITEMS] = {
    [JUMIN_PKI_CSCA] = {"csca.crt", certificate_label},
    [JUMIN_PKI_DOCUMENT_SIGNER] = {"ds.crt", certificate_label},
    [JUMIN_PKI_CRL] = {"csca.crl", "X509 CRL"},
};

static const struct pki_file key_files[PKI_KEYS] = {
    [PKI_CSCA_KEY] = {"csca.key", key_label},
    [PKI_SIGNER_KEY] = {"ds.key", key_label},
    [PKI_GENERATION_KEY] = {"generation.key", key_label},
};

static struct pki_bytes *item_of(struct jumin_pki *pki, enum jumin_pki_item item)
{
    return item == JUMIN_PKI_CSCA              ? &pki->csca
           : item == JUMIN_PKI_DOCUMENT_SIGNER ? &pki->signer
                                               : &pki->revocation_list;
}

struct crypto_ec_key *pki_key_of(struct jumin_pki *pki, enum pki_key which)
{
    return which == PKI_CSCA_KEY     ? &pki->csca_key
           : which == PKI_SIGNER_KEY ? &pki->signer_key
                                     : &pki->generation_key;
}

enum jumin_error pki_path_of(struct jumin_pki *pki, const char *name, char path[PATH_MAX])
{
    return disk_join(path, PATH_MAX, pki->folder, name)
               ? JUMIN_OK
               : pki_fail(pki, JUMIN_ERROR_ARGUMENT, "%s/%s: the path is too long", pki->folder, name);
}

static enum jumin_error save(struct jumin_pki *pki, const char *name, bool secret, const struct writer *pem)
{
    char path[PATH_MAX];
    enum jumin_error error = pki_path_of(pki, name, path);
    if (error != JUMIN_OK || pem->overflow) {
        return error != JUMIN_OK ? error : pki_fail(pki, JUMIN_ERROR_ARGUMENT, "%s: is too long", path);
    }
    error = secret ? disk_replace_secret(path, writer_span(pem)) : disk_write(path, 0644, writer_span(pem));
    return error == JUMIN_OK ? JUMIN_OK
                             : pki_fail(pki, error, "%s: cannot be written: %s", path, strerror(errno));
}

enum jumin_error pki_save_item(struct jumin_pki *pki, enum jumin_pki_item item)
{
    const struct pki_bytes *bytes = item_of(pki, item);
    uint8_t text[PEM_MAX];
    struct writer pem = writer_of(text, sizeof text);
    pem_put(&pem, item_files[item].label, span_of(bytes->p, bytes->n));
    return save(pki, item_files[item].name, false, &pem);
}

enum jumin_error pki_save_certificate(struct jumin_pki *pki, const char *name, struct span der)
{
    uint8_t text[PEM_MAX];
    struct writer pem = writer_of(text, sizeof text);
    pem_put(&pem, certificate_label, der);
    return save(pki, name, false, &pem);
}

enum jumin_error pki_put_key(struct jumin_pki *pki, enum pki_key which, struct span passphrase,
                             struct writer *pem)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[PRIVATE_KEY_DER_MAX];
    struct writer der = writer_of(bytes, sizeof bytes);
    const enum jumin_error error =
        private_key_encrypt(pki_key_of(pki, which), passphrase, PRIVATE_KEY_ITERATIONS, &random, &der);
    if (error != JUMIN_OK) {
        return pki_fail(pki, error, "%s: cannot be encrypted", key_files[which].name);
    }
    pem_put(pem, key_label, writer_span(&der));
    if (which == PKI_SIGNER_KEY) {
        pem_put(pem, certificate_label, span_of(pki->signer.p, pki->signer.n));
    }
    return JUMIN_OK;
}

enum jumin_error pki_save_key_file(struct jumin_pki *pki, enum pki_key which, const struct writer *pem)
{
    return save(pki, key_files[which].name, true, pem);
}

enum jumin_error pki_save_key(struct jumin_pki *pki, enum pki_key which, struct span passphrase)
{
    uint8_t text[PKI_KEY_FILE_MAX];
    struct writer pem = writer_of(text, sizeof text);
    const enum jumin_error error = pki_put_key(pki, which, passphrase, &pem);
    return error == JUMIN_OK ? pki_save_key_file(pki, which, &pem) : error;
}

enum jumin_error pki_key_file_digest(struct jumin_pki *pki, enum pki_key which,
                                     uint8_t digest[CRYPTO_HASH_MAX])
{
    char path[PATH_MAX];
    uint8_t text[PKI_KEY_FILE_MAX];
    size_t n = 0;
    enum jumin_error error = pki_path_of(pki, key_files[which].name, path);
    error = error == JUMIN_OK ? disk_read(path, text, sizeof text, &n) : error;
    const struct span whole = span_of(text, n);
    if (error == JUMIN_OK && !crypto_hash_parts(CRYPTO_SHA256, &whole, 1, digest)) {
        error = JUMIN_ERROR_CRYPTO;
    }
    return error;
}

// The first block of a file, or the one behind it; JUMIN_ERROR_INPUT when it is none of `label`.
static enum jumin_error load(struct jumin_pki *pki, const struct pki_file *file, bool second,
                             const char *label, struct writer *der)
{
    char path[PATH_MAX];
    uint8_t text[PEM_MAX], skipped[PRIVATE_KEY_DER_MAX];
    size_t n = 0;
    enum jumin_error error = pki_path_of(pki, file->name, path);
    if (error != JUMIN_OK) {
        return error;
    }
    error = disk_read(path, text, sizeof text, &n);
    if (error != JUMIN_OK) {
        return pki_fail(pki, error, "%s: cannot be read: %s (`jumin pki init` makes it)", path,
                        strerror(errno));
    }
    struct span rest = span_of(text, n), found;
    struct writer first = writer_of(skipped, sizeof skipped);
    if ((second && !pem_next(&rest, &found, &first)) || !pem_next(&rest, &found, der) ||
        !span_equal(found, span_of(label, strlen(label)))) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "%s: is no PEM file with a %s", path, label);
    }
    return JUMIN_OK;
}

enum jumin_error pki_lock(struct jumin_pki *pki)
{
    if (pki->lock > 0) {
        return JUMIN_OK;
    }
    const int descriptor = open(pki->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const bool held = descriptor >= 0 && errno == EWOULDBLOCK;
        if (descriptor >= 0) {
            close(descriptor);
        }
        return held ? pki_fail(pki, JUMIN_ERROR_CONFLICT, "%s: another program changes it now", pki->folder)
                    : pki_fail(pki, JUMIN_ERROR_FILE, "%s: cannot be opened", pki->folder);
    }
    pki->lock = descriptor + 1;
    return JUMIN_OK;
}

enum jumin_error pki_load_key(struct jumin_pki *pki, enum pki_key which, struct span passphrase)
{
    const struct pki_file *file = &key_files[which];
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[PRIVATE_KEY_DER_MAX];
    struct writer der = writer_of(bytes, sizeof bytes);
    const enum jumin_error error = load(pki, file, false, file->label, &der);
    if (error != JUMIN_OK) {
        return error;
    }
    crypto_ec_release(pki_key_of(pki, which));
    if (private_key_decrypt(writer_span(&der), passphrase, &random, pki_key_of(pki, which)) != JUMIN_OK) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "%s/%s: wrong passphrase, or a damaged file", pki->folder,
                        file->name);
    }
    return JUMIN_OK;
}

enum jumin_error pki_load_items(struct jumin_pki *pki)
{
    enum jumin_error error = JUMIN_OK;
    for (unsigned i = 0; i < ITEMS && error == JUMIN_OK; i++) {
        struct pki_bytes *bytes = item_of(pki, (enum jumin_pki_item)i);
        struct writer der = writer_of(bytes->p, sizeof bytes->p);
        error = JUMIN_ERROR_INPUT;
        if (i == JUMIN_PKI_DOCUMENT_SIGNER) {
            error = load(pki, &key_files[PKI_SIGNER_KEY], true, certificate_label, &der);
        }
        if (error != JUMIN_OK) {
            der.n = 0;
            error = load(pki, &item_files[i], false, item_files[i].label, &der);
        }
        bytes->n = der.n;
    }
    return error;
}
