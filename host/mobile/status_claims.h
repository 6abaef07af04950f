// What a Status List Token says, as JSON in a JWT and as CBOR in a CWT (Token Status List §5), and how a
// credential names its place in one (§6).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_STATUS_CLAIMS_H
#define JUMIN_HOST_MOBILE_STATUS_CLAIMS_H

#include "host/detail.h"
#include "host/mobile/status_list.h"
#include <jansson.h>

enum {
    STATUS_URI_MAX = 256,      // with its end
    STATUS_CLAIMS_EXTRA = 512, // a payload is at most that much longer than its list
};

// Times in seconds since 1970, not negative.
struct status_claims {
    char uri[STATUS_URI_MAX]; // sub: where the token is to be had
    int64_t issued_at;        // iat
    int64_t expires_at;       // exp; 0: not said
    int64_t time_to_live;     // ttl: seconds for which a copy is used before another is fetched; 0: not said
    unsigned bits;            // of each status in the list
};

// A new object with a compressed list; NULL: no memory, or a uri that is no UTF-8.
json_t *status_claims_json(const struct status_claims *claims, struct span compressed);
// The same as a CBOR map.
void status_claims_put_cbor(const struct status_claims *claims, struct span compressed, struct writer *w);

// Strict: what is read has its type and its range, and is there once; sub, iat and the list are there. All
// other claims are passed over. `*compressed` is malloc'ed. JUMIN_ERROR_MALFORMED with the reason, or
// JUMIN_ERROR_MEMORY; then `*compressed` is NULL.
enum jumin_error status_claims_parse_json(const json_t *object, struct status_claims *claims,
                                          uint8_t **compressed, size_t *n, struct detail *detail);
// The same from a CBOR map, where `*compressed` is borrowed from it.
enum jumin_error status_claims_parse_cbor(struct span map, struct status_claims *claims,
                                          struct span *compressed, struct detail *detail);

// --- In a credential ---------------------------------------------------------------------------------------------

struct status_reference {
    char uri[STATUS_URI_MAX];
    uint64_t index; // up to 2^53
};

// The value of `status`: {"status_list": {"idx": index, "uri": uri}}, in an SD-JWT VC (§6.2) and in an MSO
// (18013-5, second edition). STATUS_URI_MAX + 64 bytes are enough. NULL: no memory, or a uri that is no
// UTF-8.
json_t *status_reference_json(const struct status_reference *reference);
void status_reference_put_cbor(const struct status_reference *reference, struct writer *w);
// JUMIN_ERROR_MALFORMED: not such a value; JUMIN_ERROR_NOT_SUPPORTED: it has no status_list, but other ways
// to ask.
enum jumin_error status_reference_parse_json(const json_t *status, struct status_reference *reference,
                                             struct detail *detail);
enum jumin_error status_reference_parse_cbor(struct span status, struct status_reference *reference,
                                             struct detail *detail);

#endif
