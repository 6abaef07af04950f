// `jumin registry`: the log of what everybody may know about the issuer, and what verifiers check of it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_REGISTRY_COMMAND_H
#define JUMIN_TOOLS_REGISTRY_COMMAND_H

#include "tools/jumin/home.h"
#include "tools/jumin/token.h"
#include <jansson.h>
#include <jumin/registry.h>

extern const struct cli_command registry_add_command, registry_show_command, registry_head_command,
    registry_proof_command, registry_verify_command, registry_fetch_command, registry_audit_command,
    registry_did_command, registry_chain_deploy_command, registry_chain_look_command;

#define REGISTRY_OPTION                                                                                      \
    {"registry", "URL", "the log: a file, or postgresql://…; registry.db in the home unless given"}

enum { REGISTRY_FILE_MAX = 1 << 20, REGISTRY_HEX = 2 * JUMIN_REGISTRY_KEY + 1 };

// The log of --registry. False: said so on stderr; `*registry` may be freed in every case.
bool registry_open(const struct cli_arguments *arguments, struct jumin_registry **registry);
// The same for who can wait: that its server does not answer is no failure (jumin_registry_is_away).
bool registry_open_soon(const struct cli_arguments *arguments, struct jumin_registry **registry);
// The registry's public key from --key. False: said so on stderr.
bool registry_take_key(const struct cli_arguments *arguments, uint8_t key[JUMIN_REGISTRY_KEY]);
// The head that was kept in the file of --head; `*token` (free) stays NULL where there is none yet. False:
// said so on stderr.
bool registry_read_head(const struct cli_arguments *arguments, char **token);
// To the file of --out, else to standard output. False: said so on stderr.
bool registry_put_text(const struct cli_arguments *arguments, const char *text);
// Says what went wrong, or nothing for JUMIN_OK, and frees the handle.
enum cli_exit registry_end(const struct cli_arguments *arguments, struct jumin_registry *registry,
                           enum jumin_error error);
// Lower case, ended by a zero byte.
const char *registry_hex(const uint8_t *bytes, size_t n, char text[REGISTRY_HEX]);
// An entry without its content; the caller's.
json_t *registry_entry_json(const struct jumin_registry_entry *entry);
void registry_print_json(json_t *answer);

#endif
