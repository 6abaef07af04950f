// Values, statements, transactions and migrations, the same on both databases.
// SPDX-License-Identifier: Apache-2.0
#include "tests/database/stage.h"

#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct span text_span(const char *text)
{
    return span_of(text, strlen(text));
}

// --- Values --------------------------------------------------------------------------------------------------

// One value of each kind, stored in one row and read again.
static struct database_rows *store(const struct database_value values[3])
{
    stage_run("CREATE TABLE value (number BIGINT, name TEXT, content {bytes})");
    assert_int_equal(
        database_run(stage, "INSERT INTO value (number, name, content) VALUES ($1, $2, $3)", values, 3, NULL),
        JUMIN_OK);
    struct database_rows *rows = NULL;
    assert_int_equal(database_query(stage, "SELECT number, name, content FROM value", NULL, 0, &rows),
                     JUMIN_OK);
    assert_true(database_next(rows));
    return rows;
}

static void end(struct database_rows *rows)
{
    assert_false(database_next(rows));
    assert_false(database_next(rows));
    assert_int_equal(database_rows_end(rows), JUMIN_OK);
}

static void test_values_come_back_as_they_were(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0, 0xff, 0, '\\', 'x', '\'', 0};
    const char *name = "홍길동 \xf0\x9f\x8d\x8a O'Neill \\ $1 {bytes}";
    const struct database_value values[] = {database_integer(-2), database_text(name),
                                            database_bytes(span_of(bytes, sizeof bytes))};
    struct database_rows *rows = store(values);
    assert_int_equal(database_column_integer(rows, 0), -2);
    assert_string_equal(database_column_text(rows, 1), name);
    assert_true(span_equal(database_column_bytes(rows, 1), text_span(name)));
    assert_true(span_equal(database_column_bytes(rows, 2), span_of(bytes, sizeof bytes)));
    end(rows);
}

static void test_empty_is_not_null(void **state)
{
    (void)state;
    const struct database_value values[] = {database_integer(0), database_text(""),
                                            database_bytes(span_of(NULL, 0))};
    struct database_rows *rows = store(values);
    for (size_t column = 0; column < COUNT(values); column++) {
        assert_false(database_is_null(rows, column));
    }
    assert_string_equal(database_column_text(rows, 1), "");
    assert_int_equal(database_column_bytes(rows, 2).n, 0);
    end(rows);
}

static void test_null_is_zero_and_empty(void **state)
{
    (void)state;
    const struct database_value values[] = {
        {.kind = DATABASE_NULL}, database_text(NULL), {.kind = DATABASE_NULL}};
    struct database_rows *rows = store(values);
    for (size_t column = 0; column < COUNT(values); column++) {
        assert_true(database_is_null(rows, column));
        assert_int_equal(database_column_integer(rows, column), 0);
        assert_string_equal(database_column_text(rows, column), "");
        assert_int_equal(database_column_bytes(rows, column).n, 0);
    }
    end(rows);
}

static void test_a_column_of_another_kind_is_nothing(void **state)
{
    (void)state;
    const struct database_value values[] = {database_integer(5), database_text("6"),
                                            database_bytes(text_span("7"))};
    struct database_rows *rows = store(values);
    assert_string_equal(database_column_text(rows, 0), "");
    assert_int_equal(database_column_bytes(rows, 0).n, 0);
    assert_int_equal(database_column_integer(rows, 1), 0);
    assert_int_equal(database_column_integer(rows, 2), 0);
    assert_string_equal(database_column_text(rows, 2), "");
    assert_true(database_is_null(rows, 3));
    end(rows);
}

static void test_integers_keep_their_limits(void **state)
{
    (void)state;
    static const int64_t limits[] = {INT64_MIN, INT32_MIN, -32769, -1,        0,        127,
                                     128,       255,       65536,  INT32_MAX, INT64_MAX};
    stage_run("CREATE TABLE number (place INTEGER, n BIGINT)");
    for (size_t i = 0; i < COUNT(limits); i++) {
        const struct database_value values[] = {database_integer((int64_t)i), database_integer(limits[i])};
        assert_int_equal(database_run(stage, "INSERT INTO number VALUES ($1, $2)", values, 2, NULL),
                         JUMIN_OK);
    }
    struct database_rows *rows = NULL;
    assert_int_equal(
        database_query(stage, "SELECT place, n, n < 0 FROM number ORDER BY place", NULL, 0, &rows), JUMIN_OK);
    for (size_t i = 0; i < COUNT(limits); i++) {
        assert_true(database_next(rows));
        assert_int_equal(database_column_integer(rows, 0), i);
        assert_true(database_column_integer(rows, 1) == limits[i]);
        assert_int_equal(database_column_integer(rows, 2), limits[i] < 0);
    }
    end(rows);
}

