// One request and its answer, as the server leads it: limits first, then the body, then a worker.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/server_internal.h"

#include "card/crypto/crypto.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    METHOD_MAX = 16,
    LINE_BYTES = 256,
    // Of a body that nobody wants, so much is taken all the same: a client that still writes when the
    // connection closes never reads why.
    DISCARD_MAX = 65536,
    SLOWEST = 4096, // bytes a second that a client must take
    BODY_FIRST = 4096,
};

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

void *exchange_begin(void *server, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *made = calloc(1, sizeof *made);
    char *copy = strdup(uri);
    if (made == NULL || copy == NULL) {
        free(made);
        free(copy);
        return NULL;
    }
    made->server = server;
    made->connection = connection;
    made->uri = copy;
    made->began = watch_clock();
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    made->watched = info != NULL ? info->socket_context : NULL;
    return made;
}

// --- The request's head --------------------------------------------------------------------------------------

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

// The last address: the one that our proxy has seen. Those before it are what the client says.
static void believe_proxy(struct exchange *exchange)
{
    const struct http_request *request = &exchange->request;
    const char *last = NULL;
    char text[INET6_ADDRSTRLEN];
    uint8_t bytes[sizeof(struct in6_addr)];
    for (size_t i = 0; i < request->header_count; i++) {
        const bool first = http_header_find(&request->headers[i], 1, "X-Forwarded-For") != NULL;
        last = first ? request->headers[i].value : last;
    }
    if (last != NULL) {
        const char *comma = strrchr(last, ',');
        last = comma != NULL ? comma + 1 : last;
        last += strspn(last, " \t");
        const size_t n = strcspn(last, " \t");
        if (n < sizeof text) {
            memcpy(text, last, n);
            text[n] = '\0';
            if (inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1) {
                memcpy(exchange->peer, text, n + 1);
            }
        }
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

static bool within_rate(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    const int64_t now = watch_clock();
    unsigned wait = rate_take(server->rates, &server->options.rate, exchange->peer, server->route_count, now);
    if (wait == 0 && exchange->found.route != NULL) {
        wait = rate_take(server->rates, &exchange->found.route->rate, exchange->peer, exchange->found.number,
                         now);
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

static void refuse_length(struct exchange *exchange)
{
    http_response_text(&exchange->response, 413, "The body is too long.\n");
    metrics_refused(exchange->server->metrics, METRICS_TOO_LONG);
}

static size_t announced_length(const struct http_request *request)
{
    const char *text = http_request_header(request, "Content-Length");
    return text != NULL ? (size_t)strtoull(text, NULL, 10) : 0;
}

// What can be refused before the body comes is refused now: the response has a status then.
static void judge_head(struct exchange *exchange, const char *path, const char *method)
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
    routes_find(server->tables, server->table_count, exchange->method, path, request->parts,
                &exchange->found);
    if (!is_framed_well(request)) {
        http_response_text(&exchange->response, 400, "The body's length is told twice.\n");
    } else if (!within_rate(exchange)) {
        return;
    } else if (exchange->found.route == NULL) {
        routes_refuse(&exchange->found, &exchange->response);
    } else if (announced_length(request) > exchange->found.route->body_max) {
        refuse_length(exchange);
    }
}

// --- The answer ----------------------------------------------------------------------------------------------

// What a response's body was, until it has been sent.
static void let_body_go(void *context)
{
    struct http_response *response = context;
    http_response_release(response);
    free(response);
}

static struct MHD_Response *response_of(struct exchange *exchange)
{
    struct http_response *kept = malloc(sizeof *kept);
    if (kept == NULL) {
        return NULL;
    }
    *kept = exchange->response;
    // The body has one owner.
    exchange->response = (struct http_response){.status = kept->status};
    exchange->sent = kept->n;
    const struct MHD_IoVec body = {kept->body, kept->n};
    struct MHD_Response *made = MHD_create_response_from_iovec(&body, 1, let_body_go, kept);
    if (made == NULL) {
        let_body_go(kept);
        return NULL;
    }
    bool ok = MHD_add_response_header(made, "X-Content-Type-Options", "nosniff") == MHD_YES;
    if (kept->type != NULL) {
        ok = ok && MHD_add_response_header(made, "Content-Type", kept->type) == MHD_YES;
    }
    for (size_t i = 0; i < kept->header_count; i++) {
        const char *value = kept->headers[i].value;
        ok = ok &&
             (value[0] == '\0' || MHD_add_response_header(made, kept->headers[i].name, value) == MHD_YES);
    }
    if (!ok) {
        MHD_destroy_response(made);
        return NULL;
    }
    return made;
}

static enum MHD_Result send_answer(struct exchange *exchange, bool close)
{
    struct http_server *server = exchange->server;
    struct http_response *response = &exchange->response;
    if (response->status < 200 || response->status > 599) {
        http_response_text(response, 500, "This is our mistake.\n");
    }
    struct MHD_Response *made = response_of(exchange);
    if (made == NULL) {
        return MHD_NO;
    }
    if (close || server_draining(server)) {
        (void)MHD_add_response_header(made, "Connection", "close");
    }
    watch_set(server->watch, exchange->watched,
              server->options.request_seconds + (int64_t)(exchange->sent / SLOWEST));
    exchange->stage = STAGE_SENT;
    const enum MHD_Result queued =
        MHD_queue_response(exchange->connection, (unsigned)exchange->response.status, made);
    MHD_destroy_response(made);
    return queued;
}

// --- The work ------------------------------------------------------------------------------------------------

static void refuse_busy(struct exchange *exchange)
{
    http_response_text(&exchange->response, 503, "The server is busy.\n");
    http_response_header(&exchange->response, "Retry-After", "1");
    metrics_refused(exchange->server->metrics, METRICS_BUSY);
}

static void work(struct job *job, size_t worker, bool stopped)
{
    struct exchange *exchange = (struct exchange *)job;
    exchange->request.worker = worker;
    if (stopped) {
        refuse_busy(exchange);
    } else {
        exchange->request.now = server_now(exchange->server);
        exchange->found.route->handle(exchange->found.context, &exchange->request, &exchange->response);
    }
    exchange->stage = STAGE_DONE;
    MHD_resume_connection(exchange->connection);
}

static void suspend(void *context)
{
    struct exchange *exchange = context;
    exchange->stage = STAGE_WORK;
    MHD_suspend_connection(exchange->connection);
}

// The whole request is there.
static enum MHD_Result complete(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    watch_set(server->watch, exchange->watched, 0);
    exchange->request.body = span_of(exchange->body, exchange->body_n);
    if (exchange->response.status != 0) {
        return send_answer(exchange, exchange->discarded > 0);
    }
    exchange->job.run = work;
    if (workers_submit(server->workers, &exchange->job, suspend, exchange)) {
        return MHD_YES;
    }
    refuse_busy(exchange);
    return send_answer(exchange, false);
}

// --- The body ------------------------------------------------------------------------------------------------

static bool make_room(struct exchange *exchange, size_t n)
{
    const size_t most = exchange->found.route->body_max;
    size_t capacity = exchange->body_capacity == 0 ? BODY_FIRST : exchange->body_capacity;
    while (capacity < n) {
        capacity *= 2;
    }
    capacity = capacity < most ? capacity : most;
    if (capacity == exchange->body_capacity) {
        return true;
    }
    uint8_t *larger = malloc(capacity);
    if (larger == NULL) {
        return false;
    }
    if (exchange->body != NULL) {
        memcpy(larger, exchange->body, exchange->body_n);
        crypto_wipe(exchange->body, exchange->body_n);
        free(exchange->body);
    }
    exchange->body = larger;
    exchange->body_capacity = capacity;
    return true;
}

static enum MHD_Result take_body(struct exchange *exchange, const char *bytes, size_t n)
{
    const bool wanted = exchange->response.status == 0;
    if (wanted && n > exchange->found.route->body_max - exchange->body_n) {
        refuse_length(exchange); // it was not announced
    } else if (wanted && make_room(exchange, exchange->body_n + n)) {
        memcpy(exchange->body + exchange->body_n, bytes, n);
        exchange->body_n += n;
        return MHD_YES;
    } else if (wanted) {
        http_response_empty(&exchange->response, 500);
    }
    exchange->discarded += n;
    return exchange->discarded <= DISCARD_MAX ? MHD_YES : MHD_NO;
}

static void count_active(struct http_server *server, bool more)
{
    (void)pthread_mutex_lock(&server->lock);
    server->active += more ? 1 : (size_t)-1;
    (void)pthread_cond_broadcast(&server->answered);
    (void)pthread_mutex_unlock(&server->lock);
}

enum MHD_Result exchange_go_on(void *server, struct MHD_Connection *connection, const char *path,
                               const char *method, const char *version, const char *bytes, size_t *n,
                               void **context)
{
    struct exchange *exchange = *context;
    (void)connection;
    (void)version;
    if (exchange == NULL) {
        return MHD_NO; // no memory
    }
    switch (exchange->stage) {
    case STAGE_NEW:
        exchange->stage = STAGE_BODY;
        count_active(server, true);
        judge_head(exchange, path, method);
        if (exchange->response.status != 0 && announced_length(&exchange->request) > DISCARD_MAX) {
            return send_answer(exchange, true);
        }
        return MHD_YES;
    case STAGE_BODY:
        if (*n > 0) {
            const enum MHD_Result taken = take_body(exchange, bytes, *n);
            *n = 0;
            return taken;
        }
        return complete(exchange);
    case STAGE_DONE:
        return send_answer(exchange, false);
    case STAGE_WORK:
    case STAGE_SENT:
        break;
    }
    return MHD_YES;
}

// --- The end -------------------------------------------------------------------------------------------------

// Nothing of who asked, or for what.
static void log_line(const struct exchange *exchange, int status, int64_t milliseconds)
{
    const struct http_server *server = exchange->server;
    const struct http_route *route = exchange->found.route;
    const time_t now = (time_t)server_now(server);
    struct tm day;
    char line[LINE_BYTES], at[32];
    if (server->options.log == NULL || gmtime_r(&now, &day) == NULL) {
        return;
    }
    (void)strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &day);
    (void)snprintf(line, sizeof line, "%s %s %s %d %zu bytes %lld ms", at,
                   route != NULL ? exchange->method : "-", route != NULL ? route->name : "-", status,
                   exchange->sent, (long long)milliseconds);
    server->options.log(server->options.context, line);
}

void exchange_end(void *context, struct MHD_Connection *connection, void **kept,
                  enum MHD_RequestTerminationCode how)
{
    struct http_server *server = context;
    struct exchange *exchange = *kept;
    (void)connection;
    if (exchange == NULL) {
        return;
    }
    if (exchange->stage != STAGE_NEW) {
        // 0: the client has gone, or the connection was cut.
        const int status = how == MHD_REQUEST_TERMINATED_COMPLETED_OK && exchange->stage == STAGE_SENT
                               ? exchange->response.status
                               : 0;
        const int64_t milliseconds = watch_clock() - exchange->began;
        const size_t number = exchange->found.route != NULL ? exchange->found.number : server->route_count;
        metrics_count(server->metrics, number, status, exchange->sent, milliseconds);
        log_line(exchange, status, milliseconds);
        watch_set(server->watch, exchange->watched,
                  (int64_t)server->options.idle_seconds + server->options.request_seconds);
        count_active(server, false);
    }
    http_response_release(&exchange->response);
    if (exchange->body != NULL) {
        crypto_wipe(exchange->body, exchange->body_n);
    }
    free(exchange->body);
    crypto_wipe(exchange->uri, strlen(exchange->uri));
    free(exchange->uri);
    free(exchange);
    *kept = NULL;
}
