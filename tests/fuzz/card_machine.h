// A card with its flash in memory, for targets that begin every input with the same card.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_FUZZ_CARD_MACHINE_H
#define JUMIN_TESTS_FUZZ_CARD_MACHINE_H

#include "card/core/card.h"

enum { CARD_MACHINE_PAGES = 16, CARD_MACHINE_FLASH = CARD_MACHINE_PAGES * STORE_PAGE };

struct card_machine {
    uint8_t flash[CARD_MACHINE_FLASH];
    struct card card;
    uint64_t random; // state of a source that always gives the same
};

// Makes a blank card, powers it on and installs the eMRTD application.
void card_machine_manufacture(struct card_machine *machine);
// A machine with this flash, all else as new; not on yet.
void card_machine_restore(struct card_machine *machine, const uint8_t flash[CARD_MACHINE_FLASH]);
enum store_status card_machine_power_on(struct card_machine *machine);
// One command; the answer has a status word, and no transaction stays open.
size_t card_machine_transmit(struct card_machine *machine, struct span command,
                             uint8_t response[CARD_RESPONSE_MAX]);

#endif
