// Private keys in the store: key id, standardized domain parameter id, secret.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_PRIVATE_KEY_H
#define JUMIN_CARD_CORE_PRIVATE_KEY_H

#include "card/core/command.h"
#include "card/wire/dgi.h"

struct private_key {
    uint8_t key_id;
    enum crypto_curve curve;
    uint8_t secret[CRYPTO_FIELD_MAX]; // crypto_curve_length bytes
};

// The curves that the card offers (TR-03110-3 §A.2.1.1, table 4): P-256, P-384, brainpoolP256r1, -P384r1.
bool card_curve_of_parameter(uint8_t parameter_id, enum crypto_curve *curve);

// False, and `key` is wiped, when there is none or it is damaged. The caller wipes it.
bool private_key_read(struct card *card, uint16_t object, struct private_key *key);
// Stores a key that comes from outside: key id, parameter id, secret. 6A80 when it is none of our curves.
uint16_t private_key_import(struct card *card, uint16_t object, struct span content);
// Makes a key pair on the chip: key id, parameter id. Writes the public point; the secret never leaves.
uint16_t private_key_generate(struct card *card, uint16_t object, struct span content, struct writer *point);
// The same for a DGI of STORE DATA: answers it with the public point as content.
uint16_t private_key_personalize(struct card *card, uint16_t object, const struct dgi_piece *piece,
                                 struct writer *response);

#endif
