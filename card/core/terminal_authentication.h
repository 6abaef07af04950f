// The chip's side of Terminal Authentication (TR-03110-2 §3.3, TR-03110-3 §B.3): version 2 in the MF after
// PACE, version 1 in the eMRTD application after Chip Authentication (9303-11 §7.1).
// SPDX-License-Identifier: Apache-2.0
//
// What succeeds stands in the security status. It holds as long as the session does, and once: a terminal
// that has authenticated itself cannot do it again, nor can another one, though certificates may come before
// and after (TR-03105-3.3, EAC2_ISO7816_K_13). GET CHALLENGE may come at any time before EXTERNAL
// AUTHENTICATE, which uses the challenge up whatever comes of it.
#ifndef JUMIN_CARD_CORE_TERMINAL_AUTHENTICATION_H
#define JUMIN_CARD_CORE_TERMINAL_AUTHENTICATION_H

#include "card/core/trust_points.h"
#include "card/wire/terminal_authentication.h"

struct terminal_authentication_state {
    struct imported_key issuer;                // chosen by MSE:Set DST, for the next certificate only
    struct imported_key imported;              // by the last DV or terminal certificate, temporarily
    uint8_t sector_hashes[2][CRYPTO_HASH_MAX]; // of the terminal certificate (id-sector)
    size_t sector_lengths[2];
    uint8_t version; // MSE:Set AT has chosen `imported` for 1 or 2; 0: it has not
    uint8_t compressed_key[CRYPTO_FIELD_MAX];
    size_t compressed_key_length;
    uint8_t auxiliary_data[TA_AUXILIARY_MAX]; // the whole object 67
    size_t auxiliary_length;
    uint8_t challenge[TA_CHALLENGE];
    bool has_challenge;
};

// MSE:Set AT (P1 P2 = 81 A4), version 2: DO80 mechanism, DO83 name of the terminal's key, DO91 its compressed
// ephemeral key, DO67 auxiliary data. 6A88: that key was not imported last; 6982: a terminal has
// authenticated itself already.
command_handler terminal_authentication_set_template_handler;
// Version 1: DO83 alone; the ephemeral key is that of Chip Authentication.
command_handler terminal_authentication_set_template_1_handler;
// EXTERNAL AUTHENTICATE (00 82): the terminal's signature. 6300: it is wrong; 6982: a terminal has
// authenticated itself already; 6985: no key or no challenge.
command_handler external_authenticate_handler;
// What GET CHALLENGE answers: kept when it is one for Terminal Authentication, else the former one is
// dropped.
void terminal_authentication_keep_challenge(struct card *card, struct span challenge);
// The type that a terminal may authenticate itself as in this session, here and now: what PACE has named; in
// the eMRTD application an inspection system also without. TERMINAL_NONE: none may.
enum terminal_type terminal_authentication_type(const struct card *card);

// What the terminal that has authenticated itself in this session brought; empty before, and when it brought
// none. The content of its auxiliary data object, for auxiliary_data_next.
struct span terminal_auxiliary_data(const struct card *card);
// Hash of the sector key that its certificate names first, or second (TR-03110-3 §C.3.2.1).
struct span terminal_sector(const struct card *card, bool second);

// The session has ended, or another one has taken over: what the terminal has not finished is forgotten, and
// all when the session knows of no authenticated terminal.
void terminal_authentication_forget(struct card *card);

#endif
