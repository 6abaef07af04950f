// A query in DCQL taken apart (OpenID4VP 1.0 §6.1 to §6.3, App. B.2.3, B.3.5).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/dcql.h"

enum { VALUES_MAX = 64, STEPS_MAX = 16 };

static enum jumin_error malformed(struct detail *detail, const char *where, const char *why)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "The query's %s %s.", where, why);
}

static enum jumin_error too_many(struct detail *detail, const char *what)
{
    return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED, "The query has too many %s.", what);
}

// An array that is not empty.
static bool is_list(const json_t *value)
{
    return json_is_array(value) && json_array_size(value) > 0;
}

static bool is_list_of_texts(const json_t *value)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item)) {
            return false;
        }
    }
    return is_list(value);
}

// "A non-empty string of alphanumeric characters, underscore or hyphen"; NULL: it is none.
static const char *take_id(const json_t *object)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const char *id = json_string_value(json_object_get(object, "id"));
    const size_t n = id == NULL ? 0 : strlen(id);
    return n > 0 && n <= DCQL_ID_MAX && strspn(id, characters) == n ? id : NULL;
}

// False: there, and no boolean. Not there: `*value` stays.
static bool take_boolean(const json_t *object, const char *name, bool *value)
{
    const json_t *found = json_object_get(object, name);
    if (found != NULL) {
        *value = json_is_true(found);
    }
    return found == NULL || json_is_boolean(found);
}

// --- Claims (§6.3) -------------------------------------------------------------------------------------------

static bool is_path(const json_t *path, enum dcql_format format)
{
    const json_t *step = NULL;
    size_t i = 0;
    json_array_foreach(path, i, step)
    {
        const bool index = json_is_integer(step) && json_integer_value(step) >= 0;
        if (!json_is_string(step) && (format == DCQL_MDOC || (!json_is_null(step) && !index))) {
            return false;
        }
    }
    // App. B.2.4: a namespace and an element's identifier.
    return is_list(path) && i <= STEPS_MAX && (format != DCQL_MDOC || i == 2);
}

static bool are_values(const json_t *values)
{
    const json_t *value = NULL;
    size_t i = 0;
    json_array_foreach(values, i, value)
    {
        if (!json_is_string(value) && !json_is_integer(value) && !json_is_boolean(value)) {
            return false;
        }
    }
    return is_list(values) && i <= VALUES_MAX;
}

static const struct dcql_claim *find_claim(const struct dcql_credential *query, const char *id, size_t *index)
{
    for (*index = 0; *index < query->claim_count; ++*index) {
        const struct dcql_claim *claim = &query->claims[*index];
        if (claim->id != NULL && strcmp(claim->id, id) == 0) {
            return claim;
        }
    }
    return NULL;
}

static enum jumin_error take_claim(const json_t *json, struct dcql_credential *query, struct detail *detail)
{
    struct dcql_claim claim = {.id = take_id(json),
                               .path = json_object_get(json, "path"),
                               .values = json_object_get(json, "values")};
    size_t index = 0;
    if (!json_is_object(json) || (json_object_get(json, "id") != NULL && claim.id == NULL)) {
        return malformed(detail, "claim", "is no object, or has an id that is none");
    }
    if (claim.id != NULL && find_claim(query, claim.id, &index) != NULL) {
        return malformed(detail, "claims", "have an id twice");
    }
    if (!is_path(claim.path, query->format)) {
        return malformed(detail, "claim", "has no path, or one that its format does not have");
    }
    if (claim.values != NULL && !are_values(claim.values)) {
        return malformed(detail, "claim", "has values that are no list of texts, numbers and booleans");
    }
    if (!take_boolean(json, "intent_to_retain", &claim.retain)) {
        return malformed(detail, "intent_to_retain", "is no boolean");
    }
    query->claims[query->claim_count++] = claim;
    return JUMIN_OK;
}

