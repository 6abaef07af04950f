// At the counter: what the scheme's rules refuse, each with its reason, and on which day they begin to.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include <stdio.h>

static enum jumin_error apply(const struct jumin_application_form *form, struct jumin_decision *decision)
{
    char number[JUMIN_APPLICATION_NUMBER];
    station_login(station, "intake");
    return jumin_station_apply(station, form, decision, number);
}

static enum jumin_error act(enum jumin_station_action action, const char *number,
                            const struct jumin_action_form *form, struct jumin_decision *decision)
{
    station_login(station, "intake");
    return jumin_station_act(station, action, number, form, decision);
}

static const struct jumin_action_form in_person = {.proof = JUMIN_PROOF_COUNTER};

// --- Who applies -------------------------------------------------------------------------------------------------

static void test_refusals_come_with_their_reasons(void **state)
{
    static const struct {
        const char *birth_date, *rule, *reason;
        const char *municipality, *photo_date; // NULL: good ones
        unsigned person, paid;
    } refused[] = {
        {"2009-11-03", "minimum-age", "The applicant is 16; the card is issued from 17 (on 2026-11-03).",
         NULL, NULL, 2, 10000},
        {"2001-03-14", "region",
         "The registered address, 1111010100, is in none of the 9 regions of the pilot.", "1111010100", NULL,
         2, 10000},
        {"2001-03-14", "photo-age",
         "The photo was taken on 2026-04-02 and could be used for 6 months, until 2026-10-02.", NULL,
         "2026-04-02", 2, 10000},
        {"2001-03-14", "fee", "The fee is 10,000 won, and 0 won were paid.", NULL, NULL, 2, 0},
        {"2001-03-14", "one-valid-card",
         "An IC card of the applicant is valid; it must be reported lost or given back first.", NULL, NULL, 1,
         10000},
    };
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char json[1024];
        struct jumin_decision decision;
        (void)snprintf(json, sizeof json, "%s",
                       station_person_born(refused[i].birth_date, refused[i].person));
        char *code = strstr(json, "3611010100");
        assert_non_null(code);
        memcpy(code, refused[i].municipality != NULL ? refused[i].municipality : "3611010100", 10);
        struct jumin_application_form form = station_form(json);
        form.won_paid = refused[i].paid;
        form.photo_date = refused[i].photo_date != NULL ? refused[i].photo_date : form.photo_date;
        assert_int_equal(apply(&form, &decision), JUMIN_ERROR_RULES);
        assert_true(station_fails_alone(&decision, refused[i].rule));
        assert_string_equal(jumin_station_detail(station), refused[i].reason);
    }
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application"), 1);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM payment"), 1);
}

static void test_wrong_officer_is_refused_with_the_reason(void **state)
{
    static const struct {
        enum jumin_station_action action;
        const char *officer, *reason;
    } refused[] = {
        {JUMIN_ACTION_APPROVE, "intake", "intake does not have the role approve"},
        {JUMIN_ACTION_HAND_OVER, "approve", "approve does not have the role intake"},
        {JUMIN_ACTION_REPORT_LOSS, "produce", "produce does not have the role intake"},
        {JUMIN_ACTION_GIVE_BACK, "produce", "produce does not have the role intake"},
        {JUMIN_ACTION_SPOIL, "intake", "intake does not have the role produce"},
    };
    char number[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    (void)state;
    station_apply(1, number);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        station_login(station, refused[i].officer);
        assert_int_equal(jumin_station_act(station, refused[i].action, number, &in_person, NULL),
                         JUMIN_ERROR_NOT_AUTHORIZED);
        assert_string_equal(jumin_station_detail(station), refused[i].reason);
    }
    station_login(station, "root");
    assert_int_equal(
        jumin_station_set_officer(station, "both", JUMIN_ROLE_APPROVE | JUMIN_ROLE_PRODUCE, PASSPHRASE),
        JUMIN_OK);
    station_login(station, "both");
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_APPROVE, number, NULL, NULL), JUMIN_OK);
    assert_int_equal(jumin_station_prepare(station, number, &order, taken), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_non_null(strstr(jumin_station_detail(station), "two persons: both has approved"));
}

