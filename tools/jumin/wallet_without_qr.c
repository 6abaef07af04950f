// In place of wallet_qr.c in a build without libzbar.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_command.h"

bool wallet_read_qr(const struct cli_arguments *arguments, const char *path, char text[WALLET_QR_TEXT])
{
    (void)text;
    (void)cli_fail(arguments, "%s: this build reads no pictures; give the code's text", path);
    return false;
}
