// The HTTP server under everything that clients do: at once, too much, too slowly, and when it is to stop.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/http_stage.h"

#include "tests/unit/unit.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER = 65536, THREADS = 16, EACH = 40 };

static char answer[ANSWER];

#define HEAD_OF(line) line " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n"

static int ask(const struct http_stage *stage, const char *text)
{
    http_stage_ask(stage, text, answer, sizeof answer);
    return http_stage_status(answer);
}

static void test_a_handler_gets_the_request_and_its_answer_is_sent(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    (void)state;
    assert_int_equal(ask(stage, HEAD_OF("POST /echo?a=1&b=%20") "Content-Length: 5\r\n\r\nhello"), 200);
    assert_non_null(strstr(answer, "X-Query: a=1&b=%20\r\n"));
    assert_non_null(strstr(answer, "X-Peer: 127.0.0.1\r\n"));
    assert_non_null(strstr(answer, "X-Secure: no\r\n"));
    assert_non_null(strstr(answer, "Content-Length: 5\r\n"));
    assert_non_null(strstr(answer, "X-Content-Type-Options: nosniff\r\n"));
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\nhello");
    assert_int_equal(ask(stage, HEAD_OF("GET /part/a-b_c.d~1") "\r\n"), 200);
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\na-b_c.d~1");
    assert_int_equal(ask(stage, HEAD_OF("HEAD /part/abc") "\r\n"), 200);
    assert_non_null(strstr(answer, "Content-Length: 3\r\n"));
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
    assert_int_equal(ask(stage, HEAD_OF("GET /nothing") "\r\n"), 500);
    http_stage_end(stage);
}

static void test_a_connection_serves_one_request_after_the_other(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    const int fd = http_stage_connect(stage);
    (void)state;
    http_stage_send(fd, "GET /part/one HTTP/1.1\r\nHost: here\r\n\r\n" HEAD_OF("GET /part/two") "\r\n");
    (void)http_stage_receive(fd, answer, sizeof answer);
    (void)close(fd);
    assert_non_null(strstr(answer, "\r\n\r\none"));
    assert_non_null(strstr(answer, "\r\n\r\ntwo"));
    http_stage_end(stage);
}

static void test_what_is_not_there_is_refused(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    (void)state;
    assert_int_equal(ask(stage, HEAD_OF("GET /none") "\r\n"), 404);
    assert_int_equal(ask(stage, HEAD_OF("GET /part/") "\r\n"), 404);
    assert_int_equal(ask(stage, HEAD_OF("GET /part/a/b") "\r\n"), 404);
    assert_int_equal(ask(stage, HEAD_OF("GET /part/a%2fb") "\r\n"), 404);
    assert_int_equal(ask(stage, HEAD_OF("GET /echo") "\r\n"), 405);
    assert_non_null(strstr(answer, "Allow: POST\r\n"));
    assert_int_equal(ask(stage, HEAD_OF("POST /part/a") "Content-Length: 1\r\n\r\na"), 405);
    assert_non_null(strstr(answer, "Allow: GET, HEAD\r\n"));
    http_stage_end(stage);
}

// --- Too much ------------------------------------------------------------------------------------------------

static void test_a_body_that_is_announced_too_long_is_refused_before_it_comes(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    (void)state;
    assert_int_equal(ask(stage, "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 99999999999\r\n\r\n"),
                     413);
    assert_non_null(strstr(answer, "Connection: close\r\n"));
    http_stage_end(stage);
}

// What the path names is not there: of its body nothing is waited for.
static void test_a_body_for_nobody_is_refused_before_it_comes(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    (void)state;
    assert_int_equal(ask(stage, HEAD_OF("POST /echo/nobody") "Content-Length: 100000\r\n\r\n"), 404);
    assert_non_null(strstr(answer, "Connection: close\r\n"));
    assert_int_equal(ask(stage, HEAD_OF("POST /echo/nobody") "Content-Length: 3\r\n\r\nabc"), 404);
    assert_int_equal(ask(stage, HEAD_OF("POST /echo/somebody") "Content-Length: 3\r\n\r\nabc"), 200);
    http_stage_end(stage);
}

