// SCP03 (GP Amd D) on both sides: what is sent arrives at all levels and lengths; sessions and their keys.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/scp03_stage.h"

// --- Round trips -----------------------------------------------------------------------------------------

static const uint8_t levels[] = {0x00, 0x01, 0x03, 0x11, 0x13, 0x33};

static void test_everything_arrives_as_sent_at_every_level(void **state)
{
    (void)state;
    static const size_t lengths[] = {0,   1,   15,  16,  17,  223, 231,  232,  239,
                                     240, 247, 248, 255, 256, 257, 2000, 65000};
    static const uint32_t nes[] = {0, 1, 256, 257, 65536};
    for (size_t i = 0; i < sizeof levels * 2; i++) {
        struct pair pair;
        start_pair(&pair, modes[i % 2], levels[i / 2]);
        for (size_t j = 0; j < sizeof lengths / sizeof lengths[0]; j++) {
            for (size_t k = 0; k < sizeof nes / sizeof nes[0]; k++) {
                const struct apdu_command plain = {.cla = k % 2 == 0 ? 0x80 : 0x90,
                                                   .ins = 0xE2,
                                                   .p1 = 0x88,
                                                   .p2 = 1,
                                                   .data = span_of(content, lengths[j]),
                                                   .ne = nes[k],
                                                   .extended = k == 2};
                command_round_trip(&pair, &plain);
                response_round_trip(&pair, plain.data, k == 0 ? 0x6310 : SW_OK);
            }
        }
        end_pair(&pair);
    }
}

static void test_bytes_are_wrapped_and_unwrapped_where_they_lie(void **state)
{
    (void)state;
    for (size_t n = 0; n < 70; n++) {
        struct pair pair;
        start_pair(&pair, SCP03_S16, SCP03_LEVEL_FULL);
        const struct apdu_command plain = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, n)};
        struct apdu_command command;
        assert_true(apdu_parse(wrap(&pair.host, &plain), &command));
        assert_true(scp03_unwrap_command(&pair.card, &command, wire + (command.data.p - wire), &command));
        assert_true(span_equal(command.data, plain.data));

        memcpy(wire, content, n);
        struct writer w = writer_of(wire, sizeof wire);
        assert_true(scp03_wrap_response(&pair.card, span_of(wire, n), SW_OK, &w));
        struct writer received = writer_of(wire, n);
        assert_true(scp03_unwrap_response(&pair.host, writer_span(&w), SW_OK, &received));
        assert_true(span_equal(writer_span(&received), plain.data));
        end_pair(&pair);
    }
}

static void test_errors_carry_neither_data_nor_protection(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_LEVEL_FULL);
    const struct apdu_command plain = {.cla = 0x80, .ins = 0xCA, .ne = 256};
    static const uint16_t errors[] = {0x6A88, 0x6700, 0x6985, 0x6CFF, 0x6400, 0x9100};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        command_round_trip(&pair, &plain);
        response_round_trip(&pair, span_of(NULL, 0), errors[i]);
        struct writer w = writer_of(wire, sizeof wire);
        assert_false(scp03_wrap_response(&pair.card, span_of("\x01", 1), errors[i], &w));
        assert_int_equal(w.n, 0);
    }
    // The session goes on after errors.
    command_round_trip(&pair, &plain);
    response_round_trip(&pair, span_of(content, 10), SW_OK);
    // Data beside an error is a forgery.
    struct writer received = writer_of(opened, sizeof opened);
    assert_false(scp03_unwrap_response(&pair.host, span_of("\x01", 1), 0x6A88, &received));
    assert_false(pair.host.active);
    end_pair(&pair);
}

static void test_response_to_external_authenticate_is_not_protected(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_C_MAC);
    const struct apdu_command plain = {.cla = 0x80, .ins = 0x82, .data = span_of(content, 8)};
    command_round_trip(&pair, &plain);
    assert_true(scp03_set_level(&pair.card, SCP03_LEVEL_FULL));
    struct writer w = writer_of(wire, sizeof wire);
    assert_true(scp03_wrap_response(&pair.card, span_of(NULL, 0), SW_OK, &w));
    assert_int_equal(w.n, 0);
    assert_true(scp03_set_level(&pair.host, SCP03_LEVEL_FULL));
    assert_true(scp03_unwrap_response(&pair.host, writer_span(&w), SW_OK, &w));
    command_round_trip(&pair, &plain);
    assert_true(scp03_wrap_response(&pair.card, span_of(NULL, 0), SW_OK, &w));
    assert_int_equal(w.n, 8);
    end_pair(&pair);
}

