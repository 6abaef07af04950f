// What `jumin serve` opens to issue: records, signers, registry, whom it trusts.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SERVE_ISSUING_H
#define JUMIN_TOOLS_SERVE_ISSUING_H

#include "tools/jumin/mobile_pki_command.h"
#include "tools/jumin/records.h"
#include <jumin/server.h>

#define SERVE_ISSUING_OPTIONS                                                                                \
    {"base-url", "URL", "issues the mobile credential: the server's address as phones reach it, https://…"}, \
        {"db", "URL", "the records: a file, or postgresql://…; station.db in the home unless given"},        \
        {"db-wait", "SECONDS", "how long a server that does not answer is waited for; 30 unless given"},     \
        {"registry", "URL", "the log: a file, or postgresql://…; registry.db in the home unless given"},     \
        {"wallets", "FILE", "roots of wallet providers in PEM; key attestations are looked at"},             \
        {"attested-only", NULL, "keys without an attestation are refused; needs --wallets"},                 \
        {"unattested-face", NULL,                                                                            \
         "for trials: faces that the scheme asks for count though any program may say so"},                  \
        {"batch", "COUNT", "copies of a credential that a phone may ask for at once; 10 unless given"},      \
        {"loss-secret", "FILE", "holds what the call centre sends to /loss, 16 characters or more"},         \
        {"status-period", "SECONDS", "between two publications of the status lists; 10 unless given"},       \
        {"key-storage", "LEVEL", "what attestations must say at least: iso_18045_moderate, say"},            \
        {"user-authentication", "LEVEL", "the same of what unlocks the keys"}, SCHEME_OPTION,                \
        TOKEN_PIN_OPTION

struct serve_issuing {
    struct jumin_server_issuing options;
    struct records *records; // never moved: each has its handle's context
    struct jumin_station **stations;
    struct jumin_registry **registries;
    size_t count;
    struct mobile_folder folder;
    struct jumin_trust *wallets;
    char loss_secret[PASSPHRASE_MAX];
};

// What the command line alone can say.
bool serve_issuing_check(const struct cli_arguments *arguments);
// Opens it all for so many workers, into what is all zero. False: said so on stderr. serve_issuing_close in
// every case, behind the server.
bool serve_issuing_open(const struct cli_arguments *arguments, size_t workers, struct serve_issuing *issuing);
void serve_issuing_close(struct serve_issuing *issuing);

#endif
