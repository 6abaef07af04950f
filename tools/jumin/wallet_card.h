// A wallet as a contactless card: on a reader of our PC/SC driver, of vsmartcard's, or on the NFC chip pn532.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_WALLET_CARD_H
#define JUMIN_TOOLS_WALLET_CARD_H

#include "tools/jumin/sim_reader.h"

// The phone behind it.
enum wallet_card_told {
    WALLET_CARD_ANSWERED, // the response is there
    WALLET_CARD_LISTENED, // … and the caller of wallet_card_next is to hear of it
    WALLET_CARD_THINKING, // wallet_card_answer brings it
};
struct wallet_card_phone {
    enum wallet_card_told (*command)(void *context, struct span command, uint8_t *response, size_t capacity,
                                     size_t *length);
    void (*reset)(void *context); // field off
    void *context;
};

struct wallet_card {
    struct sim_reader reader;
    struct wallet_card_phone phone;
    int stop;                // -1 unless the caller sets it: when there is something to read, it ends
    bool field, waits, told; // selected; a command waits for its response; the caller is to hear of one
    uint8_t sequence;
    int64_t extend_at, retry_at, late_at; // milliseconds
    int64_t patience;                     // that a command may wait; 0 unless the caller sets it: any time
    uint8_t response[APDU_RESPONSE_MAX];
};

enum wallet_card_event {
    WALLET_CARD_WAITS,  // a command of the reader waits for wallet_card_answer
    WALLET_CARD_NEWS,   // one was answered of which the phone wants the caller to hear
    WALLET_CARD_GONE,   // the field went off, the phone was taken away, or the reader asked something else
                        // while a command waited: it waits no longer
    WALLET_CARD_LATE,   // a command has waited for `patience`: it is to be answered now
    WALLET_CARD_INPUT,  // there is something to read on the caller's descriptor
    WALLET_CARD_STOP,   // … or on `stop`
    WALLET_CARD_FAILED, // errno says why
};

// `reader` is "sim:PATH" or "vpcd:[HOST:]PORT". Connecting begins with the first wallet_card_next, and is
// tried again until there is a reader. False: no such name.
bool wallet_card_open(struct wallet_card *card, const char *reader, const struct wallet_card_phone *phone);
// Takes the phone away.
void wallet_card_close(struct wallet_card *card);
// Serves the reader until something happens. While a command waits, the reader is asked for patience again
// and again; vpcd's waits anyway. `input` (-1: none) is watched beside it.
enum wallet_card_event wallet_card_next(struct wallet_card *card, int input);
// The response that the reader waits for.
void wallet_card_answer(struct wallet_card *card, struct span response);

#endif
