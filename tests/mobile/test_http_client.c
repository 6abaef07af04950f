// The HTTP client on libcurl: what it takes, what it refuses, and what it says when a server is none.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/http_stage.h"

#include <jumin/http.h>

#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct detail detail;
static struct http_client_answer answer;

static enum jumin_error ask_with(const struct client_curl_options *options,
                                 const struct http_client_request *request)
{
    struct client_curl *curl = client_curl_new(options);
    assert_non_null(curl);
    const struct http_client client = client_curl_client(curl);
    http_client_answer_release(&answer);
    detail_clear(&detail);
    const enum jumin_error error = http_client_ask(&client, request, &answer, &detail);
    client_curl_free(curl);
    return error;
}

static enum jumin_error ask(const struct http_client_request *request)
{
    return ask_with(&(struct client_curl_options){.allow_http = true}, request);
}

static const char *url_of(const struct http_stage *stage, const char *path)
{
    static char url[128];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u%s", (unsigned)http_server_port(stage->server), path);
    return url;
}

static void test_an_answer_has_status_header_fields_and_body(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){.behind_proxy = true});
    const struct http_header headers[] = {{"X-Forwarded-For", "10.1.2.3"}};
    struct http_client_request request = {.method = "POST",
                                          .url = url_of(stage, "/echo?q=1"),
                                          .type = "text/plain",
                                          .headers = headers,
                                          .header_count = 1,
                                          .body = span_of("hello", 5)};
    (void)state;
    assert_int_equal(ask(&request), JUMIN_OK);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.n, 5);
    assert_string_equal((const char *)answer.body, "hello"); // and the zero byte behind
    assert_string_equal(http_client_answer_type(&answer), "application/octet-stream");
    assert_string_equal(http_header_find(answer.headers, answer.header_count, "x-query"), "q=1");
    assert_string_equal(http_header_find(answer.headers, answer.header_count, "X-Peer"), "10.1.2.3");
    request = (struct http_client_request){.method = "POST", .url = url_of(stage, "/echo")}; // empty
    assert_int_equal(ask(&request), JUMIN_OK);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.n, 0);
    assert_non_null(answer.body);
    request = (struct http_client_request){.method = "GET", .url = url_of(stage, "/none")};
    assert_int_equal(ask(&request), JUMIN_OK); // 404 is an answer
    assert_int_equal(answer.status, 404);
    http_client_answer_release(&answer);
    assert_null(answer.body);
    http_stage_end(stage);
}

static void test_a_redirect_is_an_answer(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    const struct http_client_request request = {.method = "GET", .url = url_of(stage, "/away")};
    (void)state;
    assert_int_equal(ask(&request), JUMIN_OK);
    assert_int_equal(answer.status, 302);
    assert_string_equal(http_header_find(answer.headers, answer.header_count, "Location"), "/part/elsewhere");
    http_client_answer_release(&answer);
    http_stage_end(stage);
}

static void test_an_answer_longer_than_allowed_is_refused(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    struct http_client_request request = {.method = "GET", .url = url_of(stage, "/big")};
    (void)state;
    assert_int_equal(ask(&request), JUMIN_ERROR_MALFORMED);
    assert_string_equal(detail.text, "127.0.0.1: the answer is longer than allowed");
    assert_null(answer.body);
    request.answer_max = STAGE_BIG - 1;
    assert_int_equal(ask(&request), JUMIN_ERROR_MALFORMED);
    request.answer_max = STAGE_BIG;
    assert_int_equal(ask(&request), JUMIN_OK);
    assert_int_equal(answer.n, STAGE_BIG);
    http_client_answer_release(&answer);
    http_stage_end(stage);
}

static void test_a_server_that_does_not_answer_is_given_up(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    const struct http_client_request request = {
        .method = "GET", .url = url_of(stage, "/slow?secret"), .seconds = 1};
    (void)state;
    assert_int_equal(ask(&request), JUMIN_ERROR_TIMEOUT);
    assert_string_equal(detail.text, "127.0.0.1 does not answer in time");
    (void)sem_post(&stage->go_on);
    http_stage_end(stage);
}

// Goes on as often as `context` says.
static bool count_down(void *context)
{
    unsigned *left = context;
    *left -= *left > 0;
    return *left > 0;
}

static void test_who_is_stopped_waits_no_longer(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    const struct http_client_request slow = {.method = "GET", .url = url_of(stage, "/slow?secret")};
    unsigned left = 2;
    const struct client_curl_options options = {.allow_http = true, .go_on = count_down, .context = &left};
    (void)state;
    assert_int_equal(ask_with(&options, &slow), JUMIN_ERROR_CANCELLED);
    assert_string_equal(detail.text, "stopped before 127.0.0.1 had answered");
    (void)sem_post(&stage->go_on);
    // Stopped before: nobody is asked, and so it does not matter that nobody would answer.
    const struct http_client_request nobody = {.method = "GET", .url = "http://127.0.0.1:1/"};
    assert_int_equal(ask_with(&options, &nobody), JUMIN_ERROR_CANCELLED);
    const struct http_client_request quick = {.method = "GET", .url = url_of(stage, "/none")};
    left = 1000000;
    assert_int_equal(ask_with(&options, &quick), JUMIN_OK);
    assert_int_equal(answer.status, 404);
    http_client_answer_release(&answer);
    http_stage_end(stage);
}

