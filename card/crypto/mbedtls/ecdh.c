// ECDH (TR-03111 §4.3.1) and the other scalar multiplications by mbedTLS.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/mbedtls/ec_key.h"
#include "card/crypto/mbedtls/group.h"

bool crypto_ec_multiply(enum crypto_curve curve, const struct crypto_random *random, struct span scalar,
                        struct span point, uint8_t *product)
{
    struct crypto_random source = *random;
    mbedtls_ecp_group group;
    mbedtls_mpi factor;
    mbedtls_ecp_point base;
    mbedtls_ecp_point result;
    mbedtls_mpi_init(&factor);
    mbedtls_ecp_point_init(&base);
    mbedtls_ecp_point_init(&result);
    const bool ok = group_load(&group, curve) && group_read_scalar(&group, curve, scalar, &factor) &&
                    group_read_point(&group, curve, point, &base) &&
                    mbedtls_ecp_mul(&group, &result, &factor, &base, group_random, &source) == 0 &&
                    group_write_point(&group, curve, &result, product);
    if (!ok) {
        crypto_wipe(product, crypto_curve_point_length(curve));
    }
    mbedtls_ecp_point_free(&result);
    mbedtls_ecp_point_free(&base);
    mbedtls_mpi_free(&factor);
    mbedtls_ecp_group_free(&group);
    return ok;
}

bool crypto_ecdh(const struct crypto_ec_key *key, const struct crypto_random *random, struct span point,
                 uint8_t *shared)
{
    const struct ec_key *own = (const struct ec_key *)key;
    const enum crypto_curve curve = crypto_ec_curve(key);
    const size_t n = crypto_curve_length(curve);
    uint8_t product[CRYPTO_POINT_MAX] = {0};
    // The secret of a public key is zero, which is no scalar.
    const bool ok = crypto_ec_multiply(curve, random, span_of(own->secret, n), point, product);
    memcpy(shared, product + 1, n); // zero after a failure
    crypto_wipe(product, sizeof product);
    return ok;
}

// nonce mod order, times G; infinity when that is 0.
static bool multiply_generator(mbedtls_ecp_group *group, struct crypto_random *source, struct span nonce,
                               mbedtls_ecp_point *product)
{
    mbedtls_mpi factor;
    mbedtls_mpi_init(&factor);
    bool ok = mbedtls_mpi_read_binary(&factor, nonce.p, nonce.n) == 0 &&
              mbedtls_mpi_mod_mpi(&factor, &factor, &group->N) == 0;
    if (ok && mbedtls_mpi_cmp_int(&factor, 0) == 0) {
        ok = mbedtls_ecp_set_zero(product) == 0;
    } else {
        ok = ok && mbedtls_ecp_mul(group, product, &factor, &group->G, group_random, source) == 0;
    }
    mbedtls_mpi_free(&factor);
    return ok;
}

static bool add_points(mbedtls_ecp_group *group, const mbedtls_ecp_point *a, const mbedtls_ecp_point *b,
                       mbedtls_ecp_point *sum)
{
    mbedtls_mpi one;
    mbedtls_mpi_init(&one);
    const bool ok = mbedtls_mpi_lset(&one, 1) == 0 && mbedtls_ecp_muladd(group, sum, &one, a, &one, b) == 0;
    mbedtls_mpi_free(&one);
    return ok;
}

bool crypto_ec_multiply_add(enum crypto_curve curve, const struct crypto_random *random, struct span nonce,
                            struct span point, uint8_t *sum)
{
    struct crypto_random source = *random;
    mbedtls_ecp_group group;
    mbedtls_ecp_point addend;
    mbedtls_ecp_point product;
    mbedtls_ecp_point result;
    mbedtls_ecp_point_init(&addend);
    mbedtls_ecp_point_init(&product);
    mbedtls_ecp_point_init(&result);
    // Not one call of mbedtls_ecp_muladd: that one is not blinded, and the nonce is secret.
    bool ok = group_load(&group, curve) && nonce.n >= 1 && nonce.n <= crypto_curve_length(curve) &&
              group_read_point(&group, curve, point, &addend) &&
              multiply_generator(&group, &source, nonce, &product);
    if (ok && mbedtls_ecp_is_zero(&product) == 1) {
        ok = mbedtls_ecp_copy(&result, &addend) == 0;
    } else {
        ok = ok && add_points(&group, &product, &addend, &result);
    }
    ok = ok && group_write_point(&group, curve, &result, sum);
    if (!ok) {
        crypto_wipe(sum, crypto_curve_point_length(curve));
    }
    mbedtls_ecp_point_free(&result);
    mbedtls_ecp_point_free(&product);
    mbedtls_ecp_point_free(&addend);
    mbedtls_ecp_group_free(&group);
    return ok;
}

bool crypto_ec_scalar_divide(enum crypto_curve curve, const struct crypto_random *random,
                             struct span numerator, struct span denominator, uint8_t *quotient)
{
    struct crypto_random source = *random;
    const size_t n = crypto_curve_length(curve);
    mbedtls_ecp_group group;
    mbedtls_mpi above;
    mbedtls_mpi below;
    mbedtls_mpi blind;
    mbedtls_mpi_init(&above);
    mbedtls_mpi_init(&below);
    mbedtls_mpi_init(&blind);
    // The inversion's time depends on its input, so both sides are multiplied by a random scalar first.
    const bool ok = group_load(&group, curve) && group_read_scalar(&group, curve, numerator, &above) &&
                    group_read_scalar(&group, curve, denominator, &below) &&
                    mbedtls_ecp_gen_privkey(&group, &blind, group_random, &source) == 0 &&
                    mbedtls_mpi_mul_mpi(&above, &above, &blind) == 0 &&
                    mbedtls_mpi_mod_mpi(&above, &above, &group.N) == 0 &&
                    mbedtls_mpi_mul_mpi(&below, &below, &blind) == 0 &&
                    mbedtls_mpi_inv_mod(&below, &below, &group.N) == 0 &&
                    mbedtls_mpi_mul_mpi(&above, &above, &below) == 0 &&
                    mbedtls_mpi_mod_mpi(&above, &above, &group.N) == 0 &&
                    mbedtls_mpi_write_binary(&above, quotient, n) == 0;
    if (!ok) {
        crypto_wipe(quotient, n);
    }
    mbedtls_mpi_free(&blind);
    mbedtls_mpi_free(&below);
    mbedtls_mpi_free(&above);
    mbedtls_ecp_group_free(&group);
    return ok;
}
