// A purpose as a query in DCQL: one credential, in one format or the other.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/dcql.h"

static json_t *text(struct span bytes)
{
    return json_stringn((const char *)bytes.p, bytes.n);
}

static json_t *claim_of(const struct mdoc_element_name *element, bool mdoc)
{
    return mdoc ? json_pack("{s:o, s:[o, o], s:b}", "id", text(element->identifier), "path",
                            text(element->name_space), text(element->identifier), "intent_to_retain",
                            element->retain)
                : json_pack("{s:o, s:[o]}", "id", text(element->identifier), "path",
                            text(element->identifier));
}

// What some credentials are without: who has no card has no number of one. Bits, in the order of what a
// verifier would rather do without.
enum { NO_NUMBER = 1, NO_PORTRAIT = 2, NEEDED_ONLY = 4 };

static bool is_named(struct span name, const char *text)
{
    return span_equal(name, span_of(text, strlen(text)));
}

static bool is_left_out(struct span name, unsigned without)
{
    return ((without & NO_NUMBER) != 0 && is_named(name, "document_number")) ||
           ((without & NO_PORTRAIT) != 0 && is_named(name, "portrait")) ||
           ((without & NEEDED_ONLY) != 0 && !resident_purpose_needs(name));
}

// Adds the names of what is asked for, without some of it.
static bool add_set(json_t *sets, const struct resident_purpose_elements *asked, unsigned without)
{
    json_t *set = json_array();
    bool good = json_array_append_new(sets, set) == 0;
    for (size_t i = 0; i < asked->count && good; i++) {
        const struct span name = asked->elements[i].identifier;
        good = is_left_out(name, without) || json_array_append_new(set, text(name)) == 0;
    }
    return good;
}

// Where a credential may be without some of it (§6.4.1): everything, or all but what it is most likely
// without, or else what is needed. NULL: no memory.
static json_t *claim_sets_of(const struct resident_purpose_elements *asked)
{
    json_t *sets = json_array();
    bool portrait = false, good = add_set(sets, asked, 0);
    for (size_t i = 0; i < asked->count; i++) {
        portrait = portrait || is_named(asked->elements[i].identifier, "portrait");
    }
    for (unsigned without = NO_NUMBER; without < NEEDED_ONLY && portrait && good; without++) {
        good = add_set(sets, asked, without);
    }
    if (!good || !add_set(sets, asked, NEEDED_ONLY)) {
        json_decref(sets);
        return NULL;
    }
    return sets;
}

// {"claims", "claim_sets"?}
static bool add_claims(json_t *query, const struct resident_purpose_elements *asked, bool mdoc)
{
    size_t needed = 0;
    json_t *claims = json_array();
    bool good = json_object_set_new(query, "claims", claims) == 0;
    for (size_t i = 0; i < asked->count && good; i++) {
        needed += resident_purpose_needs(asked->elements[i].identifier) ? 1 : 0;
        good = json_array_append_new(claims, claim_of(&asked->elements[i], mdoc)) == 0;
    }
    return good &&
           (needed == asked->count || json_object_set_new(query, "claim_sets", claim_sets_of(asked)) == 0);
}

// Adds the credential, and itself to the options.
static bool add_credential(json_t *credentials, json_t *options,
                           const struct resident_purpose_elements *asked, bool mdoc)
{
    json_t *made = mdoc ? json_pack("{s:s, s:s, s:{s:s}}", "id", "mdoc", "format", "mso_mdoc", "meta",
                                    "doctype_value", RESIDENT_DOC_TYPE)
                        : json_pack("{s:s, s:s, s:{s:[s]}}", "id", "sd-jwt", "format", "dc+sd-jwt", "meta",
                                    "vct_values", RESIDENT_VCT);
    const bool good = add_claims(made, asked, mdoc) &&
                      json_array_append_new(options, json_pack("[O]", json_object_get(made, "id"))) == 0;
    return json_array_append_new(credentials, made) == 0 && good;
}

json_t *dcql_for_purpose(enum jumin_purpose purpose, unsigned year, unsigned formats)
{
    static const unsigned known = 1U << DCQL_MDOC | 1U << DCQL_SD_JWT;
    const unsigned wanted = formats != 0 ? formats : known;
    struct resident_purpose_elements asked;
    if ((wanted & ~known) != 0 || !resident_purpose_ask(purpose, year, &asked)) {
        return NULL;
    }
    json_t *credentials = json_array(), *options = json_array();
    const bool good =
        ((wanted & 1U << DCQL_MDOC) == 0 || add_credential(credentials, options, &asked, true)) &&
        ((wanted & 1U << DCQL_SD_JWT) == 0 || add_credential(credentials, options, &asked, false));
    json_t *query =
        json_pack("{s:o, s:[{s:o}]}", "credentials", credentials, "credential_sets", "options", options);
    if (!good) {
        json_decref(query);
        return NULL;
    }
    return query;
}
