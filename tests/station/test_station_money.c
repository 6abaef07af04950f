// Money: what is taken has its row, what is paid back is exactly that, once.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include "host/station/station_internal.h"
#include <stdio.h>

static enum jumin_error apply_and_pay(unsigned person, unsigned won, char number[JUMIN_APPLICATION_NUMBER])
{
    struct jumin_application_form form = station_form(station_person(person));
    form.won_paid = won;
    station_login(station, "intake");
    return jumin_station_apply(station, &form, NULL, number);
}

static enum jumin_error refund(const char *number)
{
    station_login(station, "intake");
    return jumin_station_act(station, JUMIN_ACTION_REFUND, number, NULL, NULL);
}

static struct jumin_application application_of(const char *number)
{
    struct jumin_application application;
    assert_int_equal(jumin_station_application(station, number, &application), JUMIN_OK);
    return application;
}

// The rule asks for enough; what is more is noted and paid back, too.
static void test_what_was_taken_is_paid_back_once(void **state)
{
    static const unsigned paid[] = {10000, 12000, JUMIN_WON_MAX};
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        char number[JUMIN_APPLICATION_NUMBER];
        assert_int_equal(apply_and_pay(i, paid[i], number), JUMIN_OK);
        assert_int_equal(refund(number), JUMIN_ERROR_STATUS);
        assert_int_equal(application_of(number).won_paid_back, 0);
        station_act(JUMIN_ACTION_CANCEL, number);
        assert_int_equal(refund(number), JUMIN_OK);
        assert_int_equal(application_of(number).won_taken, paid[i]);
        assert_int_equal(application_of(number).won_paid_back, paid[i]);
        assert_int_equal(refund(number), JUMIN_ERROR_STATUS);
        assert_int_equal(application_of(number).won_paid_back, paid[i]);
    }
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM payment"), 6);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM payment WHERE officer = 'intake'"), 6);
}

// Should the state be set back, the table still refuses it.
static void test_table_takes_no_second_refund(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, number);
    station_act(JUMIN_ACTION_CANCEL, number);
    station_act(JUMIN_ACTION_REFUND, number);
    stage_run("UPDATE application SET state = 7");
    assert_int_equal(refund(number), JUMIN_ERROR_CONFLICT);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM payment WHERE kind = 1"), 1);
    assert_int_equal(station_state(number), JUMIN_CANCELLED);
}

static void test_nothing_is_paid_back_where_nothing_was_paid(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_application_form form = station_form(station_person_born("2009-03-14", 1));
    (void)state;
    form.won_paid = 0;
    form.holds_card = false;
    form.first_issue = true;
    station_login(station, "intake");
    assert_int_equal(jumin_station_apply(station, &form, NULL, number), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM payment"), 0);
    station_act(JUMIN_ACTION_CANCEL, number);
    assert_int_equal(refund(number), JUMIN_ERROR_STATUS);
    assert_non_null(strstr(jumin_station_detail(station), "nothing was paid"));
    assert_int_equal(station_state(number), JUMIN_CANCELLED);
    station_apply(2, number); // whose transaction does not tell of the other one
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'refund'"), 0);
}

static void test_of_two_officers_one_pays_back(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_station *other = NULL;
    (void)state;
    station_apply(1, number);
    station_act(JUMIN_ACTION_CANCEL, number);
    assert_int_equal(station_connect(&other, 0, 0), JUMIN_OK);
    station_login(other, "intake");
    assert_int_equal(jumin_station_act(other, JUMIN_ACTION_REFUND, number, NULL, NULL), JUMIN_OK);
    assert_int_equal(refund(number), JUMIN_ERROR_STATUS);
    jumin_station_close(other);
}

static void test_money_is_paid_at_the_counter_alone_and_within_bounds(void **state)
{
    struct jumin_action_form form = {.proof = JUMIN_PROOF_COUNTER, .won_paid = 1};
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    assert_int_equal(apply_and_pay(1, JUMIN_WON_MAX + 1U, number), JUMIN_ERROR_ARGUMENT);
    station_make_verified(1, number);
    station_login(station, "intake");
    for (int action = 0; action < JUMIN_STATION_ACTIONS; action++) {
        if (action != JUMIN_ACTION_HAND_OVER && action != JUMIN_ACTION_APPROVE &&
            action != JUMIN_ACTION_SPOIL) {
            assert_int_equal(
                jumin_station_act(station, (enum jumin_station_action)action, number, &form, NULL),
                JUMIN_ERROR_ARGUMENT);
            assert_non_null(strstr(jumin_station_detail(station), "nothing is paid"));
        }
    }
    form.won_paid = JUMIN_WON_MAX + 1U;
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_HAND_OVER, number, &form, NULL),
                     JUMIN_ERROR_ARGUMENT);
    form.won_paid = JUMIN_WON_MAX;
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_HAND_OVER, number, &form, NULL), JUMIN_OK);
    assert_int_equal(application_of(number).won_taken, JUMIN_WON_MAX + 10000);
}

