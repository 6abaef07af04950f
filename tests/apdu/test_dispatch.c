// What the pipeline does with any command: classes, secure messaging's beginning and end, chaining, Le and
// GET RESPONSE (ISO 7816-4 §5, 9303-11 §9.8).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/card_fixture.h"

static struct card_fixture fixture;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

// --- Bytes and classes -----------------------------------------------------------------------------------

static void test_bytes_that_are_no_command_are_answered(void **state)
{
    static uint8_t long_command[CARD_COMMAND_MAX + 1] = {0x00, 0xA4, 0x04, 0x00, 0x00, 0x08, 0x03};
    (void)state;
    ASSERT_ANSWER(&fixture, "", "6700");
    ASSERT_ANSWER(&fixture, "00A404", "6700");
    ASSERT_ANSWER(&fixture, "00A4040008A00000", "6700");
    ASSERT_ANSWER(&fixture, "00A40400000000", "6F108408A000000151000000A5049F6501FF9000");
    ASSERT_ANSWER(&fixture, "00A404000000", "6700");
    assert_int_equal(fixture_transmit(&fixture, span_of(long_command, sizeof long_command)), SW_WRONG_LENGTH);
    uint8_t small[CARD_RESPONSE_MAX - 1];
    assert_int_equal(card_transmit(&fixture.card, long_command, 4, small, sizeof small), 0);
}

// A case 3 command has no Le, which leaves room for two bytes more than the buffers of the card hold.
static void test_data_field_longer_than_the_buffers_is_refused(void **state)
{
    static uint8_t bytes[CARD_COMMAND_MAX] = {0x00, 0xA4, 0x04, 0x00, 0x00};
    (void)state;
    for (size_t n = CARD_COMMAND_DATA_MAX - 1; n <= CARD_COMMAND_DATA_MAX + 2; n++) {
        bytes[5] = (uint8_t)(n >> 8);
        bytes[6] = (uint8_t)n;
        assert_int_equal(fixture_transmit(&fixture, span_of(bytes, 7 + n)),
                         n <= CARD_COMMAND_DATA_MAX ? SW_FILE_NOT_FOUND : SW_WRONG_LENGTH);
    }
}

static void test_card_that_is_off_does_not_answer(void **state)
{
    (void)state;
    static struct card off;
    uint8_t response[CARD_RESPONSE_MAX];
    const uint8_t select[] = {0x00, 0xA4, 0x04, 0x00};
    assert_int_equal(card_transmit(&off, select, sizeof select, response, sizeof response), 0);
    card_reset(&off);
}

static void test_unknown_instructions_and_classes_are_told_apart(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00FE0000", "6D00");
    ASSERT_ANSWER(&fixture, "80FE0000", "6D00");
    ASSERT_ANSWER(&fixture, "80B0000000", "6E00");
    ASSERT_ANSWER(&fixture, "8022C1A403800100", "6E00");
    ASSERT_ANSWER(&fixture, "20B0000000", "6E00");
    ASSERT_ANSWER(&fixture, "90500000", "6E00");
    ASSERT_ANSWER(&fixture, "A0A4000C023F00", "6E00");
    ASSERT_ANSWER(&fixture, "FFA4000C023F00", "6E00");
    ASSERT_ANSWER(&fixture, "8050000008000000000000000000", "6D00"); // known to the ISD only
}

static void test_logical_channels_are_refused(void **state)
{
    static const char *const commands[] = {"01B0810000", "02A4000C023F00", "0384000008",
                                           "41B0810000", "7FB0810000",     "8150000008000000000000000000"};
    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        ASSERT_ANSWER(&fixture, commands[i], "6881");
    }
}

static void test_unusable_secure_messaging_is_refused(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "08B0810000", "6882");
    ASSERT_ANSWER(&fixture, "88CA006600", "6882");
    ASSERT_ANSWER(&fixture, "0CB081000D 9701008E080000000000000000 00", "6988");
    ASSERT_ANSWER(&fixture, "8CCA00660D 9701008E080000000000000000 00", "6988");
    ASSERT_ANSWER(&fixture, "84CA0066080000000000000000", "6982");
    ASSERT_ANSWER(&fixture, "04B0810000", "6982");
}

