// Several stations on one server: what one of them holds, or has done already, another one waits for or
// passes over.
//
// Linked with --wrap=database_commit, by which a connection is lost.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include "host/database/provider.h"
#include "host/station/station_internal.h"
#include <pthread.h>

static char number[JUMIN_APPLICATION_NUMBER];
static void (*lose)(struct database *database); // instead of the next commit

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
enum jumin_error __real_database_commit(struct database *database);
enum jumin_error __wrap_database_commit(struct database *database);

enum jumin_error __wrap_database_commit(struct database *database)
{
    if (lose != NULL) {
        void (*now)(struct database *database) = lose;
        lose = NULL;
        now(database);
    }
    return __real_database_commit(database);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

// The connection to the server is lost, which does not know it yet and commits.
static struct database *server_side;
static pthread_t committer;

static void *commit_late(void *context)
{
    (void)context;
    while (stage_integer("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND"
                         " wait_event_type = 'Lock'") == 0) {
    }
    assert_int_equal(database_execute(server_side, "COMMIT;"), JUMIN_OK);
    return NULL;
}

static void lose_before_the_server_does(struct database *database)
{
    void *connection = database->connection;
    server_side = stage_connect();
    database->connection = server_side->connection;
    server_side->connection = connection;
    (void)database_execute(database, "SELECT pg_terminate_backend(pg_backend_pid());");
    assert_int_equal(pthread_create(&committer, NULL, commit_late, NULL), 0);
}

static void test_commit_that_comes_late_is_waited_for(void **state)
{
    (void)state;
    station_apply(1, number);
    station_login(station, "approve");
    lose = lose_before_the_server_does;
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_APPROVE, number, NULL, NULL), JUMIN_OK);
    assert_int_equal(pthread_join(committer, NULL), 0);
    database_close(server_side);
    assert_int_equal(station_state(number), JUMIN_APPROVED);
    assert_int_equal(station_times("approve", number), 1);
}

