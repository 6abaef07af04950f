// The status lists that have been published, for who asks.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/status_internal.h"

#include <jansson.h>
#include <stdlib.h>

static enum jumin_error copy_token(const struct database_rows *row, struct status_published *published)
{
    const struct span token = database_column_bytes(row, 4);
    published->format = database_column_integer(row, 0) == STATUS_CWT ? STATUS_CWT : STATUS_JWT;
    published->number = database_column_integer(row, 1);
    published->issued_at = database_column_integer(row, 2);
    published->expires_at = database_column_integer(row, 3);
    published->token = token.n > 0 ? malloc(token.n) : NULL;
    if (published->token == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    memcpy(published->token, token.p, token.n);
    published->n = token.n;
    return JUMIN_OK;
}

enum jumin_error status_store_token(struct database *database, int64_t shard,
                                    struct status_published *published)
{
    const struct database_value value = database_integer(shard);
    struct database_rows *rows = NULL;
    *published = (struct status_published){0};
    enum jumin_error error = database_query(database,
                                            "SELECT format, number, issued_at, expires_at, token FROM "
                                            "status_token JOIN status_shard ON id = shard"
                                            " WHERE shard = $1 AND number <= (SELECT published FROM "
                                            "status_publication) ORDER BY number DESC LIMIT 1",
                                            &value, 1, &rows);
    if (error == JUMIN_OK && database_next(rows)) {
        error = copy_token(rows, published);
    } else if (error == JUMIN_OK) {
        error = JUMIN_ERROR_NO_SUCH_FILE;
    }
    const enum jumin_error end = database_rows_end(rows);
    if (end != JUMIN_OK) {
        free(published->token);
        *published = (struct status_published){0};
        return end;
    }
    return error;
}

static enum jumin_error collect_uris(struct database *database, enum status_format format, json_t *uris)
{
    const struct database_value value = database_integer(format);
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(
        database,
        "SELECT id, base FROM status_shard WHERE format = $1 AND EXISTS (SELECT 1 FROM status_token,"
        " status_publication WHERE shard = status_shard.id AND number <= published) ORDER BY status_shard.id",
        &value, 1, &rows);
    while (error == JUMIN_OK && database_next(rows)) {
        char uri[STATUS_URI_MAX];
        const bool named =
            status_store_uri(uri, database_column_text(rows, 1), database_column_integer(rows, 0));
        error = named && json_array_append_new(uris, json_string(uri)) == 0 ? JUMIN_OK : JUMIN_ERROR_MEMORY;
    }
    const enum jumin_error end = database_rows_end(rows);
    return error != JUMIN_OK ? error : end;
}

enum jumin_error status_store_aggregation(struct database *database, enum status_format format, char **json)
{
    json_t *uris = json_array();
    json_t *object = json_pack("{s:o}", "status_lists", uris);
    *json = NULL;
    if (object == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    const enum jumin_error error = collect_uris(database, format, uris);
    *json = error == JUMIN_OK ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return error != JUMIN_OK ? error : *json == NULL ? JUMIN_ERROR_MEMORY : JUMIN_OK;
}
