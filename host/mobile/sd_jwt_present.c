// Selective disclosure, the holder's side: which claims are shown, and to whom (RFC 9901 §7.2, §4.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/sd_jwt_parts.h"

// --- Paths (OpenID4VP 1.0 §7) --------------------------------------------------------------------------------

static const json_t *walk(const json_t *value, const json_t *path, size_t from)
{
    const json_t *step = json_array_get(path, from);
    if (from == json_array_size(path)) {
        return value;
    }
    if (json_is_string(step)) {
        const json_t *member = json_object_get(value, json_string_value(step));
        return member == NULL ? NULL : walk(member, path, from + 1);
    }
    if (json_is_integer(step)) {
        const json_int_t index = json_integer_value(step);
        const json_t *item = index < 0 ? NULL : json_array_get(value, (size_t)index);
        return item == NULL ? NULL : walk(item, path, from + 1);
    }
    for (size_t i = 0; i < json_array_size(value) && json_is_null(step); i++) {
        const json_t *found = walk(json_array_get(value, i), path, from + 1);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

const json_t *sd_jwt_claim(const json_t *claims, const json_t *path)
{
    return json_array_size(path) == 0 ? NULL : walk(claims, path, 0);
}

static bool is_step(const json_t *wanted, const json_t *step)
{
    return json_equal(wanted, step) || (json_is_null(wanted) && json_is_integer(step));
}

// Whether one of them begins with the other.
static bool is_on_path(const json_t *wanted, const json_t *path)
{
    for (size_t i = 0; i < json_array_size(wanted) && i < json_array_size(path); i++) {
        if (!is_step(json_array_get(wanted, i), json_array_get(path, i))) {
            return false;
        }
    }
    return true;
}

// Whether what is wanted is found below `path`, too: an item may not have it.
static bool leads_to(const json_t *claims, const json_t *wanted, const json_t *path)
{
    json_t *whole = json_deep_copy(path);
    for (size_t i = json_array_size(path); i < json_array_size(wanted); i++) {
        (void)json_array_append(whole, json_array_get(wanted, i));
    }
    const bool found = sd_jwt_claim(claims, whole) != NULL;
    json_decref(whole);
    return found;
}

bool sd_jwt_select(const struct sd_jwt *sd, const json_t *path, bool *selected)
{
    if (sd_jwt_claim(sd->claims, path) == NULL) {
        return false;
    }
    for (size_t i = 0; i < sd->count; i++) {
        const json_t *place = sd->disclosures[i].path;
        selected[i] = selected[i] || (is_on_path(path, place) && leads_to(sd->claims, path, place));
    }
    return true;
}

// --- Presentation -------------------------------------------------------------------------------------------

// Whether all that disclosure lies in is selected, too.
static bool is_reached(const struct sd_jwt *sd, const bool *selected, size_t index)
{
    const json_t *path = sd->disclosures[index].path;
    for (size_t i = 0; i < sd->count; i++) {
        const json_t *other = sd->disclosures[i].path;
        if (!selected[i] && json_array_size(other) < json_array_size(path) && is_on_path(other, path)) {
            return false;
        }
    }
    return true;
}

enum jumin_error sd_jwt_present(const struct sd_jwt *sd, const bool *selected, struct writer *out)
{
    writer_put(out, sd->issued.text);
    writer_put_u8(out, '~');
    for (size_t i = 0; i < sd->count; i++) {
        if (!selected[i]) {
            continue;
        }
        if (!is_reached(sd, selected, i)) {
            return JUMIN_ERROR_INPUT;
        }
        writer_put(out, sd->disclosures[i].text);
        writer_put_u8(out, '~');
    }
    return out->overflow ? JUMIN_ERROR_ARGUMENT : JUMIN_OK;
}

enum jumin_error sd_jwt_bind(const struct signer *holder, const struct sd_jwt_binding *binding, size_t start,
                             struct writer *presentation)
{
    const struct jws_header header = {.type = SD_JWT_BINDING_TYPE};
    char digest[SD_JWT_DIGEST_TEXT + 1];
    if (presentation->overflow) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (!sd_jwt_digest(span_from(writer_span(presentation), start), digest)) {
        return JUMIN_ERROR_CRYPTO;
    }
    json_t *claims = json_pack("{sI,ss,ss,ss}", "iat", (json_int_t)binding->now, "aud", binding->audience,
                               "nonce", binding->nonce, "sd_hash", digest);
    const enum jumin_error error = jws_sign_claims(holder, &header, claims, presentation);
    json_decref(claims);
    return error;
}
