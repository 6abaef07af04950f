// Which index a copy has, and what its status is.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/status_internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { COPY = 8 }; // bytes: shard and index, big-endian

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

// --- The order in which a shard's indexes are given out -----------------------------------------------------------

enum { HALF_BITS = STATUS_SHARD_BITS / 2, HALF_MASK = (1 << HALF_BITS) - 1, ROUNDS = 10 };

_Static_assert(STATUS_SHARD_BITS % 2 == 0, "two halves");

// A Feistel network over two halves of the number, with AES-128 as its round function: a permutation that
// nobody tells from a random one without the key.
static bool permute(const struct crypto_cipher_key *key, uint32_t number, uint32_t *index)
{
    uint32_t left = number >> HALF_BITS, right = number & HALF_MASK;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const uint8_t in[CRYPTO_BLOCK] = {(uint8_t)round, (uint8_t)(right >> 8), (uint8_t)right};
        uint8_t out[CRYPTO_BLOCK];
        if (!crypto_cipher_encrypt_block(key, in, out)) {
            return false;
        }
        const uint32_t mixed = left ^ (((uint32_t)out[0] << 8 | out[1]) & HALF_MASK);
        left = right;
        right = mixed;
    }
    *index = left << HALF_BITS | right;
    return true;
}

bool status_store_index(struct span permutation, int64_t number, uint32_t *index)
{
    struct crypto_cipher_key key = {0};
    const bool found = permutation.n == STATUS_PERMUTATION && number >= 0 && number < STATUS_SHARD_ENTRIES &&
                       crypto_cipher_load(&key, CRYPTO_AES, permutation) &&
                       permute(&key, (uint32_t)number, index);
    crypto_cipher_release(&key);
    return found;
}

// --- What a credential is ----------------------------------------------------------------------------------------

// Whether some batch of a credential has a status as in "<> 0".
static enum jumin_error look(struct database *database, int64_t credential, const char *condition,
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

// --- Places for copies --------------------------------------------------------------------------------------------

// A uniform number below `limit`, which is at most 2^16.
static bool random_below(const struct crypto_random *random, uint32_t limit, uint32_t *value)
{
    uint32_t drawn = 0;
    const uint32_t usable = UINT32_MAX - UINT32_MAX % limit;
    do {
        if (!random->fill(random->context, (uint8_t *)&drawn, sizeof drawn)) {
            return false;
        }
    } while (drawn >= usable);
    *value = drawn % limit;
    return true;
}

static bool shuffle(const struct crypto_random *random, int64_t *shards, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        uint32_t k = 0;
        if (!random_below(random, (uint32_t)i, &k)) {
            return false;
        }
        const int64_t swapped = shards[i - 1];
        shards[i - 1] = shards[k];
        shards[k] = swapped;
    }
    return true;
}

// The shards that have room and were published, so that whoever gets a place finds the list.
static enum jumin_error find_open(struct database *database, enum status_format format, int64_t *shards,
                                  size_t *count)
{
    const struct database_value values[] = {database_integer(format), database_integer(STATUS_SHARD_ENTRIES),
                                            database_integer(STATUS_SPREAD_MAX)};
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(
        database,
        "SELECT id FROM status_shard WHERE format = $1 AND used < $2 AND EXISTS (SELECT 1 FROM status_token,"
        " status_publication WHERE status_token.shard = status_shard.id AND number <= published)"
        " ORDER BY used, id LIMIT $3",
        values, 3, &rows);
    *count = 0;
    while (error == JUMIN_OK && *count < STATUS_SPREAD_MAX && database_next(rows)) {
        shards[(*count)++] = database_column_integer(rows, 0);
    }
    const enum jumin_error end = database_rows_end(rows);
    return error != JUMIN_OK ? error : end;
}

// The next place of a shard. JUMIN_ERROR_CONFLICT: another transaction holds it, or it is full.
static enum jumin_error take_place(struct database *database, int64_t shard, int64_t until, uint32_t *index,
                                   char uri[STATUS_URI_MAX])
{
    const struct database_value values[] = {database_integer(shard), database_integer(STATUS_SHARD_ENTRIES)};
    const struct database_value taken[] = {database_integer(shard), database_integer(until)};
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(
        database, "SELECT used, permutation, base FROM status_shard WHERE id = $1 AND used < $2 {for update}",
        values, 2, &rows);
    if (error == JUMIN_OK && !database_next(rows)) {
        const enum jumin_error end = database_rows_end(rows);
        return end != JUMIN_OK ? end : JUMIN_ERROR_CONFLICT;
    }
    if (error == JUMIN_OK &&
        (!status_store_index(database_column_bytes(rows, 1), database_column_integer(rows, 0), index) ||
         !status_store_uri(uri, database_column_text(rows, 2), shard))) {
        error = JUMIN_ERROR_MALFORMED;
    }
    const enum jumin_error end = database_rows_end(rows);
    error = error != JUMIN_OK ? error : end;
    return error != JUMIN_OK
               ? error
               : database_run(
                     database,
                     "UPDATE status_shard SET used = used + 1, valid_until = CASE WHEN valid_until < $2"
                     " THEN $2 ELSE valid_until END WHERE id = $1",
                     taken, 2, NULL);
}

