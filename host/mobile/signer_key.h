// The public key of whoever has signed much: a verifier meets the same issuer again and again.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_SIGNER_KEY_H
#define JUMIN_HOST_MOBILE_SIGNER_KEY_H

#include "host/mobile/x5chain.h"

// All zero at first. One thread at a time.
struct signer_key {
    struct crypto_ec_key key; // of the last signer
    uint8_t point[CRYPTO_POINT_MAX];
    unsigned uses;
};

// The key of a signer whose chain was checked: the one that is kept while the signer is the same, with tables
// (crypto_ec_prepare) once it has come often. Borrowed until the next call. NULL: no point of its curve.
const struct crypto_ec_key *signer_key_of(struct signer_key *kept, const struct x5chain_signer *signer);
void signer_key_release(struct signer_key *kept);

#endif
