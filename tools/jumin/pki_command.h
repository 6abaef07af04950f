// `jumin pki`: making and showing the issuer's keys and certificates.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PKI_COMMAND_H
#define JUMIN_TOOLS_PKI_COMMAND_H

#include "tools/jumin/cli.h"

extern const struct cli_command pki_init_command;

#endif
