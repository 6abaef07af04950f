// `jumin pki cvca`, `jumin pki dv`, `jumin pki terminal`: certifying terminals, and showing what was
// certified.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_EAC_COMMAND_H
#define JUMIN_TOOLS_EAC_COMMAND_H

#include "tools/jumin/cli.h"
#include <jumin/eac_pki.h>

extern const struct cli_command pki_cvca_issue_command, pki_cvca_renew_command, pki_cvca_show_command;
extern const struct cli_command pki_dv_issue_command, pki_dv_renew_command, pki_dv_request_command,
    pki_dv_show_command;
extern const struct cli_command pki_terminal_issue_command, pki_terminal_renew_command,
    pki_terminal_request_command, pki_terminal_show_command, pki_sector_issue_command;

// The folder `eac` of the home, loaded. False: said so on stderr, and `*pki` is NULL.
bool eac_open(const struct cli_arguments *arguments, struct jumin_eac_pki **pki);
// The folder's keys may be in tokens, and new ones are made where --token says. False: said so on stderr.
bool eac_use_tokens(const struct cli_arguments *arguments, struct jumin_eac_pki *pki,
                    struct jumin_tokens *tokens);
// The option --type; authentication unless given. False: said so on stderr.
bool eac_type(const struct cli_arguments *arguments, enum jumin_terminal_type *type);
const char *eac_type_name(enum jumin_terminal_type type);
// For `jumin pki init`: CVCA and document verifier of terminals for authentication and inspection, where
// there is none yet; `tokens` NULL: their keys are in files. False: said so on stderr.
bool eac_init(const struct cli_arguments *arguments, const struct jumin_pki_options *options,
              struct jumin_tokens *tokens, const char *passphrase);

// What an eID data group holds, in words, for 1 to 22.
const char *eac_group_word(unsigned group);
// What a certificate says, for a person.
void eac_show(const struct jumin_eac_certificate *certificate);
// All certificates of a holder, for a person or in JSON.
void eac_show_holder(const struct jumin_eac_pki *pki, const char *holder, bool json);
// What a request says, for a person or in JSON. `file`: where it was written; may be NULL.
void eac_show_request(const struct jumin_eac_certificate_request *request, const char *file);
void eac_json_request(const struct jumin_eac_certificate_request *request, const char *file);

#endif
