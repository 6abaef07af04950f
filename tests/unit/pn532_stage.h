// The chip PN532 between a host and a card that the test plays.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_PN532_STAGE_H
#define JUMIN_TESTS_UNIT_PN532_STAGE_H

#include "tests/unit/unit.h"
#include "tools/pn532/chip.h"

enum { STAGE_REQUESTS = 16 };

// ISO 14443-4 §5.2: frames of 256 bytes, all bit rates, FWI 8 (77.3 ms), a CID; one historical byte.
#define STAGE_ATS "06 78 77 80 02 80"

struct pn532_stage {
    struct chip chip;
    int64_t now;
    bool card_is_mute; // commands are not answered
    uint8_t uid[10];   // the next one that the card shows
    size_t uid_length;
    uint8_t response[APDU_RESPONSE_MAX];
    size_t response_length;

    // What the card was asked.
    enum link_type requests[STAGE_REQUESTS];
    size_t request_count;
    uint8_t command[APDU_COMMAND_MAX];
    size_t command_length;
    bool selection_due, response_due;
};

// The UID begins with 08 00; of one card after another it is counted up.
void stage_start(struct pn532_stage *stage, enum picc_type type);
// The same with a card, and the first steps of a host: tries are finite, parameters 14.
void stage_start_with_card(struct pn532_stage *stage, enum picc_type type);
void stage_respond_with(struct pn532_stage *stage, const char *response);

// The card gives the answers that are due; those that are not wait for their call.
void stage_pump(struct pn532_stage *stage);
void stage_card_comes(struct pn532_stage *stage);
void stage_card_leaves(struct pn532_stage *stage);
void stage_card_says(struct pn532_stage *stage, enum link_type type, const char *payload);
void stage_time_passes(struct pn532_stage *stage, int64_t ms);

// Bytes of the host as they are; a command, in its frame.
void stage_host_sends(struct pn532_stage *stage, const char *bytes);
void stage_host_commands(struct pn532_stage *stage, const char *command);

// What the host got since the last time, is exactly this: bytes; ACK; ACK and answer; ACK and the error
// frame.
void assert_host_gets(struct pn532_stage *stage, const char *bytes);
void assert_waits(struct pn532_stage *stage, const char *command);
void assert_answer(struct pn532_stage *stage, const char *command, const char *answer);
void assert_syntax_error(struct pn532_stage *stage, const char *command);
// … an answer alone, to a command that had to wait.
void assert_late_answer(struct pn532_stage *stage, const char *answer);
// What the card was asked since the last time.
void assert_card_requests(struct pn532_stage *stage, size_t count, const enum link_type *requests);
void assert_card_command(struct pn532_stage *stage, const char *command);

#endif
