// A venue's requests over HTTP (OpenID4VP 1.0 §5.10, §8.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/remote_routes.h"

#include "host/json_fields.h"
#include "host/verifier/remote_internal.h"
#include <strings.h>

enum {
    ASK_MAX = 1024,     // body of the venue's own request
    FORM_MAX = 16384,   // wallet_metadata and wallet_nonce
    OBJECT_MAX = 32768, // a request object
    // An answer: of a portrait of 20000 bytes it needs 64 kB, since base64 goes three times over an SD-JWT's.
    ANSWER_MAX = 262144,
};

static const char form_type[] = "application/x-www-form-urlencoded";

// --- The venue's own -----------------------------------------------------------------------------------------

// Compares digests, so that time says nothing about the secret.
static bool is_venue(const struct remote_verifier *verifier, const struct http_request *request)
{
    static const char scheme[] = "Bearer ";
    const char *header = http_request_header(request, "Authorization");
    uint8_t given[CRYPTO_HASH_MAX], wanted[CRYPTO_HASH_MAX];
    if (verifier->secret == NULL || header == NULL ||
        http_request_header_count(request, "Authorization") != 1 ||
        strncasecmp(header, scheme, sizeof scheme - 1) != 0) {
        return false;
    }
    const char *text = header + sizeof scheme - 1;
    const struct span of_header = span_of(text, strlen(text)),
                      of_options = span_of(verifier->secret, strlen(verifier->secret));
    return crypto_hash_parts(CRYPTO_SHA256, &of_header, 1, given) &&
           crypto_hash_parts(CRYPTO_SHA256, &of_options, 1, wanted) &&
           crypto_equal(given, wanted, JWK_THUMBPRINT);
}

static bool refuse_stranger(const struct remote_verifier *verifier, const struct http_request *request,
                            struct http_response *response)
{
    if (is_venue(verifier, request)) {
        return false;
    }
    http_response_error(response, 401, "invalid_token", NULL);
    http_response_header(response, "WWW-Authenticate", "Bearer");
    return true;
}

static void answer_opened(const struct remote_opened *opened, struct http_response *response)
{
    http_response_json(response, 201,
                       json_pack("{s:s, s:s, s:I}", "id", opened->handle, "link", opened->link, "expires",
                                 (json_int_t)opened->expires));
}

// "format": "mso_mdoc", "dc+sd-jwt", or not there. False: another.
static bool take_format(const json_t *body, unsigned *formats)
{
    const json_t *format = json_object_get(body, "format");
    const char *name = json_string_value(format);
    *formats = 0;
    for (unsigned bit = JUMIN_REMOTE_MDOC; name != NULL && bit <= JUMIN_REMOTE_SD_JWT; bit <<= 1) {
        if (strcmp(name, jumin_remote_format_name((enum jumin_remote_format)bit)) == 0) {
            *formats = bit;
        }
    }
    return format == NULL || *formats != 0;
}

static void handle_open(void *context, const struct http_request *request, struct http_response *response)
{
    struct remote_verifier *verifier = context;
    struct remote_opened opened;
    struct detail detail = {{0}};
    enum jumin_purpose purpose;
    unsigned formats = 0;
    if (refuse_stranger(verifier, request, response)) {
        return;
    }
    json_t *body = json_loadb((const char *)request->body.p, request->body.n, JSON_REJECT_DUPLICATES, NULL);
    const char *name = json_string_value(json_object_get(body, "purpose"));
    const bool good =
        name != NULL && jumin_purpose_parse(name, &purpose) == JUMIN_OK && take_format(body, &formats);
    json_decref(body);
    if (!good) {
        http_response_error(response, 400, "invalid_request", "a purpose is wanted, and at most a format");
        return;
    }
    switch (remote_open(verifier, purpose, formats, request->now, &opened, &detail)) {
    case JUMIN_OK:
        answer_opened(&opened, response);
        break;
    case JUMIN_ERROR_NOT_AUTHORIZED:
        http_response_error(response, 403, "purpose_not_allowed", detail.text);
        break;
    case JUMIN_ERROR_RULES:
        http_response_error(response, 503, "temporarily_unavailable", detail.text);
        http_response_header(response, "Retry-After", "10");
        break;
    default:
        http_response_empty(response, 500);
        break;
    }
}

