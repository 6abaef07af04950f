// How often an address may ask: token buckets in a table of fixed size.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/rate.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>

enum {
    SETS = 4096, // a power of two
    WAYS = 8,
    MILLI = 1000,
    MINUTE = 60 * MILLI,
};

struct bucket {
    uint64_t address; // IPv4 behind ::ffff, or the first half of IPv6
    uint32_t number;  // route, from 1; 0: the place is free
    int64_t at;       // when it was counted last
    int64_t tokens;   // times MINUTE
};

struct rate_table {
    pthread_mutex_t lock;
    uint64_t seed;
    struct bucket buckets[SETS][WAYS];
};

struct rate_table *rate_table_new(uint64_t seed)
{
    struct rate_table *made = calloc(1, sizeof *made);
    if (made != NULL && pthread_mutex_init(&made->lock, NULL) != 0) {
        free(made);
        return NULL;
    }
    if (made != NULL) {
        made->seed = seed;
    }
    return made;
}

void rate_table_free(struct rate_table *table)
{
    if (table != NULL) {
        (void)pthread_mutex_destroy(&table->lock);
        free(table);
    }
}

static uint64_t big_endian(const uint8_t *bytes, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

// Texts that are no address share one bucket.
uint64_t rate_peer(const char *text)
{
    uint8_t bytes[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, text, bytes) == 1) {
        return UINT64_C(0xffff00000000) | big_endian(bytes, 4);
    }
    if (inet_pton(AF_INET6, text, bytes) != 1) {
        return 0;
    }
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; // ::ffff:a.b.c.d
    return memcmp(bytes, mapped, sizeof mapped) == 0 ? UINT64_C(0xffff00000000) | big_endian(bytes + 12, 4)
                                                     : big_endian(bytes, 8);
}

// The finalizer of splitmix64: every bit of the input reaches every bit of the output.
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static struct bucket *find_bucket(struct rate_table *table, uint64_t address, uint32_t number,
                                  const struct http_rate *rate, int64_t now)
{
    struct bucket *set = table->buckets[mix(mix(address ^ table->seed) + number) % SETS];
    struct bucket *oldest = set;
    for (struct bucket *bucket = set; bucket < set + WAYS; bucket++) {
        if (bucket->number == number && bucket->address == address) {
            return bucket;
        }
        if (oldest->number != 0 && (bucket->number == 0 || bucket->at < oldest->at)) {
            oldest = bucket;
        }
    }
    *oldest = (struct bucket){address, number, now, (int64_t)rate->burst * MINUTE};
    return oldest;
}

static unsigned ask(struct rate_table *table, const struct http_rate *rate, const char *address,
                    size_t number, int64_t now, bool take)
{
    if (rate->burst == 0 || rate->per_minute == 0) {
        return 0;
    }
    (void)pthread_mutex_lock(&table->lock);
    struct bucket *bucket = find_bucket(table, rate_peer(address), (uint32_t)number + 1, rate, now);
    const int64_t full = (int64_t)rate->burst * MINUTE;
    // A minute's wait per token of the burst fills any bucket; more would only overflow.
    const int64_t passed = now - bucket->at < full ? now - bucket->at : full;
    const int64_t tokens = bucket->tokens + passed * rate->per_minute;
    bucket->at = now;
    bucket->tokens = tokens < full ? tokens : full;
    const int64_t missing = MINUTE - bucket->tokens;
    if (missing <= 0 && take) {
        bucket->tokens -= MINUTE;
    }
    (void)pthread_mutex_unlock(&table->lock);
    const int64_t second = (int64_t)rate->per_minute * MILLI;
    return missing <= 0 ? 0 : (unsigned)((missing + second - 1) / second);
}

unsigned rate_take(struct rate_table *table, const struct http_rate *rate, const char *address, size_t number,
                   int64_t now)
{
    return ask(table, rate, address, number, now, true);
}

unsigned rate_look(struct rate_table *table, const struct http_rate *rate, const char *address, size_t number,
                   int64_t now)
{
    return ask(table, rate, address, number, now, false);
}
