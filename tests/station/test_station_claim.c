// The journal: who writes the card of an application, and what becomes of two who would.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/journal_stage.h"

#include "host/perso/order.h"
#include <stdio.h>

// --- Whose it is -----------------------------------------------------------------------------------------------

static void test_another_officer_waits_until_a_station_was_silent_for_ten_minutes(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    (void)state;
    (void)start(number);
    struct jumin_station *other = connect_as("other");
    write_until(JUMIN_PERSO_WRITE, number);
    station_clock += 599;
    expect_from(other, jumin_station_prepare(other, number, &order, taken), JUMIN_ERROR_CONFLICT,
                "produce writes the card of 2026-00000001");
    assert_null(order);
    station_clock += 1;
    expect_from(other, production_issue(other, &workplace, number, NULL), JUMIN_OK, "");
    jumin_station_close(other);
    workplace_close(&workplace);
    production_expect_issued(number, "M00000001");
}

static void test_each_step_says_that_the_station_lives(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL, *none = NULL;
    (void)state;
    (void)start(number);
    struct jumin_station *other = connect_as("other");
    order = prepare(station, number);
    station_clock += 590;
    enum jumin_perso_step stop = JUMIN_PERSO_WRITE;
    (void)jumin_perso_set_progress(workplace.perso, stop_at, &stop);
    assert_int_equal(write_card(station, &workplace, number, order), JUMIN_ERROR_CANCELLED);
    station_clock += 590;
    expect_from(other, jumin_station_prepare(other, number, &none, taken), JUMIN_ERROR_CONFLICT, "");
    jumin_order_free(order);
    jumin_station_close(other);
    workplace_close(&workplace);
}

// Of two that give the same number, whoever took it up last goes on; the other one is stopped at its next
// step, with its card begun and not locked.
static void test_two_stations_of_one_officer_lock_one_card(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    const unsigned first = start(number), second = production_blank_card();
    production_deliver("box", first, second);
    struct jumin_station *other = connect_as("produce");
    struct jumin_order *order = prepare(station, number), *others = prepare(other, number);
    workplace_open(&other_workplace, second);
    expect(write_card(station, &workplace, number, order), JUMIN_ERROR_CONFLICT,
           "another station has taken up 2026-00000001 meanwhile");
    assert_int_equal(production_cards(JUMIN_CARD_BLANK), 2); // nothing was begun
    expect_from(other, write_card(other, &other_workplace, number, others), JUMIN_OK, "");
    expect(write_card(station, &workplace, number, order), JUMIN_ERROR_CONFLICT, "it is verified");
    jumin_order_free(order);
    jumin_order_free(others);
    jumin_station_close(other);
    workplace_close(&other_workplace);
    workplace_close(&workplace);
    production_expect_issued(number, "M00000001");
    assert_int_equal(production_cards(JUMIN_CARD_BLANK), 1);
}

// What another station does while the card is being written, at the first of this step.
static struct {
    struct jumin_station *station;
    const char *number;
    enum jumin_perso_step step;
    bool done;
} meanwhile;

static bool meanwhile_now(enum jumin_perso_step step)
{
    const bool now = step == meanwhile.step && !meanwhile.done;
    meanwhile.done = meanwhile.done || now;
    return now;
}

static void do_meanwhile(struct jumin_station *other, const char *number, enum jumin_perso_step step,
                         jumin_perso_progress *does, void *context)
{
    meanwhile.station = other;
    meanwhile.number = number;
    meanwhile.step = step;
    meanwhile.done = false;
    (void)jumin_perso_set_progress(workplace.perso, does, context);
}

static bool take_up_meanwhile(void *context, enum jumin_perso_step step, size_t done, size_t total)
{
    (void)context;
    (void)done;
    (void)total;
    if (meanwhile_now(step)) {
        jumin_order_free(prepare(meanwhile.station, meanwhile.number));
    }
    return true;
}

static void test_station_that_lost_its_application_does_not_lock(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    (void)start(number);
    struct jumin_station *other = connect_as("produce");
    struct jumin_order *order = prepare(station, number);
    do_meanwhile(other, number, JUMIN_PERSO_WRITE, take_up_meanwhile, NULL);
    expect(write_card(station, &workplace, number, order), JUMIN_ERROR_CONFLICT, "another station");
    assert_false(jumin_order_is_on_card(order));
    expect_from(other, production_issue(other, &workplace, number, NULL), JUMIN_OK, "");
    jumin_order_free(order);
    jumin_station_close(other);
    workplace_close(&workplace);
    production_expect_issued(number, "M00000001");
}

// The card is locked with the PIN of its letter: whatever becomes of the note, the order says so.
static void test_order_is_on_its_card_until_that_it_was_read_back_is_noted(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    (void)start(number);
    struct jumin_station *other = connect_as("produce");
    struct jumin_order *order = prepare(station, number);
    meanwhile.station = other;
    meanwhile.number = number;
    meanwhile.step = JUMIN_PERSO_READ_BACK;
    meanwhile.done = false;
    (void)jumin_perso_set_progress(workplace.perso, take_up_meanwhile, NULL);
    expect(write_card(station, &workplace, number, order), JUMIN_ERROR_CONFLICT, "another station");
    assert_true(jumin_order_is_on_card(order));
    jumin_order_free(order);
    order = prepare(station, number); // taken back
    expect(write_card(station, &workplace, number, order), JUMIN_OK, "");
    assert_false(jumin_order_is_on_card(order));
    jumin_order_free(order);
    jumin_station_close(other);
    workplace_close(&workplace);
    production_expect_issued(number, "M00000001");
}

