// The chip's side of Restricted Identification (TR-03110-2 §3.5, TR-03110-3 §B.5).
// SPDX-License-Identifier: Apache-2.0
//
// The chip has two key pairs. With the first one a terminal that has the right gets a pseudonym, with the
// second one any authentication terminal gets what blocking lists are made of. Both differ from sector to
// sector, and a sector is what the terminal's certificate names: without that there is nothing to be had.
#ifndef JUMIN_CARD_CORE_RESTRICTED_IDENTIFICATION_H
#define JUMIN_CARD_CORE_RESTRICTED_IDENTIFICATION_H

#include "card/core/command.h"

// Key pairs: of the pseudonym and for blocking, from OBJECT_RESTRICTED_IDENTIFICATION_KEY on.
enum { RESTRICTED_IDENTIFICATION_KEYS = 2 };

struct restricted_identification_state {
    bool set;        // MSE:Set AT has chosen key and hash
    uint16_t object; // of the key pair
    enum crypto_hash hash;
};

// MSE:Set AT (P1 P2 = 41 A4, DO80 id-RI-ECDH-…, DO84 key id).
command_handler restricted_identification_set_template_handler;
// GENERAL AUTHENTICATE 7C{A0 sector key, A2 second sector key} → 7C{81, 83 identifiers}, one of them or both.
// 6300: the certificate does not name that key.
command_handler restricted_identification_handler;
void restricted_identification_end(struct restricted_identification_state *state);

#endif