// --- Statements ----------------------------------------------------------------------------------------------

static void test_parameters_go_by_their_number(void **state)
{
    (void)state;
    const struct database_value values[] = {database_text("one"), database_text("two")};
    struct database_rows *rows = NULL;
    assert_int_equal(database_query(stage,
                                    "SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), CAST($2 AS TEXT) "
                                    "WHERE CAST($1 AS TEXT) <> $2",
                                    values, 2, &rows),
                     JUMIN_OK);
    assert_true(database_next(rows));
    assert_string_equal(database_column_text(rows, 0), "two");
    assert_string_equal(database_column_text(rows, 1), "one");
    assert_string_equal(database_column_text(rows, 2), "two");
    end(rows);
}

static void test_changes_are_counted(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT, n BIGINT)");
    size_t changed = 9;
    assert_int_equal(database_run(stage, "INSERT INTO row VALUES (1, 0), (2, 0), (3, 1)", NULL, 0, &changed),
                     JUMIN_OK);
    assert_int_equal(changed, 3);
    assert_int_equal(database_run(stage, "UPDATE row SET n = 7 WHERE n = 0", NULL, 0, &changed), JUMIN_OK);
    assert_int_equal(changed, 2);
    assert_int_equal(database_run(stage, "DELETE FROM row WHERE n = 9", NULL, 0, &changed), JUMIN_OK);
    assert_int_equal(changed, 0);
}

static void test_rows_are_numbered_and_told(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id {identity}, name TEXT)");
    for (int64_t id = 1; id <= 3; id++) {
        struct database_rows *rows = NULL;
        assert_int_equal(
            database_query(stage, "INSERT INTO row (name) VALUES ('x') RETURNING id", NULL, 0, &rows),
            JUMIN_OK);
        assert_true(database_next(rows));
        assert_int_equal(database_column_integer(rows, 0), id);
        assert_int_equal(database_rows_end(rows), JUMIN_OK);
        stage_run("DELETE FROM row"); // no number comes twice
    }
    stage_run("INSERT INTO row (name) VALUES ('y')");
    assert_int_equal(stage_integer("SELECT id FROM row"), 4);
}

static void test_asking_for_more_rows_does_nothing_again(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT)");
    struct database_rows *rows = NULL;
    assert_int_equal(database_query(stage, "INSERT INTO row VALUES (1) RETURNING id", NULL, 0, &rows),
                     JUMIN_OK);
    assert_true(database_next(rows));
    assert_false(database_next(rows));
    end(rows);
    assert_int_equal(stage_integer("SELECT count(*) FROM row"), 1);
}

static void test_a_statement_may_run_within_itself(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT)");
    stage_run("INSERT INTO row VALUES (1), (2), (3)");
    const char *sql = "SELECT id FROM row ORDER BY id";
    for (int times = 0; times < 2; times++) {
        struct database_rows *outer = NULL;
        struct database_rows *inner = NULL;
        int64_t sum = 0;
        assert_int_equal(database_query(stage, sql, NULL, 0, &outer), JUMIN_OK);
        while (database_next(outer)) {
            assert_int_equal(database_query(stage, sql, NULL, 0, &inner), JUMIN_OK);
            while (database_next(inner)) {
                sum += 10 * database_column_integer(outer, 0) + database_column_integer(inner, 0);
            }
            assert_int_equal(database_rows_end(inner), JUMIN_OK);
        }
        assert_int_equal(database_rows_end(outer), JUMIN_OK);
        assert_int_equal(sum, 10 * 6 * 3 + 6 * 3);
    }
}

static void test_many_statements_take_turns(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 100; i++) {
            char sql[64];
            (void)snprintf(sql, sizeof sql, "SELECT CAST(%d AS BIGINT)", i);
            assert_int_equal(stage_integer(sql), i);
        }
    }
}

