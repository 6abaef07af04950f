// What holds for the provider mbedTLS alone: blinding by the caller's source, and a heap that runs out.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_operations.h"

// The program is linked with --wrap=calloc: mbedTLS, linked statically, gets its memory here.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's names
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static size_t allocations = SIZE_MAX;

void *__wrap_calloc(size_t count, size_t size)
{
    if (allocations == 0) {
        return NULL;
    }
    allocations -= allocations == SIZE_MAX ? 0 : 1;
    return __real_calloc(count, size);
}

static void test_operations_with_secrets_are_blinded_by_the_source(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct crypto_ec_key pair;
    assert_true(crypto_ec_generate(&pair, CRYPTO_P256, &random));
    for (size_t i = 0; i < OPERATIONS; i++) {
        uint8_t out[OPERATION_OUTPUT_MAX];
        counting.asked = false;
        assert_true(operations[i].run(&pair, &random, out));
        assert_true(counting.asked);
    }
    crypto_ec_release(&pair);
}

// How many allocations to allow next: every number at first, where the operations differ, then ever fewer.
static size_t more(size_t available)
{
    return available + 1 + available / 16;
}

// Runs with ever more memory until it suffices; before, the operation fails and leaves nothing. Returns how
// many allocations sufficed.
static size_t run_out_of_memory(const struct operation *operation, const struct crypto_ec_key *pair)
{
    const size_t n = operation->output(crypto_ec_curve(pair));
    for (size_t available = 0;; available = more(available)) {
        struct counting_random counting;
        const struct crypto_random random = counting_random(&counting);
        uint8_t out[OPERATION_OUTPUT_MAX];
        memset(out, 0xff, sizeof out);
        allocations = available;
        const bool ok = operation->run(pair, &random, out);
        allocations = SIZE_MAX;
        if (ok) {
            return available;
        }
        assert_wiped(out, n);
    }
}

static void test_operations_fail_whole_when_memory_runs_out(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    const enum crypto_curve curves[] = {CRYPTO_P256, CRYPTO_BRAINPOOL_P256R1};
    for (size_t c = 0; c < sizeof curves / sizeof curves[0]; c++) {
        struct crypto_ec_key pair;
        assert_true(crypto_ec_generate(&pair, curves[c], &random));
        for (size_t i = 0; i < OPERATIONS; i++) {
            print_message("%s\n", operations[i].name);
            assert_true(run_out_of_memory(&operations[i], &pair) > 0);
        }
        crypto_ec_release(&pair);
    }
}

static void test_encoding_fails_whole_when_memory_runs_out(void **state)
{
    (void)state;
    const uint8_t element[32] = {1, 2, 3};
    size_t available = 0;
    for (bool ok = false; !ok;) {
        uint8_t out[65];
        memset(out, 0xff, sizeof out);
        allocations = available;
        ok = crypto_ec_encode_point(CRYPTO_BRAINPOOL_P256R1, span_of(element, sizeof element), out);
        allocations = SIZE_MAX;
        if (!ok) {
            assert_wiped(out, sizeof out);
            available = more(available);
        }
    }
    assert_true(available > 0);
}

// No verdict but false may come from a lack of memory.
static void test_verification_fails_when_memory_runs_out(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct crypto_ec_key pair;
    uint8_t signature[64];
    const uint8_t digest[32] = {1};
    const struct span hashed = span_of(digest, sizeof digest);
    assert_true(crypto_ec_generate(&pair, CRYPTO_P256, &random));
    assert_true(crypto_ecdsa_sign(&pair, &random, hashed, signature));
    size_t available = 0;
    for (bool ok = false; !ok; available = more(available)) {
        allocations = available;
        ok = crypto_ecdsa_verify(&pair, hashed, span_of(signature, sizeof signature));
        allocations = SIZE_MAX;
    }
    assert_true(available > 1);
    signature[40] ^= 1;
    for (size_t i = 0; i <= available; i = more(i)) {
        allocations = i;
        assert_false(crypto_ecdsa_verify(&pair, hashed, span_of(signature, sizeof signature)));
        allocations = SIZE_MAX;
    }
    crypto_ec_release(&pair);
}

// The card has no heap: what lives from command to command must not need one.
static void test_symmetric_operations_and_keys_at_rest_take_no_memory(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct crypto_cipher_key key;
    uint8_t block[CRYPTO_BLOCK] = {0};
    uint8_t digest[CRYPTO_HASH_MAX];
    const struct span part = span_of(block, sizeof block);
    allocations = 0;
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, part));
    assert_true(crypto_cbc_encrypt(&key, block, part, block));
    assert_true(crypto_cbc_decrypt(&key, block, part, block));
    assert_true(crypto_cmac(&key, &part, 1, block));
    crypto_cipher_release(&key);
    for (enum crypto_hash hash = CRYPTO_SHA1; hash <= CRYPTO_SHA512; hash++) {
        assert_true(crypto_hmac(hash, part, part, digest));
    }
    allocations = SIZE_MAX;
    struct crypto_ec_key pair;
    assert_true(crypto_ec_generate(&pair, CRYPTO_P256, &random));
    allocations = 0;
    uint8_t point[CRYPTO_POINT_MAX];
    assert_true(crypto_ec_public(&pair, point));
    assert_true(crypto_ec_secret(&pair, point));
    allocations = SIZE_MAX;
    crypto_ec_release(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operations_with_secrets_are_blinded_by_the_source),
        cmocka_unit_test(test_operations_fail_whole_when_memory_runs_out),
        cmocka_unit_test(test_encoding_fails_whole_when_memory_runs_out),
        cmocka_unit_test(test_verification_fails_when_memory_runs_out),
        cmocka_unit_test(test_symmetric_operations_and_keys_at_rest_take_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
