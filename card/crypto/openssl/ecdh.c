// ECDH (TR-03111 §4.3.1) and the other scalar multiplications by OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/openssl/ec_key.h"
#include "card/crypto/openssl/errors.h"
#include "card/crypto/openssl/group.h"

// One factor at a time: OpenSSL's multiplication of one point is independent of the scalar in time, that of
// two at once is not.
static bool multiply(const EC_GROUP *group, enum crypto_curve curve, const BIGNUM *scalar, struct span bytes,
                     uint8_t *product)
{
    BN_CTX *bn = BN_CTX_secure_new();
    EC_POINT *point = bn == NULL ? NULL : group_read_point(group, curve, bytes, bn);
    const bool ok = point != NULL && EC_POINT_mul(group, point, NULL, point, scalar, bn) == 1 &&
                    group_write_point(group, curve, point, product, bn);
    EC_POINT_clear_free(point);
    BN_CTX_free(bn);
    return ok;
}

bool crypto_ec_multiply(enum crypto_curve curve, const struct crypto_random *random, struct span scalar,
                        struct span point, uint8_t *product)
{
    (void)random; // EC_POINT_mul blinds with OpenSSL's own generator
    const EC_GROUP *group = group_of(curve);
    BIGNUM *factor = group == NULL ? NULL : group_read_scalar(group, curve, scalar);
    const bool ok = factor != NULL && multiply(group, curve, factor, point, product);
    if (!ok) {
        crypto_wipe(product, crypto_curve_point_length(curve));
    }
    BN_clear_free(factor);
    return errors_forgotten(ok);
}

// Not through EVP_PKEY_derive, which would make a whole key of each peer's point first.
bool crypto_ecdh(const struct crypto_ec_key *key, const struct crypto_random *random, struct span point,
                 uint8_t *shared)
{
    (void)random;
    const struct ec_key *own = (const struct ec_key *)key;
    const size_t n = crypto_curve_length(crypto_ec_curve(key));
    uint8_t product[CRYPTO_POINT_MAX];
    const bool ok = own->secret != NULL && multiply(own->group, own->curve, own->secret, point, product);
    if (ok) {
        memcpy(shared, product + 1, n);
    } else {
        crypto_wipe(shared, n);
    }
    crypto_wipe(product, sizeof product);
    return errors_forgotten(ok);
}

static bool multiply_add(const EC_GROUP *group, const BIGNUM *factor, const EC_POINT *addend, EC_POINT *sum,
                         BN_CTX *bn)
{
    return EC_POINT_mul(group, sum, factor, NULL, NULL, bn) == 1 &&
           EC_POINT_add(group, sum, sum, addend, bn) == 1;
}

bool crypto_ec_multiply_add(enum crypto_curve curve, const struct crypto_random *random, struct span nonce,
                            struct span point, uint8_t *sum)
{
    (void)random;
    const EC_GROUP *group = group_of(curve);
    BN_CTX *bn = BN_CTX_secure_new();
    BIGNUM *factor = BN_secure_new();
    EC_POINT *addend = NULL;
    EC_POINT *result = NULL;
    bool ok = group != NULL && bn != NULL && factor != NULL && nonce.n >= 1 &&
              nonce.n <= crypto_curve_length(curve) && BN_bin2bn(nonce.p, (int)nonce.n, factor) != NULL;
    if (ok) {
        BN_set_flags(factor, BN_FLG_CONSTTIME);
        addend = group_read_point(group, curve, point, bn);
        result = EC_POINT_new(group);
        ok = addend != NULL && result != NULL && multiply_add(group, factor, addend, result, bn) &&
             group_write_point(group, curve, result, sum, bn);
    }
    if (!ok) {
        crypto_wipe(sum, crypto_curve_point_length(curve));
    }
    EC_POINT_clear_free(result);
    EC_POINT_free(addend);
    BN_clear_free(factor);
    BN_CTX_free(bn);
    return errors_forgotten(ok);
}

bool crypto_ec_scalar_divide(enum crypto_curve curve, const struct crypto_random *random,
                             struct span numerator, struct span denominator, uint8_t *quotient)
{
    (void)random; // the inversion of a number marked as secret takes the same steps for all
    const size_t n = crypto_curve_length(curve);
    const EC_GROUP *group = group_of(curve);
    BN_CTX *bn = BN_CTX_secure_new();
    BIGNUM *above = group == NULL ? NULL : group_read_scalar(group, curve, numerator);
    BIGNUM *below = group == NULL ? NULL : group_read_scalar(group, curve, denominator);
    bool ok = bn != NULL && above != NULL && below != NULL;
    if (ok) {
        const BIGNUM *order = EC_GROUP_get0_order(group);
        ok = BN_mod_inverse(below, below, order, bn) != NULL &&
             BN_mod_mul(above, above, below, order, bn) == 1 &&
             BN_bn2binpad(above, quotient, (int)n) == (int)n;
    }
    if (!ok) {
        crypto_wipe(quotient, n);
    }
    BN_clear_free(below);
    BN_clear_free(above);
    BN_CTX_free(bn);
    return errors_forgotten(ok);
}
