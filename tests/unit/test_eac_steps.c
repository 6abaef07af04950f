// The terminal's steps of Chip and Terminal Authentication as bytes: the worked example of TR-03110 (EAC 2,
// ECDH), and what each command looks like (TR-03110-3 §B.2, §B.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/ca.h"
#include "host/reader/ta.h"
#include "tests/unit/unit.h"

enum { TEXT_BYTES = 1024 };

static uint8_t point_bytes[CRYPTO_POINT_MAX];

// The chip's key, on brainpoolP256r1 with AES-128.
static struct ca_offer example_offer(void)
{
    return (struct ca_offer){
        .suite = SUITE_AES_CBC_CMAC_128,
        .curve = CRYPTO_BRAINPOOL_P256R1,
        .point =
            unhex("04A44EBE5451DF7AADB01E459B8C928A87746A57927C8C28A6775C97A7E1FE8D9A46FF4A1CC7E4D1389AEA19"
                  "758E4F75C28C598FD734AEBEB135337CF95BE12E94",
                  point_bytes, sizeof point_bytes),
    };
}

static void load_ephemeral(struct crypto_ec_key *key, const struct crypto_random *random)
{
    uint8_t secret[32];
    assert_true(crypto_ec_load_secret(
        key, CRYPTO_BRAINPOOL_P256R1,
        unhex("A6A4D255C5BF7A77EC3D0553DB74F693CF044E18C98364D4977A296108AF19BD", secret, sizeof secret),
        random));
}

static void assert_key(const struct crypto_cipher_key *got, const char *hex)
{
    static const uint8_t block[CRYPTO_BLOCK] = {1, 2, 3};
    uint8_t bytes[16], expected[CRYPTO_BLOCK], encrypted[CRYPTO_BLOCK];
    struct crypto_cipher_key key = {0};
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, unhex(hex, bytes, sizeof bytes)));
    assert_true(crypto_cipher_encrypt_block(&key, block, expected));
    assert_true(crypto_cipher_encrypt_block(got, block, encrypted));
    assert_memory_equal(encrypted, expected, sizeof expected);
    crypto_cipher_release(&key);
}

static void test_chip_authentication_as_in_the_worked_example(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    const struct ca_offer offer = example_offer();
    struct crypto_ec_key key = {0};
    struct sm_session session = {0};
    struct ca_answer answer;
    uint8_t bytes[64];
    load_ephemeral(&key, &random);
    assert_true(
        ca_parse_answer(unhex("7C1481084287B3072A3EDC608208FF0117D68DEE8E72", bytes, sizeof bytes), &answer));
    assert_int_equal(ca_agree(&offer, &key, &random, &answer, &session), CA_OK);
    assert_key(&session.encryption, "94ABCD271AB7D9A5590BA52CB518B831");
    assert_key(&session.mac, "78B5709E7ABEDB185B424D0EE3A82499");
    sm_end(&session);
    bytes[sizeof "7C148108" / 2 + 8 + 2] ^= 1; // T_PICC
    assert_int_equal(ca_agree(&offer, &key, &random, &answer, &session), CA_WRONG_TOKEN);
    assert_false(session.active);
    crypto_ec_release(&key);
}

static void test_point_off_the_curve_is_told_apart(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    const struct ca_offer offer = example_offer();
    struct crypto_ec_key key = {0};
    struct sm_session session = {0};
    load_ephemeral(&key, &random);
    point_bytes[40] ^= 1;
    assert_int_equal(ca_agree(&offer, &key, &random, NULL, &session), CA_WRONG_POINT);
    assert_false(session.active);
    crypto_ec_release(&key);
}

