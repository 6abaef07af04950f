// `jumin sim`: simulated cards.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SIM_COMMAND_H
#define JUMIN_TOOLS_SIM_COMMAND_H

#include "tools/jumin/cli.h"

extern const struct cli_command sim_command, sim_feed_command;

#endif
