// What a loaded cipher key computes with; between the functions of crypto.h and the providers.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_CIPHER_KIND_H
#define JUMIN_CARD_CRYPTO_CIPHER_KIND_H

#include "card/crypto/crypto.h"

enum cipher_direction { CIPHER_ENCRYPT, CIPHER_DECRYPT };

// A handle points to its kind, and so to no more code than what loaded it.
struct cipher_kind {
    size_t block;
    // Whole blocks, at least one; the IV is not changed.
    bool (*cbc)(const struct crypto_cipher_key *key, enum cipher_direction direction, const uint8_t *iv,
                struct span in, uint8_t *out);
    bool (*mac)(const struct crypto_cipher_key *key, const struct span *parts, size_t count,
                uint8_t mac[CRYPTO_MAC]);
    void (*release)(struct crypto_cipher_key *key); // frees what lies outside of the handle
};

// Loads one cipher; 16, 24 or 32 bytes of key, which crypto_cipher_load has checked. False: the handle is
// released.
bool cipher_load_aes(struct crypto_cipher_key *key, struct span bytes);
bool cipher_load_aria(struct crypto_cipher_key *key, struct span bytes);

// The `mac` of a cipher with CMAC (cipher.c) and of 3DES (retail_mac.c).
bool cipher_mac_by_cmac(const struct crypto_cipher_key *key, const struct span *parts, size_t count,
                        uint8_t mac[CRYPTO_MAC]);
bool cipher_mac_retail(const struct crypto_cipher_key *key, const struct span *parts, size_t count,
                       uint8_t mac[CRYPTO_MAC]);
// Single DES under the first half of a 3DES key, one block in place; each provider's part of the retail MAC.
bool cipher_des_encrypt_block(const struct crypto_cipher_key *key, uint8_t block[CRYPTO_3DES_BLOCK]);

#endif
