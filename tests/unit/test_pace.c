// PACE on both sides: the worked examples of 9303-11 and TR-03110.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/pace_stage.h"

#include "card/wire/tlv.h"

static struct pace_protocol protocol_of(const struct example *example)
{
    struct pace_protocol protocol = {.curve = CRYPTO_BRAINPOOL_P256R1};
    uint8_t oid[OID_PACE_LENGTH];
    assert_true(oid_pace_parse(unhex(example->oid, oid, sizeof oid), &protocol.mapping, &protocol.suite));
    return protocol;
}

static void test_nonce_is_encrypted_under_the_password(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        struct crypto_cipher_key key = {0};
        uint8_t bytes[16];
        if (examples[i].password_key != NULL) {
            assert_true(crypto_cipher_load(&key, CRYPTO_AES, unhex(examples[i].password_key, bytes, 16)));
        } else {
            assert_true(pace_password_key(SUITE_AES_CBC_CMAC_128, span_of("123456", 6), &key));
        }
        uint8_t nonce[16];
        uint8_t encrypted[16];
        assert_true(pace_encrypt_nonce(&key, unhex(examples[i].nonce, bytes, 16), encrypted));
        assert_span_hex(span_of(encrypted, 16), examples[i].encrypted_nonce);
        assert_true(pace_decrypt_nonce(&key, span_of(encrypted, 16), nonce));
        assert_span_hex(span_of(nonce, 16), examples[i].nonce);
        crypto_cipher_release(&key);
    }
}

// 9303-11 appendices G.1 and I: K_pi from the MRZ, seen through the nonce that it encrypts.
static void test_password_of_the_mrz_gives_the_key_of_the_example(void **state)
{
    (void)state;
    static const struct {
        const char *mrz_information;
        size_t example;
    } cases[] = {{"T22000129364081251010318", 0}, {"C11T002JM496081222310314", 2}};
    for (size_t i = 0; i < 2; i++) {
        uint8_t password[MRZ_PASSWORD_LENGTH];
        uint8_t nonce[16];
        uint8_t encrypted[16];
        struct crypto_cipher_key key = {0};
        assert_true(mrz_password(span_of(cases[i].mrz_information, 24), password));
        assert_true(pace_password_key(SUITE_AES_CBC_CMAC_128, span_of(password, sizeof password), &key));
        assert_true(pace_encrypt_nonce(&key, unhex(examples[cases[i].example].nonce, nonce, 16), encrypted));
        assert_span_hex(span_of(encrypted, 16), examples[cases[i].example].encrypted_nonce);
        crypto_cipher_release(&key);
    }
}

static void check_generic_mapping(const struct example *example, const char *secret_hex,
                                  const char *point_hex, const char *other_point_hex)
{
    if (secret_hex == NULL) {
        return;
    }
    uint8_t secret[FIELD];
    uint8_t point[POINT];
    uint8_t other[POINT];
    uint8_t nonce[16];
    uint8_t generator[POINT];
    struct crypto_ec_key key = {0};
    const struct pace_protocol protocol = protocol_of(example);
    assert_true(crypto_ec_load_secret(&key, protocol.curve, unhex(secret_hex, secret, FIELD), &source));
    assert_true(crypto_ec_public(&key, point));
    assert_span_hex(span_of(point, POINT), point_hex);
    assert_true(pace_map_generic(&protocol, &source, &key, unhex(other_point_hex, other, POINT),
                                 unhex(example->nonce, nonce, 16), generator));
    assert_span_hex(span_of(generator, POINT), example->generator);
    crypto_ec_release(&key);
}

static void test_nonce_is_mapped_as_in_the_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct example *example = &examples[i];
        if (example->terminal_nonce == NULL) {
            check_generic_mapping(example, example->terminal_mapping_secret, example->terminal_mapping_point,
                                  example->chip_mapping_point);
            check_generic_mapping(example, example->chip_mapping_secret, example->chip_mapping_point,
                                  example->terminal_mapping_point);
            continue;
        }
        const struct pace_protocol protocol = protocol_of(example);
        uint8_t nonce[16];
        uint8_t terminal_nonce[16];
        uint8_t generator[POINT];
        assert_true(pace_map_integrated(&protocol, unhex(example->nonce, nonce, 16),
                                        unhex(example->terminal_nonce, terminal_nonce, 16), generator));
        assert_span_hex(span_of(generator, POINT), example->generator);
    }
}

