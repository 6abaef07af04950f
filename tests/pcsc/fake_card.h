// A simulated card for tests of readers: it does what the command's INS says, good and bad.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_PCSC_FAKE_CARD_H
#define JUMIN_TESTS_PCSC_FAKE_CARD_H

#include <stdbool.h>

enum fake_instruction {
    FAKE_ECHO = 0xE0,        // answers the command's bytes
    FAKE_LENGTH = 0xE1,      // answers P1P2 bytes, 0 for 65536, each the low byte of its index
    FAKE_SILENT = 0xE2,      // no answer
    FAKE_LATE = 0xE3,        // P1 waiting-time extensions, each at half of the time it gives, then the answer
    FAKE_LEAVE = 0xE4,       // leaves the field instead of answering
    FAKE_LEAVE_AFTER = 0xE5, // answers and leaves
    FAKE_STALE = 0xE6,       // answers an older request first
    FAKE_NO_FRAME = 0xE7,    // sends what is no frame
    FAKE_ENDLESS = 0xE8,     // asks for an extension by 0
    FAKE_OTHER_TYPE = 0xE9,  // answers with a message of another kind
};

enum { FAKE_WAITING_TIME_MS = 155, FAKE_FWI = 9 };

// Historical bytes of every fake card.
extern const unsigned char fake_historical[4];

struct fake_card;

// Connects to the reader's socket and serves it in a thread of its own. NULL when the socket refuses.
struct fake_card *fake_card_insert(const char *socket);
// A card whose answer to select is malformed.
struct fake_card *fake_card_insert_mute(const char *socket);
// Closes the connection and ends the thread.
void fake_card_remove(struct fake_card *card);
// Waits until the reader closes the connection or says that it has a card already: true then.
bool fake_card_was_refused(struct fake_card *card);
// How often the field went off, and how often the card was selected.
unsigned fake_card_field_offs(const struct fake_card *card);
unsigned fake_card_selections(const struct fake_card *card);

#endif
