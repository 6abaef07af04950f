// `jumin card age` and `jumin card eid`: what a terminal learns from the eID application, and what it writes;
// `jumin card bind`: what the issuer's server does through a phone.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_EID_COMMAND_H
#define JUMIN_TOOLS_EID_COMMAND_H

#include "tools/jumin/cli.h"

extern const struct cli_command card_age_command, card_bind_command, card_eid_command;

#endif
