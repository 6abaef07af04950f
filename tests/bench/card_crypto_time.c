// The wrappers that add up the time of the card's cryptography.
// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/card_crypto_time.h"

#include "card/crypto/crypto.h"
#include <time.h>

_Thread_local int64_t card_crypto_ns;

static int64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// The linker wants these names (--wrap).
// NOLINTBEGIN(bugprone-reserved-identifier, cert-dcl37-c, cert-dcl51-cpp)

bool __real_crypto_ec_multiply(enum crypto_curve curve, const struct crypto_random *random,
                               struct span scalar, struct span point, uint8_t *product);
bool __real_crypto_ec_multiply_add(enum crypto_curve curve, const struct crypto_random *random,
                                   struct span nonce, struct span point, uint8_t *sum);
bool __real_crypto_ec_generate(struct crypto_ec_key *key, enum crypto_curve curve,
                               const struct crypto_random *random);
bool __real_crypto_ec_load_secret(struct crypto_ec_key *key, enum crypto_curve curve, struct span secret,
                                  const struct crypto_random *random);
bool __real_crypto_ecdh(const struct crypto_ec_key *key, const struct crypto_random *random,
                        struct span point, uint8_t *shared);
bool __real_crypto_ecdsa_sign(const struct crypto_ec_key *key, const struct crypto_random *random,
                              struct span digest, uint8_t *signature);
bool __real_crypto_cmac(const struct crypto_cipher_key *key, const struct span *parts, size_t count,
                        uint8_t mac[CRYPTO_BLOCK]);
bool __real_crypto_cbc_encrypt(const struct crypto_cipher_key *key, const uint8_t iv[CRYPTO_BLOCK],
                               struct span in, uint8_t *out);
bool __real_crypto_cbc_decrypt(const struct crypto_cipher_key *key, const uint8_t iv[CRYPTO_BLOCK],
                               struct span in, uint8_t *out);

bool __wrap_crypto_ec_multiply(enum crypto_curve curve, const struct crypto_random *random,
                               struct span scalar, struct span point, uint8_t *product);
bool __wrap_crypto_ec_multiply_add(enum crypto_curve curve, const struct crypto_random *random,
                                   struct span nonce, struct span point, uint8_t *sum);
bool __wrap_crypto_ec_generate(struct crypto_ec_key *key, enum crypto_curve curve,
                               const struct crypto_random *random);
bool __wrap_crypto_ec_load_secret(struct crypto_ec_key *key, enum crypto_curve curve, struct span secret,
                                  const struct crypto_random *random);
bool __wrap_crypto_ecdh(const struct crypto_ec_key *key, const struct crypto_random *random,
                        struct span point, uint8_t *shared);
bool __wrap_crypto_ecdsa_sign(const struct crypto_ec_key *key, const struct crypto_random *random,
                              struct span digest, uint8_t *signature);
bool __wrap_crypto_cmac(const struct crypto_cipher_key *key, const struct span *parts, size_t count,
                        uint8_t mac[CRYPTO_BLOCK]);
bool __wrap_crypto_cbc_encrypt(const struct crypto_cipher_key *key, const uint8_t iv[CRYPTO_BLOCK],
                               struct span in, uint8_t *out);
bool __wrap_crypto_cbc_decrypt(const struct crypto_cipher_key *key, const uint8_t iv[CRYPTO_BLOCK],
                               struct span in, uint8_t *out);

// Adds the time since `begin`.
static bool timed(int64_t begin, bool result)
{
    card_crypto_ns += now_ns() - begin;
    return result;
}

bool __wrap_crypto_ec_multiply(enum crypto_curve curve, const struct crypto_random *random,
                               struct span scalar, struct span point, uint8_t *product)
{
    const int64_t begin = now_ns();
    return timed(begin, __real_crypto_ec_multiply(curve, random, scalar, point, product));
}

bool __wrap_crypto_ec_multiply_add(enum crypto_curve curve, const struct crypto_random *random,
                                   struct span nonce, struct span point, uint8_t *sum)
{
    const int64_t begin = now_ns();
    return timed(begin, __real_crypto_ec_multiply_add(curve, random, nonce, point, sum));
}

bool __wrap_crypto_ec_generate(struct crypto_ec_key *key, enum crypto_curve curve,
                               const struct crypto_random *random)
{
    const int64_t begin = now_ns();
    return timed(begin, __real_crypto_ec_generate(key, curve, random));
}

bool __wrap_crypto_ec_load_secret(struct crypto_ec_key *key, enum crypto_curve curve, struct span secret,
                                  const struct crypto_random *random)
{
    const int64_t begin = now_ns();
    return timed(begin, __real_crypto_ec_load_secret(key, curve, secret, random));
}

bool __wrap_crypto_ecdh(const struct crypto_ec_key *key, const struct crypto_random *random,
                        struct span point, uint8_t *shared)
{
    const int64_t begin = now_ns();
    return timed(begin, __real_crypto_ecdh(key, random, point, shared));
}

bool __wrap_crypto_ecdsa_sign(const struct crypto_ec_key *key, const struct crypto_random *random,
                              struct span digest, uint8_t *signature)
{
    const int64_t begin = now_ns();
    return timed(begin, __real_crypto_ecdsa_sign(key, random, digest, signature));
}

bool __wrap_crypto_cmac(const struct crypto_cipher_key *key, const struct span *parts, size_t count,
                        uint8_t mac[CRYPTO_BLOCK])
{
    const int64_t begin = now_ns();
    return timed(begin, __real_crypto_cmac(key, parts, count, mac));
}

bool __wrap_crypto_cbc_encrypt(const struct crypto_cipher_key *key, const uint8_t iv[CRYPTO_BLOCK],
                               struct span in, uint8_t *out)
{
    const int64_t begin = now_ns();
    return timed(begin, __real_crypto_cbc_encrypt(key, iv, in, out));
}

bool __wrap_crypto_cbc_decrypt(const struct crypto_cipher_key *key, const uint8_t iv[CRYPTO_BLOCK],
                               struct span in, uint8_t *out)
{
    const int64_t begin = now_ns();
    return timed(begin, __real_crypto_cbc_decrypt(key, iv, in, out));
}

// NOLINTEND(bugprone-reserved-identifier, cert-dcl37-c, cert-dcl51-cpp)
