// Frames between host and chip.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/frame.h"

enum {
    TFI_TO_CHIP = 0xD4,
    TFI_TO_HOST = 0xD5,
    NORMAL_MAX = 255, // TFI and data of a normal frame
};

static const uint8_t ack[FRAME_ACK_LENGTH] = {0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00};
// The application-level error frame of UM0701-02 §6.2.1.5.
static const uint8_t error[] = {0x00, 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00};

// --- From the host -----------------------------------------------------------------------------------------

// The byte belongs to no frame; a zero may begin the next start code.
static void hunt(struct frame_parser *parser, uint8_t byte)
{
    parser->state = byte == 0x00 ? FRAME_STARTED : FRAME_HUNTING;
}

static void expect_body(struct frame_parser *parser, uint8_t byte)
{
    const uint8_t sum = (uint8_t)(parser->length_sum + byte);
    if (sum != 0 || parser->length == 0 || parser->length > 1 + FRAME_DATA_MAX) {
        hunt(parser, byte);
        return;
    }
    parser->state = FRAME_IDENTIFIER;
}

// LEN and LCS tell the four kinds of frames apart.
static enum frame_event length_checksum(struct frame_parser *parser, uint8_t byte)
{
    if (parser->length == 0x00 && byte == 0xFF) {
        parser->state = FRAME_HUNTING;
        return FRAME_ACK;
    }
    if (parser->length == 0xFF && byte == 0x00) {
        hunt(parser, byte);
        return FRAME_NACK;
    }
    if (parser->length == 0xFF && byte == 0xFF) {
        parser->state = FRAME_LONG_LENGTH;
        return FRAME_NOTHING;
    }
    expect_body(parser, byte);
    return FRAME_NOTHING;
}

static void take_data(struct frame_parser *parser, uint8_t byte)
{
    parser->data[parser->n++] = byte;
    parser->sum = (uint8_t)(parser->sum + byte);
    if (1 + parser->n == parser->length) {
        parser->state = FRAME_CHECKSUM;
    }
}

static void identifier(struct frame_parser *parser, uint8_t byte)
{
    if (byte != TFI_TO_CHIP) {
        hunt(parser, byte);
        return;
    }
    parser->sum = byte;
    parser->n = 0;
    parser->state = parser->length > 1 ? FRAME_BODY : FRAME_CHECKSUM;
}

enum frame_event frame_take(struct frame_parser *parser, uint8_t byte)
{
    switch (parser->state) {
    case FRAME_HUNTING:
        hunt(parser, byte);
        break;
    case FRAME_STARTED:
        if (byte == 0xFF) {
            parser->state = FRAME_LENGTH;
        } else {
            hunt(parser, byte);
        }
        break;
    case FRAME_LENGTH:
        parser->length = parser->length_sum = byte;
        parser->state = FRAME_LENGTH_CHECKSUM;
        break;
    case FRAME_LENGTH_CHECKSUM:
        return length_checksum(parser, byte);
    case FRAME_LONG_LENGTH:
        parser->length = (size_t)byte << 8;
        parser->length_sum = byte;
        parser->state = FRAME_LONG_LENGTH_LOW;
        break;
    case FRAME_LONG_LENGTH_LOW:
        parser->length |= byte;
        parser->length_sum = (uint8_t)(parser->length_sum + byte);
        parser->state = FRAME_LONG_LENGTH_CHECKSUM;
        break;
    case FRAME_LONG_LENGTH_CHECKSUM:
        expect_body(parser, byte);
        break;
    case FRAME_IDENTIFIER:
        identifier(parser, byte);
        break;
    case FRAME_BODY:
        take_data(parser, byte);
        break;
    case FRAME_CHECKSUM:
        hunt(parser, byte);
        return (uint8_t)(parser->sum + byte) == 0 ? FRAME_COMMAND : FRAME_NOTHING;
    }
    return FRAME_NOTHING;
}

struct span frame_data(const struct frame_parser *parser)
{
    return span_of(parser->data, parser->n);
}

// --- To the host -------------------------------------------------------------------------------------------

void frame_put_ack(struct writer *w)
{
    writer_put(w, span_of(ack, sizeof ack));
}

void frame_put_error(struct writer *w)
{
    writer_put(w, span_of(error, sizeof error));
}

static void put_length(struct writer *w, size_t length)
{
    if (length <= NORMAL_MAX) {
        writer_put_u8(w, (uint8_t)length);
        writer_put_u8(w, (uint8_t)-length);
        return;
    }
    writer_put_u16(w, 0xFFFF);
    writer_put_u16(w, (uint16_t)length);
    writer_put_u8(w, (uint8_t)-((length >> 8) + length));
}

void frame_put_answer(struct writer *w, struct span data)
{
    static const uint8_t start[] = {0x00, 0x00, 0xFF};
    uint8_t sum = TFI_TO_HOST;
    for (size_t i = 0; i < data.n; i++) {
        sum = (uint8_t)(sum + data.p[i]);
    }
    writer_put(w, span_of(start, sizeof start));
    put_length(w, 1 + data.n);
    writer_put_u8(w, TFI_TO_HOST);
    writer_put(w, data);
    writer_put_u8(w, (uint8_t)-sum);
    writer_put_u8(w, 0x00);
}
