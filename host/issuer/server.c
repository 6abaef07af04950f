// The issuer's server: all its routes behind one port.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/server.h"

#include "host/issuer/binding_routes.h"
#include "host/issuer/server_issuing.h"
#include <stdio.h>
#include <stdlib.h>

struct jumin_server {
    struct jumin_server_options options;
    struct binding_routes *binding; // NULL: it binds no phones
    struct issuing *issuing;        // NULL: it issues nothing
    struct http_routes tables[1 + ISSUING_TABLES];
    size_t table_count;
    struct http_server *http;
};

enum { WORKERS = 2 };

static void bound(void *context, const struct http_request *request, const struct jumin_binding *binding,
                  struct http_response *response)
{
    const struct jumin_server *server = context;
    if (server->issuing != NULL) {
        issuing_bound(server->issuing, request, binding, response);
    }
    if (server->options.bound != NULL) {
        server->options.bound(server->options.context, binding);
    }
}

static bool attested(void *context, const uint8_t key[JUMIN_DEVICE_KEY], const uint8_t *attestation, size_t n,
                     char why[JUMIN_ATTESTATION_WHY])
{
    const struct jumin_server *server = context;
    const struct jumin_authenticator_options *binding = &server->options.binding;
    return issuing_attested(server->issuing, key, span_of(attestation, n), why) &&
           (binding->attested == NULL || binding->attested(binding->context, key, attestation, n, why));
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
    if (server->binding != NULL) {
        const int n = snprintf(lines, sizeof lines,
                               "# HELP jumin_binding_sessions Phones that are being bound.\n"
                               "# TYPE jumin_binding_sessions gauge\njumin_binding_sessions %zu\n",
                               binding_routes_sessions(server->binding));
        writer_put(text, span_of(lines, n > 0 ? (size_t)n : 0));
    }
    if (server->issuing != NULL) {
        issuing_metrics(server->issuing, text);
    }
}

static bool is_healthy(void *context, char why[128])
{
    const struct jumin_server *server = context;
    return server->issuing == NULL || issuing_is_well(server->issuing, why);
}

static enum jumin_error make_binding(struct jumin_server *server, struct detail *why)
{
    struct binding_routes_options options = {
        .authenticator = server->options.binding, .bound = bound, .context = server};
    if (server->issuing != NULL) {
        options.authenticator.attested = attested;
        options.authenticator.context = server;
    }
    server->binding = binding_routes_new(&options);
    if (server->binding == NULL) {
        return detail_set(why, JUMIN_ERROR_MEMORY, "no memory");
    }
    server->tables[server->table_count++] = binding_routes_table(server->binding);
    return JUMIN_OK;
}

static enum jumin_error make_parts(struct jumin_server *server, struct detail *why)
{
    const struct jumin_server_options *options = &server->options;
    const bool binds = options->binding.terminal != NULL;
    enum jumin_error error = JUMIN_OK;
    if (options->issuing != NULL) {
        error = issuing_start(&server->issuing, options->issuing, options->workers, binds, why);
    }
    if (error == JUMIN_OK && server->issuing != NULL) {
        server->table_count += issuing_tables(server->issuing, server->tables + server->table_count);
    }
    return error == JUMIN_OK && binds ? make_binding(server, why) : error;
}

// The path of the issuer's address; NULL: it has none.
static const char *path_of(const struct jumin_server_issuing *issuing)
{
    const char *host = issuing != NULL ? strstr(issuing->base_url, "://") : NULL;
    return host != NULL ? strchr(host + 3, '/') : NULL;
}

static enum jumin_error listen_for(struct jumin_server *server, struct detail *why)
{
    const struct jumin_server_options *options = &server->options;
    const struct http_server_options http = {.address = options->address,
                                             .port = options->port,
                                             .certificate = options->certificate,
                                             .key = options->key,
                                             .prefix = path_of(options->issuing),
                                             .behind_proxy = options->behind_proxy,
                                             .workers = options->workers,
                                             .unlimited = options->unlimited,
                                             .log = options->log != NULL ? log_line : NULL,
                                             .metrics = more_metrics,
                                             .healthy = is_healthy,
                                             .context = server};
    return http_server_start(&server->http, &http, server->tables, server->table_count, why);
}

// The tap tells which card it was by the card's own key alone.
static bool is_possible(const struct jumin_server_options *options)
{
    const bool binds = options->binding.terminal != NULL;
    return (binds || options->issuing != NULL) && (!binds || options->binding.trust != NULL) &&
           (!binds || options->issuing == NULL || options->binding.chip_security != 0);
}

enum jumin_error jumin_server_start(struct jumin_server **server, const struct jumin_server_options *options,
                                    char detail[JUMIN_SERVER_DETAIL])
{
    struct detail why = {""};
    if (server == NULL || options == NULL || detail == NULL || !is_possible(options)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct jumin_server *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    made->options = *options;
    made->options.workers = options->workers != 0 ? options->workers : WORKERS;
    enum jumin_error error = make_parts(made, &why);
    error = error == JUMIN_OK ? listen_for(made, &why) : error;
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
    issuing_stop(server->issuing);
    binding_routes_free(server->binding);
    free(server);
}
