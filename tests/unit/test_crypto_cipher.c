// AES, ARIA, CBC and CMAC with the values of FIPS 197, NIST's AESVS (CAVP), SP 800-38B, Wycheproof and RFC
// 5794.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

// FIPS 197 App. C: the same block under keys of each length.
static const struct {
    const char *key;
    const char *block;
} blocks[] = {
    {"000102030405060708090a0b0c0d0e0f", "69c4e0d86a7b0430d8cdb78070b4c55a"},
    {"000102030405060708090a0b0c0d0e0f1011121314151617", "dda97ca4864cdfe06eaf70a0ec0d7191"},
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "8ea2b7ca516745bfeafc49904b496089"},
};

static void test_block_is_that_of_fips_197(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        struct bytes bytes;
        struct bytes in;
        struct crypto_cipher_key key;
        uint8_t out[CRYPTO_BLOCK];
        assert_true(crypto_cipher_load(&key, CRYPTO_AES, hex(&bytes, blocks[i].key)));
        assert_true(crypto_cipher_encrypt_block(&key, hex(&in, "00112233445566778899aabbccddeeff").p, out));
        assert_span_hex(span_of(out, sizeof out), blocks[i].block);
        crypto_cipher_release(&key);
    }
}

// RFC 5794 App. A: the same block, under keys 00 01 02 … of each length.
static void test_block_is_that_of_rfc_5794(void **state)
{
    static const char *const encrypted[] = {
        "d718fbd6ab644c739da95f3be6451778",
        "26449c1805dbe7aa25a468ce263a9e79",
        "f92bd7c79fb72e2f2b8f80c1972d24fc",
    };
    (void)state;
    for (size_t i = 0; i < sizeof encrypted / sizeof encrypted[0]; i++) {
        struct bytes bytes;
        struct bytes in;
        struct crypto_cipher_key key;
        uint8_t out[CRYPTO_BLOCK];
        const uint8_t zero[CRYPTO_BLOCK] = {0};
        assert_true(crypto_cipher_load(&key, CRYPTO_ARIA, hex(&bytes, blocks[i].key)));
        assert_true(crypto_cipher_encrypt_block(&key, hex(&in, "00112233445566778899aabbccddeeff").p, out));
        assert_span_hex(span_of(out, sizeof out), encrypted[i]);
        assert_true(crypto_cbc_decrypt(&key, zero, span_of(out, sizeof out), out));
        assert_span_hex(span_of(out, sizeof out), "00112233445566778899aabbccddeeff");
        crypto_cipher_release(&key);
    }
}

// The first blocks of KISA's test vectors 1.0 for ARIA in CBC; the CMAC of 33 bytes as OpenSSL's EVP_MAC
// computes it.
static const struct {
    const char *key;
    const char *cbc;
    const char *cmac;
} aria[] = {
    {"00112233445566778899aabbccddeeff", "49d61860b14909109cef0d22a9268134fadf9fb23151e9645fba75018bdb1538",
     "47fc6f98e5aaccd343a6fb27421cf3a7"},
    {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
     "523a8a806ae621f155fdd28dbc34e1ab7b9b42432ad8b2efb96e23b13f0a6e52", "6bca45b65a47fb55997fbb68c305b38d"},
};

static void test_aria_in_cbc_and_cmac(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof aria / sizeof aria[0]; i++) {
        struct bytes key_bytes, iv_bytes, plain_bytes;
        struct crypto_cipher_key key;
        uint8_t out[2 * CRYPTO_BLOCK], mac[CRYPTO_BLOCK];
        const struct span plain =
            hex(&plain_bytes, "11111111aaaaaaaa11111111bbbbbbbb11111111cccccccc11111111dddddddd55");
        const struct span iv = hex(&iv_bytes, "0f1e2d3c4b5a69788796a5b4c3d2e1f0");
        assert_true(crypto_cipher_load(&key, CRYPTO_ARIA, hex(&key_bytes, aria[i].key)));
        assert_true(crypto_cbc_encrypt(&key, iv.p, span_first(plain, sizeof out), out));
        assert_span_hex(span_of(out, sizeof out), aria[i].cbc);
        assert_true(crypto_cbc_decrypt(&key, iv.p, span_of(out, sizeof out), out));
        assert_memory_equal(out, plain.p, sizeof out);
        assert_true(crypto_cmac(&key, &plain, 1, mac));
        assert_span_hex(span_of(mac, sizeof mac), aria[i].cmac);
        crypto_cipher_release(&key);
    }
}

