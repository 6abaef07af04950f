// Which credentials answer a query in DCQL, and with what (OpenID4VP 1.0 §6.4, §7).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/dcql.h"

#include "host/mobile/base64url.h"
#include "host/pki/x509.h"

enum { KEY_IDENTIFIER_TEXT = 64 };

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

// --- Paths (§7.1) --------------------------------------------------------------------------------------------

// Adds to `selected` what one step leads to from `from`. False: the step does not fit it.
static bool step_from(const json_t *from, const json_t *step, json_t *selected)
{
    json_t *item = NULL;
    if (json_is_string(step)) {
        item = json_object_get(from, json_string_value(step));
        return json_is_object(from) && (item == NULL || json_array_append(selected, item) == 0);
    }
    if (!json_is_array(from)) {
        return false;
    }
    if (json_is_integer(step)) {
        const json_int_t index = json_integer_value(step);
        const bool there = index >= 0 && (uint64_t)index < json_array_size(from);
        return !there || json_array_append(selected, json_array_get(from, (size_t)index)) == 0;
    }
    for (size_t i = 0; i < json_array_size(from); i++) {
        if (json_array_append(selected, json_array_get(from, i)) != 0) {
            return false;
        }
    }
    return json_is_null(step);
}

static json_t *step_from_all(const json_t *all, const json_t *step)
{
    json_t *selected = json_array();
    for (size_t i = 0; i < json_array_size(all) && selected != NULL; i++) {
        if (!step_from(json_array_get(all, i), step, selected)) {
            json_decref(selected);
            return NULL;
        }
    }
    return selected;
}

json_t *dcql_select(const json_t *claims, const json_t *path)
{
    union {
        const json_t *read;
        json_t *counted;
    } start = {.read = claims}; // only its count of references changes
    json_t *selected = json_pack("[O]", start.counted);
    for (size_t i = 0; i < json_array_size(path) && selected != NULL; i++) {
        json_t *next = step_from_all(selected, json_array_get(path, i));
        json_decref(selected);
        selected = next;
    }
    if (json_array_size(selected) == 0 || json_array_size(path) == 0) {
        json_decref(selected);
        return NULL;
    }
    return selected;
}

// --- Claims (§6.4.1) -----------------------------------------------------------------------------------------

struct mdoc_element_name dcql_element(const struct dcql_claim *claim)
{
    return (struct mdoc_element_name){text_of(json_string_value(json_array_get(claim->path, 0))),
                                      text_of(json_string_value(json_array_get(claim->path, 1))),
                                      claim->retain};
}

// Whether a value in CBOR is that one in JSON (RFC 8949 §6.1): a tag says nothing.
static bool cbor_is(struct span value, const json_t *wanted)
{
    struct cbor_item item;
    int64_t number = 0;
    const struct span whole = value;
    if (json_is_integer(wanted)) {
        return cbor_integer(whole, &number) && number == json_integer_value(wanted);
    }
    if (!cbor_next(&value, &item)) {
        return false;
    }
    if (item.major == CBOR_TAG && !cbor_next(&value, &item)) {
        return false;
    }
    if (json_is_boolean(wanted)) {
        return item.major == CBOR_SIMPLE && item.number == (json_is_true(wanted) ? CBOR_TRUE : CBOR_FALSE);
    }
    return item.major == CBOR_TEXT &&
           span_equal(item.content, span_of(json_string_value(wanted), json_string_length(wanted)));
}

static bool element_matches(const struct dcql_claim *claim, const struct issuer_signed *mdoc)
{
    const struct mdoc_element_name name = dcql_element(claim);
    struct issuer_signed_item item;
    if (!issuer_signed_find(mdoc, name.name_space, name.identifier, &item)) {
        return false;
    }
    bool matches = claim->values == NULL;
    for (size_t i = 0; i < json_array_size(claim->values) && !matches; i++) {
        matches = cbor_is(item.value, json_array_get(claim->values, i));
    }
    return matches;
}

static bool is_one_of(const json_t *values, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(values); i++) {
        if (json_equal(json_array_get(values, i), value)) {
            return true;
        }
    }
    return false;
}

static bool member_matches(const struct dcql_claim *claim, const json_t *claims)
{
    json_t *selected = dcql_select(claims, claim->path);
    bool matches = selected != NULL && claim->values == NULL;
    for (size_t i = 0; i < json_array_size(selected) && !matches; i++) {
        matches = is_one_of(claim->values, json_array_get(selected, i));
    }
    json_decref(selected);
    return matches;
}

bool dcql_claim_matches(const struct dcql_claim *claim, const struct dcql_held *held)
{
    return held->mdoc != NULL ? element_matches(claim, held->mdoc)
                              : member_matches(claim, held->sd_jwt->sd.claims);
}

// --- Credentials ---------------------------------------------------------------------------------------------

// Whether a certificate of the chain has that authority key identifier (§6.1.1.1).
static bool chain_has_key(const struct span *chain, size_t count, const char *wanted)
{
    for (size_t i = 0; i < count; i++) {
        struct x509_certificate certificate;
        const char *why = NULL;
        uint8_t bytes[KEY_IDENTIFIER_TEXT];
        struct writer w = writer_of(bytes, sizeof bytes);
        if (x509_parse(chain[i], &certificate, &why) && certificate.authority_key_identifier.n > 0) {
            base64url_put(&w, certificate.authority_key_identifier);
            if (!w.overflow && span_equal(writer_span(&w), text_of(wanted))) {
                return true;
            }
        }
    }
    return false;
}

