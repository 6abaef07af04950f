// What an SD-JWT shows when certain claims of it are asked for: these, and what cannot be left out beside
// them (RFC 9901 §4.1, §4.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/disclosure_internal.h"

#include "host/json_fields.h"
#include "host/mobile/dcql.h"
#include "host/wallet/claims.h"

#include <stdio.h>

// What every credential has, and what says nothing of its holder: who has made it and when, for which key,
// and where its status stands. Whatever else stands in the open does.
static const char *const plain[] = {"iss", "iat", "nbf", "exp", "vct", "vct#integrity"};
static const char *const within[][2] = {{"cnf", "jwk"}, {"status", "status_list"}};

struct walk {
    const struct sd_jwt *sd;
    const bool *selected;
    const json_t *asked; // paths
    json_t *path;        // of what is looked at
};

// A disclosure that is not selected, and all that lies in it, is not shown.
static bool is_hidden(const struct walk *walk)
{
    for (size_t i = 0; i < walk->sd->count; i++) {
        if (!walk->selected[i] && json_equal(walk->sd->disclosures[i].path, walk->path)) {
            return true;
        }
    }
    return false;
}

static bool is_step(const json_t *wanted, const json_t *step)
{
    return json_equal(wanted, step) || (json_is_null(wanted) && json_is_integer(step));
}

static bool begins_alike(const json_t *wanted, const json_t *path)
{
    for (size_t i = 0; i < json_array_size(wanted) && i < json_array_size(path); i++) {
        if (!is_step(json_array_get(wanted, i), json_array_get(path, i))) {
            return false;
        }
    }
    return true;
}

// Whether it was asked for, as such or with all that it lies in; or something in it was.
static void relate(const struct walk *walk, bool *is_asked, bool *leads)
{
    const size_t depth = json_array_size(walk->path);
    *is_asked = *leads = false;
    for (size_t i = 0; i < json_array_size(walk->asked); i++) {
        const json_t *wanted = json_array_get(walk->asked, i);
        const bool alike = begins_alike(wanted, walk->path);
        *is_asked |= alike && json_array_size(wanted) <= depth;
        *leads |= alike && json_array_size(wanted) > depth;
    }
}

static bool is_plain(const struct walk *walk, const json_t *value, bool *leads)
{
    const char *first = json_string_value(json_array_get(walk->path, 0)),
               *second = json_string_value(json_array_get(walk->path, 1));
    const size_t depth = json_array_size(walk->path);
    bool found = false;
    for (size_t i = 0; i < COUNT(plain); i++) {
        found |=
            depth == 1 && strcmp(first, plain[i]) == 0 && !json_is_object(value) && !json_is_array(value);
    }
    for (size_t i = 0; i < COUNT(within); i++) {
        const bool here = strcmp(first, within[i][0]) == 0;
        found |= here && depth == 2 && second != NULL && strcmp(second, within[i][1]) == 0;
        *leads |= here && depth == 1;
    }
    return found;
}

typedef bool visitor(struct walk *walk, json_t *step, const json_t *value, json_t *into);

static bool visit(struct walk *walk, json_t *step, const json_t *value, visitor *each, json_t *into)
{
    if (json_array_append_new(walk->path, json_incref(step)) != 0) {
        json_decref(step);
        return false;
    }
    const bool ok = each(walk, step, value, into);
    (void)json_array_remove(walk->path, json_array_size(walk->path) - 1);
    json_decref(step);
    return ok;
}

// All members of an object, or items of a list.
static bool visit_all(struct walk *walk, const json_t *value, visitor *each, json_t *into)
{
    const json_t *item = NULL;
    size_t i = 0;
    bool ok = true;
    json_array_foreach(value, i, item)
    {
        ok = ok && visit(walk, json_integer((json_int_t)i), item, each, into);
    }
    union {
        const json_t *read;
        json_t *any;
    } object = {.read = value}; // iterators want one that may be changed
    for (void *at = json_object_iter(object.any); at != NULL && ok;
         at = json_object_iter_next(object.any, at)) {
        ok = visit(walk, json_string(json_object_iter_key(at)), json_object_iter_value(at), each, into);
    }
    return ok;
}

