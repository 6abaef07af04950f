// The registry over HTTP.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/registry_routes.h"

#include "host/registry/handle.h"

#include <stdlib.h>

enum { DIGEST_DIGITS = 2 * JUMIN_REGISTRY_HASH, SIZE_DIGITS = 15 };

static struct jumin_registry *registry_of(const struct registry_service *service,
                                          const struct http_request *request)
{
    return request->worker < service->count ? service->registries[request->worker] : NULL;
}

// Whose fault it is; the registry's own sentences stay here.
static void refuse(struct http_response *response, enum jumin_error error)
{
    if (error == JUMIN_ERROR_INPUT) {
        http_response_error(response, 404, "not_found", "the registry has no such entry");
    } else {
        http_response_error(response, 503, "temporarily_unavailable", "the registry does not answer");
    }
}

static void get_head(void *context, const struct http_request *request, struct http_response *response)
{
    struct jumin_registry *registry = registry_of(context, request);
    struct jumin_registry_head head;
    char *token = NULL;
    const enum jumin_error error =
        registry != NULL ? registry_handle_head(registry, request->now, &token, &head) : JUMIN_ERROR_DATABASE;
    if (error != JUMIN_OK) {
        refuse(response, error);
        return;
    }
    http_response_json(response, 200, json_pack("{s:I, s:s}", "size", (json_int_t)head.size, "head", token));
    free(token);
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_digest(const char *text, uint8_t digest[JUMIN_REGISTRY_HASH])
{
    if (strlen(text) != DIGEST_DIGITS) {
        return false;
    }
    for (size_t i = 0; i < JUMIN_REGISTRY_HASH; i++) {
        const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        digest[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

// "known=123" and nothing else; nothing at all is 0.
static bool parse_known(struct span query, uint64_t *known)
{
    static const char name[] = "known=";
    const size_t n = sizeof name - 1;
    *known = 0;
    if (query.n == 0) {
        return true;
    }
    if (query.n <= n || query.n > n + SIZE_DIGITS || memcmp(query.p, name, n) != 0) {
        return false;
    }
    for (size_t i = n; i < query.n; i++) {
        if (query.p[i] < '0' || query.p[i] > '9') {
            return false;
        }
        *known = *known * 10 + (uint64_t)(query.p[i] - '0');
    }
    return true;
}

static void get_proof(void *context, const struct http_request *request, struct http_response *response)
{
    struct jumin_registry *registry = registry_of(context, request);
    uint8_t digest[JUMIN_REGISTRY_HASH];
    uint64_t known = 0, index = 0;
    char *json = NULL;
    if (!parse_digest(request->parts[0], digest) || !parse_known(request->query, &known)) {
        http_response_error(response, 400, "invalid_request", "a SHA-256 in 64 digits, and known=SIZE");
        return;
    }
    enum jumin_error error =
        registry != NULL ? registry_handle_find_digest(registry, digest, &index) : JUMIN_ERROR_DATABASE;
    if (error == JUMIN_OK) {
        error = jumin_registry_proof(registry, index, known, request->now, &json);
    }
    if (error != JUMIN_OK) {
        refuse(response, error);
        return;
    }
    http_response_bytes(response, 200, "application/json", span_of(json, strlen(json)));
    free(json);
}

static void get_did(void *context, const struct http_request *request, struct http_response *response)
{
    const struct registry_service *service = context;
    if (service->did == NULL || strcmp(request->path, service->did_path) != 0) {
        http_response_error(response, 404, "not_found", NULL);
        return;
    }
    http_response_bytes(response, 200, "application/did+json", span_of(service->did, strlen(service->did)));
}

static void get_schema(void *context, const struct http_request *request, struct http_response *response)
{
    const struct registry_service *service = context;
    for (size_t i = 0; i < service->schema_count; i++) {
        const char *json = service->schemas[i].json;
        if (strcmp(request->parts[0], service->schemas[i].path) == 0) {
            http_response_bytes(response, 200, "application/json", span_of(json, strlen(json)));
            return;
        }
    }
    http_response_error(response, 404, "not_found", "there is no such schema");
}

static const struct http_route routes[] = {
    {"registry-head", "GET", "/registry/head", 0, {30, 60}, get_head},
    {"registry-proof", "GET", "/registry/proof/{}", 0, {60, 120}, get_proof},
    {"did", "GET", "/.well-known/did.json", 0, {60, 120}, get_did},
    {"did-below", "GET", "/{}/did.json", 0, {60, 120}, get_did},
    {"schema", "GET", "/schema/{}", 0, {60, 120}, get_schema},
};

struct http_routes registry_routes(struct registry_service *service)
{
    return (struct http_routes){routes, sizeof routes / sizeof *routes, service};
}
