// The holder at the command line: sees what a request would disclose, and says yes or no.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_WALLET_HOLDER_H
#define JUMIN_TOOLS_WALLET_HOLDER_H

#include "tools/jumin/cli.h"
#include <jumin/wallet.h>

#define WALLET_HOLDER_OPTIONS                                                                                \
    {"approve", "PURPOSE",                                                                                   \
     "show without a question what a known venue asks for age, adult, identity or address; may be "          \
     "repeated"},                                                                                            \
        {"yes", NULL, "show without a question whatever may be shown"}

struct wallet_holder {
    const struct cli_arguments *arguments;
    int cancel; // when there is something to read on it, nobody waits for the answer any more; -1: none
    char *json; // what was asked for last (jumin_wallet_disclosure_json); NULL: nothing was
};

// For the command's own check: whether --approve names purposes.
bool wallet_holder_check(const struct cli_arguments *arguments);
// What is asked stands on standard output (not with --json, whose answer is the command's), and at the
// terminal where the holder must see it to say yes. Without a terminal the answer is no, and stderr says what
// to do.
struct jumin_wallet_holder wallet_holder_of(struct wallet_holder *holder);
// The first half of it alone: writes what is asked, and keeps `json`.
void wallet_holder_show(struct wallet_holder *holder, const struct jumin_wallet_disclosure *what);
// Wipes it.
void wallet_holder_release(struct wallet_holder *holder);

#endif
