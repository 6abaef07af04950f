// Databases in a file, by SQLite.
// SPDX-License-Identifier: Apache-2.0
#include "host/database/provider.h"
#include "host/database/writers.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    WAIT_MS = 5000, // for another writer
    RETRY_MS = 10,
    KEPT = 64, // prepared statements
};

struct connection {
    sqlite3 *handle;
    // Prepared and not in use, found again by their text.
    struct {
        sqlite3_stmt *statement; // NULL: the place is free
        unsigned long last;      // when it was used
    } kept[KEPT];
    unsigned long uses;
    struct writers_wait wait;
};

static sqlite3 *handle_of(const struct database *database)
{
    const struct connection *connection = database->connection;
    return connection->handle;
}

// SQLite's messages name tables and columns, never values.
static enum jumin_error failure(struct database *database)
{
    sqlite3 *handle = handle_of(database);
    const int code = sqlite3_extended_errcode(handle);
    enum jumin_error error = JUMIN_ERROR_DATABASE;
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_BUSY:
        error = JUMIN_ERROR_CONFLICT;
        break;
    case SQLITE_NOMEM:
        error = JUMIN_ERROR_MEMORY;
        break;
    default:
        break;
    }
    return detail_set(&database->detail, error, "SQLite: %s (%d)", sqlite3_errmsg(handle), code);
}

// SQLite's own wait sleeps longer than most transactions take.
static int wait_for_writer(void *context, int times)
{
    struct connection *connection = context;
    return writers_wait(&connection->wait, times == 0 ? WAIT_MS : 0) ? 1 : 0;
}

// --- Connection ----------------------------------------------------------------------------------------------

static void sqlite_disconnect(struct database *database)
{
    struct connection *connection = database->connection;
    if (connection == NULL) {
        return;
    }
    for (size_t i = 0; i < KEPT; i++) {
        (void)sqlite3_finalize(connection->kept[i].statement);
    }
    (void)sqlite3_close_v2(connection->handle);
    writers_tell(); // it may have had a transaction
    free(connection);
    database->connection = NULL;
}

static int is_wal(void *context, int count, char **values, char **names)
{
    (void)names;
    bool *wal = context;
    *wal = count == 1 && values[0] != NULL && strcmp(values[0], "wal") == 0;
    return 0;
}

// Of two that open a new file at once, one is refused at once: SQLite's own wait does not cover this change.
static enum jumin_error use_write_ahead_log(struct database *database)
{
    sqlite3 *handle = handle_of(database);
    bool wal = false;
    int code = SQLITE_BUSY;
    for (int waited = 0; code == SQLITE_BUSY && waited < WAIT_MS; waited += RETRY_MS) {
        code = sqlite3_exec(handle, "PRAGMA journal_mode = WAL", is_wal, &wal, NULL) & 0xff;
        if (code == SQLITE_BUSY) {
            (void)sqlite3_sleep(RETRY_MS);
        }
    }
    if (code != SQLITE_OK) {
        return failure(database);
    }
    return wal ? JUMIN_OK
               : detail_set(&database->detail, JUMIN_ERROR_DATABASE,
                            "SQLite: no write-ahead log is possible there");
}

