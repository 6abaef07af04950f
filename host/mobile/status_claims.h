// What a Status List Token says, in its two forms: JSON in a JWT (Token Status List §5.1), CBOR in a CWT
// (§5.2).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_STATUS_CLAIMS_H
#define JUMIN_HOST_MOBILE_STATUS_CLAIMS_H

#include "host/detail.h"
#include "host/mobile/status_list.h"

enum status_format { STATUS_JWT = 0, STATUS_CWT = 1 };

enum {
    STATUS_URI_MAX = 256,        // with its end
    STATUS_TIME_MAX = INT32_MAX, // seconds to live
    STATUS_CLAIMS_EXTRA = 2048,  // bytes of a payload beyond its list, at most
};

// Times in seconds since 1970.
struct status_claims {
    char uri[STATUS_URI_MAX]; // `sub`: where the token is to be had
    int64_t issued_at;
    int64_t expires_at;   // 0: not said
    int64_t time_to_live; // how long a copy may be used without asking again, in seconds; 0: not said
    unsigned bits;
};

// The payload with a compressed list; `*payload` is malloc'ed. JUMIN_ERROR_ARGUMENT: claims that a token
// cannot have.
enum jumin_error status_claims_put(enum status_format format, const struct status_claims *claims,
                                   struct span compressed, uint8_t **payload, size_t *n);
// A payload, strictly: every claim that is read has its type and range and is there once, others are passed
// over.
// `*compressed` is malloc'ed. JUMIN_ERROR_INPUT with the reason.
enum jumin_error status_claims_parse(enum status_format format, struct span payload,
                                     struct status_claims *claims, uint8_t **compressed, size_t *n,
                                     struct detail *detail);

// The `status` claim of a credential (§6.2, §6.3): {"status_list": {"idx", "uri"}}.
struct status_reference {
    char uri[STATUS_URI_MAX];
    uint64_t index;
};
// The CBOR map of an MSO's "status", 18013-5 (second edition); a writer's capacity of STATUS_URI_MAX + 64
// suffices.
void status_reference_put_cbor(const struct status_reference *reference, struct writer *w);
// The whole item. JUMIN_ERROR_INPUT: another shape; JUMIN_ERROR_NO_SUCH_FILE: a status by other means only.
enum jumin_error status_reference_parse_cbor(struct span item, struct status_reference *reference,
                                             struct detail *detail);
struct json_t;
// The same in JSON, as jansson has it; NULL: no memory.
struct json_t *status_reference_json(const struct status_reference *reference);
enum jumin_error status_reference_parse_json(const struct json_t *status, struct status_reference *reference,
                                             struct detail *detail);

#endif