// A secret that is tried: right ones cost nothing, and behind too many wrong ones none is looked at.
static void test_who_was_refused_too_often_is_not_looked_at(void **state)
{
    (void)state;
    for (int unlimited = 0; unlimited <= 1; unlimited++) {
        struct http_stage *stage =
            http_stage_begin((struct http_server_options){.unlimited = unlimited != 0});
        const int late = unlimited != 0 ? 401 : 429;
        for (unsigned i = 0; i < 5; i++) {
            assert_int_equal(ask(stage, HEAD_OF("GET /guarded") "Authorization: right\r\n\r\n"), 200);
        }
        assert_int_equal(ask(stage, HEAD_OF("GET /guarded") "\r\n"), 401);
        assert_int_equal(ask(stage, HEAD_OF("GET /guarded") "\r\n"), 401);
        assert_int_equal(ask(stage, HEAD_OF("GET /guarded") "\r\n"), late);
        assert_int_equal(ask(stage, HEAD_OF("GET /guarded") "Authorization: right\r\n\r\n"),
                         unlimited != 0 ? 200 : 429);
        assert_int_equal(ask(stage, HEAD_OF("GET /part/x") "\r\n"), 200); // elsewhere nobody minds
        http_stage_end(stage);
    }
}

// The longest body that a route takes, and one byte more.
static void test_a_body_has_its_route_s_length_and_no_more(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    static char text[4096], body[STAGE_ECHO_MAX + 2];
    (void)state;
    memset(body, 'x', STAGE_ECHO_MAX + 1);
    for (size_t n = STAGE_ECHO_MAX; n <= STAGE_ECHO_MAX + 1; n++) {
        const int status = n == STAGE_ECHO_MAX ? 200 : 413;
        (void)snprintf(text, sizeof text, HEAD_OF("POST /echo") "Content-Length: %zu\r\n\r\n%.*s", n, (int)n,
                       body);
        assert_int_equal(ask(stage, text), status);
        (void)snprintf(text, sizeof text,
                       HEAD_OF("POST /echo") "Transfer-Encoding: chunked\r\n\r\n%zx\r\n%.*s\r\n0\r\n\r\n", n,
                       (int)n, body);
        assert_int_equal(ask(stage, text), status);
    }
    http_stage_end(stage);
}

static void test_a_body_without_end_is_cut_off(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    const int fd = http_stage_connect(stage);
    static char chunk[16384 + 16];
    (void)state;
    http_stage_send(fd, HEAD_OF("POST /echo") "Transfer-Encoding: chunked\r\n\r\n");
    const int n = snprintf(chunk, sizeof chunk, "4000\r\n");
    memset(chunk + n, 'x', 0x4000);
    (void)snprintf(chunk + n + 0x4000, sizeof chunk - (size_t)n - 0x4000, "\r\n");
    ssize_t sent = 1;
    size_t times = 0;
    while (sent > 0 && times++ < 100000) { // until the server has closed
        sent = send(fd, chunk, strlen(chunk), MSG_NOSIGNAL);
    }
    assert_true(sent < 0);
    (void)close(fd);
    http_stage_end(stage);
}

static void test_too_many_header_fields_are_refused(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    static char text[65536 + 512];
    (void)state;
    (void)snprintf(text, sizeof text, HEAD_OF("GET /part/a"));
    for (int i = 0; i < HTTP_REQUEST_HEADERS - 2; i++) {
        (void)snprintf(text + strlen(text), 32, "X-%d: 1\r\n", i);
    }
    const size_t n = strlen(text);
    (void)snprintf(text + n, 8, "\r\n");
    assert_int_equal(ask(stage, text), 200);
    (void)snprintf(text + n, 16, "Y: 1\r\n\r\n");
    assert_int_equal(ask(stage, text), 431);
    // Longer than a connection's memory.
    memset(text + n, 'z', 40000);
    (void)snprintf(text + n + 40000, 8, ": 1\r\n\r\n");
    const int status = ask(stage, text);
    assert_true(status == 431 || status == 413 || status == 0);
    http_stage_end(stage);
}

