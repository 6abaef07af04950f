// `jumin station key`: what protects the master keys, and putting them under a passphrase or into a token.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_KEY_COMMAND_H
#define JUMIN_TOOLS_KEY_COMMAND_H

#include "tools/jumin/cli.h"

extern const struct cli_command station_key_show_command, station_key_protect_command;

#endif
