// What a provider of databases offers, and what it shares with what is common to them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_DATABASE_PROVIDER_H
#define JUMIN_HOST_DATABASE_PROVIDER_H

#include "host/database/database.h"
#include "host/detail.h"

struct database {
    const struct database_provider *provider;
    void *connection; // the provider's; NULL: there is none
    char *url;
    struct detail detail;
    bool begun;
    bool lost;                // what failed last, failed for want of a connection
    bool overtaken;           // … because another transaction came first
    enum jumin_error failure; // what spoiled the transaction that was begun
};

struct database_rows {
    struct database *database;
    void *result;   // the provider's
    int row;        // which one is read; -1 before the first
    int row_count;  // of those that have been received
    size_t changed; // by INSERT, UPDATE, DELETE
    enum jumin_error error;
};

// A failing function keeps the reason in the detail. Statements come with their braces filled in, and with
// values that database_query has checked.
struct database_provider {
    const char *bytes, *identity, *for_update; // what stands for the words in braces
    const char *begin;
    const char *begin_migration; // the same, and it waits for others that migrate
    // Sets `connection`, or leaves it NULL and says in `lost` whether it may succeed later.
    enum jumin_error (*connect)(struct database *database);
    bool (*answers)(struct database *database); // there is a connection
    void (*disconnect)(struct database *database);
    // Statements without values and without rows, each ended by a semicolon.
    enum jumin_error (*execute)(struct database *database, const char *script);
    // Returns when all has been done; `rows->result` is set only then.
    enum jumin_error (*query)(struct database *database, const char *sql, const struct database_value *values,
                              size_t count, struct database_rows *rows);
    bool (*next)(struct database_rows *rows);
    // The column of the current row, which exists. Texts are ended by a zero byte.
    struct database_value (*column)(const struct database_rows *rows, int column);
    int (*column_count)(const struct database_rows *rows);
    void (*end)(struct database_rows *rows);
    enum jumin_error (*forget)(struct database *database); // NULL: nothing is to be done
};

extern const struct database_provider database_sqlite, database_postgresql;

enum { DATABASE_VALUES_MAX = 64 };

// `script` with the words in braces filled in, for free(). NULL: no memory, or a word that is not known.
char *database_expand(const struct database_provider *provider, const char *script);
// Runs statements as they are, braces filled in.
enum jumin_error database_execute(struct database *database, const char *script);
// Begins with a statement of the provider's: `begin` or `begin_migration`.
enum jumin_error database_begin_with(struct database *database, const char *statement);

#endif
