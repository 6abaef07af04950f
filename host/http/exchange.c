// One request and its answer, as the server leads it: limits first, then the body, then a worker.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/exchange.h"

#include "card/crypto/crypto.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    LINE_BYTES = 256,
    // Of a body that nobody wants, so much is taken all the same: a client that still writes when the
    // connection closes never reads why.
    DISCARD_MAX = 65536,
    SLOWEST = 4096, // bytes a second that a client must take
    BODY_FIRST = 4096,
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
        exchange_count_refused(exchange);
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
        exchange_refuse_length(exchange); // it was not announced
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
        exchange_judge_head(exchange, path, method);
        if (exchange->response.status != 0 && exchange_announced(exchange) > DISCARD_MAX) {
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
