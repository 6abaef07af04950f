// Signed status lists from the database: what has changed becomes visible at once, by one number.
// SPDX-License-Identifier: Apache-2.0
//
// A publication takes the next number. Changes that are noted from then on carry the number after it, so that
// each of them is in this publication with all that was changed in its transaction, or not at all. Tokens are
// kept by number and seen when `published` reaches it. Whoever dies in between leaves tokens that nobody
// sees; the next publication makes everything that has changed since the last one that was seen.
#include "host/issuer/status_internal.h"

#include <stdlib.h>

enum {
    GROUP = 32,          // tokens that are stored in one transaction
    GRACE = 24 * 60 * 60 // seconds that records of expired copies are kept
};

struct status_policy status_policy_default(const char *base_url)
{
    return (struct status_policy){.base_url = base_url,
                                  .period = 10,
                                  .time_to_live = 30,
                                  .refresh = 600,
                                  .life = 24 * 60 * 60,
                                  .spread = 32};
}

// A shard of which a token is due.
struct due {
    int64_t shard;
    enum status_format format;
    char uri[STATUS_URI_MAX];
    uint8_t *token;
    size_t n;
    uint8_t digest[STATUS_DIGEST]; // of the token
};

struct publication {
    struct database *database;
    const struct status_policy *policy;
    const struct status_signer *signer;
    int64_t now;
    int64_t number, published; // this one, and the last one that is seen
    struct due *due;
    size_t count, capacity;
};

// --- The claim --------------------------------------------------------------------------------------------------

// One in each period, whoever comes first. `*ours`: this call.
static enum jumin_error claim_number(struct publication *publication, bool *ours)
{
    const int64_t period = publication->policy->period;
    const struct database_value slot = database_integer(publication->now - publication->now % period);
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(
        publication->database,
        "UPDATE status_publication SET building = building + 1, began_at = $1 WHERE id = 1 AND began_at <> $1"
        " RETURNING building, published",
        &slot, 1, &rows);
    *ours = error == JUMIN_OK && database_next(rows);
    if (*ours) {
        publication->number = database_column_integer(rows, 0);
        publication->published = database_column_integer(rows, 1);
    }
    const enum jumin_error end = database_rows_end(rows);
    return error != JUMIN_OK ? error : end;
}

// What failed keeps no other server from publishing in this period.
static void give_back(struct publication *publication)
{
    const struct database_value number = database_integer(publication->number);
    (void)database_run(publication->database,
                       "UPDATE status_publication SET began_at = 0 WHERE id = 1 AND building = $1"
                       " AND published < $1",
                       &number, 1, NULL);
}

static enum jumin_error count_open(struct publication *publication, enum status_format format, int64_t *open)
{
    const struct database_value values[] = {database_integer(format),
                                            database_integer(STATUS_SHARD_ENTRIES - STATUS_SHARD_RESERVE)};
    struct database_rows *rows = NULL;
    enum jumin_error error =
        database_query(publication->database,
                       "SELECT COUNT(*) FROM status_shard WHERE format = $1 AND used < $2", values, 2, &rows);
    *open = error == JUMIN_OK && database_next(rows) ? database_column_integer(rows, 0) : 0;
    const enum jumin_error end = database_rows_end(rows);
    return error != JUMIN_OK ? error : end;
}

static enum jumin_error open_shards(struct publication *publication, enum status_format format,
                                    const struct crypto_random *random)
{
    uint8_t permutation[STATUS_PERMUTATION];
    int64_t open = 0;
    enum jumin_error error = count_open(publication, format, &open);
    for (; error == JUMIN_OK && open < publication->policy->spread; open++) {
        const struct database_value values[] = {database_integer(format),
                                                database_text(publication->policy->base_url),
                                                database_bytes(span_of(permutation, sizeof permutation))};
        error = !random->fill(random->context, permutation, sizeof permutation)
                    ? JUMIN_ERROR_CRYPTO
                    : database_run(publication->database,
                                   "INSERT INTO status_shard (format, base, permutation, used, valid_until)"
                                   " VALUES ($1, $2, $3, 0, 0)",
                                   values, 3, NULL);
    }
    crypto_wipe(permutation, sizeof permutation);
    return error;
}

