// A request's head: who asks, how often, for what, and how long the body is to be.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/exchange.h"

#include "host/http/forwarded.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct exchange *exchange = context;
    (void)kind;
    if (exchange->request.header_count == HTTP_REQUEST_HEADERS) {
        http_response_text(&exchange->response, 431, "Too many header fields.\n");
        metrics_refused(exchange->server->metrics, METRICS_TOO_LONG);
        return MHD_NO;
    }
    exchange->headers[exchange->request.header_count++] =
        (struct http_header){name, value != NULL ? value : ""};
    return MHD_YES;
}

static void take_peer(struct exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info != NULL ? info->client_addr : NULL;
    const void *bytes = NULL;
    if (address != NULL && address->sa_family == AF_INET) {
        bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    } else if (address != NULL && address->sa_family == AF_INET6) {
        bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    }
    if (bytes == NULL ||
        inet_ntop(address->sa_family, bytes, exchange->peer, sizeof exchange->peer) == NULL) {
        exchange->peer[0] = '\0';
    }
}

// Without an address that can be read the peer is the proxy, and shares its rate with all others of the kind.
static void believe_proxy(struct exchange *exchange)
{
    const struct http_request *request = &exchange->request;
    const char *last = NULL;
    for (size_t i = 0; i < request->header_count; i++) {
        const bool it_is = http_header_find(&request->headers[i], 1, "X-Forwarded-For") != NULL;
        last = it_is ? request->headers[i].value : last;
    }
    if (last == NULL || !forwarded_address(last, exchange->peer)) {
        metrics_unnamed(exchange->server->metrics);
    }
    const char *protocol = http_request_header(request, "X-Forwarded-Proto");
    exchange->request.secure = protocol != NULL && strcmp(protocol, "https") == 0;
}

// Two ways to tell where a body ends are none (RFC 9112 §6.3).
static bool is_framed_well(const struct http_request *request)
{
    const size_t lengths = http_request_header_count(request, "Content-Length"),
                 codings = http_request_header_count(request, "Transfer-Encoding");
    return lengths + codings <= 1;
}

// Behind the routes, all of them, and what leads nowhere.
static size_t refused_number(const struct exchange *exchange)
{
    return exchange->server->route_count + 2 + exchange->found.number;
}

void exchange_count_refused(struct exchange *exchange)
{
    const struct http_server *server = exchange->server;
    if (exchange->response.status == 401 && !server->options.unlimited) {
        (void)rate_take(server->rates, &exchange->found.table->refused, exchange->peer,
                        refused_number(exchange), watch_clock());
    }
}

static bool within_rate(struct exchange *exchange)
{
    // What leads nowhere has a rate, too: whoever tries names finds out few.
    static const struct http_rate nowhere = {60, 120};
    struct http_server *server = exchange->server;
    const int64_t now = watch_clock();
    if (server->options.unlimited) {
        return true;
    }
    unsigned wait = rate_take(server->rates, &server->options.rate, exchange->peer, server->route_count, now);
    if (wait == 0) {
        const bool found = exchange->found.route != NULL;
        wait = rate_take(server->rates, found ? &exchange->found.route->rate : &nowhere, exchange->peer,
                         found ? exchange->found.number : server->route_count + 1, now);
    }
    if (wait == 0 && exchange->found.route != NULL) {
        wait = rate_look(server->rates, &exchange->found.table->refused, exchange->peer,
                         refused_number(exchange), now);
    }
    if (wait == 0) {
        return true;
    }
    char seconds[16];
    (void)snprintf(seconds, sizeof seconds, "%u", wait);
    http_response_text(&exchange->response, 429, "Too many requests.\n");
    http_response_header(&exchange->response, "Retry-After", seconds);
    metrics_refused(server->metrics, METRICS_TOO_MANY);
    return false;
}

void exchange_refuse_length(struct exchange *exchange)
{
    http_response_text(&exchange->response, 413, "The body is too long.\n");
    metrics_refused(exchange->server->metrics, METRICS_TOO_LONG);
}

size_t exchange_announced(const struct exchange *exchange)
{
    const char *text = http_request_header(&exchange->request, "Content-Length");
    return text != NULL ? (size_t)strtoull(text, NULL, 10) : 0;
}

void exchange_judge_head(struct exchange *exchange, const char *path, const char *method)
{
    struct http_server *server = exchange->server;
    struct http_request *request = &exchange->request;
    const char *query = strchr(exchange->uri, '?');
    (void)snprintf(exchange->method, sizeof exchange->method, "%s", method);
    *request = (struct http_request){.method = exchange->method,
                                     .path = path,
                                     .query = query != NULL ? span_of(query + 1, strlen(query + 1))
                                                            : span_of(NULL, 0),
                                     .headers = exchange->headers,
                                     .peer = exchange->peer,
                                     .secure = server->options.certificate != NULL,
                                     .now = server_now(server)};
    take_peer(exchange);
    (void)MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, take_header, exchange);
    if (exchange->response.status != 0) {
        return;
    }
    if (server->options.behind_proxy) {
        believe_proxy(exchange);
    }
    routes_find_below(server->tables, server->table_count, server->options.prefix, exchange->method, path,
                      request->parts, &exchange->found);
    if (!is_framed_well(request)) {
        http_response_text(&exchange->response, 400, "The body's length is told twice.\n");
    } else if (!within_rate(exchange)) {
        return;
    } else if (exchange->found.route == NULL) {
        routes_refuse(&exchange->found, &exchange->response);
    } else if (exchange_announced(exchange) > exchange->found.route->body_max) {
        exchange_refuse_length(exchange);
    } else {
        routes_admit(&exchange->found, request, &exchange->response);
    }
}
