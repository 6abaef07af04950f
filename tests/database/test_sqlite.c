// What only a database in a file has: its mode, its journal, its strictness.
// SPDX-License-Identifier: Apache-2.0
#include "tests/database/stage.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect_mode(const char *suffix, unsigned mode)
{
    char path[300];
    struct stat status;
    (void)snprintf(path, sizeof path, "%s%s", stage_url, suffix);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, mode);
}

static void test_only_its_owner_can_read_the_file(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT)");
    expect_mode("", 0600);
    expect_mode("-wal", 0600);
    expect_mode("-shm", 0600);
}

static void test_commits_are_on_the_disk(void **state)
{
    (void)state;
    enum { FULL = 2 };
    assert_int_equal(stage_integer("PRAGMA synchronous"), FULL);
    assert_int_equal(stage_integer("PRAGMA foreign_keys"), 1);
    assert_int_equal(stage_integer("PRAGMA secure_delete"), 1);
    assert_int_equal(stage_integer("PRAGMA trusted_schema"), 0);
}

static void test_the_journal_is_written_ahead(void **state)
{
    (void)state;
    struct database_rows *rows = NULL;
    assert_int_equal(database_query(stage, "PRAGMA journal_mode", NULL, 0, &rows), JUMIN_OK);
    assert_true(database_next(rows));
    assert_string_equal(database_column_text(rows, 0), "wal");
    assert_int_equal(database_rows_end(rows), JUMIN_OK);
}

static size_t log_length(void)
{
    char path[sizeof stage_url + 4];
    struct stat status;
    (void)snprintf(path, sizeof path, "%s-wal", stage_url);
    assert_int_equal(stat(path, &status), 0);
    return (size_t)status.st_size;
}

// While another one reads as of before, the log is needed.
static void test_log_is_emptied_where_nobody_reads_it(void **state)
{
    struct database *reader = stage_connect();
    struct database_rows *rows = NULL;
    (void)state;
    stage_run("CREATE TABLE t (a TEXT)");
    stage_run("INSERT INTO t (a) VALUES ('x'), ('y')");
    assert_int_equal(database_query(reader, "SELECT a FROM t", NULL, 0, &rows), JUMIN_OK);
    assert_true(database_next(rows));
    stage_run("DELETE FROM t");
    assert_int_equal(database_forget(stage), JUMIN_ERROR_CONFLICT);
    assert_non_null(strstr(database_detail(stage), "another one reads"));
    assert_true(log_length() > 0);
    assert_int_equal(database_rows_end(rows), JUMIN_OK);
    assert_int_equal(database_forget(stage), JUMIN_OK);
    assert_int_equal(log_length(), 0);
    database_close(reader);
}

static void test_values_and_parameters_are_as_many(void **state)
{
    (void)state;
    const struct database_value values[] = {database_integer(1), database_integer(2)};
    assert_int_equal(database_run(stage, "SELECT $1", values, 2, NULL), JUMIN_ERROR_DATABASE);
    assert_int_equal(database_run(stage, "SELECT $1", values, 1, NULL), JUMIN_OK);
}

// A reader that sees an old state cannot write on it: that would undo what came since.
static void test_writing_on_an_old_state_is_a_conflict(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT)");
    stage_run("INSERT INTO row VALUES (1), (2)");
    struct database_rows *rows = NULL;
    struct database *other = stage_connect();
    assert_int_equal(database_query(stage, "SELECT id FROM row", NULL, 0, &rows), JUMIN_OK);
    assert_int_equal(database_run(other, "DELETE FROM row", NULL, 0, NULL), JUMIN_OK);
    assert_int_equal(database_run(stage, "INSERT INTO row VALUES (3)", NULL, 0, NULL), JUMIN_ERROR_CONFLICT);
    assert_int_equal(database_rows_end(rows), JUMIN_OK);
    database_close(other);
    stage_run("INSERT INTO row VALUES (3)");
}

