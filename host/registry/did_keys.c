// The issuer's DID document, out of its certificates.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/registry.h>

#include "host/pki/pem.h"
#include "host/pki/x509.h"
#include "host/registry/did_web.h"

#include <stdlib.h>

enum { CERTIFICATE_MAX = 8192 };

static bool take_key(struct span der, uint8_t point[SIGNER_POINT])
{
    struct x509_certificate certificate;
    const char *why = NULL;
    if (!x509_parse(der, &certificate, &why) || certificate.key.kind != PUBLIC_KEY_EC ||
        certificate.key.curve != CRYPTO_P256 || certificate.key.point.n != SIGNER_POINT) {
        return false;
    }
    memcpy(point, certificate.key.point.p, SIGNER_POINT);
    return true;
}

// False: none, too many, or one that cannot be used.
static bool take_keys(struct span text, uint8_t points[DID_WEB_KEYS_MAX][SIGNER_POINT], size_t *count)
{
    uint8_t bytes[CERTIFICATE_MAX];
    struct writer der = writer_of(bytes, sizeof bytes);
    struct span label;
    for (*count = 0; pem_next(&text, &label, &der); der = writer_of(bytes, sizeof bytes)) {
        if (!span_equal(label, span_of("CERTIFICATE", 11)) || *count == DID_WEB_KEYS_MAX ||
            !take_key(writer_span(&der), points[*count])) {
            return false;
        }
        *count += 1;
    }
    return *count > 0;
}

enum jumin_error jumin_registry_did(const char *base_url, const char *pem, size_t n, char **did, char **json)
{
    uint8_t points[DID_WEB_KEYS_MAX][SIGNER_POINT];
    char name[DID_WEB_MAX];
    size_t count = 0;
    if (base_url == NULL || pem == NULL || did == NULL || json == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (!did_web_of(base_url, name) || !take_keys(span_of(pem, n), points, &count)) {
        return JUMIN_ERROR_INPUT;
    }
    const enum jumin_error error =
        did_web_document(base_url, (const uint8_t(*)[SIGNER_POINT])points, count, json);
    if (error != JUMIN_OK) {
        return error;
    }
    *did = strdup(name);
    if (*did == NULL) {
        free(*json);
        return JUMIN_ERROR_MEMORY;
    }
    return JUMIN_OK;
}