// NIST CAVP, AESVS MMT for CBC (CAVS 11.1).
static const struct {
    const char *key;
    const char *iv;
    const char *plain;
    const char *cipher;
} cbc[] = {
    {"1f8e4973953f3fb0bd6b16662e9a3c17", "2fe2b333ceda8f98f4a99b40d2cd34a8",
     "45cf12964fc824ab76616ae2f4bf0822", "0f61c4d44c5147c03c195ad7e2cc12b2"},
    {"0700d603a1c514e46b6191ba430a3a0c", "aad1583cd91365e3bb2f0c3430d065bb",
     "068b25c7bfb1f8bdd4cfc908f69dffc5ddc726a197f0e5f720f730393279be91",
     "c4dc61d9725967a3020104a9738f23868527ce839aab1752fd8bdb95a82c4d00"},
    {"2c14413751c31e2730570ba3361c786b", "1dbbeb2f19abb448af849796244a19d7",
     "40d930f9a05334d9816fe204999c3f82a03f6a0457a8c475c94553d1d116693adc618049f0a769a2eed6a6cb14c0143e"
     "c5cccdbc8dec4ce560cfd206225709326d4de7948e54d603d01b12d7fed752fb23f1aa4494fbb00130e9ded4e77e37c0"
     "79042d828040c325b1a5efd15fc842e44014ca4374bf38f3c3fc3ee327733b0c8aee1abcd055772f18dc04603f7b2c1e"
     "a69ff662361f2be0a171bbdcea1e5d3f",
     "6be8a12800455a320538853e0cba31bd2d80ea0c85164a4c5c261ae485417d93effe2ebc0d0a0b51d6ea18633d210cf6"
     "3c0c4ddbc27607f2e81ed9113191ef86d56f3b99be6c415a4150299fb846ce7160b40b63baf1179d19275a2e83698376"
     "d28b92548c68e06e6d994e2c1501ed297014e702cdefee2f656447706009614d801de1caaf73f8b7fa56cf1ba94b6319"
     "33bbe577624380850f117435a0355b2b"},
    {"fd6e0b954ae2e3b723d6c9fcae6ab09b", "f08b65c9f4dd950039941da2e8058c4e",
     "a206385945b21f812a9475f47fddbb7fbdda958a8d14c0dbcdaec36e8b28f1f6ececa1ceae4ce17721d162c1d42a66c1",
     "e29e3114c8000eb484395b256b1b3267894f290d3999819ff35da03e6463c186c4d7ebb964941f1986a2d69572fcaba8"},
    {"ba75f4d1d9d7cf7f551445d56cc1a8ab2a078e15e049dc2c", "531ce78176401666aa30db94ec4a30eb",
     "c51fc276774dad94bcdc1d2891ec8668", "70dd95a14ee975e239df36ff4aee1d5d"},
    {"16c93bb398f1fc0cf6d68fc7a5673cdf431fa147852b4a2d", "eaaeca2e07ddedf562f94df63f0a650f",
     "c5ce958613bf741718c17444484ebaf1050ddcacb59b9590178cbe69d7ad7919608cb03af13bbe04f3506b718a301ea0",
     "ed6a50e0c6921d52d6647f75d67b4fd56ace1fedb8b5a6a997b4d131640547d22c5d884a75e6752b5846b5b33a5181f4"},
    {"162ad50ee64a0702aa551f571dedc16b2c1b6a1e4d4b5eee", "24408038161a2ccae07b029bb66355c1",
     "be8abf00901363987a82cc77d0ec91697ba3857f9e4f84bd79406c138d02698f003276d0449120bef4578d78fecabe8e"
     "070e11710b3f0a2744bd52434ec70015884c181ebdfd51c604a71c52e4c0e110bc408cd462b248a80b8a8ac06bb952ac"
     "1d7faed144807f1a731b7febcaf7835762defe92eccfc7a9944e1c702cffe6bc86733ed321423121085ac02df8962bcb"
     "c1937092eebf0e90a8b20e3dd8c244ae",
     "c82cf2c476dea8cb6a6e607a40d2f0391be82ea9ec84a537a6820f9afb997b76397d005424faa6a74dc4e8c7aa4a8900"
     "690f894b6d1dca80675393d2243adac762f159301e357e98b724762310cd5a7bafe1c2a030dba46fd93a9fdb89cc132c"
     "a9c17dc72031ec6822ee5a9d99dbca66c784c01b0885cbb62e29d97801927ec415a5d215158d325f9ee689437ad1b768"
     "4ad33c0d92739451ac87f39ff8c31b84"},
    {"92317d4d38168a359118a0df0b7b45cbfdcc2011e7175d3c", "75be95a6a54400b2e1b485e24ead18ed",
     "7b88fb0195a57ac61ccb3198a05517717523444da92d2e8c37840a7f7614c9effa6dd6f1d1a730ec350cd64b99738cfb"
     "3b962c791b2674929f936e894cbcb994",
     "f67581763d23326f699e05696043b4c553928c2a9f857377f12029fcae4acee992dba50697f617a51899fbd6367214d9"
     "7bf5dbd9bdab7fd745cd2be431118793"},
    {"6ed76d2d97c69fd1339589523931f2a6cff554b15f738f21ec72dd97a7330907", "851e8764776e6796aab722dbb644ace8",
     "6282b8c05c5c1530b97d4816ca434762", "6acc04142e100a65f51b97adf5172c41"},
    {"0493ff637108af6a5b8e90ac1fdf035a3d4bafd1afb573be7ade9e8682e663e5", "c0cd2bebccbb6c49920bd5482ac756e8",
     "8b37f9148df4bb25956be6310c73c8dc58ea9714ff49b643107b34c9bff096a94fedd6823526abc27a8e0b16616eee25"
     "4ab4567dd68e8ccd4c38ac563b13639c",
     "05d5c77729421b08b737e41119fa4438d1f570cc772a4d6c3df7ffeda0384ef84288ce37fc4c4c7d1125a499b051364c"
     "389fd639bdda647daa3bdadab2eb5594"},
    {"48be597e632c16772324c8d3fa1d9c5a9ecd010f14ec5d110d3bfec376c5532b", "d6d581b8cf04ebd3b6eaa1b53f047ee1",
     "0c63d413d3864570e70bb6618bf8a4b9585586688c32bba0a5ecc1362fada74ada32c52acfd1aa7444ba567b4e7daaec"
     "f7cc1cb29182af164ae5232b002868695635599807a9a7f07a1f137e97b1e1c9dabc89b6a5e4afa9db5855edaa575056"
     "a8f4f8242216242bb0c256310d9d329826ac353d715fa39f80cec144d6424558f9f70b98c920096e0f2c855d594885a0"
     "0625880e9dfb734163cecef72cf030b8",
     "fc5873e50de8faf4c6b84ba707b0854e9db9ab2e9f7d707fbba338c6843a18fc6facebaf663d26296fb329b4d26f1849"
     "4c79e09e779647f9bafa87489630d79f4301610c2300c19dbf3148b7cac8c4f4944102754f332e92b6f7c5e75bc6179e"
     "b877a078d4719009021744c14f13fd2a55a2b9c44d18000685a845a4f632c7c56a77306efa66a24d05d088dcd7c13fe2"
     "4fc447275965db9e4d37fbc9304448cd"},
    {"3ae38d4ebf7e7f6dc0a1e31e5efa7ca123fdc321e533e79fedd5132c5999ef5b", "36d55dc9edf8669beecd9a2a029092b9",
     "8d22db30c4253c3e3add9685c14d55b05f7cf7626c52cccfcbe9b99fd8913663b8b1f22e277a4cc3d0e7e978a34782eb"
     "876867556ad4728486d5e890ea738243e3700a696d6eb58cd81c0e60eb121c50",
     "d50ea48c8962962f7c3d301fa9f877245026c204a7771292cddca1e7ffebbef00e86d72910b7d8a756dfb45c9f104097"
     "8bb748ca537edd90b670ecee375e15d98582b9f93b6355adc9f80f4fb2108fb9"},
};

