// Who may change, unblock, activate and deactivate the PIN, and what that does (TR-03110-2 §2.4).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/pin_management.h"

#include "card/apps/mf.h"
#include "card/wire/personalization.h"
#include "tests/apdu/pin_card.h"
#include "tests/unit/unit.h"

#define NEW_PIN "271828"
#define WRONG_PIN "000000"
#define NEW_CAN "314159"

static struct card_fixture fixture;
static struct terminal terminal;
static struct document document;

static void start_as(const struct document_profile *profile)
{
    fixture_start(&fixture);
    document_personalize(&fixture, profile, &document);
    terminal_start(&terminal, &fixture);
}

static int start(void **state)
{
    (void)state;
    start_as(&document_usual);
    return 0;
}

static int start_transport(void **state)
{
    (void)state;
    struct document_profile profile = document_usual;
    profile.transport_pin = true;
    start_as(&profile);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static void power_off(void)
{
    fixture_power_cycle(&fixture);
    terminal_start(&terminal, &fixture);
    fixture.delay = 0;
}

static uint16_t pace(enum pace_password password, const char *digits)
{
    return pin_card_pace(&terminal, password, digits);
}

static void spend_tries(unsigned left)
{
    while (pin_facts(&fixture).tries > left) {
        if (pin_facts(&fixture).tries == PIN_TRIES_SUSPENDED) {
            assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
        }
        const uint8_t before = pin_facts(&fixture).tries;
        assert_int_equal(pace(PACE_PASSWORD_PIN, WRONG_PIN), SW_RETRIES_LEFT | (before - 1));
        power_off();
    }
}

static void be_office(void)
{
    assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
    pin_card_authenticate_terminal(&fixture, right_of(RIGHT_PIN_MANAGEMENT));
}

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

static void begin_session(enum pace_password password, bool transport)
{
    fixture_begin_session(&fixture);
    sm_move(&terminal.sm, &fixture.session);
    fixture.card.security.achieved.password = password;
    fixture.card.security.achieved.transport_pin = transport;
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

// --- Transport PIN -----------------------------------------------------------------------------------------

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

// --- Tries, and the PUK's uses -----------------------------------------------------------------------------

static void test_pin_status_tells_the_tries(void **state)
{
    (void)state;
    for (unsigned left = 3; left-- > 0;) {
        spend_tries(left);
        assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
        assert_int_equal(pin_card_status(&terminal), SW_RETRIES_LEFT | left);
        power_off();
    }
}

static void test_puk_unblocks_ten_times(void **state)
{
    (void)state;
    for (unsigned left = PIN_RESETS; left > 0; left--) {
        spend_tries(2);
        assert_int_equal(pin_facts(&fixture).resets, left);
        begin_session(PACE_PASSWORD_PUK, false);
        assert_int_equal(pin_card_unblock(&terminal), SW_OK);
        assert_int_equal(pin_facts(&fixture).resets, left - 1);
        assert_int_equal(pin_facts(&fixture).tries, 3);
        assert_int_equal(pin_card_unblock(&terminal), SW_OK); // nothing to do, nothing to pay
        assert_int_equal(pin_facts(&fixture).resets, left - 1);
        power_off();
    }
    spend_tries(0);
    begin_session(PACE_PASSWORD_PUK, false);
    assert_int_equal(pin_card_unblock(&terminal), SW_AUTHENTICATION_METHOD_BLOCKED);
    assert_int_equal(pin_facts(&fixture).tries, 0);
}

static void test_office_unblocks_without_the_puk_and_restores_its_uses_with_a_new_pin(void **state)
{
    (void)state;
    const uint8_t none = 0;
    assert_int_equal(store_write(&fixture.card.store, OBJECT_PIN_RESETS, span_of(&none, 1)), STORE_OK);
    spend_tries(0);
    be_office();
    assert_int_equal(pin_card_unblock(&terminal), SW_OK);
    assert_int_equal(pin_facts(&fixture).tries, 3);
    assert_int_equal(pin_facts(&fixture).resets, 0);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    assert_int_equal(pin_facts(&fixture).resets, PIN_RESETS);
}

static void test_holder_who_changes_the_pin_does_not_restore_the_puks_uses(void **state)
{
    (void)state;
    spend_tries(2);
    begin_session(PACE_PASSWORD_PUK, false);
    assert_int_equal(pin_card_unblock(&terminal), SW_OK);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    assert_int_equal(pin_facts(&fixture).resets, PIN_RESETS - 1);
}

static void test_suspended_pin_is_unblocked_too(void **state)
{
    (void)state;
    spend_tries(1);
    assert_int_equal(pace(PACE_PASSWORD_PUK, DOCUMENT_PUK), SW_OK);
    assert_int_equal(pin_card_unblock(&terminal), SW_OK);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
}

// --- Deactivation ------------------------------------------------------------------------------------------

static void test_deactivated_pin_is_not_tried(void **state)
{
    (void)state;
    be_office();
    assert_int_equal(pin_card_deactivate(&terminal), SW_OK);
    assert_int_equal(pin_card_status(&terminal), SW_FILE_DEACTIVATED);
    assert_int_equal(pin_card_deactivate(&terminal), SW_OK);
    power_off();
    assert_int_equal(terminal_set_at(&terminal, &document_protocols[DOCUMENT_GM], PACE_PASSWORD_PIN),
                     SW_FILE_DEACTIVATED);
    assert_int_equal(terminal_nonce(&terminal, span_of(DOCUMENT_PIN, 6)), SW_REFERENCE_DATA_NOT_USABLE);
    assert_int_equal(pin_facts(&fixture).tries, 3);
}

static void test_activated_pin_works_again_with_the_tries_it_had(void **state)
{
    (void)state;
    spend_tries(2);
    be_office();
    assert_int_equal(pin_card_deactivate(&terminal), SW_OK);
    power_off();
    be_office();
    assert_int_equal(pin_card_activate(&terminal), SW_OK);
    assert_int_equal(pin_card_activate(&terminal), SW_OK);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, WRONG_PIN), SW_RETRIES_LEFT | 1);
}

