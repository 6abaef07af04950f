// The wallet of a command: its file, its passphrase, and its way to issuers.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_WALLET_SESSION_H
#define JUMIN_TOOLS_WALLET_SESSION_H

#include "tools/jumin/home.h"
#include "tools/jumin/token.h"
#include <jumin/http.h>
#include <jumin/wallet.h>

#define WALLET_OPTIONS                                                                                       \
    {"wallet", "FILE", "the wallet; `wallet` in the home unless given"}, HOME_OPTION, PASSPHRASE_OPTION,     \
        TOKEN_PIN_OPTION
#define WALLET_NETWORK_OPTIONS                                                                               \
    {"allow-http", NULL, "issuers' URLs may begin with http://: for a server on this machine"},              \
        {"authorities", "FILE", "who may vouch for servers, in PEM; whom the system believes unless given"}

struct wallet_session {
    struct jumin_wallet *wallet;
    struct jumin_http *http;
    struct token_access tokens;
};

// Opens the wallet, with the network where `online`. False: said so on stderr. wallet_session_close in every
// case.
bool wallet_session_open(const struct cli_arguments *arguments, bool online, struct wallet_session *session);
// Makes the file, and its keys in a token where --token says so.
bool wallet_session_create(const struct cli_arguments *arguments, struct wallet_session *session);
void wallet_session_close(struct wallet_session *session);
// Says what failed, in the wallet's words.
enum cli_exit wallet_session_failed(const struct cli_arguments *arguments,
                                    const struct wallet_session *session, enum jumin_error error);

#endif
