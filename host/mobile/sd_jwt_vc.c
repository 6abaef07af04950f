// SD-JWT based verifiable credentials, issued and accepted (draft-ietf-oauth-sd-jwt-vc).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/sd_jwt_vc.h"

#include "host/json_fields.h"
#include "host/mobile/sd_jwt_parts.h"
#include <stdlib.h>

// §2.2.2.2 of the draft: what must never be disclosed selectively.
static const char *const reserved[] = {"iss", "nbf",           "exp",      "cnf",
                                       "vct", "vct#integrity", "aka_vcts", "status"};

bool sd_jwt_vc_is_reserved(const char *name)
{
    for (size_t i = 0; i < COUNT(reserved); i++) {
        if (strcmp(name, reserved[i]) == 0) {
            return true;
        }
    }
    return sd_jwt_is_format_name(name);
}

// --- Issuing ------------------------------------------------------------------------------------------------

// The first member that is not hidden yet; NULL: none.
static const char *next_name(json_t *object)
{
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        if (strcmp(json_object_iter_key(at), "_sd") != 0) {
            return json_object_iter_key(at);
        }
    }
    return NULL;
}

// Hides all that is in `value`, the innermost first.
static void hide_all(struct sd_jwt_maker *maker, json_t *value, unsigned depth)
{
    if (depth == SD_JWT_DEPTH_MAX || json_object_get(value, "_sd") != NULL) {
        maker->error = JUMIN_ERROR_INPUT;
    }
    for (size_t i = 0; i < json_array_size(value) && maker->error == JUMIN_OK; i++) {
        hide_all(maker, json_array_get(value, i), depth + 1);
        sd_jwt_hide_item(maker, value, i);
    }
    for (const char *name = next_name(value); name != NULL && maker->error == JUMIN_OK;
         name = next_name(value)) {
        hide_all(maker, json_object_get(value, name), depth + 1);
        sd_jwt_hide(maker, value, name);
    }
}

static bool add_new(json_t *claims, const char *name, json_t *value)
{
    return json_object_set_new(claims, name, value) == 0;
}

// What stays in the open.
static bool add_open_claims(json_t *claims, const struct sd_jwt_vc_order *order)
{
    bool good = add_new(claims, "vct", json_string(order->vct)) &&
                add_new(claims, "iat", json_integer(order->issued_at)) &&
                add_new(claims, "nbf", json_integer(order->not_before)) &&
                add_new(claims, "exp", json_integer(order->expires)) &&
                add_new(claims, "cnf", json_pack("{so}", "jwk", jwk_make(order->holder)));
    if (order->issuer != NULL) {
        good = good && add_new(claims, "iss", json_string(order->issuer));
    }
    if (order->status_uri != NULL) {
        good = good && add_new(claims, "status",
                               json_pack("{s{sI,ss}}", "status_list", "idx", (json_int_t)order->status_index,
                                         "uri", order->status_uri));
    }
    return good;
}

static bool has_reserved(const json_t *claims)
{
    if (json_object_get(claims, "iat") != NULL) {
        return true; // the order says it
    }
    for (size_t i = 0; i < COUNT(reserved); i++) {
        if (json_object_get(claims, reserved[i]) != NULL) {
            return true;
        }
    }
    return false;
}

// Of a text in JSON: what is escaped takes up to six characters.
static size_t text_room(const char *text, size_t n)
{
    size_t room = n;
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)text[i];
        room += c < 0x20 || c == '"' || c == '\\' ? 5 : 0;
    }
    return room;
}

// What a value and all within it need as disclosures, but for the base64.
static size_t value_room(const json_t *value)
{
    enum {
        EACH = 128 + 32, // salt, digest, a number, and what stands between them
    };
    const json_t *item = NULL;
    size_t i = 0, room = EACH;
    if (json_is_string(value)) {
        return room + text_room(json_string_value(value), json_string_length(value));
    }
    json_array_foreach(value, i, item)
    {
        room += value_room(item);
    }
    union {
        const json_t *read;
        json_t *any;
    } object = {.read = value}; // iterators want one that may be changed
    for (void *at = json_object_iter(object.any); at != NULL; at = json_object_iter_next(object.any, at)) {
        const char *name = json_object_iter_key(at);
        room += text_room(name, strlen(name)) + value_room(json_object_iter_value(at));
    }
    return room;
}

// Enough for the disclosures of `claims`.
static size_t room_for(const json_t *claims)
{
    enum { LARGEST = 8 }; // a value that lies in another is in base64 once more for each
    return value_room(claims) * LARGEST;
}

static enum jumin_error issue(const struct sd_jwt_vc_order *order, struct sd_jwt_maker *maker, json_t *claims,
                              struct writer *out)
{
    const struct jws_header header = {
        .type = SD_JWT_VC_TYPE, .chain = order->chain, .chain_count = order->chain_count};
    if (order->members != NULL) {
        sd_jwt_hide_members(maker, claims, order->members);
    } else {
        hide_all(maker, claims, 0);
    }
    sd_jwt_decoys(maker, claims, order->decoys);
    if (maker->error == JUMIN_OK && !add_open_claims(claims, order)) {
        maker->error = JUMIN_ERROR_MEMORY;
    }
    return sd_jwt_finish(maker, order->signer, &header, claims, out);
}