static void test_commands_without_data_count_but_are_not_encrypted(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_C_MAC | SCP03_C_DECRYPTION);
    const struct apdu_command without = {.cla = 0x80, .ins = 0xF2, .ne = 256};
    const struct apdu_command with = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, 16)};
    command_round_trip(&pair, &without);
    assert_span_hex(span_of(pair.card.counter, 16), "00000000000000000000000000000001");
    const struct span apdu = wrap(&pair.host, &with);
    assert_int_equal(apdu.n, 5 + 32 + 8);
    assert_span_hex(span_of(pair.host.counter, 16), "00000000000000000000000000000002");
    end_pair(&pair);
}

// --- Sessions and keys -----------------------------------------------------------------------------------

static void test_only_six_levels_exist(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_C_MAC);
    for (unsigned level = 0; level <= 0xFF; level++) {
        const bool exists = memchr(levels, (int)level, sizeof levels) != NULL;
        assert_int_equal(scp03_set_level(&pair.card, (uint8_t)level), exists);
        assert_true(!exists || pair.card.level == level);
    }
    end_pair(&pair);
    assert_false(scp03_set_level(&pair.card, SCP03_C_MAC));
}

static void test_challenges_and_keys_of_other_lengths_start_nothing(void **state)
{
    (void)state;
    struct scp03_session session = {0};
    struct scp03_keys keys = keys_of(16);
    for (size_t n = 0; n <= 17; n++) {
        assert_int_equal(scp03_start(&session, &keys, SCP03_S8, span_of(content, n), span_of(content, 8)),
                         n == 8);
        assert_int_equal(scp03_start(&session, &keys, SCP03_S16, span_of(content, 16), span_of(content, n)),
                         n == 16);
    }
    for (size_t n = 0; n <= 40; n++) {
        keys.length = n;
        assert_int_equal(scp03_start(&session, &keys, SCP03_S8, span_of(content, 8), span_of(content, 8)),
                         n == 16 || n == 24 || n == 32);
    }
    assert_false(session.active);
    uint8_t challenge[16];
    const uint8_t counter[3] = {0};
    keys.length = 16;
    assert_false(scp03_card_challenge(&keys, SCP03_S8, counter, span_of(content, 17), challenge));
}

static void test_key_data_is_encrypted_under_the_dek_in_whole_blocks(void **state)
{
    (void)state;
    struct scp03_keys keys = keys_of(32);
    uint8_t encrypted[64];
    uint8_t data[64];
    assert_true(scp03_encrypt_key_data(&keys, span_of(content, 48), encrypted));
    struct crypto_cipher_key dek;
    uint8_t first[16];
    assert_true(crypto_cipher_load(&dek, CRYPTO_AES, span_of(keys.dek, 32)));
    assert_true(crypto_cipher_encrypt_block(&dek, content, first)); // IV 0
    crypto_cipher_release(&dek);
    assert_memory_equal(encrypted, first, 16);
    assert_true(scp03_decrypt_key_data(&keys, span_of(encrypted, 48), data));
    assert_memory_equal(data, content, 48);
    assert_false(scp03_encrypt_key_data(&keys, span_of(content, 47), encrypted));
    assert_false(scp03_decrypt_key_data(&keys, span_of(encrypted, 17), data));
    keys.length = 33;
    assert_false(scp03_encrypt_key_data(&keys, span_of(content, 48), encrypted));
}

static void test_derivation_says_its_length_and_counts_blocks(void **state)
{
    (void)state;
    struct crypto_cipher_key key;
    uint8_t whole[48];
    uint8_t part[48];
    assert_true(crypto_cipher_load(&key, CRYPTO_AES, span_of(content, 16)));
    assert_true(scp03_kdf(&key, 0x04, span_of(content, 16), whole, 48));
    assert_true(scp03_kdf(&key, 0x04, span_of(content, 16), part, 32));
    assert_memory_not_equal(whole, part, 16); // L is part of what is derived from
    assert_memory_not_equal(whole, whole + 16, 16);
    assert_false(scp03_kdf(&key, 0x04, span_of(content, 16), wire, 8192));
    crypto_cipher_release(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_arrives_as_sent_at_every_level),
        cmocka_unit_test(test_bytes_are_wrapped_and_unwrapped_where_they_lie),
        cmocka_unit_test(test_errors_carry_neither_data_nor_protection),
        cmocka_unit_test(test_response_to_external_authenticate_is_not_protected),
        cmocka_unit_test(test_commands_without_data_count_but_are_not_encrypted),
        cmocka_unit_test(test_only_six_levels_exist),
        cmocka_unit_test(test_challenges_and_keys_of_other_lengths_start_nothing),
        cmocka_unit_test(test_key_data_is_encrypted_under_the_dek_in_whole_blocks),
        cmocka_unit_test(test_derivation_says_its_length_and_counts_blocks),
    };
    return cmocka_run_group_tests(tests, fill_content, NULL);
}
