// 3DES and the retail MAC of crypto.h on both providers: published vectors, and what is refused.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

#include "card/crypto/crypto.h"

// NIST CAVP TDES, TCBCMMT2 (CAVS 11.1): KEY1 || KEY2; KEY3 is KEY1.
static const struct {
    const char *key, *iv, *plain, *cipher;
} cbc[] = {
    {"34a41a8c293176c1b30732ecfe38ae8a", "f55b4855228bd0b4", "7dd880d2a9ab411c", "c91892948b6cadb4"},
    {"70a88fa1dfb9942fa77f40157ffef2ad", "ece08ce2fdc6ce80", "bc225304d5a3a5c9918fc5006cbc40cc",
     "27f67dc87af7ddb4b68f63fa7c2d454a"},
    {"3e1f98135d027cec752f67765408a791", "11f5f2304b28f68b",
     "7c022f5af24f7925d323d4d0e20a2ce49272c5e764b22c806f4b6ddc406d864fe5bd1c3f45556d3eb30c8676c2f8b54a"
     "5a32423a0bd95a07",
     "2bb4b131fa4ae0b4f0378a2cdb68556af6eee837613016d7ea936f3931f25f8b3ae351d5e9d00be665676e2400408b5d"
     "b9892d95421e7f1a"},
    {"23abb073a2df34cb3d1fdce6b092582c", "7d7fbf19e8562d32",
     "31e718fd95e6d7ca4f94763191add2674ab07c909d88c486916c16d60a048a0cf8cdb631cebec791362cd0c202eb61e1"
     "66b65c1f65d0047c8aec57d3d84b9e17032442dce148e1191b06a12c284cc41e",
     "c9a3f75ab6a7cd08a7fd53ca540aafe731d257ee1c379fadcc4cc1a06e7c12bddbeb7562c436d1da849ed072629e82a9"
     "7b56d9becc25ff4f16f21c5f2a01911604f0b5c49df96cb641faee662ca8aa68"},
};

static void test_cbc_is_that_of_the_tdes_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cbc / sizeof cbc[0]; i++) {
        struct bytes bytes, iv, in;
        struct crypto_cipher_key key;
        uint8_t out[128];
        assert_true(crypto_3des_load(&key, hex(&bytes, cbc[i].key)));
        assert_int_equal(crypto_cipher_block(&key), CRYPTO_3DES_BLOCK);
        hex(&iv, cbc[i].iv);
        hex(&in, cbc[i].plain);
        assert_true(crypto_cbc_encrypt(&key, iv.s.p, in.s, out));
        assert_span_hex(span_of(out, in.s.n), cbc[i].cipher);
        assert_true(crypto_cbc_decrypt(&key, iv.s.p, span_of(out, in.s.n), out));
        assert_span_hex(span_of(out, in.s.n), cbc[i].plain);
        assert_span_hex(iv.s, cbc[i].iv);
        assert_true(crypto_cbc_encrypt(&key, iv.s.p, in.s, in.b));
        assert_span_hex(in.s, cbc[i].cipher);
        crypto_cipher_release(&key);
    }
}

static void test_a_block_is_cbc_under_no_iv(void **state)
{
    (void)state;
    struct bytes bytes, in;
    struct crypto_cipher_key key;
    const uint8_t zero[CRYPTO_3DES_BLOCK] = {0};
    uint8_t block[CRYPTO_BLOCK], expected[CRYPTO_3DES_BLOCK];
    assert_true(crypto_3des_load(&key, hex(&bytes, cbc[0].key)));
    hex(&in, cbc[0].plain);
    memset(block, 0xff, sizeof block);
    assert_true(crypto_cipher_encrypt_block(&key, in.s.p, block));
    assert_true(crypto_cbc_encrypt(&key, zero, in.s, expected));
    assert_memory_equal(block, expected, sizeof expected);
    assert_int_equal(block[CRYPTO_3DES_BLOCK], 0xff);
    crypto_cipher_release(&key);
}

// 9303-11 App. D: the messages of BAC and of secure messaging, without their padding.
static const struct {
    const char *key, *message, *mac;
} retail[] = {
    // D.3: M_IFD over E_IFD, and M_IC over E_IC
    {"7962D9ECE03D1ACD4C76089DCE131543", "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2",
     "5F1448EEA8AD90A7"},
    {"7962D9ECE03D1ACD4C76089DCE131543", "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F",
     "2F2D235D074D7449"},
    // D.4: SELECT and its answer
    {"F1CB1F1FB5ADF208806B89DC579DC1F8", "887022120C06C227 0CA4020C80000000 8709016375432908C044F6",
     "BF8B92D635FF24F8"},
    {"F1CB1F1FB5ADF208806B89DC579DC1F8", "887022120C06C228 99029000", "FA855A5D4C50A8ED"},
};

