// Days and periods, at month ends, leap days and turns of the year.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/calendar.h"

static void test_months_have_their_days(void **state)
{
    (void)state;
    static const unsigned days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0};
    for (unsigned month = 0; month < sizeof days / sizeof *days; month++) {
        assert_int_equal(days_of_month(2026, month), days[month]);
    }
    assert_int_equal(days_of_month(2024, 2), 29);
    assert_int_equal(days_of_month(2000, 2), 29);
    assert_int_equal(days_of_month(1900, 2), 28);
    assert_int_equal(days_of_month(2100, 2), 28);
    assert_int_equal(days_of_month(2024, 1), 31);
}

static void test_texts_are_days_that_exist(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",           "2026-11-2",  "2026-11-021", "2026/11/02", "2026-11/02",
                                        "202a-11-02", "2026-1a-02", "2026-11-0a",  "2026-00-10", "2026-13-01",
                                        "2026-11-00", "2026-11-31", "2026-02-29",  "1900-02-29", "1599-12-31",
                                        "+026-11-02", "20261102",   "2026-11--2",  " 2026-1-02"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(calendar_parse(wrong[i]), 0);
    }
    assert_int_equal(calendar_parse(NULL), 0);
    assert_int_equal(calendar_parse("2026-11-02"), 20261102);
    assert_int_equal(calendar_parse("2024-02-29"), 20240229);
    assert_int_equal(calendar_parse("1600-01-01"), 16000101);
    assert_int_equal(calendar_parse("9999-12-31"), 99991231);
    char text[CALENDAR_TEXT];
    calendar_put(20240229, text);
    assert_string_equal(text, "2024-02-29");
}

static void test_days_are_counted_over_month_and_year_ends(void **state)
{
    (void)state;
    assert_int_equal(calendar_days_later(20261102, 0), 20261102);
    assert_int_equal(calendar_days_later(20261231, 1), 20270101);
    assert_int_equal(calendar_days_later(20260228, 1), 20260301);
    assert_int_equal(calendar_days_later(20240228, 1), 20240229);
    assert_int_equal(calendar_days_later(20260101, 365), 20270101);
    assert_int_equal(calendar_days_later(99991231, 1), 0);
    assert_int_equal(calendar_days_later(99991231, 5), 0);
    assert_int_equal(calendar_since_1970(19700101), 0);
    assert_int_equal(calendar_since_1970(19691231), -1);
    assert_int_equal(calendar_since_1970(20000301), 11017);
    assert_int_equal(calendar_since_1970(20000229), 11016);
}

static void test_every_day_of_four_centuries_follows_the_one_before(void **state)
{
    (void)state;
    calendar_day day = 17000101;
    for (int64_t since = calendar_since_1970(day); day != 21000101; since++) {
        assert_int_equal(calendar_since_1970(day), since);
        const calendar_day next = calendar_days_later(day, 1);
        assert_true(next > day);
        assert_int_equal(calendar_days_later(17000101, (unsigned)(since - calendar_since_1970(17000101))),
                         day);
        day = next;
    }
}

static void test_periods_end_as_the_civil_act_says(void **state)
{
    (void)state;
    static const struct {
        calendar_day first;
        unsigned months;
        calendar_day last;
    } cases[] = {
        {20261102, 12, 20271101},
        {20261102, 0, 20261101},
        {20261231, 12, 20271230},
        {20270101, 12, 20271231},
        {20260901, 6, 20270228}, // six whole months
        {20230901, 6, 20240229},
        {20260831, 6, 20270228}, // February has no 31st
        {20260830, 6, 20270228},
        {20260829, 6, 20270228},
        {20260828, 6, 20270227},
        {20230830, 6, 20240229},
        {20230829, 6, 20240228},
        {20260301, 6, 20260831},
        {20080229, 12 * 17, 20250228}, // born on a leap day
        {20080229, 12 * 16, 20240228},
        {20080301, 12 * 17, 20250228},
        {20080228, 12 * 17, 20250227},
        {20261201, 1, 20261231},
        {20261202, 1, 20270101},
        {99991201, 1, 99991231},
        {99991202, 1, 0},
        {99990101, 24, 0},
        {20260101, 4000000000U, 0},
        {0, 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(calendar_period_end(cases[i].first, cases[i].months), cases[i].last);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_months_have_their_days),
        cmocka_unit_test(test_texts_are_days_that_exist),
        cmocka_unit_test(test_days_are_counted_over_month_and_year_ends),
        cmocka_unit_test(test_every_day_of_four_centuries_follows_the_one_before),
        cmocka_unit_test(test_periods_end_as_the_civil_act_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
