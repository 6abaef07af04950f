// Whom to believe: the option --trust, and the home's own CA.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_TRUST_H
#define JUMIN_TOOLS_TRUST_H

#include "tools/jumin/cli.h"
#include <jumin/verify.h>

#define TRUST_OPTION                                                                                         \
    {"trust", "PATH",                                                                                        \
     "CA certificates, revocation lists, master lists: a file or folder; the home's CA unless given"}

// Fills the store from --trust, or from the home where there is a CA. False: said so on stderr.
bool trust_add(const struct cli_arguments *arguments, struct jumin_trust *trust);

#endif
