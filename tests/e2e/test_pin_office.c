// An office terminal manages PIN and CAN of a card in this process, after Terminal and Chip Authentication;
// others, and the holder's password alone, do not (TR-03110-2 §2.4.2).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/pin_card.h"
#include "tests/e2e/eid_card.h"
#include <jumin/pin.h>

#define NEW_PIN "271828"
#define NEW_CAN "314159"
#define OFFICE_RIGHTS (right_of(RIGHT_PIN_MANAGEMENT) | right_of(RIGHT_CAN_ALLOWED))

static struct eid_card *card;
static struct jumin_terminal *terminal;
static struct jumin_reader *reader;
static struct jumin_eid *eid;

static int start(void **state)
{
    (void)state;
    card = eid_card_new(3);
    return 0;
}

static void close_session(void)
{
    jumin_eid_free(eid);
    jumin_reader_free(reader);
    jumin_terminal_free(terminal);
    eid = NULL;
    reader = NULL;
    terminal = NULL;
}

static int stop(void **state)
{
    (void)state;
    close_session();
    eid_card_free(card);
    return 0;
}

static struct pin_facts facts(void)
{
    return pin_facts(&card->issued.fixture);
}

static void open_session(rights granted, enum jumin_password password)
{
    terminal = eid_card_terminal(card, &card->chain, granted);
    reader = eid_card_reader(card, password);
    eid = eid_card_open(card, reader, terminal);
}

static void set_byte(uint16_t object, uint8_t byte)
{
    assert_int_equal(store_write(&card->issued.fixture.card.store, object, span_of(&byte, 1)), STORE_OK);
}

static enum jumin_error read_with_pin(const char *pin)
{
    struct jumin_reader *holder = eid_card_reader(card, JUMIN_PASSWORD_PIN);
    struct jumin_document *document = NULL;
    assert_int_equal(jumin_reader_set_password(holder, JUMIN_PASSWORD_PIN, pin), JUMIN_OK);
    const enum jumin_error error = jumin_reader_read(holder, &document);
    jumin_document_free(document);
    jumin_reader_free(holder);
    return error;
}

static void test_office_sets_a_pin_that_nobody_remembers(void **state)
{
    (void)state;
    set_byte(OBJECT_TRIES + PACE_PASSWORD_PIN, 0); // blocked, too
    set_byte(OBJECT_PIN_RESETS, 0);
    open_session(OFFICE_RIGHTS, JUMIN_PASSWORD_CAN);
    assert_int_equal(jumin_eid_set_pin(eid, NEW_PIN), JUMIN_OK);
    const struct pin_facts now = facts();
    assert_string_equal(now.pin, NEW_PIN);
    assert_int_equal(now.tries, 3);
    assert_int_equal(now.resets, PIN_RESETS);
    close_session();
    assert_int_equal(read_with_pin(NEW_PIN), JUMIN_OK);
    assert_int_equal(read_with_pin(DOCUMENT_PIN), JUMIN_ERROR_WRONG_PASSWORD);
}

// EAC2_ISO7816_P_15 and P_17 with all protocols run.
static void test_office_manages_in_the_holders_presence(void **state)
{
    (void)state;
    open_session(OFFICE_RIGHTS, JUMIN_PASSWORD_PIN);
    assert_int_equal(jumin_eid_set_pin(eid, NEW_PIN), JUMIN_OK);
    assert_int_equal(jumin_eid_set_can(eid, NEW_CAN), JUMIN_OK);
    assert_string_equal(facts().pin, NEW_PIN);
    assert_string_equal(facts().can, NEW_CAN);
}

static void test_office_unblocks_and_leaves_the_pin(void **state)
{
    (void)state;
    set_byte(OBJECT_TRIES + PACE_PASSWORD_PIN, 0);
    open_session(OFFICE_RIGHTS, JUMIN_PASSWORD_CAN);
    assert_int_equal(jumin_eid_set_pin(eid, NULL), JUMIN_OK);
    close_session();
    assert_int_equal(read_with_pin(DOCUMENT_PIN), JUMIN_OK);
}

static void test_office_changes_the_can(void **state)
{
    (void)state;
    open_session(OFFICE_RIGHTS, JUMIN_PASSWORD_CAN);
    assert_int_equal(jumin_eid_set_can(eid, "31415"), JUMIN_ERROR_NEW_PASSWORD);
    assert_int_equal(jumin_eid_set_can(eid, NEW_CAN), JUMIN_OK);
    assert_string_equal(facts().can, NEW_CAN);
    close_session();
    terminal = eid_card_terminal(card, &card->chain, OFFICE_RIGHTS);
    reader = eid_card_reader(card, JUMIN_PASSWORD_CAN); // the old one
    const struct jumin_eid_request request = eid_card_request(card, terminal);
    assert_int_equal(jumin_eid_open(&eid, reader, &request), JUMIN_ERROR_WRONG_PASSWORD);
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, NEW_CAN), JUMIN_OK);
    assert_int_equal(jumin_eid_open(&eid, reader, &request), JUMIN_OK);
}

static void test_office_deactivates_and_activates(void **state)
{
    (void)state;
    open_session(OFFICE_RIGHTS, JUMIN_PASSWORD_CAN);
    assert_int_equal(jumin_eid_activate_pin(eid, false), JUMIN_OK);
    close_session();
    assert_int_equal(read_with_pin(DOCUMENT_PIN), JUMIN_ERROR_PASSWORD_DEACTIVATED);
    open_session(OFFICE_RIGHTS, JUMIN_PASSWORD_CAN);
    assert_int_equal(jumin_eid_activate_pin(eid, true), JUMIN_OK);
    close_session();
    assert_int_equal(read_with_pin(DOCUMENT_PIN), JUMIN_OK);
}