static void test_cbc_is_that_of_the_aesvs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cbc / sizeof cbc[0]; i++) {
        struct bytes bytes;
        struct bytes iv;
        struct bytes in;
        struct crypto_cipher_key key;
        uint8_t out[512];
        assert_true(crypto_cipher_load(&key, CRYPTO_AES, hex(&bytes, cbc[i].key)));
        hex(&iv, cbc[i].iv);
        hex(&in, cbc[i].plain);
        assert_true(crypto_cbc_encrypt(&key, iv.s.p, in.s, out));
        assert_span_hex(span_of(out, in.s.n), cbc[i].cipher);
        assert_span_hex(iv.s, cbc[i].iv);
        assert_true(crypto_cbc_decrypt(&key, iv.s.p, span_of(out, in.s.n), out));
        assert_span_hex(span_of(out, in.s.n), cbc[i].plain);
        assert_span_hex(iv.s, cbc[i].iv);
        assert_true(crypto_cbc_encrypt(&key, iv.s.p, in.s, in.b));
        assert_span_hex(in.s, cbc[i].cipher);
        crypto_cipher_release(&key);
    }
}

static void test_cbc_of_nothing_is_nothing(void **state)
{
    (void)state;
    struct bytes bytes;
    struct crypto_cipher_key key;
    const uint8_t iv[CRYPTO_BLOCK] = {0};
    uint8_t out[1] = {0xff};
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, hex(&bytes, blocks[0].key)));
    assert_true(crypto_cbc_encrypt(&key, iv, span_of(NULL, 0), out));
    assert_true(crypto_cbc_decrypt(&key, iv, span_of(NULL, 0), out));
    assert_int_equal(out[0], 0xff);
    crypto_cipher_release(&key);
}

