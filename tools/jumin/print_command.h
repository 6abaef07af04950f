// A command that prints: it gets a PDF on its standard input.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PRINT_COMMAND_H
#define JUMIN_TOOLS_PRINT_COMMAND_H

#include "tools/jumin/cli.h"
#include <stdint.h>

// Runs `command` by the shell and waits for it; exit status 0 is: printed. What it says goes to standard
// error. False: said so.
bool print_command(const struct cli_arguments *arguments, const char *command, const uint8_t *pdf, size_t n);

#endif