// --- On which day ------------------------------------------------------------------------------------------------

// In the last second of a day in Korea it is refused, in the next one it is not: or the other way round.
static void test_limits_are_midnight_in_korea(void **state)
{
    static const struct {
        const char *rule, *day, *birth_date, *photo_date;
        bool allowed_from; // else it is allowed until the day before
    } limits[] = {
        {"minimum-age", "2026-11-03", "2009-11-03", "2026-10-01", true},
        {"minimum-age", "2027-01-01", "2010-01-01", "2026-12-01", true}, // at the turn of the year
        {"minimum-age", "2027-12-31", "2010-12-31", "2027-12-01", true},
        {"minimum-age", "2025-03-01", "2008-02-29", "2025-02-01", true}, // born on a leap day
        {"minimum-age", "2028-03-01", "2011-03-01", "2028-02-01", true}, // the leap day is the last before
        {"photo-age", "2026-11-03", "2001-03-14", "2026-05-02", false},
        {"photo-age", "2027-01-01", "2001-03-14", "2026-06-30", false},
        {"photo-age", "2028-03-01", "2001-03-14", "2027-08-29", false}, // until the leap day
        {"photo-age", "2026-11-03", "2001-03-14", "2026-11-03", true},  // not before it was taken
    };
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        for (int second = -1; second <= 0; second++) {
            struct jumin_decision decision;
            struct jumin_application_form form =
                station_form(station_person_born(limits[i].birth_date, (unsigned)i));
            char number[JUMIN_APPLICATION_NUMBER];
            const bool allowed = (second == 0) == limits[i].allowed_from;
            form.photo_date = limits[i].photo_date;
            station_clock = station_midnight(limits[i].day) + second;
            station_login(station, "intake");
            const enum jumin_error error = jumin_station_apply(station, &form, &decision, number);
            assert_int_equal(error, allowed ? JUMIN_OK : JUMIN_ERROR_RULES);
            assert_true(allowed || station_fails_alone(&decision, limits[i].rule));
            if (allowed) {
                station_act(JUMIN_ACTION_CANCEL, number);
            }
        }
    }
}

// --- Hand-over ---------------------------------------------------------------------------------------------------

static void test_hand_over_needs_the_holder_in_person(void **state)
{
    static const enum jumin_proof not_enough[] = {JUMIN_PROOF_NONE, JUMIN_PROOF_CARD, (enum jumin_proof)7};
    struct jumin_decision decision;
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_verified(1, number);
    for (size_t i = 0; i < 3; i++) {
        const struct jumin_action_form form = {.proof = not_enough[i]};
        assert_int_equal(act(JUMIN_ACTION_HAND_OVER, number, &form, &decision), JUMIN_ERROR_RULES);
        assert_true(station_fails_alone(&decision, "identity-proof"));
        assert_int_equal(decision.count, 6);
    }
    assert_int_equal(act(JUMIN_ACTION_HAND_OVER, number, NULL, NULL), JUMIN_ERROR_RULES);
    assert_int_equal(station_state(number), JUMIN_VERIFIED);
    assert_int_equal(act(JUMIN_ACTION_HAND_OVER, number, &in_person, &decision), JUMIN_OK);
    assert_true(decision.met);
    assert_int_equal(decision.count, 6);
}

static void test_card_that_was_not_read_back_is_not_handed_over(void **state)
{
    struct jumin_decision decision;
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_verified(1, number);
    stage_run("UPDATE application SET state = 3");
    assert_int_equal(act(JUMIN_ACTION_HAND_OVER, number, &in_person, &decision), JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "card-verified"));
    assert_int_equal(station_state(number), JUMIN_WRITTEN);
}

