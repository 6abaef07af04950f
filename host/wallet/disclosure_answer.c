// The holder has said yes or no: copies are taken, the history is written, and presentations are made.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/disclosure_internal.h"

#include "host/json_fields.h"
#include "host/wallet/claims.h"

#include <stdio.h>
#include <stdlib.h>

enum { ELEMENTS_TEXT = 4096, PURPOSES_TEXT = 64 };

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

// --- The history -------------------------------------------------------------------------------------------------

// "adult_in_2027,birth_date": what is shown, or what was asked for where nothing is.
static void put_elements(const struct disclosure_plan *plan, bool shown, char text[ELEMENTS_TEXT])
{
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < plan->count; i++) {
        const struct disclosure_document *document = &plan->documents[i];
        for (size_t k = 0; k < document->count; k++) {
            const struct disclosure_element *element = &document->elements[k];
            const size_t length = strlen(element->name);
            if ((shown && element->value == NULL) || n + length + 2 > ELEMENTS_TEXT) {
                continue;
            }
            n += (size_t)snprintf(text + n, ELEMENTS_TEXT - n, "%s%s", n > 0 ? "," : "", element->name);
        }
    }
}

static void put_purposes(unsigned purposes, char text[PURPOSES_TEXT])
{
    size_t n = 0;
    text[0] = '\0';
    for (unsigned bit = 1; bit <= JUMIN_PURPOSE_ADDRESS; bit <<= 1) {
        if ((purposes & bit) != 0) {
            n += (size_t)snprintf(text + n, PURPOSES_TEXT - n, "%s%s", n > 0 ? "," : "",
                                  jumin_purpose_name((enum jumin_purpose)bit));
        }
    }
}

static enum jumin_error remember(struct jumin_wallet *wallet, const struct disclosure_plan *plan, bool shown,
                                 int64_t now, const char *why)
{
    char elements[ELEMENTS_TEXT], purposes[PURPOSES_TEXT];
    put_elements(plan, shown, elements);
    put_purposes(plan->purposes, purposes);
    return wallet_remember(wallet, now, shown ? "shown" : "refused",
                           plan->venue.name[0] != '\0' ? plan->venue.name : "unknown", purposes, elements,
                           why);
}

enum jumin_error disclosure_refuse(struct jumin_wallet *wallet, const struct disclosure_plan *plan,
                                   int64_t now, const char *why)
{
    return remember(wallet, plan, false, now, why != NULL ? why : plan->why);
}

// --- Taking ------------------------------------------------------------------------------------------------------

// Whether this copy has the value that the plan has told.
static bool has_value(const struct issuer_signed *parsed, const struct disclosure_element *element)
{
    struct issuer_signed_item item;
    if (!issuer_signed_find(parsed, text_of(element->name_space), text_of(element->name), &item)) {
        return false;
    }
    json_t *value = claims_of_cbor(item.value);
    char *text = claims_text(value);
    const bool same = text != NULL && strcmp(text, element->value) == 0;
    if (text != NULL) {
        crypto_wipe(text, strlen(text));
    }
    free(text);
    json_wipe(value);
    json_decref(value);
    return same;
}

static enum jumin_error take_mdoc(struct disclosure_document *document, struct detail *detail)
{
    const enum jumin_error error =
        issuer_signed_parse(span_of(document->bytes, document->n), &document->parsed, detail);
    document->shown = calloc(document->count + 1, sizeof *document->shown);
    if (error != JUMIN_OK || document->shown == NULL) {
        return error != JUMIN_OK ? error : JUMIN_ERROR_MEMORY;
    }
    for (size_t k = 0; k < document->count; k++) {
        const struct disclosure_element *element = &document->elements[k];
        if (element->value != NULL && !element->refused) {
            if (!has_value(&document->parsed, element)) {
                return detail_set(detail, JUMIN_ERROR_CONFLICT,
                                  "this copy shows something else than was planned");
            }
            document->shown[document->shown_count++] = (struct mdoc_element_name){
                text_of(element->name_space), text_of(element->name), element->retain};
        }
    }
    return JUMIN_OK;
}

