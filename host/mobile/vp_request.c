// A venue's request object, checked (OpenID4VP 1.0 §5, §8.3; RFC 9101 §6).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/vp_request.h"

#include <strings.h>

static enum jumin_error malformed(struct detail *detail, const char *why)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "The request %s.", why);
}

static enum jumin_error unsupported(struct detail *detail, const char *why)
{
    return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED, "The request %s.", why);
}

static bool is_text(const json_t *claims, const char *name, const char *wanted)
{
    const char *text = jws_text(claims, name);
    return text != NULL && strcmp(text, wanted) == 0;
}

// --- Who asks (§5.9) -----------------------------------------------------------------------------------------

// Whether the URI's host is that one: no user before it, a port or a path behind it.
static bool has_host(const char *uri, const char *host)
{
    const char *start = strstr(uri, "://");
    const size_t n = strlen(host);
    if (start == NULL) {
        return false;
    }
    start += 3;
    const size_t length = strcspn(start, ":/?#");
    return length == n && strncasecmp(start, host, n) == 0 &&
           memchr(start, '@', strcspn(start, "/?#")) == NULL;
}

static enum jumin_error check_client_id(struct vp_request *request, struct detail *detail)
{
    static const char hash[] = "x509_hash:", dns[] = "x509_san_dns:";
    char expected[VP_TEXT_MAX];
    const char *id = request->client_id, *host = "";
    if (strncmp(id, hash, sizeof hash - 1) == 0) {
        request->prefix = VP_X509_HASH;
    } else if (strncmp(id, dns, sizeof dns - 1) == 0) {
        request->prefix = VP_X509_SAN_DNS;
        host = id + sizeof dns - 1;
    } else {
        return unsupported(detail, "is of someone whom no certificate names (client_id)");
    }
    enum jumin_error error = vp_client_id(request->prefix, request->jws.chain[0], host, expected, detail);
    if (error == JUMIN_OK && strcmp(expected, id) != 0) {
        error = detail_set(detail, JUMIN_ERROR_CERTIFICATE,
                           "The request's client_id is not that of the certificate that signed it.");
    }
    if (error == JUMIN_OK && request->prefix == VP_X509_SAN_DNS && !has_host(request->response_uri, host)) {
        error = detail_set(detail, JUMIN_ERROR_CERTIFICATE,
                           "The answer would go to another host than the certificate names (response_uri).");
    }
    return error;
}

static enum jumin_error check_signer(const struct vp_request_rules *rules, struct vp_request *request,
                                     struct detail *detail)
{
    const struct x5chain_rules chain_rules = {.role = X5CHAIN_READER,
                                              .roots = rules->venues,
                                              .now = rules->now,
                                              .revocation_required = rules->revocation_required};
    struct x5chain chain = {0};
    for (size_t i = 0; i < request->jws.chain_count; i++) {
        if (!x5chain_add(&chain, request->jws.chain[i])) {
            return detail_set(detail, JUMIN_ERROR_CERTIFICATE, "The request has too many certificates.");
        }
    }
    const enum jumin_error error = x5chain_check(&chain, &chain_rules, &request->venue, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (request->venue.point_length != SIGNER_POINT) {
        return detail_set(detail, JUMIN_ERROR_CERTIFICATE, "The certificate's key is not of P-256.");
    }
    return jws_verify(&request->jws, request->venue.point, detail);
}

// --- When ----------------------------------------------------------------------------------------------------

static enum jumin_error check_times(const struct vp_request_rules *rules, struct vp_request *request,
                                    struct detail *detail)
{
    bool there = false;
    enum jumin_error error = jws_check_times(request->jws.claims, rules->now, VP_LEEWAY, detail);
    if (error == JUMIN_OK && jws_time(request->jws.claims, "exp", &request->expires, &there) && !there) {
        error = jws_check_fresh(request->jws.claims, rules->now, VP_REQUEST_AGE, VP_LEEWAY, detail);
        request->expires = rules->now + VP_REQUEST_AGE;
    }
    return error;
}

// --- What for (§5.1) -----------------------------------------------------------------------------------------

// "ASCII URL safe characters" (§5.2), and not many.
static bool is_url_safe(const char *text, size_t capacity)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    const size_t n = strlen(text);
    return n > 0 && n < capacity && strspn(text, characters) == n;
}

