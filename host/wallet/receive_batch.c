// Whether the copies of a batch say the same: one that says something of its own would tell who shows it, and
// the holder is asked by one copy for all.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/provision.h"

#include "host/json_fields.h"
#include "host/mobile/base64url.h"
#include "host/mobile/issuer_signed.h"
#include "host/wallet/claims.h"

#include <stdlib.h>

// What each copy has of its own: times, its key and its place in a status list.
static void drop_own(json_t *claims)
{
    static const char *const times[] = {"iat", "nbf", "exp"};
    for (size_t i = 0; i < COUNT(times); i++) {
        (void)json_object_del(claims, times[i]);
    }
    (void)json_object_del(json_object_get(claims, "cnf"), "jwk");
    (void)json_object_del(json_object_get(claims, "status"), "status_list");
}

// The places of all disclosures, as members, since their order is by chance.
static json_t *places(const struct sd_jwt *sd)
{
    json_t *made = json_object();
    for (size_t i = 0; i < sd->count; i++) {
        char *path = json_dumps(sd->disclosures[i].path, JSON_COMPACT);
        (void)json_object_set_new(made, path != NULL ? path : "", json_true());
        free(path);
    }
    return made;
}

static json_t *sd_jwt_content(const struct wallet_credential *credential, struct span bytes)
{
    struct sd_jwt_vc vc;
    struct detail detail;
    if (claims_open_sd_jwt(credential, bytes, &vc, &detail) != JUMIN_OK) {
        return NULL;
    }
    json_t *claims = json_deep_copy(vc.sd.claims);
    json_t *hidden = places(&vc.sd);
    sd_jwt_vc_release(&vc);
    drop_own(claims);
    return json_pack("{s:o, s:o}", "claims", claims, "hidden", hidden);
}

static json_t *text_of(struct span value)
{
    const size_t n = base64url_length(value.n);
    char *text = malloc(n + 1);
    if (text == NULL) {
        return NULL;
    }
    struct writer w = writer_of(text, n);
    base64url_put(&w, value);
    json_t *made = json_stringn(text, w.n);
    crypto_wipe(text, n);
    free(text);
    return made;
}

// {namespace: {identifier: the value's bytes}}
static json_t *mdoc_content(struct span bytes)
{
    struct issuer_signed parsed;
    struct issuer_signed_walk walk;
    struct issuer_signed_item item;
    struct detail detail;
    json_t *whole = json_object();
    if (issuer_signed_parse(bytes, &parsed, &detail) != JUMIN_OK) {
        json_decref(whole);
        return NULL;
    }
    issuer_signed_begin(&parsed, &walk);
    while (issuer_signed_next(&walk, &item)) {
        json_t *name = json_stringn((const char *)item.name_space.p, item.name_space.n);
        json_t *identifier = json_stringn((const char *)item.identifier.p, item.identifier.n);
        const char *key = json_string_value(name);
        if (key != NULL && json_object_get(whole, key) == NULL) {
            (void)json_object_set_new(whole, key, json_object());
        }
        if (key == NULL || identifier == NULL ||
            json_object_set_new(json_object_get(whole, key), json_string_value(identifier),
                                text_of(item.value)) != 0) {
            json_wipe(whole);
            json_decref(whole);
            whole = NULL;
        }
        json_decref(name);
        json_decref(identifier);
        if (whole == NULL) {
            break;
        }
    }
    return whole;
}

static json_t *content_of(const struct wallet_credential *credential, const struct wallet_copy *copy)
{
    const struct span bytes = span_of(copy->bytes, copy->n);
    return credential->format == JUMIN_WALLET_MDOC ? mdoc_content(bytes) : sd_jwt_content(credential, bytes);
}

enum jumin_error receive_copies_agree(struct wallet_exchange *exchange,
                                      const struct wallet_credential *credential,
                                      const struct wallet_copy *copies, size_t count)
{
    json_t *first = count > 1 ? content_of(credential, &copies[0]) : NULL;
    bool same = count < 2 || first != NULL;
    for (size_t i = 1; i < count && same; i++) {
        json_t *other = content_of(credential, &copies[i]);
        same = json_equal(first, other);
        json_wipe(other);
        json_decref(other);
    }
    json_wipe(first);
    json_decref(first);
    return same ? JUMIN_OK
                : detail_set(&exchange->wallet->detail, JUMIN_ERROR_MALFORMED,
                             "the copies of the batch do not say the same: each would tell who shows it");
}
