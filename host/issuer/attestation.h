// Whether a wallet's provider vouches for keys: a key attestation (OpenID4VCI 1.0 App. D.1) against the roots
// of wallet providers.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_ISSUER_ATTESTATION_H
#define JUMIN_HOST_ISSUER_ATTESTATION_H

#include "host/mobile/attestation_jwt.h"
#include "host/station/credential.h"
#include <jumin/verify.h>

// Its chain leads to one of `wallets`, which has signed it with ES256, and its time is not over. The nonce is
// the caller's to compare. Errors as of x5chain_check and key_attestation_check.
enum jumin_error attestation_believe(const struct key_attestation *attestation,
                                     const struct jumin_trust *wallets, int64_t now, struct detail *detail);
// How well it says that the keys are kept.
struct credential_attested attestation_levels(const struct key_attestation *attestation);

// --- Levels of attestations (attack_potential.c) ---------------------------------------------------------------

// Whether it is one of "iso_18045_basic", "…enhanced-basic", "…moderate", "…high".
bool attack_potential_is_known(const char *level);
// The highest of the levels that are said, from 1; 0: none that is known.
unsigned attack_potential_of(const char *const *said, size_t count);
// Whether that is the one that is wanted, or a higher one; NULL: none is wanted.
bool attack_potential_reaches(unsigned said, const char *wanted);
// "key_storage" or "user_authentication": what is lower than the metadata ask for; NULL: neither.
const char *attack_potential_lacks(const struct credential_attested *said, const char *key_storage,
                                   const char *user_authentication);
// Those that are good enough, for metadata.
json_t *attack_potential_from(const char *wanted);

#endif