static void test_retail_mac_is_that_of_9303(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof retail / sizeof retail[0]; i++) {
        struct bytes bytes, message;
        struct crypto_cipher_key key;
        uint8_t mac[CRYPTO_MAC];
        assert_true(crypto_3des_load(&key, hex(&bytes, retail[i].key)));
        hex(&message, retail[i].message);
        for (size_t cut = 0; cut <= message.s.n; cut++) {
            const struct span parts[] = {span_first(message.s, cut), span_from(message.s, cut)};
            assert_true(crypto_mac(&key, parts, 2, mac));
            assert_span_hex(span_of(mac, sizeof mac), retail[i].mac);
        }
        crypto_cipher_release(&key);
    }
}

static void test_mac_of_aes_is_the_first_half_of_cmac(void **state)
{
    (void)state;
    struct bytes bytes;
    struct crypto_cipher_key key;
    uint8_t whole[CRYPTO_BLOCK], mac[CRYPTO_MAC];
    const struct span message = span_of("message", 7);
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, hex(&bytes, "000102030405060708090a0b0c0d0e0f")));
    assert_int_equal(crypto_cipher_block(&key), CRYPTO_BLOCK);
    assert_true(crypto_cmac(&key, &message, 1, whole));
    assert_true(crypto_mac(&key, &message, 1, mac));
    assert_memory_equal(mac, whole, sizeof mac);
    crypto_cipher_release(&key);
}

static void test_parity_bits_do_not_matter(void **state)
{
    (void)state;
    struct bytes bytes;
    struct crypto_cipher_key key;
    uint8_t with[CRYPTO_MAC], without[CRYPTO_MAC];
    const struct span message = span_of("message", 7);
    hex(&bytes, retail[0].key);
    assert_true(crypto_3des_load(&key, bytes.s));
    assert_true(crypto_mac(&key, &message, 1, with));
    crypto_cipher_release(&key);
    for (size_t i = 0; i < bytes.s.n; i++) {
        bytes.b[i] ^= 1;
    }
    assert_true(crypto_3des_load(&key, bytes.s));
    assert_true(crypto_mac(&key, &message, 1, without));
    assert_memory_equal(with, without, sizeof with);
    crypto_cipher_release(&key);
}

static void test_other_key_lengths_are_refused(void **state)
{
    (void)state;
    const uint8_t bytes[40] = {1};
    for (size_t n = 0; n <= sizeof bytes; n++) {
        struct crypto_cipher_key key;
        memset(&key, 0xff, sizeof key);
        assert_int_equal(crypto_3des_load(&key, span_of(bytes, n)), n == CRYPTO_3DES_KEY);
        if (n != CRYPTO_3DES_KEY) {
            assert_wiped((const uint8_t *)&key, sizeof key);
        }
        crypto_cipher_release(&key);
        assert_wiped((const uint8_t *)&key, sizeof key);
    }
}

static void test_misuse_is_refused_and_leaves_nothing(void **state)
{
    (void)state;
    struct bytes bytes;
    struct crypto_cipher_key key;
    const uint8_t zero[CRYPTO_BLOCK] = {0};
    const struct span block = span_of(zero, CRYPTO_3DES_BLOCK);
    uint8_t out[CRYPTO_BLOCK];
    assert_true(crypto_3des_load(&key, hex(&bytes, retail[0].key)));
    memset(out, 0xff, sizeof out);
    assert_false(crypto_cbc_encrypt(&key, zero, span_of(zero, 12), out));
    assert_wiped(out, 12);
    memset(out, 0xff, sizeof out);
    assert_false(crypto_cmac(&key, &block, 1, out)); // not of 3DES here
    assert_wiped(out, sizeof out);
    crypto_cipher_release(&key);
    assert_int_equal(crypto_cipher_block(&key), 0);
    memset(out, 0xff, sizeof out);
    assert_false(crypto_mac(&key, &block, 1, out));
    assert_wiped(out, CRYPTO_MAC);
    memset(out, 0xff, sizeof out);
    assert_false(crypto_cbc_decrypt(&key, zero, block, out));
    assert_wiped(out, block.n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cbc_is_that_of_the_tdes_vectors),
        cmocka_unit_test(test_a_block_is_cbc_under_no_iv),
        cmocka_unit_test(test_retail_mac_is_that_of_9303),
        cmocka_unit_test(test_mac_of_aes_is_the_first_half_of_cmac),
        cmocka_unit_test(test_parity_bits_do_not_matter),
        cmocka_unit_test(test_other_key_lengths_are_refused),
        cmocka_unit_test(test_misuse_is_refused_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
