// What a remote request would disclose: the Digital Credentials Query Language (OpenID4VP 1.0 §6, §7).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/disclosure_internal.h"

#include "host/json_fields.h"
#include "host/mobile/dcql.h"
#include "host/wallet/claims.h"

#include <stdio.h>
#include <stdlib.h>

// A credential of the wallet, open, for the claims of one query.
struct opened {
    struct issuer_signed mdoc;
    struct sd_jwt_vc vc;
    struct dcql_held held; // one of them, or none
};

static bool open_credential(const struct wallet_credential *credential, struct opened *opened)
{
    struct detail detail = {{0}};
    const struct span bytes = span_of(credential->copies[0].bytes, credential->copies[0].n);
    if (credential->format == JUMIN_WALLET_MDOC) {
        opened->held.mdoc =
            issuer_signed_parse(bytes, &opened->mdoc, &detail) == JUMIN_OK ? &opened->mdoc : NULL;
        return opened->held.mdoc != NULL;
    }
    opened->held.sd_jwt =
        claims_open_sd_jwt(credential, bytes, &opened->vc, &detail) == JUMIN_OK ? &opened->vc : NULL;
    return opened->held.sd_jwt != NULL;
}

static void close_credential(struct opened *opened)
{
    if (opened->held.sd_jwt != NULL) {
        sd_jwt_vc_release(&opened->vc);
    }
}

// --- Claims ------------------------------------------------------------------------------------------------------

// The value that a claim leads to, new; all of them where the path says so. NULL: there is none.
static json_t *value_of(const struct opened *opened, const struct dcql_claim *claim)
{
    struct issuer_signed_item item;
    if (opened->held.mdoc != NULL) {
        const struct mdoc_element_name name = dcql_element(claim);
        return issuer_signed_find(&opened->mdoc, name.name_space, name.identifier, &item)
                   ? claims_of_cbor(item.value)
                   : NULL;
    }
    json_t *selected = opened->held.sd_jwt != NULL ? dcql_select(opened->vc.sd.claims, claim->path) : NULL;
    json_t *value = json_array_size(selected) == 1 ? json_array_get(selected, 0) : selected;
    value = json_deep_copy(value);
    json_decref(selected);
    return value;
}

static bool put_part(const json_t *part, char *text, size_t capacity)
{
    const int n = json_is_string(part) ? snprintf(text, capacity, "%s", json_string_value(part))
                  : json_is_integer(part)
                      ? snprintf(text, capacity, "%lld", (long long)json_integer_value(part))
                      : snprintf(text, capacity, "*");
    return n > 0 && (size_t)n < capacity;
}