static void check_agreement(const struct example *example, const char *secret_hex, const char *point_hex,
                            const char *other_point_hex)
{
    if (secret_hex == NULL) {
        return;
    }
    uint8_t secret[FIELD];
    uint8_t generator[POINT];
    uint8_t point[POINT];
    uint8_t other[POINT];
    uint8_t shared[FIELD];
    unhex(secret_hex, secret, FIELD);
    assert_true(crypto_ec_multiply(CRYPTO_BRAINPOOL_P256R1, &source, span_of(secret, FIELD),
                                   unhex(example->generator, generator, POINT), point));
    assert_span_hex(span_of(point, POINT), point_hex);
    assert_true(pace_agree(CRYPTO_BRAINPOOL_P256R1, &source, span_of(secret, FIELD), span_of(point, POINT),
                           unhex(other_point_hex, other, POINT), shared));
    assert_span_hex(span_of(shared, FIELD), example->shared);
}

static void test_shared_secret_is_that_of_the_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct example *e = &examples[i];
        check_agreement(e, e->terminal_secret, e->terminal_point, e->chip_point);
        check_agreement(e, e->chip_secret, e->chip_point, e->terminal_point);
    }
}

// The keys of the session are not visible; what they make of a block and of a message is.
static void assert_same_key(const struct crypto_cipher_key *key, const char *expected_hex)
{
    struct crypto_cipher_key expected;
    uint8_t bytes[16];
    uint8_t block[2][16] = {{0}};
    assert_true(crypto_cipher_load(&expected, CRYPTO_AES, unhex(expected_hex, bytes, 16)));
    assert_true(crypto_cipher_encrypt_block(&expected, block[0], block[0]));
    assert_true(crypto_cipher_encrypt_block(key, block[1], block[1]));
    assert_memory_equal(block[0], block[1], 16);
    crypto_cipher_release(&expected);
}

static void test_session_and_tokens_are_those_of_the_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        const struct example *example = &examples[i];
        uint8_t shared[FIELD];
        uint8_t point[POINT];
        uint8_t oid[OID_PACE_LENGTH];
        uint8_t token[PACE_TOKEN];
        struct sm_session session = {0};
        assert_true(pace_start_session(&session, SUITE_AES_CBC_CMAC_128,
                                       unhex(example->shared, shared, FIELD), span_of(NULL, 0)));
        assert_same_key(&session.encryption, example->encryption_key);
        assert_same_key(&session.mac, example->mac_key);
        const struct span protocol = unhex(example->oid, oid, sizeof oid);
        assert_true(pace_token(&session.mac, protocol, unhex(example->chip_point, point, POINT), token));
        assert_span_hex(span_of(token, PACE_TOKEN), example->terminal_token);
        assert_true(pace_token(&session.mac, protocol, unhex(example->terminal_point, point, POINT), token));
        assert_span_hex(span_of(token, PACE_TOKEN), example->chip_token);
        sm_end(&session);
    }
}

// The APDUs of 9303-11 appendix G.1.
static void test_commands_are_those_of_the_example(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "0022C1A412800A04007F0007020204020283010184010D", "10860000027C0000",
        "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218"
        "799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00",
        "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10"
        "B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200",
        "008600000C7C0A8508C2B0BD78D94BA86600"};
    uint8_t data[2][100];
    uint8_t apdu[100];
    uint8_t oid[OID_PACE_LENGTH];
    oid_pace(PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, oid);
    struct writer w = writer_of(data[0], sizeof data[0]);
    tlv_put(&w, 0x80, span_of(oid, sizeof oid));
    const uint8_t password = PACE_PASSWORD_MRZ;
    tlv_put(&w, 0x83, span_of(&password, 1));
    const uint8_t parameter = pace_parameter_of_curve(CRYPTO_BRAINPOOL_P256R1);
    tlv_put(&w, 0x84, span_of(&parameter, 1));
    const struct apdu_command set_at = {.ins = 0x22, .p1 = 0xC1, .p2 = 0xA4, .data = writer_span(&w)};
    struct writer out = writer_of(apdu, sizeof apdu);
    apdu_put(&out, &set_at);
    assert_span_hex(writer_span(&out), expected[0]);

    const uint32_t tags[] = {0, 0x81, 0x83, 0x85};
    const char *const values[] = {NULL, examples[0].terminal_mapping_point, examples[0].terminal_point,
                                  examples[0].terminal_token};
    for (size_t i = 0; i < 4; i++) {
        w = writer_of(data[0], sizeof data[0]);
        const size_t opened = tlv_open(&w, 0x7C);
        if (values[i] != NULL) {
            tlv_put(&w, tags[i], unhex(values[i], data[1], sizeof data[1]));
        }
        tlv_close(&w, opened);
        const struct apdu_command general_authenticate = {
            .cla = i < 3 ? CLA_CHAINING : 0, .ins = 0x86, .data = writer_span(&w), .ne = 256};
        out = writer_of(apdu, sizeof apdu);
        apdu_put(&out, &general_authenticate);
        assert_span_hex(writer_span(&out), expected[i + 1]);
    }
}

