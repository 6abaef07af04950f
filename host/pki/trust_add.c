// Filling the trust store: from memory, files and folders, in DER and PEM.
// SPDX-License-Identifier: Apache-2.0
#include "host/file.h"
#include "host/pki/pem.h"
#include "host/pki/trust.h"

#include <dirent.h>
#include <stdlib.h>

enum {
    TRUST_FILE_MAX = 8 * 1024 * 1024,
    TRUST_ITEMS_MAX = 20000,
    TRUST_PATH_MAX = 4096,
};

enum item { ITEM_ANY, ITEM_CERTIFICATE, ITEM_CRL };

static enum jumin_error out_of_memory(struct jumin_trust *trust)
{
    return detail_set(&trust->detail, JUMIN_ERROR_MEMORY, "no memory for the trust store");
}

// Room for one more element of `size` bytes behind `count` others; the array may move.
static void *grow(void *array, size_t count, size_t size)
{
    // Doubles at each power of two, and needs no capacity beside the count.
    if (count != 0 && (count & (count - 1)) != 0) {
        return array;
    }
    return count < TRUST_ITEMS_MAX ? realloc(array, (count == 0 ? 1 : 2 * count) * size) : NULL;
}

static uint8_t *copy(struct span bytes)
{
    uint8_t *to = malloc(bytes.n);
    if (to != NULL) {
        memcpy(to, bytes.p, bytes.n);
    }
    return to;
}

static enum jumin_error add_certificate(struct jumin_trust *trust, struct span der)
{
    struct x509_certificate parsed;
    const char *why = "";
    if (der.n == 0 || !x509_parse(der, &parsed, &why)) {
        return detail_set(&trust->detail, JUMIN_ERROR_INPUT, "a certificate is refused: %s",
                          der.n == 0 ? "it is empty" : why);
    }
    const bool root = x509_is_self_issued(&parsed);
    if (root && !x509_signed_by(&parsed, &parsed)) {
        return detail_set(&trust->detail, JUMIN_ERROR_INPUT,
                          "a certificate is refused: its own signature is wrong");
    }
    void *array = grow(trust->certificates, trust->certificate_count, sizeof *trust->certificates);
    uint8_t *bytes = copy(der);
    if (array != NULL) {
        trust->certificates = array;
    }
    if (array == NULL || bytes == NULL) {
        free(bytes);
        return out_of_memory(trust);
    }
    struct trust_certificate *added = &trust->certificates[trust->certificate_count];
    added->bytes = bytes;
    added->root = root;
    (void)x509_parse(span_of(bytes, der.n), &added->parsed, &why); // again, to borrow our own copy
    trust->certificate_count++;
    return JUMIN_OK;
}

static enum jumin_error add_crl(struct jumin_trust *trust, struct span der)
{
    struct x509_crl parsed;
    const char *why = "";
    if (der.n == 0 || !x509_crl_parse(der, &parsed, &why)) {
        return detail_set(&trust->detail, JUMIN_ERROR_INPUT, "a revocation list is refused: %s",
                          der.n == 0 ? "it is empty" : why);
    }
    void *array = grow(trust->crls, trust->crl_count, sizeof *trust->crls);
    uint8_t *bytes = copy(der);
    if (array != NULL) {
        trust->crls = array;
    }
    if (array == NULL || bytes == NULL) {
        free(bytes);
        return out_of_memory(trust);
    }
    struct trust_crl *added = &trust->crls[trust->crl_count];
    added->bytes = bytes;
    (void)x509_crl_parse(span_of(bytes, der.n), &added->parsed, &why);
    trust->crl_count++;
    return JUMIN_OK;
}

static bool label_is(struct span label, const char *name)
{
    return span_equal(label, span_of(name, strlen(name)));
}

