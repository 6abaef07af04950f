// The card's life cycle: one byte that moves one way (GPC v2.3.1 §5.1.1, figure 5-1).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/life_cycle.h"

#include "card/core/card.h"

static const struct {
    uint8_t from, to;
} TRANSITIONS[] = {
    {CARD_OP_READY, CARD_INITIALIZED}, {CARD_INITIALIZED, CARD_SECURED}, {CARD_SECURED, CARD_LOCKED},
    {CARD_LOCKED, CARD_SECURED},       {CARD_OP_READY, CARD_TERMINATED}, {CARD_INITIALIZED, CARD_TERMINATED},
    {CARD_SECURED, CARD_TERMINATED},   {CARD_LOCKED, CARD_TERMINATED},
};

enum card_life_cycle life_cycle(struct card *card)
{
    uint8_t state = 0;
    if (store_read(&card->store, OBJECT_LIFE_CYCLE, 0, &state, sizeof state) != STORE_OK) {
        return CARD_TERMINATED;
    }
    switch (state) {
    case CARD_OP_READY:
    case CARD_INITIALIZED:
    case CARD_SECURED:
    case CARD_LOCKED:
        return (enum card_life_cycle)state;
    default:
        return CARD_TERMINATED;
    }
}

bool life_cycle_secured(struct card *card)
{
    return life_cycle(card) >= CARD_SECURED;
}

unsigned life_cycle_state_set(struct card *card)
{
    switch (life_cycle(card)) {
    case CARD_LOCKED:
        return STATE_LOCKED;
    case CARD_TERMINATED:
        return STATE_TERMINATED;
    default:
        return STATE_OPERATIONAL;
    }
}

uint16_t life_cycle_change(struct card *card, uint8_t state)
{
    const enum card_life_cycle now = life_cycle(card);
    if (state == (uint8_t)now) {
        return SW_OK;
    }
    for (size_t i = 0; i < sizeof TRANSITIONS / sizeof TRANSITIONS[0]; i++) {
        if (TRANSITIONS[i].from == (uint8_t)now && TRANSITIONS[i].to == state) {
            return store_write(&card->store, OBJECT_LIFE_CYCLE, span_of(&state, sizeof state)) == STORE_OK
                       ? SW_OK
                       : SW_MEMORY_FAILURE;
        }
    }
    return SW_CONDITIONS_NOT_SATISFIED;
}
