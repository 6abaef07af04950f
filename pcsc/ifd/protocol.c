// Frames between reader driver and simulated card.
// SPDX-License-Identifier: Apache-2.0
#include "pcsc/ifd/protocol.h"

enum { LENGTH_FIELD = 4, TYPE_AND_SEQUENCE = 2 };

void link_header(uint8_t header[LINK_HEADER], uint8_t type, uint8_t sequence, size_t n)
{
    const uint32_t length = (uint32_t)(TYPE_AND_SEQUENCE + n);
    header[0] = (uint8_t)(length >> 24);
    header[1] = (uint8_t)(length >> 16);
    header[2] = (uint8_t)(length >> 8);
    header[3] = (uint8_t)length;
    header[4] = type;
    header[5] = sequence;
}

static void drop_used(struct link_inbox *inbox)
{
    if (inbox->used > 0) {
        inbox->n -= inbox->used;
        memmove(inbox->bytes, inbox->bytes + inbox->used, inbox->n);
        inbox->used = 0;
    }
}

uint8_t *link_room(struct link_inbox *inbox, size_t *n)
{
    drop_used(inbox);
    *n = sizeof inbox->bytes - inbox->n;
    return inbox->bytes + inbox->n;
}

void link_filled(struct link_inbox *inbox, size_t n)
{
    inbox->n += n;
}

enum link_next link_next(struct link_inbox *inbox, struct link_message *message)
{
    drop_used(inbox);
    const uint8_t *b = inbox->bytes;
    if (inbox->n < LENGTH_FIELD) {
        return LINK_MORE;
    }
    const uint32_t length = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    if (length < TYPE_AND_SEQUENCE || length > TYPE_AND_SEQUENCE + LINK_PAYLOAD_MAX) {
        return LINK_BROKEN;
    }
    if (inbox->n < LENGTH_FIELD + length) {
        return LINK_MORE;
    }
    message->type = b[4];
    message->sequence = b[5];
    message->payload = span_of(b + LINK_HEADER, length - TYPE_AND_SEQUENCE);
    inbox->used = LENGTH_FIELD + length;
    return LINK_MESSAGE;
}
