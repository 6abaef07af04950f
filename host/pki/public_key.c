// Public keys as certificates write them: EC by name or by explicit parameters, RSA (RFC 5480, RFC 3279).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/public_key.h"

#include "host/pki/der_read.h"
#include "host/pki/oids.h"

// A number as the curves' tables have it: in full length.
static bool number_equal(struct span magnitude, const uint8_t *expected, size_t n)
{
    size_t zeros = 0;
    while (zeros < n && expected[zeros] == 0) {
        zeros++;
    }
    while (magnitude.n > 0 && magnitude.p[0] == 0) {
        magnitude = span_from(magnitude, 1);
    }
    return span_equal(magnitude, span_of(expected + zeros, n - zeros));
}

// The base point, uncompressed or compressed (SEC 1 §2.3.3).
static bool generator_equal(struct span point, const uint8_t *expected, size_t n)
{
    if (point.n == 1 + n && (point.p[0] & 0xFE) == 0x02) {
        return (point.p[0] & 1) == (expected[2 * n] & 1) && memcmp(point.p + 1, expected + 1, n) == 0;
    }
    return span_equal(point, span_of(expected, 1 + 2 * n));
}

struct explicit_parameters {
    struct span p, a, b, generator, order;
};

// SpecifiedECDomain (RFC 3279 §2.3.5); the cofactor may be left out, and is 1 on all our curves.
static bool explicit_parameters_parse(struct span content, struct explicit_parameters *e)
{
    uint32_t version = 0;
    struct span field, oid, curve, seed;
    bool has_seed = false;
    if (!der_number(&content, &version) || version < 1 || version > 3 ||
        !der_content(&content, DER_SEQUENCE, &field) || !der_oid(&field, &oid) ||
        !span_equal(oid, OID_PRIME_FIELD) || !der_unsigned(&field, &e->p) || field.n != 0) {
        return false;
    }
    if (!der_content(&content, DER_SEQUENCE, &curve) || !der_content(&curve, DER_OCTET_STRING, &e->a) ||
        !der_content(&curve, DER_OCTET_STRING, &e->b) ||
        !der_optional(&curve, DER_BIT_STRING, &has_seed, &seed) || curve.n != 0) {
        return false;
    }
    uint32_t cofactor = 1;
    return der_content(&content, DER_OCTET_STRING, &e->generator) && der_unsigned(&content, &e->order) &&
           (content.n == 0 || der_number(&content, &cofactor)) && cofactor == 1 && content.n == 0;
}

static bool explicit_curve(struct span content, enum crypto_curve *curve)
{
    struct explicit_parameters e;
    if (!explicit_parameters_parse(content, &e)) {
        return false;
    }
    for (unsigned i = 0; i < CRYPTO_CURVE_COUNT; i++) {
        struct crypto_curve_parameters known;
        const size_t n = crypto_curve_length((enum crypto_curve)i);
        if (crypto_curve_parameters((enum crypto_curve)i, &known) && number_equal(e.p, known.p, n) &&
            number_equal(e.a, known.a, n) && number_equal(e.b, known.b, n) &&
            number_equal(e.order, known.order, n) && generator_equal(e.generator, known.generator, n)) {
            *curve = (enum crypto_curve)i;
            return true;
        }
    }
    return false;
}

static bool curve_parse(struct span parameters, enum crypto_curve *curve)
{
    bool named = false, spelled_out = false;
    struct span content;
    struct span rest = parameters;
    if (!der_optional(&rest, DER_OID, &named, &content) ||
        (!named && !der_optional(&rest, DER_SEQUENCE, &spelled_out, &content)) || rest.n != 0) {
        return false;
    }
    if (named) {
        return oid_curve_parse(content, curve);
    }
    return spelled_out && explicit_curve(content, curve);
}

static bool rsa_parse(struct span bits, struct crypto_rsa_public *key)
{
    struct span content;
    return der_only(bits, DER_SEQUENCE, &content) && der_unsigned(&content, &key->modulus) &&
           der_unsigned(&content, &key->exponent) && content.n == 0;
}

// SEQUENCE { AlgorithmIdentifier { oid, parameters }, BIT STRING }
static bool open_info(struct span info, struct span *oid, struct span *parameters, struct span *bits)
{
    struct span content, algorithm;
    if (!der_only(info, DER_SEQUENCE, &content) || !der_content(&content, DER_SEQUENCE, &algorithm) ||
        !der_oid(&algorithm, oid) || !der_bit_string(&content, bits) || content.n != 0) {
        return false;
    }
    *parameters = algorithm;
    return true;
}

bool public_key_bits(struct span info, struct span *bits)
{
    struct span oid, parameters;
    return open_info(info, &oid, &parameters, bits);
}

bool public_key_parse(struct span info, struct public_key *key)
{
    struct span oid, parameters, bits;
    memset(key, 0, sizeof *key);
    if (!open_info(info, &oid, &parameters, &bits)) {
        return false;
    }
    if (span_equal(oid, OID_EC_PUBLIC_KEY)) {
        key->kind = PUBLIC_KEY_EC;
        key->point = bits;
        return curve_parse(parameters, &key->curve) && bits.n == crypto_curve_point_length(key->curve) &&
               bits.p[0] == 0x04;
    }
    key->kind = PUBLIC_KEY_RSA;
    key->pss_only = span_equal(oid, OID_RSASSA_PSS);
    return (key->pss_only || span_equal(oid, OID_RSA_ENCRYPTION)) && rsa_parse(bits, &key->rsa);
}
