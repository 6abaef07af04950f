// HKDF with the values of RFC 5869 and of Wycheproof.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

static const struct {
    enum crypto_hash hash;
    const char *secret, *salt, *info, *key;
} cases[] = {
    // RFC 5869 §A.1
    {CRYPTO_SHA256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
     "f0f1f2f3f4f5f6f7f8f9",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b88718"
     "5865"},
    // §A.3
    {CRYPTO_SHA256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a"
     "96c8"},
    // §A.2
    {CRYPTO_SHA256,
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
     "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
     "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081828384858687"
     "88898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
     "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7"
     "d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac78272"
     "71cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f"
     "1d87"},
    // Wycheproof, test 70
    {CRYPTO_SHA256, "974c0ac12b6a9c2b79fed80b1a960c9779b1860fe514ffb251c4ba65ff2dedc2",
     "32049bc0c7f3189651cbcb45491347f83e0e90db281c3633619516da566b1b62", "923e5c930f457af5",
     "5f368f29e213be6d5eb3ba540a95f21714134df999abe0b3ea9aae5ac4708fa6"},
    // 71
    {CRYPTO_SHA256, "e937b5e7ece235b337cb4fa9ab8f3a747990684399a1c4bed47b02b3a5e47a7b",
     "0b079374c35ce1373bf13f2eda25daa8447e70ec737eff8c88b2e024c83e2181", "0d723e3bf44be388",
     "327afc3e82b3a1ef3b1d7ad3727c96f30ad19934986b868cc028b17dcdad0035a3ea767403ade0b3"
     "410de8568831afdd30f90f5d669e334e"},
    // 72
    {CRYPTO_SHA256, "279d9c928e719274379be30bd6feee738f8c53049e99390004b3d9a8745738b8",
     "9a8080efd34f9d82ae74d750672d2f6d0b055a3af78a4e40888e93466f1641dd", "efaf2275a9a729c0",
     "d88cec7b19c6332151244accc7adf1009667abb0dacb358d740ca2101bddc610473bf322674fc50e"
     "37650a576e81785002b35fd1be18eca5ebf8ac0bae4f416bf1f00411d8f63d84aa4a2859aa574540"
     "e6f24a94acd51bb4b11275602144578b2671df502b2fef6ee21e7a47cc0152e7f24608953287661d"
     "10392c6e2dac6351"},
    // 75: no salt
    {CRYPTO_SHA256, "d2ee6859f3e52e456f4b0e19252f3ba453102fb4de685b9823a652acb2f87039", "",
     "086e8dc0aa05538926dc74e89857232aa7d1fdc3f6ca29dddaba48dd682bcf1cfe08700e2a5a7102"
     "d01e57a93bca2668dee95339d5db6b6a2e7e5fa66667b8d5b8",
     "9270c8f7b8c979c7f537ff820b08ab3b757266a00679070380bba554e30e843710551cf5ae38d6d6"
     "92749a425b85b4c2fa674ab37e3936feb6089afd60c80d5f2cba1ff9257519a40d2e181ce920d370"},
    // 78: a salt that is hashed first
    {CRYPTO_SHA256, "3ee1fc0d8fac49d494c4a1b8cf6bf290a4a2c19a27c3ab1914d0d21c841577e0",
     "888815e19321fa618f0ce9800b7c2f6d289ed32c23d9816cc8bb36966bbe413e24db80612bd48c8f"
     "d8e791732aed62288c3bf97d7c881b8d80dd48fa31b6f5d0cb",
     "4dc991623624fadef207587e42776cf3e0fdf4e5",
     "52a1d834f372578ccc7b57e9149f4c45f98ff754dbdec0bb3a8f931bd14e4bb1"},
    // 80: a salt below a block
    {CRYPTO_SHA256, "3ee1fc0d8fac49d494c4a1b8cf6bf290a4a2c19a27c3ab1914d0d21c841577e0", "9962310f7e8c4300",
     "4dc991623624fadef207587e42776cf3e0fdf4e5",
     "909e3925c51ea4b543e30cca4f184452f494b8f20b99f36496e1c8110b48949c"},
    // RFC 5869 §A.4
    {CRYPTO_SHA1, "0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
     "085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2c22e422478d305f3f896"},
    // §A.7
    {CRYPTO_SHA1, "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c", "", "",
     "2c91117204d745f3500d636a62f64f0ab3bae548aa53d423b0d1f27ebba6f5e5673a081d70cce7acfc48"},
};

static void test_published_keys_are_derived(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes secret, salt, info, wanted;
        uint8_t key[200];
        const struct span out = hex(&wanted, cases[i].key);
        assert_true(crypto_hkdf(cases[i].hash, hex(&secret, cases[i].secret), hex(&salt, cases[i].salt),
                                hex(&info, cases[i].info), key, out.n));
        assert_true(span_equal(span_of(key, out.n), out));
    }
}

// Wycheproof, tests 24 and 25.
static void test_255_digests_are_the_most(void **state)
{
    (void)state;
    struct bytes secret, salt, info;
    static uint8_t key[8161];
    (void)hex(&secret, "91556a70e96dccb6a2fbee28250bdbd5");
    (void)hex(&salt, "ccdc54836e6046d5c851f917c37b0baeabd225e996b8f71d452cff5036345c3e");
    (void)hex(&info, "2b90f142b2310b23");
    memset(key, 0xFF, sizeof key);
    assert_true(crypto_hkdf(CRYPTO_SHA256, secret.s, salt.s, info.s, key, 8160));
    assert_span_hex(span_of(key, 20), "02382e3c9b2e8010bc3b63c6bb4960afd90af438");
    assert_span_hex(span_of(key + 8140, 20), "5a6fa73a43d04eace69fc16113418e7fc04efc4c");
    assert_int_equal(key[8160], 0xFF);
    assert_false(crypto_hkdf(CRYPTO_SHA256, secret.s, salt.s, info.s, key, 8161));
    assert_wiped(key, sizeof key);
}

static void test_arguments_out_of_range_are_refused(void **state)
{
    (void)state;
    static const uint8_t bytes[257];
    const struct span secret = span_of(bytes, 32), none = span_of(NULL, 0);
    uint8_t key[16] = {1};
    assert_false(crypto_hkdf(CRYPTO_SHA256, secret, none, none, key, 0));
    assert_int_equal(key[0], 1);
    assert_true(crypto_hkdf(CRYPTO_SHA256, secret, none, span_of(bytes, 256), key, sizeof key));
    assert_false(crypto_hkdf(CRYPTO_SHA256, secret, none, span_of(bytes, 257), key, sizeof key));
    assert_wiped(key, sizeof key);
    assert_false(crypto_hkdf((enum crypto_hash)(CRYPTO_SHA512 + 1), secret, none, none, key, sizeof key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_keys_are_derived),
        cmocka_unit_test(test_255_digests_are_the_most),
        cmocka_unit_test(test_arguments_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