static void test_a_body_whose_length_is_told_twice_is_refused(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    (void)state;
    assert_int_equal(
        ask(stage, HEAD_OF("POST /echo") "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        400);
    assert_int_equal(ask(stage, HEAD_OF("POST /echo") "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
                     400);
    assert_int_equal(ask(stage, HEAD_OF("POST /echo") "Content-Length: -1\r\n\r\n"), 400);
    http_stage_end(stage);
}

static void test_an_address_has_its_rate(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    (void)state;
    // Whoever is not behind a proxy cannot take another name.
    assert_int_equal(ask(stage, HEAD_OF("GET /limited") "X-Forwarded-For: 10.0.0.1\r\n\r\n"), 200);
    assert_int_equal(ask(stage, HEAD_OF("GET /limited") "X-Forwarded-For: 10.0.0.2\r\n\r\n"), 200);
    assert_int_equal(ask(stage, HEAD_OF("GET /limited") "X-Forwarded-For: 10.0.0.3\r\n\r\n"), 429);
    assert_non_null(strstr(answer, "Retry-After: "));
    assert_int_equal(ask(stage, HEAD_OF("GET /metrics") "\r\n"), 200);
    assert_non_null(strstr(answer, "\njumin_http_unnamed_total 0\n")); // that is for what is behind a proxy
    assert_int_equal(ask(stage, HEAD_OF("GET /part/other") "\r\n"), 200); // another route
    http_stage_end(stage);
}

static void test_an_address_has_its_rate_over_all_routes(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){.rate = {2, 1}});
    (void)state;
    assert_int_equal(ask(stage, HEAD_OF("GET /part/a") "\r\n"), 200);
    assert_int_equal(ask(stage, HEAD_OF("GET /none") "\r\n"), 404);
    assert_int_equal(ask(stage, HEAD_OF("GET /part/a") "\r\n"), 429);
    http_stage_end(stage);
}

// How often it is answered before an address has asked for it too often.
static unsigned times_before_too_many(const struct http_stage *stage, const char *text)
{
    unsigned n = 0;
    while (n < 2000 && ask(stage, text) != 429) {
        n++;
    }
    return n;
}

static void test_what_the_server_answers_itself_has_a_rate_too(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    (void)state;
    assert_in_range(times_before_too_many(stage, HEAD_OF("GET /none") "\r\n"), 60, 1999);
    assert_int_equal(ask(stage, HEAD_OF("GET /other") "\r\n"), 429); // all that leads nowhere
    assert_int_equal(ask(stage, HEAD_OF("GET /echo") "\r\n"), 429);
    assert_in_range(times_before_too_many(stage, HEAD_OF("GET /health") "\r\n"), 120, 1999);
    assert_in_range(times_before_too_many(stage, HEAD_OF("GET /metrics") "\r\n"), 60, 1999);
    assert_int_equal(ask(stage, HEAD_OF("GET /part/a") "\r\n"), 200);
    http_stage_end(stage);
}

static void test_behind_a_proxy_the_address_is_the_last_one_that_it_tells(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){.behind_proxy = true});
    (void)state;
    for (int i = 0; i < 3; i++) { // what the client itself has written in front changes nothing
        char text[256];
        (void)snprintf(text, sizeof text,
                       HEAD_OF("GET /limited") "X-Forwarded-For: 1.1.1.%d, 10.0.0.1\r\n\r\n", i);
        assert_int_equal(ask(stage, text), i < 2 ? 200 : 429);
    }
    assert_int_equal(ask(stage, HEAD_OF("GET /limited") "X-Forwarded-For: 10.0.0.2\r\n\r\n"), 200);
    assert_int_equal(
        ask(stage, HEAD_OF("POST /echo") "Content-Length: 0\r\nX-Forwarded-For: 10.9.9.9\r\nX-Forwarded-For: "
                                         "2001:db8::1\r\nX-Forwarded-Proto: https\r\n\r\n"),
        200);
    assert_non_null(strstr(answer, "X-Peer: 2001:db8::1\r\n"));
    assert_non_null(strstr(answer, "X-Secure: yes\r\n"));
    assert_int_equal(
        ask(stage,
            HEAD_OF(
                "POST /echo") "Content-Length: 0\r\nX-Forwarded-For: 10.1.1.1, 10.2.2.2 , 10.3.3.3 \r\n\r\n"),
        200);
    assert_non_null(strstr(answer, "X-Peer: 10.3.3.3\r\n"));
    assert_int_equal(
        ask(stage, HEAD_OF("POST /echo") "Content-Length: 0\r\nX-Forwarded-For: [2001:db8::2]:443\r\n\r\n"),
        200);
    assert_non_null(strstr(answer, "X-Peer: 2001:db8::2\r\n"));
    assert_int_equal(ask(stage, HEAD_OF("POST /echo") "Content-Length: 0\r\nX-Forwarded-For: nobody\r\n\r\n"),
                     200);
    assert_non_null(strstr(answer, "X-Peer: 127.0.0.1\r\n"));
    assert_non_null(strstr(answer, "X-Secure: no\r\n"));
    // "nobody", and this one, which has no such field.
    assert_int_equal(ask(stage, HEAD_OF("GET /metrics") "\r\n"), 200);
    assert_non_null(strstr(answer, "\njumin_http_unnamed_total 2\n"));
    http_stage_end(stage);
}

