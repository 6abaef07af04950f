// The line to the simulated card: a socket that it connects to, as to the reader of the PC/SC driver.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_CARD_H
#define JUMIN_TOOLS_PN532_CARD_H

#include "pcsc/ifd/listener.h"
#include "pcsc/ifd/protocol.h"

struct card {
    struct listener listener;
    int connection; // -1: no card
    uint8_t sequence;
    bool asked;         // LINK_SELECTED is awaited …
    int64_t answer_due; // … until then
    struct link_inbox inbox;
    uint8_t outbox[2 * LINK_FRAME_MAX];
    size_t outbox_length;
};

enum card_event {
    CARD_NOTHING,
    CARD_MESSAGE, // `*message` is for the chip
    CARD_LEFT,
};

// False: errno says why.
bool card_open(struct card *card, const char *path);
void card_close(struct card *card);

// The listener is ready. True: there is a card now; a second one is refused.
bool card_accept(struct card *card);
// What to poll the connection for.
short card_events(const struct card *card);
// The connection is ready: sends and receives.
void card_ready(struct card *card);
// Until CARD_NOTHING.
enum card_event card_next(struct card *card, struct link_message *message);
// Nothing useful can come from this card.
void card_give_up(struct card *card);

void card_send(struct card *card, enum link_type type, struct span payload, int64_t now);
// A card that does not even answer to power is given up; when to call card_time at the latest, or -1.
int64_t card_deadline(const struct card *card);
void card_time(struct card *card, int64_t now);

#endif
