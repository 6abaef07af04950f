// A server that goes away at any statement of any call: nothing is lost, nothing is done twice.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include "host/database/provider.h"
#include "host/station/station_internal.h"
#include <stdio.h>

// --- Faults ----------------------------------------------------------------------------------------------------

// What happens to the server, and before which statement of the station; 0: none.
static void (*fault)(void);
static unsigned fault_at;
static bool happened;
static bool after_commit; // before the commit's answer instead

static void happen(void)
{
    void (*now)(void) = fault;
    fault_at = 0;
    after_commit = false;
    happened = true;
    now();
}

static void statement(void)
{
    if (fault_at == 1) {
        happen();
    } else if (fault_at > 0) {
        fault_at--;
    }
}

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
enum jumin_error __real_database_begin(struct database *database);
enum jumin_error __wrap_database_begin(struct database *database);
enum jumin_error __real_database_commit(struct database *database);
enum jumin_error __wrap_database_commit(struct database *database);
enum jumin_error __real_database_query(struct database *database, const char *sql,
                                       const struct database_value *values, size_t count,
                                       struct database_rows **rows);
enum jumin_error __wrap_database_query(struct database *database, const char *sql,
                                       const struct database_value *values, size_t count,
                                       struct database_rows **rows);
enum jumin_error __real_database_run(struct database *database, const char *sql,
                                     const struct database_value *values, size_t count, size_t *changed);
enum jumin_error __wrap_database_run(struct database *database, const char *sql,
                                     const struct database_value *values, size_t count, size_t *changed);

enum jumin_error __wrap_database_begin(struct database *database)
{
    statement();
    return __real_database_begin(database);
}

enum jumin_error __wrap_database_commit(struct database *database)
{
    statement();
    if (after_commit) {
        assert_int_equal(database_execute(database, "COMMIT;"), JUMIN_OK);
        happen();
    }
    return __real_database_commit(database);
}

enum jumin_error __wrap_database_query(struct database *database, const char *sql,
                                       const struct database_value *values, size_t count,
                                       struct database_rows **rows)
{
    statement();
    return __real_database_query(database, sql, values, count, rows);
}

enum jumin_error __wrap_database_run(struct database *database, const char *sql,
                                     const struct database_value *values, size_t count, size_t *changed)
{
    statement();
    return __real_database_run(database, sql, values, count, changed);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

// An administrator ends all connections but the test's own.
static void cut(void)
{
    const struct database_value own = database_integer(stage_integer("SELECT pg_backend_pid()"));
    struct database *other = stage_connect();
    assert_int_equal(database_run(other,
                                  "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname"
                                  " = current_database() AND pid NOT IN ($1, pg_backend_pid())",
                                  &own, 1, NULL),
                     JUMIN_OK);
    database_close(other);
}

static void stop(void)
{
    stage_control("stop");
}

static unsigned told; // how often `waiting` was called

static bool start_again(void *context, unsigned seconds)
{
    (void)context;
    if (told++ == 0) {
        assert_int_equal(seconds, station_wait_seconds);
        stage_control("start");
        assert_int_equal(database_reconnect(stage), JUMIN_OK);
    }
    return true;
}

static bool give_up(void *context, unsigned seconds)
{
    (void)context;
    (void)seconds;
    told++;
    return false;
}

// The station again, with these options.
static void reopen(unsigned wait_seconds, bool (*waiting)(void *context, unsigned seconds))
{
    jumin_station_close(station);
    station_wait_seconds = wait_seconds;
    station_waiting = waiting;
    told = 0;
    assert_int_equal(station_connect(&station, 0, 0), JUMIN_OK);
}

// --- The calls -------------------------------------------------------------------------------------------------

static char number[JUMIN_APPLICATION_NUMBER];
static unsigned person;

static enum jumin_error do_apply(void)
{
    const char *json = station_person(person);
    const struct jumin_application_form form = station_form(json);
    return jumin_station_apply(station, &form, NULL, number);
}

static enum jumin_error do_approve(void)
{
    return jumin_station_act(station, JUMIN_ACTION_APPROVE, number, NULL, NULL);
}

static enum jumin_error do_prepare(void)
{
    char taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    const enum jumin_error error = jumin_station_prepare(station, NULL, &order, taken);
    if (error == JUMIN_OK) {
        assert_string_equal(taken, number);
        assert_int_equal(strlen(jumin_order_can(order)), 6);
    }
    jumin_order_free(order);
    return error;
}

static enum jumin_error do_written(void)
{
    return station_note_written(station, number);
}

static enum jumin_error do_verified(void)
{
    return station_note_verified(station, number);
}

static enum jumin_error do_hand_over(void)
{
    const struct jumin_action_form seen = {.proof = JUMIN_PROOF_COUNTER};
    return jumin_station_act(station, JUMIN_ACTION_HAND_OVER, number, &seen, NULL);
}

// A card's way, in order.
static const struct {
    const char *action, *officer;
    enum jumin_error (*call)(void);
    enum jumin_application_state after;
} calls[] = {
    {"apply", "intake", do_apply, JUMIN_APPLIED},
    {"approve", "approve", do_approve, JUMIN_APPROVED},
    {"prepare", "produce", do_prepare, JUMIN_PREPARED},
    {"write", "produce", do_written, JUMIN_WRITTEN},
    {"verify", "produce", do_verified, JUMIN_VERIFIED},
    {"hand-over", "intake", do_hand_over, JUMIN_HANDED_OVER},
};

enum { CALLS = sizeof calls / sizeof calls[0] };

static void expect_done_once(size_t i)
{
    assert_int_equal(station_state(number), calls[i].after);
    assert_int_equal(station_times(calls[i].action, number), 1);
}

static void expect_whole(void)
{
    station_login(station, "root");
    assert_int_equal(jumin_station_audit(station, NULL, NULL), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application"), person + 1);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application WHERE state = 5"), person + 1);
    assert_int_equal(stage_integer("SELECT COUNT(DISTINCT document_number) FROM application"), person + 1);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit"), 4 + (person + 1) * CALLS);
}

