// A PIN's life as a program sees it through libjumin: status, change, suspension, blocking, transport PIN.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/pin_card.h"
#include "tests/e2e/issued_card.h"
#include <jumin/pin.h>

#include <stdlib.h>

#define NEW_PIN "271828"
#define WRONG_PIN "000000"

enum { IMAGE = 500 };

static struct issued_card *card;
static struct jumin_reader *reader;

static int start_as(bool transport)
{
    struct document_profile profile = document_usual;
    profile.transport_pin = transport;
    card = malloc(sizeof *card);
    assert_non_null(card);
    issued_card_start(card, &profile, IMAGE, 1);
    reader = issued_card_reader(card);
    return 0;
}

static int start(void **state)
{
    (void)state;
    return start_as(false);
}

static int start_transport(void **state)
{
    (void)state;
    return start_as(true);
}

static int stop(void **state)
{
    (void)state;
    jumin_reader_free(reader);
    issued_card_stop(card);
    free(card);
    return 0;
}

static void give(enum jumin_password password, const char *digits)
{
    assert_int_equal(jumin_reader_set_password(reader, password, digits), JUMIN_OK);
}

// The detail of a failure says what to do next.
static void assert_error(enum jumin_error error, enum jumin_error expected, const char *part)
{
    if (error != expected || strstr(jumin_reader_detail(reader), part) == NULL) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_reader_detail(reader));
    }
}

static enum jumin_error read_card(void)
{
    struct jumin_document *document = NULL;
    const enum jumin_error error = jumin_reader_read(reader, &document);
    jumin_document_free(document);
    return error;
}

static struct jumin_pin_status status_without_password(void)
{
    struct jumin_pin_status status;
    struct jumin_reader *other = NULL;
    assert_int_equal(jumin_reader_new(&other, card->transport), JUMIN_OK);
    assert_int_equal(jumin_pin_status(other, &status), JUMIN_OK);
    jumin_reader_free(other);
    return status;
}

static void assert_status(enum jumin_pin_state state, int tries)
{
    const struct jumin_pin_status status = status_without_password();
    assert_int_equal(status.state, state);
    assert_int_equal(status.tries_left, tries);
    assert_int_equal(status.kind, JUMIN_PIN_UNKNOWN);
}

static enum jumin_pin_kind kind_by_can(void)
{
    struct jumin_pin_status status;
    give(JUMIN_PASSWORD_CAN, DOCUMENT_CAN);
    assert_int_equal(jumin_pin_status(reader, &status), JUMIN_OK);
    return status.kind;
}

static void suspend(void)
{
    give(JUMIN_PASSWORD_PIN, WRONG_PIN);
    assert_error(read_card(), JUMIN_ERROR_WRONG_PASSWORD, "2 tries left");
    assert_error(read_card(), JUMIN_ERROR_WRONG_PASSWORD, "1 try left: give the CAN");
}

static void block(void)
{
    suspend();
    assert_int_equal(jumin_reader_set_can_for_pin(reader, DOCUMENT_CAN), JUMIN_OK);
    assert_error(read_card(), JUMIN_ERROR_PASSWORD_BLOCKED, "the PUK unblocks it");
    assert_int_equal(jumin_reader_set_can_for_pin(reader, NULL), JUMIN_OK);
}

static void test_status_follows_the_tries_and_spends_none(void **state)
{
    (void)state;
    assert_status(JUMIN_PIN_USABLE, JUMIN_PIN_ALL_TRIES);
    give(JUMIN_PASSWORD_PIN, WRONG_PIN);
    assert_error(read_card(), JUMIN_ERROR_WRONG_PASSWORD, "2 tries left");
    assert_status(JUMIN_PIN_USABLE, 2);
    assert_error(read_card(), JUMIN_ERROR_WRONG_PASSWORD, "1 try left");
    assert_status(JUMIN_PIN_SUSPENDED, 1);
    assert_status(JUMIN_PIN_SUSPENDED, 1);
    struct jumin_pin_status status; // with the PIN as password, no PACE is run
    assert_int_equal(jumin_pin_status(reader, &status), JUMIN_OK);
    assert_int_equal(status.tries_left, 1);
}

