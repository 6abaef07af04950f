// JSON Web Signatures, taken apart and checked (RFC 7515 §5.2, RFC 8725).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/jws.h"

#include "host/json_fields.h"
#include "host/mobile/base64url.h"
#include "host/pki/pem.h"
#include <stdlib.h>

// --- Parts --------------------------------------------------------------------------------------------------

// Everything before the next dot; the last part ends with the text.
static bool take_part(struct span *text, bool last, struct span *part)
{
    const uint8_t *dot = text->n == 0 ? NULL : memchr(text->p, '.', text->n);
    if (last || dot == NULL) {
        *part = *text;
        return last && dot == NULL;
    }
    *part = span_first(*text, (size_t)(dot - text->p));
    *text = span_from(*text, part->n + 1);
    return true;
}

// A JSON object from base64url; NULL: it is none, or has a member twice. No memory looks the same.
static json_t *read_object(struct span part)
{
    json_t *object = NULL;
    struct writer json = writer_of(malloc(part.n + 1), part.n + 1);
    if (json.p != NULL && base64url_decode(part, &json)) {
        object = json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
    }
    if (json.p != NULL) {
        crypto_wipe(json.p, json.n);
    }
    free(json.p);
    if (!json_is_object(object)) {
        json_wipe(object);
        json_decref(object);
        return NULL;
    }
    return object;
}

static bool read_signature(struct span part, uint8_t signature[SIGNER_SIGNATURE])
{
    struct writer w = writer_of(signature, SIGNER_SIGNATURE);
    return base64url_decode(part, &w) && w.n == SIGNER_SIGNATURE;
}

// --- Header -------------------------------------------------------------------------------------------------

const char *jws_text(const json_t *claims, const char *name)
{
    return json_string_value(json_object_get(claims, name));
}

static bool is_text(const json_t *claims, const char *name, const char *wanted)
{
    const char *text = jws_text(claims, name);
    return text != NULL && strcmp(text, wanted) == 0;
}

// RFC 7515 §4.1.6: base64 and not base64url, without white space.
static bool read_certificate(const json_t *text, struct writer *bytes, struct span *der)
{
    const size_t start = bytes->n;
    const char *base64 = json_string_value(text);
    if (base64 == NULL || strpbrk(base64, " \t\r\n") != NULL ||
        !base64_decode(span_of(base64, json_string_length(text)), bytes)) {
        return false;
    }
    *der = span_from(writer_span(bytes), start);
    return der->n > 0;
}

static enum jumin_error read_chain(const json_t *chain, struct jws *jws, struct detail *detail)
{
    const size_t count = json_array_size(chain);
    size_t room = 0;
    if (chain == NULL) {
        return JUMIN_OK;
    }
    if (count == 0 || count > JWS_CHAIN_MAX) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The token's x5c is no list of one to %d certificates.", JWS_CHAIN_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        room += json_string_length(json_array_get(chain, i)) + 1;
    }
    jws->chain_bytes = malloc(room);
    if (jws->chain_bytes == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    struct writer bytes = writer_of(jws->chain_bytes, room);
    for (size_t i = 0; i < count; i++) {
        if (!read_certificate(json_array_get(chain, i), &bytes, &jws->chain[i])) {
            return detail_set(detail, JUMIN_ERROR_MALFORMED, "The token's x5c is not in base64.");
        }
    }
    jws->chain_count = count;
    return JUMIN_OK;
}

static enum jumin_error read_key(struct jws *jws, struct detail *detail)
{
    const json_t *key_id = json_object_get(jws->header, "kid");
    const json_t *key = json_object_get(jws->header, "jwk");
    jws->key_id = json_string_value(key_id);
    if (key_id != NULL && jws->key_id == NULL) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The token's kid is no text.");
    }
    jws->has_key = key != NULL;
    return jws->has_key ? jwk_read(key, jws->key, detail) : JUMIN_OK;
}

