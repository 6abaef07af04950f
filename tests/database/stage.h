// An empty database for each test: on PostgreSQL where JUMIN_POSTGRESQL_URL names a server, else a SQLite
// file.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_DATABASE_STAGE_H
#define JUMIN_TESTS_DATABASE_STAGE_H

#include "tests/unit/unit.h"

#include "host/database/database.h"

#define STAGE_TEST(test) cmocka_unit_test_setup_teardown(test, stage_open, stage_close)

// The connection that a test starts with, and the URL for others.
extern struct database *stage;
extern char stage_url[256];

int stage_open(void **state);
int stage_close(void **state);
// PostgreSQL, not SQLite.
bool stage_is_server(void);
// Another connection to the same database.
struct database *stage_connect(void);
// Stops the server as a crash would, or starts it: "stop", "start".
void stage_control(const char *action);
// One statement without values that must succeed.
void stage_run(const char *sql);
// The one integer that a SELECT gives.
int64_t stage_integer(const char *sql);
// Runs `work` with a connection of its own in a child process; the child ends without closing anything.
int stage_fork(void (*work)(struct database *database));
// Waits for it; it must have ended well.
void stage_wait(int process);

#endif
