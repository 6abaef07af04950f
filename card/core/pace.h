// The chip's side of PACE (9303-11 §4.4, TR-03110-3 §B.1): GM, IM and CAM with MRZ, CAN, PIN and PUK.
// SPDX-License-Identifier: Apache-2.0
//
// What is offered is what the stored EF.CardAccess announces. A run is the MSE:Set AT and four GENERAL
// AUTHENTICATE, all plain or all under the same secure messaging: PACE may run again inside a session, as the
// PIN does after the CAN (TR-03110-2 §3.3). The old session protects the last answer, then the new one
// takes over; when the run fails the old session goes on.
#ifndef JUMIN_CARD_CORE_PACE_H
#define JUMIN_CARD_CORE_PACE_H

#include "card/core/command.h"
#include "card/wire/security_infos.h"

// The next GENERAL AUTHENTICATE.
enum pace_step {
    PACE_IDLE,
    PACE_ENCRYPTED_NONCE,
    PACE_MAP_NONCE,
    PACE_KEY_AGREEMENT,
    PACE_MUTUAL_AUTHENTICATION,
};

struct pace_state {
    enum pace_step step;
    enum pace_password password;
    struct authorization asked; // by CHAT and extensions; TERMINAL_NONE without
    struct pace_protocol protocol;
    uint8_t oid[OID_PACE_MAX];
    size_t oid_length;
    uint8_t nonce[PACE_NONCE_MAX];
    uint8_t generator[CRYPTO_POINT_MAX];
    uint8_t mapping_secret[CRYPTO_FIELD_MAX]; // for CAM
    uint8_t own_point[CRYPTO_POINT_MAX];
    uint8_t other_point[CRYPTO_POINT_MAX];
    uint8_t shared[CRYPTO_FIELD_MAX]; // K; its session begins when the token is right
};

// --- pace_template.c ---

// Whether a SecurityInfo is a PACEInfo that this card can run.
bool pace_offered(const struct security_info *info, struct pace_protocol *protocol);
// MSE:Set AT for PACE (P1 P2 = C1 A4). 63Cx, a warning: the PIN has x tries left, which is fewer than it had
// at first. A CHAT (7F4C) names the type of the terminal and the rights that it asks for, beside it
// extensions (65) those without a bit in it; it takes Terminal Authentication to get any (TR-03110-3 §2.7.1).
// 6A80 also for a password that a terminal of this type does not use.
command_handler pace_set_authentication_template_handler;
// --- pace.c ---

// One GENERAL AUTHENTICATE; `objects` is the content of its DO7C; `last`: its chaining bit is not set. On any
// status but SW_OK the caller ends the run.
uint16_t pace_general_authenticate(struct card *card, struct span objects, bool last,
                                   struct writer *response);
// Forgets a run that was begun, and wipes it. Harmless otherwise.
void pace_end(struct pace_state *pace);

#endif
