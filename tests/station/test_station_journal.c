// The journal: who writes the card of an application, what is kept of its order, and what the next one finds.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/production_stage.h"

#include "host/perso/order.h"
#include <stdio.h>

static struct workplace workplace, other_workplace;

static void expect_from(const struct jumin_station *who, enum jumin_error error, enum jumin_error wanted,
                        const char *says)
{
    if (error != wanted || strstr(jumin_station_detail(who), says) == NULL) {
        fail_msg("%s: \"%s\" does not say %s", jumin_error_name(error), jumin_station_detail(who), says);
    }
}

static void expect(enum jumin_error error, enum jumin_error wanted, const char *says)
{
    expect_from(station, error, wanted, says);
}

static struct jumin_station *connect_as(const char *officer)
{
    struct jumin_station *other = NULL;
    assert_int_equal(station_connect(&other, 0, 0), JUMIN_OK);
    station_login(other, officer);
    return other;
}

static struct jumin_order *prepare(struct jumin_station *who, const char *number)
{
    char taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    expect_from(who, jumin_station_prepare(who, number, &order, taken), JUMIN_OK, "");
    return order;
}

static enum jumin_error write_card(struct jumin_station *who, struct workplace *place, const char *number,
                                   struct jumin_order *order)
{
    return jumin_station_issue(who, place->perso, number, order, NULL);
}

static bool stop_at(void *context, enum jumin_perso_step step, size_t done, size_t total)
{
    (void)done;
    (void)total;
    return step != *(const enum jumin_perso_step *)context;
}

// Writes until this step, where somebody cancels; the order goes with its process.
static void write_until(enum jumin_perso_step step, const char *number)
{
    struct jumin_order *order = prepare(station, number);
    (void)jumin_perso_set_progress(workplace.perso, stop_at, &step);
    assert_int_equal(write_card(station, &workplace, number, order), JUMIN_ERROR_CANCELLED);
    (void)jumin_perso_set_progress(workplace.perso, NULL, NULL);
    jumin_order_free(order);
}

// An approved application, and a blank card on the reader.
static unsigned start(char number[JUMIN_APPLICATION_NUMBER])
{
    const unsigned card = production_blank_card();
    production_approved("resident", number);
    station_login(station, "produce");
    workplace_open(&workplace, card);
    return card;
}

// --- What is kept ----------------------------------------------------------------------------------------------

static void test_order_that_goes_on_is_the_one_on_the_card(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], mrz[TD1_LENGTH + 1], can[ORDER_CAN + 1];
    struct jumin_portrait portrait;
    (void)state;
    (void)start(number);
    struct jumin_order *order = prepare(station, number);
    (void)snprintf(mrz, sizeof mrz, "%s", jumin_order_mrz(order));
    (void)snprintf(can, sizeof can, "%s", jumin_order_can(order));
    jumin_order_free(order);
    write_until(JUMIN_PERSO_READ_BACK, number);
    assert_int_equal(station_state(number), JUMIN_WRITTEN);
    station_clock += 3LL * 86400; // what is made today has another date
    stage_run("UPDATE application SET document_number = 'M00000099'");
    order = prepare(station, number);
    stage_run("UPDATE application SET document_number = 'M00000001'");
    assert_true(jumin_order_is_on_card(order));
    assert_string_equal(jumin_order_mrz(order), mrz);
    assert_string_equal(jumin_order_can(order), can);
    assert_string_equal(order->person.issue_date, "20261102");
    assert_string_equal(order->person.surname, "HONG");
    assert_int_equal(jumin_order_portrait(order, &portrait), JUMIN_OK);
    assert_string_equal(jumin_order_pin(order), "");
    assert_string_equal(jumin_order_puk(order), "");
    station_clock -= 3LL * 86400;
    expect(write_card(station, &workplace, number, order), JUMIN_OK, "");
    assert_string_equal(jumin_order_pin(order), ""); // nor is one made up
    jumin_order_free(order);
    workplace_close(&workplace);
    production_expect_issued(number, "M00000001");
}

