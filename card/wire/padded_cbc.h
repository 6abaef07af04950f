// CBC with padding 80 00… (ISO 9797-1 method 2), as secure messaging, SCP03 and personalization use it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_PADDED_CBC_H
#define JUMIN_CARD_WIRE_PADDED_CBC_H

#include "card/crypto/crypto.h"

// The length after padding: a multiple of the block (crypto_cipher_block), and larger than `n`.
size_t padded_length(size_t n, size_t block);

// Puts the padded and encrypted data. The data may lie in the writer's buffer from its first free byte on.
// False: the writer is as before but for `overflow`.
bool padded_cbc_encrypt(const struct crypto_cipher_key *key, const uint8_t *iv, struct span data,
                        struct writer *encrypted);
// Puts the decrypted data without padding; it needs no room for the padding. The writer's buffer may be where
// `encrypted` lies. False, and the writer is as before but for `overflow`: no whole blocks, none at all,
// wrong padding, no room. A caller from whom anything depends on why it failed checks a MAC first.
bool padded_cbc_decrypt(const struct crypto_cipher_key *key, const uint8_t *iv, struct span encrypted,
                        struct writer *data);

#endif
