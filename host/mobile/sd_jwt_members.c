// Claims that are hidden on many copies: what all copies share is written once (RFC 9901 §4.2.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/sd_jwt_parts.h"

#include "host/json_fields.h"
#include "host/mobile/base64url.h"
#include <stdlib.h>

// A disclosure begins with ["salt"," of 27 bytes: what follows has a base64url of its own.
enum { HEAD = 2 + SD_JWT_SALT_TEXT + 3, HEAD_TEXT = HEAD / 3 * 4, BEFORE_NAME = 2, SALTS_AT_ONCE = 32 };

_Static_assert(HEAD % 3 == 0, "base64url takes three bytes at a time");

struct sd_jwt_members {
    size_t count, length; // of all
    struct span *tails;   // name",value] in base64url
};

static bool is_flat(const char *name, const json_t *value)
{
    return !sd_jwt_is_format_name(name) && !json_is_object(value) && !json_is_array(value);
}

static enum jumin_error add(struct sd_jwt_members *members, const char *name, json_t *value)
{
    json_t *pair = json_pack("[sO]", name, value);
    char *text = json_text(pair, JSON_COMPACT);
    json_decref(pair);
    if (text == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    const struct span tail = span_from(span_of(text, strlen(text)), BEFORE_NAME);
    const size_t n = base64url_length(tail.n);
    struct writer w = writer_of(malloc(n + 1), n);
    if (w.p != NULL) {
        base64url_put(&w, tail);
        members->tails[members->count++] = writer_span(&w);
        members->length += w.n;
    }
    crypto_wipe(text, strlen(text));
    free(text);
    return w.p == NULL ? JUMIN_ERROR_MEMORY : JUMIN_OK;
}

enum jumin_error sd_jwt_members_new(struct sd_jwt_members **members, const json_t *object)
{
    const size_t count = json_object_size(object);
    union {
        const json_t *read;
        json_t *any;
    } all = {.read = object}; // iterators want one that may be changed
    *members = NULL;
    if (!json_is_object(object)) {
        return JUMIN_ERROR_INPUT;
    }
    struct sd_jwt_members *made = calloc(1, sizeof *made);
    enum jumin_error error = JUMIN_ERROR_MEMORY;
    if (made != NULL) {
        made->tails = calloc(count + 1, sizeof *made->tails);
        error = made->tails == NULL ? JUMIN_ERROR_MEMORY : JUMIN_OK;
    }
    for (void *at = json_object_iter(all.any); at != NULL && error == JUMIN_OK;
         at = json_object_iter_next(all.any, at)) {
        const char *name = json_object_iter_key(at);
        json_t *value = json_object_iter_value(at);
        error = is_flat(name, value) ? add(made, name, value) : JUMIN_ERROR_INPUT;
    }
    if (error != JUMIN_OK) {
        sd_jwt_members_free(made);
        return error;
    }
    *members = made;
    return JUMIN_OK;
}

void sd_jwt_members_free(struct sd_jwt_members *members)
{
    if (members == NULL) {
        return;
    }
    for (size_t i = 0; i < members->count; i++) {
        union {
            const uint8_t *read;
            uint8_t *own;
        } bytes = {.read = members->tails[i].p};
        crypto_wipe(bytes.own, members->tails[i].n);
        free(bytes.own);
    }
    free(members->tails);
    free(members);
}

size_t sd_jwt_members_room(const struct sd_jwt_members *members)
{
    return members->length + members->count * (HEAD_TEXT + 1);
}

static void hide(struct sd_jwt_maker *maker, json_t *object, struct span tail,
                 const uint8_t salt[SD_JWT_SALT])
{
    const size_t start = maker->disclosures.n;
    char head[HEAD + 1] = "[\"", digest[SD_JWT_DIGEST_TEXT + 1];
    struct writer w = writer_of(head + 2, SD_JWT_SALT_TEXT);
    base64url_put(&w, span_of(salt, SD_JWT_SALT));
    memcpy(head + 2 + SD_JWT_SALT_TEXT, "\",\"", 3);
    base64url_put(&maker->disclosures, span_of(head, HEAD));
    writer_put(&maker->disclosures, tail);
    sd_jwt_end_disclosure(maker, start, digest);
    if (maker->error == JUMIN_OK) {
        sd_jwt_add_digest(maker, object, digest);
    }
}

// Salts are drawn many at once: a drawing takes as long for one as for all.
void sd_jwt_hide_members(struct sd_jwt_maker *maker, json_t *object, const struct sd_jwt_members *members)
{
    uint8_t salts[SALTS_AT_ONCE][SD_JWT_SALT];
    for (size_t i = 0; i < members->count && maker->error == JUMIN_OK; i++) {
        const size_t at = i % SALTS_AT_ONCE, left = members->count - i;
        if (at == 0 && !maker->random->fill(maker->random->context, (uint8_t *)salts,
                                            (left < SALTS_AT_ONCE ? left : SALTS_AT_ONCE) * SD_JWT_SALT)) {
            maker->error = JUMIN_ERROR_CRYPTO;
        } else {
            hide(maker, object, members->tails[i], salts[at]);
        }
    }
    crypto_wipe(salts, sizeof salts);
}
