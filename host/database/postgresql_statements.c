// Statements on a PostgreSQL server: prepared once, their values and answers in binary format.
// SPDX-License-Identifier: Apache-2.0
#include "host/database/postgresql.h"

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

enum { FORMAT_BINARY = 1, STATEMENT_NAME = 32 };

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

enum jumin_error postgresql_query(struct database *database, const char *sql,
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
                                       : postgresql_failure(database, result);
    if (error != JUMIN_OK) {
        PQclear(result);
        return error;
    }
    rows->result = result;
    rows->row_count = PQntuples(result);
    rows->changed = decimal(PQcmdTuples(result));
    return JUMIN_OK;
}

bool postgresql_next(struct database_rows *rows)
{
    if (rows->row < rows->row_count) {
        rows->row++;
    }
    return rows->row < rows->row_count;
}

int postgresql_column_count(const struct database_rows *rows)
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

struct database_value postgresql_column(const struct database_rows *rows, int column)
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

void postgresql_end(struct database_rows *rows)
{
    PQclear(rows->result);
}
