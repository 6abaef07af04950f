// Officers: who logs in, who does not, and what each may do.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include <stdio.h>

static void test_first_officer_is_an_administrator_and_the_others_need_one(void **state)
{
    (void)state;
    assert_int_equal(jumin_station_login(station, "intake", PASSPHRASE), JUMIN_OK);
    assert_int_equal(jumin_station_set_officer(station, "friend", JUMIN_ROLE_APPROVE, PASSPHRASE),
                     JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(jumin_station_login(station, "friend", PASSPHRASE), JUMIN_ERROR_WRONG_PASSWORD);
    assert_int_equal(jumin_station_set_officer(station, "friend", JUMIN_ROLE_APPROVE, PASSPHRASE),
                     JUMIN_ERROR_NOT_AUTHORIZED); // nobody is logged in now
    station_login(station, "root");
    assert_int_equal(jumin_station_set_officer(station, "friend", JUMIN_ROLE_APPROVE, PASSPHRASE), JUMIN_OK);
    station_login(station, "friend");
}

static void test_wrong_passphrase_and_unknown_officer_answer_alike(void **state)
{
    char first[256];
    (void)state;
    assert_int_equal(jumin_station_login(station, "intake", "passphrasf"), JUMIN_ERROR_WRONG_PASSWORD);
    (void)strcpy(first, jumin_station_detail(station));
    assert_int_equal(jumin_station_login(station, "nobody", "passphrasf"), JUMIN_ERROR_WRONG_PASSWORD);
    assert_string_equal(jumin_station_detail(station), first);
    assert_int_equal(jumin_station_login(station, "x' OR '1'='1", PASSPHRASE), JUMIN_ERROR_WRONG_PASSWORD);
}

static void test_login_that_fails_logs_out(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, number);
    assert_int_equal(jumin_station_login(station, "intake", "wrong"), JUMIN_ERROR_WRONG_PASSWORD);
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_CANCEL, number, NULL, NULL),
                     JUMIN_ERROR_NOT_AUTHORIZED);
}

static void test_five_failures_refuse_the_officer_for_five_minutes(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(jumin_station_login(station, "intake", "wrong"), JUMIN_ERROR_WRONG_PASSWORD);
    }
    assert_int_equal(jumin_station_login(station, "intake", PASSPHRASE), JUMIN_ERROR_PASSWORD_SUSPENDED);
    assert_int_equal(jumin_station_login(station, "approve", PASSPHRASE), JUMIN_OK);
    station_clock += 299;
    assert_int_equal(jumin_station_login(station, "intake", PASSPHRASE), JUMIN_ERROR_PASSWORD_SUSPENDED);
    station_clock += 1;
    assert_int_equal(jumin_station_login(station, "intake", PASSPHRASE), JUMIN_OK);
}

static void test_success_forgets_failures(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        assert_int_equal(jumin_station_login(station, "intake", i % 4 == 3 ? PASSPHRASE : "wrong"),
                         i % 4 == 3 ? JUMIN_OK : JUMIN_ERROR_WRONG_PASSWORD);
    }
}

static void test_failures_are_counted_across_stations(void **state)
{
    struct jumin_station *other = NULL;
    (void)state;
    assert_int_equal(station_connect(&other, 0, 0), JUMIN_OK);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(jumin_station_login(i % 2 == 0 ? station : other, "intake", "wrong"),
                         JUMIN_ERROR_WRONG_PASSWORD);
    }
    assert_int_equal(jumin_station_login(other, "intake", PASSPHRASE), JUMIN_ERROR_PASSWORD_SUSPENDED);
    jumin_station_close(other);
}

static void fail_to_login(int times)
{
    for (int i = 0; i < times; i++) {
        assert_int_equal(jumin_station_login(station, "intake", "wrong"), JUMIN_ERROR_WRONG_PASSWORD);
    }
}

static void test_fifth_try_may_be_the_right_one(void **state)
{
    (void)state;
    fail_to_login(4);
    station_login(station, "intake");
    station_login(station, "intake");
    fail_to_login(4);
    station_login(station, "intake");
}

static void test_after_the_refusal_there_are_five_tries_again(void **state)
{
    (void)state;
    fail_to_login(5);
    station_clock += 300;
    fail_to_login(4);
    station_login(station, "intake");
}

static void test_new_passphrase_ends_the_refusal(void **state)
{
    (void)state;
    fail_to_login(5);
    station_login(station, "root");
    assert_int_equal(jumin_station_set_officer(station, "intake", JUMIN_ROLE_INTAKE, PASSPHRASE), JUMIN_OK);
    fail_to_login(4);
    assert_int_equal(jumin_station_set_officer(station, "intake", JUMIN_ROLE_INTAKE, PASSPHRASE),
                     JUMIN_ERROR_NOT_AUTHORIZED);
    station_login(station, "root");
    assert_int_equal(jumin_station_set_officer(station, "intake", JUMIN_ROLE_INTAKE, PASSPHRASE), JUMIN_OK);
    fail_to_login(4);
    station_login(station, "intake");
}

