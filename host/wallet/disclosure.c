// What a request would disclose: who asks, and whether its purposes cover it.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/disclosure_internal.h"

#include "host/json_fields.h"
#include "host/mobile/resident_claims.h"
#include "host/wallet/provision.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { KOREA = 9 * 3600, ALL_PURPOSES = 15, SUBSETS = 15, YEAR_BASE = 1900 };

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

// --- Who asks --------------------------------------------------------------------------------------------------

const char *disclosure_no_trust(const struct jumin_wallet *wallet, int64_t now)
{
    const struct jumin_trust *roots = wallet->trust.roots[TRUST_LIST_VENUES];
    if (roots == NULL || jumin_trust_certificates(roots) == 0) {
        return "the wallet has no trust list to know venues by";
    }
    return now >= wallet->trust.expires ? "the wallet's trust list has expired: fetch another" : NULL;
}

void disclosure_check_venue(const struct jumin_wallet *wallet, const struct x5chain *chain, int64_t now,
                            struct disclosure_venue *venue)
{
    const char *why = disclosure_no_trust(wallet, now);
    struct x5chain_signer signer;
    struct detail detail = {{0}};
    *venue = (struct disclosure_venue){.authenticated = false};
    if (why != NULL || chain == NULL || chain->count == 0) {
        (void)snprintf(venue->why, sizeof venue->why, "%s", why != NULL ? why : "the request is not signed");
        return;
    }
    const struct x5chain_rules rules = {
        .role = X5CHAIN_READER, .roots = wallet->trust.roots[TRUST_LIST_VENUES], .now = now};
    if (x5chain_check(chain, &rules, &signer, &detail) != JUMIN_OK) {
        (void)snprintf(venue->why, sizeof venue->why, "%s", detail.text);
        return;
    }
    venue->authenticated = true;
    venue->purposes = signer.purposes;
    (void)snprintf(venue->name, sizeof venue->name, "%s", signer.name);
    (void)snprintf(venue->organization, sizeof venue->organization, "%s", signer.organization);
}

// --- Parts of a plan -------------------------------------------------------------------------------------------

void disclosure_refuse_document(struct disclosure_document *document, const char *format, ...)
{
    va_list arguments;
    if (document->refused) {
        return; // the first reason stays
    }
    document->refused = true;
    va_start(arguments, format);
    (void)vsnprintf(document->why, sizeof document->why, format, arguments);
    va_end(arguments);
}

struct disclosure_element *disclosure_add(struct disclosure_document *document)
{
    struct disclosure_element *elements =
        realloc(document->elements, (document->count + 1) * sizeof *document->elements);
    if (elements == NULL) {
        return NULL;
    }
    document->elements = elements;
    elements[document->count] = (struct disclosure_element){.value = NULL};
    return &elements[document->count++];
}

struct wallet_credential *disclosure_choose(struct jumin_wallet *wallet, int64_t now,
                                            struct disclosure_document *document)
{
    struct detail detail = {{0}};
    bool found = false;
    for (size_t i = 0; i < wallet->count; i++) {
        struct wallet_credential *credential = &wallet->credentials[i];
        if (credential->format != document->format || strcmp(credential->type, document->type) != 0) {
            continue;
        }
        found = true;
        if (status_look(wallet, credential, now) != JUMIN_OK) {
            detail = wallet->detail;
        } else if (wallet_may_show(credential, now, &detail) == JUMIN_OK) {
            (void)snprintf(document->credential, sizeof document->credential, "%s", credential->id);
            return credential;
        }
    }
    disclosure_refuse_document(document, "%s", found ? detail.text : "the wallet has no such credential");
    return NULL;
}

void disclosure_release(struct disclosure_plan *plan)
{
    for (size_t i = 0; i < DISCLOSURE_DOCUMENTS_MAX; i++) {
        struct disclosure_document *document = &plan->documents[i];
        for (size_t k = 0; k < document->count; k++) {
            if (document->elements[k].value != NULL) {
                crypto_wipe(document->elements[k].value, strlen(document->elements[k].value));
            }
            free(document->elements[k].value);
        }
        if (document->bytes != NULL) {
            crypto_wipe(document->bytes, document->n);
        }
        free(document->elements);
        free(document->bytes);
        free(document->shown);
        json_decref(document->paths);
        json_wipe(document->shows);
        json_decref(document->shows);
    }
    crypto_wipe(plan, sizeof *plan);
}

// --- Purposes ----------------------------------------------------------------------------------------------------