static enum jumin_error take_claims(const json_t *claims, struct dcql_credential *query,
                                    struct detail *detail)
{
    enum jumin_error error = JUMIN_OK;
    if (claims != NULL && !is_list(claims)) {
        return malformed(detail, "claims", "are no list, or an empty one");
    }
    if (json_array_size(claims) > DCQL_CLAIMS_MAX) {
        return too_many(detail, "claims");
    }
    for (size_t i = 0; i < json_array_size(claims) && error == JUMIN_OK; i++) {
        error = take_claim(json_array_get(claims, i), query, detail);
    }
    return error;
}

static enum jumin_error take_claim_sets(const json_t *sets, struct dcql_credential *query,
                                        struct detail *detail)
{
    const json_t *set = NULL, *id = NULL;
    size_t i = 0, j = 0, index = 0;
    if (sets == NULL) {
        return JUMIN_OK;
    }
    if (!is_list(sets) || query->claim_count == 0) {
        return malformed(detail, "claim_sets", "are no list, or there are no claims");
    }
    if (json_array_size(sets) > DCQL_CLAIM_SETS_MAX) {
        return too_many(detail, "claim_sets");
    }
    json_array_foreach(sets, i, set)
    {
        if (!is_list_of_texts(set)) {
            return malformed(detail, "claim_sets", "have one that is no list of ids");
        }
        json_array_foreach(set, j, id)
        {
            if (find_claim(query, json_string_value(id), &index) == NULL) {
                return malformed(detail, "claim_sets", "name a claim that is not there");
            }
            query->claim_sets[i] |= UINT32_C(1) << index;
        }
    }
    query->claim_set_count = i;
    return JUMIN_OK;
}

// --- Credentials (§6.1) --------------------------------------------------------------------------------------

static enum jumin_error take_type(const json_t *meta, struct dcql_credential *query, struct detail *detail)
{
    if (!json_is_object(meta)) {
        return malformed(detail, "meta", "is missing, or no object");
    }
    query->doc_type =
        query->format == DCQL_MDOC ? json_string_value(json_object_get(meta, "doctype_value")) : NULL;
    query->vct_values = query->format == DCQL_SD_JWT ? json_object_get(meta, "vct_values") : NULL;
    if (query->format == DCQL_MDOC && query->doc_type == NULL) {
        return malformed(detail, "meta", "has no doctype_value");
    }
    if (query->format == DCQL_SD_JWT && !is_list_of_texts(query->vct_values)) {
        return malformed(detail, "meta", "has no vct_values");
    }
    return JUMIN_OK;
}

static bool are_authorities(const json_t *authorities)
{
    const json_t *authority = NULL;
    size_t i = 0;
    json_array_foreach(authorities, i, authority)
    {
        if (!json_is_string(json_object_get(authority, "type")) ||
            !is_list_of_texts(json_object_get(authority, "values"))) {
            return false;
        }
    }
    return is_list(authorities);
}

static enum dcql_format format_of(const char *name)
{
    return strcmp(name, "mso_mdoc") == 0    ? DCQL_MDOC
           : strcmp(name, "dc+sd-jwt") == 0 ? DCQL_SD_JWT
                                            : DCQL_OTHER;
}

static enum jumin_error take_credential(const json_t *json, struct dcql_query *query, struct detail *detail)
{
    struct dcql_credential *credential = &query->credentials[query->count];
    const char *id = take_id(json), *format = json_string_value(json_object_get(json, "format"));
    if (id == NULL || dcql_find(query, id) != NULL) {
        return malformed(detail, "credentials", "have one without an id, or an id twice");
    }
    if (format == NULL) {
        return malformed(detail, "credentials", "have one without a format");
    }
    *credential = (struct dcql_credential){.id = id,
                                           .format = format_of(format),
                                           .binding = true,
                                           .authorities = json_object_get(json, "trusted_authorities")};
    if (!take_boolean(json, "multiple", &credential->multiple) ||
        !take_boolean(json, "require_cryptographic_holder_binding", &credential->binding)) {
        return malformed(detail, "credentials", "have one whose booleans are none");
    }
    if (credential->authorities != NULL && !are_authorities(credential->authorities)) {
        return malformed(detail, "trusted_authorities", "are no list of types with values");
    }
    enum jumin_error error = take_type(json_object_get(json, "meta"), credential, detail);
    if (error == JUMIN_OK) {
        error = take_claims(json_object_get(json, "claims"), credential, detail);
    }
    if (error == JUMIN_OK) {
        error = take_claim_sets(json_object_get(json, "claim_sets"), credential, detail);
    }
    query->count += error == JUMIN_OK ? 1 : 0;
    return error;
}