// The fee is that of the scheme in force; what is missing can be paid now.
static void test_fee_that_is_missing_is_paid_at_the_hand_over(void **state)
{
    struct jumin_action_form form = in_person;
    struct jumin_decision decision;
    struct jumin_application application;
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_verified(1, number);
    station_scheme("\"ic_card\": 10000", "\"ic_card\": 12000");
    form.won_paid = 1999;
    assert_int_equal(act(JUMIN_ACTION_HAND_OVER, number, &form, &decision), JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "fee"));
    assert_string_equal(jumin_station_detail(station), "The fee is 12,000 won, and 11,999 won were paid.");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM payment"), 1);
    form.won_paid = 2000;
    form.reason = "in cash";
    assert_int_equal(act(JUMIN_ACTION_HAND_OVER, number, &form, NULL), JUMIN_OK);
    assert_int_equal(jumin_station_application(station, number, &application), JUMIN_OK);
    assert_int_equal(application.won_taken, 12000);
    assert_int_equal(
        stage_integer(
            "SELECT COUNT(*) FROM audit WHERE action = 'hand-over' AND detail = '2000 won; in cash'"),
        1);
}

// Who was 17 when applying has the first card free, also when it is fetched as an adult.
static void test_fee_is_that_of_the_day_of_the_application(void **state)
{
    static const struct {
        int64_t applied; // seconds from the midnight on which the applicant turns 18
        bool holds_card, free;
    } cases[] = {{-1, false, true}, {0, false, false}, {-1, true, false}};
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct jumin_decision decision;
        char number[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER];
        struct jumin_application_form form = station_form(station_person_born("2008-11-03", i));
        struct jumin_order *order = NULL;
        form.holds_card = cases[i].holds_card;
        form.first_issue = !cases[i].holds_card;
        form.won_paid = cases[i].free ? 0 : 10000;
        station_clock = station_midnight("2026-11-03") + cases[i].applied;
        station_login(station, "intake");
        assert_int_equal(jumin_station_apply(station, &form, NULL, number), JUMIN_OK);
        station_act(JUMIN_ACTION_APPROVE, number);
        station_login(station, "produce");
        assert_int_equal(jumin_station_prepare(station, number, &order, taken), JUMIN_OK);
        jumin_order_free(order);
        assert_int_equal(station_note_written(station, number), JUMIN_OK);
        assert_int_equal(station_note_verified(station, number), JUMIN_OK);
        station_clock = station_midnight("2027-02-01");
        stage_run("DELETE FROM payment"); // so that only what is free passes
        stage_run(
            "UPDATE application SET first_issue = 1 WHERE holds_card = 1"); // a first one is for who has none
        assert_int_equal(act(JUMIN_ACTION_HAND_OVER, number, &in_person, &decision),
                         cases[i].free ? JUMIN_OK : JUMIN_ERROR_RULES);
        assert_true(cases[i].free || station_fails_alone(&decision, "fee"));
    }
}

// The index forbids it; should it be lost, the rule does.
static void test_second_card_is_not_handed_over(void **state)
{
    char first[JUMIN_APPLICATION_NUMBER], second[JUMIN_APPLICATION_NUMBER];
    struct jumin_decision decision;
    (void)state;
    station_make_handed_over(1, first);
    station_act(JUMIN_ACTION_REPORT_LOSS, first);
    station_make_verified(1, second);
    stage_run("DROP INDEX application_of_holder");
    stage_run("UPDATE application SET state = 5 WHERE state = 9");
    assert_int_equal(act(JUMIN_ACTION_HAND_OVER, second, &in_person, &decision), JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "one-valid-card"));
    stage_run("UPDATE application SET state = 9 WHERE state = 5");
    assert_int_equal(act(JUMIN_ACTION_HAND_OVER, second, &in_person, NULL), JUMIN_OK);
}