// --- At once -------------------------------------------------------------------------------------------------

static void *ask_often(void *argument)
{
    const struct http_stage *stage = argument;
    struct client_curl *curl = client_curl_new(&(struct client_curl_options){.allow_http = true});
    const struct http_client client = client_curl_client(curl);
    size_t good = 0;
    for (int i = 0; i < EACH; i++) {
        char url[128], body[32];
        struct http_client_answer got;
        struct detail detail;
        (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/echo",
                       (unsigned)http_server_port(stage->server));
        (void)snprintf(body, sizeof body, "%p %d", argument, i);
        const struct http_client_request request = {
            .method = "POST", .url = url, .type = "text/plain", .body = span_of(body, strlen(body))};
        if (http_client_ask(&client, &request, &got, &detail) == JUMIN_OK && got.status == 200 &&
            strcmp((const char *)got.body, body) == 0) {
            good++;
        }
        http_client_answer_release(&got);
    }
    client_curl_free(curl);
    return (void *)good; // NOLINT(performance-no-int-to-ptr)
}

static void test_many_clients_at_once_have_each_its_own_answer(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){.workers = 4});
    pthread_t threads[THREADS];
    (void)state;
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, stage), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *good = NULL;
        assert_int_equal(pthread_join(threads[i], &good), 0);
        assert_int_equal((size_t)good, EACH);
    }
    assert_int_equal(ask(stage, HEAD_OF("GET /metrics") "\r\n"), 200);
    assert_non_null(strstr(answer, "jumin_http_requests_total{route=\"echo\",status=\"2xx\"} 640\n"));
    http_stage_end(stage);
}

static void test_a_queue_that_is_full_refuses(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){.workers = 1, .queue = 1});
    const int first = http_stage_connect(stage), second = http_stage_connect(stage);
    (void)state;
    http_stage_send(first, HEAD_OF("GET /slow") "\r\n");
    (void)sem_wait(&stage->entered);
    http_stage_send(second, HEAD_OF("GET /slow") "\r\n");
    // As soon as the second waits, a third is refused; until then it waits in its place.
    int status = 0;
    for (int i = 0; i < 1000 && status != 503; i++) {
        const int third = http_stage_connect(stage);
        http_stage_send(third, HEAD_OF("GET /part/a") "\r\n");
        struct pollfd poll_third = {third, POLLIN, 0};
        if (poll(&poll_third, 1, 5000) == 1) {
            (void)http_stage_receive(third, answer, sizeof answer);
            status = http_stage_status(answer);
        }
        (void)close(third);
    }
    assert_int_equal(status, 503);
    assert_non_null(strstr(answer, "Retry-After: 1\r\n"));
    (void)sem_post(&stage->go_on);
    (void)sem_post(&stage->go_on);
    (void)http_stage_receive(first, answer, sizeof answer);
    assert_int_equal(http_stage_status(answer), 200);
    (void)http_stage_receive(second, answer, sizeof answer);
    assert_int_equal(http_stage_status(answer), 200);
    (void)close(first);
    (void)close(second);
    http_stage_end(stage);
}