static void test_urls_that_are_none_of_ours_are_refused(void **state)
{
    static const struct {
        const char *url, *why;
    } refused[] = {
        {"ftp://127.0.0.1/", "127.0.0.1: not by ftp://, but https:// alone"},
        {"file:///etc/passwd", NULL},
        {"127.0.0.1/x", "this is no URL"},
        {"", "this is no URL"},
        {"http://user:secret@127.0.0.1/", "this is no URL"},
        {"http://127.0.0.1:99999/", "this is no URL"},
    };
    struct http_client_request request = {.method = "GET"};
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        request.url = refused[i].url;
        assert_int_equal(ask(&request), JUMIN_ERROR_INPUT);
        if (refused[i].why != NULL) {
            assert_string_equal(detail.text, refused[i].why);
        }
    }
    request.url = "http://127.0.0.1/";
    assert_int_equal(ask_with(&(struct client_curl_options){0}, &request), JUMIN_ERROR_INPUT);
    assert_string_equal(detail.text, "127.0.0.1: not by http://, but https:// alone");
}

static void test_a_line_break_in_a_header_is_refused(void **state)
{
    const struct http_header headers[] = {{"X", "a\r\nY: b"}};
    struct http_client_request request = {
        .method = "GET", .url = "http://127.0.0.1/", .headers = headers, .header_count = 1};
    (void)state;
    assert_int_equal(ask(&request), JUMIN_ERROR_ARGUMENT);
    request = (struct http_client_request){.method = "GET", .url = "http://127.0.0.1/", .type = "a\nb"};
    assert_int_equal(ask(&request), JUMIN_ERROR_ARGUMENT);
    request = (struct http_client_request){.method = "GET /x\r\n", .url = "http://127.0.0.1/"};
    assert_int_equal(ask(&request), JUMIN_ERROR_ARGUMENT);
}

// --- A server that is none -----------------------------------------------------------------------------------

struct fake {
    int listening;
    const char *says;
    pthread_t thread;
};

static void *say(void *argument)
{
    const struct fake *fake = argument;
    char request[4096];
    const int fd = accept(fake->listening, NULL, NULL);
    (void)!recv(fd, request, sizeof request, 0);
    http_stage_send(fd, fake->says);
    (void)shutdown(fd, SHUT_WR);
    while (recv(fd, request, sizeof request, 0) > 0) {
    }
    (void)close(fd);
    return NULL;
}

static enum jumin_error ask_fake(const char *says)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof at;
    struct fake fake = {.listening = socket(AF_INET, SOCK_STREAM, 0), .says = says};
    char url[64];
    assert_int_equal(bind(fake.listening, (const struct sockaddr *)(const void *)&at, sizeof at), 0);
    assert_int_equal(listen(fake.listening, 1), 0);
    assert_int_equal(getsockname(fake.listening, (struct sockaddr *)(void *)&at, &n), 0);
    assert_int_equal(pthread_create(&fake.thread, NULL, say, &fake), 0);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", (unsigned)ntohs(at.sin_port));
    const enum jumin_error error = ask(&(struct http_client_request){.method = "GET", .url = url});
    assert_int_equal(pthread_join(fake.thread, NULL), 0);
    (void)close(fake.listening);
    return error;
}

