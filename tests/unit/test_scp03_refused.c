// SCP03 (GP Amd D) takes nothing that was changed, cut or repeated, and nothing once it has ended.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/padded_cbc.h"
#include "tests/unit/scp03_stage.h"

static bool is_zero(const void *p, size_t n)
{
    const uint8_t *bytes = p;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static void test_every_flipped_bit_of_a_command_ends_the_session(void **state)
{
    (void)state;
    static const uint8_t mac_levels[] = {SCP03_C_MAC, SCP03_C_MAC | SCP03_C_DECRYPTION};
    for (size_t i = 0; i < sizeof mac_levels; i++) {
        struct pair pair;
        start_pair(&pair, SCP03_S8, mac_levels[i]);
        const struct apdu_command sent = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, 20)};
        uint8_t apdu[64];
        const size_t n = wrap(&pair.host, &sent).n;
        memcpy(apdu, wire, n);
        end_pair(&pair);
        for (size_t bit = 0; bit < n * 8; bit++) {
            start_pair(&pair, SCP03_S8, mac_levels[i]);
            apdu[bit / 8] ^= (uint8_t)(1 << bit % 8);
            struct apdu_command command;
            struct apdu_command plain;
            if (apdu_parse(span_of(apdu, n), &command)) {
                assert_false(scp03_unwrap_command(&pair.card, &command, opened, &plain));
                assert_true(is_zero(&pair.card, sizeof pair.card));
                assert_true(is_zero(&plain, sizeof plain));
            }
            apdu[bit / 8] ^= (uint8_t)(1 << bit % 8);
            end_pair(&pair);
        }
    }
}

static void test_command_cut_at_each_byte_is_refused(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S16, SCP03_LEVEL_FULL);
    const struct apdu_command sent = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, 20)};
    struct apdu_command whole;
    assert_true(apdu_parse(wrap(&pair.host, &sent), &whole));
    end_pair(&pair);
    for (size_t n = 0; n < whole.data.n; n++) {
        start_pair(&pair, SCP03_S16, SCP03_LEVEL_FULL);
        struct apdu_command cut = whole;
        struct apdu_command plain;
        cut.data.n = n;
        assert_false(scp03_unwrap_command(&pair.card, &cut, opened, &plain));
        end_pair(&pair);
    }
}

static void test_every_flipped_bit_and_cut_of_a_response_ends_the_session(void **state)
{
    (void)state;
    uint8_t response[64];
    for (size_t bit = 0;; bit++) {
        struct pair pair;
        start_pair(&pair, SCP03_S8, SCP03_LEVEL_FULL);
        const struct apdu_command plain = {.cla = 0x80, .ins = 0xCA, .ne = 256};
        command_round_trip(&pair, &plain);
        struct writer w = writer_of(response, sizeof response);
        assert_true(scp03_wrap_response(&pair.card, span_of(content, 20), SW_OK, &w));
        if (bit == w.n * 8) {
            end_pair(&pair);
            return;
        }
        response[bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct writer received = writer_of(opened, sizeof opened);
        const bool cut = bit % 8 == 0; // instead of the flip, once a byte
        if (cut) {
            response[bit / 8] ^= 1;
        }
        const struct span sent = cut ? span_of(response, bit / 8) : writer_span(&w);
        assert_false(scp03_unwrap_response(&pair.host, sent, SW_OK, &received));
        assert_int_equal(received.n, 0);
        assert_true(is_zero(&pair.host, sizeof pair.host));
        end_pair(&pair);
    }
}

static void test_response_under_another_status_is_refused(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_C_MAC | SCP03_R_MAC);
    const struct apdu_command plain = {.cla = 0x80, .ins = 0xCA, .ne = 256};
    command_round_trip(&pair, &plain);
    struct writer w = writer_of(wire, sizeof wire);
    struct writer received = writer_of(opened, sizeof opened);
    assert_true(scp03_wrap_response(&pair.card, span_of(content, 20), 0x6310, &w));
    assert_false(scp03_unwrap_response(&pair.host, writer_span(&w), SW_OK, &received));
    end_pair(&pair);
}

static void test_repeated_command_is_refused(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_C_MAC);
    const struct apdu_command sent = {.cla = 0x80, .ins = 0xF2};
    struct apdu_command plain;
    const struct span apdu = wrap(&pair.host, &sent);
    assert_true(unwrap(&pair.card, apdu, &plain));
    assert_false(unwrap(&pair.card, apdu, &plain));
    end_pair(&pair);
}

// A command without data, its C-MAC made right for whatever the class byte says; first of its session.
static struct apdu_command with_right_mac(const struct scp03_session *session, uint8_t cla, uint8_t mac[16])
{
    const uint8_t chained[16 + 5] = {[16] = cla, [17] = 0xF2, [20] = 8};
    const struct span part = span_of(chained, sizeof chained);
    assert_true(crypto_cmac(&session->mac, &part, 1, mac));
    return (struct apdu_command){.cla = cla, .ins = 0xF2, .data = span_of(mac, 8)};
}