// The table is not signed, the trail is.
static void test_money_stands_in_the_trail(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, number);
    station_act(JUMIN_ACTION_CANCEL, number);
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_REFUND, number,
                                       &(struct jumin_action_form){.reason = "moved"}, NULL),
                     JUMIN_OK);
    assert_int_equal(
        stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'apply' AND detail = '10000 won'"), 1);
    assert_int_equal(
        stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'refund' AND detail = '10000 won; moved'"),
        1);
}

// --- Records of before -------------------------------------------------------------------------------------------

static void test_what_was_paid_before_gets_its_rows(void **state)
{
    struct jumin_station *opened = NULL;
    (void)state;
    assert_int_equal(jumin_policy_new(&station_policy), JUMIN_OK);
    assert_int_equal(database_migrate(stage, station_schema, 1), JUMIN_OK);
    stage_run("INSERT INTO officer (name, roles, salt, verifier, failures, refused_until)"
              " SELECT 'kim', 1, CAST('' AS {bytes}), CAST('' AS {bytes}), 0, 0");
    stage_run("INSERT INTO officer (name, roles, salt, verifier, failures, refused_until)"
              " SELECT 'lee', 1, CAST('' AS {bytes}), CAST('' AS {bytes}), 0, 0");
    // Paid and waiting; free; paid and paid back; handed over, lost and found.
    stage_run("INSERT INTO application (number, state, holder, person, profile, won_paid, applied_at, "
              "changed_at, applied_by) VALUES"
              " ('1', 0, CAST('a' AS {bytes}), NULL, 'key-only', 10000, 100, 100, 'kim'),"
              " ('2', 0, CAST('b' AS {bytes}), NULL, 'key-only', 0, 101, 101, 'kim'),"
              " ('3', 8, CAST('c' AS {bytes}), NULL, 'key-only', 7000, 102, 300, 'kim'),"
              " ('4', 5, CAST('d' AS {bytes}), NULL, 'key-only', 5000, 103, 900, 'kim')");
    stage_run(
        "INSERT INTO audit (number, at, officer, action, subject, detail, hash, signature)"
        " SELECT 1, 200, 'kim', 'cancel', '3', '', CAST('' AS {bytes}), CAST('' AS {bytes})"
        " UNION ALL SELECT 2, 300, 'lee', 'refund', '3', '', CAST('' AS {bytes}), CAST('' AS {bytes})"
        " UNION ALL SELECT 3, 400, 'kim', 'hand-over', '4', '', CAST('' AS {bytes}), CAST('' AS {bytes})"
        " UNION ALL SELECT 4, 900, 'kim', 'restore', '4', '', CAST('' AS {bytes}), CAST('' AS {bytes})");
    stage_run("INSERT INTO audit (number, at, officer, action, subject, detail, hash, signature)"
              " SELECT 5, 102, 'kim', 'apply', '3', '', CAST('' AS {bytes}), CAST('' AS {bytes})");
    assert_int_equal(station_connect(&opened, 0, 0), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT CAST(SUM(won) AS BIGINT) FROM payment WHERE kind = 0"), 22000);
    assert_int_equal(stage_integer("SELECT at FROM payment WHERE application = '1'"), 100);
    assert_int_equal(stage_integer("SELECT won FROM payment WHERE kind = 1 AND application = '3' AND at = 300"
                                   " AND officer = 'lee'"),
                     7000);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM payment"), 4);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application WHERE first_issue = 1 AND holds_card = 0"
                                   " AND number = '2'"),
                     1);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application WHERE first_issue = 1"), 1);
    assert_int_equal(stage_integer("SELECT ended_at FROM application WHERE number = '3'"), 200);
    assert_int_equal(stage_integer("SELECT ended_at FROM application WHERE number = '4'"), 400);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application WHERE ended_at IS NULL"), 2);
    jumin_station_close(opened);
    jumin_policy_free(station_policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATION_TEST(test_what_was_taken_is_paid_back_once),
        STATION_TEST(test_table_takes_no_second_refund),
        STATION_TEST(test_nothing_is_paid_back_where_nothing_was_paid),
        STATION_TEST(test_of_two_officers_one_pays_back),
        STATION_TEST(test_money_is_paid_at_the_counter_alone_and_within_bounds),
        STATION_TEST(test_money_stands_in_the_trail),
        STAGE_TEST(test_what_was_paid_before_gets_its_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