// More of them than any provider keeps, each twice, and with values of two kinds.
static void test_each_of_many_statements_is_its_own(void **state)
{
    (void)state;
    enum { STATEMENTS = 200 };
    const struct database_value values[] = {database_integer(7), {.kind = DATABASE_NULL}};
    for (int64_t i = 0; i < 2 * STATEMENTS; i++) {
        char sql[64];
        struct database_rows *rows = NULL;
        const int64_t number = i % STATEMENTS;
        (void)snprintf(sql, sizeof sql, "SELECT CAST(COALESCE($1, 100) + %d AS BIGINT)", (int)number);
        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(database_query(stage, sql, &values[k], 1, &rows), JUMIN_OK);
            assert_true(database_next(rows));
            assert_int_equal(database_column_integer(rows, 0), (k == 0 ? 7 : 100) + number);
            assert_int_equal(database_rows_end(rows), JUMIN_OK);
        }
    }
}

static void test_a_wrong_statement_is_refused(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT)");
    const struct database_value values[] = {database_integer(1), database_integer(2)};
    static const struct {
        const char *sql;
        size_t count;
    } wrong[] = {
        {"SELEKT 1", 0},
        {"SELECT id FROM nowhere", 0},
        {"SELECT \"name\" FROM row", 0},
        {"", 0},
        {"DELETE FROM row; DELETE FROM row", 0},
        {"DELETE FROM row WHERE id = $1", 0},
        {"DELETE FROM row WHERE id = $2", 1},
        {"SELECT {byte}", 0},
        {"SELECT {bytes", 0},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct database_rows *rows = NULL;
        assert_int_equal(database_query(stage, wrong[i].sql, values, wrong[i].count, &rows),
                         JUMIN_ERROR_DATABASE);
        assert_null(rows);
        assert_string_not_equal(database_detail(stage), "");
    }
    stage_run("INSERT INTO row VALUES (1);");
}

static void test_reals_are_refused(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT)");
    stage_run("INSERT INTO row VALUES (1), (2)");
    struct database_rows *rows = NULL;
    assert_int_equal(database_query(stage, "SELECT avg(id) FROM row", NULL, 0, &rows), JUMIN_ERROR_DATABASE);
    assert_int_equal(stage_integer("SELECT CAST(sum(id) AS BIGINT) FROM row"), 3);
}

