// Frames sent and received register by register: a host that measures how soon the card answers does it so.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_FIFO_H
#define JUMIN_TOOLS_PN532_FIFO_H

#include "tools/pn532/chip.h"

// A register of the interface unit, with what reading or writing it does beside.
uint8_t fifo_read(struct chip *chip, uint16_t address);
void fifo_write(struct chip *chip, uint16_t address, uint8_t value);
// Whether writing this sends a frame.
bool fifo_sends(uint16_t address, uint8_t value);
// Something happened: an answer may be there.
void fifo_run(struct chip *chip);

#endif
