// The day report is the sum of what was done, at the turn of a year too.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include <jumin/day_report.h>
#include <stdio.h>

static struct jumin_day_report report_of(const char *day)
{
    struct jumin_day_report report;
    station_login(station, "root");
    assert_int_equal(jumin_station_day_report(station, day, &report), JUMIN_OK);
    return report;
}

// Where the officer stands in the report; behind the last: nowhere.
static size_t place_of(const struct jumin_day_report *report, const char *officer)
{
    size_t i = 0;
    while (i < report->officer_count && strcmp(report->officers[i].name, officer) != 0) {
        i++;
    }
    return i;
}

static const struct jumin_day_figures *figures_of(const struct jumin_day_report *report, const char *officer)
{
    const size_t place = place_of(report, officer);
    assert_true(place < report->officer_count);
    return &report->officers[place].figures;
}

static void add(struct jumin_day_figures *sum, const struct jumin_day_figures *more)
{
    for (size_t i = 0; i < JUMIN_DAY_COUNTS; i++) {
        sum->counts[i] += more->counts[i];
    }
    sum->won_taken += more->won_taken;
    sum->won_paid_back += more->won_paid_back;
}

static void assert_officers_add_up(const struct jumin_day_report *report)
{
    struct jumin_day_figures sum = {{0}, 0, 0};
    for (size_t i = 0; i < report->officer_count; i++) {
        add(&sum, &report->officers[i].figures);
        assert_true(i == 0 || strcmp(report->officers[i - 1].name, report->officers[i].name) < 0);
    }
    assert_memory_equal(&sum, &report->total, sizeof sum);
}

// --- The sum of what was done ------------------------------------------------------------------------------------

// What the test itself has done on a day.
struct day {
    const char *day;
    struct jumin_day_figures done;
};

static void apply_on(struct day *day, unsigned person, unsigned won, char number[JUMIN_APPLICATION_NUMBER])
{
    struct jumin_application_form form = station_form(station_person(person));
    form.won_paid = won;
    form.photo_date = "2026-12-01";
    station_login(station, "intake");
    assert_int_equal(jumin_station_apply(station, &form, NULL, number), JUMIN_OK);
    day->done.counts[JUMIN_DAY_APPLIED]++;
    day->done.won_taken += won;
}

static void act_on(struct day *day, enum jumin_station_action action, enum jumin_day_count count,
                   const char *number)
{
    station_act(action, number);
    day->done.counts[count]++;
}

static void produce_on(struct day *day, const char *number)
{
    char taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    station_login(station, "produce");
    assert_int_equal(jumin_station_prepare(station, number, &order, taken), JUMIN_OK);
    jumin_order_free(order);
    assert_int_equal(station_note_written(station, number), JUMIN_OK);
    assert_int_equal(station_note_verified(station, number), JUMIN_OK);
    day->done.counts[JUMIN_DAY_PREPARED]++;
    day->done.counts[JUMIN_DAY_WRITTEN]++;
    day->done.counts[JUMIN_DAY_VERIFIED]++;
}

// A day's work, different from day to day; everything that can be done is done on one of them.
static void work(struct day *day, unsigned nth)
{
    for (unsigned i = 0; i < 3 + nth; i++) {
        char number[JUMIN_APPLICATION_NUMBER];
        const bool refund = (i + nth) % 3 == 0, spoil = (i + nth) % 3 == 1;
        station_clock = station_midnight(day->day) + (int64_t)i * (24 * 3600 - 1) / (2 + nth);
        apply_on(day, nth * 10 + i, 10000 + nth * 100 + i, number);
        if (refund) {
            act_on(day, JUMIN_ACTION_CANCEL, JUMIN_DAY_CANCELLED, number);
            act_on(day, JUMIN_ACTION_REFUND, JUMIN_DAY_REFUNDED, number);
            day->done.won_paid_back += 10000 + nth * 100 + i;
            continue;
        }
        act_on(day, JUMIN_ACTION_APPROVE, JUMIN_DAY_APPROVED, number);
        produce_on(day, number);
        if (spoil) {
            act_on(day, JUMIN_ACTION_SPOIL, JUMIN_DAY_SPOILED, number);
            produce_on(day, number);
        }
        act_on(day, JUMIN_ACTION_HAND_OVER, JUMIN_DAY_HANDED_OVER, number);
        act_on(day, JUMIN_ACTION_REPORT_LOSS, JUMIN_DAY_LOST, number);
        act_on(day, JUMIN_ACTION_RESTORE, JUMIN_DAY_RESTORED, number);
        if (spoil) {
            act_on(day, JUMIN_ACTION_GIVE_BACK, JUMIN_DAY_GIVEN_BACK, number);
        }
    }
}

// The first and the last second of each of them are among it.
static void test_report_is_the_sum_of_what_was_done(void **state)
{
    struct day days[] = {
        {.day = "2026-12-30"}, {.day = "2026-12-31"}, {.day = "2027-01-01"}, {.day = "2028-02-29"}};
    struct jumin_day_figures all = {{0}, 0, 0};
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        work(&days[i], i);
        add(&all, &days[i].done);
    }
    station_clock = station_midnight("2028-02-29");
    struct jumin_upkeep upkeep;
    station_login(station, "intake");
    assert_int_equal(jumin_station_upkeep(station, false, &upkeep), JUMIN_OK);
    days[3].done.counts[JUMIN_DAY_ERASED] = upkeep.erased;
    assert_true(upkeep.erased > 5);
    for (unsigned i = 0; i < 4; i++) {
        struct jumin_day_report report = report_of(days[i].day);
        assert_string_equal(report.day, days[i].day);
        assert_memory_equal(&report.total, &days[i].done, sizeof report.total);
        assert_officers_add_up(&report);
        jumin_day_report_free(&report);
    }
    struct jumin_day_report none = report_of("2026-12-29");
    assert_int_equal(none.officer_count, 0);
    assert_int_equal(all.won_taken - all.won_paid_back,
                     stage_integer("SELECT CAST(SUM(CASE kind WHEN 0 THEN won ELSE -won END) AS BIGINT) FROM "
                                   "payment"));
    for (size_t i = 0; i < JUMIN_DAY_ERASED; i++) {
        assert_true(all.counts[i] > 0 || i == JUMIN_DAY_EXPIRED);
    }
}

