// The status lists over HTTP.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/status_routes.h"

#include "host/issuer/status_store.h"

#include <stdio.h>
#include <stdlib.h>

enum { NUMBER_DIGITS = 18, DECIMAL = 10, TAG_MAX = 32 };

static struct jumin_station *station_of(const struct status_service *service,
                                        const struct http_request *request, struct http_response *response)
{
    struct jumin_station *station =
        request->worker < service->count ? service->stations[request->worker] : NULL;
    if (station == NULL) {
        http_response_error(response, 503, "temporarily_unavailable", NULL);
    }
    return station;
}

// Decimal digits alone, and none for nothing in front.
static bool parse_number(const char *text, int64_t *number)
{
    const size_t n = strlen(text);
    *number = 0;
    if (n == 0 || n > NUMBER_DIGITS || text[0] == '0') {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        *number = *number * DECIMAL + (text[i] - '0');
    }
    return true;
}

static void refuse(enum jumin_error error, struct http_response *response)
{
    if (error == JUMIN_ERROR_NO_SUCH_FILE) {
        http_response_error(response, 404, "not_found", "there is no such status list");
        return;
    }
    http_response_error(response, 503, "temporarily_unavailable", "the records do not answer");
    http_response_header(response, "Retry-After", "2");
}

static enum jumin_error read_token(struct jumin_station *station, int64_t shard,
                                   struct status_published *published)
{
    enum jumin_error error = status_store_token(station->database, shard, published);
    if (error != JUMIN_OK && error != JUMIN_ERROR_NO_SUCH_FILE && database_is_lost(station->database) &&
        station_reach(station) == JUMIN_OK) {
        error = status_store_token(station->database, shard, published);
    }
    return error;
}

// Who keeps a copy asks whether it is the last one: a cache in between adds nothing to the token's own ttl.
static void get_token(void *context, const struct http_request *request, struct http_response *response)
{
    struct jumin_station *station = station_of(context, request, response);
    struct status_published published;
    char tag[TAG_MAX];
    int64_t shard = 0;
    if (station == NULL) {
        return;
    }
    const enum jumin_error error = parse_number(request->parts[0], &shard)
                                       ? read_token(station, shard, &published)
                                       : JUMIN_ERROR_NO_SUCH_FILE;
    if (error != JUMIN_OK) {
        refuse(error, response);
        return;
    }
    const char *known = http_request_header(request, "If-None-Match");
    (void)snprintf(tag, sizeof tag, "\"%lld\"", (long long)published.number);
    if (known != NULL && strcmp(known, tag) == 0) {
        http_response_empty(response, 304);
        free(published.token);
    } else {
        http_response_share(response, 200, status_media_type(published.format),
                            span_of(published.token, published.n), published.token, free);
    }
    http_response_header(response, "ETag", tag);
    http_response_header(response, "Cache-Control", "no-cache");
}

static void get_lists(void *context, const struct http_request *request, struct http_response *response)
{
    struct jumin_station *station = station_of(context, request, response);
    const bool cwt = strcmp(request->parts[0], "cwt") == 0;
    char *json = NULL;
    if (station == NULL) {
        return;
    }
    const enum jumin_error error =
        cwt || strcmp(request->parts[0], "jwt") == 0
            ? status_store_aggregation(station->database, cwt ? STATUS_CWT : STATUS_JWT, &json)
            : JUMIN_ERROR_NO_SUCH_FILE;
    if (error != JUMIN_OK) {
        refuse(error, response);
        return;
    }
    http_response_bytes(response, 200, "application/json", span_of(json, strlen(json)));
    free(json);
}

// A verifier that starts asks for all lists at once.
static const struct http_route routes[] = {
    {"status", "GET", "/status/{}", 0, {256, 600}, get_token},
    {"status-lists", "GET", "/status-lists/{}", 0, {10, 30}, get_lists},
};

struct http_routes status_routes(struct status_service *service)
{
    return (struct http_routes){
        .routes = routes, .count = sizeof routes / sizeof *routes, .context = service};
}