static void test_a_handler_that_waits_holds_up_nobody_else(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){.workers = 2});
    const int fd = http_stage_connect(stage);
    (void)state;
    http_stage_send(fd, HEAD_OF("GET /slow") "\r\n");
    (void)sem_wait(&stage->entered);
    assert_int_equal(ask(stage, HEAD_OF("GET /part/a") "\r\n"), 200);
    (void)close(fd); // the client goes away meanwhile
    (void)sem_post(&stage->go_on);
    assert_int_equal(ask(stage, HEAD_OF("GET /part/a") "\r\n"), 200);
    http_stage_end(stage);
}

// --- Too slowly ----------------------------------------------------------------------------------------------

// Sends byte after byte, until the server has closed. Returns how many it took.
static int dribble(const struct http_stage *stage, const char *head)
{
    const int fd = http_stage_connect(stage);
    http_stage_send(fd, head);
    int bytes = 0;
    struct pollfd ended = {fd, POLLIN, 0};
    while (bytes < 600 && poll(&ended, 1, 100) == 0) {
        http_stage_send(fd, "x");
        bytes++;
    }
    (void)close(fd);
    return bytes;
}

static void test_who_sends_byte_after_byte_is_cut_off(void **state)
{
    struct http_stage *stage =
        http_stage_begin((struct http_server_options){.request_seconds = 1, .idle_seconds = 60});
    (void)state;
    assert_in_range(dribble(stage, "GET /part/a HTTP/1.1\r\nX-Slow: "), 1, 599);
    assert_in_range(dribble(stage, HEAD_OF("POST /echo") "Content-Length: 1000\r\n\r\n"), 1, 599);
    assert_int_equal(ask(stage, HEAD_OF("GET /metrics") "\r\n"), 200);
    assert_non_null(strstr(answer, "jumin_http_refused_total{limit=\"slow\"} 2\n"));
    http_stage_end(stage);
}

static void test_who_says_nothing_is_cut_off(void **state)
{
    struct http_stage *stage =
        http_stage_begin((struct http_server_options){.request_seconds = 60, .idle_seconds = 1});
    const int fd = http_stage_connect(stage);
    (void)state;
    assert_int_equal(http_stage_receive(fd, answer, sizeof answer), 0);
    (void)close(fd);
    http_stage_end(stage);
}

static void test_who_does_not_read_is_cut_off(void **state)
{
    struct http_stage *stage =
        http_stage_begin((struct http_server_options){.request_seconds = 60, .idle_seconds = 1});
    const int fd = http_stage_connect(stage);
    size_t let_go = 0;
    (void)state;
    http_stage_send(fd, HEAD_OF("GET /big") "\r\n");
    struct pollfd nothing = {-1, 0, 0};
    for (int i = 0; i < 600 && let_go == 0; i++) { // the body is let go when the server gives up
        (void)poll(&nothing, 1, 100);
        (void)pthread_mutex_lock(&stage->lock);
        let_go = stage->let_go;
        (void)pthread_mutex_unlock(&stage->lock);
    }
    assert_int_equal(let_go, 1);
    (void)close(fd);
    http_stage_end(stage);
}

// The time is the client's, not the handler's.
static void test_who_waits_for_a_handler_is_not_cut_off(void **state)
{
    struct http_stage *stage =
        http_stage_begin((struct http_server_options){.request_seconds = 1, .idle_seconds = 1});
    const int fd = http_stage_connect(stage);
    struct pollfd answered = {fd, POLLIN, 0};
    (void)state;
    http_stage_send(fd, HEAD_OF("GET /slow") "\r\n");
    (void)sem_wait(&stage->entered);
    assert_int_equal(poll(&answered, 1, 3000), 0);
    (void)sem_post(&stage->go_on);
    (void)http_stage_receive(fd, answer, sizeof answer);
    assert_int_equal(http_stage_status(answer), 200);
    (void)close(fd);
    http_stage_end(stage);
}