static void test_kind_is_told_to_whoever_has_the_can(void **state)
{
    (void)state;
    assert_int_equal(kind_by_can(), JUMIN_PIN_HOLDERS);
    give(JUMIN_PASSWORD_PIN, WRONG_PIN);
    assert_int_equal(read_card(), JUMIN_ERROR_WRONG_PASSWORD);
    struct jumin_pin_status status;
    give(JUMIN_PASSWORD_MRZ, DOCUMENT_MRZ);
    assert_int_equal(jumin_pin_status(reader, &status), JUMIN_OK);
    assert_int_equal(status.kind, JUMIN_PIN_HOLDERS);
    assert_int_equal(status.tries_left, 2);
}

static void test_changed_pin_takes_the_old_ones_place(void **state)
{
    (void)state;
    give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
    assert_int_equal(jumin_pin_change(reader, NEW_PIN), JUMIN_OK);
    assert_string_equal(pin_facts(&card->fixture).pin, NEW_PIN);
    assert_int_equal(read_card(), JUMIN_OK); // the reader has it now
    give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
    assert_error(read_card(), JUMIN_ERROR_WRONG_PASSWORD, "2 tries left");
}

static void test_refused_new_pin_leaves_the_old_one(void **state)
{
    (void)state;
    give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
    assert_error(jumin_pin_change(reader, "27182"), JUMIN_ERROR_NEW_PASSWORD, "enough of them");
    assert_int_equal(read_card(), JUMIN_OK);
}

static void test_what_no_card_takes_is_refused_before_it_is_asked(void **state)
{
    (void)state;
    static const char *const refused[] = {"", "27182x", " 271828", "27182818284590452"};
    give(JUMIN_PASSWORD_PIN, WRONG_PIN);
    card->commands = 0;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_error(jumin_pin_change(reader, refused[i]), JUMIN_ERROR_NEW_PASSWORD, "1 to 16 digits");
    }
    assert_int_equal(card->commands, 0);
}

static void test_change_takes_the_pin_and_unblocking_the_puk(void **state)
{
    (void)state;
    assert_error(jumin_pin_change(reader, NEW_PIN), JUMIN_ERROR_ARGUMENT, "PIN");
    assert_error(jumin_pin_unblock(reader), JUMIN_ERROR_ARGUMENT, "PUK");
    assert_error(jumin_pin_resume(reader), JUMIN_ERROR_ARGUMENT, "CAN");
    assert_int_equal(card->commands, 0);
}

static void test_suspended_pin_needs_the_can_beside_it(void **state)
{
    (void)state;
    suspend();
    give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
    assert_error(read_card(), JUMIN_ERROR_PASSWORD_SUSPENDED, "give the CAN");
    assert_int_equal(jumin_reader_set_can_for_pin(reader, DOCUMENT_CAN), JUMIN_OK);
    assert_int_equal(jumin_pin_resume(reader), JUMIN_OK);
    assert_status(JUMIN_PIN_USABLE, JUMIN_PIN_ALL_TRIES);
}

static void test_suspended_pin_is_resumed_by_the_read_itself(void **state)
{
    (void)state;
    suspend();
    give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
    assert_int_equal(jumin_reader_set_can_for_pin(reader, DOCUMENT_CAN), JUMIN_OK);
    struct jumin_document *document = NULL;
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_OK);
    assert_genuine(card, document); // with PACE-CAM's proof from the second run
    jumin_document_free(document);
}

