// A server with handlers of the tests' own, and clients that speak to it byte by byte.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/http_stage.h"

#include "tests/unit/unit.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE = 600 }; // seconds: a machine that stands still for a while cuts nobody off

static uint8_t big[STAGE_BIG];

static void echo(void *context, const struct http_request *request, struct http_response *response)
{
    char query[HTTP_VALUE_MAX];
    (void)context;
    http_response_bytes(response, 200, "application/octet-stream", request->body);
    assert_true(request->query.n < sizeof query);
    (void)snprintf(query, sizeof query, "%.*s", (int)request->query.n, (const char *)request->query.p);
    http_response_header(response, "X-Query", query);
    http_response_header(response, "X-Peer", request->peer);
    http_response_header(response, "X-Secure", request->secure ? "yes" : "no");
}

static void part(void *context, const struct http_request *request, struct http_response *response)
{
    (void)context;
    http_response_text(response, 200, request->parts[0]);
}

static void slow(void *context, const struct http_request *request, struct http_response *response)
{
    struct http_stage *stage = context;
    (void)request;
    (void)sem_post(&stage->entered);
    (void)sem_wait(&stage->go_on);
    http_response_text(response, 200, "done");
}

static void let_go(void *context)
{
    struct http_stage *stage = context;
    (void)pthread_mutex_lock(&stage->lock);
    stage->let_go++;
    (void)pthread_mutex_unlock(&stage->lock);
}

static void answer_big(void *context, const struct http_request *request, struct http_response *response)
{
    (void)request;
    http_response_share(response, 200, "application/octet-stream", span_of(big, sizeof big), context, let_go);
}

static void nothing(void *context, const struct http_request *request, struct http_response *response)
{
    (void)context;
    (void)request;
    (void)response;
}

static void guarded(void *context, const struct http_request *request, struct http_response *response)
{
    (void)context;
    const char *given = http_request_header(request, "Authorization");
    http_response_empty(response, given != NULL && strcmp(given, "right") == 0 ? 200 : 401);
}

static void away(void *context, const struct http_request *request, struct http_response *response)
{
    (void)context;
    (void)request;
    http_response_empty(response, 302);
    http_response_header(response, "Location", "/part/elsewhere");
}

static const struct http_route routes[] = {
    {.name = "echo", .method = "POST", .path = "/echo", .body_max = STAGE_ECHO_MAX, .handle = echo},
    {.name = "echo-there", .method = "POST", .path = "/echo/{}", .body_max = STAGE_BIG, .handle = echo},
    {.name = "part", .method = "GET", .path = "/part/{}", .handle = part},
    {.name = "slow", .method = "GET", .path = "/slow", .handle = slow},
    {.name = "big", .method = "GET", .path = "/big", .handle = answer_big},
    {.name = "guarded", .method = "GET", .path = "/guarded", .handle = guarded},
    {.name = "nothing", .method = "GET", .path = "/nothing", .handle = nothing},
    {.name = "away", .method = "GET", .path = "/away", .handle = away},
    {.name = "limited", .method = "GET", .path = "/limited", .rate = {2, 1}, .handle = part},
};

static void admit(void *context, const struct http_route *route, const struct http_request *request,
                  struct http_response *response)
{
    (void)context;
    if (strcmp(route->name, "echo-there") == 0 && strcmp(request->parts[0], "nobody") == 0) {
        http_response_error(response, 404, "nobody", NULL);
    }
}

static void keep_line(void *context, const char *line)
{
    struct http_stage *stage = context;
    (void)pthread_mutex_lock(&stage->lock);
    const size_t n = strlen(stage->log);
    (void)snprintf(stage->log + n, sizeof stage->log - n, "%s\n", line);
    (void)pthread_mutex_unlock(&stage->lock);
}

static bool healthy(void *context, char why[128])
{
    const struct http_stage *stage = context;
    if (stage->failing) {
        (void)snprintf(why, 128, "the database does not answer");
    }
    return !stage->failing;
}

static int64_t now(void)
{
    return STAGE_NOW;
}

struct http_stage *http_stage_begin(struct http_server_options options)
{
    struct http_stage *stage = calloc(1, sizeof *stage);
    struct detail detail = {""};
    assert_non_null(stage);
    (void)signal(SIGPIPE, SIG_IGN);
    assert_int_equal(sem_init(&stage->entered, 0, 0), 0);
    assert_int_equal(sem_init(&stage->go_on, 0, 0), 0);
    (void)pthread_mutex_init(&stage->lock, NULL);
    options.log = keep_line;
    options.healthy = healthy;
    options.context = stage;
    options.now = now;
    options.idle_seconds = options.idle_seconds != 0 ? options.idle_seconds : PATIENCE;
    options.request_seconds = options.request_seconds != 0 ? options.request_seconds : PATIENCE;
    const struct http_routes table = {.routes = routes,
                                      .count = sizeof routes / sizeof *routes,
                                      .context = stage,
                                      .admit = admit,
                                      .refused = {2, 1}};
    const enum jumin_error error = http_server_start(&stage->server, &options, &table, 1, &detail);
    if (error != JUMIN_OK) {
        print_error("%s\n", detail.text);
    }
    assert_int_equal(error, JUMIN_OK);
    return stage;
}

void http_stage_end(struct http_stage *stage)
{
    http_server_free(stage->server);
    (void)sem_destroy(&stage->entered);
    (void)sem_destroy(&stage->go_on);
    (void)pthread_mutex_destroy(&stage->lock);
    free(stage);
}

int http_stage_connect(const struct http_stage *stage)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(http_server_port(stage->server)),
                                   .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)(const void *)&to, sizeof to), 0);
    return fd;
}

void http_stage_send(int fd, const char *text)
{
    size_t n = strlen(text);
    while (n > 0) {
        const ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
        if (sent <= 0) {
            return; // the server does not want it
        }
        text += sent;
        n -= (size_t)sent;
    }
}

size_t http_stage_receive(int fd, char *answer, size_t capacity)
{
    size_t n = 0;
    for (;;) {
        const ssize_t got = recv(fd, answer + n, capacity - 1 - n, 0);
        if (got <= 0) {
            break;
        }
        n += (size_t)got;
        assert_true(n < capacity - 1);
    }
    answer[n] = '\0';
    return n;
}

void http_stage_ask(const struct http_stage *stage, const char *text, char *answer, size_t capacity)
{
    const int fd = http_stage_connect(stage);
    http_stage_send(fd, text);
    (void)http_stage_receive(fd, answer, capacity);
    (void)close(fd);
}

int http_stage_status(const char *answer)
{
    static const char version[] = "HTTP/1.1 ";
    const bool is_answer = strncmp(answer, version, sizeof version - 1) == 0;
    return is_answer ? (int)strtol(answer + sizeof version - 1, NULL, 10) : 0;
}
