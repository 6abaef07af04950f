// DPoP proofs, made and checked (RFC 9449 §4).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/dpop.h"

#include "host/mobile/base64url.h"
#include <stdio.h>

enum { ID_BYTES = 16, HASH_TEXT = 43, URI_MAX = 2048 };

// --- Parts --------------------------------------------------------------------------------------------------

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

// What stands before the first of these characters; all of it when there is none.
static struct span before(struct span text, const char *characters)
{
    size_t n = 0;
    while (n < text.n && strchr(characters, text.p[n]) == NULL) {
        n++;
    }
    return span_first(text, n);
}

static bool ends_with(const struct writer *w, const char *end)
{
    const size_t n = strlen(end);
    return w->n >= n && memcmp(w->p + w->n - n, end, n) == 0;
}

// Scheme, host, port and path, as far as one spelling can be made of those that mean the same (RFC 3986
// §6.2.2.1, §6.2.3): scheme and host in small letters, no default port, a path, neither query nor fragment.
static bool normalize(const char *uri, struct writer *w)
{
    static const char separator[] = "://";
    struct span rest = before(span_of(uri, strlen(uri)), "?#");
    const struct span scheme = before(rest, ":");
    if (rest.n - scheme.n < 3 || memcmp(rest.p + scheme.n, separator, 3) != 0) {
        return false;
    }
    const struct span authority = before(span_from(rest, scheme.n + 3), "/");
    const size_t begin = scheme.n + 3 + authority.n;
    for (size_t i = 0; i < begin; i++) {
        writer_put_u8(w, lower(rest.p[i]));
    }
    const char *port = scheme.n == 5 ? ":443" : ":80"; // https, http
    if (!w->overflow && ends_with(w, port)) {
        w->n -= strlen(port);
    }
    const struct span path = span_from(rest, begin);
    writer_put(w, path.n > 0 ? path : span_of("/", 1));
    return authority.n > 0 && !w->overflow;
}

static bool is_same_uri(const char *a, const char *b)
{
    uint8_t first[URI_MAX], second[URI_MAX];
    struct writer w = writer_of(first, sizeof first), v = writer_of(second, sizeof second);
    return normalize(a, &w) && normalize(b, &v) && span_equal(writer_span(&w), writer_span(&v));
}

// ath: the access token's hash (§4.2).
static bool hash_text(struct span token, char text[HASH_TEXT + 1])
{
    uint8_t digest[SIGNER_DIGEST];
    struct writer w = writer_of(text, HASH_TEXT);
    if (!crypto_hash_parts(CRYPTO_SHA256, &token, 1, digest)) {
        return false;
    }
    base64url_put(&w, span_of(digest, sizeof digest));
    text[HASH_TEXT] = '\0';
    return true;
}

// --- Making -------------------------------------------------------------------------------------------------

enum jumin_error dpop_make(const struct signer *key, const struct dpop_request *request,
                           const struct crypto_random *random, struct writer *out)
{
    const struct jws_header header = {.type = DPOP_TYPE, .with_key = true};
    uint8_t bytes[ID_BYTES];
    char id[ID_BYTES * 2], hash[HASH_TEXT + 1];
    struct writer w = writer_of(id, sizeof id);
    if (!random->fill(random->context, bytes, sizeof bytes)) {
        return JUMIN_ERROR_CRYPTO;
    }
    base64url_put(&w, span_of(bytes, sizeof bytes));
    const size_t uri = before(span_of(request->uri, strlen(request->uri)), "?#").n;
    json_t *claims = json_pack("{ss%,ss,ss%,sI}", "jti", id, w.n, "htm", request->method, "htu", request->uri,
                               uri, "iat", (json_int_t)request->now);
    bool good = claims != NULL;
    if (request->access_token.n > 0) {
        good = good && hash_text(request->access_token, hash) &&
               json_object_set_new(claims, "ath", json_string(hash)) == 0;
    }
    if (request->nonce != NULL) {
        good = good && json_object_set_new(claims, "nonce", json_string(request->nonce)) == 0;
    }
    const enum jumin_error error = good ? jws_sign_claims(key, &header, claims, out) : JUMIN_ERROR_MEMORY;
    json_decref(claims);
    return error;
}

// --- Checking -----------------------------------------------------------------------------------------------

// A text of one to `most` printable characters, copied.
static bool take_text(const json_t *claims, const char *name, size_t most, char *to)
{
    const char *text = jws_text(claims, name);
    const size_t n = text == NULL ? 0 : strlen(text);
    if (n == 0 || n > most) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (text[i] < 0x21 || text[i] > 0x7E) {
            return false;
        }
    }
    memcpy(to, text, n + 1);
    return true;
}

static enum jumin_error take_claims(const json_t *claims, struct dpop_proof *proof, struct detail *detail)
{
    if (!take_text(claims, "jti", DPOP_ID_MAX, proof->id)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The DPoP proof has no usable number of its own (jti).");
    }
    if (json_object_get(claims, "nonce") != NULL &&
        !take_text(claims, "nonce", DPOP_NONCE_MAX, proof->nonce)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The DPoP proof's nonce is none.");
    }
    if (jws_text(claims, "htm") == NULL || jws_text(claims, "htu") == NULL) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The DPoP proof names no request (htm, htu).");
    }
    return JUMIN_OK;
}

static enum jumin_error check_token(const json_t *claims, struct span access_token, struct detail *detail)
{
    char hash[HASH_TEXT + 1];
    const char *found = jws_text(claims, "ath");
    if (access_token.n == 0) {
        return JUMIN_OK;
    }
    if (!hash_text(access_token, hash)) {
        return JUMIN_ERROR_CRYPTO;
    }
    return found != NULL && strcmp(found, hash) == 0
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_SIGNATURE,
                            "The DPoP proof is not for this access token (ath).");
}

static enum jumin_error check_request(const json_t *claims, const struct dpop_request *request,
                                      const struct dpop_proof *proof, struct detail *detail)
{
    if (strcmp(jws_text(claims, "htm"), request->method) != 0) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE, "The DPoP proof is for another method (htm).");
    }
    if (!is_same_uri(jws_text(claims, "htu"), request->uri)) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE, "The DPoP proof is for another address (htu).");
    }
    if (request->nonce != NULL && strcmp(proof->nonce, request->nonce) != 0) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE, "The DPoP proof has another nonce.");
    }
    const enum jumin_error error = check_token(claims, request->access_token, detail);
    return error != JUMIN_OK
               ? error
               : jws_check_fresh(claims, request->now, request->window, request->leeway, detail);
}

enum jumin_error dpop_check(struct span text, const struct dpop_request *request, struct dpop_proof *proof,
                            struct detail *detail)
{
    struct jws jws;
    struct dpop_proof read = {0};
    bool there = false;
    if (text.n > DPOP_MAX) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The DPoP proof is too long.");
    }
    enum jumin_error error = jws_read_own_key(text, DPOP_TYPE, &jws, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = take_claims(jws.claims, &read, detail);
    if (error == JUMIN_OK) {
        error = check_request(jws.claims, request, &read, detail);
    }
    if (error == JUMIN_OK) {
        memcpy(read.key, jws.key, sizeof read.key);
        (void)jws_time(jws.claims, "iat", &read.issued_at, &there); // jws_check_fresh has seen it
        error = jwk_thumbprint(span_of(read.key, sizeof read.key), read.thumbprint) ? JUMIN_OK
                                                                                    : JUMIN_ERROR_CRYPTO;
    }
    jws_release(&jws);
    if (error == JUMIN_OK) {
        *proof = read;
    }
    return error;
}
