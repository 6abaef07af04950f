// Groups, points and scalars of mbedTLS from and to the bytes of crypto.h.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/mbedtls/group.h"

#include "card/crypto/arguments.h"

static mbedtls_ecp_group_id group_id(enum crypto_curve curve)
{
    switch (curve) {
    case CRYPTO_P256:
        return MBEDTLS_ECP_DP_SECP256R1;
    case CRYPTO_P384:
        return MBEDTLS_ECP_DP_SECP384R1;
    case CRYPTO_P521:
        return MBEDTLS_ECP_DP_SECP521R1;
    case CRYPTO_BRAINPOOL_P256R1:
        return MBEDTLS_ECP_DP_BP256R1;
    case CRYPTO_BRAINPOOL_P384R1:
        return MBEDTLS_ECP_DP_BP384R1;
    case CRYPTO_BRAINPOOL_P512R1:
        return MBEDTLS_ECP_DP_BP512R1;
    default:
        return MBEDTLS_ECP_DP_NONE;
    }
}

bool group_load(mbedtls_ecp_group *group, enum crypto_curve curve)
{
    const mbedtls_ecp_group_id id = group_id(curve);
    mbedtls_ecp_group_init(group);
    return id != MBEDTLS_ECP_DP_NONE ? mbedtls_ecp_group_load(group, id) == 0
                                     : group_load_numbers(group, curve);
}

bool group_read_point(const mbedtls_ecp_group *group, enum crypto_curve curve, struct span bytes,
                      mbedtls_ecp_point *point)
{
    return arguments_point(curve, bytes) &&
           mbedtls_ecp_point_read_binary(group, point, bytes.p, bytes.n) == 0 &&
           mbedtls_ecp_check_pubkey(group, point) == 0;
}

bool group_write_point(const mbedtls_ecp_group *group, enum crypto_curve curve,
                       const mbedtls_ecp_point *point, uint8_t *bytes)
{
    const size_t length = crypto_curve_point_length(curve);
    size_t written = 0; // 1 for infinity
    return mbedtls_ecp_point_write_binary(group, point, MBEDTLS_ECP_PF_UNCOMPRESSED, &written, bytes,
                                          length) == 0 &&
           written == length;
}

bool group_read_scalar(const mbedtls_ecp_group *group, enum crypto_curve curve, struct span bytes,
                       mbedtls_mpi *scalar)
{
    return bytes.n == crypto_curve_length(curve) && mbedtls_mpi_read_binary(scalar, bytes.p, bytes.n) == 0 &&
           mbedtls_ecp_check_privkey(group, scalar) == 0;
}

int group_random(void *source, unsigned char *out, size_t n)
{
    const struct crypto_random *random = source;
    return random->fill(random->context, out, n) ? 0 : MBEDTLS_ERR_ECP_RANDOM_FAILED;
}