// Without the default that "a name" which is none means a text: PostgreSQL refuses it.
static enum jumin_error set_up(struct database *database)
{
    sqlite3 *handle = handle_of(database);
    if (sqlite3_db_readonly(handle, "main") == 1) { // which SQLite would tell at the first change
        return detail_set(&database->detail, JUMIN_ERROR_DATABASE, "%s: the file can only be read",
                          database->url);
    }
    (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    (void)sqlite3_busy_handler(handle, wait_for_writer, database->connection);
    const enum jumin_error error = use_write_ahead_log(database);
    if (error != JUMIN_OK) {
        return error;
    }
    const char *script = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;";
    return sqlite3_exec(handle, script, NULL, NULL, NULL) == SQLITE_OK ? JUMIN_OK : failure(database);
}

// The file is made without being opened: a descriptor that is closed would take away the locks that another
// connection of this process holds. Log and shared memory get the file's mode.
static enum jumin_error sqlite_connect(struct database *database)
{
    if (mknod(database->url, S_IFREG | S_IRUSR | S_IWUSR, 0) != 0 && errno != EEXIST) {
        return detail_set(&database->detail, JUMIN_ERROR_DATABASE, "%s: %s", database->url, strerror(errno));
    }
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        return detail_set(&database->detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    database->connection = connection;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(database->url, &connection->handle, flags, NULL);
    const enum jumin_error error = code == SQLITE_OK ? set_up(database) : failure(database);
    if (error != JUMIN_OK) {
        sqlite_disconnect(database);
    }
    return error;
}

// A file does not go away.
static bool sqlite_answers(struct database *database)
{
    return database->connection != NULL;
}

// --- Statements ----------------------------------------------------------------------------------------------

static enum jumin_error sqlite_execute(struct database *database, const char *script)
{
    sqlite3 *handle = handle_of(database);
    struct connection *connection = database->connection;
    connection->wait.seen = writers_seen();
    const int code = sqlite3_exec(handle, script, NULL, NULL, NULL);
    const enum jumin_error error = code == SQLITE_OK ? JUMIN_OK : failure(database);
    if (sqlite3_get_autocommit(handle) != 0) { // a transaction has ended
        writers_tell();
    }
    return error;
}

static sqlite3_stmt *take(struct connection *connection, const char *sql)
{
    for (size_t i = 0; i < KEPT; i++) {
        sqlite3_stmt *statement = connection->kept[i].statement;
        if (statement != NULL && strcmp(sqlite3_sql(statement), sql) == 0) {
            connection->kept[i].statement = NULL;
            return statement;
        }
    }
    return NULL;
}

// In a place that is free, else in that of the one that was not used for longest.
static void keep(struct connection *connection, sqlite3_stmt *statement)
{
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    size_t place = 0;
    for (size_t i = 1; i < KEPT && connection->kept[place].statement != NULL; i++) {
        if (connection->kept[i].statement == NULL ||
            connection->kept[i].last < connection->kept[place].last) {
            place = i;
        }
    }
    (void)sqlite3_finalize(connection->kept[place].statement);
    connection->kept[place].statement = statement;
    connection->kept[place].last = ++connection->uses;
}

// One statement: what follows it would be passed over.
static enum jumin_error prepare(struct database *database, const char *sql, sqlite3_stmt **statement)
{
    *statement = take(database->connection, sql);
    if (*statement != NULL) {
        return JUMIN_OK;
    }
    const char *rest = "";
    if (sqlite3_prepare_v3(handle_of(database), sql, -1, SQLITE_PREPARE_PERSISTENT, statement, &rest) !=
        SQLITE_OK) {
        return failure(database);
    }
    if (*statement == NULL || rest[strspn(rest, " \n;")] != '\0') {
        (void)sqlite3_finalize(*statement);
        return detail_set(&database->detail, JUMIN_ERROR_DATABASE, "not one statement");
    }
    return JUMIN_OK;
}

static int bind(sqlite3_stmt *statement, int index, const struct database_value *value)
{
    const void *bytes =
        value->bytes.n > 0 ? (const void *)value->bytes.p : ""; // a null pointer would be NULL
    switch (value->kind) {
    case DATABASE_INTEGER:
        return sqlite3_bind_int64(statement, index, value->integer);
    case DATABASE_TEXT:
        return sqlite3_bind_text64(statement, index, bytes, value->bytes.n, SQLITE_TRANSIENT, SQLITE_UTF8);
    case DATABASE_BYTES:
        return sqlite3_bind_blob64(statement, index, bytes, value->bytes.n, SQLITE_TRANSIENT);
    default:
        return sqlite3_bind_null(statement, index);
    }
}

// SQLite counts $2 as a name: the first one to appear gets number 1.
static enum jumin_error bind_all(struct database *database, sqlite3_stmt *statement,
                                 const struct database_value *values, size_t count)
{
    bool fits = (size_t)sqlite3_bind_parameter_count(statement) == count;
    for (size_t i = 0; i < count && fits; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "$%u", (unsigned)(i + 1));
        const int index = sqlite3_bind_parameter_index(statement, name);
        fits = index > 0;
        if (fits && bind(statement, index, &values[i]) != SQLITE_OK) {
            return failure(database);
        }
    }
    return fits ? JUMIN_OK
                : detail_set(&database->detail, JUMIN_ERROR_DATABASE,
                             "the statement has other parameters than values");
}

// PostgreSQL's averages and sums are no integers either, and it refuses them too.
static bool has_real(sqlite3_stmt *statement)
{
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
        if (sqlite3_column_type(statement, i) == SQLITE_FLOAT) {
            return true;
        }
    }
    return false;
}

