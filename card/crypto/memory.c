// Comparing and wiping secrets, for every provider.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"

bool crypto_equal(const void *a, const void *b, size_t n)
{
    // Volatile, so that the compiler cannot stop at the first difference.
    const volatile uint8_t *left = a;
    const volatile uint8_t *right = b;
    uint8_t difference = 0;
    for (size_t i = 0; i < n; i++) {
        difference = (uint8_t)(difference | (left[i] ^ right[i]));
    }
    return difference == 0;
}

void crypto_wipe(void *p, size_t n)
{
    if (n == 0) {
        return;
    }
    memset(p, 0, n);
    // The compiler must take the bytes as read here, so it cannot drop the memset.
    __asm__ volatile("" : : "r"(p) : "memory");
}
