// What an issuer says of itself: OpenID4VCI 1.0 §12.2, its authorization server's by RFC 8414, and what
// deployed drafts have in their place.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/offer.h"

#include "host/mobile/utf8.h"

#include <stdio.h>

enum { HOST_MAX = WALLET_URL };

// What is kept of it is shown to the holder.
static bool take_line(const char *text, char *line, size_t capacity)
{
    size_t characters = 0;
    const bool good =
        text != NULL && strlen(text) < capacity && utf8_is_line(span_of(text, strlen(text)), &characters);
    (void)snprintf(line, capacity, "%s", good ? text : "");
    return good;
}

static bool take_url(const json_t *object, const char *name, char url[WALLET_URL])
{
    return take_line(json_string_value(json_object_get(object, name)), url, WALLET_URL);
}

// --- Where it stands -------------------------------------------------------------------------------------------

// Between host and path (RFC 8414 §3.1), or, as drafts had it, behind the path.
static bool well_known(const char *identifier, const char *name, bool behind, char url[WALLET_URL])
{
    const char *host = strstr(identifier, "://");
    const char *path = host != NULL ? strchr(host + 3, '/') : NULL;
    const size_t n = strlen(identifier);
    const int split = (int)(path != NULL && !behind ? (size_t)(path - identifier) : n);
    const int written = snprintf(url, WALLET_URL, "%.*s/.well-known/%s%s", split, identifier, name,
                                 path != NULL && !behind ? path : "");
    return host != NULL && written > 0 && written < WALLET_URL;
}

// The first place that has an object with this member. JUMIN_ERROR_MALFORMED: none has.
static enum jumin_error find(struct wallet_exchange *exchange, const char *identifier, const char *name,
                             const char *member, json_t **json)
{
    char url[WALLET_URL];
    enum jumin_error error = JUMIN_ERROR_MALFORMED;
    *json = NULL;
    for (int behind = 0; behind < 2 && *json == NULL; behind++) {
        struct exchange_answer answer = {.status = 0};
        const bool same = behind == 1 && strchr(strstr(identifier, "://") + 3, '/') == NULL;
        if (same || !well_known(identifier, name, behind == 1, url)) {
            continue;
        }
        error = exchange_get(exchange, url, &answer);
        if (error != JUMIN_OK) {
            return error;
        }
        if (answer.status == 200 && json_is_string(json_object_get(answer.json, member))) {
            *json = answer.json;
            answer.json = NULL;
        }
        exchange_release(&answer);
    }
    return *json != NULL ? JUMIN_OK
                         : detail_set(&exchange->wallet->detail, JUMIN_ERROR_MALFORMED,
                                      "%s has no metadata (%s)", identifier, name);
}

// --- The issuer --------------------------------------------------------------------------------------------------

static bool same_identifier(const char *a, const char *b)
{
    const size_t n = strlen(a), m = strlen(b);
    return n == m ? strcmp(a, b) == 0
                  : (n + 1 == m && b[n] == '/' && memcmp(a, b, n) == 0) ||
                        (m + 1 == n && a[m] == '/' && memcmp(a, b, m) == 0);
}

static unsigned batch_of(const json_t *metadata)
{
    const json_int_t size = json_integer_value(
        json_object_get(json_object_get(metadata, "batch_credential_issuance"), "batch_size"));
    return size < 2 ? 1 : size > JUMIN_WALLET_BATCH ? JUMIN_WALLET_BATCH : (unsigned)size;
}

static void take_name(const json_t *display, char name[JUMIN_WALLET_TEXT])
{
    const char *text = json_string_value(json_object_get(json_array_get(display, 0), "name"));
    utf8_copy_line(text != NULL ? text : "", name, JUMIN_WALLET_TEXT);
}

enum jumin_error metadata_take(struct wallet_exchange *exchange, const char *identifier,
                               struct wallet_issuer *issuer, json_t **json)
{
    struct detail *detail = &exchange->wallet->detail;
    if (strstr(identifier, "://") == NULL) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "the offer's issuer is no URL");
    }
    const enum jumin_error error =
        find(exchange, identifier, "openid-credential-issuer", "credential_issuer", json);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!take_url(*json, "credential_issuer", issuer->identifier) ||
        !same_identifier(identifier, issuer->identifier)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the issuer's metadata are another issuer's");
    }
    if (!take_url(*json, "credential_endpoint", issuer->credential)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the issuer names no credential endpoint");
    }
    (void)take_url(*json, "nonce_endpoint", issuer->nonce);
    (void)take_url(*json, "deferred_credential_endpoint", issuer->deferred);
    (void)take_url(*json, "notification_endpoint", issuer->notification);
    take_name(json_object_get(*json, "display"), issuer->name);
    issuer->batch = batch_of(*json);
    return JUMIN_OK;
}