static void test_class_and_level_must_agree(void **state)
{
    (void)state;
    static const struct {
        uint8_t level, cla;
        bool accepted;
    } cases[] = {{0x01, 0x84, true},  {0x01, 0x04, true},  {0x01, 0x80, false}, {0x01, 0x8C, false},
                 {0x01, 0x88, false}, {0x01, 0xC4, false}, {0x33, 0x84, true},  {0x33, 0x00, false},
                 {0x00, 0x80, true},  {0x00, 0x84, false}, {0x00, 0x8C, false}, {0x00, 0xC0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pair pair;
        start_pair(&pair, SCP03_S8, cases[i].level);
        uint8_t mac[16];
        const struct apdu_command command = with_right_mac(&pair.host, cases[i].cla, mac);
        struct apdu_command plain;
        assert_int_equal(scp03_unwrap_command(&pair.card, &command, opened, &plain), cases[i].accepted);
        end_pair(&pair);
    }
}

static void test_wrong_padding_under_a_right_mac_is_refused(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_C_MAC);
    // The host sends plain blocks, the card decrypts them to something without padding.
    const struct apdu_command blocks = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, 32)};
    struct apdu_command plain;
    assert_true(scp03_set_level(&pair.card, SCP03_C_MAC | SCP03_C_DECRYPTION));
    assert_false(unwrap(&pair.card, wrap(&pair.host, &blocks), &plain));
    end_pair(&pair);
    start_pair(&pair, SCP03_S8, SCP03_C_MAC);
    const struct apdu_command no_block = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, 31)};
    assert_true(scp03_set_level(&pair.card, SCP03_C_MAC | SCP03_C_DECRYPTION));
    assert_false(unwrap(&pair.card, wrap(&pair.host, &no_block), &plain));
    end_pair(&pair);
}

static void test_what_cannot_be_wrapped_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pair pair;
        start_pair(&pair, modes[i], SCP03_LEVEL_FULL);
        struct apdu_command plain = {.cla = 0x80, .ins = 0xE2, .data = span_of(content, 100), .ne = 256};
        const size_t needed = 4 + 1 + 112 + (size_t)modes[i] + 1;
        for (size_t capacity = 0; capacity < needed; capacity++) {
            struct writer w = writer_of(wire, capacity);
            assert_false(scp03_wrap_command(&pair.host, &plain, &w));
            assert_true(w.overflow);
        }
        struct writer w = writer_of(wire, sizeof wire);
        plain.data.n = APDU_EXTENDED_LC_MAX;
        assert_false(scp03_wrap_command(&pair.host, &plain, &w));
        plain.data.n = 1;
        static const uint8_t classes[] = {0x84, 0x8C, 0x88, 0xC0, 0x40};
        for (size_t j = 0; j < sizeof classes; j++) {
            plain.cla = classes[j];
            assert_false(scp03_wrap_command(&pair.host, &plain, &w));
        }
        assert_int_equal(w.n, 0);
        plain.cla = 0x80;
        command_round_trip(&pair, &plain);
        for (size_t capacity = 0; capacity < 112 + (size_t)modes[i]; capacity++) {
            w = writer_of(wire, capacity);
            assert_false(scp03_wrap_response(&pair.card, span_of(content, 100), SW_OK, &w));
        }
        response_round_trip(&pair, span_of(content, 100), SW_OK);
        end_pair(&pair);
    }
}

static void test_ended_session_is_wiped_and_refuses_everything(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, SCP03_S8, SCP03_LEVEL_FULL);
    end_pair(&pair);
    assert_true(is_zero(&pair, sizeof pair));
    const struct apdu_command command = {.cla = 0x80};
    struct apdu_command plain;
    struct writer w = writer_of(wire, sizeof wire);
    uint8_t cryptograms[2][16];
    assert_false(scp03_wrap_command(&pair.host, &command, &w));
    assert_false(scp03_wrap_response(&pair.host, span_of(NULL, 0), SW_OK, &w));
    assert_false(scp03_unwrap_command(&pair.host, &command, opened, &plain));
    assert_false(scp03_unwrap_response(&pair.host, span_of(NULL, 0), SW_OK, &w));
    assert_false(scp03_cryptograms(&pair.host, span_of(content, 8), span_of(content, 8), cryptograms[0],
                                   cryptograms[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_flipped_bit_of_a_command_ends_the_session),
        cmocka_unit_test(test_command_cut_at_each_byte_is_refused),
        cmocka_unit_test(test_every_flipped_bit_and_cut_of_a_response_ends_the_session),
        cmocka_unit_test(test_response_under_another_status_is_refused),
        cmocka_unit_test(test_repeated_command_is_refused),
        cmocka_unit_test(test_class_and_level_must_agree),
        cmocka_unit_test(test_wrong_padding_under_a_right_mac_is_refused),
        cmocka_unit_test(test_what_cannot_be_wrapped_changes_nothing),
        cmocka_unit_test(test_ended_session_is_wiped_and_refuses_everything),
    };
    return cmocka_run_group_tests(tests, fill_content, NULL);
}
