// Commands to the running simulator: a line each, answered by a line.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SIM_CONTROL_H
#define JUMIN_TOOLS_SIM_CONTROL_H

#include "tools/jumin/sim_card.h"

enum { SIM_ANSWER_MAX = 8192 };

// Who lays another card on a reader: card number `index` + 1 is taken away for good and the one in `path`
// takes its place; a blank one is made where there is no such file, or where `path` is NULL. False: `*reason`
// says why, and all is as it was.
struct sim_hand {
    bool (*next)(void *context, size_t index, const char *path, const char **reason);
    void *context;
};

// Does what `line` says and writes the answer, "ok …" or "error …" and a newline. False: it was "quit".
bool sim_control_run(struct sim_card *const *cards, size_t count, const struct sim_hand *hand,
                     const char *line, char answer[SIM_ANSWER_MAX]);

#endif
