// The HTTP server: listens, starts what it needs, and stops.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/server_internal.h"

#include "card/crypto/crypto.h"
#include "host/file.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    PEM_MAX = 65536,
    METRICS_TEXT = 65536,
    BACKLOG = 512,
    HEAD_MAX = 32768, // request line and headers of one request, and what is sent of an answer at once
    WORKERS = 2,
    CONNECTIONS = 512,
    CONNECTIONS_EACH = 64,
    IDLE_SECONDS = 15,
    REQUEST_SECONDS = 30,
    QUEUE = 256,
};

int64_t server_now(const struct http_server *server)
{
    return server->options.now != NULL ? server->options.now() : (int64_t)time(NULL);
}

bool server_draining(struct http_server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    const bool draining = server->draining;
    (void)pthread_mutex_unlock(&server->lock);
    return draining;
}

// --- Its own answers -----------------------------------------------------------------------------------------

static void answer_health(void *context, const struct http_request *request, struct http_response *response)
{
    const struct http_server *server = context;
    char why[128] = "";
    (void)request;
    if (server->options.healthy == NULL || server->options.healthy(server->options.context, why)) {
        http_response_json(response, 200,
                           json_pack("{s:s, s:s*}", "status", "ok", "warning", why[0] != '\0' ? why : NULL));
    } else {
        http_response_json(response, 503, json_pack("{s:s, s:s}", "status", "failing", "reason", why));
    }
}

static void answer_metrics(void *context, const struct http_request *request, struct http_response *response)
{
    struct http_server *server = context;
    char *bytes = malloc(METRICS_TEXT);
    struct writer text = writer_of(bytes, bytes != NULL ? METRICS_TEXT : 0);
    (void)request;
    (void)pthread_mutex_lock(&server->lock);
    struct metrics_gauges gauges = {.active = server->active, .started = server->started};
    (void)pthread_mutex_unlock(&server->lock);
    gauges.connections = watch_count(server->watch);
    gauges.waiting = workers_waiting(server->workers);
    metrics_write(server->metrics, &gauges, &text);
    if (server->options.metrics != NULL) {
        server->options.metrics(server->options.context, &text);
    }
    if (text.overflow) {
        http_response_text(response, 500, "The metrics are too long.\n");
    } else {
        http_response_bytes(response, 200, "text/plain; version=0.0.4; charset=utf-8", writer_span(&text));
    }
    free(bytes);
}

static const struct http_route own_routes[] = {
    // For several balancers behind one address, and a scraper or two.
    {.name = "health", .method = "GET", .path = "/health", .rate = {120, 600}, .handle = answer_health},
    {.name = "metrics", .method = "GET", .path = "/metrics", .rate = {60, 240}, .handle = answer_metrics},
};

// --- Starting ------------------------------------------------------------------------------------------------

static void fill_in(struct http_server_options *options)
{
    const struct {
        unsigned *value, otherwise;
    } numbers[] = {
        {&options->workers, WORKERS},
        {&options->connections, CONNECTIONS},
        {&options->idle_seconds, IDLE_SECONDS},
        {&options->request_seconds, REQUEST_SECONDS},
        {&options->queue, QUEUE},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        *numbers[i].value = *numbers[i].value != 0 ? *numbers[i].value : numbers[i].otherwise;
    }
    if (options->connections_each == 0 && !options->behind_proxy) {
        options->connections_each = CONNECTIONS_EACH;
    }
    options->address = options->address != NULL ? options->address : "127.0.0.1";
}

union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t parse_address(const struct http_server_options *options, union any_address *address)
{
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, options->address, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(options->port);
        return sizeof address->v4;
    }
    if (inet_pton(AF_INET6, options->address, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(options->port);
        return sizeof address->v6;
    }
    return 0;
}

static enum jumin_error open_port(struct http_server *server, struct detail *detail)
{
    const struct http_server_options *options = &server->options;
    union any_address address;
    socklen_t n = parse_address(options, &address);
    const int yes = 1;
    if (n == 0) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "%s is no numeric address", options->address);
    }
    const int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(fd, &address.any, n) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, &address.any, &n) != 0) {
        const enum jumin_error error = detail_set(detail, JUMIN_ERROR_LINK, "%s, port %u: %s",
                                                  options->address, (unsigned)options->port, strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        return error;
    }
    server->listening = fd;
    server->port = ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
    return JUMIN_OK;
}

