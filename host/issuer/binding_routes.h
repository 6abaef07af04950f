// Binding a phone over HTTP: the four round trips of <jumin/binding.h> as one route.
// SPDX-License-Identifier: Apache-2.0
//
// POST /binding   application/cbor: a message of the phone; 200 application/cbor: the server's answer.
//
// A message names its session, but for the first, which begins one. Refused with {"error",
// "error_description"}: 400 it is no message, or not the one that is due; 403 the phone, the card or what it
// proves is not believed; 404 there is no such session (any more); 409 another message of it is being
// answered; 415; 503 too many sessions. Every refusal but 404, 409, 415 and 503 ends the session: the phone
// begins anew, and comes to the same binding.
//
// Where all places are taken, or all of a peer's, whoever begins takes that of the phone that began first and
// whose card has not proven yet that it is one; 503 where all have.
#ifndef JUMIN_HOST_ISSUER_BINDING_ROUTES_H
#define JUMIN_HOST_ISSUER_BINDING_ROUTES_H

#include "host/http/http.h"
#include <jumin/binding.h>

struct binding_routes;

struct binding_routes_options {
    // For each session; its time is the request's. Sessions go on side by side; the terminal is lent to one
    // of them at a time.
    struct jumin_authenticator_options authenticator;
    unsigned sessions; // at once; 0: 256
    unsigned each;     // of one peer at once; 0: 32
    unsigned seconds;  // that a session may take; 0: 120
    // A card has bound the phone: `response` has the last answer, to which headers may be added, or which may
    // be replaced by a refusal. May be NULL. `binding` is borrowed for the call.
    void (*bound)(void *context, const struct http_request *request, const struct jumin_binding *binding,
                  struct http_response *response);
    void *context;
};

// NULL: no memory.
struct binding_routes *binding_routes_new(const struct binding_routes_options *options);
// Wipes all sessions; no request is under way. NULL is allowed.
void binding_routes_free(struct binding_routes *binding);
// Borrowed.
struct http_routes binding_routes_table(struct binding_routes *binding);
// How many sessions are open, for metrics.
size_t binding_routes_sessions(struct binding_routes *binding);

#endif
