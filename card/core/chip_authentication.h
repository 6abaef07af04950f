// The chip's side of Chip Authentication version 1 (9303-11 §6.2, TR-03110-3 §B.2).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_CHIP_AUTHENTICATION_H
#define JUMIN_CARD_CORE_CHIP_AUTHENTICATION_H

#include "card/core/command.h"

struct chip_authentication_state {
    bool set; // MSE:Set AT has chosen the key
    enum secure_messaging_suite suite;
    struct sm_session next; // takes over once this command's answer is protected with the old keys
};

// MSE:Set AT for Chip Authentication (P1 P2 = 41 A4).
uint16_t chip_authentication_set_template(struct card *card, struct span data);
// MSE:Set KAT (P1 P2 = 41 A6): the whole protocol in one command.
uint16_t chip_authentication_set_key_agreement_template(struct card *card, struct span data);
// GENERAL AUTHENTICATE after MSE:Set AT.
uint16_t chip_authentication_general_authenticate(struct card *card, struct span data,
                                                  struct writer *response);
void chip_authentication_end(struct chip_authentication_state *state);

#endif