static void test_suspended_pin_is_changed_with_the_can(void **state)
{
    (void)state;
    suspend();
    give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
    assert_int_equal(jumin_reader_set_can_for_pin(reader, DOCUMENT_CAN), JUMIN_OK);
    assert_int_equal(jumin_pin_change(reader, NEW_PIN), JUMIN_OK);
    assert_string_equal(pin_facts(&card->fixture).pin, NEW_PIN);
}

static void test_wrong_can_beside_the_pin_spends_no_try_of_it(void **state)
{
    (void)state;
    suspend();
    assert_int_equal(jumin_reader_set_can_for_pin(reader, "999999"), JUMIN_OK);
    assert_error(jumin_pin_resume(reader), JUMIN_ERROR_WRONG_PASSWORD, "wrong CAN");
    assert_status(JUMIN_PIN_SUSPENDED, 1);
}

static void test_can_beside_a_pin_that_works_is_not_used(void **state)
{
    (void)state;
    give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
    assert_int_equal(jumin_reader_set_can_for_pin(reader, "999999"), JUMIN_OK);
    assert_int_equal(jumin_pin_resume(reader), JUMIN_OK);
}

static void test_blocked_pin_is_unblocked_by_the_puk(void **state)
{
    (void)state;
    block();
    assert_status(JUMIN_PIN_BLOCKED, 0);
    give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
    assert_error(read_card(), JUMIN_ERROR_PASSWORD_BLOCKED, "the PUK unblocks it");
    give(JUMIN_PASSWORD_PUK, DOCUMENT_PUK);
    assert_int_equal(jumin_pin_unblock(reader), JUMIN_OK);
    give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
    assert_int_equal(read_card(), JUMIN_OK);
}

static void test_puk_that_is_used_up_sends_to_the_office(void **state)
{
    (void)state;
    const uint8_t none = 0;
    struct store *store = &card->fixture.card.store;
    block();
    assert_int_equal(store_write(store, OBJECT_PIN_RESETS, span_of(&none, 1)), STORE_OK);
    give(JUMIN_PASSWORD_PUK, DOCUMENT_PUK);
    assert_error(jumin_pin_unblock(reader), JUMIN_ERROR_PASSWORD_BLOCKED, "an office");
    give(JUMIN_PASSWORD_PUK, "0000000000");
    assert_error(jumin_pin_unblock(reader), JUMIN_ERROR_WRONG_PASSWORD, "wrong PUK");
}

static void test_puk_reads_nothing(void **state)
{
    (void)state;
    give(JUMIN_PASSWORD_PUK, DOCUMENT_PUK);
    assert_int_equal(read_card(), JUMIN_ERROR_ACCESS_DENIED);
}

static void test_transport_pin_is_told_and_changed(void **state)
{
    (void)state;
    assert_int_equal(kind_by_can(), JUMIN_PIN_TRANSPORT);
    give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
    assert_error(read_card(), JUMIN_ERROR_TRANSPORT_PIN, "change it first");
    assert_error(jumin_pin_change(reader, DOCUMENT_PIN), JUMIN_ERROR_NEW_PASSWORD, "transport PIN again");
    assert_int_equal(jumin_pin_change(reader, NEW_PIN), JUMIN_OK);
    assert_int_equal(read_card(), JUMIN_OK);
    assert_int_equal(kind_by_can(), JUMIN_PIN_HOLDERS);
}

static void test_deactivated_pin_says_who_can_activate_it(void **state)
{
    (void)state;
    struct store *store = &card->fixture.card.store;
    assert_int_equal(store_write(store, OBJECT_PIN_DEACTIVATED, span_of("\x01", 1)), STORE_OK);
    assert_status(JUMIN_PIN_DEACTIVATED, JUMIN_PIN_TRIES_UNKNOWN);
    give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
    assert_error(read_card(), JUMIN_ERROR_PASSWORD_DEACTIVATED, "an office can activate it");
    assert_error(jumin_pin_change(reader, NEW_PIN), JUMIN_ERROR_PASSWORD_DEACTIVATED, "deactivated");
}