static bool no_letter(void *context, const char *number, const struct jumin_order *order)
{
    (void)number;
    (void)order;
    ++*(unsigned *)context;
    return false;
}

static void test_card_is_not_locked_without_its_letter(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    unsigned asked = 0, letters = 0;
    const struct jumin_station_letter broken = {no_letter, &asked}, good = production_letters(&letters);
    (void)state;
    (void)start(number);
    struct jumin_order *order = prepare(station, number);
    expect(jumin_station_issue(station, workplace.perso, number, order, &broken), JUMIN_ERROR_CANCELLED,
           "the PIN letter of 2026-00000001 was not printed");
    assert_int_equal(asked, 1);
    assert_false(jumin_order_is_on_card(order));
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM journal WHERE kept IS NOT NULL"), 0);
    expect(jumin_station_issue(station, workplace.perso, number, order, &good), JUMIN_OK, "");
    assert_int_equal(letters, 1);
    jumin_order_free(order);
    workplace_close(&workplace);
    production_expect_issued(number, "M00000001");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'lock'"
                                   " AND detail LIKE 'card %, PIN letter printed'"),
                     1);
}

// Neither in plain, nor sealed where the key would open it.
static void test_pin_and_puk_are_not_kept(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], pin[ORDER_PIN_MAX + 1], puk[ORDER_PUK + 1];
    static uint8_t saved[ORDER_SAVED_MAX];
    (void)state;
    (void)start(number);
    struct jumin_order *order = prepare(station, number);
    const enum jumin_perso_step step = JUMIN_PERSO_READ_BACK;
    enum jumin_perso_step stop = step;
    (void)jumin_perso_set_progress(workplace.perso, stop_at, &stop);
    assert_int_equal(write_card(station, &workplace, number, order), JUMIN_ERROR_CANCELLED);
    (void)snprintf(pin, sizeof pin, "%s", jumin_order_pin(order));
    (void)snprintf(puk, sizeof puk, "%s", jumin_order_puk(order));
    assert_int_not_equal(pin[0], '\0');
    struct writer w = writer_of(saved, sizeof saved);
    assert_true(order_save(order, &w));
    assert_null(memmem(w.p, w.n, puk, strlen(puk)));
    order->pin[0] = order->puk[0] = '\0';
    const size_t n = w.n;
    struct jumin_order *without = prepare(station, number);
    w = writer_of(saved, sizeof saved);
    assert_true(order_save(without, &w));
    assert_int_equal(w.n, n);
    jumin_order_free(without);
    jumin_order_free(order);
    workplace_close(&workplace);
}

