// Secure messaging with AES (9303-11 §9.8) takes no command and no answer that was changed, cut, repeated or
// skipped.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sm_stage.h"

static void test_every_flipped_bit_of_a_command_is_refused(void **state)
{
    (void)state;
    struct apdu_command plain = chained;
    plain.data = span_of(content, 20);
    struct pair pair;
    start_pair(&pair, 0);
    uint8_t apdu[80];
    const struct span sent = protect(&pair.terminal, &plain);
    memcpy(apdu, sent.p, sent.n);
    for (size_t bit = 0; bit < (sent.n - 1) * 8; bit++) { // Le is not under the MAC
        apdu[bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct apdu_command command;
        struct sm_session card = {0};
        start(&card, 0);
        if (apdu_parse(span_of(apdu, sent.n), &command)) {
            assert_int_not_equal(sm_open_command(&card, &command, opened, &plain), SM_OK);
            assert_int_equal(plain.data.n + plain.ne + plain.ins, 0);
        }
        sm_end(&card);
        apdu[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(open_command(&pair.card, span_of(apdu, sent.n), &plain), SM_OK);
    end_pair(&pair);
}

static void test_every_flipped_bit_and_cut_of_a_response_is_refused(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, 0);
    struct writer w = writer_of(wire, sizeof wire);
    assert_true(sm_protect_response(&pair.card, span_of(content, 20), SW_OK, false, &w));
    struct writer received = writer_of(opened, sizeof opened);
    uint16_t status = 0;
    for (size_t bit = 0; bit < w.n * 8; bit++) {
        wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(sm_open_response(&pair.terminal, writer_span(&w), &received, &status), SM_OK);
        wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t n = 0; n < w.n; n++) {
        assert_int_not_equal(
            sm_open_response(&pair.terminal, span_first(writer_span(&w), n), &received, &status), SM_OK);
    }
    assert_int_equal(received.n, 0);
    assert_int_equal(status, 0);
    // None of all this has moved the terminal's counter.
    assert_int_equal(sm_open_response(&pair.terminal, writer_span(&w), &received, &status), SM_OK);
    end_pair(&pair);
}

static void test_command_cut_at_each_byte_is_refused(void **state)
{
    (void)state;
    struct apdu_command plain = chained;
    plain.data = span_of(content, 20);
    struct pair pair;
    start_pair(&pair, 0);
    struct apdu_command whole;
    assert_true(apdu_parse(protect(&pair.terminal, &plain), &whole));
    for (size_t n = 0; n < whole.data.n; n++) {
        struct apdu_command cut = whole;
        cut.data.n = n;
        struct sm_session card = {0};
        start(&card, 0);
        assert_int_not_equal(sm_open_command(&card, &cut, opened, &plain), SM_OK);
        sm_end(&card);
    }
    end_pair(&pair);
}

static void test_repeated_and_skipped_commands_are_refused(void **state)
{
    (void)state;
    struct apdu_command plain;
    struct pair pair;
    start_pair(&pair, 0);
    uint8_t first[64];
    const struct span sent = protect(&pair.terminal, &chained);
    memcpy(first, sent.p, sent.n);
    assert_int_equal(open_command(&pair.card, span_of(first, sent.n), &plain), SM_OK);
    assert_int_equal(open_command(&pair.card, span_of(first, sent.n), &plain), SM_OBJECTS_INCORRECT);
    end_pair(&pair);

    start_pair(&pair, 0);
    (void)protect(&pair.terminal, &chained); // lost
    assert_int_equal(open_command(&pair.card, protect(&pair.terminal, &chained), &plain),
                     SM_OBJECTS_INCORRECT);
    end_pair(&pair);
}

static void test_response_of_an_earlier_command_is_refused(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, 0);
    struct apdu_command plain;
    uint8_t first[64];
    assert_int_equal(open_command(&pair.card, protect(&pair.terminal, &chained), &plain), SM_OK);
    struct writer w = writer_of(first, sizeof first);
    assert_true(sm_protect_response(&pair.card, span_of(content, 3), SW_OK, false, &w));
    struct writer received = writer_of(opened, sizeof opened);
    uint16_t status;
    assert_int_equal(sm_open_response(&pair.terminal, writer_span(&w), &received, &status), SM_OK);
    (void)protect(&pair.terminal, &chained);
    assert_int_equal(sm_open_response(&pair.terminal, writer_span(&w), &received, &status),
                     SM_OBJECTS_INCORRECT);
    end_pair(&pair);
}

static void test_unprotected_answer_does_not_take_the_terminal_out_of_step(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, 0);
    struct apdu_command plain;
    struct writer received = writer_of(opened, sizeof opened);
    uint16_t status;
    assert_int_equal(open_command(&pair.card, protect(&pair.terminal, &chained), &plain), SM_OK);
    assert_int_equal(sm_open_response(&pair.terminal, span_of(NULL, 0), &received, &status),
                     SM_OBJECTS_MISSING);
    struct writer w = writer_of(wire, sizeof wire);
    assert_true(sm_protect_response(&pair.card, span_of(NULL, 0), SW_OK, false, &w));
    assert_int_equal(sm_open_response(&pair.terminal, writer_span(&w), &received, &status), SM_OK);
    end_pair(&pair);
}

