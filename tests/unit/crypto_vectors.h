// Published values of the tests of card/crypto, written as hexadecimal text.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_CRYPTO_VECTORS_H
#define JUMIN_TESTS_UNIT_CRYPTO_VECTORS_H

#include "tests/unit/unit.h"

#include "tests/unit/crypto_random.h"

// The bytes of a hexadecimal text.
struct bytes {
    uint8_t b[1100];
    struct span s;
};

// Fills `*bytes` and returns what it now holds.
static inline struct span hex(struct bytes *bytes, const char *text)
{
    bytes->s = unhex(text, bytes->b, sizeof bytes->b);
    return bytes->s;
}

static inline void assert_wiped(const uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(out[i], 0);
    }
}

#endif
