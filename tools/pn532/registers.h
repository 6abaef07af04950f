// The registers of the chip that a host may read and write (UM0701-02 §7.2.4, §7.2.5).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_REGISTERS_H
#define JUMIN_TOOLS_PN532_REGISTERS_H

#include <stdint.h>

// Registers of the contactless interface unit that mean something to frames on the air.
enum {
    REGISTER_TX_MODE = 0x6302,
    REGISTER_RX_MODE = 0x6303,
    REGISTER_MANUAL_RCV = 0x630D,
    REGISTER_TIMER_MODE = 0x631A,
    REGISTER_TIMER_PRESCALER = 0x631B,
    REGISTER_TIMER_RELOAD = 0x631C,  // two bytes, the higher first
    REGISTER_TIMER_COUNTER = 0x631E, // …
    REGISTER_COMMAND = 0x6331,
    REGISTER_FIFO_DATA = 0x6339,
    REGISTER_FIFO_LEVEL = 0x633A,
    REGISTER_CONTROL = 0x633C,
    REGISTER_BIT_FRAMING = 0x633D,
};

enum {
    MODE_CRC = 0x80,
    MODE_SPEED = 0x70, // 106 kbit/s times two to this power
    MODE_SPEED_SHIFT = 4,
    MODE_FRAMING = 0x03,
    MODE_FRAMING_A = 0x00,
    MODE_FRAMING_FELICA = 0x02,
    MODE_FRAMING_B = 0x03,
    MANUAL_RCV_PARITY_DISABLE = 0x10,
    CONTROL_RX_LAST_BITS = 0x07, // read only
    BIT_FRAMING_TX_LAST_BITS = 0x07,
};

// All zero is the state after reset. Addresses are 63xx, the interface unit, or FFxx, special functions.
struct registers {
    uint8_t interface_unit[256];
    uint8_t special[256];
};

// Registers that are not there read as zero, and writing them does nothing.
uint8_t registers_read(const struct registers *registers, uint16_t address);
void registers_write(struct registers *registers, uint16_t address, uint8_t value);
// By the chip itself: what a host cannot write either, and only the bits of `mask`.
void registers_set(struct registers *registers, uint16_t address, uint8_t mask, uint8_t value);

#endif
