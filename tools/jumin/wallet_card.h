// A wallet as a contactless card: on a reader of our PC/SC driver, of vsmartcard's, or on the NFC chip pn532.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_WALLET_CARD_H
#define JUMIN_TOOLS_WALLET_CARD_H

#include <jumin/wallet_nfc.h>

#include "tools/jumin/sim_reader.h"

struct wallet_card {
    struct sim_reader reader;
    struct jumin_wallet_nfc *nfc; // the caller's
    bool field, waits;            // selected; a message waits for its reply
    uint8_t sequence;
    int64_t extend_at, retry_at; // milliseconds
    uint8_t response[APDU_RESPONSE_MAX];
};

enum wallet_card_event {
    WALLET_CARD_MESSAGE, // a message of the reader waits for wallet_card_reply
    WALLET_CARD_GONE,    // the field went off, the phone was taken away, or the reader asked something else
                         // while a message waited: it waits no longer
    WALLET_CARD_INPUT,   // there is something to read on the caller's descriptor
    WALLET_CARD_FAILED,  // errno says why
};

// `reader` is "sim:PATH" or "vpcd:[HOST:]PORT". Connecting begins with the first wallet_card_next, and is
// tried again until there is a reader. False: no such name.
bool wallet_card_open(struct wallet_card *card, const char *reader, struct jumin_wallet_nfc *nfc);
// Takes the phone away.
void wallet_card_close(struct wallet_card *card);
// Serves the reader until something happens. While a message waits, the reader is asked for patience again
// and again; vpcd's waits anyway. `input` (-1: none) is watched beside it.
enum wallet_card_event wallet_card_next(struct wallet_card *card, int input);
// Answers the message that waits; none (`n` 0) after a termination.
enum jumin_error wallet_card_reply(struct wallet_card *card, const uint8_t *message, size_t n);

#endif
