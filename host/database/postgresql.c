// Databases on a PostgreSQL server, by libpq.
// SPDX-License-Identifier: Apache-2.0
#include "host/database/postgresql.h"

#include <stdio.h>
#include <stdlib.h>

static PGconn *handle_of(const struct database *database)
{
    const struct connection *connection = database->connection;
    return connection->handle;
}

// --- Failures ------------------------------------------------------------------------------------------------

static bool is_class(const char *state, const char *class)
{
    return strncmp(state, class, 2) == 0;
}

// PostgreSQL documentation, appendix A: serialization_failure, deadlock_detected.
static bool is_overtaken(const char *state)
{
    return strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0;
}

// … integrity constraints, lock_not_available.
static enum jumin_error error_of(const char *state)
{
    const bool conflict = is_class(state, "23") || is_overtaken(state) || strcmp(state, "55P03") == 0;
    return conflict ? JUMIN_ERROR_CONFLICT : JUMIN_ERROR_DATABASE;
}

// What failed on the way to the server or there: its first line, without what is quoted in it. A part of the
// URL is always quoted, and can be a part of the password when somebody wrote it without escapes.
static enum jumin_error connection_failure(struct database *database)
{
    const char *message = PQerrorMessage(handle_of(database));
    char line[sizeof database->detail.text];
    size_t n = 0;
    bool quoted = false;
    for (; *message != '\0' && *message != '\n' && n < sizeof line - 1; message++) {
        if (*message == '"' || !quoted) {
            line[n++] = *message;
        }
        quoted = quoted != (*message == '"');
    }
    line[n] = '\0';
    return detail_set(&database->detail, JUMIN_ERROR_DATABASE, "PostgreSQL: %s", line);
}

// What has no code of the server's failed on the way to it or back; FATAL and PANIC end the connection.
static bool ends_connection(const PGresult *result)
{
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return PQresultErrorField(result, PG_DIAG_SQLSTATE) == NULL ||
           (severity != NULL && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0));
}

// The main message alone: the server's details show whole rows, and messages on data (class 22) the value.
enum jumin_error postgresql_failure(struct database *database, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    database->lost = ends_connection(result);
    database->overtaken = state != NULL && is_overtaken(state);
    if (state == NULL || message == NULL) {
        return connection_failure(database);
    }
    return detail_set(&database->detail, error_of(state), "PostgreSQL: %s (%s)",
                      is_class(state, "22") ? "a value is not possible there" : message, state);
}

// --- Connection ----------------------------------------------------------------------------------------------

static void postgresql_disconnect(struct database *database)
{
    struct connection *connection = database->connection;
    if (connection == NULL) {
        return;
    }
    for (size_t i = 0; i < PREPARED; i++) {
        free(connection->prepared[i].sql);
    }
    PQfinish(connection->handle);
    free(connection);
    database->connection = NULL;
}

// What the server would tell, nobody asked for.
static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

static enum jumin_error postgresql_execute(struct database *database, const char *script)
{
    PGresult *result = PQexec(handle_of(database), script);
    const ExecStatusType status = PQresultStatus(result);
    const bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
    const enum jumin_error error = done ? JUMIN_OK : postgresql_failure(database, result);
    PQclear(result);
    return error;
}

// Nothing waits for ever: neither for rows that another one holds, nor do others for us if we freeze.
static enum jumin_error set_up(struct database *database)
{
    (void)PQsetNoticeReceiver(handle_of(database), ignore_notice, NULL);
    return postgresql_execute(database, "SET statement_timeout = '30s'; SET lock_timeout = '10s'; "
                                        "SET idle_in_transaction_session_timeout = '60s';");
}

// The URL may name another application and other timeouts (they stand before it), not another encoding. A
// server whose machine is gone is noticed while its answer is waited for.
static enum jumin_error try_to_connect(struct database *database, bool *away)
{
    const char *const names[] = {
        "application_name",    "connect_timeout", "tcp_user_timeout", "keepalives_idle",
        "keepalives_interval", "dbname",          "client_encoding",  NULL};
    const char *const values[] = {"jumin", "10", "30000", "10", "10", database->url, "UTF8", NULL};
    struct connection *connection = calloc(1, sizeof *connection);
    database->connection = connection;
    if (connection != NULL) {
        connection->handle = PQconnectdbParams(names, values, 1);
    }
    if (connection == NULL || connection->handle == NULL) {
        postgresql_disconnect(database);
        return detail_set(&database->detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    const enum jumin_error error =
        PQstatus(connection->handle) == CONNECTION_OK ? set_up(database) : connection_failure(database);
    if (error != JUMIN_OK) {
        const PGPing ping = PQpingParams(names, values, 1);
        *away = ping == PQPING_REJECT || ping == PQPING_NO_RESPONSE;
        postgresql_disconnect(database);
    }
    return error;
}

// A server that takes connections and refuses this one has a reason that lasts, unless it has come up since:
// so it is asked twice.
static enum jumin_error postgresql_connect(struct database *database)
{
    PQconninfoOption *options = PQconninfoParse(database->url, NULL);
    database->lost = false;
    if (options == NULL) {
        return detail_set(&database->detail, JUMIN_ERROR_DATABASE,
                          "PostgreSQL: the database's URL is malformed");
    }
    PQconninfoFree(options);
    bool away = false;
    enum jumin_error error = try_to_connect(database, &away);
    if (error == JUMIN_ERROR_DATABASE && !away) {
        error = try_to_connect(database, &away);
    }
    database->lost = error != JUMIN_OK && away;
    return error;
}

// The empty statement is answered within a failed transaction, too.
static bool postgresql_answers(struct database *database)
{
    return postgresql_execute(database, "") == JUMIN_OK;
}

// --- The provider ----------------------------------------------------------------------------------------------

// The number in the lock is the project's, "jumin" in ASCII; whoever migrates anything of it there waits.
const struct database_provider database_postgresql = {
    .bytes = "BYTEA",
    .identity = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    .for_update = "FOR UPDATE SKIP LOCKED",
    .begin = "BEGIN;",
    .begin_migration = "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; "
                       "SELECT pg_advisory_xact_lock(457236638062);",
    .connect = postgresql_connect,
    .answers = postgresql_answers,
    .disconnect = postgresql_disconnect,
    .execute = postgresql_execute,
    .query = postgresql_query,
    .next = postgresql_next,
    .column = postgresql_column,
    .column_count = postgresql_column_count,
    .end = postgresql_end,
};