// ID_PICC || r_PICC || Comp(PK_PCD); its signature verifies in tests of card/wire.
static void test_signed_message_as_in_the_worked_example(void **state)
{
    (void)state;
    uint8_t chip[CRYPTO_POINT_MAX], own[CRYPTO_POINT_MAX], challenge[8], bytes[TA_MESSAGE_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    const struct ta_message message = {
        .identifier = comp_point(
            CRYPTO_BRAINPOOL_P256R1,
            unhex("04282CF38073036AFAC216AF135BD994DA0C357F10BD4C34AFEA1042B2EB0FD6804DF3658B835AC2E7133F13"
                  "691184542BB50B109963A4662ABDC08B9763AF4B5B",
                  chip, sizeof chip)),
        .challenge = unhex("547E4EAB03B235D2", challenge, sizeof challenge),
        .compressed_key = comp_point(
            CRYPTO_BRAINPOOL_P256R1,
            unhex("045A7A377FC9CAFC03AC7FF45441A8B2909D88EAB8E6B0173847AB49B949DF3799A34EE57EC55268CF8B1C3E"
                  "C489F8BF4CF4C68D3FD9670E89C0D5D3FFF1AAF89F",
                  own, sizeof own)),
    };
    ta_put_message(&w, &message);
    assert_span_hex(writer_span(&w),
                    "282CF38073036AFAC216AF135BD994DA0C357F10BD4C34AFEA1042B2EB0FD680547E4EAB03B235D25A7A377F"
                    "C9CAFC03AC7FF45441A8B2909D88EAB8E6B0173847AB49B949DF3799");
}

// --- Commands ------------------------------------------------------------------------------------------------

static void assert_command(const struct apdu_command *command, const char *hex)
{
    uint8_t bytes[TEXT_BYTES];
    struct writer w = writer_of(bytes, sizeof bytes);
    apdu_put(&w, command);
    assert_span_hex(writer_span(&w), hex);
}

static void test_commands_of_chip_authentication(void **state)
{
    (void)state;
    uint8_t buffer[CA_DATA_MAX];
    struct ca_offer offer = {.suite = SUITE_AES_CBC_CMAC_128};
    struct writer data = writer_of(buffer, sizeof buffer);
    struct apdu_command command = ca_set_at(&offer, &data);
    assert_command(&command, "002241A40C800A04007F00070202030202");
    offer = (struct ca_offer){.suite = SUITE_AES_CBC_CMAC_256, .has_key_id = true, .key_id = 0x0129};
    data = writer_of(buffer, sizeof buffer);
    command = ca_set_at(&offer, &data);
    assert_command(&command, "002241A410800A04007F000702020302048402"
                             "0129");
    data = writer_of(buffer, sizeof buffer);
    command = ca_set_kat(&offer, span_of("\x04\x05", 2), &data);
    assert_command(&command, "002241A60891020405840201"
                             "29");
    data = writer_of(buffer, sizeof buffer);
    command = ca_general_authenticate(span_of("\x04\x05", 2), &data);
    assert_command(&command, "00860000067C048002040500");
}

static void test_commands_of_terminal_authentication(void **state)
{
    (void)state;
    uint8_t buffer[TA_DATA_MAX];
    const struct span name = span_of("KRCVCA00001", 11);
    const struct ta_message message = {.compressed_key = span_of("\xAB\xCD", 2),
                                       .auxiliary_data = span_of("\x67\x00", 2)};
    struct writer data = writer_of(buffer, sizeof buffer);
    struct apdu_command command = ta_set_dst(name, &data);
    assert_command(&command, "002281B60D830B4B524356434130303030"
                             "31");
    command = ta_verify_certificate(span_of("\x7F\x4E\x00", 3));
    assert_command(&command, "002A00BE037F4E00");
    data = writer_of(buffer, sizeof buffer);
    command = ta_set_at_1(name, &data);
    assert_command(&command, "002281A40D830B4B52435643413030303031");
    data = writer_of(buffer, sizeof buffer);
    command = ta_set_at_2(CRYPTO_SHA256, name, &message, &data);
    assert_command(&command, "002281A41F800A04007F00070202020203830B4B5243564341303030303167009102ABCD");
    command = ta_get_challenge();
    assert_command(&command, "0084000008");
    command = ta_external_authenticate(span_of("\x01\x02", 2));
    assert_command(&command, "00820000020102");
}

// TR-03110-3 §A.7.2.4: 36 bytes, padded with zeros.
static void test_trust_points_of_ef_cvca(void **state)
{
    (void)state;
    struct ta_authorities authorities;
    uint8_t bytes[36];
    assert_true(
        ta_parse_ef_cvca(unhex("420B4B52435643413030303032420B4B5243564341303030303100000000000000000000",
                               bytes, sizeof bytes),
                         &authorities));
    assert_memory_equal(authorities.names[0], "KRCVCA00002", 11);
    assert_memory_equal(authorities.names[1], "KRCVCA00001", 11);
    assert_true(ta_parse_ef_cvca(unhex("420B4B524356434130303030320000", bytes, sizeof bytes), &authorities));
    assert_int_equal(authorities.lengths[1], 0);
    assert_false(ta_parse_ef_cvca(unhex("000000", bytes, sizeof bytes), &authorities));
    assert_false(ta_parse_ef_cvca(unhex("420B4B5243564341303030", bytes, sizeof bytes), &authorities));
    assert_false(ta_parse_ef_cvca(unhex("420B4B52435643410A30303032", bytes, sizeof bytes), &authorities));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chip_authentication_as_in_the_worked_example),
        cmocka_unit_test(test_point_off_the_curve_is_told_apart),
        cmocka_unit_test(test_signed_message_as_in_the_worked_example),
        cmocka_unit_test(test_commands_of_chip_authentication),
        cmocka_unit_test(test_commands_of_terminal_authentication),
        cmocka_unit_test(test_trust_points_of_ef_cvca),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
