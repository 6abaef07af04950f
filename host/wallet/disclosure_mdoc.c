// What an in-person request would disclose (ISO 18013-5 §8.3.2.1.2.1, §9.1.4).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/disclosure_internal.h"

#include "host/json_fields.h"
#include "host/mobile/mdoc_chain.h"
#include "host/wallet/claims.h"

#include <stdio.h>
#include <stdlib.h>

static bool copy_text(struct span text, char *copy, size_t capacity)
{
    if (text.n >= capacity || memchr(text.p, '\0', text.n) != NULL) {
        return false;
    }
    (void)snprintf(copy, capacity, "%.*s", (int)text.n, (const char *)text.p);
    return true;
}

// Chain first, then the signature over what is asked and over this session.
static void check_reader(const struct jumin_wallet *wallet, const struct document_request *request,
                         struct span transcript, int64_t now, struct disclosure_venue *venue)
{
    struct x5chain chain = {.count = 0};
    struct detail detail = {{0}};
    for (size_t i = 0; i < request->reader_auth.chain_count && request->has_reader_auth; i++) {
        if (!x5chain_add(&chain, request->reader_auth.chain[i])) {
            chain.count = 0;
            break;
        }
    }
    disclosure_check_venue(wallet, &chain, now, venue);
    if (!venue->authenticated) {
        return;
    }
    struct mdoc_chain trusted = {.role = X5CHAIN_READER, .roots = wallet->trust.roots[TRUST_LIST_VENUES]};
    const struct mdoc_chain_check check = mdoc_chain_check_of(&trusted);
    if (document_request_verify(request, transcript, &check, now, &detail) != JUMIN_OK) {
        *venue = (struct disclosure_venue){.authenticated = false};
        (void)snprintf(venue->why, sizeof venue->why, "%s", detail.text);
    }
    mdoc_chain_release(&trusted);
}

static enum jumin_error take_elements(const struct document_request *request,
                                      const struct issuer_signed *credential,
                                      struct disclosure_document *document, struct detail *detail)
{
    struct document_request_walk walk;
    struct mdoc_element_name name;
    document_request_begin(request, &walk);
    while (document_request_next(&walk, &name)) {
        struct disclosure_element *element = disclosure_add(document);
        struct issuer_signed_item item;
        if (element == NULL) {
            return JUMIN_ERROR_MEMORY;
        }
        element->retain = name.retain;
        if (!copy_text(name.name_space, element->name_space, sizeof element->name_space) ||
            !copy_text(name.identifier, element->name, sizeof element->name)) {
            return detail_set(detail, JUMIN_ERROR_MALFORMED, "the request has a name that is too long");
        }
        if (credential != NULL && issuer_signed_find(credential, name.name_space, name.identifier, &item)) {
            json_t *value = claims_of_cbor(item.value);
            element->value = claims_text(value);
            json_wipe(value);
            json_decref(value);
        } else {
            element->missing = true;
            (void)snprintf(element->why, sizeof element->why, "the credential does not have it");
        }
    }
    return JUMIN_OK;
}

static enum jumin_error plan_document(struct jumin_wallet *wallet, const struct document_request *request,
                                      int64_t now, struct disclosure_document *document,
                                      struct detail *detail)
{
    struct issuer_signed parsed;
    document->format = JUMIN_WALLET_MDOC;
    if (!copy_text(request->doc_type, document->type, sizeof document->type)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the request's docType is too long");
    }
    const struct wallet_credential *credential = disclosure_choose(wallet, now, document);
    // Of those that may be shown any copy says the same; which one is shown is settled when the holder
    // agrees.
    const bool have = credential != NULL &&
                      issuer_signed_parse(span_of(credential->copies[0].bytes, credential->copies[0].n),
                                          &parsed, detail) == JUMIN_OK;
    return take_elements(request, have ? &parsed : NULL, document, detail);
}

enum jumin_error disclosure_of_device_request(struct jumin_wallet *wallet,
                                              const struct device_request *request, struct span transcript,
                                              int64_t now, struct disclosure_plan *plan,
                                              struct detail *detail)
{
    enum jumin_error error = JUMIN_OK;
    *plan = (struct disclosure_plan){.count = 0};
    for (size_t i = 0; i < request->count && error == JUMIN_OK; i++) {
        struct disclosure_document *document = &plan->documents[plan->count++];
        struct disclosure_venue venue;
        check_reader(wallet, &request->documents[i], transcript, now, &venue);
        error = plan_document(wallet, &request->documents[i], now, document, detail);
        if (i == 0) {
            plan->venue = venue;
        } else if (venue.authenticated != plan->venue.authenticated ||
                   strcmp(venue.name, plan->venue.name) != 0 || venue.purposes != plan->venue.purposes) {
            disclosure_refuse_document(document, "the parts of the request are by different venues");
        }
    }
    if (error != JUMIN_OK) {
        disclosure_release(plan);
        return error;
    }
    disclosure_judge(plan, now);
    return JUMIN_OK;
}
