// Elliptic curve keys, domain parameters and scalars (TR-03111) by mbedTLS.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/mbedtls/ec_key.h"

#include "card/crypto/mbedtls/group.h"

_Static_assert(sizeof(struct ec_key) <= sizeof(struct crypto_ec_key), "the handle is too small");
_Static_assert(_Alignof(struct ec_key) <= _Alignof(struct crypto_ec_key), "the handle is not aligned");

// A curve's a is absent in mbedTLS where it is -3.
static bool write_a(const mbedtls_ecp_group *group, uint8_t *out, size_t n)
{
    if (mbedtls_mpi_bitlen(&group->A) != 0) {
        return mbedtls_mpi_write_binary(&group->A, out, n) == 0;
    }
    mbedtls_mpi a;
    mbedtls_mpi_init(&a);
    const bool ok = mbedtls_mpi_sub_int(&a, &group->P, 3) == 0 && mbedtls_mpi_write_binary(&a, out, n) == 0;
    mbedtls_mpi_free(&a);
    return ok;
}

bool crypto_curve_parameters(enum crypto_curve curve, struct crypto_curve_parameters *parameters)
{
    const size_t n = crypto_curve_length(curve);
    mbedtls_ecp_group group;
    memset(parameters, 0, sizeof *parameters);
    const bool ok = group_load(&group, curve) && mbedtls_mpi_write_binary(&group.P, parameters->p, n) == 0 &&
                    write_a(&group, parameters->a, n) &&
                    mbedtls_mpi_write_binary(&group.B, parameters->b, n) == 0 &&
                    mbedtls_mpi_write_binary(&group.N, parameters->order, n) == 0 &&
                    group_write_point(&group, curve, &group.G, parameters->generator);
    if (!ok) {
        crypto_wipe(parameters, sizeof *parameters);
    }
    mbedtls_ecp_group_free(&group);
    return ok;
}

bool crypto_ec_random_scalar(enum crypto_curve curve, const struct crypto_random *random, uint8_t *scalar)
{
    const size_t n = crypto_curve_length(curve);
    struct crypto_random source = *random;
    mbedtls_ecp_group group;
    mbedtls_mpi value;
    mbedtls_mpi_init(&value);
    const bool ok = group_load(&group, curve) &&
                    mbedtls_ecp_gen_privkey(&group, &value, group_random, &source) == 0 &&
                    mbedtls_mpi_write_binary(&value, scalar, n) == 0;
    if (!ok) {
        crypto_wipe(scalar, n);
    }
    mbedtls_mpi_free(&value);
    mbedtls_ecp_group_free(&group);
    return ok;
}

bool crypto_ec_generate(struct crypto_ec_key *key, enum crypto_curve curve,
                        const struct crypto_random *random)
{
    uint8_t secret[CRYPTO_FIELD_MAX];
    bool ok = crypto_ec_random_scalar(curve, random, secret);
    if (ok) {
        ok = crypto_ec_load_secret(key, curve, span_of(secret, crypto_curve_length(curve)), random);
    } else {
        memset(key, 0, sizeof *key);
    }
    crypto_wipe(secret, sizeof secret);
    return ok;
}

bool crypto_ec_load_secret(struct crypto_ec_key *key, enum crypto_curve curve, struct span secret,
                           const struct crypto_random *random)
{
    struct ec_key *own = (struct ec_key *)key;
    struct crypto_random source = *random;
    mbedtls_ecp_group group;
    mbedtls_mpi scalar;
    mbedtls_ecp_point point;
    mbedtls_mpi_init(&scalar);
    mbedtls_ecp_point_init(&point);
    memset(key, 0, sizeof *key);
    const bool ok = group_load(&group, curve) && group_read_scalar(&group, curve, secret, &scalar) &&
                    mbedtls_ecp_mul(&group, &point, &scalar, &group.G, group_random, &source) == 0 &&
                    group_write_point(&group, curve, &point, own->point);
    if (ok) {
        memcpy(own->secret, secret.p, secret.n);
        own->curve = (uint8_t)curve;
        own->content = EC_KEY_PAIR;
    } else {
        crypto_ec_release(key);
    }
    mbedtls_ecp_point_free(&point);
    mbedtls_mpi_free(&scalar);
    mbedtls_ecp_group_free(&group);
    return ok;
}

bool crypto_ec_load_public(struct crypto_ec_key *key, enum crypto_curve curve, struct span point)
{
    struct ec_key *own = (struct ec_key *)key;
    mbedtls_ecp_group group;
    mbedtls_ecp_point checked;
    mbedtls_ecp_point_init(&checked);
    memset(key, 0, sizeof *key);
    const bool ok = group_load(&group, curve) && group_read_point(&group, curve, point, &checked);
    if (ok) {
        memcpy(own->point, point.p, point.n);
        own->curve = (uint8_t)curve;
        own->content = EC_KEY_PUBLIC;
    }
    mbedtls_ecp_point_free(&checked);
    mbedtls_ecp_group_free(&group);
    return ok;
}

void crypto_ec_release(struct crypto_ec_key *key)
{
    crypto_wipe(key, sizeof *key);
}

enum crypto_curve crypto_ec_curve(const struct crypto_ec_key *key)
{
    const struct ec_key *own = (const struct ec_key *)key;
    return own->content == EC_KEY_NONE ? CRYPTO_CURVE_COUNT : (enum crypto_curve)own->curve;
}

bool crypto_ec_public(const struct crypto_ec_key *key, uint8_t *point)
{
    const struct ec_key *own = (const struct ec_key *)key;
    memcpy(point, own->point, crypto_curve_point_length(crypto_ec_curve(key)));
    return own->content != EC_KEY_NONE;
}

bool crypto_ec_secret(const struct crypto_ec_key *key, uint8_t *secret)
{
    const struct ec_key *own = (const struct ec_key *)key;
    memcpy(secret, own->secret, crypto_curve_length(crypto_ec_curve(key))); // zero in a public key
    return own->content == EC_KEY_PAIR;
}
