// `jumin station policy`: the scheme's rules, and decisions by them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_POLICY_COMMAND_H
#define JUMIN_TOOLS_POLICY_COMMAND_H

#include "tools/jumin/cli.h"
#include <jansson.h>
#include <jumin/policy.h>

#define SCHEME_OPTION                                                                                        \
    {"scheme", "FILE", "the scheme's rules, in JSON (scheme.schema.json); the built-in ones unless given"}

// The policy that --scheme names, or the one that is built in; the caller's (jumin_policy_free). NULL: said
// so on stderr.
struct jumin_policy *policy_open(const struct cli_arguments *arguments);

// Every rule with its reason, in JSON (the caller's) and for a person.
json_t *policy_decision_json(const struct jumin_decision *decision);
void policy_show_decision(const struct jumin_decision *decision);

extern const struct cli_command station_policy_show_command, station_policy_check_command;

#endif
