// Shamir's secret sharing, byte by byte over GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/secret_sharing.h"

enum { REDUCTION = 0x1D, BITS = 8 };

// Without a table and without a branch on the factors.
static uint8_t multiply(uint8_t a, uint8_t b)
{
    uint8_t product = 0;
    for (unsigned bit = 0; bit < BITS; bit++) {
        product ^= (uint8_t)(a & (uint8_t)-(b >> bit & 1));
        a = (uint8_t)(a << 1 ^ (REDUCTION & (uint8_t)-(a >> (BITS - 1))));
    }
    return product;
}

// a^254, which is 1/a; 0 for 0.
static uint8_t invert(uint8_t a)
{
    uint8_t power = a, inverse = 1;
    for (unsigned bit = 1; bit < BITS; bit++) {
        power = multiply(power, power);
        inverse = multiply(inverse, power);
    }
    return inverse;
}

bool secret_split(struct span secret, size_t threshold, size_t count, const struct crypto_random *random,
                  uint8_t *shares)
{
    uint8_t coefficients[SECRET_SHARES_MAX];
    if (threshold < 2 || threshold > count || count > SECRET_SHARES_MAX || secret.n == 0) {
        return false;
    }
    bool ok = true;
    for (size_t byte = 0; byte < secret.n && ok; byte++) {
        ok = random->fill(random->context, coefficients, threshold - 1);
        for (size_t i = 0; i < count && ok; i++) {
            uint8_t value = 0; // Horner, the secret as the last coefficient
            for (size_t k = threshold - 1; k-- > 0;) {
                value = multiply(value ^ coefficients[k], (uint8_t)(i + 1));
            }
            shares[i * secret.n + byte] = value ^ secret.p[byte];
        }
    }
    crypto_wipe(coefficients, sizeof coefficients);
    if (!ok) {
        crypto_wipe(shares, count * secret.n);
    }
    return ok;
}

// Lagrange's factor of the share `i` at 0; 0 when another has its number, or it is 0 itself.
static uint8_t factor(const uint8_t *numbers, size_t count, size_t i)
{
    uint8_t above = 1, below = 1;
    for (size_t j = 0; j < count; j++) {
        if (j != i) {
            above = multiply(above, numbers[j]);
            below = multiply(below, numbers[j] ^ numbers[i]);
        }
    }
    return numbers[i] == 0 ? 0 : multiply(above, invert(below));
}

bool secret_combine(const uint8_t *numbers, const uint8_t *const *shares, size_t count, size_t n,
                    uint8_t *secret)
{
    memset(secret, 0, n);
    for (size_t i = 0; i < count; i++) {
        const uint8_t weight = factor(numbers, count, i);
        if (weight == 0) {
            crypto_wipe(secret, n);
            return false;
        }
        for (size_t byte = 0; byte < n; byte++) {
            secret[byte] ^= multiply(weight, shares[i][byte]);
        }
    }
    return count >= 2;
}