// --- Stopping ------------------------------------------------------------------------------------------------

static void *drain(void *argument)
{
    const struct http_stage *stage = argument;
    return http_server_drain(stage->server, 60) ? argument : NULL;
}

static bool can_connect(const struct http_stage *stage)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(http_server_port(stage->server)),
                                   .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const bool connected = connect(fd, (const struct sockaddr *)(const void *)&to, sizeof to) == 0;
    (void)close(fd);
    return connected;
}

static void test_what_is_under_way_is_answered_before_the_server_stops(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    const int fd = http_stage_connect(stage);
    pthread_t thread;
    void *drained = NULL;
    (void)state;
    http_stage_send(fd, "GET /slow HTTP/1.1\r\nHost: here\r\n\r\n");
    (void)sem_wait(&stage->entered);
    assert_int_equal(pthread_create(&thread, NULL, drain, stage), 0);
    while (can_connect(stage)) {
    }
    (void)sem_post(&stage->go_on);
    (void)http_stage_receive(fd, answer, sizeof answer);
    assert_int_equal(http_stage_status(answer), 200);
    assert_non_null(strstr(answer, "Connection: close\r\n"));
    assert_int_equal(pthread_join(thread, &drained), 0);
    assert_non_null(drained);
    (void)close(fd);
    http_stage_end(stage);
}

static void test_draining_ends_after_its_time(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    const int fd = http_stage_connect(stage);
    (void)state;
    http_stage_send(fd, HEAD_OF("GET /slow") "\r\n");
    (void)sem_wait(&stage->entered);
    assert_false(http_server_drain(stage->server, 0));
    (void)sem_post(&stage->go_on);
    http_stage_end(stage);
    (void)close(fd);
}

static void *end(void *argument)
{
    http_stage_end(argument);
    return NULL;
}

static void test_a_server_that_ends_refuses_what_waits(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){.workers = 1});
    const int fd = http_stage_connect(stage), waiting = http_stage_connect(stage);
    pthread_t thread;
    (void)state;
    http_stage_send(fd, HEAD_OF("GET /slow") "\r\n");
    (void)sem_wait(&stage->entered);
    http_stage_send(waiting, HEAD_OF("GET /slow") "\r\n");
    assert_int_equal(pthread_create(&thread, NULL, end, stage), 0);
    (void)sem_post(&stage->go_on);
    (void)sem_post(&stage->go_on);
    assert_int_equal(pthread_join(thread, NULL), 0); // whatever came first, it ends
    (void)http_stage_receive(waiting, answer, sizeof answer);
    (void)close(fd);
    (void)close(waiting);
}

// --- What it tells -------------------------------------------------------------------------------------------

static void test_the_log_has_nothing_of_who_asked_or_for_what(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    (void)state;
    (void)ask(stage,
              HEAD_OF("POST /echo?secret=1") "Authorization: secret\r\nContent-Length: 6\r\n\r\nsecret");
    (void)ask(stage, HEAD_OF("GET /part/secret") "\r\n");
    (void)ask(stage, HEAD_OF("GET /secret") "\r\n");
    assert_true(http_server_drain(stage->server, 60));
    assert_null(strstr(stage->log, "secret"));
    assert_null(strstr(stage->log, "127.0.0.1"));
    assert_non_null(strstr(stage->log, "2026-12-03T00:00:00Z POST echo 200 6 bytes "));
    assert_non_null(strstr(stage->log, "2026-12-03T00:00:00Z GET part 200 6 bytes "));
    assert_non_null(strstr(stage->log, "2026-12-03T00:00:00Z - - 404 "));
    http_stage_end(stage);
}