static void test_a_failure_at_a_later_row_spoils_the_transaction(void **state)
{
    (void)state;
    struct database_rows *rows = NULL;
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(database_query(stage, "VALUES (1), (0.5), (2)", NULL, 0, &rows), JUMIN_OK);
    assert_true(database_next(rows));
    assert_false(database_next(rows));
    assert_false(database_next(rows));
    assert_int_equal(database_rows_end(rows), JUMIN_ERROR_DATABASE);
    assert_int_equal(database_commit(stage), JUMIN_ERROR_DATABASE);
}

// Another one holds the file for longer than is waited.
static void test_a_file_that_stays_locked_is_a_conflict(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT)");
    struct database *other = stage_connect();
    assert_int_equal(database_begin(other), JUMIN_OK);
    assert_int_equal(database_begin(stage), JUMIN_ERROR_CONFLICT);
    assert_string_equal(database_detail(stage), "SQLite: database is locked (5)");
    assert_false(database_has_begun(stage));
    assert_false(database_is_lost(stage));
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM row"), 0); // reading goes on
    database_rollback(other);
    database_close(other);
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(database_commit(stage), JUMIN_OK);
}

enum { WRITERS = 4, TURNS = 50 };

static void *take_turns(void *connection)
{
    struct database *database = connection;
    for (int i = 0; i < TURNS; i++) {
        if (database_begin(database) != JUMIN_OK ||
            database_run(database, "UPDATE row SET id = id + 1", NULL, 0, NULL) != JUMIN_OK) {
            return NULL;
        }
        if (i % 5 == 0) {
            database_rollback(database);
        } else if (database_commit(database) != JUMIN_OK) {
            return NULL;
        }
    }
    return connection;
}

// Threads tell each other when they have ended: none is left waiting, and none comes in between.
static void test_writers_of_one_process_take_turns(void **state)
{
    (void)state;
    struct database *connections[WRITERS];
    pthread_t threads[WRITERS];
    stage_run("CREATE TABLE row (id BIGINT)");
    stage_run("INSERT INTO row VALUES (0)");
    for (int i = 0; i < WRITERS; i++) {
        connections[i] = stage_connect();
        assert_int_equal(pthread_create(&threads[i], NULL, take_turns, connections[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        void *good = NULL;
        assert_int_equal(pthread_join(threads[i], &good), 0);
        assert_non_null(good);
        database_close(connections[i]);
    }
    assert_int_equal(stage_integer("SELECT id FROM row"), WRITERS * TURNS * 4 / 5);
}

// In place of a full disk: no file may grow beyond these bytes.
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static enum jumin_error insert_much(void)
{
    static const uint8_t much[200000];
    const struct database_value value = database_bytes(span_of(much, sizeof much));
    enum jumin_error error = database_begin(stage);
    if (error == JUMIN_OK) {
        error = database_run(stage, "INSERT INTO row VALUES ($1)", &value, 1, NULL);
    }
    if (error != JUMIN_OK) {
        database_rollback(stage);
        return error;
    }
    return database_commit(stage);
}

static void test_a_full_disk_is_told_and_costs_nothing(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (content {bytes})");
    assert_int_equal(insert_much(), JUMIN_OK);
    (void)signal(SIGXFSZ, SIG_IGN);
    limit_files(100000);
    const enum jumin_error error = insert_much();
    limit_files(RLIM_INFINITY);
    (void)signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(error, JUMIN_ERROR_DATABASE);
    assert_non_null(strstr(database_detail(stage), "SQLite: "));
    assert_false(database_is_lost(stage));
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM row"), 1);
    assert_int_equal(insert_much(), JUMIN_OK);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM row"), 2);
}

// Root may write what nobody may: so another user looks.
static int open_as_another(const char *path)
{
    const pid_t process = fork();
    assert_true(process >= 0);
    if (process == 0) {
        struct database *database = NULL;
        enum { NOBODY = 65534 };
        if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)) {
            _exit(1);
        }
        const bool refused = database_open(&database, path) == JUMIN_ERROR_DATABASE &&
                             strstr(database_detail(database), "only be read") != NULL;
        _exit(refused ? 0 : 1);
    }
    return process;
}

static void test_a_file_that_can_only_be_read_is_not_opened(void **state)
{
    (void)state;
    stage_run("CREATE TABLE row (id BIGINT)");
    char folder[sizeof stage_url];
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(stage_url, '/') - stage_url), stage_url);
    assert_int_equal(chmod(folder, 0777), 0);
    assert_int_equal(chmod(stage_url, 0444), 0);
    stage_wait(open_as_another(stage_url));
    database_close(stage); // and with it the log, which alone could keep others from opening
    stage_wait(open_as_another(stage_url));
    assert_int_equal(chmod(stage_url, 0600), 0);
    assert_int_equal(chmod(folder, 0700), 0);
    stage = stage_connect();
}