static void put_copy(uint8_t copy[COPY], int64_t shard, uint32_t index)
{
    for (unsigned i = 0; i < 4; i++) {
        copy[i] = (uint8_t)((uint64_t)shard >> (24 - 8 * i));
        copy[4 + i] = (uint8_t)(index >> (24 - 8 * i));
    }
}

// Copies go round the shards in random order. One that another transaction holds, or that is full, is left
// out.
static enum jumin_error take_places(struct database *database, int64_t *shards, size_t open, size_t count,
                                    int64_t until, uint8_t *copies, struct status_reference *references)
{
    size_t next = 0;
    for (size_t i = 0; i < count;) {
        if (open == 0) {
            return JUMIN_ERROR_CONFLICT;
        }
        uint32_t index = 0;
        next = next < open ? next : 0;
        const int64_t shard = shards[next];
        const enum jumin_error error = take_place(database, shard, until, &index, references[i].uri);
        if (error == JUMIN_ERROR_CONFLICT) {
            memmove(&shards[next], &shards[next + 1], (open - next - 1) * sizeof *shards);
            open--;
            continue;
        }
        if (error != JUMIN_OK) {
            return error;
        }
        references[i].index = index;
        put_copy(copies + i * COPY, shard, index);
        next++;
        i++;
    }
    return JUMIN_OK;
}

enum jumin_error status_store_allocate(struct database *database, int64_t credential,
                                       enum status_format format, size_t count, int64_t until,
                                       const struct crypto_random *random,
                                       struct status_reference *references, struct detail *detail)
{
    int64_t shards[STATUS_SPREAD_MAX];
    size_t open = 0;
    bool down = false;
    uint8_t copies[STATUS_BATCH_MAX * COPY];
    if (count == 0 || count > STATUS_BATCH_MAX || (format != STATUS_JWT && format != STATUS_CWT)) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "a batch has 1 to %d copies", (int)STATUS_BATCH_MAX);
    }
    enum jumin_error error = look(database, credential, "<> 0", &down);
    if (error == JUMIN_OK && down) {
        return detail_set(detail, JUMIN_ERROR_STATUS, "the credential is suspended or revoked");
    }
    error = error == JUMIN_OK ? find_open(database, format, shards, &open) : error;
    if (error != JUMIN_OK) {
        return status_store_fail(database, error, detail);
    }
    if (open == 0) {
        return detail_set(detail, JUMIN_ERROR_STATUS, "no status list is published that has room");
    }
    if (!shuffle(random, shards, open)) {
        return detail_set(detail, JUMIN_ERROR_CRYPTO, "no random bytes");
    }
    error = take_places(database, shards, open, count, until, copies, references);
    if (error == JUMIN_ERROR_CONFLICT) {
        return detail_set(detail, error, "all status lists are held by others: try again");
    }
    if (error == JUMIN_ERROR_MALFORMED) {
        return detail_set(detail, error, "a status list's record is damaged");
    }
    const struct database_value batch[] = {database_integer(credential), database_integer(format),
                                           database_integer(until),
                                           database_bytes(span_of(copies, count * COPY))};
    if (error == JUMIN_OK) {
        error = database_run(database,
                             "INSERT INTO status_batch (credential, format, status, valid_until, copies)"
                             " VALUES ($1, $2, 0, $3, $4)",
                             batch, 4, NULL);
    }
    return status_store_fail(database, error, detail);
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
    enum jumin_error error = copies.n == 0 || copies.n % COPY != 0 ? JUMIN_ERROR_MALFORMED : JUMIN_OK;
    for (size_t i = 0; error == JUMIN_OK && i < copies.n; i += COPY) {
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
        error = look(database, credential, "= 1", &invalid);
    }
    if (error == JUMIN_OK && invalid) {
        return detail_set(detail, JUMIN_ERROR_STATUS, "the credential was revoked, which is for good");
    }
    error = error == JUMIN_OK ? change_batches(database, credential, status, number, published) : error;
    return error == JUMIN_ERROR_MALFORMED ? detail_set(detail, error, "the record of a batch is damaged")
                                          : status_store_fail(database, error, detail);
}
