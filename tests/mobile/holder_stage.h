// A holder for tests of meetings: one credential with its key, and a mind of its own.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_HOLDER_STAGE_H
#define JUMIN_TESTS_MOBILE_HOLDER_STAGE_H

#include "tests/mobile/verifier_stage.h"

#include "host/mobile/issuer_signed.h"
#include "host/mobile/resident_claims.h"
#include "host/wallet/proximity.h"

enum { HOLDER_PORTRAIT = 30000 };

struct holder_stage {
    const struct jumin_trust *venues;
    int64_t now;
    struct crypto_ec_key key;
    struct signer device;
    uint8_t bytes[HOLDER_PORTRAIT + 16384];
    struct issuer_signed credential;
    enum device_auth_method method;
    bool declines;
    const struct signer *answers; // another key that answers in its place; NULL: none

    // What it saw.
    unsigned asked;
    enum jumin_error reader_error; // of reader authentication
    char reader_name[X5CHAIN_NAME_MAX];
    unsigned purposes; // of the reader's certificate
    bool covered;      // everything asked for is
    size_t element_count;
    char element[64]; // the first one that was asked for
};

// A credential of `issuer` (an mdoc signer), adult from 2027 on unless `minor`, with a place in the status
// list of verifier_stage when `status`. The credential lies in the stage, which must not be moved.
void holder_stage_open(struct holder_stage *holder, struct stage_holder *issuer,
                       const struct jumin_trust *venues, int64_t now, bool minor, bool status);
void holder_stage_close(struct holder_stage *holder);
struct proximity_holder holder_stage_of(struct holder_stage *holder);

#endif