static void test_short_and_long_macs_are_incorrect(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, 0);
    uint8_t field[32];
    struct apdu_command command;
    assert_true(apdu_parse(protect(&pair.terminal, &chained), &command));
    for (uint8_t n = 0; n <= 16; n++) { // DO97, DO8E with n bytes
        if (n == SM_MAC) {
            continue;
        }
        memset(field, 0, sizeof field);
        memcpy(field, command.data.p, command.data.n);
        field[4] = n;
        struct apdu_command changed = command;
        changed.data = span_of(field, 5U + n);
        struct apdu_command plain;
        struct sm_session card = {0};
        start(&card, 0);
        assert_int_equal(sm_open_command(&card, &changed, opened, &plain), SM_OBJECTS_INCORRECT);
        sm_end(&card);
    }
    end_pair(&pair);
}

static void test_response_data_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, 0);
    struct writer w = writer_of(wire, sizeof wire);
    assert_true(sm_protect_response(&pair.card, span_of(content, 100), SW_OK, false, &w));
    struct writer received = writer_of(opened, 99);
    uint16_t status;
    assert_int_equal(sm_open_response(&pair.terminal, writer_span(&w), &received, &status),
                     SM_OBJECTS_INCORRECT);
    assert_true(received.overflow);
    assert_int_equal(received.n, 0);
    end_pair(&pair);
}

static void test_what_does_not_fit_is_not_protected_and_changes_nothing(void **state)
{
    (void)state;
    struct pair pair;
    start_pair(&pair, 0);
    uint8_t before[CRYPTO_BLOCK];
    memcpy(before, pair.terminal.ssc, sizeof before);
    struct apdu_command plain = {.ins = 0xD6, .data = span_of(content, 100)};
    const size_t objects = 1 + 1 + 1 + 112 + 10; // DO87, DO8E
    const size_t needed = 4 + 1 + objects + 1;
    for (size_t capacity = 0; capacity < needed; capacity++) {
        struct writer w = writer_of(wire, capacity);
        assert_false(sm_protect_command(&pair.terminal, &plain, &w));
        assert_true(w.overflow && w.n == 0);
    }
    for (size_t capacity = 0; capacity < objects + 4; capacity++) {
        struct writer w = writer_of(wire, capacity);
        assert_false(sm_protect_response(&pair.terminal, plain.data, SW_OK, false, &w));
        assert_true(w.overflow && w.n == 0);
    }
    struct writer w = writer_of(wire, sizeof wire);
    plain.data.n = 65530; // the data field would be longer than Lc can say
    assert_false(sm_protect_command(&pair.terminal, &plain, &w));
    plain.data.n = 1;
    static const uint8_t classes[] = {0x04, 0x0C, 0x08, 0x40, 0xC0};
    for (size_t i = 0; i < sizeof classes; i++) {
        plain.cla = classes[i];
        assert_false(sm_protect_command(&pair.terminal, &plain, &w));
    }
    assert_int_equal(w.n, 0);
    assert_memory_equal(pair.terminal.ssc, before, sizeof before);
    plain.cla = 0;
    round_trip(&pair, &plain);
    end_pair(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_flipped_bit_of_a_command_is_refused),
        cmocka_unit_test(test_every_flipped_bit_and_cut_of_a_response_is_refused),
        cmocka_unit_test(test_command_cut_at_each_byte_is_refused),
        cmocka_unit_test(test_repeated_and_skipped_commands_are_refused),
        cmocka_unit_test(test_response_of_an_earlier_command_is_refused),
        cmocka_unit_test(test_unprotected_answer_does_not_take_the_terminal_out_of_step),
        cmocka_unit_test(test_short_and_long_macs_are_incorrect),
        cmocka_unit_test(test_response_data_that_does_not_fit_is_refused),
        cmocka_unit_test(test_what_does_not_fit_is_not_protected_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, fill_content, NULL);
}