static bool covers(unsigned purposes, const struct disclosure_element *element)
{
    const struct span name = text_of(element->name);
    if (element->name_space[0] != '\0') {
        return resident_purpose_covers(purposes, text_of(element->name_space), name);
    }
    return resident_purpose_covers(purposes, text_of(RESIDENT_COMMON_NAMESPACE), name) ||
           resident_purpose_covers(purposes, text_of(RESIDENT_NATIONAL_NAMESPACE), name);
}

unsigned disclosure_year(int64_t now)
{
    const time_t there = (time_t)(now + KOREA);
    struct tm date;
    return gmtime_r(&there, &date) != NULL ? (unsigned)(date.tm_year + YEAR_BASE) : 0;
}

__attribute__((format(printf, 2, 3))) static void refuse_element(struct disclosure_element *element,
                                                                 const char *format, ...)
{
    va_list arguments;
    if (!element->refused) {
        element->refused = true;
        va_start(arguments, format);
        (void)vsnprintf(element->why, sizeof element->why, format, arguments);
        va_end(arguments);
    }
}

// Years that would tell more than whether the holder is adult now, and a credential that is behind.
static void judge_year(struct disclosure_document *document, struct disclosure_element *element,
                       unsigned year)
{
    char present[RESIDENT_CLAIM_NAME];
    const bool chosen = document->credential[0] != '\0';
    (void)snprintf(present, sizeof present, "adult_in_%04u", year % 10000);
    if (strcmp(element->name, present) != 0) {
        refuse_element(
            element, "only %u may be asked for, the year in Korea by this phone's clock: have it asked again",
            year);
    } else if (chosen && element->missing) {
        refuse_element(element, "the credential does not speak of this year: refresh it");
    }
    if (element->refused && chosen) {
        document->refused = false; // this reason helps, and not that something is missing
    }
}

// What no purpose covers.
static void judge_element(struct disclosure_document *document, struct disclosure_element *element,
                          unsigned year)
{
    const bool known = element->name_space[0] == '\0' ||
                       strcmp(element->name_space, RESIDENT_COMMON_NAMESPACE) == 0 ||
                       strcmp(element->name_space, RESIDENT_NATIONAL_NAMESPACE) == 0;
    if (!known) {
        refuse_element(element, "its namespace is not known");
    } else if (!covers(ALL_PURPOSES, element)) {
        refuse_element(element, "no purpose covers it");
    } else if (covers(JUMIN_PURPOSE_ADULT, element)) {
        judge_year(document, element, year);
    }
    if (element->refused) {
        disclosure_refuse_document(document, "%s: %s", element->name, element->why);
    }
}

static bool all_covered(const struct disclosure_plan *plan, unsigned purposes)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct disclosure_document *document = &plan->documents[i];
        for (size_t k = 0; receive_is_residents(document->type) && k < document->count; k++) {
            if (!document->elements[k].refused && !covers(purposes, &document->elements[k])) {
                return false;
            }
        }
    }
    return true;
}

// The least set among those in `allowed`; 0: none of them covers all.
static unsigned least_purposes(const struct disclosure_plan *plan, unsigned allowed)
{
    // From what tells least to what tells most.
    static const unsigned order[SUBSETS] = {
        JUMIN_PURPOSE_ADULT,
        JUMIN_PURPOSE_AGE,
        JUMIN_PURPOSE_ADDRESS,
        JUMIN_PURPOSE_IDENTITY,
        JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_AGE,
        JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_ADDRESS,
        JUMIN_PURPOSE_AGE | JUMIN_PURPOSE_ADDRESS,
        JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_IDENTITY,
        JUMIN_PURPOSE_AGE | JUMIN_PURPOSE_IDENTITY,
        JUMIN_PURPOSE_ADDRESS | JUMIN_PURPOSE_IDENTITY,
        ALL_PURPOSES & ~JUMIN_PURPOSE_IDENTITY,
        ALL_PURPOSES & ~JUMIN_PURPOSE_ADDRESS,
        ALL_PURPOSES & ~JUMIN_PURPOSE_AGE,
        ALL_PURPOSES & ~JUMIN_PURPOSE_ADULT,
        ALL_PURPOSES,
    };
    for (size_t i = 0; i < SUBSETS; i++) {
        if ((order[i] & ~allowed) == 0 && all_covered(plan, order[i])) {
            return order[i];
        }
    }
    return 0;
}

static void put_purposes(unsigned purposes, char *text, size_t capacity)
{
    size_t n = 0;
    text[0] = '\0';
    for (unsigned bit = 1; bit <= JUMIN_PURPOSE_ADDRESS; bit <<= 1) {
        const char *name = (purposes & bit) != 0 ? jumin_purpose_name((enum jumin_purpose)bit) : NULL;
        if (name != NULL && n < capacity) {
            const int written = snprintf(text + n, capacity - n, "%s%s", n > 0 ? "," : "", name);
            n += written > 0 ? (size_t)written : 0;
        }
    }
}

