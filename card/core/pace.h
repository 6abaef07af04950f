// The chip's side of PACE (9303-11 §4.4, TR-03110-3 §B.1): GM, IM and CAM with CAN, MRZ and PIN.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_PACE_H
#define JUMIN_CARD_CORE_PACE_H

#include "card/core/command.h"

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
    struct pace_protocol protocol;
    uint8_t oid[OID_PACE_LENGTH];
    uint8_t nonce[PACE_NONCE_MAX];
    uint8_t generator[CRYPTO_POINT_MAX];
    uint8_t mapping_secret[CRYPTO_FIELD_MAX]; // for CAM
    uint8_t own_point[CRYPTO_POINT_MAX];
    uint8_t other_point[CRYPTO_POINT_MAX];
    struct sm_session session; // becomes the card's when the token is right
};

// MSE:Set AT for PACE (P1 P2 = C1 A4).
uint16_t pace_set_authentication_template(struct card *card, struct span data);
// One GENERAL AUTHENTICATE; `last`: its chaining bit is not set.
uint16_t pace_general_authenticate(struct card *card, struct span data, bool last, struct writer *response);
// Forgets a run that was begun, and wipes it. Harmless otherwise.
void pace_end(struct pace_state *pace);

#endif