// --- Secure messaging ------------------------------------------------------------------------------------

static void test_every_error_is_answered_under_secure_messaging(void **state)
{
    static const struct {
        const char *command;
        uint16_t status;
    } cases[] = {
        {"00FE0000", SW_INS_NOT_SUPPORTED},
        {"80B0000000", SW_CLA_NOT_SUPPORTED},
        {"01B0810000", SW_CHANNEL_NOT_SUPPORTED},
        {"10B0810000", SW_CHAINING_NOT_SUPPORTED},
        {"00B08100", SW_WRONG_LENGTH},
        {"00A4010C023F00", SW_WRONG_P1_P2},
        {"8050000008000000000000000000", SW_INS_NOT_SUPPORTED},
    };
    (void)state;
    fixture_begin_session(&fixture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(fixture_protect(&fixture, cases[i].command), cases[i].status);
        assert_true(fixture.was_protected);
    }
    assert_int_equal(fixture_protect(&fixture, "0084000008"), SW_OK);
}

static void test_plain_command_ends_the_session(void **state)
{
    static const char *const commands[] = {"0084000008", "00FE0000",   "FFA4000C",  "00A404",
                                           "04B0810000", "00C0000000", "08B0810000"};
    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        fixture_begin_session(&fixture);
        assert_int_equal(fixture_protect(&fixture, "00B0810000"), SW_OK);
        fixture_send(&fixture, commands[i]);
        assert_false(fixture.card.security.sm.active);
        assert_int_equal(fixture.card.security.achieved.password, PACE_PASSWORD_NONE);
        assert_int_equal(fixture_protect(&fixture, "00B0810000"), SW_SM_OBJECTS_INCORRECT);
        assert_false(fixture.was_protected);
    }
}

static uint16_t send_changed(const char *command, size_t position, uint8_t bits)
{
    uint8_t bytes[64], protected[128];
    struct apdu_command plain;
    struct writer w = writer_of(protected, sizeof protected);
    assert_true(apdu_parse(unhex(command, bytes, sizeof bytes), &plain));
    assert_true(sm_protect_command(&fixture.session, &plain, &w));
    protected[w.n - 1 - position] ^= bits;
    return fixture_transmit(&fixture, writer_span(&w));
}

static void test_error_in_the_objects_ends_the_session(void **state)
{
    (void)state;
    for (size_t position = 1; position <= 11; position++) { // DO8E and the Le in DO97
        fixture_begin_session(&fixture);
        const uint16_t status = send_changed("00B0810000", position, 0x01);
        assert_true(status == SW_SM_OBJECTS_INCORRECT || status == SW_SM_OBJECTS_MISSING);
        assert_int_equal(fixture.data.n, 0);
        assert_false(fixture.card.security.sm.active);
    }
}

static void test_replayed_command_ends_the_session(void **state)
{
    uint8_t protected[64];
    struct writer w = writer_of(protected, sizeof protected);
    const struct apdu_command read = {.ins = 0xB0, .p1 = 0x81, .ne = APDU_SHORT_LE_MAX};
    (void)state;
    fixture_begin_session(&fixture);
    assert_true(sm_protect_command(&fixture.session, &read, &w));
    assert_int_equal(fixture_transmit(&fixture, writer_span(&w)), SW_OK);
    assert_int_equal(fixture_transmit(&fixture, writer_span(&w)), SW_SM_OBJECTS_INCORRECT);
    assert_false(fixture.card.security.sm.active);
}

static void test_new_session_takes_over_after_the_answer(void **state)
{
    static const uint8_t key[16] = "another session";
    struct sm_session next = {0};
    (void)state;
    fixture_begin_session(&fixture);
    const struct span bytes = span_of(key, sizeof key);
    assert_true(sm_start(&next, SUITE_AES_CBC_CMAC_128, bytes, bytes));
    assert_true(sm_start(&fixture.card.security.next, SUITE_AES_CBC_CMAC_128, bytes, bytes));
    fixture.card.security.next_achieved.password = PACE_PASSWORD_MRZ;
    assert_int_equal(fixture_protect(&fixture, "00B0810000"), SW_OK); // still under the old keys
    assert_true(fixture.was_protected);
    fixture.session = next;
    assert_int_equal(fixture.card.security.achieved.password, PACE_PASSWORD_MRZ);
    assert_int_equal(fixture_protect(&fixture, "00B0810000"), SW_OK);
    assert_true(fixture.was_protected);
}