// --- What has expired ----------------------------------------------------------------------------------------------

// A shard whose places have been given out goes when its last copy has expired.
static enum jumin_error drop_shards(struct publication *publication)
{
    static const char *const statements[] = {
        "DELETE FROM status_token WHERE shard IN (SELECT id FROM status_shard WHERE used >= $1 AND "
        "valid_until < $2)",
        "DELETE FROM status_change WHERE shard IN (SELECT id FROM status_shard WHERE used >= $1 AND "
        "valid_until < "
        "$2)",
        "DELETE FROM status_shard WHERE used >= $1 AND valid_until < $2",
    };
    const int64_t before = publication->now - GRACE;
    const struct database_value values[] = {database_integer(STATUS_SHARD_ENTRIES - STATUS_SHARD_RESERVE),
                                            database_integer(before)};
    const struct database_value batch = database_integer(before);
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; error == JUMIN_OK && i < sizeof statements / sizeof *statements; i++) {
        error = database_run(publication->database, statements[i], values, 2, NULL);
    }
    return error != JUMIN_OK
               ? error
               : database_run(publication->database, "DELETE FROM status_batch WHERE valid_until < $1",
                              &batch, 1, NULL);
}

static enum jumin_error end_transaction(struct database *database, enum jumin_error error)
{
    if (error == JUMIN_OK) {
        return database_commit(database);
    }
    database_rollback(database);
    return error;
}

static enum jumin_error begin_publication(struct publication *publication, const struct crypto_random *random,
                                          bool *ours)
{
    *ours = false;
    enum jumin_error error = database_begin(publication->database);
    if (error != JUMIN_OK) {
        return error;
    }
    error = claim_number(publication, ours);
    if (error == JUMIN_OK && *ours) {
        error = drop_shards(publication);
        error = error == JUMIN_OK ? open_shards(publication, STATUS_JWT, random) : error;
        error = error == JUMIN_OK ? open_shards(publication, STATUS_CWT, random) : error;
    }
    return end_transaction(publication->database, error);
}

// --- Which tokens are due -------------------------------------------------------------------------------------------

