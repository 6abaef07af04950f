// `jumin card pin` as an office uses it: with a terminal's certificate in place of the holder's passwords.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PIN_OFFICE_H
#define JUMIN_TOOLS_PIN_OFFICE_H

#include "tools/jumin/eid_session.h"

#define PIN_OFFICE_OPTIONS TERMINAL_OPTIONS, TRUST_OPTION

// Sets a new PIN, or the CAN with --new-can.
enum cli_exit pin_office_change(const struct cli_arguments *arguments);
enum cli_exit pin_office_unblock(const struct cli_arguments *arguments);

extern const struct cli_command pin_activate_command;
extern const struct cli_command pin_deactivate_command;

#endif
