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

// What counts as one peer: of a numeric IPv4 address all, of IPv6 the first 64 bits, which is what one
// customer gets. Texts that are no address are one.
uint64_t rate_peer(const char *address);

// Takes a token for `address` (rate_peer) on route `number`. 0: it may; else after how many seconds it may.
// When more addresses come at once than the table has places, the one that was idle longest is forgotten.
// `now` in milliseconds, never backwards.
unsigned rate_take(struct rate_table *table, const struct http_rate *rate, const char *address, size_t number,
                   int64_t now);
// The same without taking one.
unsigned rate_look(struct rate_table *table, const struct http_rate *rate, const char *address, size_t number,
                   int64_t now);

#endif
