// A verifier's world for tests: roots and signers, a server of status lists, and a venue.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_VERIFIER_STAGE_H
#define JUMIN_TESTS_MOBILE_VERIFIER_STAGE_H

#include "tests/mobile/x5chain_stage.h"

#include "host/mobile/signer.h"
#include "host/mobile/status_token.h"
#include "host/verifier/verification.h"
#include "host/verifier/verifier.h"

#define STAGE_STATUS_URI "https://issuer.example/status/1"
enum { STAGE_STATUS_INDEX = 412 };

struct verifier_stage {
    struct jumin_trust *issuers, *venues;
    struct stage_holder root, mdoc, status, sd_jwt, venue_root, venue;

    // The server of status lists.
    enum status value;    // of the one credential
    int64_t list_age;     // seconds before STAGE_NOW at which lists are signed
    bool down;            // there is no answer
    const char *list_uri; // sub of the lists; NULL: as asked for
    const struct stage_holder *list_signer;
    unsigned fetches;
    uint8_t served[4096]; // the last list
    size_t served_length;

    struct jumin_verifier *verifier;
    struct jumin_verification *verification;
};

void verifier_stage_open(struct verifier_stage *stage);
void verifier_stage_close(struct verifier_stage *stage);
// A verifier in place of the one before: status lists are good for an hour, and for a day with a warning.
void verifier_stage_renew(struct verifier_stage *stage, const struct jumin_verifier_options *options);
struct jumin_verifier_options verifier_stage_options(void);
// The venue's key file, under "venue".
struct span verifier_stage_key_file(const struct verifier_stage *stage, void *bytes, size_t capacity);

// Asserts what the verification says of one check.
void assert_found(const struct verifier_stage *stage, enum jumin_verification_kind kind,
                  enum jumin_finding finding, enum jumin_error error);
// … and of the whole, printing what was found when it is something else.
void assert_result(const struct verifier_stage *stage, enum jumin_finding result);

#endif
