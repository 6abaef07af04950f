// Blank cards: deliveries, which cards are taken, and that all of them are accounted for.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/production_stage.h"

#include <stdio.h>

static void expect(enum jumin_error error, enum jumin_error wanted, const char *says)
{
    assert_int_equal(error, wanted);
    if (strstr(jumin_station_detail(station), says) == NULL) {
        fail_msg("\"%s\" does not say %s", jumin_station_detail(station), says);
    }
}

static enum jumin_error receive(const char *delivery, const char *list)
{
    size_t count = 99;
    const enum jumin_error error = jumin_station_receive(station, delivery, list, strlen(list), &count);
    assert_true(error == JUMIN_OK ? count != 99 : count == 0);
    return error;
}

// --- Deliveries ------------------------------------------------------------------------------------------------

static void test_list_is_taken_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *list, *says;
    } bad[] = {
        {"", "no serial number"},
        {"\n \n\t\r\n", "no serial number"},
        {"00112233445566778899\n001122334455667788\n", "line 2: a serial number has 20"},
        {"00112233445566778899\n\n0011223344556677889900\n", "line 3"},
        {"0011223344556677889g", "line 1"},
        {"00112233445566778899 00112233445566778898", "line 1"},
        {"00112233445566778899\n00112233445566778898\n00112233445566778899\n", "line 3: the card 0011"},
        {"aa112233445566778899\nAA112233445566778899\n", "line 2: the card AA11"},
    };
    (void)state;
    station_login(station, "produce");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const enum jumin_error error = receive("box", bad[i].list);
        assert_true(error == JUMIN_ERROR_INPUT || error == JUMIN_ERROR_CONFLICT);
        expect(error, error, bad[i].says);
        assert_int_equal(stage_integer("SELECT COUNT(*) FROM card"), 0);
    }
    assert_int_equal(receive("box", "00112233445566778899\r\n\n  aabbccddeeff00112233\t\n"), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM card WHERE serial = 'AABBCCDDEEFF00112233'"), 1);
    assert_int_equal(production_cards(JUMIN_CARD_BLANK), 2);
}

static void test_zero_byte_in_a_list_is_no_end(void **state)
{
    static const char list[] = "00112233445566778899\n\0\n";
    size_t count = 0;
    (void)state;
    station_login(station, "produce");
    expect(jumin_station_receive(station, "box", list, sizeof list - 1, &count), JUMIN_ERROR_INPUT, "line 2");
}

static void test_delivery_comes_once_and_a_card_in_one_only(void **state)
{
    (void)state;
    station_login(station, "produce");
    assert_int_equal(receive("box-1", "00112233445566778899"), JUMIN_OK);
    expect(receive("box-1", "00112233445566778898"), JUMIN_ERROR_CONFLICT, "box-1 has been received");
    expect(receive("box-2", "00112233445566778898\n00112233445566778899"), JUMIN_ERROR_CONFLICT,
           "line 2: the card 00112233445566778899 has come already");
    assert_int_equal(production_cards(JUMIN_CARD_BLANK), 1);
}

static void test_name_of_a_delivery_is_short_and_plain(void **state)
{
    static const char *const bad[] = {"",         "a b", "a\nb",
                                      "\xc3\xa9", "a/b", "01234567890123456789012345678901234567890"};
    (void)state;
    station_login(station, "produce");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        expect(receive(bad[i], "00112233445566778899"), JUMIN_ERROR_ARGUMENT, "a delivery's name");
    }
    assert_int_equal(receive("0123456789012345678901234567890123456789", "00112233445566778899"), JUMIN_OK);
}

// --- Which cards are taken -------------------------------------------------------------------------------------

static enum jumin_error issue_next(unsigned card, char number[JUMIN_APPLICATION_NUMBER])
{
    static struct workplace workplace;
    production_approved("key-only", number);
    station_login(station, "produce");
    workplace_open(&workplace, card);
    const enum jumin_error error = production_issue(station, &workplace, number, NULL);
    workplace_close(&workplace);
    return error;
}