static void connection_changed(void *context, struct MHD_Connection *connection, void **watched,
                               enum MHD_ConnectionNotificationCode what)
{
    struct http_server *server = context;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        watch_remove(server->watch, *watched);
        *watched = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *watched =
        info != NULL ? watch_add(server->watch, info->connect_fd, server->options.request_seconds) : NULL;
}

static void too_late(void *context)
{
    metrics_refused(((struct http_server *)context)->metrics, METRICS_TOO_SLOW);
}

// The path stays as it was sent: routes have unescaped parts only.
static size_t do_not_unescape(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

// libmicrohttpd's own words, while it starts.
__attribute__((format(printf, 2, 0))) static void keep_words(void *context, const char *format,
                                                             va_list arguments)
{
    struct http_server *server = context;
    if (server->daemon == NULL && server->words != NULL) {
        (void)vsnprintf(server->words->text, sizeof server->words->text, format, arguments);
        server->words->text[strcspn(server->words->text, "\r\n")] = '\0';
    }
}

static enum jumin_error read_pem(const char *path, char *text, struct detail *detail)
{
    size_t n = 0;
    const enum jumin_error error = disk_read(path, (uint8_t *)text, PEM_MAX - 1, &n);
    text[n < PEM_MAX ? n : 0] = '\0';
    if (error != JUMIN_OK) {
        (void)detail_set(detail, error, "%s: %s", path,
                         error == JUMIN_ERROR_FILE ? strerror(errno) : "too long");
    }
    return error;
}

static enum jumin_error start_daemon(struct http_server *server, struct detail *detail)
{
    const struct http_server_options *options = &server->options;
    const bool tls = options->certificate != NULL;
    char versions[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
    char *certificate = calloc(1, PEM_MAX), *key = calloc(1, PEM_MAX);
    enum jumin_error error = JUMIN_OK;
    if (certificate == NULL || key == NULL) {
        error = JUMIN_ERROR_MEMORY;
        (void)detail_set(detail, error, "no memory");
    } else if (tls) {
        error = read_pem(options->certificate, certificate, detail);
    }
    if (error == JUMIN_OK && tls) {
        error = read_pem(options->key, key, detail);
    }
    if (error != JUMIN_OK) {
        goto out;
    }
    const struct MHD_OptionItem with_tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, versions},
        {MHD_OPTION_END, 0, NULL},
    };
    const struct MHD_OptionItem without_tls[] = {{MHD_OPTION_END, 0, NULL}};
    server->words = detail;
    server->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                                          MHD_USE_ERROR_LOG | (tls ? MHD_USE_TLS : 0),
                                      0, NULL, NULL, exchange_go_on, server,                         //
                                      MHD_OPTION_EXTERNAL_LOGGER, keep_words, server,                //
                                      MHD_OPTION_LISTEN_SOCKET, server->listening,                   //
                                      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MAX,          //
                                      MHD_OPTION_CONNECTION_LIMIT, options->connections,             //
                                      MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->connections_each, //
                                      MHD_OPTION_CONNECTION_TIMEOUT, options->idle_seconds,          //
                                      MHD_OPTION_STRICT_FOR_CLIENT, 1,                               //
                                      MHD_OPTION_UNESCAPE_CALLBACK, do_not_unescape, NULL,           //
                                      MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, server,           //
                                      MHD_OPTION_NOTIFY_COMPLETED, exchange_end, server,             //
                                      MHD_OPTION_NOTIFY_CONNECTION, connection_changed, server,      //
                                      MHD_OPTION_ARRAY, tls ? with_tls : without_tls, MHD_OPTION_END);
    server->words = NULL;
    error = server->daemon != NULL ? JUMIN_OK : JUMIN_ERROR_INPUT;
    if (error == JUMIN_OK) {
        server->listening = -1; // the daemon's
    } else if (detail->text[0] == '\0') {
        (void)detail_set(detail, error, "%s",
                         tls ? "certificate and key are none" : "the server does not start");
    }
