// Requests read, and responses made.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/http.h"

#include "card/crypto/crypto.h"
#include <stdlib.h>
#include <strings.h>

enum { STATUS_BROKEN = 500 };

const char *http_request_header(const struct http_request *request, const char *name)
{
    return http_header_find(request->headers, request->header_count, name);
}

size_t http_request_header_count(const struct http_request *request, const char *name)
{
    return http_header_count(request->headers, request->header_count, name);
}

bool http_request_is(const struct http_request *request, const char *type)
{
    return http_media_type_is(http_request_header(request, "Content-Type"), type);
}

// --- The body ------------------------------------------------------------------------------------------------

static void drop_body(struct http_response *response)
{
    if (response->let_go != NULL) {
        response->let_go(response->kept);
    }
    if (response->own != NULL) {
        crypto_wipe(response->own, response->n);
    }
    free(response->own);
    response->type = NULL;
    response->body = NULL;
    response->n = 0;
    response->own = NULL;
    response->kept = NULL;
    response->let_go = NULL;
}

void http_response_release(struct http_response *response)
{
    drop_body(response);
    crypto_wipe(response, sizeof *response);
}

void http_response_empty(struct http_response *response, int status)
{
    drop_body(response);
    response->status = status;
}

// Takes a body from malloc.
static void set_body(struct http_response *response, int status, const char *type, uint8_t *body, size_t n)
{
    http_response_empty(response, status);
    response->type = type;
    response->body = response->own = body;
    response->n = n;
}

void http_response_bytes(struct http_response *response, int status, const char *type, struct span body)
{
    uint8_t *copy = malloc(body.n + 1);
    if (copy == NULL) {
        http_response_empty(response, STATUS_BROKEN);
        return;
    }
    struct writer w = writer_of(copy, body.n);
    writer_put(&w, body);
    set_body(response, status, type, copy, body.n);
}

void http_response_text(struct http_response *response, int status, const char *text)
{
    http_response_bytes(response, status, "text/plain; charset=utf-8", span_of(text, strlen(text)));
}

void http_response_json(struct http_response *response, int status, json_t *json)
{
    const size_t n = json != NULL ? json_dumpb(json, NULL, 0, JSON_COMPACT) : 0;
    uint8_t *body = n > 0 ? malloc(n) : NULL;
    if (body == NULL || json_dumpb(json, (char *)body, n, JSON_COMPACT) != n) {
        free(body);
        http_response_empty(response, STATUS_BROKEN);
    } else {
        set_body(response, status, "application/json", body, n);
        http_response_header(response, "Cache-Control", "no-store");
    }
    json_decref(json);
}

void http_response_error(struct http_response *response, int status, const char *error,
                         const char *description)
{
    json_t *json = json_pack("{s:s, s:s*}", "error", error, "error_description", description);
    http_response_json(response, status, json);
}

void http_response_share(struct http_response *response, int status, const char *type, struct span body,
                         void *kept, void (*let_go)(void *kept))
{
    http_response_empty(response, status);
    response->type = type;
    response->body = body.p;
    response->n = body.n;
    response->kept = kept;
    response->let_go = let_go;
}

// --- Header fields -------------------------------------------------------------------------------------------

void http_response_header(struct http_response *response, const char *name, const char *value)
{
    size_t at = 0;
    while (at < response->header_count && strcasecmp(response->headers[at].name, name) != 0) {
        at++;
    }
    if (at == HTTP_RESPONSE_HEADERS || strlen(value) >= HTTP_VALUE_MAX || strpbrk(value, "\r\n") != NULL) {
        http_response_empty(response, STATUS_BROKEN);
        return;
    }
    response->headers[at].name = name;
    memcpy(response->headers[at].value, value, strlen(value) + 1);
    response->header_count = at < response->header_count ? response->header_count : at + 1;
}
