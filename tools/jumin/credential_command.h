// The mobile credential at the counter.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_CREDENTIAL_COMMAND_H
#define JUMIN_TOOLS_CREDENTIAL_COMMAND_H

#include "tools/jumin/records.h"

extern const struct cli_command station_offer_command, station_credential_command, station_revoke_command,
    station_reissue_command;

// Says what the records know of it; by its own number, or an application's.
enum cli_exit credential_show(const struct cli_arguments *arguments, const struct records *records,
                              const char *number);

#endif
