// An HTTP client for programs, on libcurl.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/client_curl.h"

#include "card/crypto/crypto.h"
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>

enum { FIELD_MAX = 16384, BODY_FIRST = 4096 };

struct client_curl {
    CURL *easy;
    bool allow_http;
    char *authorities, *agent;
    bool (*go_on)(void *context);
    void *context;
};

// One exchange under way.
struct exchange {
    struct http_client_answer *answer;
    size_t capacity, most; // of the body
    bool too_long, no_memory;
};

static pthread_once_t begun = PTHREAD_ONCE_INIT;

static void begin(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct client_curl *client_curl_new(const struct client_curl_options *options)
{
    (void)pthread_once(&begun, begin);
    struct client_curl *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    made->easy = curl_easy_init();
    made->allow_http = options->allow_http;
    made->go_on = options->go_on;
    made->context = options->context;
    made->agent = strdup(options->agent != NULL ? options->agent : "jumin");
    made->authorities = options->authorities != NULL ? strdup(options->authorities) : NULL;
    if (made->easy == NULL || made->agent == NULL ||
        (options->authorities != NULL && made->authorities == NULL)) {
        client_curl_free(made);
        return NULL;
    }
    return made;
}

void client_curl_free(struct client_curl *curl)
{
    if (curl != NULL) {
        curl_easy_cleanup(curl->easy);
        free(curl->authorities);
        free(curl->agent);
        free(curl);
    }
}

// --- What comes ----------------------------------------------------------------------------------------------

// Memory that is left behind is wiped: an answer may hold a credential or a token.
static bool make_room(struct exchange *exchange, size_t n)
{
    struct http_client_answer *answer = exchange->answer;
    if (n <= exchange->capacity) {
        return true;
    }
    const size_t capacity = n > 2 * exchange->capacity ? n : 2 * exchange->capacity;
    uint8_t *larger = malloc(capacity);
    if (larger == NULL) {
        exchange->no_memory = true;
        return false;
    }
    if (answer->body != NULL) {
        memcpy(larger, answer->body, answer->n);
        crypto_wipe(answer->body, answer->n);
        free(answer->body);
    }
    answer->body = larger;
    exchange->capacity = capacity;
    return true;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    struct http_client_answer *answer = exchange->answer;
    const size_t n = size * count;
    exchange->too_long = n > exchange->most - answer->n;
    if (exchange->too_long || !make_room(exchange, answer->n + n + 1)) {
        return 0;
    }
    memcpy(answer->body + answer->n, bytes, n);
    answer->n += n;
    return n;
}

static size_t take_field(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    const size_t n = size * count;
    struct span line = span_of(bytes, n);
    while (line.n > 0 &&
           (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == '\n' || line.p[line.n - 1] == ' ')) {
        line.n--;
    }
    const uint8_t *colon = line.n > 0 ? memchr(line.p, ':', line.n) : NULL;
    if (n > FIELD_MAX) {
        exchange->too_long = true;
        return 0;
    }
    if (n >= 5 && memcmp(bytes, "HTTP/", 5) == 0) { // another status line: what came before was provisional
        http_client_answer_release(exchange->answer);
        exchange->capacity = 0;
        return n;
    }
    if (colon == NULL) {
        return n;
    }
    const struct span name = span_first(line, (size_t)(colon - line.p));
    struct span value = span_from(line, name.n + 1);
    while (value.n > 0 && (value.p[0] == ' ' || value.p[0] == '\t')) {
        value = span_from(value, 1);
    }
    exchange->no_memory = !http_client_answer_add(exchange->answer, name, value);
    return exchange->no_memory ? 0 : n;
}

// --- The request ---------------------------------------------------------------------------------------------

// The host of a URL that this client takes.
static enum jumin_error check_url(const struct client_curl *curl, const char *text, char **host,
                                  struct detail *detail)
{
    CURLU *url = curl_url();
    char *scheme = NULL;
    enum jumin_error error = JUMIN_OK;
    if (url == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "no memory");
    }
    if (text == NULL || curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_HOST, host, 0) != CURLUE_OK) {
        error = detail_set(detail, JUMIN_ERROR_INPUT, "this is no URL");
    } else if (strcmp(scheme, "https") != 0 && (!curl->allow_http || strcmp(scheme, "http") != 0)) {
        error = detail_set(detail, JUMIN_ERROR_INPUT, "%s: not by %s://, but https:// alone", *host, scheme);
    }
    curl_free(scheme);
    curl_url_cleanup(url);
    return error;
}

static bool add_field(struct curl_slist **list, const char *name, const char *value)
{
    const size_t n = strlen(name) + strlen(value) + 3;
    char *line = malloc(n);
    struct curl_slist *longer = NULL;
    if (line != NULL) {
        // "Name;" is how libcurl is told to send a field without a value.
        (void)snprintf(line, n, value[0] != '\0' ? "%s: %s" : "%s;", name, value);
        longer = curl_slist_append(*list, line);
        crypto_wipe(line, n);
        free(line);
    }
    *list = longer != NULL ? longer : *list;
    return longer != NULL;
}

