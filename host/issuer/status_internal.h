// What the parts of the status lists' store share.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_ISSUER_STATUS_INTERNAL_H
#define JUMIN_HOST_ISSUER_STATUS_INTERNAL_H

#include "host/issuer/status_store.h"

enum {
    STATUS_SHARD_ENTRIES = 1 << STATUS_SHARD_BITS,
    // A shard with less room than that is about to be full, and another one is opened: between two
    // publications not more than that many places of a shard are given out.
    STATUS_SHARD_RESERVE = STATUS_SHARD_ENTRIES / 16,
    STATUS_PERMUTATION = 16, // bytes of the key
    STATUS_SPREAD_MAX = 256, // shards that are open at once
    STATUS_COPY = 8,         // bytes of a copy in a batch's record: shard and index, big-endian
};

// A failure of the database, with its sentence.
enum jumin_error status_store_fail(struct database *database, enum jumin_error error, struct detail *detail);
// Whether some batch of a credential has a status as in "<> 0".
enum jumin_error status_store_look(struct database *database, int64_t credential, const char *condition,
                                   bool *found);
// BASE/status/NUMBER. False: too long.
bool status_store_uri(char uri[STATUS_URI_MAX], const char *base, int64_t shard);
// The index that is given out as the `number`th from 0: each number of a shard has another one. False: no
// such number, or no key.
bool status_store_index(struct span permutation, int64_t number, uint32_t *index);

#endif