static void test_cards_are_taken_as_they_come_until_a_delivery(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], refused[JUMIN_APPLICATION_NUMBER];
    (void)state;
    const unsigned first = production_blank_card(), second = production_blank_card(),
                   third = production_blank_card();
    assert_int_equal(issue_next(first, number), JUMIN_OK);
    production_expect_issued(number, "M00000001");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM card WHERE delivery IS NULL"), 1);
    production_deliver("box", second, second);
    expect(issue_next(third, refused), JUMIN_ERROR_NOT_AUTHORIZED, "has come with no delivery");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM card"), 2);
    assert_int_equal(station_state(refused), JUMIN_PREPARED);
    // Nothing of it was changed: it is blank for those who know it.
    production_deliver("box-2", third, third);
    assert_int_equal(issue_next(third, number), JUMIN_OK);
    production_expect_issued(number, "M00000003");
    assert_int_equal(production_cards(JUMIN_CARD_BLANK), 1);
}

static void test_card_that_came_before_its_list_is_found_in_it(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    const unsigned first = production_blank_card(), second = production_blank_card();
    assert_int_equal(issue_next(first, number), JUMIN_OK);
    production_deliver("box", first, second);
    assert_int_equal(production_cards(JUMIN_CARD_ISSUED), 1);
    assert_int_equal(production_cards(JUMIN_CARD_BLANK), 1);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM card WHERE delivery = 'box'"), 2);
}

static void set_card(enum jumin_card_state state)
{
    const struct database_value value = database_integer(state);
    assert_int_equal(database_run(stage, "UPDATE card SET state = $1", &value, 1, NULL), JUMIN_OK);
}

// Whatever the chip says, as long as it can be written.
static void test_only_blank_and_begun_cards_are_taken(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    const unsigned card = production_blank_card();
    production_deliver("box", card, card);
    set_card(JUMIN_CARD_ISSUED);
    expect(issue_next(card, number), JUMIN_ERROR_ALREADY_PERSONALIZED, "has been issued");
    set_card(JUMIN_CARD_SPOILED);
    expect(issue_next(card, number), JUMIN_ERROR_STATUS, "spoiled");
    set_card(JUMIN_CARD_DESTROYED);
    expect(issue_next(card, number), JUMIN_ERROR_STATUS, "destroyed");
    set_card(JUMIN_CARD_BEGUN);
    assert_int_equal(issue_next(card, number), JUMIN_OK);
    production_expect_issued(number, "M00000004");
}

// --- By hand ---------------------------------------------------------------------------------------------------

static enum jumin_error act(enum jumin_stock_action action, unsigned card, const char *reason)
{
    station_login(station, "produce");
    return jumin_station_stock_act(station, action, production_serial(card), reason);
}

static void test_every_action_from_every_state_of_a_card(void **state)
{
    (void)state;
    production_deliver("box", 1, 1);
    for (int from = 0; from < JUMIN_CARD_STATES; from++) {
        set_card((enum jumin_card_state)from);
        const bool may_spoil = from == JUMIN_CARD_BLANK || from == JUMIN_CARD_BEGUN;
        expect(act(JUMIN_STOCK_SPOIL, 1, "bent"), may_spoil ? JUMIN_OK : JUMIN_ERROR_STATUS, "");
        set_card((enum jumin_card_state)from);
        expect(act(JUMIN_STOCK_DESTROY, 1, NULL), from == JUMIN_CARD_SPOILED ? JUMIN_OK : JUMIN_ERROR_STATUS,
               "");
    }
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'spoil-card'"), 2);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'destroy-card'"), 1);
    expect(act(JUMIN_STOCK_SPOIL, 2, "bent"), JUMIN_ERROR_NO_SUCH_FILE, "there is no card");
    expect(act(JUMIN_STOCK_SPOIL, 1, NULL), JUMIN_ERROR_ARGUMENT, "a reason");
    expect(act(JUMIN_STOCK_SPOIL, 1, "two\nlines"), JUMIN_ERROR_ARGUMENT, "a reason");
    expect(jumin_station_stock_act(station, JUMIN_STOCK_SPOIL, "0011", "bent"), JUMIN_ERROR_ARGUMENT,
           "20 hexadecimal");
}