// 9303-11 appendix I: what the chip sends, and the terminal's check.
static void test_chip_data_is_that_of_the_example(void **state)
{
    (void)state;
    static const char chip_data_hex[] = "85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3";
    static const char encrypted_hex[] =
        "1EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD10CBA372B42BE0B9B5F28AA8DE2F4F92";
    static const char static_point_hex[] =
        "041872709494399E7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC884D256A40E35EFCB59BF6753D3A489D28C"
        "7A4D973C2DA138A6E7A4A08F68E16F";
    uint8_t bytes[POINT];
    uint8_t mapping[POINT];
    uint8_t buffer[PACE_ENCRYPTED_CHIP_DATA_MAX];
    struct crypto_cipher_key key;
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, unhex(examples[2].encryption_key, bytes, 16)));
    struct writer w = writer_of(buffer, sizeof buffer);
    assert_true(pace_encrypt_chip_data(&key, unhex(chip_data_hex, bytes, sizeof bytes), &w));
    assert_span_hex(writer_span(&w), encrypted_hex);
    uint8_t chip_data[FIELD];
    struct writer plain = writer_of(chip_data, sizeof chip_data);
    assert_true(pace_decrypt_chip_data(&key, writer_span(&w), &plain));
    assert_span_hex(writer_span(&plain), chip_data_hex);
    const struct span static_point = unhex(static_point_hex, bytes, sizeof bytes);
    const struct span mapping_point = unhex(examples[2].chip_mapping_point, mapping, POINT);
    assert_true(pace_verify_chip_data(CRYPTO_BRAINPOOL_P256R1, &source, writer_span(&plain), static_point,
                                      mapping_point));
    for (size_t bit = 0; bit < sizeof chip_data * 8; bit += 7) {
        chip_data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(pace_verify_chip_data(CRYPTO_BRAINPOOL_P256R1, &source, writer_span(&plain),
                                           static_point, mapping_point));
        chip_data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_false(pace_verify_chip_data(CRYPTO_BRAINPOOL_P256R1, &source, span_of(chip_data, FIELD - 1),
                                       static_point, mapping_point));
    crypto_cipher_release(&key);
}

// TR-03110, EAC 2 worked example: Chip Authentication version 2.
static void test_chip_authentication_is_that_of_tr_03110(void **state)
{
    (void)state;
    uint8_t shared[FIELD];
    uint8_t nonce[8];
    uint8_t oid[OID_CA_LENGTH];
    uint8_t point[POINT];
    uint8_t token[PACE_TOKEN];
    struct sm_session session = {0};
    assert_true(pace_start_session(
        &session, SUITE_AES_CBC_CMAC_128,
        unhex("791DA04273CCFE862E52DF60347E2557192E1F8D7517822CE3D306056C1CDEB4", shared, FIELD),
        unhex("4287B3072A3EDC60", nonce, sizeof nonce)));
    assert_same_key(&session.encryption, "94ABCD271AB7D9A5590BA52CB518B831");
    assert_same_key(&session.mac, "78B5709E7ABEDB185B424D0EE3A82499");
    oid_ca_ecdh(SUITE_AES_CBC_CMAC_128, oid);
    assert_true(pace_token(&session.mac, span_of(oid, sizeof oid),
                           unhex("045A7A377FC9CAFC03AC7FF45441A8B2909D88EAB8E6B0173847AB49B949DF3799A34EE57EC"
                                 "55268CF8B1C3EC489F8BF4CF4C68D3FD9670E89C0D5D3FFF1AAF89F",
                                 point, POINT),
                           token));
    assert_span_hex(span_of(token, PACE_TOKEN), "FF0117D68DEE8E72");
    sm_end(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_nonce_is_encrypted_under_the_password, restart_random),
        cmocka_unit_test_setup(test_password_of_the_mrz_gives_the_key_of_the_example, restart_random),
        cmocka_unit_test_setup(test_nonce_is_mapped_as_in_the_examples, restart_random),
        cmocka_unit_test_setup(test_shared_secret_is_that_of_the_examples, restart_random),
        cmocka_unit_test_setup(test_session_and_tokens_are_those_of_the_examples, restart_random),
        cmocka_unit_test_setup(test_commands_are_those_of_the_example, restart_random),
        cmocka_unit_test_setup(test_chip_data_is_that_of_the_example, restart_random),
        cmocka_unit_test_setup(test_chip_authentication_is_that_of_tr_03110, restart_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
