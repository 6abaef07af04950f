// A till before its venue's server: requests are opened, and results read, over HTTPS.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/http.h"

#include "host/json_fields.h"
#include "host/verifier/remote.h"

#include <stdio.h>
#include <stdlib.h>

enum { URL_MAX = 512, SECRET_MAX = 512, BODY_MAX = 128, RESULT_MAX = 1 << 18, CREATED = 201, GOOD = 200 };

// --- Asking ------------------------------------------------------------------------------------------------------

// `body` NULL: GET. JUMIN_OK: `http->answer` has the status that is wanted. On the JSON that comes back, new;
// NULL with an error.
static json_t *ask(struct jumin_http *http, const struct jumin_http_venue *venue, const char *path,
                   const char *body, int wanted, enum jumin_error *error)
{
    char url[URL_MAX], bearer[SECRET_MAX + sizeof "Bearer "];
    const struct http_header authorization = {"Authorization", bearer};
    struct http_client_request request = {.method = body != NULL ? "POST" : "GET",
                                          .url = url,
                                          .type = body != NULL ? "application/json" : NULL,
                                          .headers = &authorization,
                                          .header_count = 1,
                                          .body = span_of(body, body != NULL ? strlen(body) : 0),
                                          .answer_max = RESULT_MAX,
                                          .seconds = http->seconds};
    const int n = snprintf(url, sizeof url, "%s%s", venue->url, path);
    http_client_answer_release(&http->answer);
    detail_clear(&http->detail);
    if (n < 0 || (size_t)n >= sizeof url || strlen(venue->secret) >= SECRET_MAX) {
        *error = detail_set(&http->detail, JUMIN_ERROR_INPUT, "the server's URL or secret is too long");
        return NULL;
    }
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", venue->secret);
    *error = http_client_ask(&http->client, &request, &http->answer, &http->detail);
    crypto_wipe(bearer, sizeof bearer);
    if (*error != JUMIN_OK) {
        return NULL;
    }
    if (http->answer.status != wanted) {
        *error = http_refused(http);
        return NULL;
    }
    json_t *json = json_loadb((const char *)http->answer.body, http->answer.n, JSON_REJECT_DUPLICATES, NULL);
    http_client_answer_release(&http->answer); // personal
    if (!json_is_object(json)) {
        *error = detail_set(&http->detail, JUMIN_ERROR_MALFORMED, "the server does not speak of requests");
    }
    return json;
}

static bool is_good(const struct jumin_http *http, const struct jumin_http_venue *venue)
{
    return http != NULL && venue != NULL && venue->url != NULL && venue->secret != NULL &&
           strpbrk(venue->secret, "\r\n") == NULL;
}

// --- Opened ------------------------------------------------------------------------------------------------------

static bool take_text(const json_t *json, const char *name, char *text, size_t capacity)
{
    const char *found = json_string_value(json_object_get(json, name));
    const bool fits = found != NULL && found[0] != '\0' && strlen(found) < capacity;
    (void)snprintf(text, capacity, "%s", fits ? found : "");
    return fits;
}

enum jumin_error jumin_http_open_request(struct jumin_http *http, const struct jumin_http_venue *venue,
                                         enum jumin_purpose purpose, unsigned formats,
                                         struct jumin_remote_opened *opened)
{
    const char *name = jumin_purpose_name(purpose),
               *format = jumin_remote_format_name((enum jumin_remote_format)formats);
    char body[BODY_MAX];
    enum jumin_error error = JUMIN_OK;
    if (!is_good(http, venue) || opened == NULL || name == NULL || (formats != 0 && format == NULL)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const char *before = format != NULL ? ",\"format\":\"" : "", *behind = format != NULL ? "\"" : "";
    (void)snprintf(body, sizeof body, "{\"purpose\":\"%s\"%s%s%s}", name, before,
                   format != NULL ? format : "", behind);
    json_t *json = ask(http, venue, "/requests", body, CREATED, &error);
    if (error == JUMIN_OK && !(take_text(json, "id", opened->handle, sizeof opened->handle) &&
                               take_text(json, "link", opened->link, sizeof opened->link))) {
        error = detail_set(&http->detail, JUMIN_ERROR_MALFORMED, "the server has opened nothing");
    }
    opened->expires = json_integer_value(json_object_get(json, "expires"));
    json_wipe(json);
    json_decref(json);
    return error;
}

// --- Result ------------------------------------------------------------------------------------------------------

static bool take_state(const char *name, enum jumin_remote_state *state)
{
    for (int i = JUMIN_REMOTE_OPEN; i < REMOTE_STATES; i++) {
        *state = (enum jumin_remote_state)i;
        if (name != NULL && strcmp(name, jumin_remote_state_name(*state)) == 0) {
            return true;
        }
    }
    return false;
}

static enum jumin_error error_of(const json_t *json)
{
    const char *name = json_string_value(json_object_get(json, "error"));
    for (int i = JUMIN_OK + 1; i < JUMIN_ERROR_COUNT && name != NULL; i++) {
        if (strcmp(name, jumin_error_name((enum jumin_error)i)) == 0) {
            return (enum jumin_error)i;
        }
    }
    return name == NULL ? JUMIN_OK : JUMIN_ERROR_STATUS;
}

static enum jumin_error take_result(const json_t *json, struct jumin_remote_result *result)
{
    const json_t *verdict = json_object_get(json, "verdict");
    if (!take_state(json_string_value(json_object_get(json, "state")), &result->state)) {
        return JUMIN_ERROR_MALFORMED;
    }
    result->error = error_of(json);
    (void)take_text(json, "detail", result->detail, sizeof result->detail);
    result->verdict = json_text(verdict, JSON_COMPACT);
    return verdict != NULL && result->verdict == NULL ? JUMIN_ERROR_MEMORY : JUMIN_OK;
}

static bool is_id(const char *text)
{
    static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return text != NULL && strlen(text) == REMOTE_ID && strspn(text, base64url) == REMOTE_ID;
}

enum jumin_error jumin_http_request_result(struct jumin_http *http, const struct jumin_http_venue *venue,
                                           const char *handle, const char *response_code,
                                           struct jumin_remote_result *result)
{
    char path[2 * REMOTE_ID + 64];
    enum jumin_error error = JUMIN_OK;
    if (!is_good(http, venue) || result == NULL || !is_id(handle) ||
        (response_code != NULL && !is_id(response_code))) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *result = (struct jumin_remote_result){.state = JUMIN_REMOTE_UNKNOWN};
    (void)snprintf(path, sizeof path, "/requests/%s%s%s", handle,
                   response_code != NULL ? "?response_code=" : "",
                   response_code != NULL ? response_code : "");
    json_t *json = ask(http, venue, path, NULL, GOOD, &error);
    if (error == JUMIN_OK) {
        error = take_result(json, result);
    } else if (http->answer.status == 404) {
        error = JUMIN_OK; // UNKNOWN
    }
    json_wipe(json);
    json_decref(json);
    return error;
}
