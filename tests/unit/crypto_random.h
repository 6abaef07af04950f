// Sources of random bytes for tests: one that counts, and one that fails.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_CRYPTO_RANDOM_H
#define JUMIN_TESTS_UNIT_CRYPTO_RANDOM_H

#include "card/crypto/crypto.h"

// Delivers different bytes with every call, the same in every run; fails after `calls` calls.
struct counting_random {
    uint64_t counter;
    size_t calls;
    bool asked;
    bool failed;
};

// splitmix64: a full period and well mixed, which the blinding's retries rely on.
static inline uint8_t counting_random_byte(struct counting_random *random)
{
    uint64_t x = random->counter += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (uint8_t)(x ^ x >> 31);
}

static inline bool counting_random_fill(void *context, uint8_t *out, size_t n)
{
    struct counting_random *random = context;
    random->asked = true;
    if (random->calls == 0) {
        random->failed = true;
        return false;
    }
    random->calls--;
    for (size_t i = 0; i < n; i++) {
        out[i] = counting_random_byte(random);
    }
    return true;
}

// A source that never fails in a test.
static inline struct crypto_random counting_random(struct counting_random *state)
{
    *state = (struct counting_random){.calls = SIZE_MAX};
    return (struct crypto_random){counting_random_fill, state};
}

// A source that delivers `calls` times, then fails.
static inline struct crypto_random failing_random(struct counting_random *state, size_t calls)
{
    *state = (struct counting_random){.calls = calls};
    return (struct crypto_random){counting_random_fill, state};
}

#endif
