// The provider's own view of a cipher handle.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_MBEDTLS_HANDLE_H
#define JUMIN_CARD_CRYPTO_MBEDTLS_HANDLE_H

#include "card/crypto/crypto.h"

enum { CIPHER_HANDLE = sizeof((struct crypto_cipher_key *)0)->opaque };

// mbedTLS only reads an expanded key, but its prototypes lack the const.
static inline void *cipher_handle(const struct crypto_cipher_key *key)
{
    const union {
        const void *given;
        void *own;
    } pointer = {.given = key->opaque};
    return pointer.own;
}

#endif
