// Ages that laws name, over birthdays, leap days and turns of the year.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/calendar.h"
#include <jumin/policy.h>

static struct jumin_policy *policy;

static int set_up(void **state)
{
    (void)state;
    return jumin_policy_new(&policy) == JUMIN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    jumin_policy_free(policy);
    return 0;
}

static bool has_reached(const char *age, const char *birth, const char *day)
{
    struct jumin_decision decision;
    const struct jumin_facts facts = {.birth_date = birth, .legal_age = age};
    assert_int_equal(jumin_policy_decide(policy, JUMIN_AGE, &facts, day, &decision), JUMIN_OK);
    assert_int_equal(decision.count, 2);
    assert_string_equal(decision.rules[0].name, "birth-date");
    assert_true(decision.rules[0].met);
    assert_string_equal(decision.rules[1].name, age);
    assert_int_equal(decision.met, decision.rules[1].met);
    return decision.met;
}

// The day on which it is reached, and the day before.
static void test_ages_are_reached_on_their_day(void **state)
{
    (void)state;
    static const struct {
        const char *age, *birth, *before, *day;
    } cases[] = {
        {"full-age-17", "2009-03-14", "2026-03-13", "2026-03-14"},
        {"full-age-18", "2008-01-01", "2025-12-31", "2026-01-01"},
        {"full-age-19", "2007-12-31", "2026-12-30", "2026-12-31"},
        {"full-age-19", "2008-01-01", "2026-12-31", "2027-01-01"},
        {"full-age-17", "2008-02-29", "2025-02-28", "2025-03-01"}, // a leap day, a common year
        {"full-age-18", "2008-02-29", "2026-02-28", "2026-03-01"},
        {"full-age-17", "2008-02-28", "2025-02-27", "2025-02-28"},
        {"full-age-17", "2008-03-01", "2025-02-28", "2025-03-01"},
        {"full-age-18", "2006-03-01", "2024-02-29", "2024-03-01"}, // a common year, a leap day
        {"full-age-18", "2006-02-28", "2024-02-27", "2024-02-28"},
        {"full-age-17", "2009-05-31", "2026-05-30", "2026-05-31"},
        {"adult", "2007-12-31", "2025-12-31", "2026-01-01"},
        {"adult", "2007-01-01", "2025-12-31", "2026-01-01"},
        {"adult", "2008-01-01", "2026-12-31", "2027-01-01"},
        {"adult", "2008-02-29", "2026-12-31", "2027-01-01"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char day[JUMIN_DAY];
        assert_false(has_reached(cases[i].age, cases[i].birth, cases[i].before));
        assert_true(has_reached(cases[i].age, cases[i].birth, cases[i].day));
        assert_int_equal(jumin_policy_reached_on(policy, cases[i].age, cases[i].birth, day), JUMIN_OK);
        assert_string_equal(day, cases[i].day);
    }
}

// 20 years of days, against what a decision says of the day of birth that is named and of the one after it.
static void test_born_until_is_the_last_day_that_has_reached_it(void **state)
{
    (void)state;
    static const char *const ages[] = {"full-age-17", "full-age-18", "full-age-19", "adult"};
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        for (calendar_day day = 20200101; day < 20400101; day = calendar_days_later(day, 1)) {
            char today[JUMIN_DAY], until[JUMIN_DAY], after[JUMIN_DAY], reached[JUMIN_DAY];
            calendar_put(day, today);
            assert_int_equal(jumin_policy_born_until(policy, ages[i], today, until), JUMIN_OK);
            assert_int_equal(jumin_policy_reached_on(policy, ages[i], until, reached), JUMIN_OK);
            assert_true(strcmp(reached, today) <= 0);
            calendar_put(calendar_days_later(calendar_parse(until), 1), after);
            assert_int_equal(jumin_policy_reached_on(policy, ages[i], after, reached), JUMIN_OK);
            assert_true(strcmp(reached, today) > 0);
        }
    }
}

