// `jumin pki iaca` and `jumin pki venue`: the certificates of the mobile credential.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_MOBILE_PKI_COMMAND_H
#define JUMIN_TOOLS_MOBILE_PKI_COMMAND_H

#include "tools/jumin/home.h"
#include "tools/jumin/token.h"
#include <jumin/mobile_pki.h>

extern const struct cli_command pki_iaca_init_command, pki_iaca_renew_command, pki_iaca_show_command,
    pki_iaca_revoke_command, pki_iaca_trust_list_command;
extern const struct cli_command pki_venue_issue_command, pki_venue_show_command, pki_venue_revoke_command;

// The folder `mobile` of the home.
struct mobile_folder {
    struct jumin_mobile_pki *pki;
    struct token_access access;
    char path[HOME_PATH_MAX];
    char passphrase[PASSPHRASE_MAX];
};

// Opens it, for work with its keys: with the passphrase, typed twice where `made`, and the tokens that keys
// may be in. mobile_folder_close ends it in every case. False: said so on stderr.
bool mobile_folder_open(const struct cli_arguments *arguments, bool made, struct mobile_folder *folder);
void mobile_folder_close(struct mobile_folder *folder);
// For commands that only show: no passphrase, no tokens.
bool mobile_folder_look(const struct cli_arguments *arguments, struct mobile_folder *folder);
// Tells what was done, in words or in JSON, or what failed; closes the folder.
enum cli_exit mobile_folder_end(const struct cli_arguments *arguments, struct mobile_folder *folder,
                                enum jumin_error error, const char *done);
// Certificates in words or in JSON.
void mobile_show(const struct cli_arguments *arguments, const struct jumin_mobile_certificate *certificates,
                 size_t count);
// Revokes in the list of that root what --serial names.
enum cli_exit mobile_revoke(const struct cli_arguments *arguments, enum jumin_mobile_key root);

#endif