static enum jumin_error take_document(struct jumin_wallet *wallet, struct disclosure_document *document,
                                      int64_t now, struct detail *detail)
{
    const struct wallet_copy *copy = NULL;
    struct wallet_credential *credential = wallet_find(wallet, document->credential);
    if (credential == NULL) {
        return detail_set(detail, JUMIN_ERROR_NO_SUCH_FILE, "the credential is not in the wallet any more");
    }
    const enum jumin_error error = wallet_take_copy(wallet, credential, now, &copy);
    if (error != JUMIN_OK) {
        return detail_set(detail, error, "%s", wallet->detail.text);
    }
    document->bytes = malloc(copy->n + 1);
    if (document->bytes == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    memcpy(document->bytes, copy->bytes, copy->n);
    document->n = copy->n;
    document->key = copy->key;
    document->signer = wallet_signer_of(&document->signer_context, wallet, &document->key);
    return document->format == JUMIN_WALLET_MDOC ? take_mdoc(document, detail) : JUMIN_OK;
}

enum jumin_error disclosure_take(struct jumin_wallet *wallet, struct disclosure_plan *plan, int64_t now,
                                 struct detail *detail)
{
    if (plan->refused || plan->taken) {
        return detail_set(detail, JUMIN_ERROR_NOT_AUTHORIZED, "%s",
                          plan->refused ? plan->why : "it was shown already");
    }
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < plan->count && error == JUMIN_OK; i++) {
        error = take_document(wallet, &plan->documents[i], now, detail);
    }
    if (error == JUMIN_OK) {
        error = remember(wallet, plan, true, now, "");
    }
    plan->taken = error == JUMIN_OK;
    return error;
}

// --- Presentations -------------------------------------------------------------------------------------------------

enum jumin_error disclosure_device_response(struct disclosure_plan *plan,
                                            const struct disclosure_document *only, struct span transcript,
                                            struct span reader_key, struct writer *w)
{
    struct device_presentation presentations[DISCLOSURE_DOCUMENTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < plan->count && plan->taken; i++) {
        struct disclosure_document *document = &plan->documents[i];
        if (document->format == JUMIN_WALLET_MDOC && (only == NULL || only == document)) {
            presentations[count++] = (struct device_presentation){
                .credential = &document->parsed,
                .elements = document->shown,
                .element_count = document->shown_count,
                .device = &document->signer,
                // A key that does not agree signs, which the verifier takes as well (ISO 18013-5 §9.1.3).
                .method = reader_key.n > 0 && document->signer.agree != NULL ? DEVICE_AUTH_MAC
                                                                             : DEVICE_AUTH_SIGNATURE,
                .reader_key = reader_key,
            };
        }
    }
    return count > 0 ? device_response_make(transcript, DEVICE_RESPONSE_OK, presentations, count, w)
                     : JUMIN_ERROR_ARGUMENT;
}

// The same in any order, which digests decide.
static bool has_all(const json_t *list, const json_t *wanted)
{
    size_t found = 0;
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        for (size_t k = 0; k < json_array_size(list); k++) {
            found += json_equal(json_array_get(wanted, i), json_array_get(list, k)) ? 1 : 0;
        }
    }
    return found == json_array_size(wanted) && found == json_array_size(list);
}

// Whether this copy says what the plan has told; another copy than the one it was planned by may be shown.
static bool shows_as_planned(const struct sd_jwt *sd, const struct disclosure_document *document)
{
    json_t *shows = disclosure_shown(sd, document->paths);
    const bool same =
        shows != NULL &&
        json_equal(json_object_get(shows, "asked"), json_object_get(document->shows, "asked")) &&
        has_all(json_object_get(shows, "beyond"), json_object_get(document->shows, "beyond"));
    json_wipe(shows);
    json_decref(shows);
    return same;
}

enum jumin_error disclosure_sd_jwt(struct disclosure_plan *plan, const struct disclosure_document *document,
                                   const struct sd_jwt_binding *binding, struct writer *w,
                                   struct detail *detail)
{
    const struct wallet_credential as = {.format_name = "vc+sd-jwt"}; // either name
    const size_t start = w->n;
    bool selected[SD_JWT_DISCLOSURES_MAX];
    struct sd_jwt_vc vc;
    if (!plan->taken || document->format != JUMIN_WALLET_SD_JWT) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = claims_open_sd_jwt(&as, span_of(document->bytes, document->n), &vc, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!shows_as_planned(&vc.sd, document) || !disclosure_select(&vc.sd, document->paths, selected)) {
        error = detail_set(detail, JUMIN_ERROR_CONFLICT, "this copy shows something else than was planned");
    }
    if (error == JUMIN_OK) {
        error = sd_jwt_present(&vc.sd, selected, w);
    }
    if (error == JUMIN_OK) {
        error = sd_jwt_bind(&document->signer, binding, start, w);
    }
    sd_jwt_vc_release(&vc);
    return error;
}
