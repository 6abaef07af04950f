// The passwords of PACE and their counters (TR-03110-2 §3.3).
// SPDX-License-Identifier: Apache-2.0
//
// A PIN has tries: 1 left, it is suspended until the CAN was used in the same session; 0 left, it is blocked.
// MRZ, CAN and PUK are never blocked, since anybody who holds the card could block it for its owner: their
// failures are counted and delay the next run.
//
// When the counter is written: what the chip says before the last step (the encrypted nonce, two points) fits
// every password, so no guess can be checked with it, not even at leisure. Only the verdict on the
// terminal's token, and the chip's own token, tell right from wrong. So a try is spent in the last step,
// written and read back, before the token is compared; a power cut after that leaves it spent.
#ifndef JUMIN_CARD_CORE_PASSWORD_H
#define JUMIN_CARD_CORE_PASSWORD_H

#include "card/core/command.h"

enum {
    PIN_TRIES_DEFAULT = 3,
    PIN_TRIES_MAX = 15,
    PIN_TRIES_SUSPENDED = 1, // left, when the CAN must come first
    PIN_DIGITS_MIN = 4,      // as schemes with four-digit PINs have it; how many is the issuer's choice
    PASSWORD_DIGITS_MIN = 6, // of CAN and PUK
    PASSWORD_DIGITS_MAX = 16,
};

// Status word of choosing the password: SW_OK, 63Cx for a PIN with fewer tries than at first, 6A88 when the
// card has no such password.
uint16_t password_status(struct card *card, enum pace_password password);
// Before the nonce is answered: SW_OK after the delay that earlier failures cost, 6983 blocked, 6985
// suspended.
uint16_t password_admit(struct card *card, enum pace_password password);
// K_pi. False when the card has no such password, or the store fails.
bool password_key(struct card *card, enum pace_password password, enum secure_messaging_suite suite,
                  struct crypto_cipher_key *key);
// Spends a try. Only after SW_OK may the token be compared; nothing was learnt otherwise.
uint16_t password_spend_try(struct card *card, enum pace_password password);
// The token was right: all tries are restored, in one write.
uint16_t password_restore(struct card *card, enum pace_password password);
// The token was wrong: 63Cx for a PIN, 6300 for the others.
uint16_t password_refused(struct card *card, enum pace_password password);

// Personalization; within its transaction. 6A80 for content that is no such password.
uint16_t password_store(struct card *card, enum pace_password password, struct span content);
uint16_t password_store_tries(struct card *card, struct span content);

#endif
