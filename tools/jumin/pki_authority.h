// What the commands that work with the CSCA's key have in common: who opens it, who watches, what is said
// after it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PKI_AUTHORITY_H
#define JUMIN_TOOLS_PKI_AUTHORITY_H

#include "tools/jumin/home.h"
#include <jansson.h>
#include <jumin/ceremony.h>

enum { AUTHORITY_WITNESSES = 16 };

#define WITNESS_OPTION {"witness", "NAME", "who watches, for the record; may be repeated"}
#define AUTHORITY_OPTIONS                                                                                    \
    {"share", "FILE", "a custodian's share; repeated until there are enough; typed in unless given"},        \
        {"share-passphrase-file", "FILE",                                                                    \
         "holds the passphrase of the share at the same place; asked for unless given"},                     \
        {"csca-passphrase-file", "FILE",                                                                     \
         "holds the passphrase of the CSCA's key where it is not shared; that of the keys unless given"},    \
        WITNESS_OPTION, HOME_OPTION, PASSPHRASE_OPTION

// The time, the program and the witnesses; `witnesses` has room for them. False: said so on stderr.
bool authority_ceremony(const struct cli_arguments *arguments, const char *witnesses[AUTHORITY_WITNESSES],
                        struct jumin_ceremony *ceremony);
// The folder pki of the home, nothing loaded. False: said so on stderr.
bool authority_folder(const struct cli_arguments *arguments, struct jumin_pki **pki);
// Loads the CSCA's key: by the shares that are given or typed in, or by its passphrase. `passphrase` is that
// of the other keys, NULL: not asked for yet. False: said so on stderr.
bool authority_open(const struct cli_arguments *arguments, struct jumin_pki *pki, const char *passphrase);
// After an operation: releases the handle, checks the whole record once more, and tells its head. `answer` is
// what else --json has, and is taken over.
enum cli_exit authority_end(const struct cli_arguments *arguments, struct jumin_pki *pki,
                            enum jumin_error error, const char *done, json_t *answer);
// Says on stderr that the signer must be rotated soon.
void authority_warn_signer(struct jumin_pki *pki);
// "2026-11-02 00:00:00 UTC"
enum { AUTHORITY_TIME = 32 };
void authority_time(int64_t seconds, char text[AUTHORITY_TIME]);

#endif