static void test_health_says_whether_it_works(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    (void)state;
    assert_int_equal(ask(stage, HEAD_OF("GET /health") "\r\n"), 200);
    assert_non_null(strstr(answer, "{\"status\":\"ok\"}"));
    stage->failing = true;
    assert_int_equal(ask(stage, HEAD_OF("GET /health") "\r\n"), 503);
    assert_non_null(strstr(answer, "the database does not answer"));
    http_stage_end(stage);
}

static void test_a_server_that_cannot_start_says_why(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    struct http_server *other = NULL;
    struct detail detail;
    struct http_server_options options = {.port = http_server_port(stage->server)};
    (void)state;
    assert_int_equal(http_server_start(&other, &options, NULL, 0, &detail), JUMIN_ERROR_LINK);
    assert_non_null(strstr(detail.text, "Address already in use"));
    options = (struct http_server_options){.address = "localhost"};
    assert_int_equal(http_server_start(&other, &options, NULL, 0, &detail), JUMIN_ERROR_INPUT);
    assert_string_equal(detail.text, "localhost is no numeric address");
    options = (struct http_server_options){.certificate = "/nowhere/a.pem", .key = "/nowhere/b.pem"};
    assert_int_equal(http_server_start(&other, &options, NULL, 0, &detail), JUMIN_ERROR_FILE);
    assert_string_equal(detail.text, "/nowhere/a.pem: No such file or directory");
    options = (struct http_server_options){.certificate = "/etc/passwd", .key = "/etc/passwd"};
    assert_int_equal(http_server_start(&other, &options, NULL, 0, &detail), JUMIN_ERROR_INPUT);
    assert_true(detail.text[0] != '\0');
    options = (struct http_server_options){.certificate = "/etc/passwd"};
    assert_int_equal(http_server_start(&other, &options, NULL, 0, &detail), JUMIN_ERROR_INPUT);
    assert_string_equal(detail.text, "certificate and key belong together");
    assert_null(other);
    http_stage_end(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_handler_gets_the_request_and_its_answer_is_sent),
        cmocka_unit_test(test_a_connection_serves_one_request_after_the_other),
        cmocka_unit_test(test_what_is_not_there_is_refused),
        cmocka_unit_test(test_who_was_refused_too_often_is_not_looked_at),
        cmocka_unit_test(test_a_body_for_nobody_is_refused_before_it_comes),
        cmocka_unit_test(test_a_body_that_is_announced_too_long_is_refused_before_it_comes),
        cmocka_unit_test(test_a_body_has_its_route_s_length_and_no_more),
        cmocka_unit_test(test_a_body_without_end_is_cut_off),
        cmocka_unit_test(test_too_many_header_fields_are_refused),
        cmocka_unit_test(test_a_body_whose_length_is_told_twice_is_refused),
        cmocka_unit_test(test_an_address_has_its_rate),
        cmocka_unit_test(test_an_address_has_its_rate_over_all_routes),
        cmocka_unit_test(test_what_the_server_answers_itself_has_a_rate_too),
        cmocka_unit_test(test_behind_a_proxy_the_address_is_the_last_one_that_it_tells),
        cmocka_unit_test(test_many_clients_at_once_have_each_its_own_answer),
        cmocka_unit_test(test_a_queue_that_is_full_refuses),
        cmocka_unit_test(test_a_handler_that_waits_holds_up_nobody_else),
        cmocka_unit_test(test_who_sends_byte_after_byte_is_cut_off),
        cmocka_unit_test(test_who_says_nothing_is_cut_off),
        cmocka_unit_test(test_who_does_not_read_is_cut_off),
        cmocka_unit_test(test_who_waits_for_a_handler_is_not_cut_off),
        cmocka_unit_test(test_what_is_under_way_is_answered_before_the_server_stops),
        cmocka_unit_test(test_draining_ends_after_its_time),
        cmocka_unit_test(test_a_server_that_ends_refuses_what_waits),
        cmocka_unit_test(test_the_log_has_nothing_of_who_asked_or_for_what),
        cmocka_unit_test(test_health_says_whether_it_works),
        cmocka_unit_test(test_a_server_that_cannot_start_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
