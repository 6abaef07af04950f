// The issuer's server: binds phones to cards and issues the mobile credential to them, over HTTP.
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_server_start(&server, &options, detail);
//     …wait for a signal…
//     jumin_server_drain(server, 30);
//     jumin_server_free(server);
//
// POST /binding (<jumin/binding.h>, a message a request, application/cbor), GET /health, GET /metrics. Where
// it issues, too: OpenID4VCI 1.0, GET /status/NUMBER (Token Status List), GET /registry/…, did:web.
#ifndef JUMIN_SERVER_H
#define JUMIN_SERVER_H

#include <jumin/binding.h>
#include <jumin/mobile_pki.h>
#include <jumin/registry.h>
#include <jumin/station.h>

enum { JUMIN_SERVER_DETAIL = 256 };

struct jumin_server;

// What the mobile credential is issued with.
struct jumin_server_issuing {
    const char *base_url; // as phones reach it: https://…, without a slash at its end
    // Handles of the same records on which nobody has logged in, with a policy each: one for each worker, and
    // one more for what is done without being asked.
    struct jumin_station *const *stations;
    size_t station_count;
    struct jumin_mobile_pki *pki;      // its folder has the signers
    const char *passphrase;            // of their keys; not used after the start
    const struct jumin_trust *wallets; // roots of wallet providers; NULL: no attestation is looked at
    // Keys without an attestation are refused. That of a device key must have an exp, 400 days after its iat
    // at most.
    bool attestation_required;
    // Where the scheme asks for the holder's face after a tap, what a wallet says of it counts though wallets
    // need not be attested: for trials, since anybody's program can say so.
    bool unattested_face;
    unsigned batch;          // copies that a request may ask for; 0: ten
    const char *loss_secret; // that the call centre sends, 16 bytes or more; NULL: it has no end here
    unsigned status_period;  // seconds between two publications of the status lists; 0: ten
    // The least that an attestation must say of keys and of who unlocks them: "iso_18045_moderate"; NULL:
    // nothing.
    const char *key_storage, *user_authentication;
    // With their key, as many as the stations. NULL: there is no registry.
    struct jumin_registry *const *registries;
};

// What pointers lead to must outlive the server.
struct jumin_server_options {
    const char *address;     // numeric, "127.0.0.1" or "::"; NULL: 127.0.0.1
    uint16_t port;           // 0: any free one
    const char *certificate; // PEM files, chain and key: TLS; both NULL: none
    const char *key;
    bool behind_proxy; // X-Forwarded-For and X-Forwarded-Proto are believed
    unsigned workers;  // threads; 0: two
    bool unlimited;    // no limits of rate, for benches
    // How phones are bound; without a `terminal` they are not. `terminal` is lent to one request at a time;
    // `time` is not used. Where the server issues, `chip_security` must be set: it tells which card it is.
    struct jumin_authenticator_options binding;
    const struct jumin_server_issuing *issuing; // NULL: it binds alone
    // A card has bound a phone. May be NULL. From any of the server's threads, as the two below.
    void (*bound)(void *context, const struct jumin_binding *binding);
    // One line a request, without its end: nothing of who asked, or for what. May be NULL.
    void (*log)(void *context, const char *line);
    void *context;
};

// Listens, and serves until it is freed; the status lists are published before. `detail` says what went
// wrong.
// JUMIN_ERROR_INPUT, JUMIN_ERROR_FILE  address, certificate or key
// JUMIN_ERROR_LINK                     the port cannot be had
// JUMIN_ERROR_ARGUMENT                 an option, which is named
// JUMIN_ERROR_DATABASE                 the records do not answer
JUMIN_EXPORT enum jumin_error jumin_server_start(struct jumin_server **server,
                                                 const struct jumin_server_options *options,
                                                 char detail[JUMIN_SERVER_DETAIL]);
JUMIN_EXPORT uint16_t jumin_server_port(const struct jumin_server *server);
// Accepts no further connection and answers what was asked, for so many seconds at most. True: all is
// answered.
JUMIN_EXPORT bool jumin_server_drain(struct jumin_server *server, unsigned seconds);
// NULL is allowed.
JUMIN_EXPORT void jumin_server_free(struct jumin_server *server);

#endif
