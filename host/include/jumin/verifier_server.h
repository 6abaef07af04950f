// A venue's own server for requests over the network (OpenID4VP 1.0), for who has none to put
// <jumin/verifier_remote.h> into.
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_verifier_server_start(&server, &options, detail);
//     …wait for a signal…
//     jumin_verifier_server_drain(server, 30);
//     jumin_verifier_server_free(server);
//
// POST /requests and GET /requests/HANDLE are the venue's own, with its secret as bearer token; GET and POST
// /request/ID and POST /response/ID are the wallets'; GET /health, GET /metrics (Prometheus).
#ifndef JUMIN_VERIFIER_SERVER_H
#define JUMIN_VERIFIER_SERVER_H

#include <jumin/verifier_remote.h>

struct jumin_verifier_server;

// What pointers lead to must outlive the server.
struct jumin_verifier_server_options {
    struct jumin_remote *remote; // with a secret: without one nobody opens requests here
    const char *address;         // numeric, "127.0.0.1" or "::"; NULL: 127.0.0.1
    uint16_t port;               // 0: any free one
    const char *certificate;     // PEM files, chain and key: TLS; both NULL: none
    const char *key;
    bool behind_proxy; // X-Forwarded-For and X-Forwarded-Proto are believed
    // Threads; 0: eight; two at least: one stays free while answers wait for a status list to be fetched (503
    // to those for which there is no room).
    unsigned workers;
    bool unlimited; // no limits of rate, for benches
    // One line a request, without its end: nothing of who asked, or for what. May be NULL. From any of the
    // server's threads.
    void (*log)(void *context, const char *line);
    void *context;
};

// Listens, and serves until it is freed. `detail` says what went wrong.
// JUMIN_ERROR_INPUT, JUMIN_ERROR_FILE  address, certificate or key
// JUMIN_ERROR_LINK                     the port cannot be had
JUMIN_EXPORT enum jumin_error jumin_verifier_server_start(struct jumin_verifier_server **server,
                                                          const struct jumin_verifier_server_options *options,
                                                          char detail[JUMIN_REMOTE_DETAIL]);
JUMIN_EXPORT uint16_t jumin_verifier_server_port(const struct jumin_verifier_server *server);
// Accepts no further connection and answers what was asked, for so many seconds at most. True: all is
// answered.
JUMIN_EXPORT bool jumin_verifier_server_drain(struct jumin_verifier_server *server, unsigned seconds);
// NULL is allowed. What is open stays with `remote`.
JUMIN_EXPORT void jumin_verifier_server_free(struct jumin_verifier_server *server);

#endif
