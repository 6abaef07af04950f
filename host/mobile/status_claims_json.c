// What a Status List Token and a credential's status say as JSON (Token Status List §5.1, §6.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/base64url.h"
#include "host/mobile/status_claims.h"

#include <stdlib.h>

enum { NUMBER_MAX_BITS = 53 }; // of a number that JSON carries exactly (RFC 7493 §2.2)

static enum jumin_error refuse(struct detail *detail, const char *why)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "%s", why);
}

// --- Making ----------------------------------------------------------------------------------------------------

static json_t *list_text(struct span compressed)
{
    const size_t length = base64url_length(compressed.n);
    char *text = malloc(length > 0 ? length : 1);
    if (text == NULL) {
        return NULL;
    }
    struct writer w = writer_of(text, length);
    base64url_put(&w, compressed);
    json_t *value = w.overflow ? NULL : json_stringn(text, w.n);
    free(text);
    return value;
}

// Only what is said.
static bool set_time(json_t *object, const char *name, int64_t seconds)
{
    return seconds == 0 || json_object_set_new(object, name, json_integer(seconds)) == 0;
}

json_t *status_claims_json(const struct status_claims *claims, struct span compressed)
{
    json_t *object =
        json_pack("{s:s, s:I, s:{s:i, s:o}}", "sub", claims->uri, "iat", (json_int_t)claims->issued_at,
                  "status_list", "bits", (int)claims->bits, "lst", list_text(compressed));
    if (object != NULL &&
        (!set_time(object, "exp", claims->expires_at) || !set_time(object, "ttl", claims->time_to_live))) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *status_reference_json(const struct status_reference *reference)
{
    return json_pack("{s:{s:I, s:s}}", "status_list", "idx", (json_int_t)reference->index, "uri",
                     reference->uri);
}

// --- Reading ---------------------------------------------------------------------------------------------------

static bool take_number(const json_t *object, const char *name, int64_t least, int64_t *number)
{
    const json_t *value = json_object_get(object, name);
    *number = json_integer_value(value);
    return json_is_integer(value) && *number >= least && *number >> NUMBER_MAX_BITS == 0;
}

// A claim that may be missing; then it is 0.
static bool take_optional_number(const json_t *object, const char *name, int64_t *number)
{
    *number = 0;
    return json_object_get(object, name) == NULL || take_number(object, name, 1, number);
}

static bool take_uri(const json_t *object, const char *name, char uri[STATUS_URI_MAX])
{
    const json_t *value = json_object_get(object, name);
    const size_t length = json_string_length(value);
    if (length == 0 || length >= STATUS_URI_MAX) { // of what is no text, 0
        return false;
    }
    memcpy(uri, json_string_value(value), length);
    uri[length] = '\0';
    return strlen(uri) == length;
}

static enum jumin_error take_list(const json_t *text, uint8_t **compressed, size_t *n, struct detail *detail)
{
    const struct span encoded = span_of(json_string_value(text), json_string_length(text));
    if (!json_is_string(text) || encoded.n == 0 || encoded.n > base64url_length(STATUS_COMPRESSED_MAX)) {
        return refuse(detail, "the status list's lst is missing, empty or too long");
    }
    uint8_t *bytes = malloc(encoded.n);
    if (bytes == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    struct writer w = writer_of(bytes, encoded.n);
    if (!base64url_decode(encoded, &w) || w.n == 0) {
        free(bytes);
        return refuse(detail, "the status list's lst is no base64url");
    }
    *compressed = bytes;
    *n = w.n;
    return JUMIN_OK;
}

enum jumin_error status_claims_parse_json(const json_t *object, struct status_claims *claims,
                                          uint8_t **compressed, size_t *n, struct detail *detail)
{
    const json_t *list = json_object_get(object, "status_list");
    int64_t bits = 0;
    *compressed = NULL;
    *n = 0;
    *claims = (struct status_claims){0};
    if (!take_uri(object, "sub", claims->uri)) {
        return refuse(detail, "the status list token has no sub");
    }
    if (!take_number(object, "iat", 0, &claims->issued_at)) {
        return refuse(detail, "the status list token has no iat");
    }
    if (!take_optional_number(object, "exp", &claims->expires_at)) {
        return refuse(detail, "exp of the status list token is no time");
    }
    if (!take_optional_number(object, "ttl", &claims->time_to_live)) {
        return refuse(detail, "ttl of the status list token is no positive number");
    }
    if (!take_number(list, "bits", 1, &bits) || !status_list_bits_are_possible((uint64_t)bits)) {
        return refuse(detail, "the status list's bits are none of 1, 2, 4, 8");
    }
    claims->bits = (unsigned)bits;
    return take_list(json_object_get(list, "lst"), compressed, n, detail);
}

enum jumin_error status_reference_parse_json(const json_t *status, struct status_reference *reference,
                                             struct detail *detail)
{
    const json_t *list = json_object_get(status, "status_list");
    int64_t index = 0;
    *reference = (struct status_reference){0};
    if (json_is_object(status) && json_object_size(status) > 0 && list == NULL) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED, "the credential's status is in no status list");
    }
    if (!take_number(list, "idx", 0, &index) || !take_uri(list, "uri", reference->uri)) {
        *reference = (struct status_reference){0};
        return refuse(detail, "the credential's status_list has no idx and uri");
    }
    reference->index = (uint64_t)index;
    return JUMIN_OK;
}
