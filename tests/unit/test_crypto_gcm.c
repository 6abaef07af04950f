// AES-GCM with the test cases of its authors (McGrew and Viega, "The Galois/Counter Mode of Operation", App.
// B), which SP 800-38D refers to.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

enum { SEALED_MAX = 96 };

#define LONG_KEY "feffe9928665731c6d6a8f9467308308"
#define LONG_PLAIN                                                                                           \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b1"     \
    "6aedf5aa0de657ba637b39"
#define LONG_ADDITIONAL "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define LONG_NONCE "cafebabefacedbaddecaf888"
#define ZERO_16 "00000000000000000000000000000000"

static const struct {
    const char *key, *nonce, *additional, *plain, *sealed;
} cases[] = {
    {ZERO_16, "000000000000000000000000", "", "", "58e2fccefa7e3061367f1d57a4e7455a"},
    {ZERO_16, "000000000000000000000000", "", ZERO_16,
     "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"},
    {LONG_KEY, LONG_NONCE, LONG_ADDITIONAL, LONG_PLAIN,
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051b"
     "a30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47"},
    {ZERO_16 ZERO_16, "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {ZERO_16 ZERO_16, "000000000000000000000000", "", ZERO_16,
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {LONG_KEY LONG_KEY, LONG_NONCE, LONG_ADDITIONAL, LONG_PLAIN,
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5"
     "f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"},
};

static void test_published_values_are_sealed_and_opened(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes key, nonce, additional, plain, wanted;
        uint8_t sealed[SEALED_MAX], opened[SEALED_MAX];
        const struct span in = hex(&plain, cases[i].plain), out = hex(&wanted, cases[i].sealed);
        const struct span key_span = hex(&key, cases[i].key), with = hex(&additional, cases[i].additional);
        (void)hex(&nonce, cases[i].nonce);
        assert_true(crypto_gcm_seal(key_span, nonce.b, with, in, sealed));
        assert_true(span_equal(span_of(sealed, in.n + CRYPTO_GCM_TAG), out));
        assert_true(crypto_gcm_open(key_span, nonce.b, with, out, opened));
        assert_true(span_equal(span_of(opened, in.n), in));
    }
}

static void test_every_changed_bit_is_noticed_and_nothing_is_left(void **state)
{
    (void)state;
    struct bytes key, nonce, additional, plain, sealed;
    uint8_t opened[SEALED_MAX];
    static const uint8_t zeros[SEALED_MAX] = {0};
    const struct span in = hex(&plain, LONG_PLAIN);
    (void)hex(&key, LONG_KEY LONG_KEY);
    (void)hex(&nonce, LONG_NONCE);
    (void)hex(&additional, LONG_ADDITIONAL);
    (void)hex(&sealed, cases[5].sealed);
    struct bytes *const parts[] = {&key, &nonce, &additional, &sealed};
    for (size_t part = 0; part < 4; part++) {
        for (size_t bit = 0; bit < parts[part]->s.n * 8; bit++) {
            parts[part]->b[bit / 8] ^= (uint8_t)(1U << bit % 8);
            memset(opened, 0xA5, sizeof opened);
            assert_false(crypto_gcm_open(key.s, nonce.b, additional.s, sealed.s, opened));
            assert_memory_equal(opened, zeros, in.n);
            parts[part]->b[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
    }
    assert_true(crypto_gcm_open(key.s, nonce.b, additional.s, sealed.s, opened));
}

static void test_wrong_lengths_are_refused(void **state)
{
    (void)state;
    static const uint8_t bytes[64] = {0};
    uint8_t out[SEALED_MAX];
    for (size_t n = 0; n <= 40; n++) {
        assert_int_equal(crypto_gcm_seal(span_of(bytes, n), bytes, span_of(NULL, 0), span_of(bytes, 8), out),
                         n == 16 || n == 24 || n == 32);
    }
    for (size_t n = 0; n < CRYPTO_GCM_TAG; n++) {
        assert_false(crypto_gcm_open(span_of(bytes, 16), bytes, span_of(NULL, 0), span_of(bytes, n), out));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_values_are_sealed_and_opened),
        cmocka_unit_test(test_every_changed_bit_is_noticed_and_nothing_is_left),
        cmocka_unit_test(test_wrong_lengths_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