static void test_what_is_no_http_is_refused(void **state)
{
    static char many[65536];
    (void)state;
    assert_int_equal(ask_fake("SSH-2.0-x\r\n"), JUMIN_ERROR_MALFORMED);
    assert_int_equal(ask_fake(""), JUMIN_ERROR_LINK);
    assert_int_equal(ask_fake("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), JUMIN_ERROR_LINK);
    assert_int_equal(
        ask_fake("HTTP/1.1 103 Early\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\nX: 2 \r\nContent-Length: 1\r\n\r\na"),
        JUMIN_OK);
    assert_int_equal(http_header_count(answer.headers, answer.header_count, "X"), 1);
    assert_string_equal(http_header_find(answer.headers, answer.header_count, "X"), "2");
    (void)snprintf(many, sizeof many, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 100; i++) {
        (void)snprintf(many + strlen(many), 32, "X-%d: %d\r\n", i, i);
    }
    (void)snprintf(many + strlen(many), 32, "Content-Length: 0\r\n\r\n");
    assert_int_equal(ask_fake(many), JUMIN_OK);
    assert_int_equal(answer.header_count, HTTP_CLIENT_HEADERS);
    (void)snprintf(many, sizeof many, "HTTP/1.1 200 OK\r\nX: ");
    memset(many + strlen(many), 'x', 20000);
    (void)snprintf(many + 20020, 32, "\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(ask_fake(many), JUMIN_ERROR_MALFORMED);
    http_client_answer_release(&answer);
}

// --- TLS -----------------------------------------------------------------------------------------------------

static void make_certificate(const char *name)
{
    char command[1024];
    (void)snprintf(
        command, sizeof command,
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=%s -addext "
        "subjectAltName=IP:127.0.0.1 -keyout '%s' -out '%s' 2>/dev/null",
        name, temporary_path("%s.key", name), temporary_path("%s.pem", name));
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c)
}

static void test_a_server_is_believed_by_its_certificate_alone(void **state)
{
    char certificate[256], key[256], other[256], url[64];
    (void)state;
    make_certificate("server");
    make_certificate("other");
    (void)snprintf(certificate, sizeof certificate, "%s", temporary_path("server.pem"));
    (void)snprintf(key, sizeof key, "%s", temporary_path("server.key"));
    (void)snprintf(other, sizeof other, "%s", temporary_path("other.pem"));
    struct http_stage *stage =
        http_stage_begin((struct http_server_options){.certificate = certificate, .key = key});
    struct http_client_request request = {.method = "POST", .url = url, .body = span_of("a", 1)};
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%u/echo", (unsigned)http_server_port(stage->server));
    assert_int_equal(ask_with(&(struct client_curl_options){.authorities = certificate}, &request), JUMIN_OK);
    assert_string_equal(http_header_find(answer.headers, answer.header_count, "X-Secure"), "yes");
    assert_int_equal(ask_with(&(struct client_curl_options){.authorities = other}, &request),
                     JUMIN_ERROR_LINK);
    assert_int_equal(ask_with(&(struct client_curl_options){0}, &request), JUMIN_ERROR_LINK);
    (void)snprintf(url, sizeof url, "https://localhost:%u/echo", (unsigned)http_server_port(stage->server));
    assert_int_equal(ask_with(&(struct client_curl_options){.authorities = certificate}, &request),
                     JUMIN_ERROR_LINK);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/echo", (unsigned)http_server_port(stage->server));
    assert_int_not_equal(ask(&request), JUMIN_OK); // no TLS
    http_client_answer_release(&answer);
    http_stage_end(stage);
}

// What a verifier fetches its status lists with.
static void test_what_is_fetched_has_the_type_that_was_asked_for(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    const struct jumin_http_options options = {.allow_http = true};
    struct jumin_http *http = NULL;
    uint8_t *body = NULL;
    size_t n = 0;
    (void)state;
    assert_int_equal(jumin_http_new(&http, &options), JUMIN_OK);
    const char *type = "text/plain";
    assert_int_equal(jumin_http_get(http, url_of(stage, "/part/x"), type, &body, &n), JUMIN_OK);
    assert_string_equal((const char *)body, "x");
    free(body);
    assert_int_equal(jumin_http_get(http, url_of(stage, "/part/x"), "application/statuslist+cwt", &body, &n),
                     JUMIN_ERROR_MALFORMED);
    assert_null(body);
    assert_int_equal(jumin_http_get(http, url_of(stage, "/away"), type, &body, &n),
                     JUMIN_ERROR_ACCESS_DENIED);
    assert_null(body);
    jumin_http_free(http);
    http_stage_end(stage);
}

// Of a status list, while somebody waits.
static void test_what_is_not_fetched_in_time_is_given_up(void **state)
{
    struct http_stage *stage = http_stage_begin((struct http_server_options){0});
    const struct jumin_http_options options = {.allow_http = true, .seconds = 1};
    struct jumin_http *http = NULL;
    uint8_t *body = NULL;
    size_t n = 0;
    (void)state;
    assert_int_equal(jumin_http_new(&http, &options), JUMIN_OK);
    assert_int_equal(jumin_http_get(http, url_of(stage, "/slow"), "text/plain", &body, &n),
                     JUMIN_ERROR_TIMEOUT);
    assert_null(body);
    (void)sem_post(&stage->go_on);
    jumin_http_free(http);
    http_stage_end(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_answer_has_status_header_fields_and_body),
        cmocka_unit_test(test_a_redirect_is_an_answer),
        cmocka_unit_test(test_an_answer_longer_than_allowed_is_refused),
        cmocka_unit_test(test_a_server_that_does_not_answer_is_given_up),
        cmocka_unit_test(test_who_is_stopped_waits_no_longer),
        cmocka_unit_test(test_urls_that_are_none_of_ours_are_refused),
        cmocka_unit_test(test_a_line_break_in_a_header_is_refused),
        cmocka_unit_test(test_what_is_no_http_is_refused),
        cmocka_unit_test(test_what_is_fetched_has_the_type_that_was_asked_for),
        cmocka_unit_test(test_what_is_not_fetched_in_time_is_given_up),
        IN_TEMPORARY_FOLDER(test_a_server_is_believed_by_its_certificate_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