static void test_reset_forgets_everything(void **state)
{
    (void)state;
    fixture_begin_session(&fixture);
    fixture_send(&fixture, "00A4040000");
    fixture_open(&fixture);
    assert_int_equal(store_begin(&fixture.card.store), STORE_OK); // as personalization does over commands
    card_reset(&fixture.card);
    assert_false(store_in_transaction(&fixture.card.store));
    assert_false(fixture.card.security.sm.active);
    assert_false(fixture.card.security.scp03.active);
    assert_int_equal(fixture.card.personalization.target, NULL);
    assert_int_equal(fixture_send(&fixture, "84F280020A4F000000000000000000"),
                     SW_SECURITY_STATUS_NOT_SATISFIED);
}

static void test_plain_command_leaves_scp03_alone(void **state)
{
    (void)state;
    fixture_open(&fixture);
    ASSERT_ANSWER(&fixture, "80F28002024F0000", "6982");
    assert_int_equal(fixture_secure(&fixture, "80F28002024F0000"), SW_OK);
}

// --- Chaining --------------------------------------------------------------------------------------------

static void test_chained_data_is_joined(void **state)
{
    (void)state;
    fixture_send(&fixture, "00A4040000");
    ASSERT_ANSWER(&fixture, "10CB3FFF025C01", "9000");
    ASSERT_ANSWER(&fixture, "00CB3FFF01E000", "E012C00401FF8810C00402FF8810C00403FF88109000");
    ASSERT_ANSWER(&fixture, "10CB3FFF015C", "9000");
    ASSERT_ANSWER(&fixture, "10CB3FFF0101", "9000");
    ASSERT_ANSWER(&fixture, "10CB3FFF01E0", "9000");
    ASSERT_ANSWER(&fixture, "00CB3FFF00", "E012C00401FF8810C00402FF8810C00403FF88109000");
}

static void test_other_command_drops_the_chain(void **state)
{
    static const char *const others[] = {"0084000008", "00FE0000", "10CB00000100", "00A404", "80CA006600"};
    (void)state;
    fixture_send(&fixture, "00A4040000");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ASSERT_ANSWER(&fixture, "10CB3FFF025C01", "9000");
        fixture_send(&fixture, others[i]);
        ASSERT_ANSWER(&fixture, "00CB3FFF01E000", "6A80");
    }
}

static void test_chain_that_is_too_long_is_dropped(void **state)
{
    uint8_t command[7 + 1024] = {0x10, 0xCB, 0x3F, 0xFF, 0x00, 0x04, 0x00};
    (void)state;
    fixture_send(&fixture, "00A4040000");
    for (size_t i = 0; i < CARD_COMMAND_DATA_MAX / 1024; i++) {
        assert_int_equal(fixture_transmit(&fixture, span_of(command, sizeof command)), SW_OK);
    }
    ASSERT_ANSWER(&fixture, "10CB3FFF0100", "6700");
    ASSERT_ANSWER(&fixture, "00CB3FFF035C01E000", "E012C00401FF8810C00402FF8810C00403FF88109000");
}

static void test_each_chained_command_is_protected_by_itself(void **state)
{
    (void)state;
    fixture_begin_session(&fixture);
    assert_int_equal(fixture_protect(&fixture, "00A4040000"), SW_OK);
    ASSERT_PROTECTED(&fixture, "10CB3FFF025C01", "9000");
    assert_true(fixture.was_protected);
    ASSERT_PROTECTED(&fixture, "00CB3FFF01E000", "E012C00401FF8810C00402FF8810C00403FF88109000");
    // A chain does not go on in plain.
    ASSERT_PROTECTED(&fixture, "10CB3FFF025C01", "9000");
    ASSERT_ANSWER(&fixture, "00CB3FFF01E000", "6A80");
}

// --- Le and GET RESPONSE ---------------------------------------------------------------------------------

