// `jumin registry`: the log of what everybody may know about the issuer, and what verifiers check of it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_REGISTRY_COMMAND_H
#define JUMIN_TOOLS_REGISTRY_COMMAND_H

#include "tools/jumin/home.h"
#include "tools/jumin/token.h"
#include <jansson.h>
#include <jumin/registry.h>

extern const struct cli_command registry_add_command, registry_show_command, registry_head_command,
    registry_proof_command, registry_verify_command, registry_audit_command, registry_did_command;

#define REGISTRY_OPTION                                                                                      \
    {"registry", "URL", "the log: a file, or postgresql://…; registry.db in the home unless given"}

enum { REGISTRY_FILE_MAX = 1 << 20, REGISTRY_HEX = 2 * JUMIN_REGISTRY_KEY + 1 };

// Lower case, ended by a zero byte.
const char *registry_hex(const uint8_t *bytes, size_t n, char text[REGISTRY_HEX]);
// An entry without its content; the caller's.
json_t *registry_entry_json(const struct jumin_registry_entry *entry);
void registry_print_json(json_t *answer);

#endif
