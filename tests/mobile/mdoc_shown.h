// An mdoc that is shown to a verifier, made by hand with whatever flaw.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_MDOC_SHOWN_H
#define JUMIN_TESTS_MOBILE_MDOC_SHOWN_H

#include "tests/mobile/mdoc_stage.h"
#include "tests/mobile/verifier_stage.h"

extern struct verifier_stage stage;
extern struct mdoc_stage papers; // whose issuer is the mdoc signer of `stage`
extern uint8_t response_bytes[STAGE_BYTES];

// Of each test.
int setup(void **state);
int teardown(void **state);
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

// The session's transcript, and what the verifier expects: that session, at STAGE_NOW.
struct span session(void);
struct jumin_expected expected(void);
// From now on the credentials are signed by another one.
void sign_by(const struct stage_holder *holder);
// A credential that is valid now, unless the flaw has times of its own.
struct span issue(struct flaw flaw);
// A DeviceResponse into `response_bytes`, by hand, since ours does not show what it cannot parse.
struct span show(struct span issuer_signed, const char *doc_type, struct span transcript,
                 const struct signer *device);
// What the verifier says of a response; of a credential that is shown with this flaw.
void check(struct span response, const struct jumin_expected *wanted);
void check_flaw(struct flaw flaw);
// … and that it is refused by this check, with nothing learned.
void refuse(struct flaw flaw, enum jumin_verification_kind kind, enum jumin_error error);

#endif