static void test_cbc_of_a_broken_block_is_refused_and_wiped(void **state)
{
    (void)state;
    struct bytes bytes;
    struct crypto_cipher_key key;
    const uint8_t iv[CRYPTO_BLOCK] = {0};
    const uint8_t in[2 * CRYPTO_BLOCK] = {0};
    uint8_t out[2 * CRYPTO_BLOCK];
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, hex(&bytes, blocks[0].key)));
    for (size_t n = 1; n < sizeof in; n++) {
        if (n != CRYPTO_BLOCK) {
            memset(out, 0xff, sizeof out);
            assert_false(crypto_cbc_encrypt(&key, iv, span_of(in, n), out));
            assert_wiped(out, n);
            assert_int_equal(out[n], 0xff);
            memset(out, 0xff, sizeof out);
            assert_false(crypto_cbc_decrypt(&key, iv, span_of(in, n), out));
            assert_wiped(out, n);
            assert_int_equal(out[n], 0xff);
        }
    }
    crypto_cipher_release(&key);
}

static void test_keys_of_other_lengths_are_refused(void **state)
{
    (void)state;
    const uint8_t bytes[64] = {0};
    for (size_t n = 0; n <= sizeof bytes; n++) {
        struct crypto_cipher_key key;
        memset(&key, 0xff, sizeof key);
        const bool right = n == 16 || n == 24 || n == 32;
        assert_int_equal(crypto_cipher_load(&key, CRYPTO_AES, span_of(bytes, n)), right);
        crypto_cipher_release(&key);
        assert_wiped((const uint8_t *)&key, sizeof key);
    }
}

static void test_released_key_does_nothing(void **state)
{
    (void)state;
    struct bytes bytes;
    struct crypto_cipher_key key;
    const uint8_t zero[CRYPTO_BLOCK] = {0};
    const struct span block = span_of(zero, sizeof zero);
    uint8_t out[CRYPTO_BLOCK];
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, hex(&bytes, blocks[0].key)));
    crypto_cipher_release(&key);
    crypto_cipher_release(&key);
    memset(out, 0xff, sizeof out);
    assert_false(crypto_cipher_encrypt_block(&key, zero, out));
    assert_wiped(out, sizeof out);
    memset(out, 0xff, sizeof out);
    assert_false(crypto_cbc_encrypt(&key, zero, block, out));
    assert_wiped(out, sizeof out);
    memset(out, 0xff, sizeof out);
    assert_false(crypto_cbc_decrypt(&key, zero, block, out));
    assert_wiped(out, sizeof out);
    memset(out, 0xff, sizeof out);
    assert_false(crypto_cmac(&key, &block, 1, out));
    assert_wiped(out, sizeof out);
}