static enum jumin_error step(struct database_rows *rows, bool *row)
{
    struct database *database = rows->database;
    sqlite3_stmt *statement = rows->result;
    const int code = sqlite3_step(statement);
    *row = code == SQLITE_ROW;
    if (*row && has_real(statement)) {
        return detail_set(&database->detail, JUMIN_ERROR_DATABASE,
                          "a column is no integer, text or bytes: cast it");
    }
    return *row || code == SQLITE_DONE ? JUMIN_OK : failure(database);
}

// The first step does all of the changing; `row_count` runs ahead of `row` by it.
static enum jumin_error sqlite_query(struct database *database, const char *sql,
                                     const struct database_value *values, size_t count,
                                     struct database_rows *rows)
{
    sqlite3_stmt *statement = NULL;
    enum jumin_error error = prepare(database, sql, &statement);
    if (error != JUMIN_OK) {
        return error;
    }
    rows->result = statement;
    error = bind_all(database, statement, values, count);
    bool row = false;
    if (error == JUMIN_OK) {
        error = step(rows, &row);
    }
    if (error != JUMIN_OK) {
        keep(database->connection, statement);
        return error;
    }
    rows->row_count = row ? 1 : 0;
    rows->changed = (size_t)sqlite3_changes64(handle_of(database));
    return JUMIN_OK;
}

static bool sqlite_next(struct database_rows *rows)
{
    if (rows->row >= 0 && rows->row < rows->row_count) {
        bool row = false;
        rows->error = step(rows, &row);
        rows->row_count += row && rows->error == JUMIN_OK ? 1 : 0;
    }
    if (rows->row < rows->row_count) {
        rows->row++;
    }
    return rows->row < rows->row_count;
}

static int sqlite_column_count(const struct database_rows *rows)
{
    return sqlite3_column_count(rows->result);
}

static struct database_value sqlite_column(const struct database_rows *rows, int column)
{
    sqlite3_stmt *statement = rows->result;
    struct database_value value = {.kind = DATABASE_NULL};
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        value = database_integer(sqlite3_column_int64(statement, column));
        break;
    case SQLITE_TEXT:
        value.kind = DATABASE_TEXT;
        value.bytes.p = sqlite3_column_text(statement, column);
        value.bytes.n = (size_t)sqlite3_column_bytes(statement, column);
        break;
    case SQLITE_BLOB:
        value.kind = DATABASE_BYTES;
        value.bytes.p = sqlite3_column_blob(statement, column);
        value.bytes.n = (size_t)sqlite3_column_bytes(statement, column);
        break;
    default:
        break;
    }
    return value;
}

static void sqlite_end(struct database_rows *rows)
{
    keep(rows->database->connection, rows->result);
}

// secure_delete has overwritten what was freed; the log holds the pages as they were before.
static enum jumin_error sqlite_forget(struct database *database)
{
    const int code =
        sqlite3_wal_checkpoint_v2(handle_of(database), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if ((code & 0xff) == SQLITE_BUSY) {
        return detail_set(&database->detail, JUMIN_ERROR_CONFLICT,
                          "SQLite: the write-ahead log cannot be emptied while another one reads it");
    }
    return code == SQLITE_OK ? JUMIN_OK : failure(database);
}

const struct database_provider database_sqlite = {
    .bytes = "BLOB",
    .identity = "INTEGER PRIMARY KEY AUTOINCREMENT",
    .for_update = "",
    .begin = "BEGIN IMMEDIATE;",
    .begin_migration = "BEGIN IMMEDIATE;",
    .connect = sqlite_connect,
    .answers = sqlite_answers,
    .disconnect = sqlite_disconnect,
    .execute = sqlite_execute,
    .query = sqlite_query,
    .next = sqlite_next,
    .column = sqlite_column,
    .column_count = sqlite_column_count,
    .end = sqlite_end,
    .forget = sqlite_forget,
};
