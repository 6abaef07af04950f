// Commands to the running simulator: a line each, answered by a line.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SIM_CONTROL_H
#define JUMIN_TOOLS_SIM_CONTROL_H

#include "tools/jumin/sim_card.h"

enum { SIM_ANSWER_MAX = 8192 };

// Does what `line` says and writes the answer, "ok …" or "error …" and a newline. False: it was "quit".
bool sim_control_run(struct sim_card *const *cards, size_t count, const char *line,
                     char answer[SIM_ANSWER_MAX]);

#endif