// One of the authorities; those of a type that is not known here are none.
static bool authority_matches(const json_t *authorities, const struct dcql_held *held)
{
    const struct span *chain =
        held->mdoc != NULL ? held->mdoc->signature.chain : held->sd_jwt->sd.issued.chain;
    const size_t count =
        held->mdoc != NULL ? held->mdoc->signature.chain_count : held->sd_jwt->sd.issued.chain_count;
    const json_t *authority = NULL, *value = NULL;
    size_t i = 0, j = 0;
    json_array_foreach(authorities, i, authority)
    {
        if (strcmp(json_string_value(json_object_get(authority, "type")), "aki") != 0) {
            continue;
        }
        json_array_foreach(json_object_get(authority, "values"), j, value)
        {
            if (chain_has_key(chain, count, json_string_value(value))) {
                return true;
            }
        }
    }
    return false;
}

static bool type_matches(const struct dcql_credential *query, const struct dcql_held *held)
{
    if (held->mdoc != NULL) {
        return query->format == DCQL_MDOC && span_equal(held->mdoc->mso.doc_type, text_of(query->doc_type));
    }
    return query->format == DCQL_SD_JWT &&
           is_one_of(query->vct_values, json_object_get(held->sd_jwt->sd.claims, "vct"));
}

static void claim_missing(const struct dcql_credential *query, uint32_t missing, struct detail *why)
{
    size_t i = 0;
    while ((missing >> i & 1) == 0) {
        i++;
    }
    const json_t *path = query->claims[i].path;
    const char *name = json_string_value(json_array_get(path, json_array_size(path) - 1));
    (void)detail_set(why, JUMIN_ERROR_RULES, "It has no %s, or not with the value asked for.",
                     name != NULL ? name : "such item");
}

bool dcql_match(const struct dcql_credential *query, const struct dcql_held *held, uint32_t *claims,
                struct detail *why)
{
    struct detail unused;
    struct detail *say = why != NULL ? why : &unused;
    const uint32_t all = (uint32_t)((UINT64_C(1) << query->claim_count) - 1);
    uint32_t there = 0;
    *claims = 0;
    if (!type_matches(query, held)) {
        (void)detail_set(say, JUMIN_ERROR_RULES, "It is of another format or type.");
        return false;
    }
    if (query->authorities != NULL && !authority_matches(query->authorities, held)) {
        (void)detail_set(say, JUMIN_ERROR_RULES, "It is of an issuer that is not asked for.");
        return false;
    }
    for (size_t i = 0; i < query->claim_count; i++) {
        there |= dcql_claim_matches(&query->claims[i], held) ? UINT32_C(1) << i : 0;
    }
    // The verifier's order is its preference.
    for (size_t i = 0; i < query->claim_set_count; i++) {
        if ((query->claim_sets[i] & ~there) == 0) {
            *claims = query->claim_sets[i];
            return true;
        }
    }
    const uint32_t missing = (query->claim_set_count > 0 ? query->claim_sets[0] : all) & ~there;
    if (missing != 0) {
        claim_missing(query, missing, say);
        return false;
    }
    *claims = all;
    return true;
}

// --- Sets (§6.4.2) -------------------------------------------------------------------------------------------

static uint32_t all_of(const struct dcql_query *query)
{
    return (UINT32_C(1) << query->count) - 1;
}

// The first option there is; 0: none.
static uint32_t first_option(const struct dcql_set *set, uint32_t available)
{
    for (size_t i = 0; i < set->count; i++) {
        if ((set->options[i] & ~available) == 0) {
            return set->options[i];
        }
    }
    return 0;
}

static bool choose(const struct dcql_query *query, uint32_t available, uint32_t *chosen)
{
    *chosen = query->set_count == 0 ? all_of(query) : 0;
    for (size_t i = 0; i < query->set_count; i++) {
        const uint32_t option = first_option(&query->sets[i], available);
        if (query->sets[i].required && option == 0) {
            return false;
        }
        *chosen |= query->sets[i].required ? option : 0;
    }
    // An answer shows something.
    for (size_t i = 0; i < query->set_count && *chosen == 0; i++) {
        *chosen = first_option(&query->sets[i], available);
    }
    return *chosen != 0 && (*chosen & ~available) == 0;
}

bool dcql_choose(const struct dcql_query *query, uint32_t available, uint32_t *chosen)
{
    if (!choose(query, available, chosen)) {
        *chosen = 0;
        return false;
    }
    return true;
}

// Every way to answer the sets: with each, those that can be reached by one option more, or none.
bool dcql_is_answer(const struct dcql_query *query, uint32_t answered)
{
    enum { SUBSETS = 1 << DCQL_CREDENTIALS_MAX };
    bool reached[SUBSETS] = {[0] = true};
    if (query->set_count == 0) {
        return answered == all_of(query);
    }
    for (size_t i = 0; i < query->set_count; i++) {
        const struct dcql_set *set = &query->sets[i];
        bool next[SUBSETS] = {false};
        for (uint32_t before = 0; before < SUBSETS; before++) {
            next[before] = next[before] || (reached[before] && !set->required);
            for (size_t option = 0; option < set->count && reached[before]; option++) {
                next[before | set->options[option]] = true;
            }
        }
        memcpy(reached, next, sizeof reached);
    }
    return answered != 0 && answered < SUBSETS && reached[answered];
}
