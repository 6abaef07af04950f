// `jumin readers` and `jumin apdu`: what is there, and talking to it by hand.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_READER_COMMAND_H
#define JUMIN_TOOLS_READER_COMMAND_H

#include "tools/jumin/cli.h"

extern const struct cli_command readers_command, apdu_command;

#endif