struct cmac_vector {
    const char *key;
    const char *message;
    const char *mac;
};

static void assert_cmacs(const struct cmac_vector *vectors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct bytes bytes;
        struct bytes message;
        struct crypto_cipher_key key;
        uint8_t mac[CRYPTO_BLOCK];
        assert_true(crypto_cipher_load(&key, CRYPTO_AES, hex(&bytes, vectors[i].key)));
        hex(&message, vectors[i].message);
        assert_true(crypto_cmac(&key, &message.s, 1, mac));
        assert_span_hex(span_of(mac, sizeof mac), vectors[i].mac);
        crypto_cipher_release(&key);
    }
}

static void test_cmac_is_that_of_sp_800_38b(void **state)
{
    (void)state;
    // The first four are those of RFC 4493 §4, too.
    static const struct cmac_vector vectors[] = {
        {"2b7e151628aed2a6abf7158809cf4f3c", "", "bb1d6929e95937287fa37d129b756746"},
        {"2b7e151628aed2a6abf7158809cf4f3c", "6bc1bee22e409f96e93d7e117393172a",
         "070a16b46b4d4144f79bdd9dd04a287c"},
        {"2b7e151628aed2a6abf7158809cf4f3c",
         "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
         "dfa66747de9ae63030ca32611497c827"},
        {"2b7e151628aed2a6abf7158809cf4f3c",
         "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52ef"
         "f69f2445df4f9b17ad2b417be66c3710",
         "51f0bebf7e3b9d92fc49741779363cfe"},
        {"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "", "d17ddf46adaacde531cac483de7a9367"},
        {"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "6bc1bee22e409f96e93d7e117393172a",
         "9e99a7bf31e710900662f65e617c5184"},
        {"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
         "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
         "8a1de5be2eb31aad089a82e6ee908b0e"},
        {"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
         "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52ef"
         "f69f2445df4f9b17ad2b417be66c3710",
         "a1d5df0eed790f794d77589659f39a11"},
        {"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "",
         "028962f61b7bf89efc6b551f4667d983"},
        {"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
         "6bc1bee22e409f96e93d7e117393172a", "28a7023f452e8f82bd4bf28d8c37c35c"},
        {"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
         "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
         "aaf3d8f1de5640c232f5b169b9c911e6"},
        {"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
         "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52ef"
         "f69f2445df4f9b17ad2b417be66c3710",
         "e1992190549f6ed5696a2c056c315410"},
    };
    assert_cmacs(vectors, sizeof vectors / sizeof vectors[0]);
}

static void test_cmac_is_that_of_wycheproof(void **state)
{
    (void)state;
    static const struct cmac_vector vectors[] = {
        {"e1e726677f4893890f8c027f9d8ef80d", "3f", "15f856bbed3b321952a584b3c4437a63"},
        {"501d81ebf912ddb87fbe3b7aac1437bc", "2368e3c3636b5e8e94d2081adbf798",
         "aeb784a3825168ddd61f72d0202125e6"},
        {"831e664c9e3f0c3094c0b27b9d908eb2", "26603bb76dd0a0180791c4ed4d3b058807",
         "a8144c8b24f2aa47d9c160cff4ab1716"},
        {"915429743435c28997a33b33b6574a953d81dae0e7032e6a", "58", "e13b3f7f7f510c3a059df7a68c7e2ad5"},
        {"850fc859e9f7b89a367611dee6698f33962d8245ca8dc331", "586f4f171af116519061a8e0e77940",
         "fb11a360c9776991d73d6e41d07710a2"},
        {"cfd3f68873d81a27d2bfce876c79f6e609074dec39e34614", "b1973cb25aa87ef9d1a8888b0a0f5c04c6",
         "b95a016b83a0ae4194023333c8a7345a"},
        {"e754076ceab3fdaf4f9bcab7d4f0df0cbbafbc87731b8f9b7cd2166472e8eebc", "40",
         "9d47482c2d9252bace43a75a8335b8b8"},
        {"c19bdf314c6cf64381425467f42aefa17c1cc9358be16ce31b1d214859ce86aa", "5d066a92c300e9b6ddd63a7c13ae33",
         "b96818b7acaf879c7a7f8271375a6914"},
        {"73216fafd0022d0d6ee27198b2272578fa8f04dd9f44467fbb6437aa45641bf7",
         "d5247b8f6c3edcbfb1d591d13ece23d2f5", "86911c7da51dc0823d6e93d4290d1ad4"},
    };
    assert_cmacs(vectors, sizeof vectors / sizeof vectors[0]);
}

static void test_cmac_does_not_depend_on_where_a_message_is_cut(void **state)
{
    (void)state;
    enum { LENGTH = 600 };
    struct bytes bytes;
    struct crypto_cipher_key key;
    uint8_t message[LENGTH];
    for (size_t i = 0; i < LENGTH; i++) {
        message[i] = (uint8_t)(i * 7);
    }
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, hex(&bytes, blocks[1].key)));
    for (size_t n = 0; n <= LENGTH; n += n < 30 ? 1 : 13) {
        const struct span all = span_of(message, n);
        uint8_t whole[CRYPTO_BLOCK];
        uint8_t cut[CRYPTO_BLOCK];
        assert_true(crypto_cmac(&key, &all, 1, whole));
        for (size_t i = 0; i <= n; i += 5) {
            const struct span parts[] = {span_first(all, i), span_of(NULL, 0), span_from(all, i)};
            assert_true(crypto_cmac(&key, parts, 3, cut));
            assert_memory_equal(cut, whole, sizeof whole);
        }
    }
    crypto_cipher_release(&key);
}