static enum jumin_error add_due(struct publication *publication, const struct database_rows *row)
{
    if (publication->count == publication->capacity) {
        const size_t capacity = publication->capacity == 0 ? GROUP : 2 * publication->capacity;
        struct due *more = realloc(publication->due, capacity * sizeof *more);
        if (more == NULL) {
            return JUMIN_ERROR_MEMORY;
        }
        publication->due = more;
        publication->capacity = capacity;
    }
    struct due *due = &publication->due[publication->count];
    *due = (struct due){.shard = database_column_integer(row, 0),
                        .format = database_column_integer(row, 1) == STATUS_CWT ? STATUS_CWT : STATUS_JWT};
    if (!status_store_uri(due->uri, database_column_text(row, 2), due->shard)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    publication->count++;
    return JUMIN_OK;
}

static enum jumin_error find_due(struct publication *publication)
{
    const struct database_value values[] = {
        database_integer(publication->published), database_integer(publication->number),
        database_integer(publication->now - publication->policy->refresh)};
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(
        publication->database,
        "SELECT status_shard.id, format, base FROM status_shard LEFT JOIN status_token ON shard = "
        "status_shard.id"
        " AND number = (SELECT MAX(number) FROM status_token WHERE shard = status_shard.id AND number <= $1)"
        " WHERE shard IS NULL OR issued_at <= $3 OR status_shard.id IN (SELECT shard FROM status_change"
        " WHERE number > $1 AND number <= $2) ORDER BY status_shard.id",
        values, 3, &rows);
    while (error == JUMIN_OK && database_next(rows)) {
        error = add_due(publication, rows);
    }
    const enum jumin_error end = database_rows_end(rows);
    return error != JUMIN_OK ? error : end;
}

// --- Building ---------------------------------------------------------------------------------------------------

// What is not valid in a shard, as of this publication: what has changed since stands as it was before.
static enum jumin_error fill_list(struct publication *publication, int64_t shard, unsigned bits,
                                  uint8_t *packed, size_t n)
{
    const struct database_value values[] = {database_integer(shard), database_integer(publication->number)};
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(publication->database,
                                            "SELECT entry, CASE WHEN number <= $2 THEN status ELSE COALESCE("
                                            "(SELECT status FROM status_before WHERE shard = $1 AND"
                                            " entry = status_change.entry AND number > $2"
                                            " ORDER BY number LIMIT 1), earlier) END"
                                            " FROM status_change WHERE shard = $1",
                                            values, 2, &rows);
    while (error == JUMIN_OK && database_next(rows)) {
        const int64_t entry = database_column_integer(rows, 0), status = database_column_integer(rows, 1);
        if (entry < 0 || status < 0 || status > STATUS_SUSPENDED ||
            !status_list_set(packed, n, bits, (uint64_t)entry, (unsigned)status)) {
            error = JUMIN_ERROR_MALFORMED;
        }
    }
    const enum jumin_error end = database_rows_end(rows);
    return error != JUMIN_OK ? error : end;
}

static enum jumin_error make_token(struct publication *publication, struct due *due)
{
    const unsigned bits = due->format == STATUS_CWT ? 1 : 2;
    const size_t n = (size_t)STATUS_SHARD_ENTRIES * bits / 8;
    struct status_claims claims = {.issued_at = publication->now,
                                   .expires_at = publication->now + publication->policy->life,
                                   .time_to_live = publication->policy->time_to_live,
                                   .bits = bits};
    uint8_t *packed = calloc(1, n);
    if (packed == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    memcpy(claims.uri, due->uri, sizeof claims.uri);
    enum jumin_error error = fill_list(publication, due->shard, bits, packed, n);
    if (error == JUMIN_OK) {
        error = status_token_make(due->format, &claims, span_of(packed, n), publication->signer, &due->token,
                                  &due->n);
    }
    if (error == JUMIN_OK) {
        const struct span token = span_of(due->token, due->n);
        error = crypto_hash_parts(CRYPTO_SHA256, &token, 1, due->digest) ? JUMIN_OK : JUMIN_ERROR_CRYPTO;
    }
    free(packed);
    return error;
}

static enum jumin_error store_digest(struct publication *publication, const struct due *due)
{
    const struct database_value values[] = {database_integer(publication->number),
                                            database_integer(due->shard), database_text(due->uri),
                                            database_bytes(span_of(due->digest, sizeof due->digest))};
    return publication->policy->digests
               ? database_run(
                     publication->database,
                     "INSERT INTO status_digest (number, shard, uri, digest) VALUES ($1, $2, $3, $4)", values,
                     4, NULL)
               : JUMIN_OK;
}

static enum jumin_error store_tokens(struct publication *publication, const struct due *due, size_t count)
{
    enum jumin_error error = database_begin(publication->database);
    if (error != JUMIN_OK) {
        return error;
    }
    for (size_t i = 0; error == JUMIN_OK && i < count; i++) {
        const struct database_value values[] = {
            database_integer(due[i].shard), database_integer(publication->number),
            database_integer(publication->now),
            database_integer(publication->now + publication->policy->life),
            database_bytes(span_of(due[i].token, due[i].n))};
        error = database_run(publication->database,
                             "INSERT INTO status_token (shard, number, issued_at, expires_at, token)"
                             " VALUES ($1, $2, $3, $4, $5)",
                             values, 5, NULL);
        error = error == JUMIN_OK ? store_digest(publication, &due[i]) : error;
    }
    return end_transaction(publication->database, error);
}

static enum jumin_error make_tokens(struct publication *publication)
{
    enum jumin_error error = JUMIN_OK;
    for (size_t first = 0; error == JUMIN_OK && first < publication->count; first += GROUP) {
        const size_t left = publication->count - first, count = left < GROUP ? left : GROUP;
        struct due *group = &publication->due[first];
        for (size_t i = 0; error == JUMIN_OK && i < count; i++) {
            error = make_token(publication, &group[i]);
        }
        error = error == JUMIN_OK ? store_tokens(publication, group, count) : error;
        for (size_t i = 0; i < count; i++) {
            free(group[i].token);
            group[i].token = NULL;
        }
    }
    return error;
}

// --- Becoming visible ------------------------------------------------------------------------------------------------

// A later publication that was faster has everything of this one.
static enum jumin_error show(struct publication *publication)
{
    static const char *const statements[] = {
        "DELETE FROM status_token WHERE number < $1 AND shard IN (SELECT shard FROM status_token WHERE "
        "number = $1)",
        "DELETE FROM status_change WHERE status = 0 AND number > $2 AND number <= $1",
        "DELETE FROM status_before WHERE number > $2 AND number <= $1",
    };
    const struct database_value values[] = {database_integer(publication->number),
                                            database_integer(publication->published)};
    size_t changed = 0;
    enum jumin_error error = database_begin(publication->database);
    if (error != JUMIN_OK) {
        return error;
    }
    error = database_run(publication->database,
                         "UPDATE status_publication SET published = $1 WHERE id = 1 AND published < $1",
                         values, 1, &changed);
    if (error == JUMIN_OK && changed == 1) {
        error = database_run(publication->database, statements[0], values, 1, NULL);
        for (size_t i = 1; error == JUMIN_OK && i < sizeof statements / sizeof *statements; i++) {
            error = database_run(publication->database, statements[i], values, 2, NULL);
        }
    } else if (error == JUMIN_OK) {
        error = database_run(publication->database, "DELETE FROM status_token WHERE number = $1", values, 1,
                             NULL);
    }
    return end_transaction(publication->database, error);
}

static bool is_possible(const struct status_policy *policy)
{
    return policy->base_url != NULL && policy->base_url[0] != '\0' &&
           strlen(policy->base_url) < STATUS_BASE_URL_MAX && policy->period > 0 && policy->time_to_live > 0 &&
           policy->refresh > 0 && policy->life > policy->refresh + policy->period && policy->spread > 0 &&
           policy->spread <= STATUS_SPREAD_MAX;
}

enum jumin_error status_store_publish(struct database *database, const struct status_policy *policy,
                                      const struct status_signer *signer, const struct crypto_random *random,
                                      int64_t now, size_t *published, struct detail *detail)
{
    struct publication publication = {.database = database, .policy = policy, .signer = signer, .now = now};
    bool ours = false;
    *published = 0;
    if (!is_possible(policy) || now <= 0) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "the policy of the status lists is not possible");
    }
    enum jumin_error error = begin_publication(&publication, random, &ours);
    if (error == JUMIN_OK && ours) {
        error = find_due(&publication);
        error = error == JUMIN_OK ? make_tokens(&publication) : error;
        error = error == JUMIN_OK ? show(&publication) : error;
        *published = error == JUMIN_OK ? publication.count : 0;
        if (error != JUMIN_OK) {
            give_back(&publication);
        }
    }
    free(publication.due);
    return error == JUMIN_ERROR_MALFORMED ? detail_set(detail, error, "the record of a status is damaged")
           : error == JUMIN_ERROR_CRYPTO  ? detail_set(detail, error, "a status list could not be signed")
                                          : status_store_fail(database, error, detail);
}
