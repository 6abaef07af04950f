// Databases on a PostgreSQL server, by libpq.
// SPDX-License-Identifier: Apache-2.0
#include "host/database/provider.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

// PostgreSQL's numbers of its own types (catalogue pg_type), which never change.
enum {
    TYPE_BOOLEAN = 16,
    TYPE_BYTES = 17,
    TYPE_INTEGER_8 = 20,
    TYPE_INTEGER_2 = 21,
    TYPE_INTEGER_4 = 23,
    TYPE_TEXT = 25,
    TYPE_VARCHAR = 1043,
};

enum {
    FORMAT_BINARY = 1,
    PREPARED = 64, // statements that the server keeps for a connection
    STATEMENT_NAME = 32,
};

// What the server has prepared: a statement with values of these types, named by its place.
struct prepared {
    char *sql; // NULL: the place is free
    Oid types[DATABASE_VALUES_MAX];
    size_t count;
};

struct connection {
    PGconn *handle;
    struct prepared prepared[PREPARED];
};

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
static enum jumin_error failure(struct database *database, const PGresult *result)
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
    const enum jumin_error error = done ? JUMIN_OK : failure(database, result);
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

// --- Statements ----------------------------------------------------------------------------------------------

struct parameters {
    Oid types[DATABASE_VALUES_MAX];
    const char *values[DATABASE_VALUES_MAX];
    int lengths[DATABASE_VALUES_MAX];
    int formats[DATABASE_VALUES_MAX];
    char integers[DATABASE_VALUES_MAX][8];
};

static void put_big_endian(char *bytes, int64_t integer)
{
    for (int i = 0; i < 8; i++) {
        bytes[i] = (char)(uint8_t)((uint64_t)integer >> (56 - 8 * i));
    }
}

// All in binary format: bytes as they are, integers in eight bytes. NULL takes the type that its place has.
static bool set_parameter(struct parameters *parameters, size_t i, const struct database_value *value)
{
    static const Oid types[] = {
        [DATABASE_NULL] = 0,
        [DATABASE_INTEGER] = TYPE_INTEGER_8,
        [DATABASE_TEXT] = TYPE_TEXT,
        [DATABASE_BYTES] = TYPE_BYTES,
    };
    if (value->bytes.n > INT32_MAX) {
        return false;
    }
    parameters->types[i] = types[value->kind];
    parameters->formats[i] = FORMAT_BINARY;
    if (value->kind == DATABASE_INTEGER) {
        put_big_endian(parameters->integers[i], value->integer);
        parameters->values[i] = parameters->integers[i];
        parameters->lengths[i] = sizeof parameters->integers[i];
    } else if (value->kind != DATABASE_NULL) {
        // A null pointer would be NULL.
        parameters->values[i] = value->bytes.n > 0 ? (const char *)value->bytes.p : "";
        parameters->lengths[i] = (int)value->bytes.n;
    }
    return true;
}

static enum database_kind kind_of(const PGresult *result, int column, bool *known)
{
    *known = true;
    switch (PQftype(result, column)) {
    case TYPE_BOOLEAN:
    case TYPE_INTEGER_2:
    case TYPE_INTEGER_4:
    case TYPE_INTEGER_8:
        return DATABASE_INTEGER;
    case TYPE_TEXT:
    case TYPE_VARCHAR:
        return DATABASE_TEXT;
    case TYPE_BYTES:
        return DATABASE_BYTES;
    default:
        *known = false;
        return DATABASE_NULL;
    }
}

static enum jumin_error check_columns(struct database *database, const PGresult *result)
{
    for (int i = 0; i < PQnfields(result); i++) {
        bool known = false;
        (void)kind_of(result, i, &known);
        if (!known) {
            return detail_set(&database->detail, JUMIN_ERROR_DATABASE,
                              "a column is no integer, text or bytes: cast it");
        }
    }
    return JUMIN_OK;
}

static size_t decimal(const char *digits)
{
    size_t value = 0;
    for (; *digits >= '0' && *digits <= '9'; digits++) {
        value = 10 * value + (size_t)(*digits - '0');
    }
    return value;
}

static bool is_same(const struct prepared *prepared, const char *sql, const Oid *types, size_t count)
{
    return prepared->sql != NULL && prepared->count == count && strcmp(prepared->sql, sql) == 0 &&
           memcmp(prepared->types, types, count * sizeof *types) == 0;
}

