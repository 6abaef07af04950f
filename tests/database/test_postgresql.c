// What only a server has: it goes away and comes back, it locks rows, it knows passwords.
// SPDX-License-Identifier: Apache-2.0
#include "tests/database/stage.h"

#include <stdio.h>
#include <unistd.h>

static void prepare(void)
{
    stage_run("CREATE TABLE row (id BIGINT)");
    stage_run("INSERT INTO row VALUES (1)");
}

static enum jumin_error insert(int64_t id)
{
    const struct database_value value = database_integer(id);
    return database_run(stage, "INSERT INTO row VALUES ($1)", &value, 1, NULL);
}

static void test_a_server_that_stops_and_starts_loses_nothing(void **state)
{
    (void)state;
    prepare();
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(insert(2), JUMIN_OK);
    stage_control("stop");
    assert_false(database_is_lost(stage));
    assert_int_equal(insert(3), JUMIN_ERROR_DATABASE);
    assert_true(database_is_lost(stage));
    assert_true(database_has_begun(stage));
    assert_int_equal(database_commit(stage), JUMIN_ERROR_DATABASE);
    assert_false(database_has_begun(stage));
    assert_int_equal(insert(4), JUMIN_ERROR_DATABASE);
    assert_int_equal(database_begin(stage), JUMIN_ERROR_DATABASE);
    assert_int_equal(database_reconnect(stage), JUMIN_ERROR_DATABASE);
    assert_string_not_equal(database_detail(stage), "");
    assert_true(database_is_lost(stage));
    stage_control("start");
    assert_int_equal(database_reconnect(stage), JUMIN_OK);
    assert_false(database_is_lost(stage));
    assert_int_equal(stage_integer("SELECT sum(id)::BIGINT FROM row"), 1);
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(insert(5), JUMIN_OK);
    assert_int_equal(database_commit(stage), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT sum(id)::BIGINT FROM row"), 6);
}

static void test_a_server_that_stops_at_the_commit_has_none(void **state)
{
    (void)state;
    prepare();
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(insert(2), JUMIN_OK);
    stage_control("stop");
    assert_int_equal(database_commit(stage), JUMIN_ERROR_DATABASE);
    stage_control("start");
    assert_int_equal(database_reconnect(stage), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT count(*) FROM row"), 1);
}

// Ends the server's side of the stage's connection, as an administrator would.
static void terminate(void)
{
    const struct database_value process = database_integer(stage_integer("SELECT pg_backend_pid()"));
    struct database *other = stage_connect();
    assert_int_equal(
        database_run(other, "SELECT pg_terminate_backend(CAST($1 AS INTEGER), 5000)", &process, 1, NULL),
        JUMIN_OK);
    database_close(other);
}

static void test_the_rest_of_a_lost_transaction_is_not_done(void **state)
{
    (void)state;
    prepare();
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(insert(2), JUMIN_OK);
    terminate();
    assert_int_equal(database_reconnect(stage), JUMIN_OK);
    assert_int_equal(insert(3), JUMIN_ERROR_DATABASE);
    assert_int_equal(database_commit(stage), JUMIN_ERROR_DATABASE);
    assert_int_equal(insert(4), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT sum(id)::BIGINT FROM row"), 5);
}

static void test_a_terminated_connection_is_a_loss(void **state)
{
    (void)state;
    prepare();
    terminate();
    assert_int_equal(insert(2), JUMIN_ERROR_DATABASE);
    assert_non_null(strstr(database_detail(stage), "terminating connection"));
    assert_int_equal(database_reconnect(stage), JUMIN_OK);
    assert_int_equal(insert(2), JUMIN_OK);
}

static void test_rows_that_another_one_holds_are_passed_over(void **state)
{
    (void)state;
    prepare();
    assert_int_equal(insert(2), JUMIN_OK);
    struct database *other = stage_connect();
    struct database_rows *rows = NULL;
    const char *next = "SELECT id FROM row ORDER BY id LIMIT 1 {for update}";
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(database_begin(other), JUMIN_OK);
    assert_int_equal(stage_integer(next), 1);
    assert_int_equal(database_query(other, next, NULL, 0, &rows), JUMIN_OK);
    assert_true(database_next(rows));
    assert_int_equal(database_column_integer(rows, 0), 2);
    assert_int_equal(database_rows_end(rows), JUMIN_OK);
    // Who insists is told so: lock_not_available.
    assert_int_equal(database_run(other, "SELECT id FROM row FOR UPDATE NOWAIT", NULL, 0, NULL),
                     JUMIN_ERROR_CONFLICT);
    database_close(other);
    assert_int_equal(database_commit(stage), JUMIN_OK);
}

static void test_a_transaction_that_another_one_overtook_is_a_conflict(void **state)
{
    (void)state;
    prepare();
    struct database *other = stage_connect();
    assert_int_equal(database_begin(stage), JUMIN_OK);
    stage_run("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
    assert_int_equal(stage_integer("SELECT count(*) FROM row"), 1);
    assert_int_equal(database_run(other, "UPDATE row SET id = 7", NULL, 0, NULL), JUMIN_OK);
    assert_int_equal(database_run(stage, "UPDATE row SET id = 8", NULL, 0, NULL), JUMIN_ERROR_CONFLICT);
    database_rollback(stage);
    database_close(other);
}

static void expect_setting(const char *name, const char *expected)
{
    char sql[100];
    struct database_rows *rows = NULL;
    (void)snprintf(sql, sizeof sql, "SELECT current_setting('%s')", name);
    assert_int_equal(database_query(stage, sql, NULL, 0, &rows), JUMIN_OK);
    assert_true(database_next(rows));
    assert_string_equal(database_column_text(rows, 0), expected);
    assert_int_equal(database_rows_end(rows), JUMIN_OK);
}

static void test_connections_are_set_up_also_after_a_loss(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        expect_setting("client_encoding", "UTF8");
        expect_setting("application_name", "jumin");
        expect_setting("statement_timeout", "30s");
        expect_setting("lock_timeout", "10s");
        expect_setting("idle_in_transaction_session_timeout", "1min");
        terminate();
        assert_int_equal(database_reconnect(stage), JUMIN_OK);
    }
}

static void test_the_detail_has_no_password(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "postgresql://jumin:secret@/postgres?host=/nowhere", "postgres://jumin:secret@[::1/postgres",
        "postgresql://jumin:secret@/postgres?unknown=1",     "postgres://jumin:a\"secret@[::1/postgres",
        "postgresql://jumin:a/secret@localhost/postgres",    "postgresql://jumin:a%secret@localhost/postgres",
        "postgresql://jumin@/postgres?sslmode=secret",
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct database *database = NULL;
        assert_int_equal(database_open(&database, urls[i]), JUMIN_ERROR_DATABASE);
        assert_null(strstr(database_detail(database), "secret"));
        assert_non_null(strstr(database_detail(database), "PostgreSQL: "));
        assert_true(strlen(database_detail(database)) > 20);
        database_close(database);
    }
}

// Whoever waits for a server must not wait where one refuses.
static void test_a_server_that_refuses_is_not_lost(void **state)
{
    (void)state;
    static const struct {
        const char *suffix;
        bool lost;
    } urls[] = {{"&user=nobody-there", false}, {"&dbname=nowhere", false}, {"&port=1", true}};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct database *database = NULL;
        char url[sizeof stage_url + 32];
        (void)snprintf(url, sizeof url, "%s%s", stage_url, urls[i].suffix);
        assert_int_equal(database_open(&database, url), JUMIN_ERROR_DATABASE);
        assert_int_equal(database_is_lost(database), urls[i].lost);
        database_close(database);
    }
    assert_int_equal(database_run(stage, "SELEKT 1", NULL, 0, NULL), JUMIN_ERROR_DATABASE);
    assert_false(database_is_lost(stage));
}

static void test_columns_of_other_types_are_refused(void **state)
{
    (void)state;
    assert_int_equal(database_run(stage, "SELECT now()", NULL, 0, NULL), JUMIN_ERROR_DATABASE);
    assert_int_equal(stage_integer("SELECT CAST(-5 AS SMALLINT)"), -5);
    assert_int_equal(stage_integer("SELECT CAST(-5 AS INTEGER)"), -5);
    assert_int_equal(stage_integer("SELECT true"), 1);
}

static void test_notices_are_silent(void **state)
{
    (void)state;
    (void)fflush(stderr);
    FILE *said = tmpfile();
    assert_non_null(said);
    const int terminal = dup(STDERR_FILENO);
    assert_true(dup2(fileno(said), STDERR_FILENO) >= 0);
    const enum jumin_error error = database_run(stage, "DROP TABLE IF EXISTS nowhere", NULL, 0, NULL);
    (void)fflush(stderr);
    assert_true(dup2(terminal, STDERR_FILENO) >= 0);
    (void)close(terminal);
    assert_int_equal(error, JUMIN_OK);
    assert_int_equal(lseek(fileno(said), 0, SEEK_END), 0);
    assert_int_equal(fclose(said), 0);
}

int main(void)
{
    if (!stage_is_server()) {
        return 77; // skipped: with_postgresql gives one
    }
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_a_server_that_stops_and_starts_loses_nothing),
        STAGE_TEST(test_a_server_that_stops_at_the_commit_has_none),
        STAGE_TEST(test_the_rest_of_a_lost_transaction_is_not_done),
        STAGE_TEST(test_a_terminated_connection_is_a_loss),
        STAGE_TEST(test_rows_that_another_one_holds_are_passed_over),
        STAGE_TEST(test_a_transaction_that_another_one_overtook_is_a_conflict),
        STAGE_TEST(test_connections_are_set_up_also_after_a_loss),
        STAGE_TEST(test_the_detail_has_no_password),
        STAGE_TEST(test_a_server_that_refuses_is_not_lost),
        STAGE_TEST(test_columns_of_other_types_are_refused),
        STAGE_TEST(test_notices_are_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
