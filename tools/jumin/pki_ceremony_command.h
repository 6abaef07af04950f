// `jumin pki ceremony`, `jumin pki ds`, `jumin pki crl`: work with the CSCA's key.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PKI_CEREMONY_COMMAND_H
#define JUMIN_TOOLS_PKI_CEREMONY_COMMAND_H

#include "tools/jumin/pki_authority.h"

extern const struct cli_command pki_ceremony_begin_command, pki_ceremony_reshare_command,
    pki_ceremony_activate_command, pki_ceremony_verify_command;
extern const struct cli_command pki_ds_rotate_command, pki_ds_list_command, pki_crl_issue_command;

// How a passphrase is dealt: to files, or on the terminal.
#define DEALING_OPTIONS                                                                                      \
    {"shares", "NUMBER", "how many custodians there are, 2 to 16; 5 unless given"},                          \
        {"threshold", "NUMBER", "how many of them open the key, 2 or more; 3 unless given"},                 \
        {"custodian", "NAME", "who gets the share at the same place; as often as there are shares"},         \
        {"shares-folder", "FOLDER",                                                                          \
         "where each share gets a file of its own; shown on the terminal, one by one, unless given"},        \
        {"seal", NULL, "each share goes under a passphrase that its custodian types in"},                    \
        {"new-share-passphrase-file", "FILE",                                                                \
         "holds the passphrase of the new share at the same place; with --seal asked for unless given"}

struct dealing {
    const struct cli_arguments *arguments;
    struct jumin_deal deal;
    const char *custodians[JUMIN_SHARES_MAX];
    const char *folder;                          // NULL: the terminal
    char files[JUMIN_SHARES_MAX][HOME_PATH_MAX]; // those that were written
    size_t file_count;
};
// Whether the options make sense; says so else.
bool dealing_check(const struct cli_arguments *arguments);
// False: said so on stderr.
bool dealing_start(const struct cli_arguments *arguments, struct dealing *dealing);
// What was dealt: for JSON, and in words on stdout. Where the ceremony has failed, removes the files instead.
void dealing_end(struct dealing *dealing, bool done, json_t *answer);

#endif