bool disclosure_put_path(const struct disclosure_document *document, const json_t *path,
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

static enum jumin_error take_claim(const struct dcql_claim *claim, const struct opened *opened,
                                   struct disclosure_document *document, struct detail *detail)
{
    struct disclosure_element *element = disclosure_add(document);
    if (element == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    if (!disclosure_put_path(document, claim->path, element)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the query has a path that is too long");
    }
    element->retain = claim->retain;
    json_t *value = value_of(opened, claim);
    if (value == NULL || !dcql_claim_matches(claim, &opened->held)) {
        element->missing = value == NULL;
        (void)snprintf(element->why, sizeof element->why,
                       value == NULL ? "the credential does not have it" : "it has another value");
        disclosure_refuse_document(document, "%s: %s", element->name, element->why);
    } else {
        element->value = claims_text(value);
    }
    json_wipe(value);
    json_decref(value);
    return json_array_append_new(document->paths, json_deep_copy(claim->path)) == 0 ? JUMIN_OK
                                                                                    : JUMIN_ERROR_MEMORY;
}

// What is shown beside them.
static enum jumin_error take_rest(const struct opened *opened, struct disclosure_document *document)
{
    struct detail detail = {{0}};
    document->shows = disclosure_shown(&opened->vc.sd, document->paths);
    const enum jumin_error error =
        document->shows != NULL ? disclosure_add_beyond(document, &detail) : JUMIN_ERROR_MEMORY;
    if (error == JUMIN_ERROR_MALFORMED) {
        disclosure_refuse_document(document, "%s", detail.text);
        return JUMIN_OK;
    }
    return error;
}

// Those that would be shown; where the credential has not all of any set, those of the first, for the reason.
static enum jumin_error take_claims(const struct dcql_credential *query, const struct opened *opened,
                                    struct disclosure_document *document, struct detail *detail)
{
    struct detail why = {{0}};
    uint32_t claims = 0;
    enum jumin_error error = JUMIN_OK;
    const bool open = opened->held.mdoc != NULL || opened->held.sd_jwt != NULL;
    const bool matches = open && dcql_match(query, &opened->held, &claims, &why);
    if (!matches) {
        claims = query->claim_set_count > 0 ? query->claim_sets[0] : UINT32_MAX;
    }
    for (size_t i = 0; i < query->claim_count && error == JUMIN_OK; i++) {
        if ((claims >> i & 1) != 0) {
            error = take_claim(&query->claims[i], opened, document, detail);
        }
    }
    if (!matches) {
        disclosure_refuse_document(document, "%s", why.text);
    } else if (error == JUMIN_OK && opened->held.sd_jwt != NULL) {
        error = take_rest(opened, document);
    }
    return error;
}

// --- Credentials -----------------------------------------------------------------------------------------------

static bool put_type(const char *type, struct disclosure_document *document)
{
    const bool fits = strlen(type) < sizeof document->type;
    (void)snprintf(document->type, sizeof document->type, "%s", fits ? type : "");
    if (!fits) {
        disclosure_refuse_document(document, "credentials of that type are not kept here");
    }
    return fits;
}

// Of several types the first that the wallet can show; the last one's reason stays when it can show none.
static struct wallet_credential *choose(struct jumin_wallet *wallet, const struct dcql_credential *query,
                                        int64_t now, struct disclosure_document *document)
{
    struct wallet_credential *found = NULL;
    if (query->format == DCQL_MDOC) {
        return put_type(query->doc_type, document) ? disclosure_choose(wallet, now, document) : NULL;
    }
    for (size_t i = 0; i < json_array_size(query->vct_values) && found == NULL; i++) {
        const char *type = json_string_value(json_array_get(query->vct_values, i));
        document->refused = false;
        found = put_type(type, document) ? disclosure_choose(wallet, now, document) : NULL;
    }
    return found;
}

static enum jumin_error plan_query(struct jumin_wallet *wallet, const struct dcql_credential *query,
                                   int64_t now, struct disclosure_document *document, struct detail *detail)
{
    struct opened opened = {.held = {NULL, NULL}};
    document->paths = json_array();
    if (document->paths == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    (void)snprintf(document->query, sizeof document->query, "%s", query->id);
    document->format = query->format == DCQL_MDOC ? JUMIN_WALLET_MDOC : JUMIN_WALLET_SD_JWT;
    if (query->format == DCQL_OTHER) {
        disclosure_refuse_document(document, "credentials of that format are not kept here");
        return JUMIN_OK;
    }
    const struct wallet_credential *credential = choose(wallet, query, now, document);
    if (credential != NULL && !open_credential(credential, &opened)) {
        disclosure_refuse_document(document, "the credential cannot be read");
    }
    const enum jumin_error error = take_claims(query, &opened, document, detail);
    close_credential(&opened);
    return error;
}

// --- Sets of credentials (§6.2) ----------------------------------------------------------------------------------

// Leaves those documents that answer the query. Where it cannot be answered, those of the first options,
// which say why.
static void choose_sets(struct disclosure_plan *plan, const struct dcql_query *query)
{
    struct disclosure_plan kept = {.venue = plan->venue};
    uint32_t available = 0, chosen = 0;
    for (size_t i = 0; i < plan->count; i++) {
        available |= plan->documents[i].refused ? 0 : UINT32_C(1) << i;
    }
    if (!dcql_choose(query, available, &chosen)) {
        (void)dcql_choose(query, UINT32_MAX, &chosen);
    }
    for (size_t i = 0; i < plan->count; i++) {
        if ((chosen >> i & 1) != 0) {
            kept.documents[kept.count++] = plan->documents[i];
            plan->documents[i] = (struct disclosure_document){.count = 0};
        }
    }
    disclosure_release(plan);
    *plan = kept;
}

static enum jumin_error plan_all(struct jumin_wallet *wallet, const struct dcql_query *query, int64_t now,
                                 struct disclosure_plan *plan, struct detail *detail)
{
    enum jumin_error error = JUMIN_OK;
    while (plan->count < query->count && error == JUMIN_OK) {
        const struct dcql_credential *credential = &query->credentials[plan->count];
        error = plan_query(wallet, credential, now, &plan->documents[plan->count++], detail);
    }
    if (error != JUMIN_OK) {
        disclosure_release(plan);
        return error;
    }
    choose_sets(plan, query);
    disclosure_judge(plan, now);
    return JUMIN_OK;
}

enum jumin_error disclosure_of_dcql(struct jumin_wallet *wallet, const json_t *query,
                                    const struct x5chain *chain, int64_t now, struct disclosure_plan *plan,
                                    struct detail *detail)
{
    json_t *copy = json_deep_copy(query);
    struct dcql_query *read = malloc(sizeof *read);
    enum jumin_error error = read != NULL ? dcql_read(copy, read, detail) : JUMIN_ERROR_MEMORY;
    *plan = (struct disclosure_plan){.count = 0};
    if (error == JUMIN_OK) {
        disclosure_check_venue(wallet, chain, now, &plan->venue);
        error = plan_all(wallet, read, now, plan, detail);
        dcql_release(read);
    }
    free(read);
    json_decref(copy);
    return error;
}
