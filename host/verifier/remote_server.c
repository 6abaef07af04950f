// A venue's own server: its routes behind one port.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/server.h"
#include "host/verifier/remote_public.h"
#include "host/verifier/remote_routes.h"

#include <inttypes.h>
#include <jumin/verifier_server.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    WORKERS = 8,     // unless told otherwise
    WORKERS_MIN = 2, // one for who judges, one for everybody else
};

struct jumin_verifier_server {
    struct jumin_verifier_server_options options;
    struct http_routes routes;
    struct http_server *http;
};

static void log_line(void *context, const char *line)
{
    const struct jumin_verifier_server *server = context;
    server->options.log(server->options.context, line);
}

static void more_metrics(void *context, struct writer *text)
{
    static const enum jumin_remote_state ends[] = {JUMIN_REMOTE_GOOD, JUMIN_REMOTE_FAILED,
                                                   JUMIN_REMOTE_REFUSED};
    const struct jumin_verifier_server *server = context;
    struct remote_counts counts;
    char lines[512];
    remote_count(server->options.remote->inner, &counts);
    int n = snprintf(lines, sizeof lines,
                     "# HELP jumin_verifier_open Requests that wait for an answer.\n"
                     "# TYPE jumin_verifier_open gauge\njumin_verifier_open %zu\n"
                     "# HELP jumin_verifier_opened_total Requests that were opened.\n"
                     "# TYPE jumin_verifier_opened_total counter\njumin_verifier_opened_total %" PRIu64 "\n"
                     "# HELP jumin_verifier_answers_total Answers of wallets, by what became of them.\n"
                     "# TYPE jumin_verifier_answers_total counter\n",
                     counts.open, counts.opened);
    writer_put(text, span_of(lines, n > 0 ? (size_t)n : 0));
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        n = snprintf(lines, sizeof lines, "jumin_verifier_answers_total{result=\"%s\"} %" PRIu64 "\n",
                     jumin_remote_state_name(ends[i]), counts.ended[ends[i]]);
        writer_put(text, span_of(lines, n > 0 ? (size_t)n : 0));
    }
}

static bool is_healthy(void *context, char why[128])
{
    const struct jumin_verifier_server *server = context;
    return remote_is_well(server->options.remote, (int64_t)time(NULL), why);
}

enum jumin_error jumin_verifier_server_start(struct jumin_verifier_server **server,
                                             const struct jumin_verifier_server_options *options,
                                             char detail[JUMIN_REMOTE_DETAIL])
{
    struct detail why = {""};
    if (server == NULL || options == NULL || options->remote == NULL || detail == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct jumin_verifier_server *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    made->options = *options;
    made->routes = remote_routes(options->remote->inner);
    const unsigned asked = options->workers != 0 ? options->workers : WORKERS,
                   workers = asked > WORKERS_MIN ? asked : WORKERS_MIN;
    remote_keep_free(options->remote->inner, workers);
    const struct http_server_options http = {.address = options->address,
                                             .port = options->port,
                                             .certificate = options->certificate,
                                             .key = options->key,
                                             .behind_proxy = options->behind_proxy,
                                             .workers = workers,
                                             .unlimited = options->unlimited,
                                             .log = options->log != NULL ? log_line : NULL,
                                             .metrics = more_metrics,
                                             .healthy = is_healthy,
                                             .context = made};
    const enum jumin_error error = http_server_start(&made->http, &http, &made->routes, 1, &why);
    (void)snprintf(detail, JUMIN_REMOTE_DETAIL, "%s", why.text);
    if (error != JUMIN_OK) {
        free(made);
        return error;
    }
    *server = made;
    return JUMIN_OK;
}

uint16_t jumin_verifier_server_port(const struct jumin_verifier_server *server)
{
    return server != NULL ? http_server_port(server->http) : 0;
}

bool jumin_verifier_server_drain(struct jumin_verifier_server *server, unsigned seconds)
{
    return server == NULL || http_server_drain(server->http, seconds);
}

void jumin_verifier_server_free(struct jumin_verifier_server *server)
{
    if (server != NULL) {
        http_server_free(server->http);
    }
    free(server);
}
