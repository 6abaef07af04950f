// Who may change, unblock, activate and deactivate the PIN, and what the new one may be (TR-03110-2 §2.4).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/pin_stage.h"

// --- Who may do what ---------------------------------------------------------------------------------------

struct operation {
    const char *name;
    uint16_t (*run)(struct terminal *terminal);
};

static uint16_t change_pin(struct terminal *t)
{
    return pin_card_change_pin(t, NEW_PIN);
}

static uint16_t change_can(struct terminal *t)
{
    return pin_card_change_can(t, NEW_CAN);
}

enum { CHANGE_PIN, UNBLOCK, CHANGE_CAN, ACTIVATE, DEACTIVATE, OPERATIONS };

static const struct operation operations[OPERATIONS] = {
    {"change PIN", change_pin},      {"unblock", pin_card_unblock},       {"change CAN", change_can},
    {"activate", pin_card_activate}, {"deactivate", pin_card_deactivate},
};

enum terminal_state { NO_TERMINAL, WITHOUT_RIGHT, WITHOUT_CHIP, ALL_OTHER_RIGHTS, OFFICE, TERMINAL_STATES };

static void set_terminal(enum terminal_state kind)
{
    const rights right = right_of(RIGHT_PIN_MANAGEMENT);
    const rights held[TERMINAL_STATES] = {0, 0, right, ~right, right};
    if (kind == NO_TERMINAL) {
        return;
    }
    pin_card_authenticate_terminal(&fixture, held[kind]);
    if (kind == WITHOUT_CHIP) {
        fixture.card.security.achieved.chip_authenticated = false;
    }
}

// The table of pin_management.h once more.
static bool allowed(enum pace_password password, enum terminal_state kind, unsigned operation)
{
    if (kind != NO_TERMINAL) {
        return kind == OFFICE;
    }
    return (password == PACE_PASSWORD_PIN && operation == CHANGE_PIN) ||
           (password == PACE_PASSWORD_PUK && operation == UNBLOCK);
}

static void check_table(bool transport)
{
    spend_tries(2);
    const struct pin_facts before = pin_facts(&fixture);
    struct flash_simulator image;
    flash_simulator_create(&image, FIXTURE_PAGES, 1);
    flash_simulator_copy(&image, &fixture.flash);
    for (unsigned password = PACE_PASSWORD_MRZ; password <= PACE_PASSWORD_PUK; password++) {
        for (unsigned kind = 0; kind < TERMINAL_STATES; kind++) {
            for (unsigned i = 0; i < OPERATIONS; i++) {
                flash_simulator_copy(&fixture.flash, &image);
                power_off();
                begin_session((enum pace_password)password, transport && password == PACE_PASSWORD_PIN);
                set_terminal((enum terminal_state)kind);
                const uint16_t status = operations[i].run(&terminal);
                const bool may = allowed((enum pace_password)password, (enum terminal_state)kind, i);
                const struct pin_facts after = pin_facts(&fixture);
                const bool idle = i == ACTIVATE; // it is so already
                if (status != (may ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED) || terminal.answered_plain ||
                    pin_facts_equal(&before, &after) == (may && !idle)) {
                    fail_msg("password %u, terminal %u, %s: %04X", password, kind, operations[i].name,
                             status);
                }
            }
        }
    }
    flash_simulator_release(&image);
}

static void test_each_session_may_do_what_the_table_says(void **state)
{
    (void)state;
    check_table(false);
}

static void test_each_session_may_do_the_same_with_a_transport_pin(void **state)
{
    (void)state;
    check_table(true);
}

static void test_nothing_is_managed_without_secure_messaging(void **state)
{
    (void)state;
    const struct pin_facts before = pin_facts(&fixture);
    for (unsigned i = 0; i < OPERATIONS; i++) {
        assert_int_equal(operations[i].run(&terminal), SW_SECURITY_STATUS_NOT_SATISFIED);
        begin_session(PACE_PASSWORD_PIN, false); // … nor by a plain command that ends a session
        pin_card_authenticate_terminal(&fixture, right_of(RIGHT_PIN_MANAGEMENT));
        sm_end(&terminal.sm);
        assert_int_equal(operations[i].run(&terminal), SW_SECURITY_STATUS_NOT_SATISFIED);
        assert_false(fixture.card.security.sm.active);
    }
    assert_int_equal(pin_card_status(&terminal), SW_SECURITY_STATUS_NOT_SATISFIED);
    const struct pin_facts after = pin_facts(&fixture);
    assert_true(pin_facts_equal(&before, &after));
}

