// Selective disclosure, the reader's side: the token taken apart (RFC 9901 §4, §7.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/sd_jwt_parts.h"

#include "host/json_fields.h"
#include "host/mobile/base64url.h"
#include <stdlib.h>

enum { SALT_TEXT_MIN = 22 }; // 128 bits in base64url

// --- Disclosures --------------------------------------------------------------------------------------------

static json_t *read_json(struct span text)
{
    json_t *value = NULL;
    struct writer json = writer_of(malloc(text.n + 1), text.n + 1);
    if (json.p != NULL && base64url_decode(text, &json)) {
        value = json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
    }
    if (json.p != NULL) {
        crypto_wipe(json.p, json.n);
    }
    free(json.p);
    return value;
}

// [salt, name, value] of a member, [salt, value] of an item (§4.2.1, §4.2.2).
static enum jumin_error check_content(const json_t *content, struct detail *detail)
{
    const size_t count = json_array_size(content);
    const json_t *salt = json_array_get(content, 0);
    const char *name = json_string_value(json_array_get(content, 1));
    if (count != 2 && count != 3) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "A disclosure is no list of two or three in base64url.");
    }
    if (!json_is_string(salt) || json_string_length(salt) < SALT_TEXT_MIN) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "A disclosure's salt is shorter than 128 bits.");
    }
    if (count == 3 && (name == NULL || sd_jwt_is_format_name(name))) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "A disclosure has a name that no claim can have.");
    }
    return JUMIN_OK;
}

static enum jumin_error read_disclosure(struct sd_jwt *sd, struct span text, struct detail *detail)
{
    struct sd_jwt_disclosure *disclosure = &sd->disclosures[sd->count++];
    disclosure->text = text;
    disclosure->content = read_json(text);
    if (!sd_jwt_digest(text, disclosure->digest)) {
        return JUMIN_ERROR_CRYPTO;
    }
    for (size_t i = 0; i + 1 < sd->count; i++) {
        if (strcmp(sd->disclosures[i].digest, disclosure->digest) == 0) {
            return detail_set(detail, JUMIN_ERROR_HASH, "A disclosure comes twice.");
        }
    }
    return check_content(disclosure->content, detail);
}

// --- Token --------------------------------------------------------------------------------------------------

// Everything before the next ~; false when there is none.
static bool take_part(struct span *text, struct span *part)
{
    const uint8_t *end = text->n == 0 ? NULL : memchr(text->p, '~', text->n);
    if (end == NULL) {
        return false;
    }
    *part = span_first(*text, (size_t)(end - text->p));
    *text = span_from(*text, part->n + 1);
    return true;
}

static enum jumin_error read_parts(struct span text, const char *type, struct sd_jwt *sd,
                                   struct detail *detail)
{
    struct span cursor = text, part;
    if (text.n > SD_JWT_MAX || !take_part(&cursor, &part)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The token is no SD-JWT, which ends its parts with ~.");
    }
    enum jumin_error error = jws_read(part, type, &sd->issued, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    sd->disclosures = calloc(SD_JWT_DISCLOSURES_MAX, sizeof sd->disclosures[0]);
    if (sd->disclosures == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    while (error == JUMIN_OK && take_part(&cursor, &part)) {
        if (sd->count == SD_JWT_DISCLOSURES_MAX) {
            return detail_set(detail, JUMIN_ERROR_MALFORMED, "The token has more than %d disclosures.",
                              SD_JWT_DISCLOSURES_MAX);
        }
        error = read_disclosure(sd, part, detail);
    }
    sd->presented = span_first(text, text.n - cursor.n);
    sd->key_binding = cursor;
    return error;
}

enum jumin_error sd_jwt_read(struct span text, const char *type, struct sd_jwt *sd, struct detail *detail)
{
    *sd = (struct sd_jwt){0};
    const enum jumin_error error = read_parts(text, type, sd, detail);
    if (error != JUMIN_OK) {
        sd_jwt_release(sd);
    }
    return error;
}

void sd_jwt_release(struct sd_jwt *sd)
{
    for (size_t i = 0; i < sd->count; i++) {
        json_wipe(sd->disclosures[i].content);
        json_decref(sd->disclosures[i].content);
        json_decref(sd->disclosures[i].path);
    }
    free(sd->disclosures);
    json_wipe(sd->claims);
    json_decref(sd->claims);
    jws_release(&sd->issued);
    *sd = (struct sd_jwt){0};
}

// --- Key binding --------------------------------------------------------------------------------------------

enum jumin_error sd_jwt_holder(const json_t *claims, uint8_t point[SIGNER_POINT], struct detail *detail)
{
    const json_t *key = json_object_get(json_object_get(claims, "cnf"), "jwk");
    return key != NULL
               ? jwk_read(key, point, detail)
               : detail_set(detail, JUMIN_ERROR_MALFORMED, "The token names no key of its holder (cnf).");
}

static bool is_text(const json_t *claims, const char *name, const char *wanted)
{
    const char *text = jws_text(claims, name);
    return text != NULL && strcmp(text, wanted) == 0;
}

static enum jumin_error check_binding(const struct sd_jwt *sd, const struct jws *jws,
                                      const struct sd_jwt_binding *expected, struct detail *detail)
{
    char digest[SD_JWT_DIGEST_TEXT + 1];
    if (!is_text(jws->claims, "aud", expected->audience)) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE, "The key binding is for another verifier (aud).");
    }
    if (!is_text(jws->claims, "nonce", expected->nonce)) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE, "The key binding has another nonce.");
    }
    if (!sd_jwt_digest(sd->presented, digest)) {
        return JUMIN_ERROR_CRYPTO;
    }
    if (!is_text(jws->claims, "sd_hash", digest)) {
        return detail_set(detail, JUMIN_ERROR_HASH, "The key binding is for another presentation (sd_hash).");
    }
    const enum jumin_error error =
        jws_check_fresh(jws->claims, expected->now, expected->window, expected->leeway, detail);
    return error != JUMIN_OK ? error : jws_check_times(jws->claims, expected->now, expected->leeway, detail);
}

enum jumin_error sd_jwt_check_binding(const struct sd_jwt *sd, const struct sd_jwt_binding *expected,
                                      struct detail *detail)
{
    struct jws jws;
    uint8_t holder[SIGNER_POINT];
    if (sd->key_binding.n == 0) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE, "The key binding is missing.");
    }
    enum jumin_error error = sd_jwt_holder(sd->claims, holder, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = jws_read(sd->key_binding, SD_JWT_BINDING_TYPE, &jws, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = jws_verify(&jws, holder, detail);
    if (error == JUMIN_OK) {
        error = check_binding(sd, &jws, expected, detail);
    }
    jws_release(&jws);
    return error;
}
