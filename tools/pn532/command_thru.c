// Raw frames: InCommunicateThru (UM0701-02 §7.3.9), as the registers say.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/command.h"
#include "tools/pn532/crc.h"

// --- Time --------------------------------------------------------------------------------------------------

// Code n of UM0701-02 §7.3.1 means 100 µs times two to the power n-1; 0: no limit.
int64_t thru_deadline(const struct chip *chip)
{
    enum { UNIT_US = 100, US_PER_MS = 1000 };
    if (chip->thru_timeout == 0) {
        return CHIP_NEVER;
    }
    const int64_t us = (int64_t)UNIT_US << (chip->thru_timeout - 1);
    return chip->now + (us + US_PER_MS - 1) / US_PER_MS;
}

bool is_patient(const struct chip *chip)
{
    return chip->deadline == CHIP_NEVER || chip->now < chip->deadline;
}

// --- Frames ------------------------------------------------------------------------------------------------

static uint16_t crc_of(enum picc_type type, struct span bytes)
{
    return type == PICC_TYPE_A ? crc_a(bytes) : crc_b(bytes);
}

// Without the chip's CRC the host may have put its own behind the bytes.
static void strip_crc(enum picc_type type, struct rf_frame *frame)
{
    if (frame->last_bits != 0 || frame->n <= CRC_LENGTH) {
        return;
    }
    const size_t n = frame->n - CRC_LENGTH;
    const uint16_t crc = (uint16_t)(frame->bytes[n] | frame->bytes[n + 1] << 8);
    if (crc == crc_of(type, span_of(frame->bytes, n))) {
        frame->n = n;
        frame->crc = true;
    }
}

// How the registers make a frame of these bytes. False: in a way that no card here hears.
static bool make_frame(const struct chip *chip, struct span data, enum picc_type *type,
                       struct rf_frame *frame)
{
    const uint8_t mode = registers_read(&chip->registers, REGISTER_TX_MODE);
    const uint8_t framing = mode & MODE_FRAMING;
    if ((framing != MODE_FRAMING_A && framing != MODE_FRAMING_B) || data.n == 0 ||
        (registers_read(&chip->registers, REGISTER_MANUAL_RCV) & MANUAL_RCV_PARITY_DISABLE) != 0) {
        return false;
    }
    *type = framing == MODE_FRAMING_A ? PICC_TYPE_A : PICC_TYPE_B;
    memcpy(frame->bytes, data.p, data.n);
    frame->n = data.n;
    frame->last_bits = registers_read(&chip->registers, REGISTER_BIT_FRAMING) & BIT_FRAMING_TX_LAST_BITS;
    frame->crc = (mode & MODE_CRC) != 0 && frame->last_bits == 0;
    if ((mode & MODE_CRC) == 0) {
        strip_crc(*type, frame);
    }
    return true;
}

static unsigned speed(const struct chip *chip, uint16_t mode_register)
{
    const unsigned mode = registers_read(&chip->registers, mode_register);
    return (mode & MODE_SPEED) >> MODE_SPEED_SHIFT;
}

static enum command_result answer_frame(struct chip *chip, const struct rf_frame *reply,
                                        struct writer *answer)
{
    const uint8_t tx = registers_read(&chip->registers, REGISTER_TX_MODE);
    const uint8_t rx = registers_read(&chip->registers, REGISTER_RX_MODE);
    const struct span bytes = span_of(reply->bytes, reply->n);
    if ((rx & MODE_FRAMING) != (tx & MODE_FRAMING)) {
        return answer_status(chip, answer, STATUS_TIMEOUT);
    }
    if ((rx & MODE_CRC) != 0 && !reply->crc) {
        return answer_status(chip, answer, STATUS_CRC);
    }
    registers_set(&chip->registers, REGISTER_CONTROL, CONTROL_RX_LAST_BITS, (uint8_t)reply->last_bits);
    writer_put_u8(answer, STATUS_OK);
    writer_put(answer, bytes);
    if ((rx & MODE_CRC) == 0 && reply->crc) {
        const uint16_t crc = crc_of((rx & MODE_FRAMING) == MODE_FRAMING_A ? PICC_TYPE_A : PICC_TYPE_B, bytes);
        writer_put_u8(answer, (uint8_t)crc);
        writer_put_u8(answer, (uint8_t)(crc >> 8));
    }
    return COMMAND_ANSWERED;
}

// --- InCommunicateThru -------------------------------------------------------------------------------------

static enum picc_reply communicate(struct chip *chip, struct span data, struct rf_frame *reply)
{
    enum picc_type type = PICC_TYPE_A;
    struct rf_frame frame;
    if (chip->phase > 0) {
        return picc_listen(&chip->picc, reply);
    }
    chip->phase = 1;
    chip->deadline = thru_deadline(chip);
    if (!make_frame(chip, data, &type, &frame)) {
        return PICC_SILENT;
    }
    return picc_hear(&chip->picc, type, speed(chip, REGISTER_TX_MODE), speed(chip, REGISTER_RX_MODE), &frame,
                     reply);
}

enum command_result in_communicate_thru(struct chip *chip, struct span parameters, struct writer *answer)
{
    struct rf_frame reply;
    if (chip->phase == 0 && (chip->picc.power == PICC_STARTING || !settle(chip))) {
        return COMMAND_WAITS;
    }
    const enum picc_reply replied = communicate(chip, parameters, &reply);
    if (replied == PICC_ANSWERS) {
        return answer_frame(chip, &reply, answer);
    }
    return replied == PICC_BUSY && is_patient(chip) ? COMMAND_WAITS
                                                    : answer_status(chip, answer, STATUS_TIMEOUT);
}