static struct jumin_station *second;

static void fail_four_times(void)
{
    for (int i = 0; i < 4; i++) {
        assert_int_equal(jumin_station_login(second, "intake", "wrong"), JUMIN_ERROR_WRONG_PASSWORD);
    }
    assert_int_equal(jumin_station_login(second, "intake", PASSPHRASE), JUMIN_ERROR_PASSWORD_SUSPENDED);
}

// Whoever tries at many stations at once has five tries, too.
static void test_tries_at_once_are_all_counted(void **state)
{
    (void)state;
    assert_int_equal(station_connect(&second, 0, 0), JUMIN_OK);
    station_during_login = fail_four_times;
    assert_int_equal(jumin_station_login(station, "intake", "wrong"), JUMIN_ERROR_WRONG_PASSWORD);
    assert_int_equal(jumin_station_login(station, "intake", PASSPHRASE), JUMIN_ERROR_PASSWORD_SUSPENDED);
    jumin_station_close(second);
}

static const char *first_name;

static void be_the_first(struct database *database)
{
    struct jumin_station *own = NULL;
    database_close(database);
    assert_int_equal(station_connect(&own, 0, 0), JUMIN_OK);
    const enum jumin_error error = jumin_station_set_officer(own, first_name, JUMIN_ROLE_AUDIT, PASSPHRASE);
    assert_true(error == JUMIN_OK || error == JUMIN_ERROR_NOT_AUTHORIZED);
}

// On a server both are kept waiting in the middle. (A SQLite file is locked whole; and a lock does not live
// on in a fork.)
static void test_of_two_first_officers_one_comes_too_late(void **state)
{
    static const char *const names[] = {"one", "two"};
    int workers[2];
    struct database *holder = NULL;
    (void)state;
    stage_run("DELETE FROM officer");
    if (stage_is_server()) {
        holder = stage_connect();
        assert_int_equal(database_begin(holder), JUMIN_OK);
        assert_int_equal(database_run(holder, "UPDATE audit_head SET number = number", NULL, 0, NULL),
                         JUMIN_OK);
    }
    for (size_t i = 0; i < 2; i++) {
        first_name = names[i];
        workers[i] = stage_fork(be_the_first);
    }
    while (holder != NULL && stage_integer("SELECT COUNT(*) FROM pg_stat_activity WHERE datname ="
                                           " current_database() AND wait_event_type = 'Lock'") < 2) {
    }
    database_close(holder);
    for (size_t i = 0; i < 2; i++) {
        stage_wait(workers[i]);
    }
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM officer"), 1);
}

static bool keep_detail(void *context, const struct jumin_audit_entry *entry)
{
    assert_string_equal(entry->action, "set-officer");
    (void)snprintf(context, 64, "%s %s", entry->subject, entry->detail);
    return true;
}

static void test_audit_trail_tells_the_roles_of_an_officer(void **state)
{
    char detail[64] = "";
    (void)state;
    station_login(station, "root");
    assert_int_equal(jumin_station_audit(station, keep_detail, detail), JUMIN_OK);
    assert_string_equal(detail, "produce produce");
    assert_int_equal(
        jumin_station_set_officer(station, "root", JUMIN_ROLE_AUDIT | JUMIN_ROLE_ADMIN, PASSPHRASE),
        JUMIN_OK);
    assert_int_equal(jumin_station_audit(station, keep_detail, detail), JUMIN_OK);
    assert_string_equal(detail, "root audit admin");
    assert_int_equal(jumin_station_set_officer(station, "intake", 0, PASSPHRASE), JUMIN_OK);
    assert_int_equal(jumin_station_audit(station, keep_detail, detail), JUMIN_OK);
    assert_string_equal(detail, "intake no role");
}

static void test_officer_without_roles_sees_nothing(void **state)
{
    struct jumin_application application;
    (void)state;
    assert_int_equal(jumin_station_set_officer(station, "intake", 0, PASSPHRASE), JUMIN_OK);
    station_login(station, "intake");
    assert_int_equal(jumin_station_application(station, "2026-00000001", &application),
                     JUMIN_ERROR_NOT_AUTHORIZED);
    assert_string_equal(jumin_station_detail(station), "intake does not have any role");
}

