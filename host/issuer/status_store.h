// The issuer's status lists in its database: which index a copy has, what its status is, and the signed
// tokens.
// SPDX-License-Identifier: Apache-2.0
//
// Lists are sharded. A copy gets an index of a shard of its format that no copy ever had, by a secret
// permutation of the numbers in which they are given out. The copies of a batch are spread over the shards,
// so that shards and indexes of one holder have nothing in common. Changes become visible together, with the
// next publication.
#ifndef JUMIN_HOST_ISSUER_STATUS_STORE_H
#define JUMIN_HOST_ISSUER_STATUS_STORE_H

#include "host/database/database.h"
#include "host/mobile/status_token.h"

// The tables, as statements for a migration: status_shard, status_batch, status_change, status_publication,
// status_token.
extern const char status_store_tables[];
// The tables of the next migration: status_before, status_digest.
extern const char status_store_history[];

enum {
    STATUS_BATCH_MAX = 64,     // copies
    STATUS_SHARD_BITS = 20,    // a shard has 2^20 indexes
    STATUS_BASE_URL_MAX = 192, // with its end
};

// --- Within a transaction of the caller's -----------------------------------------------------------------------

// Gives each of `count` copies of one format its place. `credential` is the caller's number of what is locked
// as one: a person's credential on one phone, all formats and all batches. `until`: when the last copy
// expires. JUMIN_ERROR_CONFLICT: others hold the shards, again later; JUMIN_ERROR_STATUS: no shard was
// published yet.
enum jumin_error status_store_allocate(struct database *database, int64_t credential,
                                       enum status_format format, size_t count, int64_t until,
                                       const struct crypto_random *random,
                                       struct status_reference *references, struct detail *detail);
// Sets all copies of a credential in both formats: STATUS_VALID, STATUS_INVALID, STATUS_SUSPENDED. A list as
// CWT has no STATUS_SUSPENDED: there it is STATUS_INVALID, and flips back (18013-5 has valid and revoked
// only). What is invalid stays invalid: JUMIN_ERROR_STATUS. A credential without copies is fine. Of several
// transactions that change something one waits for the other.
enum jumin_error status_store_set(struct database *database, int64_t credential, enum status status,
                                  struct detail *detail);

// --- Publishing, by transactions of its own ------------------------------------------------------------------------

struct status_policy {
    const char *base_url; // of new shards: BASE/status/NUMBER
    int64_t period;       // seconds between two publications
    int64_t time_to_live; // ttl of a token, seconds
    int64_t refresh;      // a token is signed anew after that many seconds though nothing has changed
    int64_t life;         // exp of a token, seconds after iat
    unsigned spread;      // shards that are open at once, for each format
    bool digests;         // each token's digest waits for the registry (status_store_digests)
};
// period 10, ttl 30, refresh 600, life one day, spread 32.
struct status_policy status_policy_default(const char *base_url);

// Publishes what has changed since the last time, together, where a period has passed; opens shards, signs
// anew what is due, drops shards whose copies have all expired. Several servers may call it: one does the
// work, and where it fails another may at once. Killed at any point, the next call does it. `*published`:
// tokens made; 0 when it is not due.
enum jumin_error status_store_publish(struct database *database, const struct status_policy *policy,
                                      const struct status_signer *signer, const struct crypto_random *random,
                                      int64_t now, size_t *published, struct detail *detail);

// --- For the registry ----------------------------------------------------------------------------------------------

enum { STATUS_DIGESTS = 64, STATUS_DIGEST = 32 };

// A token that was published, or would have been: its SHA-256.
struct status_digest {
    int64_t number, shard;
    char uri[STATUS_URI_MAX];
    uint8_t digest[STATUS_DIGEST];
};
// The digests that wait, the oldest first, at most STATUS_DIGESTS; and those that wait no longer.
enum jumin_error status_store_digests(struct database *database, struct status_digest digests[STATUS_DIGESTS],
                                      size_t *count, struct detail *detail);
enum jumin_error status_store_digests_done(struct database *database, const struct status_digest *digests,
                                           size_t count, struct detail *detail);
// How many wait.
enum jumin_error status_store_digests_waiting(struct database *database, int64_t *waiting,
                                              struct detail *detail);

// --- Serving ---------------------------------------------------------------------------------------------------

struct status_published {
    enum status_format format;
    int64_t number; // of the publication: an ETag
    int64_t issued_at, expires_at;
    uint8_t *token; // malloc'ed
    size_t n;
};
// The token of BASE/status/NUMBER. JUMIN_ERROR_NO_SUCH_FILE: there is no such shard, or not yet.
enum jumin_error status_store_token(struct database *database, int64_t shard,
                                    struct status_published *published);
// Status List Aggregation (§9.3): {"status_lists": [uri, …]} of a format. `*json` is malloc'ed.
enum jumin_error status_store_aggregation(struct database *database, enum status_format format, char **json);

#endif