static bool spoil_meanwhile(void *context, enum jumin_perso_step step, size_t done, size_t total)
{
    (void)context;
    (void)done;
    (void)total;
    if (meanwhile_now(step)) {
        assert_int_equal(jumin_station_act(meanwhile.station, JUMIN_ACTION_SPOIL, meanwhile.number,
                                           &(struct jumin_action_form){.reason = "fell down"}, NULL),
                         JUMIN_OK);
    }
    return true;
}

// A card that somebody gives up while it is being written is not found issued afterwards.
static void test_spoiled_meanwhile_is_spoiled(void **state)
{
    static const enum jumin_perso_step steps[] = {JUMIN_PERSO_AUTHENTICATE, JUMIN_PERSO_WRITE,
                                                  JUMIN_PERSO_LOCK, JUMIN_PERSO_READ_BACK};
    (void)state;
    struct jumin_station *other = connect_as("other");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char number[JUMIN_APPLICATION_NUMBER];
        (void)start(number);
        struct jumin_order *order = prepare(station, number);
        do_meanwhile(other, number, steps[i], spoil_meanwhile, NULL);
        expect(write_card(station, &workplace, number, order), JUMIN_ERROR_CONFLICT, "it is spoiled");
        jumin_order_free(order);
        workplace_close(&workplace);
        assert_int_equal(station_state(number), JUMIN_SPOILED);
        assert_int_equal(production_cards(JUMIN_CARD_ISSUED), 0);
        assert_int_equal(production_cards(JUMIN_CARD_SPOILED), i); // nothing of the first was begun
    }
    jumin_station_close(other);
}

static bool spoil_card_meanwhile(void *context, enum jumin_perso_step step, size_t done, size_t total)
{
    (void)done;
    (void)total;
    if (meanwhile_now(step)) {
        assert_int_equal(jumin_station_stock_act(meanwhile.station, JUMIN_STOCK_SPOIL, context, "fell down"),
                         JUMIN_OK);
    }
    return true;
}

static void test_card_that_is_taken_away_meanwhile_is_not_locked(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], serial[JUMIN_SERIAL_TEXT];
    (void)state;
    const unsigned card = start(number);
    struct jumin_station *other = connect_as("other");
    struct jumin_order *order = prepare(station, number);
    (void)snprintf(serial, sizeof serial, "%s", production_serial(card));
    do_meanwhile(other, number, JUMIN_PERSO_WRITE, spoil_card_meanwhile, serial);
    expect(write_card(station, &workplace, number, order), JUMIN_ERROR_CONFLICT,
           "is not that of 2026-00000001");
    assert_false(jumin_order_is_on_card(order));
    expect(write_card(station, &workplace, number, order), JUMIN_ERROR_STATUS, "is spoiled");
    (void)jumin_perso_set_progress(workplace.perso, NULL, NULL);
    workplace_change_card(&workplace, production_blank_card());
    expect(write_card(station, &workplace, number, order), JUMIN_OK, "");
    jumin_order_free(order);
    jumin_station_close(other);
    workplace_close(&workplace);
    production_expect_issued(number, "M00000001");
}

// An order has one PIN, and so one letter, however often its card is tried.
static void test_letter_of_an_order_is_printed_once(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    unsigned letters = 0;
    const struct jumin_station_letter letter = production_letters(&letters);
    (void)state;
    (void)start(number);
    struct jumin_station *other = connect_as("produce");
    struct jumin_order *order = prepare(station, number);
    do_meanwhile(other, number, JUMIN_PERSO_LOCK, take_up_meanwhile, NULL);
    expect(jumin_station_issue(station, workplace.perso, number, order, &letter), JUMIN_ERROR_CONFLICT, "");
    assert_int_equal(letters, 1);
    jumin_order_free(prepare(station, number)); // it is this station's again
    expect(jumin_station_issue(station, workplace.perso, number, order, &letter), JUMIN_OK, "");
    assert_int_equal(letters, 1);
    jumin_order_free(order);
    jumin_station_close(other);
    workplace_close(&workplace);
    production_expect_issued(number, "M00000001");
}

static void test_trail_tells_the_card_of_each_step(void **state)
{
    static const char *const actions[] = {"begin", "lock", "write", "verify"};
    char number[JUMIN_APPLICATION_NUMBER], sql[256];
    (void)state;
    const unsigned card = start(number);
    expect(production_issue(station, &workplace, number, NULL), JUMIN_OK, "");
    workplace_close(&workplace);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        (void)snprintf(sql, sizeof sql,
                       "SELECT COUNT(*) FROM audit WHERE action = '%s' AND subject = '%s'"
                       " AND detail = 'card %s' AND officer = 'produce'",
                       actions[i], number, production_serial(card));
        assert_int_equal(stage_integer(sql), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PRODUCTION_TEST(test_another_officer_waits_until_a_station_was_silent_for_ten_minutes),
        PRODUCTION_TEST(test_each_step_says_that_the_station_lives),
        PRODUCTION_TEST(test_two_stations_of_one_officer_lock_one_card),
        PRODUCTION_TEST(test_station_that_lost_its_application_does_not_lock),
        PRODUCTION_TEST(test_order_is_on_its_card_until_that_it_was_read_back_is_noted),
        PRODUCTION_TEST(test_spoiled_meanwhile_is_spoiled),
        PRODUCTION_TEST(test_card_that_is_taken_away_meanwhile_is_not_locked),
        PRODUCTION_TEST(test_letter_of_an_order_is_printed_once),
        PRODUCTION_TEST(test_trail_tells_the_card_of_each_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
