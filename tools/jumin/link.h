// The way to a card that the command line names: a PC/SC reader or an NFC device, with or without a record of
// all APDUs.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_LINK_H
#define JUMIN_TOOLS_LINK_H

#include "tools/jumin/cli.h"
#include <jumin/transport.h>
#include <stdio.h>

#define LINK_OPTIONS                                                                                         \
    {"reader", "NAME", "name of the PC/SC reader, or its beginning; any reader with a card unless given"},   \
        {"nfc", "CONNECTION", "libnfc's connection string of an NFC device, in place of a PC/SC reader"},    \
        {"nfc-extended", NULL, "with --nfc: extended length, by the program's own ISO 14443-4"},             \
        {"nfc-rate", "KBIT", "with --nfc: highest bit rate, 106 to 848; of device and card unless given"},   \
        {"wait", "SECONDS", "how long to wait for a card; 30 unless given"},                                 \
        {"trace", "FILE", "record all APDUs there, as they travel"}

struct jumin_nfc;

enum { LINK_READER_MAX = 256 };

struct link {
    struct jumin_pcsc *pcsc; // one of the two
    struct jumin_nfc *nfc;
    struct jumin_transport *transport;
    FILE *trace;
    char reader[LINK_READER_MAX]; // of PC/SC: where the card is
};

// The options that every command with a card takes, before anything is done.
bool link_check(const struct cli_arguments *arguments);
// Waits for a card and opens the transport to it. False: said so on stderr. link_close in every case.
bool link_open(const struct cli_arguments *arguments, struct link *link);
void link_close(struct link *link);
// Behind an error of what was found there: says which reader that was, when nobody has chosen among several
// with a card.
void link_advise(const struct cli_arguments *arguments, const struct link *link);
// Waits until the card is back after it left.
bool link_wait_again(const struct cli_arguments *arguments, struct link *link);

#endif
