// Writing cards from the command line: the keys, the card on the reader, and waiting for one that left.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PERSO_SESSION_H
#define JUMIN_TOOLS_PERSO_SESSION_H

#include "tools/jumin/home.h"
#include "tools/jumin/link.h"
#include "tools/jumin/token.h"
#include <jumin/perso.h>

#define READ_BACK_OPTION                                                                                     \
    {"terminal", "NAME",                                                                                     \
     "reads the eID application back (jumin pki terminal issue NAME --right read-back); the terminal "       \
     "station unless given, where the home has one"}
#define PERSO_OPTIONS                                                                                        \
    TOKEN_PIN_OPTION, READ_BACK_OPTION,                                                                      \
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
    char passphrase[PASSPHRASE_MAX]; // of the terminals' keys, too
    bool told;                       // that no terminal reads back
    struct link link;
    struct jumin_perso *perso;
};

// Loads the keys and waits for a card. False: said so on stderr. perso_session_close in every case.
bool perso_session_open(const struct cli_arguments *arguments, struct perso_session *session);
void perso_session_close(struct perso_session *session);
// The same in two steps, for whoever has several readers: the keys (perso_session_close), and a handle that
// writes cards through a transport (jumin_perso_free; also after a failure). False: said so on stderr.
bool perso_session_keys(const struct cli_arguments *arguments, struct perso_session *session);
bool perso_session_open_on(const struct cli_arguments *arguments, struct perso_session *keys,
                           struct jumin_transport *transport, struct jumin_perso **perso);
// How a card is written: with records or without.
struct perso_writer {
    enum jumin_error (*write)(void *context, struct jumin_perso *perso, struct jumin_order *order);
    const char *(*detail)(void *context, const struct jumin_perso *perso); // on its last failure
    // Nothing more is tried: what is to be said of the card.
    void (*stopped)(void *context, const struct cli_arguments *arguments, const struct jumin_order *order);
    void *context;
};
// Has the card written, locked and read back; one that leaves the reader is waited for. False: said so on
// stderr.
bool perso_session_issue(const struct cli_arguments *arguments, struct perso_session *session,
                         struct jumin_order *order, const struct perso_writer *writer);
// On stderr: a card that was locked has its passwords, whatever came after; nobody could find random ones
// again. PIN and PUK that are in a letter are not told.
void perso_session_tell_passwords(const struct cli_arguments *arguments, const struct jumin_order *order);
// MRZ and CAN; PIN and PUK; for whoever hands the card over.
void perso_session_report(const struct jumin_order *order);
void perso_session_report_passwords(const struct jumin_order *order);
// All of them, or without PIN and PUK; with the application's number (NULL: there is none).
void perso_session_report_json(const char *number, const struct jumin_order *order, bool with_passwords);

#endif
