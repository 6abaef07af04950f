// Which handler a request belongs to.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_HTTP_ROUTES_H
#define JUMIN_HOST_HTTP_ROUTES_H

#include "host/http/http.h"

// Where a request leads. `route` NULL: nowhere, and `allow` has the methods that the path takes, or is empty.
struct routes_found {
    const struct http_route *route;
    const struct http_routes *table; // that has it
    void *context;
    size_t number; // of the route among all tables, from 0
    char allow[64];
};

// Fills in what the path's "{}" are. HEAD finds what GET does.
void routes_find(const struct http_routes *tables, size_t count, const char *method, const char *path,
                 char parts[HTTP_PARTS][HTTP_PART_MAX], struct routes_found *found);
// The same for a server whose address has a path of its own, "/tenant" (NULL: none): what lies below it, and
// "/.well-known/NAME/tenant" (RFC 8615 §3, RFC 8414 §3.1). What a proxy has taken off already is found, too.
void routes_find_below(const struct http_routes *tables, size_t count, const char *prefix, const char *method,
                       const char *path, char parts[HTTP_PARTS][HTTP_PART_MAX], struct routes_found *found);
// What the table of the route that was found says of a request: an answer, or none.
void routes_admit(const struct routes_found *found, const struct http_request *request,
                  struct http_response *response);
// 404, or 405 with Allow.
void routes_refuse(const struct routes_found *found, struct http_response *response);

#endif
