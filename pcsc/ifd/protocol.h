// What reader driver and simulated card say to each other over their unix socket.
// SPDX-License-Identifier: Apache-2.0
//
// The driver listens, the card connects: connected is in the field, closed is out of it. A frame is
//   length (4 bytes, big-endian, of what follows) | type | sequence | payload
// The reader numbers its requests; the card's messages carry the number of the request they belong to, so
// that an answer that comes too late is not taken for the next one.
#ifndef JUMIN_PCSC_IFD_PROTOCOL_H
#define JUMIN_PCSC_IFD_PROTOCOL_H

#include "card/wire/apdu.h"

enum link_type {
    // Reader to card
    LINK_POWER_ON = 0x01,  // field on; answered by LINK_SELECTED
    LINK_POWER_OFF = 0x02, // field off; not answered
    LINK_RESET = 0x03,     // field off and on; answered by LINK_SELECTED
    LINK_COMMAND = 0x04,   // a command APDU; answered by LINK_RESPONSE
    LINK_REFUSED = 0x05,   // the reader takes no second card and closes

    // Card to reader
    LINK_SELECTED = 0x81,     // length of the UID (1 byte), UID, ATS beginning with its length byte TL
    LINK_RESPONSE = 0x84,     // a response APDU
    LINK_WAITING_TIME = 0x85, // S(WTX): one byte, WTXM from 1 to 59 (ISO 14443-4 §7.3)
};

enum {
    LINK_HEADER = 4 + 2,
    LINK_PAYLOAD_MAX = APDU_COMMAND_MAX,
    LINK_FRAME_MAX = LINK_HEADER + LINK_PAYLOAD_MAX,
    LINK_WTXM_MAX = 59,
};

_Static_assert((int)LINK_PAYLOAD_MAX >= (int)APDU_RESPONSE_MAX, "both directions fit");

struct link_message {
    uint8_t type; // enum link_type, or a value that nobody knows
    uint8_t sequence;
    struct span payload; // borrowed from the inbox until the next call on it
};

// Fills `header`; `n` is at most LINK_PAYLOAD_MAX.
void link_header(uint8_t header[LINK_HEADER], uint8_t type, uint8_t sequence, size_t n);

// Gathers frames from a stream. All zero is empty.
struct link_inbox {
    uint8_t bytes[LINK_FRAME_MAX];
    size_t n;    // received
    size_t used; // of a message that was given out
};

enum link_next {
    LINK_MESSAGE, // `*message` is the next one
    LINK_MORE,    // receive more first
    LINK_BROKEN,  // the stream holds no frame; nothing more can be read from it
};

// Where to receive the next bytes, and how many; never none when link_next asked for more.
uint8_t *link_room(struct link_inbox *inbox, size_t *n);
// `n` bytes were received there.
void link_filled(struct link_inbox *inbox, size_t n);
enum link_next link_next(struct link_inbox *inbox, struct link_message *message);

#endif
