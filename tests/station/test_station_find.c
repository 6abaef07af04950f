// Lists: a person's application is found again, and a form is checked without being taken.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include <stdio.h>
#include <stdlib.h>

// The registration number that the person file has; of the caller's until the next call.
static const char *number_of(unsigned person)
{
    static char number[16];
    const char *at = strstr(station_person(person), "\"registration_number\":\"");
    assert_non_null(at);
    (void)snprintf(number, sizeof number, "%.14s", strchr(at, ':') + 2);
    return number;
}

static enum jumin_error find(unsigned person, struct jumin_application *application)
{
    return jumin_station_find(station, number_of(person), application);
}

static void test_a_person_is_found_by_the_number_with_and_without_its_hyphen(void **state)
{
    char first[JUMIN_APPLICATION_NUMBER], second[JUMIN_APPLICATION_NUMBER], digits[14];
    struct jumin_application application;
    (void)state;
    station_apply(1, first);
    station_apply(2, second);
    assert_int_equal(find(2, &application), JUMIN_OK);
    assert_string_equal(application.number, second);
    assert_int_equal(application.state, JUMIN_APPLIED);
    assert_string_equal(application.applied_by, "intake");
    const char *number = number_of(1);
    (void)snprintf(digits, sizeof digits, "%.6s%.7s", number, number + 7);
    assert_int_equal(jumin_station_find(station, digits, &application), JUMIN_OK);
    assert_string_equal(application.number, first);
    assert_int_equal(find(3, &application), JUMIN_ERROR_NO_SUCH_FILE);
}

static void test_who_is_at_the_station_finds_whatever_the_role(void **state)
{
    static const char *const officers[] = {"intake", "approve", "produce", "root"};
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_application application;
    struct jumin_station *nobody = NULL;
    (void)state;
    station_apply(1, number);
    for (size_t i = 0; i < 4; i++) {
        station_login(station, officers[i]);
        assert_int_equal(find(1, &application), JUMIN_OK);
    }
    assert_int_equal(station_connect(&nobody, 0, 0), JUMIN_OK);
    assert_int_equal(jumin_station_find(nobody, number_of(1), &application), JUMIN_ERROR_NOT_AUTHORIZED);
    jumin_station_close(nobody);
}

static void test_what_is_over_is_not_found_and_what_came_after_it_is(void **state)
{
    char first[JUMIN_APPLICATION_NUMBER], second[JUMIN_APPLICATION_NUMBER];
    struct jumin_application application;
    (void)state;
    station_apply(1, first);
    station_act(JUMIN_ACTION_CANCEL, first);
    assert_int_equal(find(1, &application), JUMIN_ERROR_NO_SUCH_FILE);
    station_act(JUMIN_ACTION_REFUND, first);
    assert_int_equal(find(1, &application), JUMIN_ERROR_NO_SUCH_FILE);
    station_apply(1, second);
    assert_int_equal(find(1, &application), JUMIN_OK);
    assert_string_equal(application.number, second);
}

// As with the next application: a card that is valid no more is none, whether that was noted already or not.
static void test_card_that_expired_or_was_given_back_is_not_found(void **state)
{
    char expired[JUMIN_APPLICATION_NUMBER], given_back[JUMIN_APPLICATION_NUMBER],
        again[JUMIN_APPLICATION_NUMBER];
    struct jumin_application application;
    struct jumin_upkeep upkeep;
    (void)state;
    station_make_handed_over(1, expired);
    station_make_handed_over(2, given_back);
    assert_int_equal(find(2, &application), JUMIN_OK);
    station_act(JUMIN_ACTION_GIVE_BACK, given_back);
    assert_int_equal(find(2, &application), JUMIN_ERROR_NO_SUCH_FILE);
    station_apply(2, again);
    assert_int_equal(find(2, &application), JUMIN_OK);
    assert_string_equal(application.number, again);
    station_clock = station_midnight("2036-11-02") - 1;
    assert_int_equal(find(1, &application), JUMIN_OK);
    assert_string_equal(application.number, expired);
    station_clock++;
    assert_int_equal(find(1, &application), JUMIN_ERROR_NO_SUCH_FILE);
    station_login(station, "intake");
    assert_int_equal(jumin_station_upkeep(station, false, &upkeep), JUMIN_OK);
    assert_int_equal(station_state(expired), JUMIN_EXPIRED);
    assert_int_equal(find(1, &application), JUMIN_ERROR_NO_SUCH_FILE);
}

