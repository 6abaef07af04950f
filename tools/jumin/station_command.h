// `jumin station`: what an officer does at the personalization station.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_STATION_COMMAND_H
#define JUMIN_TOOLS_STATION_COMMAND_H

#include "tools/jumin/cli.h"

extern const struct cli_command station_issue_command;

#endif
