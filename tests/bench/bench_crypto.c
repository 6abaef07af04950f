// How often a second a provider of card/crypto does what a tap needs; one line an operation: name, rate.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// Long enough for a clock of microseconds, short enough for many rounds.
static const double measured_seconds = 0.1;

enum { LONG_MESSAGE = 1024 };

// What the operations work on.
struct bench {
    struct crypto_random random;
    enum crypto_curve curve;
    struct crypto_ec_key pair;
    struct crypto_ec_key public;
    struct crypto_cipher_key cipher;
    uint8_t point[CRYPTO_POINT_MAX];
    uint8_t signature[CRYPTO_SIGNATURE_MAX];
    uint8_t digest[32];
    uint8_t message[LONG_MESSAGE];
    uint8_t out[LONG_MESSAGE];
    size_t n; // of the message
};

static struct span point_of(const struct bench *b)
{
    return span_of(b->point, crypto_curve_point_length(b->curve));
}

static struct span digest_of(const struct bench *b)
{
    return span_of(b->digest, sizeof b->digest);
}

static bool run_generate(struct bench *b)
{
    struct crypto_ec_key key;
    const bool ok = crypto_ec_generate(&key, b->curve, &b->random);
    crypto_ec_release(&key);
    return ok;
}

static bool run_load_public(struct bench *b)
{
    struct crypto_ec_key key;
    const bool ok = crypto_ec_load_public(&key, b->curve, point_of(b));
    crypto_ec_release(&key);
    return ok;
}

static bool run_sign(struct bench *b)
{
    return crypto_ecdsa_sign(&b->pair, &b->random, digest_of(b), b->signature);
}

static bool run_verify(struct bench *b)
{
    const struct span signature = span_of(b->signature, 2 * crypto_curve_length(b->curve));
    return crypto_ecdsa_verify(&b->public, digest_of(b), signature);
}

static bool run_ecdh(struct bench *b)
{
    return crypto_ecdh(&b->pair, &b->random, point_of(b), b->out);
}

static bool run_multiply(struct bench *b)
{
    const struct span scalar = span_of(b->signature, crypto_curve_length(b->curve)); // r is in range
    return crypto_ec_multiply(b->curve, &b->random, scalar, point_of(b), b->out);
}

static bool run_multiply_add(struct bench *b)
{
    return crypto_ec_multiply_add(b->curve, &b->random, span_of(b->digest, 16), point_of(b), b->out);
}

static bool run_encode_point(struct bench *b)
{
    return crypto_ec_encode_point(b->curve, span_of(b->point + 1, crypto_curve_length(b->curve)), b->out);
}

static bool run_cipher_load(struct bench *b)
{
    struct crypto_cipher_key key;
    const bool ok = crypto_cipher_load(&key, CRYPTO_AES, span_of(b->message, 16));
    crypto_cipher_release(&key);
    return ok;
}

static bool run_cbc(struct bench *b)
{
    return crypto_cbc_encrypt(&b->cipher, b->digest, span_of(b->message, b->n), b->out);
}

static bool run_cmac(struct bench *b)
{
    const struct span part = span_of(b->message, b->n);
    return crypto_cmac(&b->cipher, &part, 1, b->out);
}

static bool run_sha256(struct bench *b)
{
    const struct span part = span_of(b->message, b->n);
    return crypto_hash_parts(CRYPTO_SHA256, &part, 1, b->out);
}

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void measure(const char *name, bool (*run)(struct bench *), struct bench *b)
{
    const double start = now();
    double elapsed = 0;
    uint64_t count = 0;
    for (uint64_t batch = 1; elapsed < measured_seconds; batch *= 2) {
        for (uint64_t i = 0; i < batch; i++) {
            if (!run(b)) {
                fprintf(stderr, "%s fails\n", name);
                exit(EXIT_FAILURE);
            }
        }
        count += batch;
        elapsed = now() - start;
    }
    printf("%s %.0f\n", name, (double)count / elapsed);
}

static void measure_curve(const char *curve_name, enum crypto_curve curve, struct bench *b)
{
    static const struct {
        const char *name;
        bool (*run)(struct bench *);
    } operations[] = {
        {"generate", run_generate},
        {"load-public", run_load_public},
        {"sign", run_sign},
        {"verify", run_verify},
        {"ecdh", run_ecdh},
        {"multiply", run_multiply},
        {"multiply-add", run_multiply_add},
        {"encode-point", run_encode_point},
    };
    b->curve = curve;
    if (!crypto_ec_generate(&b->pair, curve, &b->random) || !crypto_ec_public(&b->pair, b->point) ||
        !crypto_ec_load_public(&b->public, curve, point_of(b))) {
        fprintf(stderr, "%s: no key\n", curve_name);
        exit(EXIT_FAILURE);
    }
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s/%s", curve_name, operations[i].name);
        measure(name, operations[i].run, b);
    }
    crypto_ec_release(&b->public);
    crypto_ec_release(&b->pair);
}

static void measure_symmetric(struct bench *b)
{
    if (!crypto_cipher_load(&b->cipher, CRYPTO_AES, span_of(b->message, 16))) {
        exit(EXIT_FAILURE);
    }
    measure("aes-128/load", run_cipher_load, b);
    b->n = 16;
    measure("aes-128/cmac-16", run_cmac, b);
    measure("sha-256/16", run_sha256, b);
    b->n = 256;
    measure("aes-128/cbc-256", run_cbc, b);
    measure("aes-128/cmac-256", run_cmac, b);
    b->n = LONG_MESSAGE;
    measure("aes-128/cbc-1024", run_cbc, b);
    measure("aes-128/cmac-1024", run_cmac, b);
    measure("sha-256/1024", run_sha256, b);
    crypto_cipher_release(&b->cipher);
}

int main(void)
{
    static struct bench b;
    b.random = crypto_system_random();
    memset(b.digest, 0x5a, sizeof b.digest);
    measure_symmetric(&b);
    measure_curve("P-256", CRYPTO_P256, &b);
    measure_curve("brainpoolP256r1", CRYPTO_BRAINPOOL_P256R1, &b);
    measure_curve("P-384", CRYPTO_P384, &b);
    measure_curve("brainpoolP384r1", CRYPTO_BRAINPOOL_P384R1, &b);
    return EXIT_SUCCESS;
}
