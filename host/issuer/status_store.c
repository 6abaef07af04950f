// What the status of a credential is, and its changes.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/status_internal.h"

#include <stdio.h>

// The database's sentence, so that the caller needs one place to look.
enum jumin_error status_store_fail(struct database *database, enum jumin_error error, struct detail *detail)
{
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(detail, error, "status lists: %s", database_detail(database));
}

bool status_store_uri(char uri[STATUS_URI_MAX], const char *base, int64_t shard)
{
    const int n = snprintf(uri, STATUS_URI_MAX, "%s/status/%lld", base, (long long)shard);
    return n > 0 && n < STATUS_URI_MAX;
}

// --- What a credential is ----------------------------------------------------------------------------------------

enum jumin_error status_store_look(struct database *database, int64_t credential, const char *condition,
                                   bool *found)
{
    const struct database_value value = database_integer(credential);
    char sql[128];
    struct database_rows *rows = NULL;
    (void)snprintf(sql, sizeof sql, "SELECT id FROM status_batch WHERE credential = $1 AND status %s LIMIT 1",
                   condition);
    const enum jumin_error error = database_query(database, sql, &value, 1, &rows);
    *found = error == JUMIN_OK && database_next(rows);
    const enum jumin_error end = database_rows_end(rows);
    return error != JUMIN_OK ? error : end;
}

// --- Changes ---------------------------------------------------------------------------------------------------

// The number of the publication that a change made now becomes visible with, and of the last one that is
// seen. From here to the end of the transaction no publication begins, and no other transaction changes a
// status.
static enum jumin_error next_publication(struct database *database, int64_t *number, int64_t *published)
{
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(
        database,
        "UPDATE status_publication SET building = building WHERE id = 1 RETURNING building + 1, published",
        NULL, 0, &rows);
    if (error == JUMIN_OK && database_next(rows)) {
        *number = database_column_integer(rows, 0);
        *published = database_column_integer(rows, 1);
    } else if (error == JUMIN_OK) {
        error = JUMIN_ERROR_DATABASE;
    }
    const enum jumin_error end = database_rows_end(rows);
    return error != JUMIN_OK ? error : end;
}

static int64_t number_at(const uint8_t *p)
{
    return (int64_t)p[0] << 24 | (int64_t)p[1] << 16 | (int64_t)p[2] << 8 | p[3];
}

// A place that has changed for a publication which is being made keeps what it had before that one, too.
static enum jumin_error keep_before(struct database *database, int64_t shard, int64_t entry, int64_t number,
                                    int64_t published)
{
    const struct database_value values[] = {database_integer(shard), database_integer(entry),
                                            database_integer(number), database_integer(published)};
    return published + 1 < number
               ? database_run(database,
                              "INSERT INTO status_before (shard, entry, number, status) SELECT shard, entry,"
                              " number, earlier FROM status_change WHERE shard = $1 AND entry = $2"
                              " AND number < $3 AND number > $4",
                              values, 4, NULL)
               : JUMIN_OK;
}

// What a list had before remains visible until the publication with that number.
static enum jumin_error change_copies(struct database *database, struct span copies, int64_t status,
                                      int64_t number, int64_t published)
{
    enum jumin_error error = copies.n == 0 || copies.n % STATUS_COPY != 0 ? JUMIN_ERROR_MALFORMED : JUMIN_OK;
    for (size_t i = 0; error == JUMIN_OK && i < copies.n; i += STATUS_COPY) {
        const struct database_value values[] = {database_integer(number_at(copies.p + i)),
                                                database_integer(number_at(copies.p + i + 4)),
                                                database_integer(status), database_integer(number)};
        error = keep_before(database, values[0].integer, values[1].integer, number, published);
        if (error != JUMIN_OK) {
            return error;
        }
        error = database_run(
            database,
            "INSERT INTO status_change (shard, entry, status, number, earlier) VALUES ($1, $2, $3, $4, 0)"
            " ON CONFLICT (shard, entry) DO UPDATE SET earlier = CASE WHEN status_change.number < $4"
            " THEN status_change.status ELSE status_change.earlier END, status = $3, number = $4",
            values, 4, NULL);
    }
    return error;
}

// In a list as CWT there is valid and invalid.
static int64_t status_in(int64_t format, enum status status)
{
    return format == STATUS_CWT && status == STATUS_SUSPENDED ? STATUS_INVALID : (int64_t)status;
}

static enum jumin_error change_batches(struct database *database, int64_t credential, enum status status,
                                       int64_t number, int64_t published)
{
    const struct database_value values[] = {database_integer(credential), database_integer(status)};
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(
        database,
        "UPDATE status_batch SET status = $2 WHERE credential = $1 AND status <> $2 RETURNING format, copies",
        values, 2, &rows);
    while (error == JUMIN_OK && database_next(rows)) {
        const int64_t format = database_column_integer(rows, 0);
        error = change_copies(database, database_column_bytes(rows, 1), status_in(format, status), number,
                              published);
    }
    const enum jumin_error end = database_rows_end(rows);
    return error != JUMIN_OK ? error : end;
}

enum jumin_error status_store_set(struct database *database, int64_t credential, enum status status,
                                  struct detail *detail)
{
    bool invalid = false;
    int64_t number = 0, published = 0;
    if (status != STATUS_VALID && status != STATUS_INVALID && status != STATUS_SUSPENDED) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "there is no such status");
    }
    enum jumin_error error = next_publication(database, &number, &published);
    if (error == JUMIN_OK && status != STATUS_INVALID) {
        error = status_store_look(database, credential, "= 1", &invalid);
    }
    if (error == JUMIN_OK && invalid) {
        return detail_set(detail, JUMIN_ERROR_STATUS, "the credential was revoked, which is for good");
    }
    error = error == JUMIN_OK ? change_batches(database, credential, status, number, published) : error;
    return error == JUMIN_ERROR_MALFORMED ? detail_set(detail, error, "the record of a batch is damaged")
                                          : status_store_fail(database, error, detail);
}
