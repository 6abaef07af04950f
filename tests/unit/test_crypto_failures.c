// A random source that fails: nothing that depends on it happens, and nothing is left in the outputs.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_operations.h"

// Lets the source fail at its first, second ... call, until the operation needs no more calls.
static void fail_at_each_call(const struct operation *operation, const struct crypto_ec_key *pair)
{
    const size_t n = operation->output(crypto_ec_curve(pair));
    bool ok = false;
    for (size_t calls = 0; !ok; calls++) {
        struct counting_random counting;
        const struct crypto_random random = failing_random(&counting, calls);
        uint8_t out[OPERATION_OUTPUT_MAX];
        memset(out, 0xff, sizeof out);
        ok = operation->run(pair, &random, out);
        assert_int_equal(ok, !counting.failed);
        if (!ok) {
            assert_wiped(out, n);
        }
        if (n < sizeof out) {
            assert_int_equal(out[n], 0xff);
        }
    }
}

static void test_failing_source_fails_every_operation_that_asks_it(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        struct crypto_ec_key pair;
        assert_true(crypto_ec_generate(&pair, curve, &random));
        for (size_t i = 0; i < OPERATIONS; i++) {
            print_message("%s\n", operations[i].name);
            fail_at_each_call(&operations[i], &pair);
        }
        crypto_ec_release(&pair);
    }
}

static void test_secrets_come_from_the_source(void **state)
{
    (void)state;
    struct counting_random counting;
    struct crypto_ec_key key;
    uint8_t scalar[CRYPTO_FIELD_MAX];
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const struct crypto_random none = failing_random(&counting, 0);
        assert_false(crypto_ec_random_scalar(curve, &none, scalar));
        assert_false(crypto_ec_generate(&key, curve, &none));
    }
}

static bool fill_constant(void *context, uint8_t *out, size_t n)
{
    memset(out, *(const int *)context, n);
    return true;
}

// All zeros and all ones are out of range for ever: drawing again must end.
static void test_source_stuck_out_of_range_is_a_failing_one(void **state)
{
    (void)state;
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        for (int value = 0; value <= 0xff; value += 0xff) {
            const struct crypto_random stuck = {fill_constant, &value};
            uint8_t scalar[CRYPTO_FIELD_MAX];
            memset(scalar, 0xaa, sizeof scalar);
            assert_false(crypto_ec_random_scalar(curve, &stuck, scalar));
            assert_wiped(scalar, crypto_curve_length(curve));
        }
    }
}

static void test_random_scalars_differ_and_are_in_range(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const size_t n = crypto_curve_length(curve);
        struct crypto_curve_parameters parameters;
        uint8_t last[CRYPTO_FIELD_MAX] = {0};
        uint8_t top = 0;
        assert_true(crypto_curve_parameters(curve, &parameters));
        for (int i = 0; i < 200; i++) {
            uint8_t scalar[CRYPTO_FIELD_MAX];
            assert_true(crypto_ec_random_scalar(curve, &random, scalar));
            assert_true(memcmp(scalar, parameters.order, n) < 0);
            assert_memory_not_equal(scalar, last, n);
            memcpy(last, scalar, n);
            top |= scalar[0];
        }
        assert_true(top > parameters.order[0] / 2); // up to the highest bit
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failing_source_fails_every_operation_that_asks_it),
        cmocka_unit_test(test_secrets_come_from_the_source),
        cmocka_unit_test(test_source_stuck_out_of_range_is_a_failing_one),
        cmocka_unit_test(test_random_scalars_differ_and_are_in_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