static void test_report_tells_who_did_what(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    struct jumin_day_report report = report_of("2026-11-02");
    assert_int_equal(report.officer_count, 3);
    assert_string_equal(report.officers[0].name, "approve");
    assert_int_equal(figures_of(&report, "intake")->counts[JUMIN_DAY_APPLIED], 1);
    assert_int_equal(figures_of(&report, "intake")->counts[JUMIN_DAY_HANDED_OVER], 1);
    assert_int_equal(figures_of(&report, "intake")->won_taken, 10000);
    assert_int_equal(figures_of(&report, "produce")->counts[JUMIN_DAY_WRITTEN], 1);
    assert_int_equal(figures_of(&report, "produce")->won_taken, 0);
    assert_int_equal(figures_of(&report, "produce")->counts[JUMIN_DAY_APPLIED], 0);
    assert_int_equal(place_of(&report, "root"), report.officer_count); // who made officers
    jumin_day_report_free(&report);
    jumin_day_report_free(NULL);
}

// What is refused is in no report, nor what was paid with it.
static void test_what_was_refused_is_not_counted(void **state)
{
    const struct jumin_action_form form = {.won_paid = 500};
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_verified(1, number);
    station_login(station, "intake");
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_HAND_OVER, number, &form, NULL),
                     JUMIN_ERROR_RULES);
    struct jumin_day_report report = report_of("2026-11-02");
    assert_int_equal(report.total.won_taken, 10000);
    assert_int_equal(report.total.counts[JUMIN_DAY_HANDED_OVER], 0);
    jumin_day_report_free(&report);
}

static void test_expired_cards_are_counted(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_upkeep upkeep;
    (void)state;
    station_make_handed_over(1, number);
    station_clock = station_midnight("2036-11-02");
    station_login(station, "intake");
    assert_int_equal(jumin_station_upkeep(station, false, &upkeep), JUMIN_OK);
    struct jumin_day_report report = report_of(NULL);
    assert_string_equal(report.day, "2036-11-02");
    assert_int_equal(report.total.counts[JUMIN_DAY_EXPIRED], 1);
    jumin_day_report_free(&report);
}

static void test_day_is_koreas(void **state)
{
    struct jumin_day_report report;
    (void)state;
    station_login(station, "root");
    station_clock = station_midnight("2027-01-01") - 1;
    assert_int_equal(jumin_station_day_report(station, NULL, &report), JUMIN_OK);
    assert_string_equal(report.day, "2026-12-31");
    station_clock += 1;
    assert_int_equal(jumin_station_day_report(station, NULL, &report), JUMIN_OK);
    assert_string_equal(report.day, "2027-01-01");
}

static void test_day_must_exist_and_the_officer_have_a_role(void **state)
{
    static const char *const days[] = {"2027-02-29", "", "2026-11-2", "yesterday", "9999-12-31"};
    struct jumin_day_report report;
    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        station_login(station, "intake");
        assert_int_equal(jumin_station_day_report(station, days[i], &report), JUMIN_ERROR_ARGUMENT);
        assert_null(report.officers);
    }
    station_login(station, "produce");
    assert_int_equal(jumin_station_day_report(station, "2026-11-02", &report), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(jumin_station_day_report(station, "2026-11-02", NULL), JUMIN_ERROR_ARGUMENT);
}

static void test_stock_is_that_of_now(void **state)
{
    (void)state;
    stage_run("INSERT INTO card (serial, state, changed_at) VALUES ('1', 0, 1), ('2', 0, 1), ('3', 0, 1),"
              " ('4', 2, 1), ('5', 2, 1), ('6', 3, 1)");
    const uint64_t wanted[JUMIN_CARD_STATES] = {
        [JUMIN_CARD_BLANK] = 3, [JUMIN_CARD_ISSUED] = 2, [JUMIN_CARD_SPOILED] = 1};
    struct jumin_day_report report = report_of("2026-11-01");
    assert_memory_equal(report.cards, wanted, sizeof wanted);
    jumin_day_report_free(&report);
}

static void test_every_count_has_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < JUMIN_DAY_COUNTS; i++) {
        assert_non_null(jumin_day_count_name(i));
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(jumin_day_count_name(i), jumin_day_count_name(k));
        }
    }
    assert_null(jumin_day_count_name(JUMIN_DAY_COUNTS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATION_TEST(test_report_is_the_sum_of_what_was_done),
        STATION_TEST(test_report_tells_who_did_what),
        STATION_TEST(test_what_was_refused_is_not_counted),
        STATION_TEST(test_expired_cards_are_counted),
        STATION_TEST(test_day_is_koreas),
        STATION_TEST(test_day_must_exist_and_the_officer_have_a_role),
        STATION_TEST(test_stock_is_that_of_now),
        STATION_TEST(test_every_count_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