static void test_kept_order_that_was_changed_or_moved_is_refused(void **state)
{
    char first[JUMIN_APPLICATION_NUMBER], second[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    (void)state;
    (void)start(first);
    write_until(JUMIN_PERSO_READ_BACK, first);
    production_approved("resident", second);
    station_login(station, "produce");
    jumin_order_free(prepare(station, second));
    stage_run("UPDATE journal SET (card, kept) = (SELECT card, kept FROM journal AS other"
              " WHERE other.application = '2026-00000001') WHERE application = '2026-00000002'");
    expect(jumin_station_prepare(station, second, &order, taken), JUMIN_ERROR_SIGNATURE, "was changed");
    stage_run("UPDATE journal SET kept = claim");
    expect(jumin_station_prepare(station, first, &order, taken), JUMIN_ERROR_SIGNATURE, "was changed");
    assert_null(order);
    station_act(JUMIN_ACTION_SPOIL, first); // which needs no order
    workplace_close(&workplace);
}

static void test_nothing_is_kept_of_a_spoiled_card(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    (void)start(number);
    write_until(JUMIN_PERSO_READ_BACK, number);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM journal WHERE kept IS NOT NULL"), 1);
    station_act(JUMIN_ACTION_SPOIL, number);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM journal"), 0);
    assert_int_equal(production_cards(JUMIN_CARD_SPOILED), 1);
    expect(production_issue(station, &workplace, number, NULL), JUMIN_ERROR_ALREADY_PERSONALIZED, "");
    workplace_change_card(&workplace, production_blank_card());
    expect(production_issue(station, &workplace, number, NULL), JUMIN_OK, "");
    workplace_close(&workplace);
    production_expect_issued(number, "M00000002");
}

// --- Which card ------------------------------------------------------------------------------------------------

static void test_order_goes_on_with_its_card_alone(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], next[JUMIN_APPLICATION_NUMBER];
    (void)state;
    const unsigned card = start(number), blank = production_blank_card(), issued = production_blank_card();
    write_until(JUMIN_PERSO_READ_BACK, number);
    workplace_change_card(&workplace, blank);
    const int64_t before = stage_integer("SELECT COUNT(*) FROM audit");
    expect(production_issue(station, &workplace, number, NULL), JUMIN_ERROR_OTHER_CARD,
           "not the card that the order was written to");
    production_approved("resident", next);
    station_login(station, "produce");
    workplace_change_card(&workplace, issued);
    expect(production_issue(station, &workplace, next, NULL), JUMIN_OK, "");
    expect(production_issue(station, &workplace, number, NULL), JUMIN_ERROR_OTHER_CARD, "");
    assert_true(stage_integer("SELECT COUNT(*) FROM audit") > before);
    assert_int_equal(station_state(number), JUMIN_WRITTEN);
    workplace_change_card(&workplace, card);
    expect(production_issue(station, &workplace, number, NULL), JUMIN_OK, "");
    workplace_close(&workplace);
    production_expect_issued(number, "M00000001");
    production_expect_issued(next, "M00000002");
    assert_int_equal(production_cards(JUMIN_CARD_BEGUN), 0); // the blank one was not touched
}

// Its lock was noted, and not sent: nobody else may have it, since the order would be locked over his data.
static void test_card_with_a_kept_order_is_nobody_elses(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], next[JUMIN_APPLICATION_NUMBER];
    (void)state;
    const unsigned card = start(number);
    struct jumin_order *order = prepare(station, number);
    write_until(JUMIN_PERSO_LOCK, number); // cancelled before it is noted
    card_link_count_from_here(&workplace.link, 0, false);
    write_until(JUMIN_PERSO_LOCK, number); // the keys are the issuer's now
    const unsigned lock = workplace.link.commands + 1;
    card_link_count_from_here(&workplace.link, lock, false);
    expect(write_card(station, &workplace, number, order), JUMIN_ERROR_CARD_REMOVED, "");
    jumin_order_free(order);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM journal WHERE kept IS NOT NULL"), 1);
    assert_int_equal(station_state(number), JUMIN_PREPARED);
    production_approved("resident", next);
    station_login(station, "produce");
    expect(production_issue(station, &workplace, next, NULL), JUMIN_ERROR_CONFLICT,
           "carries the order of 2026-00000001");
    assert_int_equal(jumin_station_stock_act(station, JUMIN_STOCK_SPOIL, production_serial(card), "bent"),
                     JUMIN_ERROR_STATUS);
    expect(production_issue(station, &workplace, number, NULL), JUMIN_OK, "");
    workplace_close(&workplace);
    production_expect_issued(number, "M00000001");
}

// Its order is in memory yet, but it is nobody's any more.
static void test_spoiled_card_is_not_locked_afterwards(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    (void)start(number);
    struct jumin_order *order = prepare(station, number);
    write_until(JUMIN_PERSO_LOCK, number);
    card_link_count_from_here(&workplace.link, 0, false);
    write_until(JUMIN_PERSO_LOCK, number);
    card_link_count_from_here(&workplace.link, workplace.link.commands + 1, false);
    expect(write_card(station, &workplace, number, order), JUMIN_ERROR_CARD_REMOVED, "");
    assert_true(jumin_order_is_on_card(order));
    station_act(JUMIN_ACTION_SPOIL, number);
    card_link_count_from_here(&workplace.link, 0, false);
    expect(write_card(station, &workplace, number, order), JUMIN_ERROR_CONFLICT, "it is spoiled");
    assert_int_equal(workplace.link.commands, 0);
    jumin_order_free(order);
    workplace_close(&workplace);
    assert_int_equal(production_cards(JUMIN_CARD_SPOILED), 1);
}