static void test_too_small_le_is_told(void **state)
{
    (void)state;
    fixture_send(&fixture, "00A4040000");
    ASSERT_ANSWER(&fixture, "80CA00E001", "6C14");
    ASSERT_ANSWER(&fixture, "80CA00E014", "E012C00401FF8810C00402FF8810C00403FF88109000");
    ASSERT_ANSWER(&fixture, "80CA00E0000001", "6C14");
    fixture_begin_session(&fixture);
    ASSERT_PROTECTED(&fixture, "80CA00E001", "6C14");
    assert_true(fixture.was_protected);
    ASSERT_PROTECTED(&fixture, "80CA00E014", "E012C00401FF8810C00402FF8810C00403FF88109000");
}

static void test_rest_of_an_answer_waits_for_get_response(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00A4040005A00000015105", "6F108408A0610D");
    ASSERT_ANSWER(&fixture, "00C0000001", "00610C");
    ASSERT_ANSWER(&fixture, "80C000000D", "6C0C");
    ASSERT_ANSWER(&fixture, "80C000000C", "000151000000A5049F6501FF9000");
    ASSERT_ANSWER(&fixture, "00C0000000", "6985");
    ASSERT_ANSWER(&fixture, "00A4040005A00000015105", "6F108408A0610D");
    ASSERT_ANSWER(&fixture, "00C0000000", "00000151000000A5049F6501FF9000");
}

static void test_get_response_is_strict(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00C0000000", "6985");
    ASSERT_ANSWER(&fixture, "00C0010000", "6A86");
    ASSERT_ANSWER(&fixture, "00C00000", "6700");
    ASSERT_ANSWER(&fixture, "00A4040005A00000015105", "6F108408A0610D");
    ASSERT_ANSWER(&fixture, "00C0000100", "6A86"); // another command: the rest is gone
    ASSERT_ANSWER(&fixture, "00C0000000", "6985");
}

static void test_get_response_does_not_end_secure_messaging(void **state)
{
    uint8_t bytes[300], protected[64], joined[400];
    struct writer w = writer_of(protected, sizeof protected), all = writer_of(joined, sizeof joined);
    struct writer opened = writer_of(bytes, sizeof bytes);
    const struct apdu_command read = {.ins = 0xB0, .p1 = 0x9D, .ne = APDU_SHORT_LE_MAX};
    (void)state;
    memset(bytes, 0x77, sizeof bytes);
    assert_int_equal(store_write(&fixture.card.store, OBJECT_MF_FILES + 0x1D, span_of(bytes, sizeof bytes)),
                     STORE_OK);
    fixture_begin_session(&fixture);
    assert_true(sm_protect_command(&fixture.session, &read, &w));
    assert_int_equal(fixture_transmit(&fixture, writer_span(&w)), 0x6123); // 291 bytes: DO87, DO99, DO8E
    assert_int_equal(fixture.data.n, 256);
    writer_put(&all, fixture.data);
    assert_int_equal(fixture_send(&fixture, "00C0000023"), SW_OK);
    writer_put(&all, fixture.data);
    uint16_t status;
    assert_int_equal(sm_open_response(&fixture.session, writer_span(&all), &opened, &status), SM_OK);
    assert_int_equal(status, SW_OK);
    assert_int_equal(opened.n, 256);
    assert_int_equal(fixture_protect(&fixture, "00B0810000"), SW_OK);
    assert_true(fixture.was_protected);
}

static void test_protected_answer_needs_no_le(void **state)
{
    uint8_t protected[64];
    struct writer w = writer_of(protected, sizeof protected);
    const struct apdu_command read = {.ins = 0xB0, .p1 = 0x81, .ne = APDU_SHORT_LE_MAX};
    (void)state;
    fixture_begin_session(&fixture);
    assert_true(sm_protect_command(&fixture.session, &read, &w));
    assert_int_equal(fixture_transmit(&fixture, span_of(protected, w.n - 1)), SW_OK);
    struct writer opened = writer_of(fixture.plain, sizeof fixture.plain);
    uint16_t status;
    assert_int_equal(sm_open_response(&fixture.session, fixture.data, &opened, &status), SM_OK);
}