// One card's way with a fault before the n-th statement of each call. False: no call has so many statements.
static bool walk(void (*with)(void), unsigned n, bool answer)
{
    bool any = false;
    number[0] = '\0';
    for (size_t i = 0; i < CALLS; i++) {
        station_login(station, calls[i].officer);
        told = 0;
        happened = false;
        fault = with;
        fault_at = n;
        after_commit = answer;
        const enum jumin_error error = calls[i].call();
        fault_at = 0;
        any = any || happened;
        if (error != JUMIN_OK) {
            fail_msg("%s at %u: %s: %s", calls[i].action, n, jumin_error_name(error),
                     jumin_station_detail(station));
        }
        expect_done_once(i);
    }
    return any;
}

// --- Tests -----------------------------------------------------------------------------------------------------

static void test_connection_that_ends_at_any_statement_costs_nothing(void **state)
{
    (void)state;
    reopen(30, NULL);
    for (person = 0; walk(cut, person + 1, false); person++) {
    }
    assert_in_range(person, 10, 30);
    expect_whole();
}

static void test_answer_that_is_lost_is_looked_up(void **state)
{
    (void)state;
    reopen(30, NULL);
    person = 0;
    assert_true(walk(cut, 0, true));
    expect_whole();
    reopen(0, NULL); // also where nobody waits: the server is there
    person = 1;
    assert_true(walk(cut, 0, true));
    expect_whole();
}

static void test_server_that_crashes_and_comes_back_is_waited_for(void **state)
{
    (void)state;
    reopen(30, start_again);
    person = 0;
    assert_true(walk(stop, 3, false));
    person = 1;
    assert_true(walk(stop, 0, true));
    expect_whole();
}

// Each call fails with nothing done, or is done; the next one connects by itself.
static void test_without_a_wait_a_call_fails_whole(void **state)
{
    (void)state;
    reopen(0, NULL);
    person = 0;
    for (size_t i = 0; i < CALLS; i++) {
        station_login(station, calls[i].officer);
        enum jumin_error error = JUMIN_ERROR_DATABASE;
        bool any = false;
        for (unsigned n = 2; error != JUMIN_OK; n++) { // the first statement begins, and may be made again
            happened = false;
            fault = cut;
            fault_at = n;
            error = calls[i].call();
            fault_at = 0;
            assert_int_equal(error, happened ? JUMIN_ERROR_DATABASE : JUMIN_OK);
            any = any || happened;
            if (happened) {
                assert_non_null(strstr(jumin_station_detail(station), "nothing was done"));
                assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit"), 4 + (int64_t)i);
            }
        }
        assert_true(any);
        expect_done_once(i);
    }
    expect_whole();
}

static void test_without_a_wait_a_server_that_is_away_is_told_at_once(void **state)
{
    struct jumin_application application;
    (void)state;
    reopen(0, NULL);
    station_apply(1, number);
    stop();
    assert_int_equal(do_apply(), JUMIN_ERROR_DATABASE);
    assert_int_equal(jumin_station_application(station, number, &application), JUMIN_ERROR_DATABASE);
    assert_string_not_equal(jumin_station_detail(station), "");
    assert_int_equal(jumin_station_login(station, "intake", PASSPHRASE), JUMIN_ERROR_DATABASE);
    stage_control("start");
    assert_int_equal(database_reconnect(stage), JUMIN_OK);
    station_login(station, "intake");
    assert_int_equal(jumin_station_application(station, "2026-00000001", &application), JUMIN_OK);
}

static void test_reading_waits_too(void **state)
{
    (void)state;
    reopen(30, start_again);
    station_apply(1, number);
    stop();
    assert_int_equal(station_state(number), JUMIN_APPLIED);
    assert_in_range(told, 1, 100);
    told = 0;
    stop();
    station_login(station, "root");
    assert_in_range(told, 1, 100);
    cut();
    assert_int_equal(jumin_station_audit(station, NULL, NULL), JUMIN_OK);
}

