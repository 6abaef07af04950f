// Whether a wallet's provider vouches for keys: a key attestation (OpenID4VCI 1.0 App. D.1) against the roots
// of wallet providers.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_ISSUER_ATTESTATION_H
#define JUMIN_HOST_ISSUER_ATTESTATION_H

#include "host/mobile/attestation_jwt.h"
#include "host/station/credential.h"
#include <jumin/verify.h>

enum { ATTESTATION_LIFE_DAYS = 400 }; // a year, and time to fetch the next one

// Whom and what an issuer believes.
struct attestation_wanted {
    const struct jumin_trust *wallets;             // roots of wallet providers
    const char *key_storage, *user_authentication; // the least that is said; NULL: nothing
};

// Its chain leads to one of the wallet providers, which has signed it with ES256, its time is not over, and
// it says levels that are high enough. The nonce is the caller's to compare. JUMIN_ERROR_RULES: a level is
// lower, or not said; other errors as of x5chain_check and key_attestation_check.
enum jumin_error attestation_believe(const struct key_attestation *attestation,
                                     const struct attestation_wanted *wanted, int64_t now,
                                     struct detail *detail);
// The same of an attestation of the device key that is to be bound. A provider attests that key once, and the
// phone keeps its word and sends it with each tap: so there need be no nonce (one that is there must be fresh
// and this issuer's, `station` has made it), but an exp, ATTESTATION_LIFE_DAYS after iat at most.
// JUMIN_ERROR_SIGNATURE: it is for other keys; JUMIN_ERROR_NOT_VALID_NOW: no exp, too long a life, or an old
// nonce.
enum jumin_error attestation_believe_device(const struct key_attestation *attestation,
                                            const uint8_t key[SIGNER_POINT],
                                            const struct attestation_wanted *wanted,
                                            const struct jumin_station *station, struct detail *detail);
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