static void test_challenges_differ(void **state)
{
    uint8_t first[8];
    (void)state;
    assert_int_equal(fixture_send(&fixture, "0084000008"), SW_OK);
    assert_int_equal(fixture.data.n, 8);
    memcpy(first, fixture.data.p, 8);
    assert_int_equal(fixture_send(&fixture, "0084000008"), SW_OK);
    assert_memory_not_equal(first, fixture.data.p, 8);
    fixture_send(&fixture, "0084000010");
    assert_int_equal(fixture.data.n, 16);
    fixture_send(&fixture, "0084000000");
    assert_int_equal(fixture.data.n, 8);
    fixture_send(&fixture, "0084000000FFFF");
    assert_int_equal(fixture.data.n, 256);
}

static void test_failing_random_source_gives_no_challenge(void **state)
{
    (void)state;
    fixture.random_calls = 0;
    ASSERT_ANSWER(&fixture, "0084000008", "6400");
}

// --- Observer --------------------------------------------------------------------------------------------

struct seen {
    const struct command_row *row;
    uint8_t ins;
    uint16_t status;
    size_t n;
};

static void see_command(void *context, const struct command_row *row, const struct apdu_command *plain)
{
    *(struct seen *)context = (struct seen){.row = row, .ins = plain->ins};
}

static void see_response(void *context, struct span data, uint16_t status)
{
    struct seen *seen = context;
    seen->status = status;
    seen->n = data.n;
}

static void test_observer_sees_what_secure_messaging_hides(void **state)
{
    struct seen seen = {0};
    (void)state;
    fixture.card.port.observer = (struct card_observer){see_command, see_response, &seen};
    fixture_begin_session(&fixture);
    assert_int_equal(fixture_protect(&fixture, "00B0810000"), SW_OK);
    assert_string_equal(seen.row->name, "READ BINARY");
    assert_int_equal(seen.n, 16);
    assert_int_equal(fixture_protect(&fixture, "00FE0000"), SW_INS_NOT_SUPPORTED);
    assert_null(seen.row);
    assert_int_equal(seen.ins, 0xFE);
    assert_int_equal(seen.status, SW_INS_NOT_SUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_bytes_that_are_no_command_are_answered, start, stop),
        cmocka_unit_test_setup_teardown(test_data_field_longer_than_the_buffers_is_refused, start, stop),
        cmocka_unit_test(test_card_that_is_off_does_not_answer),
        cmocka_unit_test_setup_teardown(test_unknown_instructions_and_classes_are_told_apart, start, stop),
        cmocka_unit_test_setup_teardown(test_logical_channels_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_unusable_secure_messaging_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_every_error_is_answered_under_secure_messaging, start, stop),
        cmocka_unit_test_setup_teardown(test_plain_command_ends_the_session, start, stop),
        cmocka_unit_test_setup_teardown(test_error_in_the_objects_ends_the_session, start, stop),
        cmocka_unit_test_setup_teardown(test_replayed_command_ends_the_session, start, stop),
        cmocka_unit_test_setup_teardown(test_new_session_takes_over_after_the_answer, start, stop),
        cmocka_unit_test_setup_teardown(test_reset_forgets_everything, start, stop),
        cmocka_unit_test_setup_teardown(test_plain_command_leaves_scp03_alone, start, stop),
        cmocka_unit_test_setup_teardown(test_chained_data_is_joined, start, stop),
        cmocka_unit_test_setup_teardown(test_other_command_drops_the_chain, start, stop),
        cmocka_unit_test_setup_teardown(test_chain_that_is_too_long_is_dropped, start, stop),
        cmocka_unit_test_setup_teardown(test_each_chained_command_is_protected_by_itself, start, stop),
        cmocka_unit_test_setup_teardown(test_too_small_le_is_told, start, stop),
        cmocka_unit_test_setup_teardown(test_rest_of_an_answer_waits_for_get_response, start, stop),
        cmocka_unit_test_setup_teardown(test_get_response_is_strict, start, stop),
        cmocka_unit_test_setup_teardown(test_get_response_does_not_end_secure_messaging, start, stop),
        cmocka_unit_test_setup_teardown(test_protected_answer_needs_no_le, start, stop),
        cmocka_unit_test_setup_teardown(test_challenges_differ, start, stop),
        cmocka_unit_test_setup_teardown(test_failing_random_source_gives_no_challenge, start, stop),
        cmocka_unit_test_setup_teardown(test_observer_sees_what_secure_messaging_hides, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