out:
    if (key != NULL) {
        crypto_wipe(key, PEM_MAX);
    }
    free(key);
    free(certificate);
    return error;
}

static enum jumin_error prepare(struct http_server *server)
{
    const struct crypto_random random = crypto_system_random();
    uint64_t seed = 0;
    if (!random.fill(random.context, (uint8_t *)&seed, sizeof seed)) {
        return JUMIN_ERROR_CRYPTO;
    }
    for (size_t t = 0; t < server->table_count; t++) {
        server->route_count += server->tables[t].count;
    }
    server->started = server_now(server);
    server->rates = rate_table_new(seed);
    server->metrics = metrics_new(server->tables, server->table_count);
    server->workers = workers_new(server->options.workers, server->options.queue);
    server->watch = watch_new(too_late, server);
    return server->rates != NULL && server->metrics != NULL && server->workers != NULL &&
                   server->watch != NULL
               ? JUMIN_OK
               : JUMIN_ERROR_MEMORY;
}

enum jumin_error http_server_start(struct http_server **server, const struct http_server_options *options,
                                   const struct http_routes *tables, size_t count, struct detail *detail)
{
    detail_clear(detail);
    if (count >= SERVER_TABLES) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "too many tables of routes");
    }
    if ((options->certificate == NULL) != (options->key == NULL)) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "certificate and key belong together");
    }
    struct http_server *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "no memory");
    }
    made->options = *options;
    made->listening = -1;
    fill_in(&made->options);
    made->tables[0] = (struct http_routes){
        .routes = own_routes, .count = sizeof own_routes / sizeof *own_routes, .context = made};
    for (size_t i = 0; i < count; i++) {
        made->tables[i + 1] = tables[i];
    }
    made->table_count = count + 1;
    (void)pthread_mutex_init(&made->lock, NULL);
    (void)pthread_cond_init(&made->answered, NULL);
    enum jumin_error error = prepare(made);
    if (error != JUMIN_OK) {
        (void)detail_set(detail, error, "%s", jumin_error_text(error));
    } else {
        error = open_port(made, detail);
    }
    if (error == JUMIN_OK) {
        error = start_daemon(made, detail);
    }
    if (error != JUMIN_OK) {
        http_server_free(made);
        return error;
    }
    *server = made;
    return JUMIN_OK;
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

// --- Stopping ------------------------------------------------------------------------------------------------

// Whoever connects now is refused by the system, and may go elsewhere.
static void stop_listening(struct http_server *server)
{
    if (server->daemon != NULL && server->listening < 0) {
        server->listening = MHD_quiesce_daemon(server->daemon);
        if (server->listening >= 0) {
            (void)shutdown(server->listening, SHUT_RDWR);
        }
    }
}

bool http_server_drain(struct http_server *server, unsigned seconds)
{
    struct timespec until = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)seconds;
    (void)pthread_mutex_lock(&server->lock);
    server->draining = true;
    (void)pthread_mutex_unlock(&server->lock);
    stop_listening(server);
    (void)pthread_mutex_lock(&server->lock);
    int waited = 0;
    while (server->active > 0 && waited == 0) {
        waited = pthread_cond_clockwait(&server->answered, &server->lock, CLOCK_MONOTONIC, &until);
    }
    const bool all = server->active == 0;
    (void)pthread_mutex_unlock(&server->lock);
    return all;
}

void http_server_free(struct http_server *server)
{
    if (server == NULL) {
        return;
    }
    stop_listening(server);
    workers_stop(server->workers); // each request that waited has its connection back
    if (server->daemon != NULL) {
        MHD_stop_daemon(server->daemon);
    }
    if (server->listening >= 0) {
        (void)close(server->listening);
    }
    workers_free(server->workers);
    watch_free(server->watch);
    metrics_free(server->metrics);
    rate_table_free(server->rates);
    (void)pthread_cond_destroy(&server->answered);
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
}