static void test_wait_ends_when_the_caller_says_so_or_its_time_is_over(void **state)
{
    (void)state;
    reopen(30, give_up);
    station_apply(1, number);
    station_login(station, "approve");
    stop();
    assert_int_equal(do_approve(), JUMIN_ERROR_CANCELLED);
    assert_int_equal(told, 1);
    assert_non_null(strstr(jumin_station_detail(station), "does not answer"));
    stage_control("start");
    assert_int_equal(database_reconnect(stage), JUMIN_OK);
    assert_int_equal(do_approve(), JUMIN_OK);
    reopen(1, NULL);
    station_login(station, "intake");
    stop();
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_CANCEL, number, NULL, NULL),
                     JUMIN_ERROR_DATABASE);
    stage_control("start");
    assert_int_equal(database_reconnect(stage), JUMIN_OK);
    assert_int_equal(station_state(number), JUMIN_APPROVED);
}

// Whether it was done shows when the server is back.
static void test_answer_that_cannot_be_looked_up_is_uncertain(void **state)
{
    (void)state;
    reopen(30, give_up);
    station_apply(1, number);
    station_login(station, "approve");
    fault = stop;
    after_commit = true;
    assert_int_equal(do_approve(), JUMIN_ERROR_UNCERTAIN);
    assert_non_null(strstr(jumin_station_detail(station), "look before"));
    stage_control("start");
    assert_int_equal(database_reconnect(stage), JUMIN_OK);
    assert_int_equal(station_state(number), JUMIN_APPROVED);
    assert_int_equal(do_approve(), JUMIN_ERROR_STATUS);
    assert_int_equal(station_times("approve", number), 1);
}

// What has nothing to tell has changed nothing that may not be done again.
static void test_without_an_entry_it_is_done_again(void **state)
{
    struct jumin_upkeep upkeep;
    (void)state;
    reopen(30, NULL);
    station_login(station, "intake");
    fault = cut;
    happened = false;
    after_commit = true;
    assert_int_equal(jumin_station_upkeep(station, false, &upkeep), JUMIN_OK);
    assert_true(happened);
    reopen(0, NULL);
    station_login(station, "intake");
    after_commit = true;
    assert_int_equal(jumin_station_upkeep(station, false, &upkeep), JUMIN_ERROR_DATABASE);
    assert_non_null(strstr(jumin_station_detail(station), "nothing was done"));
}

static void test_another_entry_in_the_place_of_the_own_one_is_none(void **state)
{
    char sql[256];
    (void)state;
    reopen(0, NULL);
    station_apply(1, number);
    // The trail's end as another station would have written it: the same number, another signature.
    const struct audit_mark mark = {.number = stage_integer("SELECT number FROM audit_head"),
                                    .signature = {1}};
    struct audit_mark right = mark;
    struct database_rows *rows = NULL;
    bool found = true;
    (void)snprintf(sql, sizeof sql, "SELECT signature FROM audit WHERE number = %lld",
                   (long long)mark.number);
    assert_int_equal(database_query(stage, sql, NULL, 0, &rows), JUMIN_OK);
    assert_true(database_next(rows));
    memcpy(right.signature, database_column_bytes(rows, 0).p, AUDIT_SIGNATURE);
    assert_int_equal(database_rows_end(rows), JUMIN_OK);
    assert_int_equal(audit_find(station, &mark, &found), JUMIN_OK);
    assert_false(found);
    assert_int_equal(audit_find(station, &right, &found), JUMIN_OK);
    assert_true(found);
}

static void test_station_opens_when_the_server_comes(void **state)
{
    struct jumin_station *other = NULL;
    (void)state;
    stop();
    assert_int_equal(station_connect(&other, 0, 0), JUMIN_ERROR_DATABASE);
    assert_string_not_equal(jumin_station_detail(other), "");
    jumin_station_close(other);
    station_wait_seconds = 30;
    station_waiting = start_again;
    told = 0;
    assert_int_equal(station_connect(&other, 0, 0), JUMIN_OK);
    assert_in_range(told, 1, 100);
    jumin_station_close(other);
}

int main(void)
{
    if (!stage_is_server()) {
        return 77; // skipped: with_postgresql gives one
    }
    const struct CMUnitTest tests[] = {
        STATION_TEST(test_connection_that_ends_at_any_statement_costs_nothing),
        STATION_TEST(test_answer_that_is_lost_is_looked_up),
        STATION_TEST(test_server_that_crashes_and_comes_back_is_waited_for),
        STATION_TEST(test_without_a_wait_a_call_fails_whole),
        STATION_TEST(test_without_a_wait_a_server_that_is_away_is_told_at_once),
        STATION_TEST(test_reading_waits_too),
        STATION_TEST(test_wait_ends_when_the_caller_says_so_or_its_time_is_over),
        STATION_TEST(test_answer_that_cannot_be_looked_up_is_uncertain),
        STATION_TEST(test_without_an_entry_it_is_done_again),
        STATION_TEST(test_another_entry_in_the_place_of_the_own_one_is_none),
        STATION_TEST(test_station_opens_when_the_server_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
