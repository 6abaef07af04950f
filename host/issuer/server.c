// The issuer's server: all its routes behind one port.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/server.h"

#include "host/issuer/binding_routes.h"
#include <jumin/server.h>
#include <stdio.h>
#include <stdlib.h>

struct jumin_server {
    struct jumin_server_options options;
    struct binding_routes *binding;
    struct http_server *http;
};

static void bound(void *context, const struct http_request *request, const struct jumin_binding *binding,
                  struct http_response *response)
{
    const struct jumin_server *server = context;
    (void)request;
    (void)response;
    if (server->options.bound != NULL) {
        server->options.bound(server->options.context, binding);
    }
}

static void log_line(void *context, const char *line)
{
    const struct jumin_server *server = context;
    server->options.log(server->options.context, line);
}

static void more_metrics(void *context, struct writer *text)
{
    const struct jumin_server *server = context;
    char lines[256];
    const int n = snprintf(lines, sizeof lines,
                           "# HELP jumin_binding_sessions Phones that are being bound.\n"
                           "# TYPE jumin_binding_sessions gauge\njumin_binding_sessions %zu\n",
                           binding_routes_sessions(server->binding));
    writer_put(text, span_of(lines, n > 0 ? (size_t)n : 0));
}

enum jumin_error jumin_server_start(struct jumin_server **server, const struct jumin_server_options *options,
                                    char detail[JUMIN_SERVER_DETAIL])
{
    struct detail why = {""};
    struct jumin_server *made = NULL;
    enum jumin_error error = JUMIN_ERROR_ARGUMENT;
    if (server == NULL || options == NULL || detail == NULL || options->binding.terminal == NULL ||
        options->binding.trust == NULL) {
        return error;
    }
    made = calloc(1, sizeof *made);
    if (made != NULL) {
        made->options = *options;
        made->binding = binding_routes_new(&(struct binding_routes_options){
            .authenticator = options->binding, .bound = bound, .context = made});
    }
    if (made == NULL || made->binding == NULL) {
        error = detail_set(&why, JUMIN_ERROR_MEMORY, "no memory");
    } else {
        const struct http_server_options http = {.address = options->address,
                                                 .port = options->port,
                                                 .certificate = options->certificate,
                                                 .key = options->key,
                                                 .behind_proxy = options->behind_proxy,
                                                 .workers = options->workers,
                                                 .log = options->log != NULL ? log_line : NULL,
                                                 .metrics = more_metrics,
                                                 .context = made};
        const struct http_routes tables[] = {binding_routes_table(made->binding)};
        error = http_server_start(&made->http, &http, tables, sizeof tables / sizeof *tables, &why);
    }
    (void)snprintf(detail, JUMIN_SERVER_DETAIL, "%s", why.text);
    if (error != JUMIN_OK) {
        jumin_server_free(made);
        return error;
    }
    *server = made;
    return JUMIN_OK;
}

uint16_t jumin_server_port(const struct jumin_server *server)
{
    return server != NULL ? http_server_port(server->http) : 0;
}

bool jumin_server_drain(struct jumin_server *server, unsigned seconds)
{
    return server == NULL || http_server_drain(server->http, seconds);
}

void jumin_server_free(struct jumin_server *server)
{
    if (server == NULL) {
        return;
    }
    http_server_free(server->http);
    binding_routes_free(server->binding);
    free(server);
}
