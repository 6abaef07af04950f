// A transport PIN opens nothing but its change (TR-03110-2 §2.4).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/mf.h"
#include "card/core/pin_management.h"
#include "card/wire/personalization.h"
#include "tests/apdu/pin_stage.h"

// EF.CardSecurity, a data group, Chip Authentication: whatever PACE opens.
static void assert_opens(bool opens)
{
    static const uint8_t emrtd[] = {0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01};
    const uint16_t expected = opens ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED;
    assert_int_equal(terminal_read(&terminal, 0x1D, 0, 5), expected);
    assert_int_equal(terminal_select(&terminal, span_of(emrtd, sizeof emrtd)), SW_OK);
    assert_int_equal(terminal_read(&terminal, 0x01, 0, 5), expected);
    assert_int_equal(terminal_send_hex(&terminal, 0x00, 0x88, 0, 0, "0102030405060708", LE_ALL), expected);
    assert_int_equal(
        terminal_send_hex(&terminal, 0x00, 0x22, 0x41, 0xA4, "800A04007F00070202030202 840101", 0), expected);
}

static void test_transport_pin_opens_nothing_but_its_change(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_opens(false);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    assert_opens(false); // that takes the new PIN
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, NEW_PIN), SW_OK);
    assert_opens(true);
    assert_false(pin_facts(&fixture).transport);
}

// What a session with the PUK or a transport PIN meets in the whole command table and among all files: what
// everybody has, and PIN management, whose handlers look for themselves.
static void assert_opens_nothing_else(void)
{
    struct security_status *security = &fixture.card.security;
    security->command_protected = true;
    for (size_t i = 0; i < command_count; i++) {
        const struct command_row *row = &command_table[i];
        const bool manages = row->handler == change_pin_handler || row->handler == unblock_pin_handler ||
                             row->handler == change_can_handler || row->handler == activate_pin_handler ||
                             row->handler == deactivate_pin_handler || row->handler == get_pin_status_handler;
        if (row->condition != SECURITY_ALWAYS && security_satisfied(security, row->condition) != manages) {
            fail_msg("%s", row->name);
        }
    }
    for (size_t i = 0; i < applet_count; i++) {
        for (size_t j = 0; j < applet_table[i]->file_count; j++) {
            const struct file_row *file = &applet_table[i]->files[j];
            assert_true(file->read == SECURITY_ALWAYS || !security_satisfied(security, file->read));
        }
    }
}

static void test_puk_and_transport_pin_open_no_other_command_and_no_file(void **state)
{
    (void)state;
    begin_session(PACE_PASSWORD_PUK, false);
    assert_opens_nothing_else();
    begin_session(PACE_PASSWORD_PIN, true);
    assert_opens_nothing_else();
}

static void test_transport_pin_cannot_be_chosen_again(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, DOCUMENT_PIN), SW_WRONG_DATA);
    assert_true(pin_facts(&fixture).transport);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK); // now it is the holder's own
}

static void test_beginning_of_the_transport_pin_may_be_chosen(void **state)
{
    (void)state;
    struct document_profile profile = document_usual;
    profile.transport_pin = true;
    profile.pin_digits = 4;
    fixture_stop(&fixture);
    start_as(&profile);
    char beginning[] = DOCUMENT_PIN;
    beginning[4] = '\0';
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, beginning), SW_OK);
    assert_string_equal(pin_facts(&fixture).pin, beginning);
    assert_false(pin_facts(&fixture).transport);
}

static void test_can_opens_the_card_before_the_pin_is_chosen(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
    assert_opens(true);
}

// The session of a transport PIN is left by another run of PACE, not extended.
static void test_can_after_the_transport_pin_opens_the_card(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
    assert_opens(true);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_opens(false);
}

static void test_transport_pin_is_suspended_blocked_and_unblocked_as_any_pin(void **state)
{
    (void)state;
    spend_tries(0);
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_AUTHENTICATION_METHOD_BLOCKED);
    assert_int_equal(pace(PACE_PASSWORD_PUK, DOCUMENT_PUK), SW_OK);
    assert_int_equal(pin_card_unblock(&terminal), SW_OK);
    assert_true(pin_facts(&fixture).transport);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_opens(false);
}

static void test_office_sets_the_holders_own_pin(void **state)
{
    (void)state;
    be_office();
    assert_int_equal(pin_card_change_pin(&terminal, DOCUMENT_PIN), SW_OK); // it does not learn which it was
    assert_false(pin_facts(&fixture).transport);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_opens(true);
}

static void test_pin_status_tells_a_transport_pin(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
    assert_int_equal(pin_card_status(&terminal), SW_TRANSPORT_PIN);
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_int_equal(pin_card_status(&terminal), SW_TRANSPORT_PIN);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    assert_int_equal(pin_card_status(&terminal), SW_OK);
}

// Nothing in MSE:Set AT says whether a card has been used yet.
static void test_transport_pin_does_not_show_before_pace(void **state)
{
    (void)state;
    assert_int_equal(terminal_set_at(&terminal, &document_protocols[DOCUMENT_GM], PACE_PASSWORD_PIN), SW_OK);
}

static void test_personalization_takes_only_what_it_means(void **state)
{
    (void)state;
    static const struct {
        uint16_t identifier;
        const char *content;
        size_t n;
    } refused[] = {
        {DGI_TRANSPORT_PIN, "\x00", 1}, {DGI_TRANSPORT_PIN, "\x02", 1}, {DGI_TRANSPORT_PIN, "\x01\x01", 2},
        {DGI_TRANSPORT_PIN, "", 0},     {DGI_PIN_DIGITS, "\x03", 1},    {DGI_PIN_DIGITS, "\x11", 1},
        {DGI_PIN_DIGITS, "", 0},        {DGI_PIN_DIGITS, "\x06\x06", 2}};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(document_put(&fixture, &mf_applet, refused[i].identifier,
                                      span_of(refused[i].content, refused[i].n), NULL),
                         SW_WRONG_DATA);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRANSPORT(test_transport_pin_opens_nothing_but_its_change),
        TRANSPORT(test_puk_and_transport_pin_open_no_other_command_and_no_file),
        TRANSPORT(test_transport_pin_cannot_be_chosen_again),
        TRANSPORT(test_beginning_of_the_transport_pin_may_be_chosen),
        TRANSPORT(test_can_opens_the_card_before_the_pin_is_chosen),
        TRANSPORT(test_can_after_the_transport_pin_opens_the_card),
        TRANSPORT(test_transport_pin_is_suspended_blocked_and_unblocked_as_any_pin),
        TRANSPORT(test_office_sets_the_holders_own_pin),
        TRANSPORT(test_pin_status_tells_a_transport_pin),
        TRANSPORT(test_transport_pin_does_not_show_before_pace),
        HELD(test_personalization_takes_only_what_it_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