static bool put_shown(struct walk *walk, json_t *step, const json_t *value, json_t *into);

// The value without what is hidden in it, new.
static json_t *shown(struct walk *walk, const json_t *value)
{
    json_t *made = json_is_object(value)  ? json_object()
                   : json_is_array(value) ? json_array()
                                          : json_deep_copy(value);
    if (made == NULL || !visit_all(walk, value, put_shown, made)) {
        json_wipe(made);
        json_decref(made);
        return NULL;
    }
    return made;
}

static bool put_shown(struct walk *walk, json_t *step, const json_t *value, json_t *into)
{
    if (is_hidden(walk)) {
        return true;
    }
    json_t *part = shown(walk, value);
    return json_is_array(into) ? json_array_append_new(into, part) == 0
                               : json_object_set_new(into, json_string_value(step), part) == 0;
}

// What is shown and was not asked for: the largest parts that nothing was asked of.
static bool put_beyond(struct walk *walk, json_t *step, const json_t *value, json_t *into)
{
    bool is_asked = false, leads = false;
    (void)step;
    relate(walk, &is_asked, &leads);
    if (is_hidden(walk) || is_asked || is_plain(walk, value, &leads)) {
        return true;
    }
    json_t *left = shown(walk, value);
    if (leads && (json_object_size(left) > 0 || json_array_size(left) > 0)) {
        json_wipe(left);
        json_decref(left);
        return visit_all(walk, value, put_beyond, into);
    }
    return json_array_append_new(into, json_pack("[o, o]", json_deep_copy(walk->path), left)) == 0;
}

// --- The calls ---------------------------------------------------------------------------------------------------

bool disclosure_select(const struct sd_jwt *sd, const json_t *paths, bool selected[SD_JWT_DISCLOSURES_MAX])
{
    memset(selected, 0, SD_JWT_DISCLOSURES_MAX * sizeof *selected);
    for (size_t i = 0; i < json_array_size(paths); i++) {
        if (!sd_jwt_select(sd, json_array_get(paths, i), selected)) {
            return false;
        }
    }
    return true;
}

json_t *disclosure_shown(const struct sd_jwt *sd, const json_t *paths)
{
    bool selected[SD_JWT_DISCLOSURES_MAX];
    struct walk walk = {.sd = sd, .selected = selected, .asked = paths, .path = json_array()};
    json_t *asked = json_array(), *beyond = json_array();
    bool ok = disclosure_select(sd, paths, selected) && walk.path != NULL;
    for (size_t i = 0; i < json_array_size(paths) && ok; i++) {
        ok = json_array_append_new(asked, dcql_select(sd->claims, json_array_get(paths, i))) == 0;
    }
    ok = ok && visit_all(&walk, sd->claims, put_beyond, beyond);
    json_decref(walk.path);
    // Copies of their own, since what is released is wiped.
    json_t *made = ok ? json_pack("{s:o, s:O}", "asked", json_deep_copy(asked), "beyond", beyond) : NULL;
    json_decref(asked);
    json_decref(beyond);
    return made;
}

enum jumin_error disclosure_add_beyond(struct disclosure_document *document, struct detail *detail)
{
    const json_t *beyond = json_object_get(document->shows, "beyond");
    for (size_t i = 0; i < json_array_size(beyond); i++) {
        const json_t *one = json_array_get(beyond, i);
        struct disclosure_element *element = disclosure_add(document);
        if (element == NULL) {
            return JUMIN_ERROR_MEMORY;
        }
        if (!disclosure_put_path(document, json_array_get(one, 0), element)) {
            return detail_set(detail, JUMIN_ERROR_MALFORMED,
                              "the credential has a claim whose name is too long");
        }
        element->value = claims_text(json_array_get(one, 1));
        if (element->value == NULL) {
            return JUMIN_ERROR_MEMORY;
        }
        (void)snprintf(element->why, sizeof element->why, "not asked for: it cannot be left out");
    }
    return JUMIN_OK;
}
