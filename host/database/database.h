// A relational database behind one interface: SQLite in a file, or PostgreSQL by URL.
// SPDX-License-Identifier: Apache-2.0
//
// Statements are those of standard SQL that both take, with parameters $1, $2 … What they spell differently
// stands in braces: {bytes} (a column type), {identity} (the type of a primary key that numbers rows, none
// twice), {for update} (behind a SELECT: rows that another connection holds are passed over). Columns are
// BIGINT, TEXT and {bytes}; what a SELECT computes is cast to one of them.
#ifndef JUMIN_HOST_DATABASE_H
#define JUMIN_HOST_DATABASE_H

#include "card/wire/span.h"
#include <jumin/error.h>

// One connection; used by one thread at a time.
struct database;

// `url`: postgresql://… or postgres://…, else the path of a SQLite file, made with mode 0600 where there is
// none (write-ahead log, foreign keys, waits for other writers). JUMIN_ERROR_DATABASE: it does not answer, or
// refuses. The handle is made also then, for the detail and for database_reconnect; NULL only without memory.
enum jumin_error database_open(struct database **database, const char *url);
// Rolls back what was begun. NULL is allowed.
void database_close(struct database *database);
// The last failure, without values and without passwords of the URL.
const char *database_detail(const struct database *database);
// Anew after a loss of the connection; harmless when there is one. A transaction that was lost must still be
// rolled back: until then its statements are refused.
enum jumin_error database_reconnect(struct database *database);
// Whether the last failure was that the server does not answer, or does not take connections yet: it may
// later. A file does not go away.
bool database_is_lost(const struct database *database);
// Whether the last failure was that another transaction came first (a deadlock, say): the same transaction,
// done again, may well succeed. Else a JUMIN_ERROR_CONFLICT is a constraint, or somebody who does not let go.
bool database_was_overtaken(const struct database *database);

// --- Values --------------------------------------------------------------------------------------------------

enum database_kind { DATABASE_NULL, DATABASE_INTEGER, DATABASE_TEXT, DATABASE_BYTES };

// Borrowed until the call returns.
struct database_value {
    enum database_kind kind;
    int64_t integer;
    struct span bytes; // of texts too, in UTF-8
};

static inline struct database_value database_integer(int64_t integer)
{
    return (struct database_value){.kind = DATABASE_INTEGER, .integer = integer};
}

// NULL becomes NULL.
static inline struct database_value database_text(const char *text)
{
    return text == NULL ? (struct database_value){.kind = DATABASE_NULL}
                        : (struct database_value){.kind = DATABASE_TEXT,
                                                  .bytes = {(const uint8_t *)text, strlen(text)}};
}

static inline struct database_value database_bytes(struct span bytes)
{
    return (struct database_value){.kind = DATABASE_BYTES, .bytes = bytes};
}

// --- Statements ----------------------------------------------------------------------------------------------
// JUMIN_ERROR_CONFLICT: a constraint forbids it (unique, foreign key, check), or another transaction came
// first: roll back and try again. JUMIN_ERROR_DATABASE: the connection is lost, the disk is full, the
// statement is wrong. After a failure within a transaction only database_rollback is of use: all else
// returns the same error. JUMIN_ERROR_ARGUMENT: more than 64 values, a text with a zero byte in it.

// One statement. `changed` (may be NULL): how many rows an INSERT, UPDATE or DELETE met.
enum jumin_error database_run(struct database *database, const char *sql, const struct database_value *values,
                              size_t count, size_t *changed);

// One SELECT, or a statement with RETURNING, which has changed all of its rows when this returns. Columns
// count from 0; what a column gives is borrowed until the next row, and is 0 or empty where the column is of
// another kind. database_next is false behind the last row and after a failure, which database_rows_end
// returns. Other statements may run meanwhile. After a failure `*rows` is NULL, which has no next row.
struct database_rows;
enum jumin_error database_query(struct database *database, const char *sql,
                                const struct database_value *values, size_t count,
                                struct database_rows **rows);
bool database_next(struct database_rows *rows);
bool database_is_null(const struct database_rows *rows, size_t column);
// 0 for NULL.
int64_t database_column_integer(const struct database_rows *rows, size_t column);
// "" for NULL; ended by a zero byte.
const char *database_column_text(const struct database_rows *rows, size_t column);
// Of texts too.
struct span database_column_bytes(const struct database_rows *rows, size_t column);
// Frees the rows, of which any may be left; before the connection is closed. NULL is allowed.
enum jumin_error database_rows_end(struct database_rows *rows);

// --- Transactions --------------------------------------------------------------------------------------------

// One at a time. Writers of one SQLite file come one after another; on PostgreSQL rows are locked ({for
// update}).
enum jumin_error database_begin(struct database *database);
// Ends the transaction, whatever is returned. JUMIN_ERROR_DATABASE: when the connection was lost, look
// whether it was committed; the answer alone may be missing.
enum jumin_error database_commit(struct database *database);
void database_rollback(struct database *database);
// Whether a transaction was begun that neither database_commit nor database_rollback has ended.
bool database_has_begun(const struct database *database);

// --- Erasure ---------------------------------------------------------------------------------------------------

// What was deleted or overwritten leaves SQLite's write-ahead log, too, which is emptied; the file itself
// holds none of it. On PostgreSQL it is the server's (VACUUM), and nothing is done. Not within a transaction.
// JUMIN_ERROR_CONFLICT: another connection is still reading the log.
enum jumin_error database_forget(struct database *database);

// --- Schema --------------------------------------------------------------------------------------------------

struct database_migration {
    const char *name;
    const char *sql; // statements, each ended by a semicolon
};

// Brings the schema up to date: all migrations that were not yet made, in one transaction with the notes that
// they were (table schema_version). Of several that come at once one makes it. JUMIN_ERROR_NOT_SUPPORTED: the
// database has migrations that are not known here (it was used by another version).
enum jumin_error database_migrate(struct database *database, const struct database_migration *migrations,
                                  size_t count);

#endif
