// A libnfc with one device and one card, both told what to do by the test.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_NFC_FAKE_LIBNFC_H
#define JUMIN_TESTS_NFC_FAKE_LIBNFC_H

#include <nfc/nfc.h>
#include <stdbool.h>

#include "host/nfc/iso_dep.h"

enum { FAKE_APDU_MAX = 70000 };

struct fake_card {
    bool there;
    char type; // 'A', 'B'
    bool iso_dep;
    uint8_t rates; // TA(1), or the same in ATQB
    uint8_t fwi, sfgi;
    bool refuses_rate; // answers no PPS, although it said that it would
};

struct fake_libnfc {
    // What the world does
    bool device_there, starts, select_times_out;
    struct fake_card card;
    uint8_t response[FAKE_APDU_MAX];
    size_t response_length;
    unsigned waits;        // S(WTX) before the response; UINT_MAX: for ever
    unsigned lost_frames;  // of the next raw ones
    unsigned loss_takes;   // milliseconds that the chip waits for each of them
    int next_code;         // of the next exchange; 0: all is well
    bool leaves;           // the card leaves at the next exchange
    unsigned looks_before; // that still find no card

    // What libnfc is
    unsigned contexts, contexts_made, opens, closes, inits, fields_off, presence_checks, exchanges;
    bool open, field, infinite, easy, auto_dep, active;
    nfc_baud_rate rate;
    int timeout_com, last_timeout;
    uint8_t command[FAKE_APDU_MAX]; // that reached the card last
    size_t command_length;
    struct iso_dep picc;
    uint8_t gathered[FAKE_APDU_MAX];
    bool activated; // RATS was spoken by the host

    // The clock, in nanoseconds; an exchange takes a millisecond.
    int64_t now, changed_at;             // … when the field went off or on, or ATS came
    int64_t field_pause, warm_up, guard; // field off; on before a search; ATS before the first block
};

extern struct fake_libnfc fake;
// A device with a type A card that answers 9000.
void fake_reset(void);

#endif
