// `jumin station profile`: what kinds of cards a station writes.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PROFILE_COMMAND_H
#define JUMIN_TOOLS_PROFILE_COMMAND_H

#include "tools/jumin/cli.h"
#include <jumin/perso.h>

extern const struct cli_command station_profile_list_command;
extern const struct cli_command station_profile_show_command;

// Gives the order the profile that is called so, or stands in a file of that name; NULL: the usual one.
// False: said so on stderr.
bool profile_set(const struct cli_arguments *arguments, const char *name, struct jumin_order *order);

#endif
