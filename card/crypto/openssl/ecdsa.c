// ECDSA (FIPS 186-4 §6) with plain signatures (TR-03111 §5.2.1) by OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/arguments.h"
#include "card/crypto/openssl/ec_key.h"
#include "card/crypto/openssl/errors.h"

// A DER signature: a SEQUENCE of two INTEGERs, each with up to 4 bytes of header and a leading zero.
enum { DER_SIGNATURE_MAX = 4 + 2 * (4 + 1 + CRYPTO_FIELD_MAX) };

static bool plain_of_der(struct span der, uint8_t *plain, size_t n)
{
    const unsigned char *at = der.p;
    ECDSA_SIG *parsed = d2i_ECDSA_SIG(NULL, &at, (long)der.n);
    const bool ok = parsed != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(parsed), plain, (int)n) == (int)n &&
                    BN_bn2binpad(ECDSA_SIG_get0_s(parsed), plain + n, (int)n) == (int)n;
    ECDSA_SIG_free(parsed);
    return ok;
}

bool crypto_ecdsa_sign(const struct crypto_ec_key *key, const struct crypto_random *random,
                       struct span digest, uint8_t *signature)
{
    (void)random; // OpenSSL takes the nonce from its own generator, mixed with secret and digest
    const struct ec_key *own = (const struct ec_key *)key;
    const size_t n = crypto_curve_length(crypto_ec_curve(key));
    uint8_t der[DER_SIGNATURE_MAX];
    size_t length = sizeof der;
    EVP_PKEY_CTX *context = NULL;
    bool ok = own->secret != NULL && arguments_digest(digest);
    if (ok) {
        context = EVP_PKEY_CTX_dup(own->signing);
        ok = context != NULL && EVP_PKEY_sign(context, der, &length, digest.p, digest.n) == 1 &&
             plain_of_der(span_of(der, length), signature, n);
    }
    if (!ok) {
        crypto_wipe(signature, 2 * n);
    }
    EVP_PKEY_CTX_free(context);
    return errors_forgotten(ok);
}

// Numbers of a verification, named as in FIPS 186-4 §6.4. None is secret; all belong to
// `bn`.
struct verification {
    const EC_GROUP *group;
    BN_CTX *bn;
    BIGNUM *r, *s, *e, *u1, *u2, *x;
    EC_POINT *sum, *product;
};

static bool in_range(const struct verification *v, const BIGNUM *number)
{
    return !BN_is_zero(number) && BN_cmp(number, EC_GROUP_get0_order(v->group)) < 0;
}

// The digest as a number: of its leftmost bits as many as the order has.
static bool read_digest(struct verification *v, struct span digest)
{
    const size_t bits = (size_t)EC_GROUP_order_bits(v->group), bytes = (bits + 7) / 8;
    const struct span leftmost = span_first(digest, bytes);
    return BN_bin2bn(leftmost.p, (int)leftmost.n, v->e) != NULL &&
           (8 * leftmost.n <= bits || BN_rshift(v->e, v->e, (int)(8 * leftmost.n - bits)) == 1);
}

static bool verification_start(struct verification *v, struct span digest, struct span signature)
{
    const size_t n = signature.n / 2;
    BIGNUM **const all[] = {&v->r, &v->s, &v->e, &v->u1, &v->u2, &v->x};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        *all[i] = BN_CTX_get(v->bn);
    }
    // When one BN_CTX_get fails, the later ones do.
    return v->x != NULL && BN_bin2bn(signature.p, (int)n, v->r) != NULL &&
           BN_bin2bn(signature.p + n, (int)n, v->s) != NULL && in_range(v, v->r) && in_range(v, v->s) &&
           read_digest(v, digest);
}

// u1 * G + u2 * Q
static bool multiply_both(struct verification *v, const struct ec_key *own)
{
    if (own->prepared == NULL) {
        return EC_POINT_mul(v->group, v->sum, v->u1, own->public, v->u2, v->bn) == 1;
    }
    return EC_POINT_mul(v->group, v->sum, v->u1, NULL, NULL, v->bn) == 1 &&
           EC_POINT_mul(own->prepared, v->product, v->u2, NULL, NULL, v->bn) == 1 &&
           EC_POINT_add(v->group, v->sum, v->sum, v->product, v->bn) == 1;
}

// Whether the x coordinate of (e / s) * G + (r / s) * Q is r, mod order.
static bool is_signed(struct verification *v, const struct ec_key *own)
{
    const BIGNUM *order = EC_GROUP_get0_order(v->group);
    return BN_mod_inverse(v->s, v->s, order, v->bn) != NULL &&
           BN_mod_mul(v->u1, v->e, v->s, order, v->bn) == 1 &&
           BN_mod_mul(v->u2, v->r, v->s, order, v->bn) == 1 && multiply_both(v, own) &&
           // fails for infinity
           EC_POINT_get_affine_coordinates(v->group, v->sum, v->x, NULL, v->bn) == 1 &&
           BN_nnmod(v->x, v->x, order, v->bn) == 1 && BN_cmp(v->x, v->r) == 0;
}

// Not through EVP_PKEY_verify, whose key takes half as long to make as the verification itself.
bool crypto_ecdsa_verify(const struct crypto_ec_key *key, struct span digest, struct span signature)
{
    const struct ec_key *own = (const struct ec_key *)key;
    if (own->public == NULL || !arguments_digest(digest) ||
        signature.n != 2 * crypto_curve_length(own->curve)) {
        return false;
    }
    struct verification v = {.group = own->group,
                             .bn = BN_CTX_new(),
                             .sum = EC_POINT_new(own->group),
                             .product = EC_POINT_new(own->group)};
    bool ok = v.bn != NULL && v.sum != NULL && v.product != NULL;
    if (ok) {
        BN_CTX_start(v.bn);
        ok = verification_start(&v, digest, signature) && is_signed(&v, own);
        BN_CTX_end(v.bn);
    }
    EC_POINT_free(v.product);
    EC_POINT_free(v.sum);
    BN_CTX_free(v.bn);
    return errors_forgotten(ok);
}
