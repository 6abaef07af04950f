// One request that the server leads: for exchange.c and exchange_head.c.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_HTTP_EXCHANGE_H
#define JUMIN_HOST_HTTP_EXCHANGE_H

#include "host/http/server_internal.h"
#include <netinet/in.h>

enum { METHOD_MAX = 16 };

enum stage { STAGE_NEW, STAGE_BODY, STAGE_WORK, STAGE_DONE, STAGE_SENT };

struct exchange {
    struct job job; // first: the worker knows it by this
    struct http_server *server;
    struct MHD_Connection *connection;
    struct watched *watched;
    enum stage stage;
    char method[METHOD_MAX];
    char peer[INET6_ADDRSTRLEN];
    char *uri; // as it was sent
    struct http_header headers[HTTP_REQUEST_HEADERS];
    struct http_request request;
    struct http_response response; // its status is set as soon as the request is refused
    struct routes_found found;
    uint8_t *body;
    size_t body_n, body_capacity, discarded;
    int64_t began;
    size_t sent; // bytes of the body
};

// What can be refused before the body comes is refused: the response has a status then.
void exchange_judge_head(struct exchange *exchange, const char *path, const char *method);
// When the handler has answered: who was refused as a stranger has one try less.
void exchange_count_refused(struct exchange *exchange);
// How long the body is said to be; 0 when nothing is said.
size_t exchange_announced(const struct exchange *exchange);
void exchange_refuse_length(struct exchange *exchange);

#endif
