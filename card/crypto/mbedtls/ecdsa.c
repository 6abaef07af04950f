// ECDSA (FIPS 186-4 §6) with plain signatures (TR-03111 §5.2.1) by mbedTLS.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/arguments.h"
#include "card/crypto/mbedtls/ec_key.h"
#include "card/crypto/mbedtls/group.h"

#include <mbedtls/ecdsa.h>

bool crypto_ecdsa_sign(const struct crypto_ec_key *key, const struct crypto_random *random,
                       struct span digest, uint8_t *signature)
{
    const struct ec_key *own = (const struct ec_key *)key;
    const enum crypto_curve curve = crypto_ec_curve(key);
    const size_t n = crypto_curve_length(curve);
    struct crypto_random source = *random;
    mbedtls_ecp_group group;
    mbedtls_mpi secret;
    mbedtls_mpi r;
    mbedtls_mpi s;
    mbedtls_mpi_init(&secret);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    const bool ok =
        group_load(&group, curve) && arguments_digest(digest) &&
        group_read_scalar(&group, curve, span_of(own->secret, n), &secret) &&
        mbedtls_ecdsa_sign(&group, &r, &s, &secret, digest.p, digest.n, group_random, &source) == 0 &&
        mbedtls_mpi_write_binary(&r, signature, n) == 0 &&
        mbedtls_mpi_write_binary(&s, signature + n, n) == 0;
    if (!ok) {
        crypto_wipe(signature, 2 * n);
    }
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&secret);
    mbedtls_ecp_group_free(&group);
    return ok;
}

bool crypto_ecdsa_verify(const struct crypto_ec_key *key, struct span digest, struct span signature)
{
    const struct ec_key *own = (const struct ec_key *)key;
    const enum crypto_curve curve = crypto_ec_curve(key);
    const size_t n = crypto_curve_length(curve);
    mbedtls_ecp_group group;
    mbedtls_ecp_point point;
    mbedtls_mpi r;
    mbedtls_mpi s;
    mbedtls_ecp_point_init(&point);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    const bool ok = group_load(&group, curve) && arguments_digest(digest) && signature.n == 2 * n &&
                    mbedtls_ecp_point_read_binary(&group, &point, own->point, 1 + 2 * n) == 0 &&
                    mbedtls_mpi_read_binary(&r, signature.p, n) == 0 &&
                    mbedtls_mpi_read_binary(&s, signature.p + n, n) == 0 &&
                    mbedtls_ecdsa_verify(&group, digest.p, digest.n, &point, &r, &s) == 0;
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_ecp_point_free(&point);
    mbedtls_ecp_group_free(&group);
    return ok;
}
