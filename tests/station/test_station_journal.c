// The journal: what is kept of an order, and which card it goes on with.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/journal_stage.h"

#include "host/perso/order.h"
#include <stdio.h>

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
