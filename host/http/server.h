// The HTTP server: listens, keeps its limits, calls handlers (http.h) on worker threads, counts, and stops
// without dropping what is under way. On libmicrohttpd, which nothing else knows.
// SPDX-License-Identifier: Apache-2.0
//
// Answers by itself: GET /health, GET /metrics (Prometheus text). Each has a rate of its own, and so has what
// leads nowhere (404, 405).
#ifndef JUMIN_HOST_HTTP_SERVER_H
#define JUMIN_HOST_HTTP_SERVER_H

#include "host/detail.h"
#include "host/http/http.h"

struct http_server;

struct http_server_options {
    const char *address;       // numeric, "127.0.0.1" or "::1"; NULL: 127.0.0.1
    uint16_t port;             // 0: any free one (http_server_port)
    const char *certificate;   // PEM, chain and key: TLS here; both NULL: none
    const char *key;           // secret
    const char *prefix;        // path of the server's address, "/tenant"; NULL: none
    bool behind_proxy;         // X-Forwarded-For (its last address) and X-Forwarded-Proto are believed
    unsigned workers;          // threads that run handlers; 0: two
    unsigned connections;      // at once; 0: 512. Further ones wait to be accepted
    unsigned connections_each; // of one address; 0: 64, not counted behind a proxy
    unsigned idle_seconds;     // a connection on which nothing comes or goes; 0: 15
    // From the connection, or from the answer before and idle_seconds later, to a request's last byte; 0: 30.
    // For its answer a client has as long, and a second more for each 4096 bytes.
    unsigned request_seconds;
    struct http_rate rate; // of each address over all routes; all zero: no limit
    bool unlimited;        // neither this nor the routes' own rates are kept: for benches
    unsigned queue;        // requests that wait for a worker; 0: 256. More are refused (503)
    // One line a request, without its end: time, method, route's name, status, bytes, milliseconds. No
    // address, path, query, header or body. NULL: none. Called by several threads.
    void (*log)(void *context, const char *line);
    // More lines for /metrics, in its text format, ended by line ends. May be NULL.
    void (*metrics)(void *context, struct writer *text);
    // Whether the parts behind it work, for /health; `why` is a public sentence: why not, or, where they
    // work, a warning, if there is one. NULL: always.
    bool (*healthy)(void *context, char why[128]);
    void *context;
    int64_t (*now)(void); // seconds since 1970; NULL: the system's
};

// Listens and serves until it is freed. `tables` must outlive the server; the options are copied but for what
// they point to.
// JUMIN_ERROR_INPUT      address, certificate or key is none
// JUMIN_ERROR_LINK  the port cannot be had; `detail` says why
enum jumin_error http_server_start(struct http_server **server, const struct http_server_options *options,
                                   const struct http_routes *tables, size_t count, struct detail *detail);
uint16_t http_server_port(const struct http_server *server);
// Accepts no further connection, answers what has been asked (each with Connection: close), and returns when
// all is answered or after `seconds`. True: all was answered.
bool http_server_drain(struct http_server *server, unsigned seconds);
// Ends what is left; waits for handlers that run. NULL is allowed.
void http_server_free(struct http_server *server);

#endif