static void test_new_passphrase_and_roles_take_the_place_of_the_old_ones(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    assert_int_equal(jumin_station_set_officer(station, "intake", JUMIN_ROLE_AUDIT, "another one"), JUMIN_OK);
    assert_int_equal(jumin_station_login(station, "intake", PASSPHRASE), JUMIN_ERROR_WRONG_PASSWORD);
    assert_int_equal(jumin_station_login(station, "intake", "another one"), JUMIN_OK);
    const char *json = station_person(1);
    const struct jumin_application_form form = station_form(json);
    assert_int_equal(jumin_station_apply(station, &form, NULL, number), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_string_equal(number, "");
}

static enum jumin_error set_roles(const char *name, unsigned roles)
{
    return jumin_station_set_officer(station, name, roles, PASSPHRASE);
}

static void test_last_administrator_stays_one(void **state)
{
    (void)state;
    assert_int_equal(set_roles("root", JUMIN_ROLE_AUDIT), JUMIN_ERROR_CONFLICT);
    assert_string_equal(jumin_station_detail(station),
                        "the last administrator stays one: make another one first");
    assert_int_equal(jumin_station_disable_officer(station, "root"), JUMIN_ERROR_CONFLICT);
    station_login(station, "root");
    assert_int_equal(set_roles("second", JUMIN_ROLE_ADMIN | JUMIN_ROLE_INTAKE), JUMIN_OK);
    assert_int_equal(set_roles("root", JUMIN_ROLE_AUDIT), JUMIN_OK);
    station_login(station, "second");
    assert_int_equal(jumin_station_disable_officer(station, "second"), JUMIN_ERROR_CONFLICT);
}

static void test_disabled_officer_keeps_the_name_alone(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_application application;
    (void)state;
    station_apply(1, number);
    station_login(station, "root");
    assert_int_equal(jumin_station_disable_officer(station, "intake"), JUMIN_OK);
    assert_int_equal(jumin_station_disable_officer(station, "nobody"), JUMIN_ERROR_NO_SUCH_FILE);
    assert_int_equal(jumin_station_login(station, "intake", PASSPHRASE), JUMIN_ERROR_WRONG_PASSWORD);
    assert_int_equal(jumin_station_login(station, "intake", ""), JUMIN_ERROR_WRONG_PASSWORD);
    station_login(station, "root");
    assert_int_equal(jumin_station_application(station, number, &application), JUMIN_OK);
    assert_string_equal(application.applied_by, "intake");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'disable-officer' AND subject ="
                                   " 'intake' AND officer = 'root'"),
                     1);
    assert_int_equal(set_roles("intake", JUMIN_ROLE_INTAKE), JUMIN_OK);
    station_login(station, "intake");
    assert_int_equal(jumin_station_disable_officer(station, "produce"), JUMIN_ERROR_NOT_AUTHORIZED);
}

static bool list(void *context, const struct jumin_officer *officer)
{
    char *text = context;
    (void)snprintf(text + strlen(text), 64, "%s %u%s,", officer->name, officer->roles,
                   officer->disabled ? " disabled" : "");
    return strcmp(officer->name, "produce") != 0;
}

static void test_officers_are_listed_until_that_is_enough(void **state)
{
    char text[256] = "";
    (void)state;
    assert_int_equal(jumin_station_disable_officer(station, "intake"), JUMIN_OK);
    assert_int_equal(jumin_station_officers(station, list, text), JUMIN_OK);
    assert_string_equal(text, "approve 2,intake 0 disabled,produce 4,");
    station_login(station, "produce");
    assert_int_equal(jumin_station_officers(station, list, text), JUMIN_ERROR_NOT_AUTHORIZED);
}

