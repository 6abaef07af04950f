// Frames between a host and the chip on its serial line (UM0701-02 §6.2.1).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_FRAME_H
#define JUMIN_TOOLS_PN532_FRAME_H

#include "card/wire/span.h"

enum {
    FRAME_DATA_MAX = 264,           // command code and what belongs to it, without TFI
    FRAME_OVERHEAD = 3 + 5 + 1 + 2, // preamble and start code, extended length, TFI, DCS and postamble
    FRAME_MAX = FRAME_DATA_MAX + FRAME_OVERHEAD,
    FRAME_ACK_LENGTH = 6,
};

enum frame_event {
    FRAME_NOTHING,
    FRAME_COMMAND, // frame_data is a command
    FRAME_ACK,     // the host ends what is under way
    FRAME_NACK,    // the host wants the last answer again
};

enum frame_state {
    FRAME_HUNTING,
    FRAME_STARTED, // a zero byte came: FF completes the start code
    FRAME_LENGTH,
    FRAME_LENGTH_CHECKSUM,
    FRAME_LONG_LENGTH, // of an extended frame
    FRAME_LONG_LENGTH_LOW,
    FRAME_LONG_LENGTH_CHECKSUM,
    FRAME_IDENTIFIER,
    FRAME_BODY,
    FRAME_CHECKSUM,
};

// All zero is empty.
struct frame_parser {
    enum frame_state state;
    size_t length; // of TFI and data, as announced
    uint8_t length_sum, sum;
    uint8_t data[FRAME_DATA_MAX];
    size_t n;
};

// Takes one byte from the host. Whatever is no frame, or is one with a wrong checksum, is passed over.
enum frame_event frame_take(struct frame_parser *parser, uint8_t byte);
// The command of the last FRAME_COMMAND, until the next byte is taken.
struct span frame_data(const struct frame_parser *parser);

// To the host: an acknowledgement; an answer, whose data begin with command code + 1; "syntax error".
void frame_put_ack(struct writer *w);
void frame_put_answer(struct writer *w, struct span data);
void frame_put_error(struct writer *w);

#endif
