// A phone's own HTTPS as the client that the wallet uses.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/wallet_internal.h"

#include <stdlib.h>

struct jumin_wallet_answer {
    struct http_client_answer *answer;
    size_t most;
    bool too_long;
};

bool jumin_wallet_answer_set(struct jumin_wallet_answer *answer, int status, const uint8_t *body, size_t n)
{
    if (answer == NULL || (body == NULL && n > 0)) {
        return false;
    }
    if (n > answer->most) {
        answer->too_long = true;
        return false;
    }
    uint8_t *copy = malloc(n + 1);
    if (copy == NULL) {
        return false;
    }
    if (n > 0) {
        memcpy(copy, body, n);
    }
    copy[n] = 0;
    free(answer->answer->body);
    answer->answer->body = copy;
    answer->answer->n = n;
    answer->answer->status = status;
    return true;
}

bool jumin_wallet_answer_header(struct jumin_wallet_answer *answer, const char *name, const char *value)
{
    return answer != NULL && name != NULL && value != NULL &&
           http_client_answer_add(answer->answer, span_of(name, strlen(name)), span_of(value, strlen(value)));
}

static enum jumin_error ask(void *context, const struct http_client_request *request,
                            struct http_client_answer *answer, struct detail *detail)
{
    const struct jumin_wallet_http *http = context;
    struct jumin_wallet_header headers[HTTP_CLIENT_HEADERS];
    const size_t count =
        request->header_count < HTTP_CLIENT_HEADERS ? request->header_count : HTTP_CLIENT_HEADERS;
    for (size_t i = 0; i < count; i++) {
        headers[i] = (struct jumin_wallet_header){request->headers[i].name, request->headers[i].value};
    }
    const size_t most = request->answer_max != 0 ? request->answer_max : HTTP_CLIENT_ANSWER;
    const struct jumin_wallet_request asked = {request->method, request->url,    request->type,   headers,
                                               count,           request->body.p, request->body.n, most};
    struct jumin_wallet_answer filled = {answer, most, false};
    enum jumin_error error = http->ask(http->context, &asked, &filled);
    if (filled.too_long || (error == JUMIN_OK && answer->body == NULL)) {
        error = detail_set(detail, JUMIN_ERROR_MALFORMED, "the answer is none, or too long");
    } else if (error != JUMIN_OK) {
        error = detail_set(detail, error, "%s", jumin_error_text(error));
    }
    if (error != JUMIN_OK) {
        http_client_answer_release(answer);
    }
    return error;
}

void jumin_wallet_use_http(struct jumin_wallet *wallet, const struct jumin_wallet_http *http)
{
    if (http == NULL) {
        wallet->client = (struct http_client){NULL, NULL};
        return;
    }
    wallet->http = *http;
    wallet->client = (struct http_client){ask, &wallet->http};
}

void wallet_use_client(struct jumin_wallet *wallet, const struct http_client *client)
{
    wallet->client = *client;
}
