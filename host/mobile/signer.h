// Whoever signs with a P-256 key: a key in memory, in a token, or in a phone's key store.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_SIGNER_H
#define JUMIN_HOST_MOBILE_SIGNER_H

#include "card/crypto/crypto.h"

enum {
    SIGNER_POINT = 65,     // 04 || x || y
    SIGNER_DIGEST = 32,    // SHA-256
    SIGNER_SIGNATURE = 64, // r || s, as JOSE and COSE want it (RFC 7518 §3.4, RFC 9053 §2.1)
    SIGNER_SHARED = 32,    // x coordinate
};

// ES256. Copied freely; who made it says how long `context` lives.
struct signer {
    bool (*sign)(void *context, const uint8_t digest[SIGNER_DIGEST], uint8_t signature[SIGNER_SIGNATURE]);
    // ECDH with an uncompressed point, which is checked. NULL: the key signs only.
    bool (*agree)(void *context, struct span point, uint8_t shared[SIGNER_SHARED]);
    void *context;
    uint8_t point[SIGNER_POINT];
};

// By a key pair of P-256, which must outlive it; nonces come from the system's source. False: another curve.
bool signer_of_key(struct crypto_ec_key *key, struct signer *signer);

#endif