static void test_other_references_than_pin_and_can_are_refused(void **state)
{
    (void)state;
    be_office();
    static const uint8_t references[] = {0x00, 0x01, 0x04, 0x05, 0x83};
    for (size_t i = 0; i < sizeof references; i++) {
        const struct span digits = span_of(NEW_PIN, 6);
        assert_int_equal(terminal_send(&terminal, 0x00, 0x2C, 0x02, references[i], digits, 0),
                         SW_WRONG_P1_P2);
        assert_int_equal(terminal_send(&terminal, 0x00, 0x2C, 0x03, references[i], span_of(NULL, 0), 0),
                         SW_WRONG_P1_P2);
    }
    assert_int_equal(terminal_send(&terminal, 0x00, 0x2C, 0x03, 0x02, span_of(NULL, 0), 0), SW_WRONG_P1_P2);
    assert_int_equal(terminal_send(&terminal, 0x00, 0x04, 0x10, 0x02, span_of(NULL, 0), 0), SW_WRONG_P1_P2);
    assert_int_equal(terminal_send(&terminal, 0x00, 0x44, 0x00, 0x00, span_of(NULL, 0), 0), SW_WRONG_P1_P2);
}

static void test_card_without_a_pin_has_none_to_manage(void **state)
{
    (void)state;
    assert_int_equal(store_delete(&fixture.card.store, OBJECT_PASSWORD + PACE_PASSWORD_PIN), STORE_OK);
    be_office();
    for (unsigned i = 0; i < OPERATIONS; i++) {
        if (i != CHANGE_CAN) {
            assert_int_equal(operations[i].run(&terminal), SW_REFERENCED_DATA_NOT_FOUND);
        }
    }
    assert_int_equal(pin_card_status(&terminal), SW_REFERENCED_DATA_NOT_FOUND);
}

// --- The new PIN -------------------------------------------------------------------------------------------

static void test_new_pin_has_digits_only_and_enough_of_them(void **state)
{
    (void)state;
    static const struct {
        const char *characters;
        uint16_t status;
    } cases[] = {
        {"27182", SW_WRONG_DATA},  {"27182a", SW_WRONG_DATA},   {"27182 ", SW_WRONG_DATA},
        {"/71828", SW_WRONG_DATA}, {":71828", SW_WRONG_DATA},   {"27182818284590452", SW_WRONG_DATA},
        {"271828", SW_OK},         {"2718281828459045", SW_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        power_off();
        begin_session(PACE_PASSWORD_PIN, false);
        const struct pin_facts before = pin_facts(&fixture);
        assert_int_equal(pin_card_change_pin(&terminal, cases[i].characters), cases[i].status);
        assert_string_equal(pin_facts(&fixture).pin,
                            cases[i].status == SW_OK ? cases[i].characters : before.pin);
    }
}

static void test_new_pin_has_as_many_digits_as_the_profile_wants(void **state)
{
    (void)state;
    struct document_profile profile = document_usual;
    profile.pin_digits = 4;
    fixture_stop(&fixture);
    start_as(&profile);
    begin_session(PACE_PASSWORD_PIN, false);
    assert_int_equal(pin_card_change_pin(&terminal, "271"), SW_WRONG_DATA);
    assert_int_equal(pin_card_change_pin(&terminal, "2718"), SW_OK);
    assert_string_equal(pin_facts(&fixture).pin, "2718");
}

static void test_can_keeps_its_own_rule(void **state)
{
    (void)state;
    be_office();
    assert_int_equal(pin_card_change_can(&terminal, "31415"), SW_WRONG_DATA);
    assert_int_equal(pin_card_change_can(&terminal, "31415x"), SW_WRONG_DATA);
    assert_string_equal(pin_facts(&fixture).can, DOCUMENT_CAN);
    assert_int_equal(pin_card_change_can(&terminal, "31415926"), SW_OK);
    assert_string_equal(pin_facts(&fixture).can, "31415926");
}

static void test_new_can_begins_without_failures(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_CAN, WRONG_PIN), SW_AUTHENTICATION_FAILED);
    assert_int_equal(pin_facts(&fixture).can_failures, 1);
    begin_session(PACE_PASSWORD_PIN, false);
    pin_card_authenticate_terminal(&fixture, right_of(RIGHT_PIN_MANAGEMENT));
    assert_int_equal(pin_card_change_can(&terminal, NEW_CAN), SW_OK);
    assert_int_equal(pin_facts(&fixture).can_failures, 0);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_AUTHENTICATION_FAILED);
}

