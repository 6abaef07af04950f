// The card's life cycle (GPC v2.3.1 §5.1).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_LIFE_CYCLE_H
#define JUMIN_CARD_CORE_LIFE_CYCLE_H

#include "card/core/command.h"

// GPC v2.3.1 §11.1.1, table 11-6.
enum card_life_cycle {
    CARD_OP_READY = 0x01,
    CARD_INITIALIZED = 0x07,
    CARD_SECURED = 0x0F,
    CARD_LOCKED = 0x7F,
    CARD_TERMINATED = 0xFF,
};

// CARD_TERMINATED when the store cannot tell: what is unknown is closed.
enum card_life_cycle life_cycle(struct card *card);
// In or behind SECURED: from here on nothing tells this card from another before PACE.
bool life_cycle_secured(struct card *card);
// The one bit of enum state_set.
unsigned life_cycle_state_set(struct card *card);
// Moves on. One step at a time up to SECURED; SECURED and CARD_LOCKED change into each other; every state may
// end in TERMINATED, which is final. The state that the card is in already is accepted, so that a lost answer
// can be asked for again. 6985 for anything else.
uint16_t life_cycle_change(struct card *card, uint8_t state);

#endif
