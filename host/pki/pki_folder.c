// The files of the issuer's folder: read, and written so that a power cut leaves each as it was or as it
// shall be.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pki.h"

#include "host/file.h"
#include "host/pki/pem.h"
#include <errno.h>
#include <limits.h>

enum { PEM_MAX = 2 * REVOCATION_LIST_MAX };

// The files of the folder; the functions below tell where their content is in struct jumin_pki.
struct pki_file {
    const char *name;
    const char *label; // PEM
};

const char pki_certificate_label[] = "CERTIFICATE";

enum { ITEMS = 3 };

static const struct pki_file item_files[ITEMS] = {
    [JUMIN_PKI_CSCA] = {"csca.crt", pki_certificate_label},
    [JUMIN_PKI_DOCUMENT_SIGNER] = {"ds.crt", pki_certificate_label},
    [JUMIN_PKI_CRL] = {"csca.crl", "X509 CRL"},
};

static struct pki_bytes *item_of(struct jumin_pki *pki, enum jumin_pki_item item)
{
    return item == JUMIN_PKI_CSCA              ? &pki->csca
           : item == JUMIN_PKI_DOCUMENT_SIGNER ? &pki->signer
                                               : &pki->revocation_list;
}

enum jumin_error pki_path_of(struct jumin_pki *pki, const char *name, char *path)
{
    return disk_join(path, PATH_MAX, pki->folder, name)
               ? JUMIN_OK
               : pki_fail(pki, JUMIN_ERROR_ARGUMENT, "%s/%s: the path is too long", pki->folder, name);
}

enum jumin_error pki_save_file(struct jumin_pki *pki, const char *name, bool secret, const struct writer *pem)
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
    return pki_save_file(pki, item_files[item].name, false, &pem);
}

enum jumin_error pki_save_certificate(struct jumin_pki *pki, const char *name, struct span der)
{
    uint8_t text[PEM_MAX];
    struct writer pem = writer_of(text, sizeof text);
    pem_put(&pem, pki_certificate_label, der);
    return pki_save_file(pki, name, false, &pem);
}

enum jumin_error pki_read_file(struct jumin_pki *pki, const char *name, uint8_t *text, size_t capacity,
                               size_t *n)
{
    char path[PATH_MAX];
    enum jumin_error error = pki_path_of(pki, name, path);
    if (error != JUMIN_OK) {
        return error;
    }
    error = disk_read(path, text, capacity, n);
    return error == JUMIN_OK ? JUMIN_OK
                             : pki_fail(pki, error, "%s: cannot be read: %s (`jumin pki init` makes it)",
                                        path, error == JUMIN_ERROR_FILE ? strerror(errno) : "it is too long");
}

// The first block with this label in a file.
static enum jumin_error load(struct jumin_pki *pki, const char *name, const char *label, struct writer *der)
{
    uint8_t text[PEM_MAX];
    size_t n = 0;
    const enum jumin_error error = pki_read_file(pki, name, text, sizeof text, &n);
    if (error != JUMIN_OK) {
        return error;
    }
    struct span rest = span_of(text, n), found;
    while (pem_next(&rest, &found, der)) {
        if (span_equal(found, span_of(label, strlen(label)))) {
            return JUMIN_OK;
        }
        der->n = 0;
    }
    return pki_fail(pki, JUMIN_ERROR_INPUT, "%s/%s: is no PEM file with a %s", pki->folder, name, label);
}

enum jumin_error pki_lock(struct jumin_pki *pki)
{
    if (pki->lock > 0) {
        return JUMIN_OK;
    }
    int descriptor = -1;
    const enum jumin_error error = disk_lock(pki->folder, &descriptor);
    if (error != JUMIN_OK) {
        return pki_fail(pki, error,
                        error == JUMIN_ERROR_CONFLICT ? "%s: another program changes it now"
                                                      : "%s: cannot be opened",
                        pki->folder);
    }
    pki->lock = descriptor + 1;
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
            error = load(pki, "ds.key", pki_certificate_label, &der);
        }
        if (error != JUMIN_OK) {
            der.n = 0;
            error = load(pki, item_files[i].name, item_files[i].label, &der);
        }
        bytes->n = der.n;
    }
    return error;
}