static void handle_result(void *context, const struct http_request *request, struct http_response *response)
{
    struct remote_verifier *verifier = context;
    struct detail detail;
    enum jumin_error error;
    json_t *verdict = NULL;
    char code[REMOTE_ID + 1];
    if (refuse_stranger(verifier, request, response)) {
        return;
    }
    const enum http_form given = http_form_value(request->query, "response_code", code, sizeof code);
    if (given == HTTP_FORM_REFUSED) {
        http_response_error(response, 400, "invalid_request", "a response_code at most once");
        return;
    }
    const enum jumin_remote_state state =
        remote_result(verifier, request->parts[0], given == HTTP_FORM_ONE ? code : NULL, request->now,
                      &verdict, &error, &detail);
    if (state == JUMIN_REMOTE_UNKNOWN && error != JUMIN_OK) {
        http_response_error(response, 403, jumin_error_name(error), detail.text);
        return;
    }
    if (state == JUMIN_REMOTE_UNKNOWN) {
        http_response_error(response, 404, "unknown_request", NULL);
        return;
    }
    json_t *result = json_pack("{s:s}", "state", jumin_remote_state_name(state));
    if (verdict != NULL) {
        (void)json_object_set_new(result, "verdict", verdict);
    }
    if (error != JUMIN_OK) {
        (void)json_object_set_new(result, "error", json_string(jumin_error_name(error)));
        (void)json_object_set_new(result, "detail", json_string(detail.text));
    }
    http_response_json(response, 200, json_incref(result));
    json_wipe(result);
    json_decref(result);
}

// --- The wallet's --------------------------------------------------------------------------------------------

static void answer_none(struct http_response *response, const struct detail *detail)
{
    http_response_error(response, 404, "invalid_request", detail->text);
}

static void answer_object(struct remote_verifier *verifier, const struct http_request *request,
                          const char *wallet_nonce, struct http_response *response)
{
    uint8_t bytes[OBJECT_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    struct detail detail = {{0}};
    const enum jumin_error error =
        remote_object(verifier, request->parts[0], wallet_nonce, request->now, &w, &detail);
    if (error == JUMIN_ERROR_NO_SUCH_FILE) {
        answer_none(response, &detail);
    } else if (error == JUMIN_ERROR_INPUT) {
        http_response_error(response, 400, "invalid_request", "wallet_nonce is no text");
    } else if (error != JUMIN_OK) {
        http_response_empty(response, 500);
    } else {
        http_response_bytes(response, 200, VP_REQUEST_MEDIA_TYPE, writer_span(&w));
        http_response_header(response, "Cache-Control", "no-store");
    }
}

static void handle_object(void *context, const struct http_request *request, struct http_response *response)
{
    answer_object(context, request, NULL, response);
}

static void handle_object_post(void *context, const struct http_request *request,
                               struct http_response *response)
{
    char nonce[VP_NONCE_MAX];
    const enum http_form found = http_form_value(request->body, "wallet_nonce", nonce, sizeof nonce);
    if (!http_request_is(request, form_type) || found == HTTP_FORM_REFUSED) {
        http_response_error(response, 400, "invalid_request", "a form, with wallet_nonce at most once");
        return;
    }
    answer_object(context, request, found == HTTP_FORM_ONE ? nonce : NULL, response);
}

static void answer_taken(const char *next, struct http_response *response)
{
    json_t *answer = json_object();
    if (next[0] != '\0') {
        (void)json_object_set_new(answer, "redirect_uri", json_string(next));
    }
    http_response_json(response, 200, answer);
}

static void handle_response(void *context, const struct http_request *request, struct http_response *response)
{
    struct remote_verifier *verifier = context;
    struct detail detail = {{0}};
    char next[VP_TEXT_MAX];
    if (!http_request_is(request, form_type)) {
        http_response_error(response, 400, "invalid_request", "a form is wanted");
        return;
    }
    switch (remote_answered(verifier, request->parts[0], request->body, request->now, next, &detail)) {
    case JUMIN_OK:
        answer_taken(next, response);
        break;
    case JUMIN_ERROR_NO_SUCH_FILE:
        answer_none(response, &detail);
        break;
    case JUMIN_ERROR_RULES:
        http_response_error(response, 503, "temporarily_unavailable", detail.text);
        http_response_header(response, "Retry-After", "3");
        break;
    case JUMIN_ERROR_MEMORY:
        http_response_empty(response, 500);
        break;
    default:
        http_response_error(response, 400, "invalid_request", detail.text);
        break;
    }
}

// Nobody's answer is not taken in, however long it is.
static void admit(void *context, const struct http_route *route, const struct http_request *request,
                  struct http_response *response)
{
    struct detail detail = {{0}};
    const bool of_wallet = route->handle == handle_object_post || route->handle == handle_response;
    if (of_wallet && remote_wanted(context, request->parts[0], request->now, &detail) != JUMIN_OK) {
        answer_none(response, &detail);
    }
}

struct http_routes remote_routes(struct remote_verifier *verifier)
{
    static const struct http_route routes[] = {
        {"verifier-open", "POST", "/requests", ASK_MAX, {0}, handle_open},
        {"verifier-result", "GET", "/requests/{}", 0, {0}, handle_result},
        {"verifier-object", "GET", "/request/{}", 0, {20, 60}, handle_object},
        {"verifier-object-post", "POST", "/request/{}", FORM_MAX, {20, 60}, handle_object_post},
        {"verifier-response", "POST", "/response/{}", ANSWER_MAX, {20, 60}, handle_response},
    };
    return (struct http_routes){.routes = routes,
                                .count = sizeof routes / sizeof routes[0],
                                .context = verifier,
                                .admit = admit,
                                .refused = {60, 30}};
}
