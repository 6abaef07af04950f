// Hashes, HMAC and PBKDF2 with the values of FIPS 180-4, RFC 2202, RFC 4231, RFC 6070 and RFC 7914.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

static struct span text(const char *characters)
{
    return span_of(characters, strlen(characters));
}

static void assert_digest(enum crypto_hash hash, struct span message, const char *expected)
{
    uint8_t digest[CRYPTO_HASH_MAX];
    assert_true(crypto_hash_parts(hash, &message, 1, digest));
    assert_span_hex(span_of(digest, crypto_hash_length(hash)), expected);
}

static const struct {
    enum crypto_hash hash;
    const char *message;
    const char *digest;
} hashes[] = {
    {CRYPTO_SHA1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {CRYPTO_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {CRYPTO_SHA1, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
    {CRYPTO_SHA224, "abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
    {CRYPTO_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {CRYPTO_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {CRYPTO_SHA256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {CRYPTO_SHA384, "abc",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
     "8086072ba1e7cc2358baeca134c825a7"},
    {CRYPTO_SHA512, "abc",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {CRYPTO_SHA512,
     "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
     "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"},
};

static void test_hashes_are_those_of_fips_180_4(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        assert_digest(hashes[i].hash, text(hashes[i].message), hashes[i].digest);
    }
}

// A message in two parts, cut at every place around the ends of a block.
static void test_hash_does_not_depend_on_where_a_message_is_cut(void **state)
{
    (void)state;
    uint8_t message[300];
    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = (uint8_t)i;
    }
    for (enum crypto_hash hash = CRYPTO_SHA1; hash <= CRYPTO_SHA512; hash++) {
        uint8_t whole[CRYPTO_HASH_MAX];
        uint8_t cut[CRYPTO_HASH_MAX];
        const struct span all = span_of(message, sizeof message);
        assert_true(crypto_hash_parts(hash, &all, 1, whole));
        for (size_t i = 0; i <= sizeof message; i++) {
            const struct span parts[] = {span_first(all, i), span_from(all, i)};
            assert_true(crypto_hash_parts(hash, parts, 2, cut));
            assert_memory_equal(cut, whole, crypto_hash_length(hash));
        }
    }
}

static void test_finished_hash_state_is_released(void **state)
{
    (void)state;
    struct crypto_hash_state hash;
    uint8_t digest[CRYPTO_HASH_MAX];
    assert_true(crypto_hash_start(&hash, CRYPTO_SHA256));
    assert_true(crypto_hash_finish(&hash, digest));
    assert_wiped((const uint8_t *)&hash, sizeof hash);
    assert_false(crypto_hash_update(&hash, text("abc")));
    assert_false(crypto_hash_finish(&hash, digest));
    crypto_hash_release(&hash);
    crypto_hash_release(&hash);
}

static void test_unknown_hash_is_refused(void **state)
{
    (void)state;
    struct crypto_hash_state hash;
    uint8_t digest[CRYPTO_HASH_MAX];
    const enum crypto_hash unknown = (enum crypto_hash)(CRYPTO_SHA512 + 1);
    const struct span message = text("abc");
    assert_int_equal(crypto_hash_length(unknown), 0);
    assert_false(crypto_hash_start(&hash, unknown));
    assert_wiped((const uint8_t *)&hash, sizeof hash);
    assert_false(crypto_hash_parts(unknown, &message, 1, digest));
    assert_false(crypto_hmac(unknown, message, message, digest));
    assert_false(crypto_pbkdf2(unknown, message, message, 1, digest, 20));
    assert_wiped(digest, 20);
}

static void assert_hmac(enum crypto_hash hash, struct span key, struct span data, const char *expected)
{
    uint8_t mac[CRYPTO_HASH_MAX];
    assert_true(crypto_hmac(hash, key, data, mac));
    assert_span_hex(span_of(mac, crypto_hash_length(hash)), expected);
}

static void test_hmac_sha1_is_that_of_rfc_2202(void **state)
{
    (void)state;
    struct bytes key;
    struct bytes data;
    hex(&key, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
    assert_hmac(CRYPTO_SHA1, key.s, text("Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00");
    assert_hmac(CRYPTO_SHA1, text("Jefe"), text("what do ya want for nothing?"),
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    key.s = span_of(memset(key.b, 0xaa, 20), 20);
    data.s = span_of(memset(data.b, 0xdd, 50), 50);
    assert_hmac(CRYPTO_SHA1, key.s, data.s, "125d7342b9ac11cd91a39af48aa17b4f63f175d3");
    key.s = span_of(memset(key.b, 0xaa, 80), 80);
    assert_hmac(CRYPTO_SHA1, key.s, text("Test Using Larger Than Block-Size Key - Hash Key First"),
                "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

static void test_hmac_sha2_is_that_of_rfc_4231(void **state)
{
    (void)state;
    struct bytes key;
    const struct span jefe = text("Jefe");
    const struct span want = text("what do ya want for nothing?");
    assert_hmac(CRYPTO_SHA224, jefe, want, "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44");
    assert_hmac(CRYPTO_SHA256, jefe, want,
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_hmac(CRYPTO_SHA384, jefe, want,
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
                "8e2240ca5e69e2c78b3239ecfab21649");
    assert_hmac(CRYPTO_SHA512, jefe, want,
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
    key.s = span_of(memset(key.b, 0xaa, 131), 131);
    const struct span larger = text("Test Using Larger Than Block-Size Key - Hash Key First");
    assert_hmac(CRYPTO_SHA256, key.s, larger,
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_hmac(CRYPTO_SHA512, key.s, larger,
                "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
                "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

// RFC 2104 §2: a key is padded with zeros to the block, and hashed only when it is longer.
static void test_hmac_key_of_a_block_is_not_hashed(void **state)
{
    (void)state;
    for (enum crypto_hash hash = CRYPTO_SHA1; hash <= CRYPTO_SHA512; hash++) {
        const size_t block = crypto_hash_length(hash) > 32 ? 128 : 64;
        const uint8_t key[128] = {1, 2, 3};
        uint8_t shorter[CRYPTO_HASH_MAX];
        uint8_t whole[CRYPTO_HASH_MAX];
        uint8_t longer[CRYPTO_HASH_MAX];
        assert_true(crypto_hmac(hash, span_of(key, 3), text("abc"), shorter));
        assert_true(crypto_hmac(hash, span_of(key, block), text("abc"), whole));
        assert_memory_equal(shorter, whole, crypto_hash_length(hash));
        if (block < sizeof key) {
            assert_true(crypto_hmac(hash, span_of(key, block + 1), text("abc"), longer));
            assert_memory_not_equal(longer, whole, crypto_hash_length(hash));
        }
    }
}

static void assert_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, const char *expected)
{
    uint8_t key[64];
    const size_t n = strlen(expected) / 2;
    assert_true(crypto_pbkdf2(hash, passphrase, salt, iterations, key, n));
    assert_span_hex(span_of(key, n), expected);
}

static void test_pbkdf2_with_sha1_is_that_of_rfc_6070(void **state)
{
    (void)state;
    const struct span password = text("password");
    const struct span salt = text("salt");
    assert_pbkdf2(CRYPTO_SHA1, password, salt, 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6");
    assert_pbkdf2(CRYPTO_SHA1, password, salt, 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
    assert_pbkdf2(CRYPTO_SHA1, password, salt, 4096, "4b007901b765489abead49d926f721d065a429c1");
    assert_pbkdf2(CRYPTO_SHA1, span_of("pass\0word", 9), span_of("sa\0lt", 5), 4096,
                  "56fa6aa75548099dcc37d7f03425e0c3");
}

static void test_pbkdf2_with_sha256_is_that_of_rfc_7914(void **state)
{
    (void)state;
    assert_pbkdf2(CRYPTO_SHA256, text("passwd"), text("salt"), 1,
                  "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                  "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
}

static void test_pbkdf2_without_iterations_is_refused(void **state)
{
    (void)state;
    uint8_t key[16];
    memset(key, 0xff, sizeof key);
    assert_false(crypto_pbkdf2(CRYPTO_SHA256, text("passwd"), text("salt"), 0, key, sizeof key));
    assert_wiped(key, sizeof key);
}

static void test_equal_finds_a_difference_in_every_bit(void **state)
{
    (void)state;
    uint8_t a[16] = {0};
    uint8_t b[16] = {0};
    assert_true(crypto_equal(a, b, sizeof a));
    assert_true(crypto_equal(NULL, NULL, 0));
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        b[bit / 8] = (uint8_t)(1u << bit % 8);
        assert_false(crypto_equal(a, b, sizeof a));
        b[bit / 8] = 0;
    }
}

static void test_wipe_zeroes_what_it_is_given_and_no_more(void **state)
{
    (void)state;
    uint8_t bytes[8];
    memset(bytes, 0xff, sizeof bytes);
    crypto_wipe(bytes + 1, 6);
    assert_span_hex(span_of(bytes, sizeof bytes), "ff000000000000ff");
    crypto_wipe(NULL, 0);
}

static void test_system_random_gives_different_bytes(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    static uint8_t a[1000];
    static uint8_t b[1000];
    assert_true(random.fill(random.context, a, sizeof a));
    assert_true(random.fill(random.context, b, sizeof b));
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a + sizeof a - 16, b + sizeof b - 16, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hashes_are_those_of_fips_180_4),
        cmocka_unit_test(test_hash_does_not_depend_on_where_a_message_is_cut),
        cmocka_unit_test(test_finished_hash_state_is_released),
        cmocka_unit_test(test_unknown_hash_is_refused),
        cmocka_unit_test(test_hmac_sha1_is_that_of_rfc_2202),
        cmocka_unit_test(test_hmac_sha2_is_that_of_rfc_4231),
        cmocka_unit_test(test_hmac_key_of_a_block_is_not_hashed),
        cmocka_unit_test(test_pbkdf2_with_sha1_is_that_of_rfc_6070),
        cmocka_unit_test(test_pbkdf2_with_sha256_is_that_of_rfc_7914),
        cmocka_unit_test(test_pbkdf2_without_iterations_is_refused),
        cmocka_unit_test(test_equal_finds_a_difference_in_every_bit),
        cmocka_unit_test(test_wipe_zeroes_what_it_is_given_and_no_more),
        cmocka_unit_test(test_system_random_gives_different_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