// The answer of the database alone was lost: the order in memory does not know that it is kept.
static void test_order_that_is_kept_on_another_card_is_not_begun_again(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    const unsigned card = start(number);
    struct jumin_order *order = prepare(station, number);
    write_until(JUMIN_PERSO_LOCK, number);
    stage_run("UPDATE journal SET kept = claim, card = (SELECT serial FROM card)");
    workplace_change_card(&workplace, production_blank_card());
    expect(write_card(station, &workplace, number, order), JUMIN_ERROR_CONFLICT, "lay that one down");
    workplace_change_card(&workplace, card);
    expect(write_card(station, &workplace, number, order), JUMIN_OK, "");
    jumin_order_free(order);
    workplace_close(&workplace);
    production_expect_issued(number, "M00000001");
}

static void test_card_that_was_begun_and_left_serves_another(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], next[JUMIN_APPLICATION_NUMBER];
    (void)state;
    const unsigned card = start(number), second = production_blank_card();
    production_deliver("box", card, second);
    write_until(JUMIN_PERSO_WRITE, number);
    assert_int_equal(production_cards(JUMIN_CARD_BEGUN), 1);
    workplace_change_card(&workplace, second);
    expect(production_issue(station, &workplace, number, NULL), JUMIN_OK, "");
    assert_int_equal(production_cards(JUMIN_CARD_BEGUN), 1); // accounted for
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM card WHERE state = 1 AND application IS NULL"), 1);
    production_approved("key-only", next);
    station_login(station, "produce");
    workplace_change_card(&workplace, card);
    expect(production_issue(station, &workplace, next, NULL), JUMIN_OK, "");
    workplace_close(&workplace);
    production_expect_issued(number, "M00000001");
    production_expect_issued(next, "M00000002");
}

static void test_card_is_known_by_its_own_key_once_it_is_read_back(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], next[JUMIN_APPLICATION_NUMBER];
    (void)state;
    (void)start(number);
    write_until(JUMIN_PERSO_LOCK, number);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application WHERE chip_key IS NOT NULL"), 0);
    expect(production_issue(station, &workplace, number, NULL), JUMIN_OK, "");
    production_approved("key-only", next);
    station_login(station, "produce");
    workplace_change_card(&workplace, production_blank_card());
    expect(production_issue(station, &workplace, next, NULL), JUMIN_OK, "");
    workplace_close(&workplace);
    assert_int_equal(stage_integer("SELECT COUNT(DISTINCT chip_key) FROM application"), 2);
}

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
        PRODUCTION_TEST(test_order_that_goes_on_is_the_one_on_the_card),
        PRODUCTION_TEST(test_card_is_not_locked_without_its_letter),
        PRODUCTION_TEST(test_pin_and_puk_are_not_kept),
        PRODUCTION_TEST(test_kept_order_that_was_changed_or_moved_is_refused),
        PRODUCTION_TEST(test_nothing_is_kept_of_a_spoiled_card),
        PRODUCTION_TEST(test_order_goes_on_with_its_card_alone),
        PRODUCTION_TEST(test_card_with_a_kept_order_is_nobody_elses),
        PRODUCTION_TEST(test_spoiled_card_is_not_locked_afterwards),
        PRODUCTION_TEST(test_order_that_is_kept_on_another_card_is_not_begun_again),
        PRODUCTION_TEST(test_card_that_was_begun_and_left_serves_another),
        PRODUCTION_TEST(test_card_is_known_by_its_own_key_once_it_is_read_back),
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
