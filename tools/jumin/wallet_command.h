// `jumin wallet`: the phone's credentials.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_WALLET_COMMAND_H
#define JUMIN_TOOLS_WALLET_COMMAND_H

#include "tools/jumin/wallet_session.h"
#include <jansson.h>

extern const struct cli_command wallet_init_command, wallet_trust_command, wallet_list_command,
    wallet_show_command, wallet_history_command, wallet_remove_command;
extern const struct cli_command wallet_show_request_command, wallet_respond_command,
    wallet_counter_code_command;
extern const struct cli_command wallet_add_command, wallet_tap_command, wallet_refresh_command;
extern const struct cli_command wallet_present_command;

// All credentials, in words or in JSON.
void wallet_show_credentials(const struct cli_arguments *arguments, const struct jumin_wallet *wallet);

// The text of the QR code in a picture (PNG, JPEG). False: said so on stderr.
enum { WALLET_QR_TEXT = 4608 };
bool wallet_read_qr(const struct cli_arguments *arguments, const char *path, char text[WALLET_QR_TEXT]);

#endif
