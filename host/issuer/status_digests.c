// The digests of published status lists that wait for the registry, which may be down meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/status_internal.h"

#include <stdio.h>

static bool take_digest(const struct database_rows *row, struct status_digest *digest)
{
    const char *uri = database_column_text(row, 2);
    const struct span bytes = database_column_bytes(row, 3);
    *digest = (struct status_digest){.number = database_column_integer(row, 0),
                                     .shard = database_column_integer(row, 1)};
    if (strlen(uri) >= sizeof digest->uri || bytes.n != STATUS_DIGEST) {
        return false;
    }
    (void)snprintf(digest->uri, sizeof digest->uri, "%s", uri);
    memcpy(digest->digest, bytes.p, STATUS_DIGEST);
    return true;
}

enum jumin_error status_store_digests(struct database *database, struct status_digest digests[STATUS_DIGESTS],
                                      size_t *count, struct detail *detail)
{
    const struct database_value most = database_integer(STATUS_DIGESTS);
    struct database_rows *rows = NULL;
    bool whole = true;
    *count = 0;
    enum jumin_error error =
        database_query(database,
                       "SELECT number, shard, uri, digest FROM status_digest WHERE number <="
                       " (SELECT published FROM status_publication) ORDER BY number, shard LIMIT $1",
                       &most, 1, &rows);
    while (error == JUMIN_OK && whole && *count < STATUS_DIGESTS && database_next(rows)) {
        whole = take_digest(rows, &digests[*count]);
        *count += 1;
    }
    const enum jumin_error end = database_rows_end(rows);
    return whole ? status_store_fail(database, error != JUMIN_OK ? error : end, detail)
                 : detail_set(detail, JUMIN_ERROR_MALFORMED, "the record of a list's digest is damaged");
}

enum jumin_error status_store_digests_done(struct database *database, const struct status_digest *digests,
                                           size_t count, struct detail *detail)
{
    enum jumin_error error = database_begin(database);
    if (error != JUMIN_OK) {
        return status_store_fail(database, error, detail);
    }
    for (size_t i = 0; i < count && error == JUMIN_OK; i++) {
        const struct database_value values[] = {database_integer(digests[i].number),
                                                database_integer(digests[i].shard)};
        error = database_run(database, "DELETE FROM status_digest WHERE number = $1 AND shard = $2", values,
                             2, NULL);
    }
    if (error == JUMIN_OK) {
        error = database_commit(database);
    } else {
        database_rollback(database);
    }
    return status_store_fail(database, error, detail);
}

enum jumin_error status_store_digests_waiting(struct database *database, int64_t *waiting,
                                              struct detail *detail)
{
    struct database_rows *rows = NULL;
    const enum jumin_error error =
        database_query(database, "SELECT COUNT(*) FROM status_digest", NULL, 0, &rows);
    *waiting = error == JUMIN_OK && database_next(rows) ? database_column_integer(rows, 0) : 0;
    const enum jumin_error end = database_rows_end(rows);
    return status_store_fail(database, error != JUMIN_OK ? error : end, detail);
}
