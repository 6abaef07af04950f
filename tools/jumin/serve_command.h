// `jumin serve`: the issuer's server.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SERVE_COMMAND_H
#define JUMIN_TOOLS_SERVE_COMMAND_H

#include "tools/jumin/cli.h"

extern const struct cli_command serve_command;

#endif
