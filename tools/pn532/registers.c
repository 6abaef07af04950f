// The chip's registers.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/registers.h"

#include <stddef.h>

enum { INTERFACE_UNIT = 0x63, SPECIAL = 0xFF };

// Where the register stands; NULL: there is none.
static uint8_t *find(struct registers *registers, uint16_t address)
{
    const uint8_t page = (uint8_t)(address >> 8), low = (uint8_t)address;
    if (page == INTERFACE_UNIT) {
        return &registers->interface_unit[low];
    }
    return page == SPECIAL ? &registers->special[low] : NULL;
}

uint8_t registers_read(const struct registers *registers, uint16_t address)
{
    const uint8_t page = (uint8_t)(address >> 8), low = (uint8_t)address;
    if (page == INTERFACE_UNIT) {
        return registers->interface_unit[low];
    }
    return page == SPECIAL ? registers->special[low] : 0;
}

void registers_write(struct registers *registers, uint16_t address, uint8_t value)
{
    const uint8_t read_only = address == REGISTER_CONTROL ? CONTROL_RX_LAST_BITS : 0;
    registers_set(registers, address, (uint8_t)~read_only, value);
}

void registers_set(struct registers *registers, uint16_t address, uint8_t mask, uint8_t value)
{
    uint8_t *at = find(registers, address);
    if (at != NULL) {
        *at = (uint8_t)((*at & ~mask) | (value & mask));
    }
}
