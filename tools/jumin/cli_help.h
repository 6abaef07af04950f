// Help, manual page and bash completion, written from the tables of the commands.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_CLI_HELP_H
#define JUMIN_TOOLS_CLI_HELP_H

#include "tools/jumin/cli.h"
#include <stdio.h>

// The commands that begin with `group`, "card pin "; all with "".
void cli_help_overview(FILE *out, const char *group);
void cli_help_command(FILE *out, const struct cli_command *command);

// `jumin manual` writes jumin.1 (mdoc); `jumin completion` writes a bash completion script.
extern const struct cli_command manual_command, completion_command;

#endif