static void test_card_without_a_pin_is_not_an_error(void **state)
{
    (void)state;
    struct store *store = &card->fixture.card.store;
    assert_int_equal(store_delete(store, OBJECT_PASSWORD + PACE_PASSWORD_PIN), STORE_OK);
    assert_status(JUMIN_PIN_ABSENT, JUMIN_PIN_TRIES_UNKNOWN);
    give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
    assert_error(read_card(), JUMIN_ERROR_NOT_SUPPORTED, "has no PIN");
    give(JUMIN_PASSWORD_CAN, DOCUMENT_CAN);
    struct jumin_pin_status status;
    assert_int_equal(jumin_pin_status(reader, &status), JUMIN_OK);
    assert_int_equal(status.state, JUMIN_PIN_ABSENT);
}

// Whenever the tag leaves, the PIN is the old or the new one, and the next attempt with it works.
static void test_tag_that_leaves_during_a_change_leaves_one_pin_or_the_other(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 20; n++) {
        give(JUMIN_PASSWORD_PIN, DOCUMENT_PIN);
        card->commands = 0;
        card->remove_before = n;
        const enum jumin_error error = jumin_pin_change(reader, NEW_PIN);
        card->remove_before = 0;
        const char *now = pin_facts(&card->fixture).pin;
        assert_string_equal(now, error == JUMIN_OK ? NEW_PIN : DOCUMENT_PIN);
        if (error == JUMIN_OK) {
            assert_true(n > 5);
            return;
        }
        assert_int_equal(error, JUMIN_ERROR_CARD_REMOVED);
        assert_int_equal(pin_facts(&card->fixture).tries, 3);
    }
    fail();
}

static void test_nothing_given_is_refused(void **state)
{
    (void)state;
    struct jumin_pin_status status;
    assert_int_equal(jumin_pin_status(NULL, &status), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pin_status(reader, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pin_change(NULL, NEW_PIN), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pin_change(reader, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pin_resume(NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pin_unblock(NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_set_can_for_pin(NULL, DOCUMENT_CAN), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_set_can_for_pin(reader, ""), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_set_can_for_pin(reader, "12345678901234567"), JUMIN_ERROR_ARGUMENT);
}

int main(void)
{
#define WITH(begin, test) cmocka_unit_test_setup_teardown(test, begin, stop)
    const struct CMUnitTest tests[] = {
        WITH(start, test_status_follows_the_tries_and_spends_none),
        WITH(start, test_kind_is_told_to_whoever_has_the_can),
        WITH(start, test_changed_pin_takes_the_old_ones_place),
        WITH(start, test_refused_new_pin_leaves_the_old_one),
        WITH(start, test_what_no_card_takes_is_refused_before_it_is_asked),
        WITH(start, test_change_takes_the_pin_and_unblocking_the_puk),
        WITH(start, test_suspended_pin_needs_the_can_beside_it),
        WITH(start, test_suspended_pin_is_resumed_by_the_read_itself),
        WITH(start, test_suspended_pin_is_changed_with_the_can),
        WITH(start, test_wrong_can_beside_the_pin_spends_no_try_of_it),
        WITH(start, test_can_beside_a_pin_that_works_is_not_used),
        WITH(start, test_blocked_pin_is_unblocked_by_the_puk),
        WITH(start, test_puk_that_is_used_up_sends_to_the_office),
        WITH(start, test_puk_reads_nothing),
        WITH(start_transport, test_transport_pin_is_told_and_changed),
        WITH(start, test_deactivated_pin_says_who_can_activate_it),
        WITH(start, test_card_without_a_pin_is_not_an_error),
        WITH(start, test_tag_that_leaves_during_a_change_leaves_one_pin_or_the_other),
        WITH(start, test_nothing_given_is_refused),
    };
#undef WITH
    return cmocka_run_group_tests(tests, NULL, NULL);
}
