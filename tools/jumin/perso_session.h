// Writing cards from the command line: the keys, the card on the reader, and waiting for one that left.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PERSO_SESSION_H
#define JUMIN_TOOLS_PERSO_SESSION_H

#include "tools/jumin/home.h"
#include "tools/jumin/link.h"
#include "tools/jumin/token.h"
#include <jumin/perso.h>

#define PERSO_OPTIONS                                                                                        \
    TOKEN_PIN_OPTION,                                                                                        \
        {"transport-key", "FILE",                                                                            \
         "master of the keys that the factory wrote; transport.key in the home unless given"},               \
        {"issuer-key", "FILE",                                                                               \
         "master of the keys that take their place; issuer.key in the home unless given"},                   \
        LINK_OPTIONS

// Beside it stands PASSPHRASE_OPTION, or RECORDS_OPTIONS, which have it.
struct perso_session {
    struct token_access access;
    struct jumin_master_key *transport_key, *issuer_key;
    struct jumin_pki *pki;
    struct link link;
    struct jumin_perso *perso;
};

// Loads the keys and waits for a card. False: said so on stderr. perso_session_close in every case.
bool perso_session_open(const struct cli_arguments *arguments, struct perso_session *session);
void perso_session_close(struct perso_session *session);
// Writes, locks and reads back; a card that leaves the reader is waited for. `locked` (may be NULL) is called
// once when the card has been locked, before it is read back; false from it ends the issue. False: said so on
// stderr, with the passwords of a card that may be locked.
bool perso_session_issue(const struct cli_arguments *arguments, struct perso_session *session,
                         struct jumin_order *order, bool (*locked)(void *context), void *context);
// The passwords and the MRZ, for whoever hands the card over.
void perso_session_report(const struct cli_arguments *arguments, const struct jumin_order *order);

#endif