static void judge_residents(struct disclosure_plan *plan, struct disclosure_document *document, unsigned year)
{
    char missing[64];
    for (size_t k = 0; k < document->count; k++) {
        judge_element(document, &document->elements[k], year);
    }
    if (document->count == 0) {
        disclosure_refuse_document(document, "nothing is asked for");
    }
    if (!plan->venue.authenticated) {
        disclosure_refuse_document(document, "who asks is not known: %s", plan->venue.why);
    }
    const unsigned wanted = plan->purposes != 0 ? plan->purposes : least_purposes(plan, ALL_PURPOSES);
    if ((wanted & ~plan->venue.purposes) != 0) {
        put_purposes(wanted & ~plan->venue.purposes, missing, sizeof missing);
        disclosure_refuse_document(document, "%s may not ask for %s", plan->venue.name, missing);
    }
}

void disclosure_judge(struct disclosure_plan *plan, int64_t now)
{
    const unsigned year = disclosure_year(now);
    bool residents = false;
    for (size_t i = 0; i < plan->count; i++) {
        residents |= receive_is_residents(plan->documents[i].type);
    }
    if (residents) {
        plan->purposes = least_purposes(plan, plan->venue.purposes);
        plan->purposes = plan->purposes != 0 ? plan->purposes : least_purposes(plan, ALL_PURPOSES);
    }
    for (size_t i = 0; i < plan->count; i++) {
        struct disclosure_document *document = &plan->documents[i];
        if (receive_is_residents(document->type)) {
            judge_residents(plan, document, year);
        }
        if (document->refused && !plan->refused) {
            plan->refused = true;
            (void)snprintf(plan->why, sizeof plan->why, "%s", document->why);
        }
    }
    if (plan->count == 0 && !plan->refused) {
        plan->refused = true;
        (void)snprintf(plan->why, sizeof plan->why, "nothing is asked for");
    }
}

bool disclosure_covered(const struct disclosure_plan *plan, unsigned purposes)
{
    bool residents = plan->count > 0;
    for (size_t i = 0; i < plan->count; i++) {
        residents = residents && receive_is_residents(plan->documents[i].type);
    }
    return residents && plan->venue.authenticated && !plan->refused && all_covered(plan, purposes);
}

// --- For people and programs -------------------------------------------------------------------------------------

static json_t *purposes_json(unsigned purposes)
{
    json_t *list = json_array();
    for (unsigned bit = 1; bit <= JUMIN_PURPOSE_ADDRESS; bit <<= 1) {
        if ((purposes & bit) != 0) {
            (void)json_array_append_new(list, json_string(jumin_purpose_name((enum jumin_purpose)bit)));
        }
    }
    return list;
}

static json_t *element_json(const struct disclosure_element *element)
{
    json_t *made = json_pack("{s:s, s:s?, s:b, s:b}", "name", element->name, "value", element->value,
                             "retain", (int)element->retain, "refused", (int)element->refused);
    if (element->name_space[0] != '\0') {
        (void)json_object_set_new(made, "namespace", json_string(element->name_space));
    }
    if (element->why[0] != '\0') {
        (void)json_object_set_new(made, "why", json_string(element->why));
    }
    return made;
}

json_t *disclosure_json(const struct disclosure_plan *plan)
{
    json_t *documents = json_array();
    for (size_t i = 0; i < plan->count; i++) {
        const struct disclosure_document *document = &plan->documents[i];
        json_t *elements = json_array();
        for (size_t k = 0; k < document->count; k++) {
            (void)json_array_append_new(elements, element_json(&document->elements[k]));
        }
        (void)json_array_append_new(
            documents, json_pack("{s:s, s:s, s:s, s:s, s:o, s:b, s:s}", "query", document->query, "format",
                                 document->format == JUMIN_WALLET_MDOC ? "mso_mdoc" : "dc+sd-jwt", "type",
                                 document->type, "credential", document->credential, "elements", elements,
                                 "refused", (int)document->refused, "why", document->why));
    }
    return json_pack("{s:{s:b, s:s, s:s, s:o, s:s}, s:o, s:o, s:b, s:s}", "venue", "authenticated",
                     (int)plan->venue.authenticated, "name", plan->venue.name, "organization",
                     plan->venue.organization, "purposes", purposes_json(plan->venue.purposes), "why",
                     plan->venue.why, "purposes", purposes_json(plan->purposes), "documents", documents,
                     "refused", (int)plan->refused, "why", plan->why);
}