// Every block that is wanted; others (keys, comments) are passed over.
static enum jumin_error add_pem(struct jumin_trust *trust, struct span text, enum item wanted)
{
    enum jumin_error error = JUMIN_OK;
    size_t added = 0;
    uint8_t *der = malloc(text.n);
    if (der == NULL) {
        return out_of_memory(trust);
    }
    struct span label;
    struct writer w = writer_of(der, text.n);
    while (error == JUMIN_OK && pem_next(&text, &label, &w)) {
        const bool certificate = label_is(label, "CERTIFICATE") || label_is(label, "X509 CERTIFICATE");
        const bool crl = label_is(label, "X509 CRL");
        if (certificate && wanted != ITEM_CRL) {
            error = add_certificate(trust, writer_span(&w));
            added++;
        } else if (crl && wanted != ITEM_CERTIFICATE) {
            error = add_crl(trust, writer_span(&w));
            added++;
        }
        w = writer_of(der, text.n);
    }
    free(der);
    if (error == JUMIN_OK && added == 0) {
        return detail_set(&trust->detail, JUMIN_ERROR_INPUT, "there is no %s in it",
                          wanted == ITEM_CRL ? "revocation list" : "certificate");
    }
    return error;
}

static enum jumin_error add_bytes(struct jumin_trust *trust, struct span bytes, enum item wanted)
{
    detail_clear(&trust->detail);
    if (bytes.n == 0) {
        return detail_set(&trust->detail, JUMIN_ERROR_INPUT, "it is empty");
    }
    if (bytes.p[0] != 0x30) {
        return add_pem(trust, bytes, wanted);
    }
    struct x509_crl crl;
    const char *why = "";
    const bool is_crl = wanted == ITEM_CRL || (wanted == ITEM_ANY && x509_crl_parse(bytes, &crl, &why));
    return is_crl ? add_crl(trust, bytes) : add_certificate(trust, bytes);
}

enum jumin_error jumin_trust_add_certificate(struct jumin_trust *trust, const uint8_t *bytes, size_t n)
{
    return trust == NULL || bytes == NULL ? JUMIN_ERROR_ARGUMENT
                                          : add_bytes(trust, span_of(bytes, n), ITEM_CERTIFICATE);
}

enum jumin_error jumin_trust_add_crl(struct jumin_trust *trust, const uint8_t *bytes, size_t n)
{
    return trust == NULL || bytes == NULL ? JUMIN_ERROR_ARGUMENT
                                          : add_bytes(trust, span_of(bytes, n), ITEM_CRL);
}

enum jumin_error jumin_trust_add_file(struct jumin_trust *trust, const char *path)
{
    if (trust == NULL || path == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    uint8_t *bytes = malloc(TRUST_FILE_MAX);
    if (bytes == NULL) {
        return out_of_memory(trust);
    }
    size_t n = 0;
    enum jumin_error error = disk_read(path, bytes, TRUST_FILE_MAX, &n);
    if (error != JUMIN_OK) {
        (void)detail_set(&trust->detail, error, "%s cannot be read", path);
    } else {
        error = add_bytes(trust, span_of(bytes, n), ITEM_ANY);
    }
    if (error == JUMIN_ERROR_INPUT) {
        const struct detail reason = trust->detail;
        (void)detail_set(&trust->detail, error, "%.120s: %.120s", path, reason.text);
    }
    free(bytes);
    return error;
}

static bool is_trust_file(const char *name)
{
    static const char *const endings[] = {".crt", ".cer", ".pem", ".der", ".crl"};
    const size_t n = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (n > strlen(endings[i]) && strcmp(name + n - strlen(endings[i]), endings[i]) == 0) {
            return name[0] != '.';
        }
    }
    return false;
}

enum jumin_error jumin_trust_add_directory(struct jumin_trust *trust, const char *path)
{
    if (trust == NULL || path == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct dirent **entries = NULL;
    const int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0) {
        return detail_set(&trust->detail, JUMIN_ERROR_FILE, "%s is no folder that can be read", path);
    }
    enum jumin_error error = JUMIN_OK;
    for (int i = 0; i < count; i++) {
        char name[TRUST_PATH_MAX];
        if (error == JUMIN_OK && is_trust_file(entries[i]->d_name)) {
            error = disk_join(name, sizeof name, path, entries[i]->d_name)
                        ? jumin_trust_add_file(trust, name)
                        : detail_set(&trust->detail, JUMIN_ERROR_FILE, "a path under %s is too long", path);
        }
        free(entries[i]);
    }
    free((void *)entries);
    return error;
}
