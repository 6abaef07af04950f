// Groups, points and scalars of OpenSSL from and to the bytes of crypto.h.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/openssl/group.h"

#include "card/crypto/arguments.h"

#include <openssl/obj_mac.h>
#include <stdatomic.h>

static const struct {
    const char *name;
    int nid;
} curves[CRYPTO_CURVE_COUNT] = {
    [CRYPTO_P256] = {SN_X9_62_prime256v1, NID_X9_62_prime256v1},
    [CRYPTO_P384] = {SN_secp384r1, NID_secp384r1},
    [CRYPTO_P521] = {SN_secp521r1, NID_secp521r1},
    [CRYPTO_BRAINPOOL_P256R1] = {SN_brainpoolP256r1, NID_brainpoolP256r1},
    [CRYPTO_BRAINPOOL_P384R1] = {SN_brainpoolP384r1, NID_brainpoolP384r1},
    [CRYPTO_BRAINPOOL_P512R1] = {SN_brainpoolP512r1, NID_brainpoolP512r1},
    [CRYPTO_P192] = {SN_X9_62_prime192v1, NID_X9_62_prime192v1},
    [CRYPTO_P224] = {SN_secp224r1, NID_secp224r1},
    [CRYPTO_BRAINPOOL_P192R1] = {SN_brainpoolP192r1, NID_brainpoolP192r1},
    [CRYPTO_BRAINPOOL_P224R1] = {SN_brainpoolP224r1, NID_brainpoolP224r1},
    [CRYPTO_BRAINPOOL_P320R1] = {SN_brainpoolP320r1, NID_brainpoolP320r1},
};

const char *group_name(enum crypto_curve curve)
{
    return crypto_curve_length(curve) == 0 ? NULL : curves[curve].name;
}

const EC_GROUP *group_of(enum crypto_curve curve)
{
    static _Atomic(EC_GROUP *) groups[CRYPTO_CURVE_COUNT];
    if (crypto_curve_length(curve) == 0) {
        return NULL;
    }
    EC_GROUP *group = atomic_load(&groups[curve]);
    if (group == NULL) {
        EC_GROUP *made = EC_GROUP_new_by_curve_name(curves[curve].nid);
        if (made != NULL && atomic_compare_exchange_strong(&groups[curve], &group, made)) {
            return made;
        }
        EC_GROUP_free(made); // another thread was first
    }
    return group;
}

EC_POINT *group_read_point(const EC_GROUP *group, enum crypto_curve curve, struct span bytes, BN_CTX *bn)
{
    if (!arguments_point(curve, bytes)) {
        return NULL;
    }
    EC_POINT *point = EC_POINT_new(group);
    // Checks the range of the coordinates and the equation of the curve.
    if (point == NULL || EC_POINT_oct2point(group, point, bytes.p, bytes.n, bn) != 1) {
        EC_POINT_free(point);
        return NULL;
    }
    return point;
}

bool group_write_point(const EC_GROUP *group, enum crypto_curve curve, const EC_POINT *point, uint8_t *bytes,
                       BN_CTX *bn)
{
    const size_t length = crypto_curve_point_length(curve);
    // Infinity is written as 1 byte.
    return EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, bytes, length, bn) == length;
}

BIGNUM *group_read_scalar(const EC_GROUP *group, enum crypto_curve curve, struct span bytes)
{
    if (bytes.n != crypto_curve_length(curve)) {
        return NULL;
    }
    BIGNUM *scalar = BN_secure_new();
    if (scalar == NULL || BN_bin2bn(bytes.p, (int)bytes.n, scalar) == NULL || BN_is_zero(scalar) ||
        BN_cmp(scalar, EC_GROUP_get0_order(group)) >= 0) {
        BN_clear_free(scalar);
        return NULL;
    }
    BN_set_flags(scalar, BN_FLG_CONSTTIME);
    return scalar;
}
