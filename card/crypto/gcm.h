// AES-GCM as the providers do it; between crypto.h and them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_GCM_H
#define JUMIN_CARD_CRYPTO_GCM_H

#include "card/crypto/crypto.h"

struct gcm_arguments {
    struct span key; // 16, 24 or 32 bytes
    const uint8_t *nonce;
    struct span additional;
    size_t length; // of the plain and of the encrypted bytes
};

// False: the output may hold anything.
bool gcm_seal(const struct gcm_arguments *given, const uint8_t *plain, uint8_t *sealed, uint8_t *tag);
bool gcm_open(const struct gcm_arguments *given, const uint8_t *sealed, const uint8_t *tag, uint8_t *plain);

#endif
