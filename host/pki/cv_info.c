// What CV certificates say, for programs; and the scheme's sets of rights.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/cv_pki.h"
#include "host/pki/cv_request.h"

#include <stdio.h>

_Static_assert((int)JUMIN_EAC_CVCA == (int)ROLE_CVCA && (int)JUMIN_EAC_DV_FOREIGN == (int)ROLE_DV_FOREIGN &&
                   (int)JUMIN_EAC_TERMINAL == (int)ROLE_TERMINAL,
               "chat.h");

static const char *const algorithm_names[] = {
    [CRYPTO_SHA1] = "ECDSA with SHA-1",     [CRYPTO_SHA224] = "ECDSA with SHA-224",
    [CRYPTO_SHA256] = "ECDSA with SHA-256", [CRYPTO_SHA384] = "ECDSA with SHA-384",
    [CRYPTO_SHA512] = "ECDSA with SHA-512",
};

static const char *const curve_names[CRYPTO_CURVE_COUNT] = {
    [CRYPTO_P256] = "P-256",
    [CRYPTO_P384] = "P-384",
    [CRYPTO_BRAINPOOL_P256R1] = "brainpoolP256r1",
    [CRYPTO_BRAINPOOL_P384R1] = "brainpoolP384r1",
    [CRYPTO_P521] = "P-521",
    [CRYPTO_BRAINPOOL_P512R1] = "brainpoolP512r1",
    [CRYPTO_P192] = "P-192",
    [CRYPTO_P224] = "P-224",
    [CRYPTO_BRAINPOOL_P192R1] = "brainpoolP192r1",
    [CRYPTO_BRAINPOOL_P224R1] = "brainpoolP224r1",
    [CRYPTO_BRAINPOOL_P320R1] = "brainpoolP320r1",
};

static void put_date(cvc_date date, char text[9])
{
    (void)snprintf(text, 9, "20%06u", (unsigned)(date % 1000000));
}

static struct jumin_eac_hash hash_of(struct span digest)
{
    struct jumin_eac_hash hash = {.n = digest.n};
    if (digest.n > 0) {
        memcpy(hash.bytes, digest.p, digest.n);
    }
    return hash;
}

// As text, which the caller has zeroed; empty where there is none.
static void put_reference(struct span reference, char text[CVC_REFERENCE_MAX + 1])
{
    if (reference.n > 0) {
        memcpy(text, reference.p, reference.n);
    }
}

static void describe(const struct cv_certificate *from, struct span bytes,
                     struct jumin_eac_certificate *certificate)
{
    *certificate = (struct jumin_eac_certificate){
        .role = (enum jumin_eac_role)from->authorization.role,
        .type = (enum jumin_terminal_type)from->authorization.type,
        .rights = from->authorization.rights,
        .algorithm = algorithm_names[from->hash],
        .curve = from->has_parameters ? curve_names[from->curve] : NULL,
        .link = from->authorization.role == ROLE_CVCA && !span_equal(from->holder, from->authority),
        .description = hash_of(from->description),
        .sectors = {hash_of(from->sectors.first), hash_of(from->sectors.second)},
        .bytes = bytes.p,
        .n = bytes.n,
    };
    put_reference(from->holder, certificate->holder);
    put_reference(from->authority, certificate->authority);
    put_date(from->effective, certificate->effective);
    put_date(from->expiration, certificate->expiration);
}

enum jumin_error jumin_eac_certificate_parse(const uint8_t *bytes, size_t n,
                                             struct jumin_eac_certificate *certificate)
{
    struct cv_certificate parsed;
    struct tlv object;
    struct span rest = span_of(bytes, n);
    if (bytes == NULL || certificate == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (!tlv_expect(&rest, CVC_CERTIFICATE, &object) || !cv_certificate_parse_file(object.whole, &parsed)) {
        return JUMIN_ERROR_INPUT;
    }
    describe(&parsed, object.whole, certificate);
    return JUMIN_OK;
}

enum jumin_error jumin_eac_certificate_request_parse(const uint8_t *bytes, size_t n,
                                                     struct jumin_eac_certificate_request *request)
{
    struct cv_request parsed;
    if (bytes == NULL || request == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (!cv_request_parse(span_of(bytes, n), &parsed)) {
        return JUMIN_ERROR_INPUT;
    }
    const struct cv_certificate *inner = &parsed.inner;
    *request = (struct jumin_eac_certificate_request){
        .algorithm = algorithm_names[inner->hash],
        .curve = curve_names[inner->curve],
        .description = hash_of(inner->description),
        .sectors = {hash_of(inner->sectors.first), hash_of(inner->sectors.second)},
    };
    put_reference(inner->holder, request->holder);
    put_reference(inner->authority, request->authority);
    put_reference(parsed.signer, request->signer);
    return JUMIN_OK;
}

size_t jumin_eac_pki_count(const struct jumin_eac_pki *pki)
{
    return pki == NULL ? 0 : pki->count;
}

enum jumin_error jumin_eac_pki_at(const struct jumin_eac_pki *pki, size_t i,
                                  struct jumin_eac_certificate *certificate)
{
    if (pki == NULL || certificate == NULL || i >= pki->count) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct cv_entry *entry = pki->entries[i];
    describe(&entry->certificate, span_of(entry->bytes, entry->n), certificate);
    return JUMIN_OK;
}

static bool is_cvca_of_type(const struct cv_certificate *certificate, const void *context)
{
    return certificate->authorization.role == ROLE_CVCA &&
           certificate->authorization.type == *(const enum terminal_type *)context;
}

enum jumin_error jumin_eac_pki_trust_point(struct jumin_eac_pki *pki, enum jumin_terminal_type type,
                                           struct jumin_eac_certificate *certificate)
{
    bool several = false;
    const enum terminal_type wanted = (enum terminal_type)type;
    if (pki == NULL || certificate == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct cv_entry *entry = cv_newest(pki, is_cvca_of_type, &wanted, &several);
    if (entry == NULL) {
        return detail_set(&pki->detail, JUMIN_ERROR_NO_SUCH_FILE, "%s: there is no CVCA of this type",
                          pki->folder);
    }
    describe(&entry->certificate, span_of(entry->bytes, entry->n), certificate);
    return JUMIN_OK;
}
