// The issuer's server: binds phones to cards, over HTTP.
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_server_start(&server, &options, detail);
//     …wait for a signal…
//     jumin_server_drain(server, 30);
//     jumin_server_free(server);
//
// POST /binding (<jumin/binding.h>, a message a request, application/cbor), GET /health, GET /metrics.
#ifndef JUMIN_SERVER_H
#define JUMIN_SERVER_H

#include <jumin/binding.h>

enum { JUMIN_SERVER_DETAIL = 256 };

struct jumin_server;

// What pointers lead to must outlive the server.
struct jumin_server_options {
    const char *address;     // numeric, "127.0.0.1" or "::"; NULL: 127.0.0.1
    uint16_t port;           // 0: any free one
    const char *certificate; // PEM files, chain and key: TLS; both NULL: none
    const char *key;
    bool behind_proxy; // X-Forwarded-For and X-Forwarded-Proto are believed
    unsigned workers;  // threads; 0: two
    // How phones are bound. `terminal` is lent to one request at a time; `time` is not used.
    struct jumin_authenticator_options binding;
    // A card has bound a phone. May be NULL. From any of the server's threads, as the two below.
    void (*bound)(void *context, const struct jumin_binding *binding);
    // One line a request, without its end: nothing of who asked, or for what. May be NULL.
    void (*log)(void *context, const char *line);
    void *context;
};

// Listens, and serves until it is freed. `detail` says what went wrong.
// JUMIN_ERROR_INPUT, JUMIN_ERROR_FILE  address, certificate or key
// JUMIN_ERROR_LINK                     the port cannot be had
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
