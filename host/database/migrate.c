// The schema of a database brought up to date.
// SPDX-License-Identifier: Apache-2.0
#include "host/database/provider.h"

// How many of the migrations were made; they must be the first ones of those that are known.
static enum jumin_error count_made(struct database *database, const struct database_migration *migrations,
                                   size_t count, size_t *made)
{
    struct database_rows *rows = NULL;
    enum jumin_error error =
        database_query(database, "SELECT version, name FROM schema_version ORDER BY version", NULL, 0, &rows);
    bool known = true;
    *made = 0;
    while (error == JUMIN_OK && known && database_next(rows)) {
        known = *made < count && database_column_integer(rows, 0) == (int64_t)*made + 1 &&
                strcmp(database_column_text(rows, 1), migrations[*made].name) == 0;
        *made += 1;
    }
    const enum jumin_error end = database_rows_end(rows);
    error = error != JUMIN_OK ? error : end;
    return error == JUMIN_OK && !known
               ? detail_set(&database->detail, JUMIN_ERROR_NOT_SUPPORTED,
                            "the database was used by another version: migration %zu is not known here",
                            *made)
               : error;
}

static enum jumin_error make(struct database *database, const struct database_migration *migration,
                             size_t version)
{
    const struct database_value note[] = {database_integer((int64_t)version), database_text(migration->name)};
    const enum jumin_error error = database_execute(database, migration->sql);
    return error != JUMIN_OK
               ? error
               : database_run(database, "INSERT INTO schema_version (version, name) VALUES ($1, $2)", note, 2,
                              NULL);
}

// All in one transaction, so that the schema is never one that no version knows.
enum jumin_error database_migrate(struct database *database, const struct database_migration *migrations,
                                  size_t count)
{
    enum jumin_error error = database_begin_with(database, database->provider->begin_migration);
    if (error != JUMIN_OK) {
        return error;
    }
    size_t made = 0;
    error = database_execute(
        database,
        "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL);");
    if (error == JUMIN_OK) {
        error = count_made(database, migrations, count, &made);
    }
    for (size_t i = made; error == JUMIN_OK && i < count; i++) {
        error = make(database, &migrations[i], i + 1);
    }
    if (error != JUMIN_OK) {
        database_rollback(database);
        return error;
    }
    return database_commit(database);
}