// --- Its authorization server ------------------------------------------------------------------------------------

static bool has_text(const json_t *list, const char *text)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item = json_string_value(json_array_get(list, i));
        if (item != NULL && strcmp(item, text) == 0) {
            return true;
        }
    }
    return false;
}

// The one that the offer names must be one of the issuer's; without a list the issuer is its own.
static bool choose_server(const json_t *metadata, const char *wanted, const struct wallet_issuer *issuer,
                          char server[WALLET_URL])
{
    const json_t *list = json_object_get(metadata, "authorization_servers");
    const char *first = json_string_value(json_array_get(list, 0));
    const char *draft = json_string_value(json_object_get(metadata, "authorization_server"));
    const char *chosen = first != NULL ? first : draft != NULL ? draft : issuer->identifier;
    if (wanted[0] != '\0' && strcmp(wanted, chosen) != 0) {
        if (!has_text(list, wanted)) {
            return false;
        }
        chosen = wanted;
    }
    return take_line(chosen, server, WALLET_URL) && strstr(server, "://") != NULL;
}

enum jumin_error metadata_take_server(struct wallet_exchange *exchange, const json_t *metadata,
                                      const char *wanted, struct wallet_issuer *issuer)
{
    json_t *json = NULL;
    if (!choose_server(metadata, wanted, issuer, issuer->server)) {
        return detail_set(&exchange->wallet->detail, JUMIN_ERROR_MALFORMED,
                          "the offer names an authorization server that is not the issuer's");
    }
    enum jumin_error error =
        find(exchange, issuer->server, "oauth-authorization-server", "token_endpoint", &json);
    if (error == JUMIN_ERROR_MALFORMED) {
        error = find(exchange, issuer->server, "openid-configuration", "token_endpoint", &json);
    }
    if (error == JUMIN_OK) {
        const char *name = json_string_value(json_object_get(json, "issuer"));
        if (name == NULL || !same_identifier(name, issuer->server)) {
            error = detail_set(&exchange->wallet->detail, JUMIN_ERROR_MALFORMED,
                               "the authorization server's metadata are another's");
        }
        (void)take_url(json, "token_endpoint", issuer->token);
        issuer->dpop = has_text(json_object_get(json, "dpop_signing_alg_values_supported"), "ES256");
        json_decref(json);
    } else if (error == JUMIN_ERROR_MALFORMED && take_url(metadata, "token_endpoint", issuer->token)) {
        error = JUMIN_OK; // drafts: in the issuer's own
    }
    return error;
}

// --- What it issues ----------------------------------------------------------------------------------------------

static const struct {
    const char *name;
    enum jumin_wallet_format format;
    const char *type;
} formats[] = {
    {"mso_mdoc", JUMIN_WALLET_MDOC, "doctype"},
    {"dc+sd-jwt", JUMIN_WALLET_SD_JWT, "vct"},
    {"vc+sd-jwt", JUMIN_WALLET_SD_JWT, "vct"}, // before draft 16
};

bool metadata_configuration(const json_t *metadata, const char *id, struct offer_configuration *found)
{
    const json_t *all = json_object_get(metadata, "credential_configurations_supported");
    const json_t *one = json_object_get(all, id);
    const json_t *about = json_object_get(one, "credential_metadata");
    const char *format = json_string_value(json_object_get(one, "format"));
    for (size_t i = 0; format != NULL && i < sizeof formats / sizeof *formats; i++) {
        *found = (struct offer_configuration){.format = formats[i].format};
        if (strcmp(format, formats[i].name) != 0 ||
            !take_line(json_string_value(json_object_get(one, formats[i].type)), found->type,
                       sizeof found->type)) {
            continue;
        }
        (void)snprintf(found->format_name, sizeof found->format_name, "%s", format);
        take_name(json_object_get(about != NULL ? about : one, "display"), found->name);
        // Nothing says the version; these two came with 1.0.
        found->final =
            about != NULL || json_is_integer(json_array_get(
                                 json_object_get(one, "credential_signing_alg_values_supported"), 0));
        const json_t *jwt = json_object_get(json_object_get(one, "proof_types_supported"), "jwt");
        found->attested = json_is_object(json_object_get(jwt, "key_attestations_required"));
        return true;
    }
    return false;
}
