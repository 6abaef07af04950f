// `jumin card`: tapping a card.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_CARD_COMMAND_H
#define JUMIN_TOOLS_CARD_COMMAND_H

#include "tools/jumin/cli.h"

extern const struct cli_command card_info_command, card_read_command, card_verify_command;

#endif
