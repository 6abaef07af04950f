// The readable trace of simulated cards: what they were told under secure messaging, and what they answered.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SIM_TRACE_H
#define JUMIN_TOOLS_SIM_TRACE_H

#include <stdio.h>

#include "card/port/port.h"

// Of one card; both functions of its observer get it as context.
struct sim_trace {
    FILE *file; // NULL: no trace
    unsigned card;
    int64_t started_ns; // of the simulator
};

int64_t sim_now_ns(void);

// Command and response of the card, once secure messaging is off. Data that may hold keys or passwords is
// only counted.
struct card_observer sim_trace_observer(struct sim_trace *trace);
// A line on what happens to the card: "inserted", "the answer is held back for 250 ms".
__attribute__((format(printf, 2, 3))) void sim_trace_event(const struct sim_trace *trace, const char *format,
                                                           ...);

#endif
