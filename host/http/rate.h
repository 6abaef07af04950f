// How often an address may ask: token buckets in a table of fixed size.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_HTTP_RATE_H
#define JUMIN_HOST_HTTP_RATE_H

#include "host/http/http.h"

// For several threads.
struct rate_table;

// `seed` is secret and random, so that nobody can fill the places of others on purpose. NULL: no memory.
struct rate_table *rate_table_new(uint64_t seed);
void rate_table_free(struct rate_table *table); // NULL is allowed

// Takes a token for `address` (numeric IPv4 or IPv6; of the latter the first 64 bits count, which is what one
// customer gets) on route `number`. 0: it may; else after how many seconds it may. When more addresses
// come at once than the table has places, the one that was idle longest is forgotten. `now` in milliseconds,
// never backwards.
unsigned rate_take(struct rate_table *table, const struct http_rate *rate, const char *address, size_t number,
                   int64_t now);

#endif