// What came before the day was noted is valid as long as nobody says otherwise.
static void test_card_without_a_last_day_is_found(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_application application;
    struct jumin_decision decision;
    (void)state;
    station_make_handed_over(1, number);
    assert_int_equal(database_run(stage, "UPDATE application SET expires_on = NULL", NULL, 0, NULL),
                     JUMIN_OK);
    station_clock = station_midnight("2040-01-01");
    assert_int_equal(find(1, &application), JUMIN_OK);
    assert_string_equal(application.number, number);
    struct jumin_application_form form = station_form(station_person(1));
    form.photo_date = "2040-01-01";
    assert_int_equal(jumin_station_check(station, &form, &decision), JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "one-valid-card"));
}

static void test_no_registration_number_is_told_of(void **state)
{
    struct jumin_application application;
    (void)state;
    assert_int_equal(jumin_station_find(station, "0123", &application), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_station_detail(station), "registration_number: "));
    assert_null(strstr(jumin_station_detail(station), "0123"));
    assert_int_equal(jumin_station_find(station, NULL, &application), JUMIN_ERROR_ARGUMENT);
}

static void test_a_form_is_checked_and_not_taken(void **state)
{
    struct jumin_decision decision;
    struct jumin_application application;
    (void)state;
    struct jumin_application_form form = station_form(station_person(1));
    station_login(station, "produce"); // who could not take it
    assert_int_equal(jumin_station_check(station, &form, &decision), JUMIN_OK);
    assert_true(decision.met && decision.count > 0);
    assert_int_equal(find(1, &application), JUMIN_ERROR_NO_SUCH_FILE);
}

static void test_a_check_says_what_applying_would(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_decision decision;
    (void)state;
    struct jumin_application_form form = station_form(station_person(1));
    form.won_paid = 1;
    assert_int_equal(jumin_station_check(station, &form, &decision), JUMIN_ERROR_RULES);
    assert_false(decision.met);
    form = station_form("{}");
    assert_int_equal(jumin_station_check(station, &form, &decision), JUMIN_ERROR_INPUT);
    assert_int_equal(decision.count, 0);
    station_apply(1, number);
    form = station_form(station_person(1));
    assert_int_equal(jumin_station_check(station, &form, &decision), JUMIN_ERROR_RULES);
    assert_string_equal(jumin_station_detail(station), decision.rules[5].english); // one valid card
    form.profile = "king";
    assert_int_equal(jumin_station_check(station, &form, &decision), JUMIN_ERROR_INPUT);
}

static void test_nobody_checks_without_having_logged_in(void **state)
{
    struct jumin_decision decision;
    struct jumin_station *nobody = NULL;
    (void)state;
    const struct jumin_application_form form = station_form(station_person(1));
    assert_int_equal(station_connect(&nobody, 0, 0), JUMIN_OK);
    assert_int_equal(jumin_station_check(nobody, &form, &decision), JUMIN_ERROR_NOT_AUTHORIZED);
    jumin_station_close(nobody);
}

static void test_the_officer_is_named_with_the_roles(void **state)
{
    unsigned roles = 1;
    struct jumin_station *nobody = NULL;
    (void)state;
    assert_int_equal(station_connect(&nobody, 0, 0), JUMIN_OK);
    assert_string_equal(jumin_station_officer(nobody, &roles), "");
    assert_int_equal(roles, 0);
    jumin_station_close(nobody);
    station_login(station, "approve");
    assert_string_equal(jumin_station_officer(station, &roles), "approve");
    assert_int_equal(roles, JUMIN_ROLE_APPROVE);
    assert_string_equal(jumin_station_officer(station, NULL), "approve");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATION_TEST(test_a_person_is_found_by_the_number_with_and_without_its_hyphen),
        STATION_TEST(test_who_is_at_the_station_finds_whatever_the_role),
        STATION_TEST(test_what_is_over_is_not_found_and_what_came_after_it_is),
        STATION_TEST(test_card_that_expired_or_was_given_back_is_not_found),
        STATION_TEST(test_card_without_a_last_day_is_found),
        STATION_TEST(test_no_registration_number_is_told_of),
        STATION_TEST(test_a_form_is_checked_and_not_taken),
        STATION_TEST(test_a_check_says_what_applying_would),
        STATION_TEST(test_nobody_checks_without_having_logged_in),
        STATION_TEST(test_the_officer_is_named_with_the_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
