// Several connections and processes at one database at once.
// SPDX-License-Identifier: Apache-2.0
#include "tests/database/stage.h"

#include <unistd.h>

enum { WORKERS = 4, JOBS = 60, TURNS = 25 };

// In a child process: no assertion may jump out of it.
static void must(bool true_)
{
    if (!true_) {
        _exit(1);
    }
}

static void run_workers(void (*work)(struct database *database))
{
    int workers[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = stage_fork(work);
    }
    for (int i = 0; i < WORKERS; i++) {
        stage_wait(workers[i]);
    }
}

static int64_t one_integer(struct database *database, const char *sql, bool *found)
{
    struct database_rows *rows = NULL;
    must(database_query(database, sql, NULL, 0, &rows) == JUMIN_OK);
    *found = database_next(rows);
    const int64_t integer = *found ? database_column_integer(rows, 0) : 0;
    must(database_rows_end(rows) == JUMIN_OK);
    return integer;
}

// Takes a job that nobody has, as long as there is one; notes who took it.
static void take_jobs(struct database *database)
{
    for (bool left = true; left;) {
        bool found = false;
        must(database_begin(database) == JUMIN_OK);
        const struct database_value values[] = {
            database_integer(one_integer(
                database, "SELECT id FROM job WHERE worker = 0 ORDER BY id LIMIT 1 {for update}", &found)),
            database_integer(getpid())};
        if (found) {
            size_t changed = 0;
            must(database_run(database, "UPDATE job SET worker = $2 WHERE id = $1 AND worker = 0", values, 2,
                              &changed) == JUMIN_OK);
            must(changed == 1);
            must(database_run(database, "INSERT INTO taken (job, worker) VALUES ($1, $2)", values, 2, NULL) ==
                 JUMIN_OK);
        }
        must(database_commit(database) == JUMIN_OK);
        left = one_integer(database, "SELECT count(*) FROM job WHERE worker = 0", &found) > 0;
    }
}

static void test_no_two_workers_get_the_same_row(void **state)
{
    (void)state;
    stage_run("CREATE TABLE job (id {identity}, worker BIGINT NOT NULL)");
    stage_run("CREATE TABLE taken (job BIGINT, worker BIGINT)");
    for (int i = 0; i < JOBS; i++) {
        stage_run("INSERT INTO job (worker) VALUES (0)");
    }
    run_workers(take_jobs);
    assert_int_equal(stage_integer("SELECT count(*) FROM taken"), JOBS);
    assert_int_equal(
        stage_integer("SELECT count(*) FROM job, taken WHERE id = job AND job.worker = taken.worker"), JOBS);
}

// On SQLite a transaction has the file; on PostgreSQL the update has the row.
static void count_up(struct database *database)
{
    for (int i = 0; i < TURNS; i++) {
        must(database_begin(database) == JUMIN_OK);
        must(database_run(database, "UPDATE counter SET n = n + 1", NULL, 0, NULL) == JUMIN_OK);
        must(database_run(database, "INSERT INTO turn SELECT n FROM counter", NULL, 0, NULL) == JUMIN_OK);
        must(database_commit(database) == JUMIN_OK);
    }
}

static void test_writers_wait_for_each_other(void **state)
{
    (void)state;
    stage_run("CREATE TABLE counter (n BIGINT)");
    stage_run("CREATE TABLE turn (n BIGINT PRIMARY KEY)");
    stage_run("INSERT INTO counter VALUES (0)");
    run_workers(count_up);
    assert_int_equal(stage_integer("SELECT n FROM counter"), WORKERS * TURNS);
    assert_int_equal(stage_integer("SELECT count(*) FROM turn"), WORKERS * TURNS);
}

static void migrate(struct database *database)
{
    static const struct database_migration migrations[] = {
        {"first", "CREATE TABLE first (id {identity}); INSERT INTO first DEFAULT VALUES;"},
        {"second", "CREATE TABLE second (id BIGINT); INSERT INTO second SELECT id FROM first;"},
    };
    must(database_migrate(database, migrations, 2) == JUMIN_OK);
}

static void test_of_those_that_migrate_at_once_one_does(void **state)
{
    (void)state;
    run_workers(migrate);
    assert_int_equal(stage_integer("SELECT count(*) FROM second"), 1);
    assert_int_equal(stage_integer("SELECT count(*) FROM schema_version"), 2);
}

// Ends without a commit and without closing, as a program that is killed.
static void die_in_the_middle(struct database *database)
{
    must(database_begin(database) == JUMIN_OK);
    must(database_run(database, "UPDATE counter SET n = 5", NULL, 0, NULL) == JUMIN_OK);
}

static void die_after_commit(struct database *database)
{
    die_in_the_middle(database);
    must(database_commit(database) == JUMIN_OK);
}

static void test_who_dies_without_commit_has_done_nothing(void **state)
{
    (void)state;
    stage_run("CREATE TABLE counter (n BIGINT)");
    stage_run("INSERT INTO counter VALUES (1)");
    stage_wait(stage_fork(die_in_the_middle));
    assert_int_equal(stage_integer("SELECT n FROM counter"), 1);
    stage_run("UPDATE counter SET n = 2"); // and holds nobody up
    stage_wait(stage_fork(die_after_commit));
    assert_int_equal(stage_integer("SELECT n FROM counter"), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_no_two_workers_get_the_same_row),
        STAGE_TEST(test_writers_wait_for_each_other),
        STAGE_TEST(test_of_those_that_migrate_at_once_one_does),
        STAGE_TEST(test_who_dies_without_commit_has_done_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
