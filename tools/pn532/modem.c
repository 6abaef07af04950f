// Raw frames, made and understood as the registers say.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/modem.h"

#include "tools/pn532/crc.h"

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

enum picc_reply modem_send(struct chip *chip, struct span data, struct rf_frame *reply)
{
    enum picc_type type = PICC_TYPE_A;
    struct rf_frame frame;
    if (!make_frame(chip, data, &type, &frame)) {
        return PICC_SILENT;
    }
    return picc_hear(&chip->picc, type, speed(chip, REGISTER_TX_MODE), speed(chip, REGISTER_RX_MODE), &frame,
                     reply);
}

enum chip_status modem_receive(struct chip *chip, const struct rf_frame *reply, struct writer *bytes)
{
    const uint8_t tx = registers_read(&chip->registers, REGISTER_TX_MODE);
    const uint8_t rx = registers_read(&chip->registers, REGISTER_RX_MODE);
    const struct span received = span_of(reply->bytes, reply->n);
    if ((rx & MODE_FRAMING) != (tx & MODE_FRAMING)) {
        return STATUS_TIMEOUT;
    }
    if ((rx & MODE_CRC) != 0 && !reply->crc) {
        return STATUS_CRC;
    }
    registers_set(&chip->registers, REGISTER_CONTROL, CONTROL_RX_LAST_BITS, (uint8_t)reply->last_bits);
    writer_put(bytes, received);
    if ((rx & MODE_CRC) == 0 && reply->crc) {
        const enum picc_type type = (rx & MODE_FRAMING) == MODE_FRAMING_A ? PICC_TYPE_A : PICC_TYPE_B;
        const uint16_t crc = crc_of(type, received);
        writer_put_u8(bytes, (uint8_t)crc);
        writer_put_u8(bytes, (uint8_t)(crc >> 8));
    }
    return STATUS_OK;
}
