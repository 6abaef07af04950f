// Requests and responses as the issuer's logic sees them, and the table of routes: plain structs. No sockets
// here, so that tests call a handler as the server does.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_HTTP_HTTP_H
#define JUMIN_HOST_HTTP_HTTP_H

#include "host/mobile/http_message.h"
#include <jansson.h>

enum {
    HTTP_PARTS = 4,            // "{}" in a route's path
    HTTP_PART_MAX = 256,       // bytes of one
    HTTP_REQUEST_HEADERS = 64, // more are refused (431)
    HTTP_RESPONSE_HEADERS = 8,
    HTTP_VALUE_MAX = 512, // bytes of a response's header
};

// All is borrowed, and lives until the handler returns.
struct http_request {
    const char *method; // "GET"
    const char *path;   // as it was sent, up to the question mark
    struct span query;  // behind the question mark (http_form_value); empty without one
    struct span body;
    const struct http_header *headers;
    size_t header_count;
    char parts[HTTP_PARTS][HTTP_PART_MAX]; // what stands where the route has "{}"; unescaped bytes only
    const char *peer; // address of who asks, behind a trusted proxy that of the proxy's client
    bool secure;      // it came by TLS, here or at the proxy
    int64_t now;      // seconds since 1970
    size_t worker;    // which worker serves it, from 0: each may keep a database handle of its own
};

// The value of a header, NULL without it.
const char *http_request_header(const struct http_request *request, const char *name);
// How often the header was sent.
size_t http_request_header_count(const struct http_request *request, const char *name);
// Whether the body is of this media type.
bool http_request_is(const struct http_request *request, const char *type);

// What a handler answers. All zero at first; released by http_response_release, which wipes the body.
struct http_response {
    int status;       // 200, 204, 400; 0: the handler has answered nothing (500)
    const char *type; // Content-Type, static; NULL without a body
    struct {
        const char *name; // static
        char value[HTTP_VALUE_MAX];
    } headers[HTTP_RESPONSE_HEADERS];
    size_t header_count;
    const uint8_t *body;
    size_t n;
    uint8_t *own; // `body`, where it is the response's own; from malloc
    void *kept;   // of http_response_share, for `let_go`
    void (*let_go)(void *kept);
};

// Each sets status and body in place of what was there. Out of memory: 500 without a body.
void http_response_empty(struct http_response *response, int status);
void http_response_bytes(struct http_response *response, int status, const char *type, struct span body);
void http_response_text(struct http_response *response, int status, const char *text); // text/plain
// Compact JSON; takes `json`, which may be NULL (no memory). application/json, Cache-Control: no-store.
void http_response_json(struct http_response *response, int status, json_t *json);
// {"error": …, "error_description": …} as OAuth has it (RFC 6749 §5.2); the description may be NULL.
void http_response_error(struct http_response *response, int status, const char *error,
                         const char *description);
// A large body that many requests share, such as a status list: `let_go` is called with `kept` once it has
// been sent, from any thread.
void http_response_share(struct http_response *response, int status, const char *type, struct span body,
                         void *kept, void (*let_go)(void *kept));
// Adds a header, or replaces the one of that name; one without a value is not sent. A value with a line
// break, or longer than it may be, or a header too many makes the response a 500.
void http_response_header(struct http_response *response, const char *name, const char *value);
void http_response_release(struct http_response *response);

// Tokens of a bucket: `burst` requests at once, then `per_minute`. All zero: no limit.
struct http_rate {
    unsigned burst, per_minute;
};

struct http_route {
    const char *name;      // for log and metrics: "token"; one route a name
    const char *method;    // "GET" answers HEAD as well
    const char *path;      // "/offer/{}": each {} is one part of the path
    size_t body_max;       // a longer body is refused (413) before it is read
    struct http_rate rate; // of each address on this route; more is refused (429)
    // Called by several threads at once, each with its own `worker`.
    void (*handle)(void *context, const struct http_request *request, struct http_response *response);
};

// A part of the server: its routes, with what they work on. Must outlive the server.
struct http_routes {
    const struct http_route *routes;
    size_t count;
    void *context;
    // Before the body comes, for a route that was found: one that is not wanted gets its answer here, with a
    // status, and is not kept in memory. On the thread that moves everybody's bytes: it waits for nothing.
    // NULL: all are wanted.
    void (*admit)(void *context, const struct http_route *route, const struct http_request *request,
                  struct http_response *response);
    // Of each address on each route: answers that say 401. Whoever has had more is refused (429) without
    // being looked at, so that a secret cannot be guessed by trying. All zero: no limit.
    struct http_rate refused;
};

// Calls the handler that method and path lead to, as the server does after its limits: fills in `parts`. 404
// and 405 (with Allow) are answered here; the name of the route that answered, or NULL.
const char *http_routes_call(const struct http_routes *tables, size_t count, struct http_request *request,
                             struct http_response *response);

#endif
