// A session in the eID application as the command line asks for it: terminal, trust, card.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_EID_SESSION_H
#define JUMIN_TOOLS_EID_SESSION_H

#include "tools/jumin/home.h"
#include "tools/jumin/tap.h"
#include "tools/jumin/trust.h"
#include <jumin/eid.h>

#define TERMINAL_OPTIONS                                                                                     \
    {"terminal", "CERT",                                                                                     \
     "the terminal's certificates, FILE.cvc with its key in FILE.key beside; or its name in the home"},      \
        HOME_OPTION, PASSPHRASE_OPTION

struct eid_session {
    struct tap tap;
    struct jumin_trust *trust;
    struct jumin_terminal *terminal;
    struct jumin_terminal_certificate certificate;
    struct jumin_eid *eid;
};

// Everything that can be wrong without a card.
bool eid_session_check(const struct cli_arguments *arguments);
bool eid_session_check_terminal(const struct cli_arguments *arguments); // of the terminal alone
// The terminal and whom it trusts, into a session that is all zero. False: said so on stderr, here and below.
// eid_session_close in every case.
bool eid_session_prepare(const struct cli_arguments *arguments, struct eid_session *session);
// Waits for a card and opens the application. Terminal, trust and time of the request are filled in.
bool eid_session_open(const struct cli_arguments *arguments, struct eid_session *session,
                      struct jumin_eid_request *request);
void eid_session_close(struct eid_session *session);

#endif