// Parsing and planning cost the server more than most statements themselves. Those that come after the places
// are taken are sent whole each time. NULL: there is no place, and `result` NULL; or it failed, with
// `result`.
static const char *prepare(struct connection *connection, const char *sql,
                           const struct parameters *parameters, size_t count, char name[STATEMENT_NAME],
                           PGresult **result)
{
    size_t i = 0;
    *result = NULL;
    while (i < PREPARED && connection->prepared[i].sql != NULL &&
           !is_same(&connection->prepared[i], sql, parameters->types, count)) {
        i++;
    }
    if (i == PREPARED) {
        return NULL;
    }
    struct prepared *place = &connection->prepared[i];
    (void)snprintf(name, STATEMENT_NAME, "jumin_%zu", i);
    if (place->sql != NULL) {
        return name;
    }
    char *copy = strdup(sql);
    if (copy == NULL) {
        return NULL;
    }
    PGresult *made = PQprepare(connection->handle, name, sql, (int)count, parameters->types);
    if (PQresultStatus(made) != PGRES_COMMAND_OK) {
        free(copy);
        *result = made;
        return NULL;
    }
    PQclear(made);
    place->sql = copy;
    place->count = count;
    memcpy(place->types, parameters->types, count * sizeof *place->types);
    return name;
}

static PGresult *execute(struct connection *connection, const char *sql, const struct parameters *parameters,
                         size_t count)
{
    char name[STATEMENT_NAME];
    PGresult *failed = NULL;
    const char *prepared = prepare(connection, sql, parameters, count, name, &failed);
    if (failed != NULL) {
        return failed;
    }
    return prepared != NULL
               ? PQexecPrepared(connection->handle, prepared, (int)count, parameters->values,
                                parameters->lengths, parameters->formats, FORMAT_BINARY)
               : PQexecParams(connection->handle, sql, (int)count, parameters->types, parameters->values,
                              parameters->lengths, parameters->formats, FORMAT_BINARY);
}

static enum jumin_error postgresql_query(struct database *database, const char *sql,
                                         const struct database_value *values, size_t count,
                                         struct database_rows *rows)
{
    struct parameters parameters = {.types = {0}};
    for (size_t i = 0; i < count; i++) {
        if (!set_parameter(&parameters, i, &values[i])) {
            return detail_set(&database->detail, JUMIN_ERROR_ARGUMENT, "a value is too long");
        }
    }
    PGresult *result = execute(database->connection, sql, &parameters, count);
    const ExecStatusType status = PQresultStatus(result);
    const enum jumin_error error = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK
                                       ? check_columns(database, result)
                                       : failure(database, result);
    if (error != JUMIN_OK) {
        PQclear(result);
        return error;
    }
    rows->result = result;
    rows->row_count = PQntuples(result);
    rows->changed = decimal(PQcmdTuples(result));
    return JUMIN_OK;
}

static bool postgresql_next(struct database_rows *rows)
{
    if (rows->row < rows->row_count) {
        rows->row++;
    }
    return rows->row < rows->row_count;
}

static int postgresql_column_count(const struct database_rows *rows)
{
    return PQnfields(rows->result);
}

// One, two, four or eight bytes, of which the first has the sign; booleans are 0 or 1.
static int64_t big_endian(struct span bytes)
{
    uint64_t value = bytes.n > 0 && bytes.p[0] >= 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < bytes.n; i++) {
        value = value << 8 | bytes.p[i];
    }
    return (int64_t)value;
}

static struct database_value postgresql_column(const struct database_rows *rows, int column)
{
    const PGresult *result = rows->result;
    struct database_value value = {.kind = DATABASE_NULL};
    if (PQgetisnull(result, rows->row, column)) {
        return value;
    }
    bool known = false;
    value.kind = kind_of(result, column, &known);
    value.bytes =
        span_of(PQgetvalue(result, rows->row, column), (size_t)PQgetlength(result, rows->row, column));
    return value.kind == DATABASE_INTEGER ? database_integer(big_endian(value.bytes)) : value;
}

static void postgresql_end(struct database_rows *rows)
{
    PQclear(rows->result);
}

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
