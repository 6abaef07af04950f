// The FIFO of the interface unit, and the timer beside it.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/fifo.h"

#include "tools/pn532/modem.h"

enum {
    COMMAND_MASK = 0x0F,
    COMMAND_TRANSCEIVE = 0x0C,
    LEVEL_FLUSH = 0x80,
    START_SEND = 0x80,
    PRESCALER_HIGH = 0x0F,
};

// --- Timer -------------------------------------------------------------------------------------------------

// It counts down from the end of the command until five bits of the answer are there; a card answers after
// 1172 periods of the carrier (ISO 14443-3 §6.2.1.1) at 106 kbit/s.
static void stop_timer(struct chip *chip)
{
    enum { FRAME_DELAY = 1172, FIVE_BITS = 5 * 128 };
    struct registers *registers = &chip->registers;
    const unsigned prescaler = (registers_read(registers, REGISTER_TIMER_MODE) & (unsigned)PRESCALER_HIGH)
                                   << 8 |
                               registers_read(registers, REGISTER_TIMER_PRESCALER);
    const unsigned reload = (unsigned)registers_read(registers, REGISTER_TIMER_RELOAD) << 8 |
                            registers_read(registers, REGISTER_TIMER_RELOAD + 1);
    const unsigned ticks = (FRAME_DELAY + FIVE_BITS) / (2 * prescaler + 1);
    const unsigned counter = ticks < reload ? reload - ticks : 0;
    registers_set(registers, REGISTER_TIMER_COUNTER, 0xFF, (uint8_t)(counter >> 8));
    registers_set(registers, REGISTER_TIMER_COUNTER + 1, 0xFF, (uint8_t)counter);
}

// --- Frames ------------------------------------------------------------------------------------------------

static void receive(struct chip *chip, enum picc_reply replied, const struct rf_frame *reply)
{
    uint8_t bytes[FRAME_DATA_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    chip->fifo.listens = replied == PICC_BUSY;
    if (replied != PICC_ANSWERS || modem_receive(chip, reply, &w) != STATUS_OK) {
        return;
    }
    // What does not fit is lost: nobody reads while it comes.
    const struct span kept = span_first(writer_span(&w), sizeof chip->fifo.bytes);
    memcpy(chip->fifo.bytes, kept.p, kept.n);
    chip->fifo.n = kept.n;
    stop_timer(chip);
}

static void send_frame(struct chip *chip)
{
    struct rf_frame reply;
    const struct span frame = span_of(chip->fifo.bytes, chip->fifo.n);
    const enum picc_reply replied = modem_send(chip, frame, &reply);
    chip->fifo.n = 0;
    receive(chip, replied, &reply);
}

void fifo_run(struct chip *chip)
{
    struct rf_frame reply;
    if (chip->fifo.listens) {
        receive(chip, picc_listen(&chip->picc, &reply), &reply);
    }
}

// --- Registers ---------------------------------------------------------------------------------------------

static uint8_t take_byte(struct chip *chip)
{
    struct fifo *fifo = &chip->fifo;
    if (fifo->n == 0) {
        return 0;
    }
    const uint8_t byte = fifo->bytes[0];
    fifo->n--;
    memmove(fifo->bytes, fifo->bytes + 1, fifo->n);
    return byte;
}

static void put_byte(struct chip *chip, uint8_t byte)
{
    if (chip->fifo.n < sizeof chip->fifo.bytes) {
        chip->fifo.bytes[chip->fifo.n++] = byte;
    }
}

uint8_t fifo_read(struct chip *chip, uint16_t address)
{
    switch (address) {
    case REGISTER_FIFO_DATA:
        return take_byte(chip);
    case REGISTER_FIFO_LEVEL:
        return (uint8_t)chip->fifo.n;
    default:
        return registers_read(&chip->registers, address);
    }
}

bool fifo_sends(uint16_t address, uint8_t value)
{
    return address == REGISTER_BIT_FRAMING && (value & START_SEND) != 0;
}

void fifo_write(struct chip *chip, uint16_t address, uint8_t value)
{
    switch (address) {
    case REGISTER_FIFO_DATA:
        put_byte(chip, value);
        return;
    case REGISTER_FIFO_LEVEL:
        if ((value & LEVEL_FLUSH) != 0) {
            chip->fifo.n = 0;
        }
        return;
    case REGISTER_BIT_FRAMING:
        registers_write(&chip->registers, address, value & (uint8_t)~START_SEND);
        if (fifo_sends(address, value) &&
            (registers_read(&chip->registers, REGISTER_COMMAND) & COMMAND_MASK) == COMMAND_TRANSCEIVE) {
            send_frame(chip);
        }
        return;
    default:
        registers_write(&chip->registers, address, value);
    }
}