static void expect_not_opened(const char *path)
{
    struct database *database = NULL;
    assert_int_equal(database_open(&database, path), JUMIN_ERROR_DATABASE);
    assert_non_null(database);
    assert_string_not_equal(database_detail(database), "");
    assert_int_equal(database_run(database, "SELECT 1", NULL, 0, NULL), JUMIN_ERROR_DATABASE);
    assert_int_equal(database_begin(database), JUMIN_ERROR_DATABASE);
    assert_int_equal(database_reconnect(database), JUMIN_ERROR_DATABASE);
    database_close(database);
}

static void test_what_is_no_database_is_not_opened(void **state)
{
    (void)state;
    expect_not_opened("/nowhere/database");
    expect_not_opened("/tmp");
    expect_not_opened("");
    // A file of something else, which stays as it is.
    char path[sizeof stage_url];
    (void)snprintf(path, sizeof path, "%.*s-other", (int)(sizeof path - 8), stage_url);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(
        fputs("These are no pages of SQLite, and there are more than a hundred bytes of them: so many that "
              "nobody can take them for an empty database.\n",
              file) >= 0);
    assert_int_equal(fclose(file), 0);
    expect_not_opened(path);
    assert_int_equal(unlink(path), 0);
}

static void test_a_database_can_be_opened_later(void **state)
{
    (void)state;
    char path[sizeof stage_url];
    char folder[sizeof stage_url];
    (void)snprintf(folder, sizeof folder, "%.*s-folder", (int)(sizeof folder - 12), stage_url);
    (void)snprintf(path, sizeof path, "%.*s/a", (int)(sizeof path - 3), folder);
    struct database *database = NULL;
    assert_int_equal(database_open(&database, path), JUMIN_ERROR_DATABASE);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(database_reconnect(database), JUMIN_OK);
    assert_int_equal(database_run(database, "CREATE TABLE row (id BIGINT)", NULL, 0, NULL), JUMIN_OK);
    database_close(database);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void nothing(struct database *database)
{
    (void)database;
}

static void test_several_may_open_a_new_file_at_once(void **state)
{
    (void)state;
    enum { ROUNDS = 40, PROCESSES = 4 };
    for (int round = 0; round < ROUNDS; round++) {
        database_close(stage);
        assert_int_equal(unlink(stage_url), 0);
        int processes[PROCESSES];
        for (int i = 0; i < PROCESSES; i++) {
            processes[i] = stage_fork(nothing);
        }
        for (int i = 0; i < PROCESSES; i++) {
            stage_wait(processes[i]);
        }
        stage = stage_connect();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_only_its_owner_can_read_the_file),
        STAGE_TEST(test_commits_are_on_the_disk),
        STAGE_TEST(test_the_journal_is_written_ahead),
        STAGE_TEST(test_log_is_emptied_where_nobody_reads_it),
        STAGE_TEST(test_values_and_parameters_are_as_many),
        STAGE_TEST(test_writing_on_an_old_state_is_a_conflict),
        STAGE_TEST(test_a_failure_at_a_later_row_spoils_the_transaction),
        STAGE_TEST(test_a_file_that_stays_locked_is_a_conflict),
        STAGE_TEST(test_writers_of_one_process_take_turns),
        STAGE_TEST(test_a_full_disk_is_told_and_costs_nothing),
        STAGE_TEST(test_a_file_that_can_only_be_read_is_not_opened),
        STAGE_TEST(test_what_is_no_database_is_not_opened),
        STAGE_TEST(test_a_database_can_be_opened_later),
        STAGE_TEST(test_several_may_open_a_new_file_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
