// Which index a copy has.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/status_internal.h"

#include <stdio.h>

enum {
    AT_ONCE = 32, // shards that one statement asks for
    SQL_MAX = 512,
};

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

static void put_copy(uint8_t copy[STATUS_COPY], int64_t shard, uint32_t index)
{
    for (unsigned i = 0; i < 4; i++) {
        copy[i] = (uint8_t)((uint64_t)shard >> (24 - 8 * i));
        copy[4 + i] = (uint8_t)(index >> (24 - 8 * i));
    }
}

// What is given to a batch, and what is left to give it.
struct taking {
    int64_t *shards; // in random order
    size_t open;     // of them
    int64_t until;
    size_t count, done;
    uint8_t *copies;
    struct status_reference *references;
};

// Statements about some shards are the same for each number of them: " … IN ($FIRST, …)".
static void put_shards(char *sql, size_t room, const char *begin, unsigned first, size_t count,
                       const char *end)
{
    struct writer w = writer_of(sql, room - 1);
    writer_put(&w, span_of(begin, strlen(begin)));
    for (size_t i = 0; i < count; i++) {
        char number[16];
        const int n = snprintf(number, sizeof number, "%s$%zu", i == 0 ? " IN (" : ", ", first + i);
        writer_put(&w, span_of(number, (size_t)n));
    }
    writer_put(&w, span_of(")", 1));
    writer_put(&w, span_of(end, strlen(end)));
    sql[w.n] = '\0';
}

// The row of a shard that is held: its next place.
static enum jumin_error take_row(const struct database_rows *rows, struct taking *t, int64_t *shard)
{
    struct status_reference *reference = &t->references[t->done];
    uint32_t index = 0;
    *shard = database_column_integer(rows, 0);
    if (!status_store_index(database_column_bytes(rows, 2), database_column_integer(rows, 1), &index) ||
        !status_store_uri(reference->uri, database_column_text(rows, 3), *shard)) {
        return JUMIN_ERROR_MALFORMED;
    }
    reference->index = index;
    put_copy(t->copies + t->done * STATUS_COPY, *shard, index);
    t->done++;
    return JUMIN_OK;
}

// A place of each of the first `count` shards, but of those that another transaction holds, or that are full.
// `held`: of which.
static enum jumin_error take_round(struct database *database, struct taking *t, size_t count, int64_t *held,
                                   size_t *held_count)
{
    struct database_value values[1 + AT_ONCE];
    char sql[SQL_MAX];
    struct database_rows *rows = NULL;
    values[0] = database_integer(STATUS_SHARD_ENTRIES);
    for (size_t i = 0; i < count; i++) {
        values[1 + i] = database_integer(t->shards[i]);
    }
    put_shards(sql, sizeof sql, "SELECT id, used, permutation, base FROM status_shard WHERE used < $1 AND id",
               2, count, " {for update}");
    enum jumin_error error = database_query(database, sql, values, 1 + count, &rows);
    *held_count = 0;
    while (error == JUMIN_OK && *held_count < count && database_next(rows)) {
        error = take_row(rows, t, &held[*held_count]);
        *held_count += 1;
    }
    const enum jumin_error end = database_rows_end(rows);
    return error != JUMIN_OK ? error : end;
}

static enum jumin_error count_round(struct database *database, int64_t until, const int64_t *held,
                                    size_t count)
{
    struct database_value values[1 + AT_ONCE];
    char sql[SQL_MAX];
    values[0] = database_integer(until);
    for (size_t i = 0; i < count; i++) {
        values[1 + i] = database_integer(held[i]);
    }
    put_shards(
        sql, sizeof sql,
        "UPDATE status_shard SET used = used + 1, valid_until = CASE WHEN valid_until < $1 THEN $1 ELSE"
        " valid_until END WHERE id",
        2, count, "");
    return database_run(database, sql, values, 1 + count, NULL);
}

static bool is_among(const int64_t *shards, size_t count, int64_t shard)
{
    for (size_t i = 0; i < count; i++) {
        if (shards[i] == shard) {
            return true;
        }
    }
    return false;
}

// Those of the first `asked` that gave a place go to the end of the row, the others are left out.
static void turn(struct taking *t, size_t asked, const int64_t *held, size_t held_count)
{
    int64_t next[STATUS_SPREAD_MAX];
    size_t n = t->open - asked;
    memcpy(next, t->shards + asked, n * sizeof *next);
    for (size_t i = 0; i < asked; i++) {
        if (is_among(held, held_count, t->shards[i])) {
            next[n++] = t->shards[i];
        }
    }
    memcpy(t->shards, next, n * sizeof *next);
    t->open = n;
}

// Copies go round the shards in random order, so many at once as there are.
static enum jumin_error take_places(struct database *database, struct taking *t)
{
    enum jumin_error error = JUMIN_OK;
    while (error == JUMIN_OK && t->done < t->count) {
        int64_t held[AT_ONCE];
        size_t held_count = 0, asked = t->count - t->done;
        asked = asked < t->open ? asked : t->open;
        asked = asked < AT_ONCE ? asked : AT_ONCE;
        if (asked == 0) {
            return JUMIN_ERROR_CONFLICT;
        }
        error = take_round(database, t, asked, held, &held_count);
        if (error == JUMIN_OK && held_count > 0) {
            error = count_round(database, t->until, held, held_count);
        }
        turn(t, asked, held, held_count);
    }
    return error;
}

// Which copy has which place says nothing, not even of the order of the shards in the database.
static bool shuffle_copies(const struct crypto_random *random, const struct taking *t)
{
    for (size_t i = t->count; i > 1; i--) {
        uint32_t k = 0;
        if (!random_below(random, (uint32_t)i, &k)) {
            return false;
        }
        const struct status_reference swapped = t->references[i - 1];
        t->references[i - 1] = t->references[k];
        t->references[k] = swapped;
    }
    return true;
}

enum jumin_error status_store_allocate(struct database *database, int64_t credential,
                                       enum status_format format, size_t count, int64_t until,
                                       const struct crypto_random *random,
                                       struct status_reference *references, struct detail *detail)
{
    int64_t shards[STATUS_SPREAD_MAX];
    size_t open = 0;
    bool down = false;
    uint8_t copies[STATUS_BATCH_MAX * STATUS_COPY];
    if (count == 0 || count > STATUS_BATCH_MAX || (format != STATUS_JWT && format != STATUS_CWT)) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "a batch has 1 to %d copies", (int)STATUS_BATCH_MAX);
    }
    enum jumin_error error = status_store_look(database, credential, "<> 0", &down);
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
    struct taking taking = {.shards = shards,
                            .open = open,
                            .until = until,
                            .count = count,
                            .copies = copies,
                            .references = references};
    error = take_places(database, &taking);
    if (error == JUMIN_OK && !shuffle_copies(random, &taking)) {
        return detail_set(detail, JUMIN_ERROR_CRYPTO, "no random bytes");
    }
    if (error == JUMIN_ERROR_CONFLICT) {
        return detail_set(detail, error, "all status lists are held by others: try again");
    }
    if (error == JUMIN_ERROR_MALFORMED) {
        return detail_set(detail, error, "a status list's record is damaged");
    }
    const struct database_value batch[] = {database_integer(credential), database_integer(format),
                                           database_integer(until),
                                           database_bytes(span_of(copies, count * STATUS_COPY))};
    if (error == JUMIN_OK) {
        error = database_run(database,
                             "INSERT INTO status_batch (credential, format, status, valid_until, copies)"
                             " VALUES ($1, $2, 0, $3, $4)",
                             batch, 4, NULL);
    }
    return status_store_fail(database, error, detail);
}
