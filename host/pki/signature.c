// Signatures of certificates and signed data: ECDSA, RSA PKCS#1 v1.5 and PSS (RFC 5758, RFC 4055).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/der_read.h"
#include "host/pki/oids.h"
#include "host/pki/public_key.h"

enum {
    CONTEXT_0 = 0xA0, // [0] to [3] EXPLICIT
    PSS_SALT_DEFAULT = 20,
    PSS_TRAILER = 1,
};

// Parameters that say nothing: left out, or NULL.
static bool no_parameters(struct span parameters)
{
    struct span content;
    return parameters.n == 0 || (der_only(parameters, DER_NULL, &content) && content.n == 0);
}

bool digest_algorithm_parse(struct span *cursor, enum crypto_hash *hash)
{
    struct span rest = *cursor, algorithm, oid;
    if (!der_content(&rest, DER_SEQUENCE, &algorithm) || !der_oid(&algorithm, &oid) ||
        !no_parameters(algorithm) || !oid_hash_parse(oid, hash)) {
        return false;
    }
    *cursor = rest;
    return true;
}

// [2] or [3] EXPLICIT INTEGER, or its default.
static bool pss_number(struct span *parameters, uint32_t tag, uint32_t preset, uint32_t *value)
{
    bool present = false;
    struct span content;
    *value = preset;
    return der_optional(parameters, tag, &present, &content) &&
           (!present || (der_number(&content, value) && content.n == 0));
}

// RSASSA-PSS-params (RFC 4055 §3.1). The mask's hash must be the message's, as everywhere in practice.
static bool pss_parse(struct span parameters, struct signature_scheme *scheme)
{
    struct span sequence, content, mask, oid;
    bool present = false;
    enum crypto_hash mask_hash = CRYPTO_SHA1;
    scheme->hash = CRYPTO_SHA1;
    if (!der_only(parameters, DER_SEQUENCE, &sequence) ||
        !der_optional(&sequence, CONTEXT_0, &present, &content) ||
        (present && (!digest_algorithm_parse(&content, &scheme->hash) || content.n != 0)) ||
        !der_optional(&sequence, CONTEXT_0 + 1, &present, &content)) {
        return false;
    }
    if (present &&
        (!der_only(content, DER_SEQUENCE, &mask) || !der_oid(&mask, &oid) || !span_equal(oid, OID_MGF1) ||
         !digest_algorithm_parse(&mask, &mask_hash) || mask.n != 0)) {
        return false;
    }
    uint32_t salt = 0, trailer = 0;
    if (mask_hash != scheme->hash || !pss_number(&sequence, CONTEXT_0 + 2, PSS_SALT_DEFAULT, &salt) ||
        !pss_number(&sequence, CONTEXT_0 + 3, PSS_TRAILER, &trailer) || trailer != PSS_TRAILER ||
        sequence.n != 0) {
        return false;
    }
    scheme->salt_length = salt;
    return true;
}

bool signature_scheme_parse(struct span identifier, struct signature_scheme *scheme)
{
    struct span content, oid;
    memset(scheme, 0, sizeof *scheme);
    if (!der_only(identifier, DER_SEQUENCE, &content) || !der_oid(&content, &oid)) {
        return false;
    }
    scheme->has_hash = true;
    if (span_equal(oid, OID_RSASSA_PSS)) {
        scheme->algorithm = SIGNATURE_RSA_PSS;
        return pss_parse(content, scheme);
    }
    if (!no_parameters(content)) {
        return false;
    }
    if (oid_ecdsa_parse(oid, &scheme->hash)) {
        scheme->algorithm = SIGNATURE_ECDSA;
        return true;
    }
    scheme->algorithm = SIGNATURE_RSA_PKCS1;
    if (oid_rsa_pkcs1_parse(oid, &scheme->hash)) {
        return true;
    }
    scheme->has_hash = false;
    return span_equal(oid, OID_RSA_ENCRYPTION);
}

// r || s in the length of the order from ECDSA-Sig-Value.
static bool plain_signature(struct span der, size_t length, uint8_t signature[CRYPTO_SIGNATURE_MAX])
{
    struct span content, r, s;
    if (!der_only(der, DER_SEQUENCE, &content) || !der_unsigned(&content, &r) ||
        !der_unsigned(&content, &s) || content.n != 0 || r.n > length || s.n > length) {
        return false;
    }
    memset(signature, 0, 2 * length);
    memcpy(signature + length - r.n, r.p, r.n);
    memcpy(signature + 2 * length - s.n, s.p, s.n);
    return true;
}

static bool ecdsa_verify(const struct public_key *key, struct span digest, struct span plain)
{
    struct crypto_ec_key loaded = {0};
    const bool right =
        crypto_ec_load_public(&loaded, key->curve, key->point) && crypto_ecdsa_verify(&loaded, digest, plain);
    crypto_ec_release(&loaded);
    return right;
}

bool signature_verify(const struct public_key *key, const struct signature_scheme *scheme,
                      const struct span *parts, size_t count, struct span signature)
{
    uint8_t digest[CRYPTO_HASH_MAX];
    if (!scheme->has_hash || !crypto_hash_parts(scheme->hash, parts, count, digest)) {
        return false;
    }
    const struct span hashed = span_of(digest, crypto_hash_length(scheme->hash));
    if (scheme->algorithm == SIGNATURE_ECDSA) {
        uint8_t plain[CRYPTO_SIGNATURE_MAX];
        const size_t length = key->kind == PUBLIC_KEY_EC ? crypto_curve_length(key->curve) : 0;
        return length > 0 && plain_signature(signature, length, plain) &&
               ecdsa_verify(key, hashed, span_of(plain, 2 * length));
    }
    const bool pss = scheme->algorithm == SIGNATURE_RSA_PSS;
    return key->kind == PUBLIC_KEY_RSA && (pss || !key->pss_only) &&
           crypto_rsa_verify(&key->rsa, pss ? CRYPTO_RSA_PSS : CRYPTO_RSA_PKCS1, scheme->hash,
                             scheme->salt_length, hashed, signature);
}

bool signature_verify_plain(const struct public_key *key, enum crypto_hash hash, struct span message,
                            struct span signature)
{
    uint8_t digest[CRYPTO_HASH_MAX];
    return key->kind == PUBLIC_KEY_EC && signature.n == 2 * crypto_curve_length(key->curve) &&
           crypto_hash_parts(hash, &message, 1, digest) &&
           ecdsa_verify(key, span_of(digest, crypto_hash_length(hash)), signature);
}
