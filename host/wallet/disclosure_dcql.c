// What a remote request would disclose: the Digital Credentials Query Language (OpenID4VP 1.0 §6, §7).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/disclosure_internal.h"

#include "host/json_fields.h"
#include "host/wallet/claims.h"

#include <stdio.h>
#include <stdlib.h>

// A credential of the wallet, open, for the claims of one query.
struct opened {
    const struct wallet_credential *credential;
    struct issuer_signed mdoc;
    struct sd_jwt_vc vc;
};

static enum jumin_error malformed(struct detail *detail, const char *why)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "the query %s", why);
}

static bool open_credential(const struct wallet_credential *credential, struct opened *opened)
{
    struct detail detail = {{0}};
    *opened = (struct opened){.credential = credential};
    if (credential == NULL) {
        return false;
    }
    const struct span bytes = span_of(credential->copies[0].bytes, credential->copies[0].n);
    const enum jumin_error error = credential->format == JUMIN_WALLET_MDOC
                                       ? issuer_signed_parse(bytes, &opened->mdoc, &detail)
                                       : claims_open_sd_jwt(credential, bytes, &opened->vc, &detail);
    return error == JUMIN_OK;
}

static void close_credential(struct opened *opened)
{
    if (opened->credential != NULL && opened->credential->format == JUMIN_WALLET_SD_JWT) {
        sd_jwt_vc_release(&opened->vc);
    }
}

// --- Claims ------------------------------------------------------------------------------------------------------

// The value at a path, new; NULL: there is none. An mdoc's path is namespace and identifier (§7.2).
static json_t *value_at(const struct opened *opened, const json_t *path)
{
    struct issuer_signed_item item;
    if (opened->credential->format == JUMIN_WALLET_SD_JWT) {
        return json_deep_copy(sd_jwt_claim(opened->vc.sd.claims, path));
    }
    const json_t *space = json_array_get(path, 0), *name = json_array_get(path, 1);
    return issuer_signed_find(&opened->mdoc, span_of(json_string_value(space), json_string_length(space)),
                              span_of(json_string_value(name), json_string_length(name)), &item)
               ? claims_of_cbor(item.value)
               : NULL;
}

static bool matches(const json_t *claim, const json_t *value)
{
    const json_t *values = json_object_get(claim, "values");
    for (size_t i = 0; i < json_array_size(values); i++) {
        if (json_equal(json_array_get(values, i), value)) {
            return true;
        }
    }
    return values == NULL;
}

static bool path_is_good(const struct disclosure_document *document, const json_t *path)
{
    const size_t n = json_array_size(path);
    if (document->format == JUMIN_WALLET_MDOC) {
        return n == 2 && json_is_string(json_array_get(path, 0)) && json_is_string(json_array_get(path, 1));
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *part = json_array_get(path, i);
        if (!json_is_string(part) && !json_is_null(part) &&
            !(json_is_integer(part) && json_integer_value(part) >= 0)) {
            return false;
        }
    }
    return n > 0 && json_is_string(json_array_get(path, 0));
}

static bool put_part(const json_t *part, char *text, size_t capacity)
{
    const int n = json_is_string(part) ? snprintf(text, capacity, "%s", json_string_value(part))
                  : json_is_integer(part)
                      ? snprintf(text, capacity, "%lld", (long long)json_integer_value(part))
                      : snprintf(text, capacity, "*");
    return n > 0 && (size_t)n < capacity;
}

static bool put_path(const struct disclosure_document *document, const json_t *path,
                     struct disclosure_element *element)
{
    const size_t first = document->format == JUMIN_WALLET_MDOC ? 1 : 0;
    size_t n = 0;
    if (first == 1 && !put_part(json_array_get(path, 0), element->name_space, sizeof element->name_space)) {
        return false;
    }
    for (size_t i = first; i < json_array_size(path); i++) {
        if (i > first) {
            if (n + 2 > sizeof element->name) {
                return false;
            }
            element->name[n++] = '.';
        }
        if (!put_part(json_array_get(path, i), element->name + n, sizeof element->name - n)) {
            return false;
        }
        n = strlen(element->name);
    }
    return true;
}