static bool add_fields(struct curl_slist **list, const struct http_client_request *request)
{
    // No "Expect: 100-continue": servers that do not know it cost a second.
    bool ok = add_field(list, "Content-Type", request->type != NULL ? request->type : "") &&
              (*list = curl_slist_append(*list, "Expect:")) != NULL;
    for (size_t i = 0; i < request->header_count && ok; i++) {
        ok = add_field(list, request->headers[i].name, request->headers[i].value);
    }
    return ok;
}

static void wipe_list(struct curl_slist *list)
{
    for (struct curl_slist *line = list; line != NULL; line = line->next) {
        crypto_wipe(line->data, strlen(line->data));
    }
    curl_slist_free_all(list);
}

static int check_on(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
    const struct client_curl *curl = context;
    (void)down_total, (void)down, (void)up_total, (void)up;
    return curl->go_on(curl->context) ? 0 : 1;
}

static bool set_request(const struct client_curl *curl, const struct http_client_request *request,
                        struct curl_slist *list, struct exchange *exchange)
{
    CURL *easy = curl->easy;
    const bool with_body = request->body.n > 0 || strcmp(request->method, "POST") == 0;
    curl_easy_reset(easy); // connections stay
    bool ok = curl_easy_setopt(easy, CURLOPT_URL, request->url) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, curl->allow_http ? "http,https" : "https") ==
                  CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_USERAGENT, curl->agent) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_TIMEOUT,
                               (long)(request->seconds != 0 ? request->seconds : HTTP_CLIENT_SECONDS)) ==
                  CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_field) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange) == CURLE_OK;
    if (ok && curl->authorities != NULL) {
        ok = curl_easy_setopt(easy, CURLOPT_CAINFO, curl->authorities) == CURLE_OK &&
             curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK;
    }
    if (ok && curl->go_on != NULL) {
        ok = curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
             curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, check_on) == CURLE_OK &&
             curl_easy_setopt(easy, CURLOPT_XFERINFODATA, curl) == CURLE_OK;
    }
    if (ok && with_body) {
        ok = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n) == CURLE_OK &&
             curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                              request->body.n > 0 ? (const char *)request->body.p : "") == CURLE_OK;
    }
    if (ok && strcmp(request->method, "HEAD") == 0) {
        ok = curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
    }
    return ok && curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK;
}

static enum jumin_error judge(CURLcode code, const struct exchange *exchange, const char *host,
                              struct detail *detail)
{
    if (exchange->no_memory || code == CURLE_OUT_OF_MEMORY) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "no memory");
    }
    if (exchange->too_long) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "%s: the answer is longer than allowed", host);
    }
    switch ((int)code) {
    case CURLE_OK:
        return JUMIN_OK;
    case CURLE_OPERATION_TIMEDOUT:
        return detail_set(detail, JUMIN_ERROR_TIMEOUT, "%s does not answer in time", host);
    case CURLE_ABORTED_BY_CALLBACK:
        return detail_set(detail, JUMIN_ERROR_CANCELLED, "stopped before %s had answered", host);
    case CURLE_UNSUPPORTED_PROTOCOL: // HTTP/0.9: the URL itself was looked at before
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "%s: the answer is no HTTP", host);
    default:
        return detail_set(detail, JUMIN_ERROR_LINK, "%s: %s", host, curl_easy_strerror(code));
    }
}

static enum jumin_error ask(void *context, const struct http_client_request *request,
                            struct http_client_answer *answer, struct detail *detail)
{
    const struct client_curl *curl = context;
    struct exchange exchange = {.answer = answer,
                                .most = request->answer_max != 0 ? request->answer_max : HTTP_CLIENT_ANSWER};
    struct curl_slist *list = NULL;
    char *host = NULL;
    long status = 0;
    enum jumin_error error = check_url(curl, request->url, &host, detail);
    if (error != JUMIN_OK) {
        goto out;
    }
    if (!add_fields(&list, request) || !set_request(curl, request, list, &exchange)) {
        error = detail_set(detail, JUMIN_ERROR_MEMORY, "no memory");
        goto out;
    }
    error = judge(curl_easy_perform(curl->easy), &exchange, host, detail);
    if (error == JUMIN_OK && !make_room(&exchange, answer->n + 1)) {
        error = detail_set(detail, JUMIN_ERROR_MEMORY, "no memory");
    }
    if (error == JUMIN_OK) {
        answer->body[answer->n] = 0;
        (void)curl_easy_getinfo(curl->easy, CURLINFO_RESPONSE_CODE, &status);
        answer->status = (int)status;
    }
out:
    curl_easy_reset(curl->easy);
    wipe_list(list);
    curl_free(host);
    return error;
}

struct http_client client_curl_client(struct client_curl *curl)
{
    return (struct http_client){ask, curl};
}