static void test_officer_changes_the_own_passphrase(void **state)
{
    (void)state;
    station_login(station, "intake");
    assert_int_equal(jumin_station_change_passphrase(station, "wrong", "another one"),
                     JUMIN_ERROR_WRONG_PASSWORD);
    assert_int_equal(jumin_station_change_passphrase(station, PASSPHRASE, "7 chars"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_station_change_passphrase(station, PASSPHRASE, "another one"), JUMIN_OK);
    assert_int_equal(
        stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'change-passphrase' AND officer ="
                      " 'intake' AND subject = 'intake'"),
        1);
    assert_int_equal(stage_integer("SELECT roles FROM officer WHERE name = 'intake'"), JUMIN_ROLE_INTAKE);
    assert_int_equal(jumin_station_login(station, "intake", PASSPHRASE), JUMIN_ERROR_WRONG_PASSWORD);
    assert_int_equal(jumin_station_change_passphrase(station, "another one", PASSPHRASE),
                     JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(jumin_station_login(station, "intake", "another one"), JUMIN_OK);
    station_login(station, "approve");
}

static void disable_intake(void)
{
    assert_int_equal(jumin_station_disable_officer(second, "intake"), JUMIN_OK);
}

// Whoever was disabled while the old passphrase was checked does not come back with a new one.
static void test_administrator_comes_before_the_officer(void **state)
{
    (void)state;
    assert_int_equal(station_connect(&second, 0, 0), JUMIN_OK);
    station_login(second, "root");
    station_login(station, "intake");
    station_during_login = disable_intake; // while the new one is hashed; the old one is found no more
    assert_int_equal(jumin_station_change_passphrase(station, PASSPHRASE, "another one"),
                     JUMIN_ERROR_WRONG_PASSWORD);
    assert_int_equal(jumin_station_login(station, "intake", "another one"), JUMIN_ERROR_WRONG_PASSWORD);
    jumin_station_close(second);
}

static void disable_intake_at_the_next(void)
{
    station_during_login = disable_intake;
}

// And not when the old one was found already.
static void test_administrator_comes_before_the_new_passphrase(void **state)
{
    (void)state;
    assert_int_equal(station_connect(&second, 0, 0), JUMIN_OK);
    station_login(second, "root");
    station_login(station, "intake");
    station_during_login = disable_intake_at_the_next;
    assert_int_equal(jumin_station_change_passphrase(station, PASSPHRASE, "another one"),
                     JUMIN_ERROR_CONFLICT);
    assert_int_equal(jumin_station_login(station, "intake", "another one"), JUMIN_ERROR_WRONG_PASSWORD);
    jumin_station_close(second);
}

static void test_tries_to_change_the_passphrase_are_counted(void **state)
{
    (void)state;
    station_login(station, "intake");
    for (int i = 0; i < 5; i++) {
        assert_int_equal(jumin_station_change_passphrase(station, "wrong", "another one"),
                         JUMIN_ERROR_WRONG_PASSWORD);
    }
    assert_int_equal(jumin_station_change_passphrase(station, PASSPHRASE, "another one"),
                     JUMIN_ERROR_PASSWORD_SUSPENDED);
}

static void test_names_roles_and_short_passphrases_are_refused(void **state)
{
    static const char *const names[] = {"", "Kim", "a b", "abcdefghijklmnopqrstuvwxyz0123456", "김"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(jumin_station_set_officer(station, names[i], JUMIN_ROLE_AUDIT, PASSPHRASE),
                         JUMIN_ERROR_ARGUMENT);
    }
    assert_int_equal(jumin_station_set_officer(station, "kim", 32, PASSPHRASE), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_station_set_officer(station, "kim", JUMIN_ROLE_AUDIT, "7 chars"),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_station_set_officer(station, "kim", JUMIN_ROLE_AUDIT, NULL), JUMIN_ERROR_ARGUMENT);
}

static void test_each_role_has_a_name(void **state)
{
    static const char *const names[] = {"intake", "approve", "produce", "audit", "admin"};
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        assert_string_equal(jumin_officer_role_name(1U << i), names[i]);
    }
    assert_null(jumin_officer_role_name(0));
    assert_null(jumin_officer_role_name(3));
    assert_null(jumin_officer_role_name(32));
}

// No passphrase, and nothing that equals for equal passphrases.
static void test_database_holds_no_passphrase(void **state)
{
    (void)state;
    assert_int_equal(stage_integer("SELECT COUNT(DISTINCT verifier) FROM officer"), 4);
    assert_int_equal(stage_integer("SELECT COUNT(DISTINCT salt) FROM officer"), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATION_TEST(test_first_officer_is_an_administrator_and_the_others_need_one),
        STATION_TEST(test_wrong_passphrase_and_unknown_officer_answer_alike),
        STATION_TEST(test_login_that_fails_logs_out),
        STATION_TEST(test_five_failures_refuse_the_officer_for_five_minutes),
        STATION_TEST(test_success_forgets_failures),
        STATION_TEST(test_failures_are_counted_across_stations),
        STATION_TEST(test_fifth_try_may_be_the_right_one),
        STATION_TEST(test_after_the_refusal_there_are_five_tries_again),
        STATION_TEST(test_new_passphrase_ends_the_refusal),
        STATION_TEST(test_tries_at_once_are_all_counted),
        STATION_TEST(test_of_two_first_officers_one_comes_too_late),
        STATION_TEST(test_audit_trail_tells_the_roles_of_an_officer),
        STATION_TEST(test_officer_without_roles_sees_nothing),
        STATION_TEST(test_new_passphrase_and_roles_take_the_place_of_the_old_ones),
        STATION_TEST(test_last_administrator_stays_one),
        STATION_TEST(test_disabled_officer_keeps_the_name_alone),
        STATION_TEST(test_officers_are_listed_until_that_is_enough),
        STATION_TEST(test_officer_changes_the_own_passphrase),
        STATION_TEST(test_administrator_comes_before_the_officer),
        STATION_TEST(test_administrator_comes_before_the_new_passphrase),
        STATION_TEST(test_tries_to_change_the_passphrase_are_counted),
        STATION_TEST(test_names_roles_and_short_passphrases_are_refused),
        STATION_TEST(test_each_role_has_a_name),
        STATION_TEST(test_database_holds_no_passphrase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
