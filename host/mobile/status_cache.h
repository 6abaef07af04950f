// A verifier's status lists: fetched while there is a network, kept in a folder, and judged by their age
// without.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_STATUS_CACHE_H
#define JUMIN_HOST_MOBILE_STATUS_CACHE_H

#include "host/mobile/status_token.h"

enum { STATUS_SILENCE = 30 }; // seconds for which a host that gave nothing is not asked again

// Used by one thread at a time.
struct status_cache;

// Gets the list at an address. `*token` is malloc'ed; more than STATUS_TOKEN_MAX bytes are not taken. Any
// error: it is not to be had now. Whoever asks for the status waits for it: a few seconds at most.
struct status_fetch {
    enum jumin_error (*get)(void *context, const char *uri, const char *media_type, uint8_t **token,
                            size_t *n);
    void *context;
};

// A venue's rule on how old a list may be, in seconds since it was signed: up to `accept` it is good, up to
// `warn` with a warning, and beyond it is refused. accept <= warn.
struct status_rule {
    int64_t accept, warn;
};

enum status_verdict { STATUS_ACCEPTED, STATUS_WARNED, STATUS_REFUSED };

struct status_answer {
    unsigned status;             // the credential's: enum status, or a number of the issuer's own
    enum status_verdict verdict; // the rule's, on the age of the list alone
    int64_t issued_at;           // of the list
    int64_t age;                 // of the list, in seconds; not negative
    bool fetched;                // just now
    uint8_t digest[32];          // of the list's token, SHA-256
    char text[128];              // a sentence on the list: how old it is, and what the rule says
};

// `folder`: where lists are kept between two runs; it exists; NULL: nowhere. `fetch`: NULL when there is no
// network. Both functions' contexts outlive the cache.
enum jumin_error status_cache_new(struct status_cache **cache, const char *folder,
                                  const struct status_trust *trust, const struct status_fetch *fetch);
void status_cache_free(struct status_cache *cache);
const char *status_cache_detail(const struct status_cache *cache);

// The status of a credential. The list is fetched where there is none, where its ttl (a day at most) has
// passed since it was last fetched (Token Status List §8.3), where it is older than the rule accepts without
// a warning, and where it has expired. What is fetched replaces the list at hand when it is good and not
// older: an old list cannot be played back. A host that gave nothing is not asked again, for this list or
// another, for STATUS_SILENCE seconds: until then the list at hand has to do. JUMIN_ERROR_NO_SUCH_FILE: there
// is no list, and none is to be had; others as status_token_open; the list at hand is judged anew each time:
// its times, and whether who signed it is trusted. On error `*answer` is zeroed.
enum jumin_error status_cache_ask(struct status_cache *cache, enum status_format format,
                                  const struct status_reference *reference, const struct status_rule *rule,
                                  int64_t now, struct status_answer *answer);
// Fetches the list, however young the one at hand is, and however silent its host was: for a venue that will
// be without network. JUMIN_OK: what was fetched is at hand.
enum jumin_error status_cache_refresh(struct status_cache *cache, enum status_format format, const char *uri,
                                      int64_t now);

#endif
