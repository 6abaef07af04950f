// Selective disclosure: disclosures in their places, and nothing else (RFC 9901 §7.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/json_fields.h"
#include "host/mobile/sd_jwt_parts.h"

// What is known while a token is opened.
struct opening {
    struct sd_jwt *sd;
    json_t *by_digest; // index of each disclosure
    json_t *met;       // digests that were met
    json_t *path;      // of what is being opened
    unsigned depth;
    struct detail *detail;
    enum jumin_error error; // the first
};

static void refuse(struct opening *o, enum jumin_error error, const char *why)
{
    if (o->error == JUMIN_OK) {
        o->error = detail_set(o->detail, error, "%s", why);
    }
}

// Lets go of what stands in its place by now, or, refused, never will.
static void let_go(const struct opening *o, json_t *value)
{
    if (o->error != JUMIN_OK) {
        json_wipe(value);
    }
    json_decref(value);
}

// What `value` says once it is open; NULL: refused.
static json_t *open_value(struct opening *o, const json_t *value);

static json_t *open_at(struct opening *o, json_t *step, const json_t *value)
{
    json_t *opened = NULL;
    if (json_array_append_new(o->path, step) != 0) {
        refuse(o, JUMIN_ERROR_MEMORY, "No memory.");
        return NULL;
    }
    opened = open_value(o, value);
    (void)json_array_remove(o->path, json_array_size(o->path) - 1);
    return opened;
}

// The disclosure that a digest stands for; NULL: none was given, or refused.
static struct sd_jwt_disclosure *find_disclosure(struct opening *o, const json_t *digest, size_t parts)
{
    const char *text = json_string_value(digest);
    if (text == NULL) {
        refuse(o, JUMIN_ERROR_MALFORMED, "A digest of a claim is no text.");
        return NULL;
    }
    if (json_object_get(o->met, text) != NULL) {
        refuse(o, JUMIN_ERROR_MALFORMED, "A digest of a claim stands twice.");
        return NULL;
    }
    if (json_object_set_new(o->met, text, json_true()) != 0) {
        refuse(o, JUMIN_ERROR_MEMORY, "No memory.");
        return NULL;
    }
    const json_t *index = json_object_get(o->by_digest, text);
    if (index == NULL) {
        return NULL;
    }
    struct sd_jwt_disclosure *disclosure = &o->sd->disclosures[json_integer_value(index)];
    if (json_array_size(disclosure->content) != parts) {
        refuse(o, JUMIN_ERROR_MALFORMED,
               "A disclosure is of a member where an item belongs, or the reverse.");
        return NULL;
    }
    return disclosure;
}

// The disclosed value, opened in turn.
static json_t *open_disclosure(struct opening *o, struct sd_jwt_disclosure *disclosure, json_t *step)
{
    const json_t *content = disclosure->content;
    json_t *path = json_deep_copy(o->path);
    if (path == NULL || json_array_append(path, step) != 0) {
        json_decref(path);
        json_decref(step);
        refuse(o, JUMIN_ERROR_MEMORY, "No memory.");
        return NULL;
    }
    disclosure->path = path;
    return open_at(o, step, json_array_get(content, json_array_size(content) - 1));
}

static void open_member(struct opening *o, const json_t *digest, json_t *opened)
{
    struct sd_jwt_disclosure *disclosure = find_disclosure(o, digest, 3);
    if (disclosure == NULL) {
        return;
    }
    json_t *name = json_array_get(disclosure->content, 1);
    const char *text = json_string_value(name);
    if (json_object_get(opened, text) != NULL) {
        refuse(o, JUMIN_ERROR_MALFORMED, "A disclosure would replace a claim that is there already.");
        return;
    }
    json_t *value = open_disclosure(o, disclosure, json_incref(name));
    if (o->error == JUMIN_OK && json_object_set(opened, text, value) != 0) {
        refuse(o, JUMIN_ERROR_MEMORY, "No memory.");
    }
    let_go(o, value);
}

// After the members that were in the open, which none may replace.
static void open_members(struct opening *o, const json_t *object, json_t *opened)
{
    const json_t *digests = json_object_get(object, "_sd");
    if (digests != NULL && !json_is_array(digests)) {
        refuse(o, JUMIN_ERROR_MALFORMED, "The digests of claims are no list (_sd).");
    }
    for (size_t i = 0; i < json_array_size(digests) && o->error == JUMIN_OK; i++) {
        open_member(o, json_array_get(digests, i), opened);
    }
}

