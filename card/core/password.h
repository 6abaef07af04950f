// The passwords of PACE and their counters (TR-03110-2 §2.2).
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
//
// The PUK unblocks the PIN, PIN_RESETS times at most: the reset counter of TR-03110-2 §2.2.1, so that not
// even its finder has more than so many times the tries. An office that sets a new PIN restores it.
#ifndef JUMIN_CARD_CORE_PASSWORD_H
#define JUMIN_CARD_CORE_PASSWORD_H

#include "card/core/command.h"

enum {
    PIN_TRIES_DEFAULT = 3,
    PIN_TRIES_MAX = 15,
    PIN_TRIES_SUSPENDED = 1, // left, when the CAN must come first
    PIN_RESETS = 10,         // unblockings by the PUK
    PIN_DIGITS_MIN = 4,      // as schemes with four-digit PINs have it; how many is the issuer's choice
    PIN_DIGITS_DEFAULT = 6,  // fewest that a holder may choose
    PASSWORD_DIGITS_MIN = 6, // of CAN and PUK
    PASSWORD_DIGITS_MAX = 16,
};

// Status word of choosing the password: SW_OK; 6283 for a PIN that is deactivated, 63Cx for one with fewer
// tries than at first; 6A88 when the card has no such password (TR-03110-3 §B.14.1).
uint16_t password_status(struct card *card, enum pace_password password);
// The same of the PIN without regard to its being deactivated.
uint16_t password_tries_status(struct card *card);
// Before the nonce is answered: SW_OK after the delay that earlier failures cost, 6983 blocked, 6984
// deactivated, 6985 suspended (TR-03110-3 §B.14.2).
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
// The PIN is one that its holder has not chosen yet.
bool password_is_transport_pin(struct card *card);

// --- Changes, each within the caller's transaction ---------------------------------------------------------

// Another PIN or CAN, chosen on the holder's side: all tries are restored, and a transport PIN is none any
// more. 6A80 when it is no such password, or a PIN with too few digits. The old characters stay in flash
// until the caller erases them.
uint16_t password_replace(struct card *card, enum pace_password password, struct span characters);
// The characters are those of the password. False also when there is none.
bool password_equals(struct card *card, enum pace_password password, struct span characters);
// All tries of the PIN are restored. `counted`: by the PUK; 6983 when it has done so too often.
uint16_t password_unblock_pin(struct card *card, bool counted);
// The reset counter is full again.
uint16_t password_restore_resets(struct card *card);
uint16_t password_activate_pin(struct card *card, bool activated);

// Personalization. 6A80 for content that is no such password or number.
uint16_t password_store(struct card *card, enum pace_password password, struct span content);
uint16_t password_store_tries(struct card *card, struct span content);
uint16_t password_store_digits(struct card *card, struct span content);
uint16_t password_store_transport_pin(struct card *card, struct span content);

#endif
