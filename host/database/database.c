// What SQLite and PostgreSQL have in common: the choice by URL, words in braces, transactions.
// SPDX-License-Identifier: Apache-2.0
#include "host/database/provider.h"

#include <stdlib.h>

// --- Connections ---------------------------------------------------------------------------------------------

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

enum jumin_error database_open(struct database **database, const char *url)
{
    *database = calloc(1, sizeof **database);
    char *copy = strdup(url);
    if (*database == NULL || copy == NULL) {
        free(*database);
        free(copy);
        *database = NULL;
        return JUMIN_ERROR_MEMORY;
    }
    const bool server = begins_with(url, "postgresql://") || begins_with(url, "postgres://");
    (*database)->provider = server ? &database_postgresql : &database_sqlite;
    (*database)->url = copy;
    return (*database)->provider->connect(*database);
}

void database_close(struct database *database)
{
    if (database == NULL) {
        return;
    }
    database->provider->disconnect(database);
    free(database->url);
    free(database);
}

const char *database_detail(const struct database *database)
{
    return database == NULL ? "" : database->detail.text;
}

// --- Words in braces -----------------------------------------------------------------------------------------

static const char *meaning(const struct database_provider *provider, struct span word)
{
    const struct {
        const char *word, *meaning;
    } words[] = {
        {"{bytes}", provider->bytes},
        {"{identity}", provider->identity},
        {"{for update}", provider->for_update},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (span_equal(word, span_of(words[i].word, strlen(words[i].word)))) {
            return words[i].meaning;
        }
    }
    return NULL;
}

char *database_expand(const struct database_provider *provider, const char *script)
{
    const size_t longest = strlen(provider->identity) + strlen(provider->for_update);
    const size_t capacity = (strlen(script) + 1) * (1 + longest / strlen("{bytes}"));
    char *expanded = malloc(capacity);
    struct writer out = writer_of(expanded, expanded == NULL ? 0 : capacity);
    while (expanded != NULL && *script != '\0') {
        const size_t plain = strcspn(script, "{");
        writer_put(&out, span_of(script, plain));
        script += plain;
        if (*script == '\0') {
            break;
        }
        const size_t length = strcspn(script, "}") + 1;
        const char *put = script[length - 1] == '\0' ? NULL : meaning(provider, span_of(script, length));
        if (put == NULL) {
            free(expanded);
            return NULL;
        }
        writer_put(&out, span_of(put, strlen(put)));
        script += length;
    }
    writer_put_u8(&out, '\0');
    if (out.overflow) {
        free(expanded);
        return NULL;
    }
    return expanded;
}

// --- Statements ----------------------------------------------------------------------------------------------

// PostgreSQL takes nothing more in a transaction in which something failed; SQLite would go on, and is not
// let.
static enum jumin_error spoil(struct database *database, enum jumin_error error)
{
    if (database->begun && database->failure == JUMIN_OK) {
        database->failure = error;
    }
    return error;
}

// Whether a statement may be made at all. The detail of the failure that forbids it is still there.
static enum jumin_error allowed(const struct database *database)
{
    if (database->failure != JUMIN_OK) {
        return database->failure;
    }
    return database->connection == NULL ? JUMIN_ERROR_DATABASE : JUMIN_OK;
}

static enum jumin_error expand(struct database *database, const char *script, char **expanded)
{
    *expanded = database_expand(database->provider, script);
    return *expanded != NULL ? JUMIN_OK
                             : detail_set(&database->detail, JUMIN_ERROR_DATABASE,
                                          "the statement has braces that mean nothing, or memory is short");
}

enum jumin_error database_execute(struct database *database, const char *script)
{
    enum jumin_error error = allowed(database);
    char *expanded = NULL;
    if (error == JUMIN_OK) {
        error = expand(database, script, &expanded);
    }
    if (error == JUMIN_OK) {
        error = database->provider->execute(database, expanded);
    }
    free(expanded);
    return spoil(database, error);
}

// PostgreSQL has no texts with a zero byte; the rest of them must not get lost on the way.
static enum jumin_error check_values(struct database *database, const struct database_value *values,
                                     size_t count)
{
    if (count > DATABASE_VALUES_MAX) {
        return detail_set(&database->detail, JUMIN_ERROR_ARGUMENT, "a statement with too many values");
    }
    for (size_t i = 0; i < count; i++) {
        const struct span text = values[i].bytes;
        if (values[i].kind == DATABASE_TEXT && text.n > 0 && memchr(text.p, '\0', text.n) != NULL) {
            return detail_set(&database->detail, JUMIN_ERROR_ARGUMENT, "a text with a zero byte in it");
        }
    }
    return JUMIN_OK;
}