static void test_state_that_the_pin_has_already_costs_the_flash_nothing(void **state)
{
    (void)state;
    be_office();
    for (int activated = 1; activated >= 0; activated--) {
        uint16_t (*const again)(struct terminal *t) =
            activated == 1 ? pin_card_activate : pin_card_deactivate;
        assert_int_equal(again(&terminal), SW_OK);
        flash_simulator_count_from_zero(&fixture.flash);
        assert_int_equal(again(&terminal), SW_OK);
        assert_int_equal(flash_simulator_steps(&fixture.flash), 0);
    }
}

static void test_deactivated_pin_stays_so_when_it_is_changed_or_unblocked(void **state)
{
    (void)state;
    spend_tries(1);
    be_office();
    assert_int_equal(pin_card_deactivate(&terminal), SW_OK);
    assert_int_equal(pin_card_unblock(&terminal), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    const struct pin_facts facts = pin_facts(&fixture);
    assert_int_equal(facts.tries, 3);
    assert_true(facts.deactivated);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, NEW_PIN), SW_FILE_DEACTIVATED);
}

static void test_deactivation_leaves_the_other_passwords_alone(void **state)
{
    (void)state;
    be_office();
    assert_int_equal(pin_card_deactivate(&terminal), SW_OK);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
    assert_int_equal(terminal_read(&terminal, 0x1D, 0, 5), SW_OK);
}

// What the store cannot tell is closed: a PIN counts as a transport PIN and as deactivated.
static void test_failing_store_opens_nothing(void **state)
{
    (void)state;
    begin_session(PACE_PASSWORD_PIN, false);
    fixture.flash.powered = false;
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN) & 0x9000, 0);
    assert_true(flash_simulator_power_on(&fixture.flash));
    power_off();
    assert_string_equal(pin_facts(&fixture).pin, DOCUMENT_PIN);
}

int main(void)
{
#define HELD(test) cmocka_unit_test_setup_teardown(test, start, stop)
#define TRANSPORT(test) cmocka_unit_test_setup_teardown(test, start_transport, stop)
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
        HELD(test_pin_status_tells_the_tries),
        HELD(test_puk_unblocks_ten_times),
        HELD(test_office_unblocks_without_the_puk_and_restores_its_uses_with_a_new_pin),
        HELD(test_holder_who_changes_the_pin_does_not_restore_the_puks_uses),
        HELD(test_suspended_pin_is_unblocked_too),
        HELD(test_deactivated_pin_is_not_tried),
        HELD(test_activated_pin_works_again_with_the_tries_it_had),
        HELD(test_state_that_the_pin_has_already_costs_the_flash_nothing),
        HELD(test_deactivated_pin_stays_so_when_it_is_changed_or_unblocked),
        HELD(test_deactivation_leaves_the_other_passwords_alone),
        HELD(test_failing_store_opens_nothing),
    };
#undef HELD
#undef TRANSPORT
    return cmocka_run_group_tests(tests, NULL, NULL);
}
