// What stands between the steps of a protocol, and what an answer that failed leaves (9303-11 §4.4.4,
// §6.2.4).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "tests/apdu/document.h"
#include "tests/apdu/terminal.h"

static struct card_fixture fixture;
static struct terminal terminal;
static struct document document;

static const struct pace_protocol *const gm = &document_protocols[DOCUMENT_GM];

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    document_personalize(&fixture, &document_usual, &document);
    terminal_start(&terminal, &fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    sm_end(&terminal.sm);
    sm_end(&terminal.next);
    fixture_stop(&fixture);
    return 0;
}

static struct span put_dynamic_data(struct writer *w, uint32_t tag, struct span value)
{
    const size_t opened = tlv_open(w, 0x7C);
    tlv_put(w, tag, value);
    tlv_close(w, opened);
    return writer_span(w);
}

// An error word tells the terminal that the protocol has failed, so its old session must go on.
static void test_chip_authentication_with_too_short_le_changes_nothing(void **state)
{
    uint8_t bytes[100];
    struct writer w = writer_of(bytes, sizeof bytes);
    (void)state;
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    assert_int_equal(
        terminal_send_hex(&terminal, 0x00, 0x22, 0x41, 0xA4, "800A04007F00070202030202 840101", 0), SW_OK);
    terminal_make_ephemeral(&terminal, CRYPTO_P256);
    const struct span data = put_dynamic_data(&w, 0x80, span_of(terminal.own_point, 65));
    assert_int_equal(terminal_send(&terminal, 0x00, 0x86, 0x00, 0x00, data, 1), SW_WRONG_LE | 2);
    assert_false(terminal.answered_plain);
    assert_false(fixture.card.security.next.active);
    assert_false(fixture.card.security.achieved.chip_authenticated);
    assert_int_equal(terminal_read(&terminal, 0x01, 0, 1), SW_OK);
    assert_false(terminal.answered_plain);
}

static void test_pace_with_too_short_le_changes_nothing(void **state)
{
    uint8_t bytes[20], token[PACE_TOKEN];
    struct writer w = writer_of(bytes, sizeof bytes);
    (void)state;
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_set_at(&terminal, gm, PACE_PASSWORD_PIN), SW_OK);
    assert_int_equal(terminal_nonce(&terminal, span_of(DOCUMENT_PIN, 6)), SW_OK);
    assert_int_equal(terminal_map(&terminal), SW_OK);
    assert_int_equal(terminal_agree(&terminal), SW_OK);
    assert_true(
        pace_start_session(&terminal.next, gm->suite, span_of(terminal.shared, 32), span_of(NULL, 0)));
    assert_true(pace_token(&terminal.next.mac, span_of(terminal.oid, terminal.oid_length),
                           span_of(terminal.chip_point, 65), token));
    const struct span data = put_dynamic_data(&w, 0x85, span_of(token, sizeof token));
    assert_int_equal(terminal_send(&terminal, 0x00, 0x86, 0x00, 0x00, data, 1), SW_WRONG_LE | 12);
    assert_int_equal(fixture.card.security.achieved.password, PACE_PASSWORD_CAN);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    assert_int_equal(terminal_read(&terminal, 0x01, 0, 1), SW_OK);
    assert_false(terminal.answered_plain);
}

// Also what is no command, and what claims a protection that does not exist, is another command.
static void test_anything_else_ends_a_run(void **state)
{
    static const struct {
        const char *command;
        uint16_t status;
    } others[] = {
        {"00", SW_WRONG_LENGTH},
        {"00860000027C", SW_WRONG_LENGTH},
        {"0CB0810000", SW_SM_OBJECTS_INCORRECT},
        {"1C860000027C0000", SW_SM_OBJECTS_INCORRECT},
        {"14860000027C0000", SW_SECURITY_STATUS_NOT_SATISFIED},
        {"84F28002024F0000", SW_SECURITY_STATUS_NOT_SATISFIED},
        {"0084000008", SW_OK},
    };
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(terminal_set_at(&terminal, gm, PACE_PASSWORD_CAN), SW_OK);
        assert_int_equal(terminal_nonce(&terminal, span_of(DOCUMENT_CAN, 6)), SW_OK);
        assert_int_equal(terminal_send_plain(&terminal, others[i].command), others[i].status);
        assert_int_equal(fixture.card.pace.step, PACE_IDLE);
        assert_int_not_equal(terminal_map(&terminal), SW_OK);
    }
}

static void test_objects_given_twice_are_refused(void **state)
{
    static const char *const twice[] = {
        "0022C1A4 11 8000 800A04007F00070202040202 830102",
        "0022C1A4 11 8300 800A04007F00070202040202 830102",
        "0022C1A4 12 800A04007F00070202040202 830102 830102",
        "0022C1A4 15 800A04007F00070202040202 830102 84010C 84010C",
    };
    (void)state;
    for (size_t i = 0; i < sizeof twice / sizeof twice[0]; i++) {
        assert_int_equal(terminal_send_plain(&terminal, twice[i]), SW_WRONG_DATA);
    }
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    assert_int_equal(terminal_send_hex(&terminal, 0x00, 0x22, 0x41, 0xA4, "8000 800A04007F00070202030202", 0),
                     SW_WRONG_DATA);
}

// What the terminal has read, or written, does not outlive its session.
static void test_end_of_session_wipes_the_buffers(void **state)
{
    static const uint8_t zero[CARD_RESPONSE_MAX] = {0};
    (void)state;
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    assert_int_equal(terminal_read(&terminal, 0x02, 0, 200), SW_OK);
    assert_int_equal(terminal_send_plain(&terminal, "00B0010000"), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_memory_equal(fixture.card.response, zero, sizeof fixture.card.response);
    assert_memory_equal(fixture.card.command, zero, sizeof fixture.card.command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_chip_authentication_with_too_short_le_changes_nothing, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_pace_with_too_short_le_changes_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_anything_else_ends_a_run, start, stop),
        cmocka_unit_test_setup_teardown(test_objects_given_twice_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_end_of_session_wipes_the_buffers, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