enum jumin_error database_query(struct database *database, const char *sql,
                                const struct database_value *values, size_t count,
                                struct database_rows **rows)
{
    *rows = NULL;
    enum jumin_error error = allowed(database);
    if (error != JUMIN_OK) {
        return error;
    }
    char *expanded = NULL;
    struct database_rows *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return spoil(database, detail_set(&database->detail, JUMIN_ERROR_MEMORY, "memory is short"));
    }
    error = check_values(database, values, count);
    if (error == JUMIN_OK) {
        error = expand(database, sql, &expanded);
    }
    if (error == JUMIN_OK) {
        *made = (struct database_rows){.database = database, .row = -1};
        error = database->provider->query(database, expanded, values, count, made);
    }
    free(expanded);
    if (error != JUMIN_OK) {
        free(made);
        return spoil(database, error);
    }
    *rows = made;
    return JUMIN_OK;
}

bool database_next(struct database_rows *rows)
{
    if (rows == NULL) {
        return false;
    }
    const bool next = rows->error == JUMIN_OK && rows->database->provider->next(rows);
    (void)spoil(rows->database, rows->error);
    return next;
}

enum jumin_error database_rows_end(struct database_rows *rows)
{
    if (rows == NULL) {
        return JUMIN_OK;
    }
    const enum jumin_error error = rows->error;
    rows->database->provider->end(rows);
    free(rows);
    return error;
}

enum jumin_error database_run(struct database *database, const char *sql, const struct database_value *values,
                              size_t count, size_t *changed)
{
    struct database_rows *rows = NULL;
    const enum jumin_error error = database_query(database, sql, values, count, &rows);
    if (rows == NULL) {
        return error;
    }
    while (database_next(rows)) {
        // What it returns is not asked for.
    }
    if (changed != NULL) {
        *changed = rows->changed;
    }
    return database_rows_end(rows);
}

// --- Columns -------------------------------------------------------------------------------------------------

static struct database_value column_of(const struct database_rows *rows, size_t column)
{
    const struct database_provider *provider = rows->database->provider;
    if (rows->row < 0 || rows->row >= rows->row_count || column >= (size_t)provider->column_count(rows)) {
        return (struct database_value){.kind = DATABASE_NULL};
    }
    return provider->column(rows, (int)column);
}

bool database_is_null(const struct database_rows *rows, size_t column)
{
    return column_of(rows, column).kind == DATABASE_NULL;
}

int64_t database_column_integer(const struct database_rows *rows, size_t column)
{
    return column_of(rows, column).integer; // 0 of other kinds
}

const char *database_column_text(const struct database_rows *rows, size_t column)
{
    const struct database_value value = column_of(rows, column);
    return value.kind == DATABASE_TEXT ? (const char *)value.bytes.p : "";
}

struct span database_column_bytes(const struct database_rows *rows, size_t column)
{
    const struct database_value value = column_of(rows, column);
    return value.kind == DATABASE_TEXT || value.kind == DATABASE_BYTES ? value.bytes : span_of(NULL, 0);
}

// --- Transactions --------------------------------------------------------------------------------------------

enum jumin_error database_begin_with(struct database *database, const char *statement)
{
    if (database->begun) {
        return detail_set(&database->detail, JUMIN_ERROR_ARGUMENT, "a transaction within a transaction");
    }
    const enum jumin_error error = database_execute(database, statement);
    if (error != JUMIN_OK && database->connection != NULL) {
        // Of several statements the first may have been made.
        const struct detail reason = database->detail;
        (void)database->provider->execute(database, "ROLLBACK;");
        database->detail = reason;
    }
    database->begun = error == JUMIN_OK;
    return error;
}

enum jumin_error database_begin(struct database *database)
{
    return database_begin_with(database, database->provider->begin);
}

enum jumin_error database_commit(struct database *database)
{
    if (!database->begun) {
        return detail_set(&database->detail, JUMIN_ERROR_ARGUMENT, "no transaction was begun");
    }
    const enum jumin_error error = database_execute(database, "COMMIT;");
    if (error != JUMIN_OK) {
        database_rollback(database);
    }
    database->begun = false;
    return error;
}

// Keeps the detail of the failure that led here.
void database_rollback(struct database *database)
{
    if (database->begun && database->connection != NULL) {
        const struct detail reason = database->detail;
        (void)database->provider->execute(database, "ROLLBACK;");
        database->detail = reason;
    }
    database->begun = false;
    database->failure = JUMIN_OK;
}

bool database_has_begun(const struct database *database)
{
    return database->begun;
}

// --- Erasure ---------------------------------------------------------------------------------------------------

enum jumin_error database_forget(struct database *database)
{
    const enum jumin_error error = allowed(database);
    return error == JUMIN_OK && database->provider->forget != NULL ? database->provider->forget(database)
                                                                   : error;
}

// --- After a loss --------------------------------------------------------------------------------------------

// What was begun on the lost connection stays spoiled: its rest must not be done by itself.
enum jumin_error database_reconnect(struct database *database)
{
    if (database->connection != NULL && database->provider->answers(database)) {
        database->lost = false;
        return JUMIN_OK;
    }
    database->provider->disconnect(database);
    (void)spoil(database, JUMIN_ERROR_DATABASE);
    return database->provider->connect(database);
}

bool database_is_lost(const struct database *database)
{
    return database->lost;
}

bool database_was_overtaken(const struct database *database)
{
    return database->overtaken;
}
