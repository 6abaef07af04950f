// The registry over HTTP.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/registry_routes.h"

#include "host/registry/handle.h"

#include <stdio.h>
#include <stdlib.h>

enum { DIGEST_DIGITS = 2 * JUMIN_REGISTRY_HASH, SIZE_DIGITS = 15, ENTRIES_MOST = 1000 };

static struct jumin_registry *registry_of(const struct registry_service *service,
                                          const struct http_request *request)
{
    const bool away = service->is_away != NULL && service->is_away(service->context);
    return !away && request->worker < service->count ? service->registries[request->worker] : NULL;
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

static enum jumin_error tell_head(struct jumin_registry *registry, uint64_t known, int64_t now, char **json)
{
    struct registry_growth *growth = calloc(1, sizeof *growth);
    struct jumin_registry_head head;
    char *token = NULL;
    if (growth == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    enum jumin_error error = registry_handle_growth(registry, known, now, &head, &token, growth);
    if (error == JUMIN_OK) {
        *json = registry_head_write(head.size, token, growth);
        error = *json != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
    }
    free(token);
    free(growth);
    return error;
}

static void get_head(void *context, const struct http_request *request, struct http_response *response)
{
    struct jumin_registry *registry = registry_of(context, request);
    uint64_t known = 0;
    char *json = NULL;
    if (!parse_known(request->query, &known)) {
        http_response_error(response, 400, "invalid_request", "known=SIZE, or nothing");
        return;
    }
    const enum jumin_error error =
        registry != NULL ? tell_head(registry, known, request->now, &json) : JUMIN_ERROR_DATABASE;
    if (error != JUMIN_OK) {
        refuse(response, error);
        return;
    }
    http_response_bytes(response, 200, "application/json", span_of(json, strlen(json)));
    free(json);
}

static bool add_entry(void *context, const struct jumin_registry_entry *entry)
{
    char digest[DIGEST_DIGITS + 1];
    for (size_t i = 0; i < sizeof entry->digest; i++) {
        (void)snprintf(digest + 2 * i, 3, "%02x", entry->digest[i]);
    }
    return json_array_append_new(context, json_pack("{s:I, s:s, s:s}", "index", (json_int_t)entry->index,
                                                    "name", entry->name, "sha256", digest)) == 0;
}

static void get_entries(void *context, const struct http_request *request, struct http_response *response)
{
    struct jumin_registry *registry = registry_of(context, request);
    enum jumin_registry_kind kind = JUMIN_REGISTRY_STATUS_LIST;
    if (jumin_registry_kind_parse(request->parts[0], &kind) != JUMIN_OK ||
        kind == JUMIN_REGISTRY_STATUS_LIST) { // of which there are very many
        http_response_error(response, 404, "not_found", "there is no such kind that is listed");
        return;
    }
    json_t *list = json_array();
    const enum jumin_error error =
        registry != NULL ? registry_handle_entries(registry, kind, ENTRIES_MOST, add_entry, list)
                         : JUMIN_ERROR_DATABASE;
    if (error == JUMIN_OK) {
        http_response_json(response, 200, json_pack("{s:O}", "entries", list));
    } else {
        refuse(response, error);
    }
    json_decref(list);
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
    {"registry-entries", "GET", "/registry/entries/{}", 0, {10, 30}, get_entries},
    {"registry-proof", "GET", "/registry/proof/{}", 0, {60, 120}, get_proof},
    {"did", "GET", "/.well-known/did.json", 0, {60, 120}, get_did},
    {"did-below", "GET", "/{}/did.json", 0, {60, 120}, get_did},
    {"schema", "GET", "/schema/{}", 0, {60, 120}, get_schema},
};

struct http_routes registry_routes(struct registry_service *service)
{
    return (struct http_routes){
        .routes = routes, .count = sizeof routes / sizeof *routes, .context = service};
}