static void test_change_restores_the_tries(void **state)
{
    (void)state;
    spend_tries(0);
    be_office();
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    assert_int_equal(pin_facts(&fixture).tries, 3);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, NEW_PIN), SW_OK);
}

static void test_refused_change_restores_nothing(void **state)
{
    (void)state;
    spend_tries(1);
    be_office();
    assert_int_equal(pin_card_change_pin(&terminal, "27182"), SW_WRONG_DATA);
    assert_int_equal(pin_facts(&fixture).tries, 1);
    assert_false(store_in_transaction(&fixture.card.store));
}

static void test_replaced_pin_and_can_are_erased_from_flash(void **state)
{
    (void)state;
    static const char pins[][17] = {"4711081547110815", "1618033988749894", "1414213562373095"};
    begin_session(PACE_PASSWORD_PIN, false);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pin_card_change_pin(&terminal, pins[i]), SW_OK);
        assert_true(flash_simulator_contains(&fixture.flash, span_of(pins[i], 16)));
        assert_true(i == 0 || !flash_simulator_contains(&fixture.flash, span_of(pins[i - 1], 16)));
    }
    pin_card_authenticate_terminal(&fixture, right_of(RIGHT_PIN_MANAGEMENT));
    assert_int_equal(pin_card_change_can(&terminal, pins[2]), SW_OK);
    assert_int_equal(pin_card_change_can(&terminal, NEW_CAN), SW_OK);
    assert_false(flash_simulator_contains(&fixture.flash, span_of(pins[2], 16)));
}

static bool in_memory(const char *digits)
{
    const uint8_t *bytes = (const uint8_t *)&fixture.card;
    const size_t n = strlen(digits);
    for (size_t i = 0; i + n <= sizeof fixture.card; i++) {
        if (memcmp(bytes + i, digits, n) == 0) {
            return true;
        }
    }
    return false;
}

static void test_no_pin_stays_in_memory(void **state)
{
    (void)state;
    static const char *const pins[] = {"4711081547110815", "1618033988749894", "3141592653589x"};
    for (size_t i = 0; i < sizeof pins / sizeof pins[0]; i++) {
        power_off();
        begin_session(PACE_PASSWORD_PIN, false);
        assert_int_equal(pin_card_change_pin(&terminal, pins[i]), i < 2 ? SW_OK : SW_WRONG_DATA);
        assert_false(in_memory(pins[i]));
    }
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, pins[1]), SW_OK);
    assert_false(in_memory(pins[1]));
}

static void test_session_goes_on_after_the_change(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    assert_int_equal(terminal_read(&terminal, 0x1D, 0, 5), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, DOCUMENT_PIN), SW_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HELD(test_each_session_may_do_what_the_table_says),
        TRANSPORT(test_each_session_may_do_the_same_with_a_transport_pin),
        HELD(test_nothing_is_managed_without_secure_messaging),
        HELD(test_other_references_than_pin_and_can_are_refused),
        HELD(test_card_without_a_pin_has_none_to_manage),
        HELD(test_new_pin_has_digits_only_and_enough_of_them),
        HELD(test_new_pin_has_as_many_digits_as_the_profile_wants),
        HELD(test_can_keeps_its_own_rule),
        HELD(test_new_can_begins_without_failures),
        HELD(test_change_restores_the_tries),
        HELD(test_refused_change_restores_nothing),
        HELD(test_replaced_pin_and_can_are_erased_from_flash),
        HELD(test_no_pin_stays_in_memory),
        HELD(test_session_goes_on_after_the_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
