// Roots and signers for the tests of certificate chains, made in memory.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_MOBILE_X5CHAIN_STAGE_H
#define JUMIN_TESTS_MOBILE_X5CHAIN_STAGE_H

#include "tests/unit/unit.h"

#include "host/mobile/x5chain.h"
#include "host/pki/certificate.h"

enum { STAGE_NOW = 1800000000, STAGE_DAY = 86400 };

struct stage_holder {
    struct signing_key key;
    struct certificate_name name;
    uint8_t bytes[CERTIFICATE_MAX];
    struct span der;
};

// A root, in `trust` too unless that is NULL.
void stage_root(struct stage_holder *root, const char *common_name, struct jumin_trust *trust);
// What `issuer` certifies: a signer of that profile, valid from a day before STAGE_NOW to 100 days after it.
// `change` may alter the request before; NULL: nothing.
void stage_issue(struct stage_holder *holder, const struct stage_holder *issuer,
                 enum certificate_profile profile, enum crypto_curve curve,
                 void (*change)(struct certificate_request *));
// Puts `to` for the one place of `from` in what was signed, both of the same length in hexadecimal, and signs
// it again.
void stage_forge(struct stage_holder *holder, const struct stage_holder *issuer, const char *from,
                 const char *to);
// The issuer's revocation list into `trust`: with the holder's certificate unless that is NULL.
void stage_crl(const struct stage_holder *issuer, const struct stage_holder *revoked, uint32_t number,
               int64_t this_update, int64_t next_update, struct jumin_trust *trust);
struct x5chain stage_chain(const struct stage_holder *signer);
void stage_release(struct stage_holder *holder);

#endif
