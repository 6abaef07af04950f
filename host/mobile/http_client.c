// What all HTTP clients share: a request that is one, and an answer that is wiped.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/http_client.h"

#include "card/crypto/crypto.h"
#include <stdlib.h>

static bool has_line_break(const char *text)
{
    return text != NULL && strpbrk(text, "\r\n") != NULL;
}

enum jumin_error http_client_ask(const struct http_client *client, const struct http_client_request *request,
                                 struct http_client_answer *answer, struct detail *detail)
{
    *answer = (struct http_client_answer){0};
    bool broken =
        has_line_break(request->method) || has_line_break(request->url) || has_line_break(request->type);
    for (size_t i = 0; i < request->header_count && !broken; i++) {
        broken = has_line_break(request->headers[i].name) || has_line_break(request->headers[i].value);
    }
    if (broken) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "a header with a line break");
    }
    const enum jumin_error error = client->ask(client->context, request, answer, detail);
    if (error != JUMIN_OK) {
        http_client_answer_release(answer);
    }
    return error;
}

void http_client_answer_release(struct http_client_answer *answer)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        char *value = answer->texts[i] + strlen(answer->texts[i]) + 1;
        crypto_wipe(value, strlen(value));
        free(answer->texts[i]);
    }
    if (answer->body != NULL) {
        crypto_wipe(answer->body, answer->n);
    }
    free(answer->body);
    *answer = (struct http_client_answer){0};
}

const char *http_client_answer_type(const struct http_client_answer *answer)
{
    const char *type = http_header_find(answer->headers, answer->header_count, "Content-Type");
    return type != NULL ? type : "";
}

bool http_client_answer_add(struct http_client_answer *answer, struct span name, struct span value)
{
    if (answer->header_count == HTTP_CLIENT_HEADERS) {
        return true;
    }
    char *texts = calloc(1, name.n + value.n + 2);
    if (texts == NULL) {
        return false;
    }
    struct writer w = writer_of(texts, name.n + value.n + 1);
    writer_put(&w, name);
    writer_put_u8(&w, 0);
    writer_put(&w, value);
    answer->texts[answer->header_count] = texts;
    answer->headers[answer->header_count++] = (struct http_header){texts, texts + strlen(texts) + 1};
    return true;
}