static void test_terminals_ask_for_these_days(void **state)
{
    (void)state;
    static const struct {
        const char *age, *day, *until;
    } cases[] = {
        {"adult", "2026-01-01", "2007-12-31"},       {"adult", "2026-12-31", "2007-12-31"},
        {"adult", "2027-01-01", "2008-12-31"},       {"full-age-19", "2026-11-02", "2007-11-02"},
        {"full-age-19", "2024-02-29", "2005-02-28"}, {"full-age-17", "2025-02-28", "2008-02-28"},
        {"full-age-17", "2025-03-01", "2008-03-01"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char until[JUMIN_DAY];
        assert_int_equal(jumin_policy_born_until(policy, cases[i].age, cases[i].day, until), JUMIN_OK);
        assert_string_equal(until, cases[i].until);
    }
}

static void test_adult_in_a_year_is_from_its_first_day(void **state)
{
    (void)state;
    bool adult = false;
    static const char *const births[] = {"2007-01-01", "2007-12-31"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(jumin_policy_adult_in(policy, births[i], 2025, &adult), JUMIN_OK);
        assert_false(adult);
        assert_int_equal(jumin_policy_adult_in(policy, births[i], 2026, &adult), JUMIN_OK);
        assert_true(adult);
        assert_int_equal(jumin_policy_adult_in(policy, births[i], 9999, &adult), JUMIN_OK);
        assert_true(adult);
    }
    assert_int_equal(jumin_policy_adult_in(policy, "2007-02-29", 2026, &adult), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_adult_in(policy, "2007-01-01", 10000, &adult), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_adult_in(policy, "2007-01-01", 2026, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_adult_in(NULL, "2007-01-01", 2026, &adult), JUMIN_ERROR_ARGUMENT);
}

static void test_reasons_have_the_figures(void **state)
{
    (void)state;
    struct jumin_decision decision;
    struct jumin_facts facts = {.birth_date = "2007-12-31", .legal_age = "adult"};
    assert_int_equal(jumin_policy_decide(policy, JUMIN_AGE, &facts, "2025-12-31", &decision), JUMIN_OK);
    assert_string_equal(
        decision.rules[1].english,
        "It is reached on 2026-01-01, 1 January of the year of turning 19; on 2025-12-31 it is not yet.");
    assert_string_equal(
        decision.rules[1].korean,
        "만 19세가 되는 해의 1월 1일인 2026-01-01부터입니다. 2025-12-31에는 해당하지 않습니다.");
    facts.legal_age = "full-age-18";
    assert_int_equal(jumin_policy_decide(policy, JUMIN_AGE, &facts, "2025-12-31", &decision), JUMIN_OK);
    assert_string_equal(decision.rules[1].english,
                        "The age of 18 is reached on 2025-12-31; on 2025-12-31 it is 18.");
    assert_string_equal(decision.rules[1].korean,
                        "만 18세가 되는 날은 2025-12-31입니다. 2025-12-31에는 만 18세입니다.");
    facts.birth_date = NULL;
    assert_int_equal(jumin_policy_decide(policy, JUMIN_AGE, &facts, "2025-12-31", &decision), JUMIN_OK);
    assert_false(decision.rules[0].met);
    assert_false(decision.rules[1].met);
}

static void test_wrong_questions_are_refused(void **state)
{
    (void)state;
    struct jumin_decision decision;
    char day[JUMIN_DAY];
    struct jumin_facts facts = {.birth_date = "2007-12-31", .legal_age = "full-age-20"};
    assert_int_equal(jumin_policy_decide(policy, JUMIN_AGE, &facts, "2026-11-02", &decision),
                     JUMIN_ERROR_ARGUMENT);
    assert_string_equal(jumin_policy_detail(policy), "the scheme has no legal age that is called so");
    facts.legal_age = NULL;
    assert_int_equal(jumin_policy_decide(policy, JUMIN_AGE, &facts, "2026-11-02", &decision),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_born_until(policy, "old", "2026-11-02", day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_born_until(policy, "adult", "2026-11-31", day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_born_until(policy, "adult", "2026-11-02", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_born_until(NULL, "adult", "2026-11-02", day), JUMIN_ERROR_ARGUMENT);
    // Nobody was born before the calendar.
    assert_int_equal(jumin_policy_born_until(policy, "adult", "1610-01-01", day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_reached_on(policy, "old", "2007-12-31", day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_reached_on(policy, "adult", "9990-01-01", day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_reached_on(policy, "adult", NULL, day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_reached_on(policy, "adult", "2007-12-31", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_reached_on(NULL, "adult", "2007-12-31", day), JUMIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ages_are_reached_on_their_day),
        cmocka_unit_test(test_born_until_is_the_last_day_that_has_reached_it),
        cmocka_unit_test(test_terminals_ask_for_these_days),
        cmocka_unit_test(test_adult_in_a_year_is_from_its_first_day),
        cmocka_unit_test(test_reasons_have_the_figures),
        cmocka_unit_test(test_wrong_questions_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
