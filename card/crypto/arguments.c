// Lengths of hashes and curves, and checks of arguments that all providers make alike.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/arguments.h"

enum {
    POINT_UNCOMPRESSED = 0x04, // SEC 1 §2.3.3
    RSA_MODULUS_MIN = 128,
    RSA_MODULUS_MAX = 1024,
    RSA_EXPONENT_MAX = 8,
};

size_t crypto_hash_length(enum crypto_hash hash)
{
    switch (hash) {
    case CRYPTO_SHA1:
        return 20;
    case CRYPTO_SHA224:
        return 28;
    case CRYPTO_SHA256:
        return 32;
    case CRYPTO_SHA384:
        return 48;
    case CRYPTO_SHA512:
        return 64;
    default:
        return 0;
    }
}

size_t crypto_curve_length(enum crypto_curve curve)
{
    switch (curve) {
    case CRYPTO_P192:
    case CRYPTO_BRAINPOOL_P192R1:
        return 24;
    case CRYPTO_P224:
    case CRYPTO_BRAINPOOL_P224R1:
        return 28;
    case CRYPTO_P256:
    case CRYPTO_BRAINPOOL_P256R1:
        return 32;
    case CRYPTO_BRAINPOOL_P320R1:
        return 40;
    case CRYPTO_P384:
    case CRYPTO_BRAINPOOL_P384R1:
        return 48;
    case CRYPTO_BRAINPOOL_P512R1:
        return 64;
    case CRYPTO_P521:
        return 66;
    default:
        return 0;
    }
}

size_t crypto_curve_point_length(enum crypto_curve curve)
{
    const size_t length = crypto_curve_length(curve);
    return length == 0 ? 0 : 1 + 2 * length;
}

bool arguments_point(enum crypto_curve curve, struct span point)
{
    const size_t length = crypto_curve_point_length(curve);
    return length != 0 && point.n == length && point.p[0] == POINT_UNCOMPRESSED;
}

bool arguments_element(enum crypto_curve curve, struct span element)
{
    return curve != CRYPTO_P224 && element.n == crypto_curve_length(curve);
}

bool arguments_digest(struct span digest)
{
    return digest.n >= 1 && digest.n <= CRYPTO_HASH_MAX;
}

static bool odd_without_leading_zeros(struct span number)
{
    return number.n > 0 && number.p[0] != 0 && (number.p[number.n - 1] & 1) == 1;
}

bool arguments_rsa(const struct crypto_rsa_public *key)
{
    const struct span exponent = key->exponent;
    if (!odd_without_leading_zeros(exponent) || exponent.n > RSA_EXPONENT_MAX) {
        return false;
    }
    if (exponent.n == 1 && exponent.p[0] < 3) {
        return false;
    }
    const struct span modulus = key->modulus;
    if (!odd_without_leading_zeros(modulus) || modulus.n < RSA_MODULUS_MIN || modulus.n > RSA_MODULUS_MAX) {
        return false;
    }
    return modulus.n > RSA_MODULUS_MIN || (modulus.p[0] & 0x80) != 0;
}
