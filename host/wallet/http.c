// A phone that is a program reaches the issuer's server over HTTPS.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/http.h"

#include "host/mobile/utf8.h"
#include "host/wallet/wallet_internal.h"

#include <jansson.h>
#include <stdlib.h>

enum { REFUSAL_MAX = 4096, STATUS_GOOD = 200, FETCHED_MAX = 1 << 22 };

enum jumin_error jumin_http_new(struct jumin_http **http, const struct jumin_http_options *options)
{
    if (http == NULL || options == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct jumin_http *made = calloc(1, sizeof *made);
    if (made != NULL) {
        made->curl = client_curl_new(&(struct client_curl_options){.allow_http = options->allow_http,
                                                                   .authorities = options->authorities,
                                                                   .go_on = options->go_on,
                                                                   .context = options->context});
    }
    if (made == NULL || made->curl == NULL) {
        free(made);
        return JUMIN_ERROR_MEMORY;
    }
    made->client = client_curl_client(made->curl);
    made->seconds = options->seconds;
    *http = made;
    return JUMIN_OK;
}

void jumin_http_free(struct jumin_http *http)
{
    if (http == NULL) {
        return;
    }
    http_client_answer_release(&http->answer);
    client_curl_free(http->curl);
    free(http);
}

const char *jumin_http_detail(const struct jumin_http *http)
{
    return http != NULL ? http->detail.text : "";
}

// The error that has this name; a server's word for anything else is a refusal all the same.
static enum jumin_error error_named(const char *name)
{
    for (int i = JUMIN_OK + 1; i < JUMIN_ERROR_COUNT; i++) {
        if (name != NULL && strcmp(jumin_error_name((enum jumin_error)i), name) == 0) {
            return (enum jumin_error)i;
        }
    }
    return JUMIN_ERROR_ACCESS_DENIED;
}

enum jumin_error http_refused(struct jumin_http *http)
{
    const struct http_client_answer *answer = &http->answer;
    json_t *json =
        http_media_type_is(http_client_answer_type(answer), "application/json") && answer->n <= REFUSAL_MAX
            ? json_loadb((const char *)answer->body, answer->n, JSON_REJECT_DUPLICATES, NULL)
            : NULL;
    const char *name = json_string_value(json_object_get(json, "error")),
               *description = json_string_value(json_object_get(json, "error_description"));
    char sentence[200]; // for a terminal
    utf8_copy_line(description != NULL ? description : "", sentence, sizeof sentence);
    const enum jumin_error error =
        sentence[0] != '\0'
            ? detail_set(&http->detail, error_named(name), "%s", sentence)
            : detail_set(&http->detail, JUMIN_ERROR_ACCESS_DENIED, "refused with status %d", answer->status);
    json_decref(json);
    return error;
}

enum jumin_error jumin_http_bind(struct jumin_http *http, const char *url, const uint8_t *message, size_t n,
                                 const uint8_t **answer, size_t *answer_length)
{
    if (http == NULL || url == NULL || message == NULL || answer == NULL || answer_length == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct http_client_request request = {.method = "POST",
                                                .url = url,
                                                .type = "application/cbor",
                                                .body = span_of(message, n),
                                                .seconds = http->seconds};
    http_client_answer_release(&http->answer);
    detail_clear(&http->detail);
    enum jumin_error error = http_client_ask(&http->client, &request, &http->answer, &http->detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (http->answer.status != STATUS_GOOD) {
        return http_refused(http);
    }
    if (!http_media_type_is(http_client_answer_type(&http->answer), "application/cbor")) {
        return detail_set(&http->detail, JUMIN_ERROR_MALFORMED,
                          "the server does not speak of binding phones");
    }
    *answer = http->answer.body;
    *answer_length = http->answer.n;
    return JUMIN_OK;
}

enum jumin_error jumin_http_get(struct jumin_http *http, const char *url, const char *type, uint8_t **body,
                                size_t *n)
{
    if (http == NULL || url == NULL || type == NULL || body == NULL || n == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct http_header accept = {"Accept", type};
    const struct http_client_request request = {.method = "GET",
                                                .url = url,
                                                .headers = &accept,
                                                .header_count = 1,
                                                .answer_max = FETCHED_MAX,
                                                .seconds = http->seconds};
    http_client_answer_release(&http->answer);
    detail_clear(&http->detail);
    *body = NULL;
    const enum jumin_error error = http_client_ask(&http->client, &request, &http->answer, &http->detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (http->answer.status != STATUS_GOOD) {
        return http_refused(http);
    }
    if (!http_media_type_is(http_client_answer_type(&http->answer), type)) {
        return detail_set(&http->detail, JUMIN_ERROR_MALFORMED, "the server has something else there");
    }
    *body = http->answer.body;
    *n = http->answer.n;
    http->answer.body = NULL; // the caller's now
    return JUMIN_OK;
}

void jumin_http_for_wallet(struct jumin_http *http, struct jumin_wallet *wallet)
{
    wallet_use_client(wallet, &http->client);
}