static void test_card_that_lay_too_long_is_not_handed_over(void **state)
{
    struct jumin_decision decision;
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_verified(1, number);
    station_clock = station_midnight("2036-11-02");
    assert_int_equal(act(JUMIN_ACTION_HAND_OVER, number, &in_person, &decision), JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "validity"));
    station_clock -= 1;
    assert_int_equal(act(JUMIN_ACTION_HAND_OVER, number, &in_person, NULL), JUMIN_OK);
}

static void test_changed_record_is_not_handed_over(void **state)
{
    char first[JUMIN_APPLICATION_NUMBER], second[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_verified(1, first);
    station_make_verified(2, second);
    stage_run("UPDATE application SET person = (SELECT person FROM application WHERE number = "
              "'2026-00000002') WHERE number = '2026-00000001'");
    assert_int_equal(act(JUMIN_ACTION_HAND_OVER, first, &in_person, NULL), JUMIN_ERROR_SIGNATURE);
    assert_int_equal(station_state(first), JUMIN_VERIFIED);
}

// --- Lost and found ----------------------------------------------------------------------------------------------

static void test_lost_card_is_unlocked_by_its_holder_in_person(void **state)
{
    struct jumin_decision decision;
    const struct jumin_action_form by_card = {.proof = JUMIN_PROOF_CARD};
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    station_act(JUMIN_ACTION_REPORT_LOSS, number);
    assert_int_equal(act(JUMIN_ACTION_RESTORE, number, &by_card, &decision), JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "identity-proof"));
    assert_int_equal(decision.count, 3);
    assert_int_equal(act(JUMIN_ACTION_RESTORE, number, NULL, NULL), JUMIN_ERROR_RULES);
    assert_int_equal(act(JUMIN_ACTION_RESTORE, number, &in_person, &decision), JUMIN_OK);
    assert_true(decision.met);
}

static void test_card_is_not_unlocked_when_it_is_valid_no_more(void **state)
{
    struct jumin_decision decision;
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    station_act(JUMIN_ACTION_REPORT_LOSS, number);
    station_clock = station_midnight("2036-11-02");
    assert_int_equal(act(JUMIN_ACTION_RESTORE, number, &in_person, &decision), JUMIN_ERROR_RULES);
    assert_true(station_fails_alone(&decision, "validity"));
    station_clock -= 1;
    assert_int_equal(act(JUMIN_ACTION_RESTORE, number, &in_person, NULL), JUMIN_OK);
}

// Whatever became of the one after it.
static void test_card_that_was_replaced_is_not_unlocked(void **state)
{
    static const enum jumin_application_state of_second[] = {JUMIN_HANDED_OVER, JUMIN_LOST, JUMIN_EXPIRED,
                                                             JUMIN_GIVEN_BACK};
    struct jumin_decision decision;
    char first[JUMIN_APPLICATION_NUMBER], second[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, first);
    station_act(JUMIN_ACTION_REPORT_LOSS, first);
    station_make_handed_over(1, second);
    for (size_t i = 0; i < 4; i++) {
        const struct database_value values[] = {database_text(second), database_integer(of_second[i])};
        assert_int_equal(
            database_run(stage, "UPDATE application SET state = $2 WHERE number = $1", values, 2, NULL),
            JUMIN_OK);
        assert_int_equal(act(JUMIN_ACTION_RESTORE, first, &in_person, &decision), JUMIN_ERROR_RULES);
        assert_true(station_fails_alone(&decision, "not-revoked"));
    }
    // The one that came later may be found.
    stage_run("UPDATE application SET state = 9");
    assert_int_equal(act(JUMIN_ACTION_RESTORE, second, &in_person, NULL), JUMIN_OK);
    assert_int_equal(station_state(first), JUMIN_LOST);
}

