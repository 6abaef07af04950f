// The programs pn532 and jumin sim, running, and libnfc in front of them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_NFC_CHIP_STAGE_H
#define JUMIN_TESTS_NFC_CHIP_STAGE_H

#include <nfc/nfc.h>
#include <stdio.h>
#include <sys/types.h>

#include "tests/unit/unit.h"

enum { CHIP_PATH_MAX = 200, CHIP_PATIENCE_MS = 20000, CHIP_ANSWER_MAX = 300 };

struct chip_stage {
    char folder[CHIP_PATH_MAX];
    char line[CHIP_PATH_MAX]; // the serial line's name
    char socket[CHIP_PATH_MAX], card[CHIP_PATH_MAX];
    pid_t chip, simulator;
    FILE *events;              // what the chip says
    FILE *orders, *order_done; // commands to the simulator, and its answers
    nfc_context *context;
    nfc_device *device; // NULL: closed
    uint8_t answer[CHIP_ANSWER_MAX];
    int length; // of the answer, or libnfc's error
};

// Makes a folder with a blank card, and starts the chip for a card of type "A" or "B" with that card on it.
void chip_stage_start(struct chip_stage *stage, const char *type);
void chip_stage_stop(struct chip_stage *stage);

// Ends the chip alone, and starts another one for the same card.
void chip_stage_end_chip(struct chip_stage *stage);
void chip_stage_start_chip(struct chip_stage *stage, const char *type);

// Reads what the chip says up to this line.
void chip_stage_await(struct chip_stage *stage, const char *event);
// One command to the simulator, which does as it is told.
void chip_stage_order(struct chip_stage *stage, const char *order);

// libnfc's way: opens the chip as an initiator that does not search forever; and closes it.
void chip_stage_open(struct chip_stage *stage);
void chip_stage_close(struct chip_stage *stage);
// Number of cards found.
int chip_stage_select(struct chip_stage *stage, nfc_modulation_type type, nfc_baud_rate rate,
                      nfc_target *target);
// Sends `command` in hexadecimal. Length of the answer, or libnfc's error.
int chip_stage_transceive(struct chip_stage *stage, const char *command, int timeout_ms);
// … to the card's main application, which answers 9000.
void chip_stage_assert_card_answers(struct chip_stage *stage);

#endif
