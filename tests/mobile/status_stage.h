// What the tests of status lists share: who signs them, who is trusted, and tokens of any content.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_STATUS_STAGE_H
#define JUMIN_TESTS_MOBILE_STATUS_STAGE_H

#include "tests/mobile/jose_stage.h"

#include "host/mobile/cose.h"
#include "host/mobile/status_token.h"

enum { STATUS_NOW = 1800000000 };
#define STATUS_URI "https://issuer.example/status/7"

extern struct jose_party status_issuer;
extern struct status_signer status_signer; // with a certificate that is none
// Trusts that certificate for the issuer's key. Counts how often it was asked.
extern struct status_trust status_trust;
extern unsigned status_trust_asked;
extern bool status_trust_refuses, status_trust_refuses_once; // … and refuses all the same

// Setup and teardown of a group.
int status_stage_open(void **state);
int status_stage_close(void **state);

// A list of 64 statuses: 3 is invalid, 5 suspended (as CWT of one bit: 3 and 5 invalid), signed `age` seconds
// before STATUS_NOW, with exp a day later and 30 seconds to live. Borrowed until the next call for the
// format.
struct span status_stage_token(enum status_format format, int64_t age);
struct status_claims status_stage_claims(enum status_format format, int64_t age);
// The same with other claims.
struct span status_stage_sign(enum status_format format, const struct status_claims *claims);

#endif