// Upkeep at another station notes that a card expires while its holder applies for the next one.
static void test_card_that_expires_at_two_stations_expires_once(void **state)
{
    struct jumin_application_form form = station_form(station_person(1));
    char next[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    station_clock = station_midnight("2036-11-02");
    form.photo_date = "2036-11-01";
    station_login(station, "intake");
    server_side = stage_connect();
    assert_int_equal(database_begin(server_side), JUMIN_OK);
    assert_int_equal(database_run(server_side, "UPDATE application SET state = 10", NULL, 0, NULL), JUMIN_OK);
    assert_int_equal(pthread_create(&committer, NULL, commit_late, NULL), 0);
    const enum jumin_error error = jumin_station_apply(station, &form, NULL, next);
    assert_int_equal(pthread_join(committer, NULL), 0);
    database_close(server_side);
    assert_int_equal(error, JUMIN_OK);
    assert_int_equal(station_state(number), JUMIN_EXPIRED);
    assert_int_equal(station_times("expire", number), 0); // the other station has not said so here
}

// An administrator's station, which has the trail's head first.
static enum jumin_error changed;

static void *change_officer(void *context)
{
    while (stage_integer("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND"
                         " wait_event_type = 'Lock'") == 0) {
    }
    changed =
        database_run(server_side, "UPDATE officer SET failures = 0 WHERE name = 'intake'", NULL, 0, NULL);
    (void)database_commit(server_side);
    return context;
}

static void test_officer_and_administrator_do_not_wait_for_each_other(void **state)
{
    (void)state;
    station_login(station, "intake");
    server_side = stage_connect();
    assert_int_equal(database_begin(server_side), JUMIN_OK);
    assert_int_equal(database_run(server_side, "UPDATE audit_head SET number = number", NULL, 0, NULL),
                     JUMIN_OK);
    assert_int_equal(pthread_create(&committer, NULL, change_officer, NULL), 0);
    const enum jumin_error error = jumin_station_change_passphrase(station, PASSPHRASE, "another passphrase");
    assert_int_equal(pthread_join(committer, NULL), 0);
    database_close(server_side);
    assert_int_equal(changed, JUMIN_OK);
    assert_int_equal(error, JUMIN_OK);
}

// Another transaction has what this one wants, and wants what this one has: this one gives way, and is done
// again.
static void *want_application(void *context)
{
    while (stage_integer("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND"
                         " wait_event_type = 'Lock'") == 0) {
    }
    changed = database_run(server_side, "UPDATE application SET state = state", NULL, 0, NULL);
    (void)database_commit(server_side);
    return context;
}

static void test_what_gives_way_to_another_transaction_is_done_again(void **state)
{
    (void)state;
    station_apply(1, number);
    station_login(station, "approve");
    server_side = stage_connect();
    assert_int_equal(database_begin(server_side), JUMIN_OK);
    assert_int_equal(database_run(server_side, "SET LOCAL deadlock_timeout = '20s'", NULL, 0, NULL),
                     JUMIN_OK);
    assert_int_equal(database_run(server_side, "UPDATE audit_head SET number = number", NULL, 0, NULL),
                     JUMIN_OK);
    assert_int_equal(pthread_create(&committer, NULL, want_application, NULL), 0);
    const enum jumin_error error = jumin_station_act(station, JUMIN_ACTION_APPROVE, number, NULL, NULL);
    assert_int_equal(pthread_join(committer, NULL), 0);
    database_close(server_side);
    assert_int_equal(changed, JUMIN_OK);
    assert_int_equal(error, JUMIN_OK);
    assert_int_equal(station_state(number), JUMIN_APPROVED);
    assert_int_equal(station_times("approve", number), 1);
}

static void test_what_another_station_holds_is_passed_over(void **state)
{
    char taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    (void)state;
    for (unsigned person = 0; person < 2; person++) {
        station_apply(person, number);
        station_act(JUMIN_ACTION_APPROVE, number);
    }
    struct database *other = stage_connect();
    assert_int_equal(database_begin(other), JUMIN_OK);
    assert_int_equal(database_run(other,
                                  "SELECT number FROM application WHERE number = '2026-00000001' FOR UPDATE",
                                  NULL, 0, NULL),
                     JUMIN_OK);
    station_login(station, "produce");
    assert_int_equal(jumin_station_prepare(station, "2026-00000001", &order, taken),
                     JUMIN_ERROR_NO_SUCH_FILE);
    assert_non_null(strstr(jumin_station_detail(station), "another station holds it"));
    assert_int_equal(jumin_station_prepare(station, NULL, &order, taken), JUMIN_OK);
    assert_string_equal(taken, "2026-00000002");
    jumin_order_free(order);
    database_rollback(other); // which is answered, as the end of a connection is not
    database_close(other);
    assert_int_equal(jumin_station_prepare(station, NULL, &order, taken), JUMIN_OK);
    assert_string_equal(taken, "2026-00000001");
    jumin_order_free(order);
}

// Whatever else a transaction does, others wait for the trail's head only while its entries are written.
static void test_trail_is_held_at_the_end_alone(void **state)
{
    (void)state;
    assert_int_equal(station_begin(station), JUMIN_OK);
    assert_int_equal(audit_append(station, "first", "", ""), JUMIN_OK);
    assert_int_equal(audit_append(station, "second", "", ""), JUMIN_OK);
    struct jumin_station *other = NULL;
    assert_int_equal(station_connect(&other, 0, 0), JUMIN_OK);
    station_login(other, "root");
    assert_int_equal(jumin_station_set_officer(other, "other", JUMIN_ROLE_AUDIT, PASSPHRASE), JUMIN_OK);
    jumin_station_close(other);
    assert_int_equal(station_end(station, JUMIN_OK), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT number FROM audit WHERE action = 'first'"), 6);
    assert_int_equal(stage_integer("SELECT number FROM audit WHERE action = 'second'"), 7);
    assert_int_equal(station_begin(station), JUMIN_OK);
    assert_int_equal(audit_append(station, "third", "", ""), JUMIN_OK);
    assert_int_equal(station_end(station, JUMIN_ERROR_RULES), JUMIN_ERROR_RULES);
    assert_int_equal(station_begin(station), JUMIN_OK); // has nothing to tell
    assert_int_equal(station_end(station, JUMIN_OK), JUMIN_OK);
    assert_int_equal(jumin_station_audit(station, NULL, NULL), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit"), 7);
}

int main(void)
{
    if (!stage_is_server()) {
        return 77; // skipped: with_postgresql gives one
    }
    const struct CMUnitTest tests[] = {
        STATION_TEST(test_commit_that_comes_late_is_waited_for),
        STATION_TEST(test_card_that_expires_at_two_stations_expires_once),
        STATION_TEST(test_officer_and_administrator_do_not_wait_for_each_other),
        STATION_TEST(test_what_gives_way_to_another_transaction_is_done_again),
        STATION_TEST(test_what_another_station_holds_is_passed_over),
        STATION_TEST(test_trail_is_held_at_the_end_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