static json_t *open_object(struct opening *o, const json_t *object)
{
    json_t *opened = json_object();
    const bool top = o->depth == 1;
    // Iterated by iterators, since json_object_foreach wants an object that may be changed.
    union {
        const json_t *read;
        json_t *any;
    } source = {.read = object};
    for (void *at = json_object_iter(source.any); at != NULL && o->error == JUMIN_OK;
         at = json_object_iter_next(source.any, at)) {
        const char *name = json_object_iter_key(at);
        if (strcmp(name, "_sd") == 0 || (top && strcmp(name, "_sd_alg") == 0)) {
            continue;
        }
        if (strcmp(name, "...") == 0) {
            refuse(o, JUMIN_ERROR_MALFORMED,
                   "A digest of an item stands outside a list, or not alone (...).");
            break;
        }
        json_t *value = open_at(o, json_string(name), json_object_iter_value(at));
        if (value == NULL || json_object_set(opened, name, value) != 0) {
            refuse(o, JUMIN_ERROR_MEMORY, "No memory.");
        }
        let_go(o, value);
    }
    open_members(o, object, opened);
    return opened;
}

static void open_item(struct opening *o, const json_t *item, json_t *opened)
{
    json_t *index = json_integer((json_int_t)json_array_size(opened));
    json_t *value = NULL;
    if (json_object_size(item) == 1 && json_object_get(item, "...") != NULL) {
        struct sd_jwt_disclosure *disclosure = find_disclosure(o, json_object_get(item, "..."), 2);
        if (disclosure == NULL) {
            json_decref(index);
            return;
        }
        value = open_disclosure(o, disclosure, index);
    } else {
        value = open_at(o, index, item);
    }
    if (value == NULL || json_array_append(opened, value) != 0) {
        refuse(o, JUMIN_ERROR_MEMORY, "No memory.");
    }
    let_go(o, value);
}

static json_t *open_array(struct opening *o, const json_t *array)
{
    json_t *opened = json_array();
    for (size_t i = 0; i < json_array_size(array) && o->error == JUMIN_OK; i++) {
        open_item(o, json_array_get(array, i), opened);
    }
    return opened;
}

static json_t *open_value(struct opening *o, const json_t *value)
{
    json_t *opened = NULL;
    if (o->depth == SD_JWT_DEPTH_MAX) {
        refuse(o, JUMIN_ERROR_MALFORMED, "The token's claims lie too deep within one another.");
        return NULL;
    }
    o->depth++;
    if (json_is_object(value)) {
        opened = open_object(o, value);
    } else if (json_is_array(value)) {
        opened = open_array(o, value);
    } else {
        opened = json_deep_copy(value);
    }
    o->depth--;
    if (opened == NULL) {
        refuse(o, JUMIN_ERROR_MEMORY, "No memory.");
    }
    return opened;
}

static void check_all_used(struct opening *o)
{
    for (size_t i = 0; i < o->sd->count; i++) {
        if (o->sd->disclosures[i].path == NULL) {
            refuse(o, JUMIN_ERROR_HASH, "A disclosure belongs to no digest of the token.");
        }
    }
}

static bool make_index(struct opening *o)
{
    for (size_t i = 0; i < o->sd->count; i++) {
        if (json_object_set_new(o->by_digest, o->sd->disclosures[i].digest, json_integer((json_int_t)i)) !=
            0) {
            return false;
        }
    }
    return o->met != NULL && o->path != NULL;
}

// §4.1.1: SHA-256, which is what is meant when nothing is said.
static bool is_hash_known(const json_t *claims)
{
    const json_t *name = json_object_get(claims, "_sd_alg");
    return name == NULL || (json_is_string(name) && strcmp(json_string_value(name), "sha-256") == 0);
}

// §7.1, once the signature is known to be good.
static enum jumin_error open_claims(struct sd_jwt *sd, struct detail *detail)
{
    if (!is_hash_known(sd->issued.claims)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The token's digests are not SHA-256 (_sd_alg).");
    }
    struct opening o = {
        .sd = sd, .by_digest = json_object(), .met = json_object(), .path = json_array(), .detail = detail};
    if (make_index(&o)) {
        sd->claims = open_value(&o, sd->issued.claims);
        check_all_used(&o);
    } else {
        o.error = JUMIN_ERROR_MEMORY;
    }
    json_decref(o.by_digest);
    json_decref(o.met);
    json_decref(o.path);
    if (o.error != JUMIN_OK) {
        json_wipe(sd->claims);
        json_decref(sd->claims);
        sd->claims = NULL;
    }
    return o.error;
}

enum jumin_error sd_jwt_open(struct sd_jwt *sd, const uint8_t issuer[SIGNER_POINT], struct detail *detail)
{
    const enum jumin_error error = jws_verify(&sd->issued, issuer, detail);
    return error == JUMIN_OK ? open_claims(sd, detail) : error;
}

enum jumin_error sd_jwt_open_by(struct sd_jwt *sd, const struct crypto_ec_key *issuer, struct detail *detail)
{
    const enum jumin_error error = jws_verify_by(&sd->issued, issuer, detail);
    return error == JUMIN_OK ? open_claims(sd, detail) : error;
}
