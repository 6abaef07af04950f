// The simulator's loop: cards, their timers, and who commands it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SIM_LOOP_H
#define JUMIN_TOOLS_SIM_LOOP_H

#include "tools/jumin/sim_control.h"

enum { SIM_CARDS_MAX = 16 };

// Listens for commands at `path` (mode 0600; what a simulator that died left there is replaced). -1: errno
// says why.
int sim_control_listen(const char *path);

// From now on SIGINT, SIGTERM and SIGHUP do not end the process, but the loop. A descriptor for sim_loop_run;
// -1: errno says why.
int sim_catch_signals(void);

// Serves the cards until "quit" or one of these signals. Commands come over `listener` (-1: none) and from
// standard input; what standard input asks is answered on standard output. False: the system failed.
// `hand` may put another card in the place of one.
bool sim_loop_run(struct sim_card *const *cards, size_t count, const struct sim_hand *hand, int listener,
                  int signals);

#endif