enum jumin_error sd_jwt_vc_members(struct sd_jwt_members **members, const json_t *claims)
{
    *members = NULL;
    return has_reserved(claims) ? JUMIN_ERROR_INPUT : sd_jwt_members_new(members, claims);
}

enum jumin_error sd_jwt_vc_issue(const struct sd_jwt_vc_order *order, const struct crypto_random *random,
                                 struct writer *out)
{
    const bool shared = order->members != NULL;
    struct sd_jwt_maker maker;
    if (!shared && (!json_is_object(order->claims) || has_reserved(order->claims))) {
        return JUMIN_ERROR_INPUT;
    }
    const size_t capacity = shared ? sd_jwt_members_room(order->members) : room_for(order->claims);
    uint8_t *room = malloc(capacity + 1);
    json_t *claims = shared ? json_object() : json_deep_copy(order->claims);
    enum jumin_error error = JUMIN_ERROR_MEMORY;
    if (room != NULL && claims != NULL) {
        sd_jwt_begin(&maker, random, room, capacity);
        error = issue(order, &maker, claims, out);
        crypto_wipe(room, maker.disclosures.n);
    }
    free(room);
    json_wipe(claims);
    json_decref(claims);
    return error;
}

// --- Accepting ----------------------------------------------------------------------------------------------

enum jumin_error sd_jwt_vc_read(struct span text, struct sd_jwt_vc *vc, struct detail *detail)
{
    *vc = (struct sd_jwt_vc){0};
    const enum jumin_error error = sd_jwt_read(text, SD_JWT_VC_TYPE, &vc->sd, detail);
    if (error == JUMIN_OK && vc->sd.issued.chain_count == 0) {
        sd_jwt_vc_release(vc);
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The credential has no certificate (x5c).");
    }
    return error;
}

void sd_jwt_vc_release(struct sd_jwt_vc *vc)
{
    sd_jwt_release(&vc->sd);
    *vc = (struct sd_jwt_vc){0};
}

// Each says the same before and after disclosure: nothing in it, and not itself, came from one.
static enum jumin_error check_reserved(const struct sd_jwt *sd, struct detail *detail)
{
    for (size_t i = 0; i < COUNT(reserved); i++) {
        const json_t *before = json_object_get(sd->issued.claims, reserved[i]);
        const json_t *after = json_object_get(sd->claims, reserved[i]);
        if (before != after && !json_equal(before, after)) {
            return detail_set(detail, JUMIN_ERROR_MALFORMED,
                              "The credential's %s came by disclosure, which is not allowed.", reserved[i]);
        }
    }
    return JUMIN_OK;
}

// Where the holder of a token stands in a status list (draft-ietf-oauth-status-list).
static enum jumin_error take_status(struct sd_jwt_vc *vc, struct detail *detail)
{
    const json_t *status = json_object_get(vc->sd.claims, "status");
    const json_t *list = json_object_get(status, "status_list");
    const json_t *index = json_object_get(list, "idx");
    if (status == NULL) {
        return JUMIN_OK;
    }
    vc->status_uri = jws_text(list, "uri");
    vc->status_index = (uint64_t)json_integer_value(index);
    if (vc->status_uri == NULL || !json_is_integer(index) || json_integer_value(index) < 0) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The credential's status names no place in a status list.");
    }
    return JUMIN_OK;
}

static enum jumin_error take_claims(struct sd_jwt_vc *vc, struct detail *detail)
{
    const json_t *claims = vc->sd.claims;
    bool there = false;
    vc->vct = jws_text(claims, "vct");
    if (vc->vct == NULL) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The credential does not say what it is (vct).");
    }
    if (!jws_time(claims, "iat", &vc->issued_at, &there) ||
        !jws_time(claims, "nbf", &vc->not_before, &there) || !jws_time(claims, "exp", &vc->expires, &there)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The credential's times are no whole numbers.");
    }
    const enum jumin_error error = sd_jwt_holder(claims, vc->holder, detail);
    return error != JUMIN_OK ? error : take_status(vc, detail);
}

// Of a token that is open.
static enum jumin_error check_open(struct sd_jwt_vc *vc, int64_t now, int64_t leeway, struct detail *detail)
{
    enum jumin_error error = check_reserved(&vc->sd, detail);
    if (error == JUMIN_OK) {
        error = take_claims(vc, detail);
    }
    return error != JUMIN_OK ? error : jws_check_times(vc->sd.claims, now, leeway, detail);
}

enum jumin_error sd_jwt_vc_check(struct sd_jwt_vc *vc, const uint8_t issuer[SIGNER_POINT], int64_t now,
                                 int64_t leeway, struct detail *detail)
{
    const enum jumin_error error = sd_jwt_open(&vc->sd, issuer, detail);
    return error == JUMIN_OK ? check_open(vc, now, leeway, detail) : error;
}

enum jumin_error sd_jwt_vc_check_by(struct sd_jwt_vc *vc, const struct crypto_ec_key *issuer, int64_t now,
                                    int64_t leeway, struct detail *detail)
{
    const enum jumin_error error = sd_jwt_open_by(&vc->sd, issuer, detail);
    return error == JUMIN_OK ? check_open(vc, now, leeway, detail) : error;
}
