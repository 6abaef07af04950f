// The way to a card through an NFC device, in a program without libnfc: there is none.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/link_nfc.h"

bool link_nfc_check(const struct cli_arguments *arguments)
{
    return (!cli_has(arguments, "nfc") && !cli_has(arguments, "nfc-devices")) ||
           cli_misused(arguments, "this program was built without libnfc");
}

bool link_nfc_new(const struct cli_arguments *arguments, struct link *link)
{
    (void)link;
    return link_nfc_check(arguments);
}

enum jumin_error link_nfc_wait(const struct link *link, int milliseconds, const char **detail)
{
    (void)link;
    (void)milliseconds;
    *detail = "";
    return JUMIN_ERROR_NO_READER;
}

enum jumin_error link_nfc_open(const struct cli_arguments *arguments, struct link *link)
{
    (void)arguments;
    (void)link;
    return JUMIN_ERROR_NO_READER;
}

void link_nfc_free(struct link *link)
{
    (void)link;
}

enum cli_exit link_nfc_readers(const struct cli_arguments *arguments)
{
    (void)link_nfc_check(arguments);
    return CLI_USAGE;
}
