// Secure messaging and PACE with 3DES (9303-11 §9.7.1.1, §9.8.6), for terminals that read documents of
// others.
// SPDX-License-Identifier: Apache-2.0
//
// A terminal that calls these starts a 3DES session, and everything after that is sm.h's and pace.h's. What
// does not call them, as the card, carries no 3DES and refuses the suite.
#ifndef JUMIN_CARD_WIRE_SM_3DES_H
#define JUMIN_CARD_WIRE_SM_3DES_H

#include "card/wire/pace.h"

// KDF(secret, counter): the first 16 bytes of SHA-1, with odd parity.
bool kdf_derive_3des(struct span secret, enum kdf_counter counter, uint8_t key[CRYPTO_3DES_KEY]);

// As sm_start, with keys of 16 bytes; `ssc` has 8 bytes after BAC (9303-11 §9.8.6.3), and is empty, for 0,
// after PACE and Chip Authentication.
bool sm_start_3des(struct sm_session *session, struct span encryption_key, struct span mac_key,
                   struct span ssc);
// As sm_start_3des with the keys derived from the shared secret (as pace_start_session), or for BAC from
// K.IFD xor K.IC.
bool sm_agree_3des(struct sm_session *session, struct span shared, struct span ssc);
// As pace_password_key.
bool pace_password_key_3des(struct span password, struct crypto_cipher_key *key);
// As pace_map_integrated; both nonces have 16 bytes.
bool pace_map_integrated_3des(const struct pace_protocol *protocol, struct span nonce,
                              struct span terminal_nonce, uint8_t *generator);

#endif