// --- Sets (§6.2) ---------------------------------------------------------------------------------------------

static bool take_option(const struct dcql_query *query, const json_t *option, uint32_t *bits)
{
    const json_t *id = NULL;
    size_t i = 0;
    if (!is_list_of_texts(option)) {
        return false;
    }
    json_array_foreach(option, i, id)
    {
        const struct dcql_credential *found = dcql_find(query, json_string_value(id));
        if (found == NULL) {
            return false;
        }
        *bits |= UINT32_C(1) << (found - query->credentials);
    }
    return true;
}

static enum jumin_error take_set(const json_t *json, struct dcql_query *query, struct detail *detail)
{
    struct dcql_set *set = &query->sets[query->set_count];
    const json_t *options = json_object_get(json, "options");
    *set = (struct dcql_set){.required = true};
    if (!is_list(options) || !take_boolean(json, "required", &set->required)) {
        return malformed(detail, "credential_sets", "have one without options");
    }
    if (json_array_size(options) > DCQL_OPTIONS_MAX) {
        return too_many(detail, "options");
    }
    while (set->count < json_array_size(options)) {
        if (!take_option(query, json_array_get(options, set->count), &set->options[set->count])) {
            return malformed(detail, "credential_sets",
                             "have an option that names no credentials of the query");
        }
        set->count++;
    }
    query->set_count++;
    return JUMIN_OK;
}

// --- Whole ---------------------------------------------------------------------------------------------------

static enum jumin_error read_query(const json_t *json, struct dcql_query *query, struct detail *detail)
{
    const json_t *credentials = json_object_get(json, "credentials");
    const json_t *sets = json_object_get(json, "credential_sets");
    enum jumin_error error = JUMIN_OK;
    if (!is_list(credentials)) {
        return malformed(detail, "credentials", "are missing");
    }
    if (json_array_size(credentials) > DCQL_CREDENTIALS_MAX) {
        return too_many(detail, "credentials");
    }
    if (sets != NULL && !is_list(sets)) {
        return malformed(detail, "credential_sets", "are no list, or an empty one");
    }
    if (json_array_size(sets) > DCQL_SETS_MAX) {
        return too_many(detail, "credential_sets");
    }
    for (size_t i = 0; i < json_array_size(credentials) && error == JUMIN_OK; i++) {
        error = take_credential(json_array_get(credentials, i), query, detail);
    }
    for (size_t i = 0; i < json_array_size(sets) && error == JUMIN_OK; i++) {
        error = take_set(json_array_get(sets, i), query, detail);
    }
    return error;
}

enum jumin_error dcql_read(json_t *json, struct dcql_query *query, struct detail *detail)
{
    memset(query, 0, sizeof *query);
    const enum jumin_error error = read_query(json, query, detail);
    if (error != JUMIN_OK) {
        memset(query, 0, sizeof *query);
        return error;
    }
    query->json = json_incref(json);
    return JUMIN_OK;
}

void dcql_release(struct dcql_query *query)
{
    json_decref(query->json);
    memset(query, 0, sizeof *query);
}

const struct dcql_credential *dcql_find(const struct dcql_query *query, const char *id)
{
    for (size_t i = 0; i < query->count; i++) {
        if (strcmp(query->credentials[i].id, id) == 0) {
            return &query->credentials[i];
        }
    }
    return NULL;
}
