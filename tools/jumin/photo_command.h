// `jumin station photo`: what a photo is like, and what of it would stand on a card.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PHOTO_COMMAND_H
#define JUMIN_TOOLS_PHOTO_COMMAND_H

#include "tools/jumin/cli.h"
#include <jumin/perso.h>

extern const struct cli_command station_photo_command;

// Gives the order the photo in this file. False: said so on stderr.
bool photo_set(const struct cli_arguments *arguments, const char *path, struct jumin_order *order);

#endif