static void test_spoiled_application_spoils_its_card(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], document[JUMIN_DOCUMENT_NUMBER];
    static struct workplace workplace;
    (void)state;
    const unsigned first = production_blank_card(), second = production_blank_card();
    production_deliver("box", first, second);
    assert_int_equal(issue_next(first, number), JUMIN_OK);
    expect(act(JUMIN_STOCK_SPOIL, first, "x"), JUMIN_ERROR_STATUS, "issued");
    station_act(JUMIN_ACTION_SPOIL, number);
    assert_int_equal(production_cards(JUMIN_CARD_SPOILED), 1);
    workplace_open(&workplace, second);
    station_login(station, "produce");
    assert_int_equal(production_issue(station, &workplace, number, NULL), JUMIN_OK);
    workplace_close(&workplace);
    production_document_number(number, document);
    assert_string_equal(document, "M00000002");
    production_expect_issued(number, document);
    assert_int_equal(act(JUMIN_STOCK_DESTROY, first, NULL), JUMIN_OK);
    assert_int_equal(production_cards(JUMIN_CARD_DESTROYED), 1);
}

static void test_count_goes_into_the_trail(void **state)
{
    uint64_t recorded = 0;
    (void)state;
    production_deliver("box", 1, 3);
    assert_int_equal(jumin_station_stock_count(station, 5, &recorded), JUMIN_OK);
    assert_int_equal(recorded, 3);
    assert_int_equal(jumin_station_stock_count(station, 3, &recorded), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'count'"
                                   " AND detail = 'counted 5, recorded 3, difference +2'"),
                     1);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'receive' AND subject = 'box'"
                                   " AND detail = '3 cards'"),
                     1);
    assert_int_equal(jumin_station_stock_count(station, UINT64_MAX, &recorded), JUMIN_ERROR_ARGUMENT);
}

static void test_stock_is_for_those_who_produce(void **state)
{
    uint64_t recorded = 0;
    (void)state;
    station_login(station, "intake");
    assert_int_equal(receive("box", "00112233445566778899"), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(jumin_station_stock_count(station, 0, &recorded), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(jumin_station_stock_act(station, JUMIN_STOCK_SPOIL, "00112233445566778899", "x"),
                     JUMIN_ERROR_NOT_AUTHORIZED);
}

struct deliveries {
    unsigned count, most;
    char names[4][JUMIN_DELIVERY];
};

static bool note_delivery(void *context, const struct jumin_stock *stock)
{
    struct deliveries *seen = context;
    (void)snprintf(seen->names[seen->count++], JUMIN_DELIVERY, "%s", stock->delivery);
    assert_int_equal(stock->received, 1);
    return seen->count < seen->most;
}

static bool stop_at_once(void *context, const struct jumin_card_record *card)
{
    unsigned *count = context;
    assert_string_equal(card->application, "");
    assert_int_equal(card->changed_at, STATION_NOW);
    ++*count;
    return false;
}

static void test_deliveries_are_shown_one_by_one(void **state)
{
    struct deliveries all = {.most = 4}, one = {.most = 1};
    unsigned cards = 0;
    (void)state;
    production_deliver("b", 1, 1);
    production_deliver("a", 2, 2);
    assert_int_equal(jumin_station_stock(station, note_delivery, &all), JUMIN_OK);
    assert_int_equal(all.count, 2);
    assert_string_equal(all.names[0], "a");
    assert_string_equal(all.names[1], "b");
    assert_int_equal(jumin_station_stock(station, note_delivery, &one), JUMIN_OK);
    assert_int_equal(one.count, 1);
    assert_int_equal(jumin_station_cards(station, stop_at_once, &cards), JUMIN_OK);
    assert_int_equal(cards, 1);
    assert_string_equal(jumin_card_state_name(JUMIN_CARD_BEGUN), "begun");
    assert_null(jumin_card_state_name(JUMIN_CARD_STATES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PRODUCTION_TEST(test_list_is_taken_whole_or_not_at_all),
        PRODUCTION_TEST(test_zero_byte_in_a_list_is_no_end),
        PRODUCTION_TEST(test_delivery_comes_once_and_a_card_in_one_only),
        PRODUCTION_TEST(test_name_of_a_delivery_is_short_and_plain),
        PRODUCTION_TEST(test_cards_are_taken_as_they_come_until_a_delivery),
        PRODUCTION_TEST(test_card_that_came_before_its_list_is_found_in_it),
        PRODUCTION_TEST(test_only_blank_and_begun_cards_are_taken),
        PRODUCTION_TEST(test_every_action_from_every_state_of_a_card),
        PRODUCTION_TEST(test_spoiled_application_spoils_its_card),
        PRODUCTION_TEST(test_count_goes_into_the_trail),
        PRODUCTION_TEST(test_stock_is_for_those_who_produce),
        PRODUCTION_TEST(test_deliveries_are_shown_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