static void test_values_that_cannot_be_are_refused(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (name TEXT)");
    struct database_value values[65] = {{.kind = DATABASE_TEXT, .bytes = span_of("a\0b", 3)}};
    assert_int_equal(database_run(stage, "INSERT INTO row VALUES ($1)", values, 1, NULL),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(database_run(stage, "INSERT INTO row VALUES ($1)", values, COUNT(values), NULL),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(stage_integer("SELECT count(*) FROM row"), 0);
}

// --- Constraints ---------------------------------------------------------------------------------------------

static void test_constraints_are_conflicts(void **state)
{
    (void)state;
    stage_run("CREATE TABLE person (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, age BIGINT CHECK (age "
              ">= 17))");
    stage_run("CREATE TABLE card (holder BIGINT REFERENCES person (id))");
    stage_run("INSERT INTO person VALUES (1, 'Hong', 17)");
    static const char *const forbidden[] = {
        "INSERT INTO person VALUES (1, 'Kim', 17)",
        "INSERT INTO person VALUES (2, 'Hong', 17)",
        "INSERT INTO person VALUES (2, NULL, 17)",
        "INSERT INTO person VALUES (2, 'Kim', 16)",
        "INSERT INTO card VALUES (2)",
        "INSERT INTO person VALUES (1, 'Kim', 17) RETURNING id",
    };
    for (size_t i = 0; i < COUNT(forbidden); i++) {
        assert_int_equal(database_run(stage, forbidden[i], NULL, 0, NULL), JUMIN_ERROR_CONFLICT);
    }
    stage_run("INSERT INTO card VALUES (1)");
    assert_int_equal(database_run(stage, "DELETE FROM person", NULL, 0, NULL), JUMIN_ERROR_CONFLICT);
    assert_int_equal(stage_integer("SELECT count(*) FROM person"), 1);
}

static void expect_discreet(const char *sql, const struct database_value *value, enum jumin_error error)
{
    assert_int_equal(database_run(stage, sql, value, 1, NULL), error);
    assert_null(strstr(database_detail(stage), "secret"));
    assert_string_not_equal(database_detail(stage), "");
}

static void test_the_detail_names_no_values(void **state)
{
    (void)state;
    stage_run("CREATE TABLE person (name TEXT PRIMARY KEY, short TEXT CHECK (length(short) < 3), n BIGINT)");
    const struct database_value secret = database_text("secret");
    const struct database_value raw = database_bytes(text_span("secret\xff"));
    assert_int_equal(database_run(stage, "INSERT INTO person VALUES ($1, 'a', 1)", &secret, 1, NULL),
                     JUMIN_OK);
    expect_discreet("INSERT INTO person VALUES ($1, 'a', 1)", &secret, JUMIN_ERROR_CONFLICT);
    assert_non_null(strstr(database_detail(stage), "person"));
    expect_discreet("INSERT INTO person VALUES ('b', $1, 1)", &secret, JUMIN_ERROR_CONFLICT);
    expect_discreet("INSERT INTO person (name, n) VALUES (NULL, length($1))", &secret,
                    stage_is_server() ? JUMIN_ERROR_CONFLICT : JUMIN_OK);
    if (stage_is_server()) {
        expect_discreet("SELECT CAST(CAST($1 AS TEXT) AS BIGINT)", &secret, JUMIN_ERROR_DATABASE);
        expect_discreet("SELECT convert_from($1, 'UTF8')", &raw, JUMIN_ERROR_DATABASE);
    }
}

// --- Transactions --------------------------------------------------------------------------------------------

static void test_what_is_rolled_back_never_was(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT PRIMARY KEY)");
    assert_int_equal(database_begin(stage), JUMIN_OK);
    stage_run("INSERT INTO row VALUES (1)");
    database_rollback(stage);
    assert_int_equal(stage_integer("SELECT count(*) FROM row"), 0);
    assert_int_equal(database_begin(stage), JUMIN_OK);
    stage_run("INSERT INTO row VALUES (2)");
    assert_int_equal(database_commit(stage), JUMIN_OK);
    database_rollback(stage); // of nothing
    struct database *other = stage_connect();
    database_close(stage);
    stage = other;
    assert_int_equal(stage_integer("SELECT id FROM row"), 2);
}

static void test_closing_rolls_back(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT)");
    assert_int_equal(database_begin(stage), JUMIN_OK);
    stage_run("INSERT INTO row VALUES (1)");
    database_close(stage);
    stage = stage_connect();
    assert_int_equal(stage_integer("SELECT count(*) FROM row"), 0);
}

static void test_after_a_failure_nothing_of_a_transaction_is_done(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT PRIMARY KEY)");
    assert_int_equal(database_begin(stage), JUMIN_OK);
    stage_run("INSERT INTO row VALUES (1)");
    assert_int_equal(database_run(stage, "INSERT INTO row VALUES (1)", NULL, 0, NULL), JUMIN_ERROR_CONFLICT);
    char reason[256];
    (void)snprintf(reason, sizeof reason, "%s", database_detail(stage));
    assert_int_equal(database_run(stage, "INSERT INTO row VALUES (2)", NULL, 0, NULL), JUMIN_ERROR_CONFLICT);
    assert_int_equal(database_commit(stage), JUMIN_ERROR_CONFLICT);
    assert_string_equal(database_detail(stage), reason);
    assert_int_equal(stage_integer("SELECT count(*) FROM row"), 0);
    assert_int_equal(database_begin(stage), JUMIN_OK); // and a new one goes well
    stage_run("INSERT INTO row VALUES (1)");
    assert_int_equal(database_commit(stage), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT count(*) FROM row"), 1);
}

static void test_a_commit_that_is_refused_ends_the_transaction(void **state)
{
    (void)state;
    stage_run("CREATE TABLE person (id BIGINT PRIMARY KEY)");
    stage_run("CREATE TABLE card (holder BIGINT REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED)");
    assert_int_equal(database_begin(stage), JUMIN_OK);
    stage_run("INSERT INTO card VALUES (1)");
    assert_int_equal(database_commit(stage), JUMIN_ERROR_CONFLICT);
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT count(*) FROM card"), 0);
    assert_int_equal(database_commit(stage), JUMIN_OK);
}

