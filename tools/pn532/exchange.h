// The chip's side of ISO-DEP: one exchange at a time with the card in the field (ISO 14443-4 §7).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_EXCHANGE_H
#define JUMIN_TOOLS_PN532_EXCHANGE_H

#include "tools/pn532/picc.h"

enum exchange_state {
    EXCHANGE_IDLE,
    EXCHANGE_RUNNING,
    EXCHANGE_DONE,
    EXCHANGE_TIMEOUT,  // the card is silent
    EXCHANGE_PROTOCOL, // it answers, but not as it must
};

enum { EXCHANGE_COMMAND_MAX = 262 };

struct exchange {
    struct iso_dep dep;
    enum exchange_state state;
    enum picc_type type;
    unsigned dri, dsi;
    bool wanted; // somebody waits for the result
    bool waiting, heard;
    int64_t deadline;
    struct rf_frame out;
    uint8_t command[EXCHANGE_COMMAND_MAX];
    uint8_t response[APDU_RESPONSE_MAX];
    struct span rest; // of the response, that nobody fetched yet
};

// The card was activated.
void exchange_open(struct exchange *exchange, enum picc_type type, const struct iso_dep_link *link);

// Each begins an exchange; exchange_run moves it on, until the state is no longer EXCHANGE_RUNNING. The
// command is copied.
void exchange_command(struct exchange *exchange, struct span command);
void exchange_presence(struct exchange *exchange);
void exchange_deselect(struct exchange *exchange);
// Nobody waits for it any more. It goes on by itself, so that card and chip stay in step, and its result is
// dropped.
void exchange_abandon(struct exchange *exchange);
void exchange_run(struct exchange *exchange, struct picc *picc, int64_t now);

#endif
