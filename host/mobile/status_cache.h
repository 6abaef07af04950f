// A verifier's status lists: fetched while there is a network, kept in a folder, and judged by their age
// without.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_STATUS_CACHE_H
#define JUMIN_HOST_MOBILE_STATUS_CACHE_H

#include "host/mobile/status_token.h"

// Used by one thread at a time.
struct status_cache;

// Gets a list: `*token` is malloc'ed, at most STATUS_TOKEN_MAX bytes. Any error is taken for no network.
struct status_fetch {
    enum jumin_error (*get)(void *context, const char *uri, const char *media_type, uint8_t **token,
                            size_t *n);
    void *context;
};

// A venue's rule for the age of a list, in seconds since it was signed: up to `accept` it is good, up to
// `warn` it is good with a warning, beyond it is refused. warn >= accept.
struct status_rule {
    int64_t accept, warn;
};

enum status_verdict { STATUS_ACCEPTED, STATUS_WARNED, STATUS_REFUSED };

struct status_answer {
    enum status_verdict verdict; // on the list's age alone
    unsigned status;             // the credential's
    int64_t issued_at, age;      // of the list; seconds
    bool fetched;                // just now
};

// `folder`: where lists are kept, which exists; NULL: in memory only. `fetch`: NULL: offline.
enum jumin_error status_cache_new(struct status_cache **cache, const char *folder,
                                  const struct status_trust *trust, const struct status_fetch *fetch);
void status_cache_free(struct status_cache *cache);
// The readable reason of the last failure, or of a verdict that is not STATUS_ACCEPTED.
const char *status_cache_detail(const struct status_cache *cache);

// The status of a credential. A list is fetched anew when `ttl` has passed since it was fetched; one that is
// older than the one at hand, or not good, does not replace it. JUMIN_ERROR_NO_SUCH_FILE: there is no list;
// others as status_token_open. Only with JUMIN_OK the answer is filled, also with STATUS_REFUSED.
enum jumin_error status_cache_ask(struct status_cache *cache, enum status_format format,
                                  const struct status_reference *reference, const struct status_rule *rule,
                                  int64_t now, struct status_answer *answer);
// Fetches a list where it is due, for stores that will be offline.
enum jumin_error status_cache_refresh(struct status_cache *cache, enum status_format format, const char *uri,
                                      int64_t now);

#endif
