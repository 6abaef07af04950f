// Whether a wallet's provider vouches for keys: a key attestation (OpenID4VCI 1.0 App. D.1) against the roots
// of wallet providers.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_ISSUER_ATTESTATION_H
#define JUMIN_HOST_ISSUER_ATTESTATION_H

#include "host/mobile/attestation_jwt.h"
#include <jumin/verify.h>

// Its chain leads to one of `wallets`, which has signed it with ES256, and its time is not over. The nonce is
// the caller's to compare. Errors as of x5chain_check and key_attestation_check.
enum jumin_error attestation_believe(const struct key_attestation *attestation,
                                     const struct jumin_trust *wallets, int64_t now, struct detail *detail);

#endif
