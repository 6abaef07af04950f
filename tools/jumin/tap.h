// A tap as the command line asks for it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_TAP_H
#define JUMIN_TOOLS_TAP_H

#include "tools/jumin/link.h"
#include <jumin/reader.h>

#define PASSWORD_OPTIONS                                                                                     \
    {"can", "DIGITS", "the card access number printed on the card; a suspended PIN takes it beside"},        \
        {"mrz", "TEXT", "the machine readable zone, in place of the CAN"},                                   \
        {"pin", "DIGITS", "the PIN, in place of the CAN, for everybody to see who lists processes"},         \
        {"pin-file", "FILE", "holds the PIN in its first line; - is the next line of standard input"}
#define PACE_OPTIONS                                                                                         \
    {"pace", "VARIANT", "GM, IM or CAM; the best that the card offers unless given"},                        \
        {"key-bits", "BITS", "128, 192 or 256; the longest that the card offers unless given"},              \
        {"cipher", "NAME", "AES, ARIA or 3DES; the longest key, then AES, unless given"},                    \
        {"short", NULL, "short APDUs only"}
#define READING_OPTIONS                                                                                      \
    PACE_OPTIONS,                                                                                            \
        {"bac", NULL, "Basic Access Control for a document of others that offers no PACE; takes --mrz"},     \
        {"bac-always", NULL, "Basic Access Control in place of PACE; takes --mrz"}

struct tap {
    struct link link;
    struct jumin_reader *reader;
    struct jumin_document *document;
};

// Everything that can be wrong without a card, before one is waited for.
bool tap_check(const struct cli_arguments *arguments);
// The same without the password, for commands that have it from elsewhere.
bool tap_check_options(const struct cli_arguments *arguments);
// The cipher that --cipher names, JUMIN_CIPHER_ANY without; false: said so on stderr.
bool tap_cipher(const struct cli_arguments *arguments, enum jumin_cipher *cipher);
// Waits for a card. False: said so on stderr. tap_close in every case.
bool tap_open(const struct cli_arguments *arguments, struct tap *tap);
// tap_open, and a reader with the password and the options that were given; `pin`, where it is not NULL, is
// the PIN that they have named.
bool tap_prepare(const struct cli_arguments *arguments, struct tap *tap, const char *pin);
// tap_prepare, then the whole read; a card that leaves is waited for.
bool tap_read(const struct cli_arguments *arguments, struct tap *tap);
void tap_close(struct tap *tap);

#endif
