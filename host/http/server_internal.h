// The server and what it knows of one request; for server.c and exchange.c.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_HTTP_SERVER_INTERNAL_H
#define JUMIN_HOST_HTTP_SERVER_INTERNAL_H

#include "host/http/metrics.h"
#include "host/http/rate.h"
#include "host/http/routes.h"
#include "host/http/server.h"
#include "host/http/watch.h"
#include "host/http/workers.h"
#include <microhttpd.h>
#include <pthread.h>

enum { SERVER_TABLES = 16 };

struct http_server {
    struct http_server_options options; // with what was left to us filled in
    struct http_routes tables[SERVER_TABLES];
    size_t table_count, route_count;
    struct MHD_Daemon *daemon;
    int listening; // once it is ours again; else -1
    uint16_t port;
    struct workers *workers;
    struct watch *watch;
    struct rate_table *rates;
    struct metrics *metrics;
    int64_t started;
    struct detail *words; // where the library says why it does not start
    pthread_mutex_t lock;
    pthread_cond_t answered;
    size_t active; // requests under way
    bool draining;
};

int64_t server_now(const struct http_server *server);
bool server_draining(struct http_server *server);

// One request, from its first line to the last byte of its answer: what libmicrohttpd calls.
void *exchange_begin(void *server, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_go_on(void *server, struct MHD_Connection *connection, const char *path,
                               const char *method, const char *version, const char *bytes, size_t *n,
                               void **exchange);
void exchange_end(void *server, struct MHD_Connection *connection, void **exchange,
                  enum MHD_RequestTerminationCode how);

#endif
