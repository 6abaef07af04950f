// The operations of card/crypto that take a random source or hold secrets, each with the output it writes.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_CRYPTO_OPERATIONS_H
#define JUMIN_TESTS_UNIT_CRYPTO_OPERATIONS_H

#include "tests/unit/crypto_vectors.h"

enum { OPERATION_OUTPUT_MAX = sizeof(struct crypto_ec_key) };

struct operation {
    const char *name;
    // Writes `n` bytes of `out`; `pair` and the arguments derived from it are good ones.
    bool (*run)(const struct crypto_ec_key *pair, const struct crypto_random *random, uint8_t *out);
    size_t (*output)(enum crypto_curve curve);
};

static inline size_t output_scalar(enum crypto_curve curve)
{
    return crypto_curve_length(curve);
}

static inline size_t output_signature(enum crypto_curve curve)
{
    return 2 * crypto_curve_length(curve);
}

static inline size_t output_handle(enum crypto_curve curve)
{
    (void)curve;
    return sizeof(struct crypto_ec_key);
}

// The public point and the secret of the pair.
struct pair_bytes {
    uint8_t point[CRYPTO_POINT_MAX];
    uint8_t secret[CRYPTO_FIELD_MAX];
    struct span p;
    struct span s;
};

static inline void pair_bytes(const struct crypto_ec_key *pair, struct pair_bytes *bytes)
{
    const enum crypto_curve curve = crypto_ec_curve(pair);
    assert_true(crypto_ec_public(pair, bytes->point));
    bytes->p = span_of(bytes->point, crypto_curve_point_length(curve));
    // The secret of the provider may need memory; a good scalar is as good.
    memset(bytes->secret, 0x35, sizeof bytes->secret);
    bytes->secret[0] = 0;
    bytes->s = span_of(bytes->secret, crypto_curve_length(curve));
}

static inline bool run_random_scalar(const struct crypto_ec_key *pair, const struct crypto_random *random,
                                     uint8_t *out)
{
    return crypto_ec_random_scalar(crypto_ec_curve(pair), random, out);
}

// A handle that was loaded is released, and what is left shown.
static inline bool show_handle(bool ok, struct crypto_ec_key *key, uint8_t *out)
{
    memcpy(out, key, sizeof *key);
    crypto_ec_release(key);
    return ok;
}

static inline bool run_generate(const struct crypto_ec_key *pair, const struct crypto_random *random,
                                uint8_t *out)
{
    struct crypto_ec_key key;
    return show_handle(crypto_ec_generate(&key, crypto_ec_curve(pair), random), &key, out);
}

static inline bool run_load_secret(const struct crypto_ec_key *pair, const struct crypto_random *random,
                                   uint8_t *out)
{
    struct crypto_ec_key key;
    struct pair_bytes bytes;
    pair_bytes(pair, &bytes);
    return show_handle(crypto_ec_load_secret(&key, crypto_ec_curve(pair), bytes.s, random), &key, out);
}

static inline bool run_sign(const struct crypto_ec_key *pair, const struct crypto_random *random,
                            uint8_t *out)
{
    const uint8_t digest[32] = {7};
    return crypto_ecdsa_sign(pair, random, span_of(digest, sizeof digest), out);
}

static inline bool run_ecdh(const struct crypto_ec_key *pair, const struct crypto_random *random,
                            uint8_t *out)
{
    struct pair_bytes bytes;
    pair_bytes(pair, &bytes);
    return crypto_ecdh(pair, random, bytes.p, out);
}

static inline bool run_multiply(const struct crypto_ec_key *pair, const struct crypto_random *random,
                                uint8_t *out)
{
    struct pair_bytes bytes;
    pair_bytes(pair, &bytes);
    return crypto_ec_multiply(crypto_ec_curve(pair), random, bytes.s, bytes.p, out);
}

static inline bool run_multiply_add(const struct crypto_ec_key *pair, const struct crypto_random *random,
                                    uint8_t *out)
{
    struct pair_bytes bytes;
    pair_bytes(pair, &bytes);
    return crypto_ec_multiply_add(crypto_ec_curve(pair), random, bytes.s, bytes.p, out);
}

static inline bool run_scalar_divide(const struct crypto_ec_key *pair, const struct crypto_random *random,
                                     uint8_t *out)
{
    struct pair_bytes bytes;
    uint8_t five[CRYPTO_FIELD_MAX] = {0};
    pair_bytes(pair, &bytes);
    five[bytes.s.n - 1] = 5;
    return crypto_ec_scalar_divide(crypto_ec_curve(pair), random, span_of(five, bytes.s.n), bytes.s, out);
}

static const struct operation operations[] = {
    {"random_scalar", run_random_scalar, output_scalar},
    {"generate", run_generate, output_handle},
    {"load_secret", run_load_secret, output_handle},
    {"sign", run_sign, output_signature},
    {"ecdh", run_ecdh, output_scalar},
    {"multiply", run_multiply, crypto_curve_point_length},
    {"multiply_add", run_multiply_add, crypto_curve_point_length},
    {"scalar_divide", run_scalar_divide, output_scalar},
};

enum { OPERATIONS = sizeof operations / sizeof operations[0] };

#endif