// A whole number of blocks, longer than what is collected: CBC of all but the last block gives the chaining
// value, and the last one is masked with K1, which is E(0) doubled (SP 800-38B §6.1 and §6.2).
static void test_long_cmac_agrees_with_cbc(void **state)
{
    (void)state;
    enum { LENGTH = 1024 };
    struct bytes bytes;
    struct crypto_cipher_key key;
    const uint8_t zero[CRYPTO_BLOCK] = {0};
    uint8_t message[LENGTH] = {0};
    uint8_t subkey[CRYPTO_BLOCK];
    uint8_t mac[CRYPTO_BLOCK];
    for (size_t i = 0; i < LENGTH; i++) {
        message[i] = (uint8_t)(i * 11);
    }
    const struct span all = span_of(message, LENGTH);
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, hex(&bytes, blocks[2].key)));
    assert_true(crypto_cmac(&key, &all, 1, mac));
    assert_true(crypto_cipher_encrypt_block(&key, zero, subkey));
    const uint8_t carry = subkey[0] >> 7;
    for (size_t i = 0; i < CRYPTO_BLOCK; i++) {
        const uint8_t next = i + 1 < CRYPTO_BLOCK ? subkey[i + 1] >> 7 : 0;
        message[LENGTH - CRYPTO_BLOCK + i] ^= (uint8_t)(subkey[i] << 1 | next);
    }
    message[LENGTH - 1] ^= carry ? 0x87 : 0;
    assert_true(crypto_cbc_encrypt(&key, zero, all, message));
    assert_memory_equal(mac, message + LENGTH - CRYPTO_BLOCK, CRYPTO_BLOCK);
    crypto_cipher_release(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_block_is_that_of_fips_197),
        cmocka_unit_test(test_block_is_that_of_rfc_5794),
        cmocka_unit_test(test_aria_in_cbc_and_cmac),
        cmocka_unit_test(test_cbc_is_that_of_the_aesvs),
        cmocka_unit_test(test_cbc_of_nothing_is_nothing),
        cmocka_unit_test(test_cbc_of_a_broken_block_is_refused_and_wiped),
        cmocka_unit_test(test_keys_of_other_lengths_are_refused),
        cmocka_unit_test(test_released_key_does_nothing),
        cmocka_unit_test(test_cmac_is_that_of_sp_800_38b),
        cmocka_unit_test(test_cmac_is_that_of_wycheproof),
        cmocka_unit_test(test_cmac_does_not_depend_on_where_a_message_is_cut),
        cmocka_unit_test(test_long_cmac_agrees_with_cbc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