static void test_transactions_do_not_nest(void **state)
{
    (void)state;
    assert_int_equal(database_commit(stage), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(database_begin(stage), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(database_commit(stage), JUMIN_OK);
}

static void test_reconnecting_a_good_connection_changes_nothing(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT)");
    assert_int_equal(database_begin(stage), JUMIN_OK);
    stage_run("INSERT INTO row VALUES (1)");
    assert_int_equal(database_reconnect(stage), JUMIN_OK);
    assert_int_equal(database_commit(stage), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT count(*) FROM row"), 1);
}

// --- Migrations ----------------------------------------------------------------------------------------------

static const struct database_migration migrations[] = {
    {"people",
     "CREATE TABLE person (id {identity}, photo {bytes}); INSERT INTO person (photo) VALUES (NULL);"},
    {"cards", "CREATE TABLE card (id BIGINT);\n-- The first one.\nINSERT INTO card VALUES (1);\n"},
};

static void test_each_migration_is_made_once(void **state)
{
    (void)state;
    assert_int_equal(database_migrate(stage, migrations, 1), JUMIN_OK);
    assert_int_equal(database_migrate(stage, migrations, 2), JUMIN_OK);
    assert_int_equal(database_migrate(stage, migrations, 2), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT count(*) FROM person"), 1);
    assert_int_equal(stage_integer("SELECT count(*) FROM card"), 1);
    assert_int_equal(stage_integer("SELECT count(*) FROM schema_version"), 2);
}

static void test_a_migration_that_fails_leaves_nothing(void **state)
{
    (void)state;
    const struct database_migration broken[] = {
        migrations[0], {"broken", "CREATE TABLE half (id BIGINT); INSERT INTO nowhere VALUES (1);"}};
    assert_int_equal(database_migrate(stage, broken, 2), JUMIN_ERROR_DATABASE);
    assert_non_null(strstr(database_detail(stage), "nowhere"));
    assert_int_equal(database_migrate(stage, migrations, 2), JUMIN_OK);
    stage_run("CREATE TABLE half (id BIGINT)");
}

static void test_the_schema_of_another_version_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(database_migrate(stage, migrations, 2), JUMIN_OK);
    assert_int_equal(database_migrate(stage, migrations, 1), JUMIN_ERROR_NOT_SUPPORTED);
    const struct database_migration others[] = {migrations[0],
                                                {"letters", "CREATE TABLE letter (id BIGINT);"}};
    assert_int_equal(database_migrate(stage, others, 2), JUMIN_ERROR_NOT_SUPPORTED);
    stage_run("UPDATE schema_version SET version = 9 WHERE version = 2");
    assert_int_equal(database_migrate(stage, migrations, 2), JUMIN_ERROR_NOT_SUPPORTED);
    assert_int_equal(stage_integer("SELECT count(*) FROM schema_version"), 2);
    assert_int_equal(database_begin(stage), JUMIN_OK); // none is left open
    assert_int_equal(database_commit(stage), JUMIN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_values_come_back_as_they_were),
        STAGE_TEST(test_empty_is_not_null),
        STAGE_TEST(test_null_is_zero_and_empty),
        STAGE_TEST(test_a_column_of_another_kind_is_nothing),
        STAGE_TEST(test_integers_keep_their_limits),
        STAGE_TEST(test_parameters_go_by_their_number),
        STAGE_TEST(test_changes_are_counted),
        STAGE_TEST(test_rows_are_numbered_and_told),
        STAGE_TEST(test_asking_for_more_rows_does_nothing_again),
        STAGE_TEST(test_a_statement_may_run_within_itself),
        STAGE_TEST(test_many_statements_take_turns),
        STAGE_TEST(test_each_of_many_statements_is_its_own),
        STAGE_TEST(test_a_wrong_statement_is_refused),
        STAGE_TEST(test_reals_are_refused),
        STAGE_TEST(test_values_that_cannot_be_are_refused),
        STAGE_TEST(test_constraints_are_conflicts),
        STAGE_TEST(test_the_detail_names_no_values),
        STAGE_TEST(test_what_is_rolled_back_never_was),
        STAGE_TEST(test_closing_rolls_back),
        STAGE_TEST(test_after_a_failure_nothing_of_a_transaction_is_done),
        STAGE_TEST(test_a_commit_that_is_refused_ends_the_transaction),
        STAGE_TEST(test_transactions_do_not_nest),
        STAGE_TEST(test_reconnecting_a_good_connection_changes_nothing),
        STAGE_TEST(test_each_migration_is_made_once),
        STAGE_TEST(test_a_migration_that_fails_leaves_nothing),
        STAGE_TEST(test_the_schema_of_another_version_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