static bool is_uri(const char *text)
{
    return text != NULL && strlen(text) < VP_TEXT_MAX &&
           (strncasecmp(text, "https://", 8) == 0 || strncasecmp(text, "http://", 7) == 0);
}

// aud: the one that all wallets are, alone or in a list (§5.8).
static bool is_for_wallets(const json_t *audience)
{
    bool found = json_is_string(audience) && strcmp(json_string_value(audience), VP_REQUEST_AUDIENCE) == 0;
    for (size_t i = 0; i < json_array_size(audience) && !found; i++) {
        const json_t *item = json_array_get(audience, i);
        found = json_is_string(item) && strcmp(json_string_value(item), VP_REQUEST_AUDIENCE) == 0;
    }
    return found || audience == NULL;
}

static enum jumin_error check_mode(const json_t *claims, struct detail *detail)
{
    static const char *const forbidden[] = {"request", "request_uri", "redirect_uri"};
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++) {
        if (json_object_get(claims, forbidden[i]) != NULL) {
            return detail_set(detail, JUMIN_ERROR_MALFORMED, "The request has a %s in it.", forbidden[i]);
        }
    }
    if (!is_text(claims, "response_type", "vp_token")) {
        return unsupported(detail, "is not for a presentation alone (response_type)");
    }
    if (is_text(claims, "response_mode", "direct_post")) {
        return unsupported(detail, "would have the answer unencrypted (response_mode)");
    }
    if (!is_text(claims, "response_mode", "direct_post.jwt")) {
        return unsupported(detail, "wants its answer in a way that is not known here (response_mode)");
    }
    if (json_object_get(claims, "transaction_data") != NULL) {
        return unsupported(detail, "is for a transaction, which is not known here (transaction_data)");
    }
    return is_for_wallets(json_object_get(claims, "aud")) ? JUMIN_OK
                                                          : malformed(detail, "is for someone else (aud)");
}

static enum jumin_error take_texts(const struct vp_request_rules *rules, struct vp_request *request,
                                   struct detail *detail)
{
    const json_t *claims = request->jws.claims;
    request->client_id = jws_text(claims, "client_id");
    request->nonce = jws_text(claims, "nonce");
    request->state = jws_text(claims, "state");
    request->response_uri = jws_text(claims, "response_uri");
    if (request->client_id == NULL || strlen(request->client_id) >= VP_TEXT_MAX) {
        return malformed(detail, "does not say who asks (client_id)");
    }
    if (rules->client_id != NULL && strcmp(request->client_id, rules->client_id) != 0) {
        return detail_set(detail, JUMIN_ERROR_CONFLICT,
                          "The request is of another one than the link says (client_id).");
    }
    if (rules->wallet_nonce != NULL && !is_text(claims, "wallet_nonce", rules->wallet_nonce)) {
        return detail_set(detail, JUMIN_ERROR_CONFLICT,
                          "The request was made for another wallet, or before (wallet_nonce).");
    }
    if (request->nonce == NULL || !is_url_safe(request->nonce, VP_NONCE_MAX)) {
        return malformed(detail, "has no nonce, or one that is none");
    }
    if (json_object_get(claims, "state") != NULL &&
        (request->state == NULL || !is_url_safe(request->state, VP_TEXT_MAX))) {
        return malformed(detail, "has a state that is none");
    }
    return is_uri(request->response_uri) ? JUMIN_OK
                                         : malformed(detail, "does not say where to answer (response_uri)");
}

// --- To which key (§8.3) -------------------------------------------------------------------------------------