static enum jumin_error take_claim(const json_t *claim, const struct opened *opened,
                                   struct disclosure_document *document, struct detail *detail)
{
    const json_t *path = json_object_get(claim, "path");
    struct disclosure_element *element = disclosure_add(document);
    if (element == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    if (!path_is_good(document, path) || !put_path(document, path, element)) {
        return malformed(detail, "has a path that leads nowhere");
    }
    element->retain = json_is_true(json_object_get(claim, "intent_to_retain"));
    json_t *value = opened->credential != NULL ? value_at(opened, path) : NULL;
    if (value == NULL || !matches(claim, value)) {
        (void)snprintf(element->why, sizeof element->why,
                       value == NULL ? "the credential does not have it" : "it has another value");
        disclosure_refuse_document(document, "%s: %s", element->name, element->why);
    } else {
        element->value = claims_text(value);
    }
    json_wipe(value);
    json_decref(value);
    return json_array_append_new(document->paths, json_deep_copy(path)) == 0 ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}

static const json_t *claim_named(const json_t *claims, const json_t *id)
{
    for (size_t i = 0; json_is_string(id) && i < json_array_size(claims); i++) {
        const json_t *claim = json_array_get(claims, i);
        if (json_equal(json_object_get(claim, "id"), id)) {
            return claim;
        }
    }
    return NULL;
}

static bool has_all(const json_t *claims, const json_t *set, const struct opened *opened,
                    const struct disclosure_document *document)
{
    for (size_t i = 0; i < json_array_size(set); i++) {
        const json_t *claim = claim_named(claims, json_array_get(set, i));
        const json_t *path = json_object_get(claim, "path");
        json_t *value =
            opened->credential != NULL && path_is_good(document, path) ? value_at(opened, path) : NULL;
        const bool good = value != NULL && matches(claim, value);
        json_decref(value);
        if (!good) {
            return false;
        }
    }
    return json_array_size(set) > 0;
}

// The first set that can be met (§6.4.1), else the first one, for the reason; without sets all claims.
static enum jumin_error take_claims(const json_t *query, const struct opened *opened,
                                    struct disclosure_document *document, struct detail *detail)
{
    const json_t *claims = json_object_get(query, "claims"), *sets = json_object_get(query, "claim_sets");
    enum jumin_error error = JUMIN_OK;
    if (sets == NULL) {
        for (size_t i = 0; i < json_array_size(claims) && error == JUMIN_OK; i++) {
            error = take_claim(json_array_get(claims, i), opened, document, detail);
        }
        return error;
    }
    const json_t *chosen = json_array_get(sets, 0);
    for (size_t i = 0; i < json_array_size(sets); i++) {
        if (has_all(claims, json_array_get(sets, i), opened, document)) {
            chosen = json_array_get(sets, i);
            break;
        }
    }
    for (size_t i = 0; i < json_array_size(chosen) && error == JUMIN_OK; i++) {
        const json_t *claim = claim_named(claims, json_array_get(chosen, i));
        error = claim != NULL ? take_claim(claim, opened, document, detail)
                              : malformed(detail, "names a claim that it does not have");
    }
    return error;
}

// --- Credentials -----------------------------------------------------------------------------------------------

static bool put_id(const json_t *id, char *text, size_t capacity)
{
    const char *value = json_string_value(id);
    if (value == NULL || value[0] == '\0' || strlen(value) >= capacity ||
        strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != strlen(value)) {
        return false;
    }
    (void)snprintf(text, capacity, "%s", value);
    return true;
}

static bool put_type(const json_t *type, struct disclosure_document *document)
{
    const char *text = json_string_value(type);
    if (text == NULL || strlen(text) >= sizeof document->type) {
        return false;
    }
    (void)snprintf(document->type, sizeof document->type, "%s", text);
    return true;
}

// Of several types the first that the wallet can show; the last one's reason stays when it can show none.
static struct wallet_credential *choose(struct jumin_wallet *wallet, const json_t *query, int64_t now,
                                        struct disclosure_document *document)
{
    const json_t *meta = json_object_get(query, "meta"), *types = json_object_get(meta, "vct_values");
    if (document->format == JUMIN_WALLET_MDOC) {
        return put_type(json_object_get(meta, "doctype_value"), document)
                   ? disclosure_choose(wallet, now, document)
                   : NULL;
    }
    struct wallet_credential *found = NULL;
    for (size_t i = 0; i < json_array_size(types) && found == NULL; i++) {
        document->refused = false;
        found =
            put_type(json_array_get(types, i), document) ? disclosure_choose(wallet, now, document) : NULL;
    }
    return found;
}

static enum jumin_error plan_query(struct jumin_wallet *wallet, const json_t *query, int64_t now,
                                   struct disclosure_document *document, struct detail *detail)
{
    const char *format = json_string_value(json_object_get(query, "format"));
    struct opened opened = {.credential = NULL};
    document->paths = json_array();
    if (document->paths == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    if (!put_id(json_object_get(query, "id"), document->query, sizeof document->query) || format == NULL) {
        return malformed(detail, "has a credential without id or format");
    }
    document->format = strcmp(format, "mso_mdoc") == 0 ? JUMIN_WALLET_MDOC : JUMIN_WALLET_SD_JWT;
    if (document->format == JUMIN_WALLET_SD_JWT && strcmp(format, "dc+sd-jwt") != 0) {
        disclosure_refuse_document(document, "credentials of that format are not kept here");
        return JUMIN_OK;
    }
    const struct wallet_credential *credential = choose(wallet, query, now, document);
    if (document->type[0] == '\0') {
        return malformed(detail, "does not say which type of credential it wants");
    }
    if (credential != NULL && !open_credential(credential, &opened)) {
        disclosure_refuse_document(document, "the credential cannot be read");
        opened.credential = NULL;
    }
    const enum jumin_error error = take_claims(query, &opened, document, detail);
    close_credential(&opened);
    return error;
}

// --- Sets of credentials (§6.2) ----------------------------------------------------------------------------------

static struct disclosure_document *named(struct disclosure_document *all, size_t count, const json_t *id)
{
    for (size_t i = 0; json_is_string(id) && i < count; i++) {
        if (strcmp(all[i].query, json_string_value(id)) == 0) {
            return &all[i];
        }
    }
    return NULL;
}

static bool can_meet(struct disclosure_plan *plan, const json_t *option)
{
    for (size_t i = 0; i < json_array_size(option); i++) {
        const struct disclosure_document *document =
            named(plan->documents, plan->count, json_array_get(option, i));
        if (document == NULL || document->refused) {
            return false;
        }
    }
    return json_array_size(option) > 0;
}

static void mark(struct disclosure_plan *plan, const json_t *option, bool wanted[DISCLOSURE_DOCUMENTS_MAX])
{
    for (size_t i = 0; i < json_array_size(option); i++) {
        const struct disclosure_document *document =
            named(plan->documents, plan->count, json_array_get(option, i));
        if (document != NULL) {
            wanted[document - plan->documents] = true;
        }
    }
}

// Leaves those documents that answer the sets. A required set that cannot be met keeps its first option,
// whose documents say why.
static void choose_sets(struct disclosure_plan *plan, const json_t *sets)
{
    bool wanted[DISCLOSURE_DOCUMENTS_MAX] = {false};
    struct disclosure_plan kept = {.venue = plan->venue};
    for (size_t i = 0; i < json_array_size(sets); i++) {
        const json_t *set = json_array_get(sets, i), *options = json_object_get(set, "options");
        const bool required = !json_is_false(json_object_get(set, "required"));
        const json_t *chosen = required ? json_array_get(options, 0) : NULL;
        for (size_t k = 0; k < json_array_size(options); k++) {
            if (can_meet(plan, json_array_get(options, k))) {
                chosen = json_array_get(options, k);
                break;
            }
        }
        mark(plan, chosen, wanted);
    }
    for (size_t i = 0; i < plan->count; i++) {
        if (wanted[i]) {
            kept.documents[kept.count++] = plan->documents[i];
            plan->documents[i] = (struct disclosure_document){.count = 0};
        }
    }
    disclosure_release(plan);
    *plan = kept;
}

enum jumin_error disclosure_of_dcql(struct jumin_wallet *wallet, const json_t *query,
                                    const struct x5chain *chain, int64_t now, struct disclosure_plan *plan,
                                    struct detail *detail)
{
    const json_t *queries = json_object_get(query, "credentials"),
                 *sets = json_object_get(query, "credential_sets");
    enum jumin_error error = JUMIN_OK;
    *plan = (struct disclosure_plan){.count = 0};
    if (json_array_size(queries) == 0 || json_array_size(queries) > DISCLOSURE_DOCUMENTS_MAX) {
        return malformed(detail, "asks for no credential, or for too many");
    }
    disclosure_check_venue(wallet, chain, now, &plan->venue);
    for (size_t i = 0; i < json_array_size(queries) && error == JUMIN_OK; i++) {
        struct disclosure_document *document = &plan->documents[plan->count];
        const json_t *id = json_object_get(json_array_get(queries, i), "id");
        if (named(plan->documents, plan->count, id) != NULL) {
            error = malformed(detail, "has an id twice");
            break;
        }
        plan->count++;
        error = plan_query(wallet, json_array_get(queries, i), now, document, detail);
    }
    if (error != JUMIN_OK) {
        disclosure_release(plan);
        return error;
    }
    if (sets != NULL) {
        choose_sets(plan, sets);
    }
    disclosure_judge(plan, now);
    return JUMIN_OK;
}
