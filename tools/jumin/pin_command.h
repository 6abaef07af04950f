// `jumin card pin`: the holder's PIN.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PIN_COMMAND_H
#define JUMIN_TOOLS_PIN_COMMAND_H

#include "tools/jumin/secret.h"

extern const struct cli_command pin_status_command;
extern const struct cli_command pin_change_command;
extern const struct cli_command pin_resume_command;
extern const struct cli_command pin_unblock_command;

// The PIN to be.
extern const struct secret_source pin_new;

#endif
