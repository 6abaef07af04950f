// `jumin verify`: a mobile credential that is shown, checked.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_VERIFY_COMMAND_H
#define JUMIN_TOOLS_VERIFY_COMMAND_H

#include "tools/jumin/home.h"
#include <jumin/http.h>
#include <jumin/verifier.h>

extern const struct cli_command verify_command, verify_serve_command, verify_request_command;

// Whom a verifier trusts, what it has kept and how old that may be, and its clock.
#define VERIFIER_OPTIONS                                                                                     \
    {"trust-list", "FILE", "the signed trust list; mobile/trust-list.jwt of the home unless given"},         \
        {"anchor", "FILE",                                                                                   \
         "the root that signs trust lists, in PEM or DER; mobile/iaca.crt of the home unless given"},        \
        {"roots", "PATH",                                                                                    \
         "issuers' roots and revocation lists, a file or folder, in place of a trust list"},                 \
        {"cache", "FOLDER", "where status lists are kept; status-lists of the home unless given"},           \
        {"offline", NULL, "fetch nothing, and go by what is kept"},                                          \
        {"status-accept", "SECONDS", "how old a status list may be; 3600 unless given"},                     \
        {"status-warn", "SECONDS", "… with a warning; 86400 unless given; older ones are refused"},          \
        {"trust-accept", "SECONDS", "how old the trust list may be; 604800 unless given"},                   \
        {"trust-warn", "SECONDS", "… with a warning; 2592000 unless given"},                                 \
        {"require-revocation", NULL, "refuse where a revocation list is missing or out of date"},            \
        {"registry-key", "HEX", "the registry's public key, as `jumin registry head` shows it"},             \
        {"proof", "PATH",                                                                                    \
         "a proof that a signer or a status list is in the registry, or a folder of proofs; may be "         \
         "repeated"},                                                                                        \
        {"require-registry", NULL, "refuse signers about whom there is no proof"},                           \
        {"allow-http", NULL, "fetch over http://, too: from a server on this machine"},                      \
        {"authorities", "FILE", "who may vouch for servers, in PEM; whom the system believes unless given"}, \
        {"now", "SECONDS", "the time to go by, in seconds since 1970; the clock's unless given"}

struct verify_setup {
    struct jumin_verifier *verifier;
    struct jumin_trust *roots;
    struct jumin_http *http;
    struct jumin_verifier_network network;
    int64_t now;
    uint8_t *venue; // the key's file
    size_t venue_length;
};

// The options above, before anything is done.
bool verify_setup_check(const struct cli_arguments *arguments);
// False: said so on stderr. verify_setup_close in every case.
bool verify_setup_open(const struct cli_arguments *arguments, struct verify_setup *setup);
void verify_setup_close(struct verify_setup *setup);
// The trust list as it lies there now, of malloc. False: said so on stderr.
bool verify_setup_read_list(const struct cli_arguments *arguments, uint8_t **bytes, size_t *n);
// The venue's key of --venue, under the passphrase. False: said so on stderr.
bool verify_setup_key(const struct cli_arguments *arguments, struct verify_setup *setup);

// A counter's code, of --counter-code, or of --image where no venue asks for a purpose.
bool verify_counter_asked(const struct cli_arguments *arguments);
bool verify_counter_check(const struct cli_arguments *arguments);
enum cli_exit verify_counter(const struct cli_arguments *arguments, struct verify_setup *setup);

// How a finding, by its name, is marked in a list of checks; "?" for a name that is none.
const char *verify_mark(const char *finding);
// The verdict, readable or (--json) for programs. CLI_OK: it was accepted.
enum cli_exit verify_show(const struct cli_arguments *arguments,
                          const struct jumin_verification *verification);

#endif