static enum jumin_error check_header(const json_t *header, const char *type, struct detail *detail)
{
    const char *found = jws_text(header, "typ");
    if (!is_text(header, "alg", "ES256")) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The token is not signed with ES256.");
    }
    if (found == NULL || strcmp(found, type) != 0) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The token is no %s: its typ is %.*s.", type,
                          JWS_TYPE_MAX, found == NULL ? "missing" : found);
    }
    // An extension that must be understood (RFC 7515 §4.1.11); none is.
    if (json_object_get(header, "crit") != NULL) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The token has critical extensions (crit).");
    }
    return JUMIN_OK;
}

// --- Token --------------------------------------------------------------------------------------------------

static enum jumin_error read_parts(struct span text, struct jws *jws, struct detail *detail)
{
    struct span cursor = text, header, payload, signature;
    if (text.n > JWS_MAX) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The token is too long.");
    }
    if (!take_part(&cursor, false, &header) || !take_part(&cursor, false, &payload) ||
        !take_part(&cursor, true, &signature)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The token has not three parts.");
    }
    jws->text = text;
    jws->header = read_object(header);
    if (jws->header == NULL) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The token's header is no JSON object in base64url.");
    }
    jws->claims = read_object(payload);
    if (jws->claims == NULL) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The token's payload is no JSON object in base64url.");
    }
    if (!read_signature(signature, jws->signature)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The token's signature is not 64 bytes in base64url.");
    }
    const struct span input = span_first(text, header.n + 1 + payload.n);
    return crypto_hash_parts(CRYPTO_SHA256, &input, 1, jws->digest) ? JUMIN_OK : JUMIN_ERROR_CRYPTO;
}

enum jumin_error jws_read(struct span text, const char *type, struct jws *jws, struct detail *detail)
{
    *jws = (struct jws){0};
    enum jumin_error error = read_parts(text, jws, detail);
    if (error == JUMIN_OK) {
        error = check_header(jws->header, type, detail);
    }
    if (error == JUMIN_OK) {
        error = read_key(jws, detail);
    }
    if (error == JUMIN_OK) {
        error = read_chain(json_object_get(jws->header, "x5c"), jws, detail);
    }
    if (error != JUMIN_OK) {
        jws_release(jws);
    }
    return error;
}

void jws_release(struct jws *jws)
{
    json_wipe(jws->claims);
    json_decref(jws->claims);
    json_decref(jws->header);
    free(jws->chain_bytes);
    *jws = (struct jws){0};
}

enum jumin_error jws_verify_by(const struct jws *jws, const struct crypto_ec_key *key, struct detail *detail)
{
    const bool good = crypto_ec_curve(key) == CRYPTO_P256 &&
                      crypto_ecdsa_verify(key, span_of(jws->digest, sizeof jws->digest),
                                          span_of(jws->signature, sizeof jws->signature));
    return good ? JUMIN_OK
                : detail_set(detail, JUMIN_ERROR_SIGNATURE, "The signature of the token (%s) is wrong.",
                             jws_text(jws->header, "typ"));
}

enum jumin_error jws_verify(const struct jws *jws, const uint8_t point[SIGNER_POINT], struct detail *detail)
{
    struct crypto_ec_key key = {0};
    (void)crypto_ec_load_public(&key, CRYPTO_P256, span_of(point, SIGNER_POINT)); // no key verifies nothing
    const enum jumin_error error = jws_verify_by(jws, &key, detail);
    crypto_ec_release(&key);
    return error;
}

enum jumin_error jws_read_own_key(struct span text, const char *type, struct jws *jws, struct detail *detail)
{
    enum jumin_error error = jws_read(text, type, jws, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!jws->has_key) {
        error = detail_set(detail, JUMIN_ERROR_MALFORMED, "The token does not carry its key (jwk).");
    } else if (jws->chain_count > 0 || jws->key_id != NULL) {
        error = detail_set(detail, JUMIN_ERROR_MALFORMED, "The token names its key in more than one way.");
    } else {
        error = jws_verify(jws, jws->key, detail);
    }
    if (error != JUMIN_OK) {
        jws_release(jws);
    }
    return error;
}
