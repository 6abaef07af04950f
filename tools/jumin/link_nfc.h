// The way to a card through an NFC device that the command line names, in a program that has libnfc.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_LINK_NFC_H
#define JUMIN_TOOLS_LINK_NFC_H

#include "tools/jumin/link.h"

#define NFC_READERS_OPTIONS                                                                                  \
    {"nfc", "CONNECTION", "show this NFC device in place of the PC/SC readers"},                             \
        {"nfc-devices", NULL, "show the NFC devices that libnfc finds by itself"}

// Whether the options for NFC fit each other and this program.
bool link_nfc_check(const struct cli_arguments *arguments);
// The device that --nfc names. False: said so on stderr.
bool link_nfc_new(const struct cli_arguments *arguments, struct link *link);
// As jumin_nfc_wait_card; `*detail` says more about a failure.
enum jumin_error link_nfc_wait(const struct link *link, int milliseconds, const char **detail);
// The transport, as the options want it.
enum jumin_error link_nfc_open(const struct cli_arguments *arguments, struct link *link);
void link_nfc_free(struct link *link);

// `jumin readers` for NFC devices.
enum cli_exit link_nfc_readers(const struct cli_arguments *arguments);

#endif
