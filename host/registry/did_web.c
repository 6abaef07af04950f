// did:web documents.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/did_web.h"

#include "host/mobile/base64url.h"
#include "host/mobile/jwk.h"

static const char scheme[] = "https://";

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

// Host with port, and path without slashes at its ends.
struct address {
    struct span host, path;
};

// Characters that a DID takes as they are; a port's colon in the host, slashes that are no empty segments in
// the path.
static bool is_address(const struct address *address)
{
    bool good = address->host.n > 0;
    unsigned colons = 0;
    for (size_t i = 0; i < address->host.n && good; i++) {
        const char c = (char)address->host.p[i];
        colons += c == ':' ? 1 : 0;
        good = is_plain(c) || (c == ':' && colons == 1 && i > 0);
    }
    for (size_t i = 0; i < address->path.n && good; i++) {
        const char c = (char)address->path.p[i];
        good = is_plain(c) || (c == '/' && i > 0 && address->path.p[i - 1] != '/');
    }
    return good;
}

static bool parse(const char *url, struct address *address)
{
    const size_t n = sizeof scheme - 1;
    if (strncmp(url, scheme, n) != 0) {
        return false;
    }
    const char *host = url + n, *slash = strchr(host, '/');
    const size_t host_length = slash != NULL ? (size_t)(slash - host) : strlen(host);
    *address = (struct address){.host = span_of(host, host_length)};
    if (slash != NULL) {
        address->path = span_of(slash + 1, strlen(slash + 1));
    }
    while (address->path.n > 0 && address->path.p[address->path.n - 1] == '/') {
        address->path.n--;
    }
    return is_address(address);
}

static void put_text(struct writer *w, const char *text)
{
    writer_put(w, span_of(text, strlen(text)));
}

bool did_web_of(const char *base_url, char did[DID_WEB_MAX])
{
    struct address address;
    struct writer w = writer_of(did, DID_WEB_MAX);
    if (!parse(base_url, &address)) {
        return false;
    }
    put_text(&w, "did:web:");
    for (size_t i = 0; i < address.host.n; i++) {
        if (address.host.p[i] == ':') {
            put_text(&w, "%3A");
        } else {
            writer_put_u8(&w, address.host.p[i]);
        }
    }
    for (size_t i = 0; i < address.path.n; i++) {
        if (i == 0) {
            writer_put_u8(&w, ':');
        }
        writer_put_u8(&w, address.path.p[i] == '/' ? ':' : address.path.p[i]);
    }
    writer_put_u8(&w, '\0');
    return !w.overflow;
}

bool did_web_path(const char *base_url, char path[DID_WEB_MAX])
{
    struct address address;
    struct writer w = writer_of(path, DID_WEB_MAX);
    if (!parse(base_url, &address)) {
        return false;
    }
    writer_put_u8(&w, '/');
    if (address.path.n > 0) {
        writer_put(&w, address.path);
    } else {
        put_text(&w, ".well-known");
    }
    put_text(&w, "/did.json");
    writer_put_u8(&w, '\0');
    return !w.overflow;
}

// One key, and its name in the list of those that assert.
static bool add_key(const char *did, const uint8_t point[SIGNER_POINT], json_t *methods, json_t *assertions)
{
    uint8_t thumbprint[JWK_THUMBPRINT];
    char id[DID_WEB_MAX + 64];
    struct writer w = writer_of(id, sizeof id);
    if (!jwk_thumbprint(span_of(point, SIGNER_POINT), thumbprint)) {
        return false;
    }
    put_text(&w, did);
    writer_put_u8(&w, '#');
    base64url_put(&w, span_of(thumbprint, sizeof thumbprint));
    writer_put_u8(&w, '\0');
    json_t *method = json_pack("{s:s, s:s, s:s, s:o}", "id", id, "type", "JsonWebKey2020", "controller", did,
                               "publicKeyJwk", jwk_make(point));
    return json_array_append_new(methods, method) == 0 &&
           json_array_append_new(assertions, json_string(id)) == 0;
}

enum jumin_error did_web_document(const char *base_url, const uint8_t (*points)[SIGNER_POINT], size_t count,
                                  char **json)
{
    char did[DID_WEB_MAX];
    *json = NULL;
    if (!did_web_of(base_url, did) || count > DID_WEB_KEYS_MAX) {
        return JUMIN_ERROR_INPUT;
    }
    json_t *methods = json_array(), *assertions = json_array();
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < count && error == JUMIN_OK; i++) {
        error = add_key(did, points[i], methods, assertions) ? JUMIN_OK : JUMIN_ERROR_INPUT;
    }
    json_t *document = json_pack("{s:[s,s], s:s, s:o, s:o}", "@context", "https://www.w3.org/ns/did/v1",
                                 "https://w3id.org/security/suites/jws-2020/v1", "id", did,
                                 "verificationMethod", methods, "assertionMethod", assertions);
    if (error == JUMIN_OK) {
        *json = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
        error = *json != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
    }
    json_decref(document);
    return error;
}
