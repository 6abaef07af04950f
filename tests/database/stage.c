// An empty database for each test.
// SPDX-License-Identifier: Apache-2.0
#include "tests/database/stage.h"

#include "tests/unit/temporary_folder.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct database *stage;
char stage_url[256];

static const char *server(void)
{
    return getenv("JUMIN_POSTGRESQL_URL");
}

bool stage_is_server(void)
{
    return server() != NULL;
}

struct database *stage_connect(void)
{
    struct database *database = NULL;
    const enum jumin_error error = database_open(&database, stage_url);
    if (error != JUMIN_OK) {
        print_error("%s\n", database_detail(database));
    }
    assert_int_equal(error, JUMIN_OK);
    return database;
}

int stage_open(void **state)
{
    if (temporary_folder_make(state) != 0) {
        return -1;
    }
    if (server() != NULL) {
        (void)snprintf(stage_url, sizeof stage_url, "%s", server());
    } else {
        (void)snprintf(stage_url, sizeof stage_url, "%s", temporary_path("database"));
    }
    stage = stage_connect();
    if (server() != NULL) {
        stage_run("DROP SCHEMA public CASCADE");
        stage_run("CREATE SCHEMA public");
    }
    return 0;
}

// Nothing but the database may be left in the folder, and no log once the last connection is closed.
int stage_close(void **state)
{
    database_close(stage);
    (void)unlink(stage_url);
    return temporary_folder_remove_empty(state);
}

void stage_control(const char *action)
{
    const char *program = getenv("JUMIN_POSTGRESQL_CONTROL");
    assert_non_null(program);
    const pid_t process = fork();
    assert_true(process >= 0);
    if (process == 0) {
        (void)execl(program, program, action, (char *)NULL);
        _exit(1);
    }
    stage_wait(process);
}

void stage_run(const char *sql)
{
    const enum jumin_error error = database_run(stage, sql, NULL, 0, NULL);
    if (error != JUMIN_OK) {
        print_error("%s\n%s\n", sql, database_detail(stage));
    }
    assert_int_equal(error, JUMIN_OK);
}

int64_t stage_integer(const char *sql)
{
    struct database_rows *rows = NULL;
    assert_int_equal(database_query(stage, sql, NULL, 0, &rows), JUMIN_OK);
    assert_true(database_next(rows));
    const int64_t integer = database_column_integer(rows, 0);
    assert_false(database_next(rows));
    assert_int_equal(database_rows_end(rows), JUMIN_OK);
    return integer;
}

int stage_fork(void (*work)(struct database *database))
{
    const pid_t process = fork();
    assert_true(process >= 0);
    if (process == 0) {
        struct database *database = NULL;
        if (database_open(&database, stage_url) != JUMIN_OK) {
            _exit(1);
        }
        work(database);
        _exit(0);
    }
    return process;
}

void stage_wait(int process)
{
    int status = 0;
    assert_int_equal(waitpid(process, &status, 0), process);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}