static void test_who_gives_a_card_back_may_apply_again(void **state)
{
    char first[JUMIN_APPLICATION_NUMBER], second[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, first);
    station_act(JUMIN_ACTION_GIVE_BACK, first);
    station_make_handed_over(1, second);
    assert_int_equal(act(JUMIN_ACTION_RESTORE, first, &in_person, NULL), JUMIN_ERROR_STATUS);
    assert_int_equal(station_state(first), JUMIN_GIVEN_BACK);
}

// --- Whose it is -------------------------------------------------------------------------------------------------

static void test_card_is_found_by_its_holder(void **state)
{
    char found[JUMIN_APPLICATION_NUMBER], first[JUMIN_APPLICATION_NUMBER], other[JUMIN_APPLICATION_NUMBER];
    char second[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, first);
    station_apply(2, other);
    station_login(station, "intake");
    assert_int_equal(jumin_station_find_holder(station, "012314-4000001", found), JUMIN_OK);
    assert_string_equal(found, first);
    assert_int_equal(jumin_station_find_holder(station, "0123144000002", found), JUMIN_OK);
    assert_string_equal(found, other);
    // Of several that came to nothing it is the last.
    station_act(JUMIN_ACTION_CANCEL, other);
    station_apply(2, other);
    station_act(JUMIN_ACTION_CANCEL, other);
    assert_int_equal(jumin_station_find_holder(station, "0123144000002", found), JUMIN_OK);
    assert_string_equal(found, other);
    // The lost one goes before an application, a card in the holder's hands before all.
    station_act(JUMIN_ACTION_REPORT_LOSS, first);
    station_make_verified(1, second);
    station_login(station, "intake");
    assert_int_equal(jumin_station_find_holder(station, "012314-4000001", found), JUMIN_OK);
    assert_string_equal(found, first);
    station_act(JUMIN_ACTION_HAND_OVER, second);
    assert_int_equal(jumin_station_find_holder(station, "012314-4000001", found), JUMIN_OK);
    assert_string_equal(found, second);
}

static void test_registration_number_is_shown_with_stars(void **state)
{
    char found[JUMIN_APPLICATION_NUMBER] = "x", number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, number);
    assert_int_equal(jumin_station_find_holder(station, "012314-4000009", found), JUMIN_ERROR_NO_SUCH_FILE);
    assert_string_equal(found, "");
    assert_non_null(strstr(jumin_station_detail(station), "012314-4******"));
    assert_null(strstr(jumin_station_detail(station), "4000009"));
    assert_int_equal(jumin_station_find_holder(station, "010314-4000009", found), JUMIN_ERROR_INPUT);
    assert_null(strstr(jumin_station_detail(station), "4000009"));
    station_login(station, "produce");
    assert_int_equal(jumin_station_find_holder(station, "012314-4000001", found), JUMIN_ERROR_NOT_AUTHORIZED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATION_TEST(test_refusals_come_with_their_reasons),
        STATION_TEST(test_wrong_officer_is_refused_with_the_reason),
        STATION_TEST(test_limits_are_midnight_in_korea),
        STATION_TEST(test_hand_over_needs_the_holder_in_person),
        STATION_TEST(test_card_that_was_not_read_back_is_not_handed_over),
        STATION_TEST(test_fee_that_is_missing_is_paid_at_the_hand_over),
        STATION_TEST(test_fee_is_that_of_the_day_of_the_application),
        STATION_TEST(test_second_card_is_not_handed_over),
        STATION_TEST(test_card_that_lay_too_long_is_not_handed_over),
        STATION_TEST(test_changed_record_is_not_handed_over),
        STATION_TEST(test_lost_card_is_unlocked_by_its_holder_in_person),
        STATION_TEST(test_card_is_not_unlocked_when_it_is_valid_no_more),
        STATION_TEST(test_card_that_was_replaced_is_not_unlocked),
        STATION_TEST(test_who_gives_a_card_back_may_apply_again),
        STATION_TEST(test_card_is_found_by_its_holder),
        STATION_TEST(test_registration_number_is_shown_with_stars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