static bool is_for_encryption(const json_t *key)
{
    const json_t *use = json_object_get(key, "use");
    return (use == NULL || is_text(key, "use", "enc")) && is_text(key, "alg", "ECDH-ES") &&
           is_text(key, "kty", "EC") && is_text(key, "crv", "P-256");
}

// A256GCM where it may be, else A128GCM, which is also what nothing said means.
static bool take_encryption(const json_t *values, enum jwe_encryption *encryption)
{
    bool found = values == NULL;
    *encryption = JWE_A128GCM;
    for (size_t i = 0; i < json_array_size(values); i++) {
        enum jwe_encryption one;
        const char *name = json_string_value(json_array_get(values, i));
        if (name != NULL && jwe_encryption_of(name, &one)) {
            *encryption = found && *encryption == JWE_A256GCM ? JWE_A256GCM : one;
            found = true;
        }
    }
    return found;
}

static enum jumin_error take_recipient(struct vp_request *request, struct detail *detail)
{
    const json_t *metadata = json_object_get(request->jws.claims, "client_metadata");
    const json_t *keys = json_object_get(json_object_get(metadata, "jwks"), "keys");
    const json_t *key = NULL;
    struct jwe_recipient *recipient = &request->recipient;
    for (size_t i = 0; i < json_array_size(keys) && key == NULL; i++) {
        key = is_for_encryption(json_array_get(keys, i)) ? json_array_get(keys, i) : NULL;
    }
    if (key == NULL) {
        return unsupported(detail, "has no key that its answer could be encrypted to (ECDH-ES with P-256)");
    }
    if (!take_encryption(json_object_get(metadata, "encrypted_response_enc_values_supported"),
                         &recipient->encryption)) {
        return unsupported(detail, "wants an encryption that is not known here");
    }
    recipient->key_id = jws_text(key, "kid");
    const enum jumin_error error = jwk_read(key, recipient->point, detail);
    if (error == JUMIN_OK && !jwk_thumbprint(span_of(recipient->point, SIGNER_POINT), request->thumbprint)) {
        return JUMIN_ERROR_CRYPTO;
    }
    return error;
}

// --- Whole ---------------------------------------------------------------------------------------------------

static enum jumin_error check(const struct vp_request_rules *rules, struct vp_request *request,
                              struct detail *detail)
{
    json_t *query = json_object_get(request->jws.claims, "dcql_query");
    if (request->jws.chain_count == 0) {
        return malformed(detail, "has no certificate (x5c)");
    }
    enum jumin_error error = take_texts(rules, request, detail);
    if (error == JUMIN_OK) {
        error = check_client_id(request, detail);
    }
    if (error == JUMIN_OK) {
        error = check_signer(rules, request, detail);
    }
    if (error == JUMIN_OK) {
        error = check_times(rules, request, detail);
    }
    if (error == JUMIN_OK) {
        error = check_mode(request->jws.claims, detail);
    }
    if (error == JUMIN_OK) {
        error = take_recipient(request, detail);
    }
    if (error == JUMIN_OK && !json_is_object(query)) {
        error = unsupported(detail, "does not say in DCQL what it asks for (dcql_query)");
    }
    return error == JUMIN_OK ? dcql_read(query, &request->query, detail) : error;
}

enum jumin_error vp_request_read(struct span text, const struct vp_request_rules *rules,
                                 struct vp_request *request, struct detail *detail)
{
    memset(request, 0, sizeof *request);
    if (text.n > VP_REQUEST_MAX) {
        return malformed(detail, "is too long");
    }
    enum jumin_error error = jws_read(text, VP_REQUEST_TYPE, &request->jws, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = check(rules, request, detail);
    if (error != JUMIN_OK) {
        vp_request_release(request);
    }
    return error;
}

void vp_request_release(struct vp_request *request)
{
    dcql_release(&request->query);
    jws_release(&request->jws);
    memset(request, 0, sizeof *request);
}