static void test_new_pin_too_short_changes_nothing_and_the_session_goes_on(void **state)
{
    (void)state;
    open_session(OFFICE_RIGHTS, JUMIN_PASSWORD_CAN);
    const struct pin_facts before = facts();
    assert_int_equal(jumin_eid_set_pin(eid, "12345"), JUMIN_ERROR_NEW_PASSWORD);
    assert_int_equal(jumin_eid_set_pin(eid, "12345x"), JUMIN_ERROR_NEW_PASSWORD);
    const struct pin_facts after = facts();
    assert_true(pin_facts_equal(&before, &after));
    assert_int_equal(jumin_eid_set_pin(eid, NEW_PIN), JUMIN_OK);
}

static void test_terminal_without_the_right_manages_nothing(void **state)
{
    (void)state;
    open_session(rights_of_type(TERMINAL_AUTHENTICATION) & ~right_of(RIGHT_PIN_MANAGEMENT),
                 JUMIN_PASSWORD_PIN);
    const struct pin_facts before = facts();
    assert_int_equal(jumin_eid_set_pin(eid, NEW_PIN), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(jumin_eid_set_pin(eid, NULL), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(jumin_eid_set_can(eid, NEW_CAN), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(jumin_eid_activate_pin(eid, false), JUMIN_ERROR_NOT_AUTHORIZED);
    const struct pin_facts after = facts();
    assert_true(pin_facts_equal(&before, &after));
}

// Past the library's own check: the card itself refuses, though the holder has typed the PIN for it.
static void test_card_refuses_a_terminal_that_the_holder_gave_the_pin(void **state)
{
    (void)state;
    static const char *const commands[] = {"002C020306323731383238", "002C0303", "002C020206333134313539",
                                           "00041003", "00441003"};
    open_session(rights_of_type(TERMINAL_AUTHENTICATION) & ~right_of(RIGHT_PIN_MANAGEMENT),
                 JUMIN_PASSWORD_PIN);
    uint8_t command[64], response[300];
    size_t n = 0;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const struct span bytes = unhex(commands[i], command, sizeof command);
        assert_int_equal(jumin_reader_transmit(reader, bytes.p, bytes.n, response, sizeof response, &n),
                         JUMIN_OK);
        assert_int_equal(n, 2);
        assert_memory_equal(response, "\x69\x82", 2);
    }
}

static void test_transport_pin_opens_no_terminals_session(void **state)
{
    (void)state;
    set_byte(OBJECT_TRANSPORT_PIN, 1);
    terminal = eid_card_terminal(card, &card->chain, OFFICE_RIGHTS);
    reader = eid_card_reader(card, JUMIN_PASSWORD_PIN);
    const struct jumin_eid_request request = eid_card_request(card, terminal);
    assert_int_equal(jumin_eid_open(&eid, reader, &request), JUMIN_ERROR_TRANSPORT_PIN);
    assert_non_null(strstr(jumin_reader_detail(reader), "change it first"));
}

static void test_suspended_pin_and_can_open_a_terminals_session(void **state)
{
    (void)state;
    set_byte(OBJECT_TRIES + PACE_PASSWORD_PIN, 1);
    terminal = eid_card_terminal(card, &card->chain, STORE_RIGHTS);
    reader = eid_card_reader(card, JUMIN_PASSWORD_PIN);
    const struct jumin_eid_request request = eid_card_request(card, terminal);
    assert_int_equal(jumin_eid_open(&eid, reader, &request), JUMIN_ERROR_PASSWORD_SUSPENDED);
    assert_int_equal(jumin_reader_set_can_for_pin(reader, DOCUMENT_CAN), JUMIN_OK);
    assert_int_equal(jumin_eid_open(&eid, reader, &request), JUMIN_OK);
    assert_int_equal(jumin_eid_rights(eid), STORE_RIGHTS);
    assert_int_equal(facts().tries, 3);
}

static void test_nothing_given_is_refused(void **state)
{
    (void)state;
    open_session(OFFICE_RIGHTS, JUMIN_PASSWORD_CAN);
    assert_int_equal(jumin_eid_set_pin(NULL, NEW_PIN), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_set_can(NULL, NEW_CAN), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_set_can(eid, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_activate_pin(NULL, true), JUMIN_ERROR_ARGUMENT);
}

int main(void)
{
#define HELD(test) cmocka_unit_test_setup_teardown(test, start, stop)
    const struct CMUnitTest tests[] = {
        HELD(test_office_sets_a_pin_that_nobody_remembers),
        HELD(test_office_manages_in_the_holders_presence),
        HELD(test_office_unblocks_and_leaves_the_pin),
        HELD(test_office_changes_the_can),
        HELD(test_office_deactivates_and_activates),
        HELD(test_new_pin_too_short_changes_nothing_and_the_session_goes_on),
        HELD(test_terminal_without_the_right_manages_nothing),
        HELD(test_card_refuses_a_terminal_that_the_holder_gave_the_pin),
        HELD(test_transport_pin_opens_no_terminals_session),
        HELD(test_suspended_pin_and_can_open_a_terminals_session),
        HELD(test_nothing_given_is_refused),
    };
#undef HELD
    return cmocka_run_group_tests(tests, NULL, NULL);
}
