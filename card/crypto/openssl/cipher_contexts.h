// A cipher handle of this provider: contexts of OpenSSL, which hold the expanded key.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_OPENSSL_CIPHER_CONTEXTS_H
#define JUMIN_CARD_CRYPTO_OPENSSL_CIPHER_CONTEXTS_H

#include "card/crypto/cipher_kind.h"

#include <openssl/evp.h>

struct cipher_contexts {
    EVP_CIPHER_CTX *encrypt;
    EVP_CIPHER_CTX *decrypt;
    EVP_CIPHER_CTX *single; // 3DES: DES under the first half of the key
} __attribute__((may_alias));

// The contexts of `cbc` under `bytes`. False: the handle is released.
bool contexts_load(struct crypto_cipher_key *key, const EVP_CIPHER *cbc, struct span bytes);
// A context that encrypts without padding; NULL when it cannot be made.
EVP_CIPHER_CTX *contexts_new(const EVP_CIPHER *cbc, const uint8_t *bytes, enum cipher_direction direction);
// `cbc` and `release` of a cipher_kind.
bool contexts_cbc(const struct crypto_cipher_key *key, enum cipher_direction direction, const uint8_t *iv,
                  struct span in, uint8_t *out);
void contexts_release(struct crypto_cipher_key *key);

#endif
