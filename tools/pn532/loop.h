// The loop that connects the chip with its serial line and its card.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_LOOP_H
#define JUMIN_TOOLS_PN532_LOOP_H

#include <stdio.h>

#include "tools/pn532/card.h"
#include "tools/pn532/chip.h"
#include "tools/pn532/pty.h"

struct loop {
    struct pty pty;
    struct card card;
    struct chip chip;
    int signals; // ready: the loop ends
    FILE *trace; // NULL: none
};

int64_t loop_now(void);
// Runs until a signal comes. Says on standard output what happens. False: the system failed, errno says how.
bool loop_run(struct loop *loop);

// The port of the chip's card, with a struct loop as context.
void loop_send(void *context, enum link_type type, struct span payload);

#endif
