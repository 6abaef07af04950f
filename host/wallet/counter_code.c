// What a wallet shows at a counter without a radio: whether its holder is an adult, as a text for a QR code.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/counter_code.h"

#include "host/mobile/resident_claims.h"
#include "host/wallet/claims.h"
#include "host/wallet/disclosure_internal.h"
#include "host/wallet/showing.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static_assert((size_t)JUMIN_WALLET_COUNTER_CODE == COUNTER_CODE_TEXT_MAX + 1, "a code fits");
static_assert((size_t)JUMIN_WALLET_COUNTER_SECONDS == COUNTER_CODE_SECONDS, "the same minute");

// --- What would be shown -------------------------------------------------------------------------------------------

// The value of this year's element, new; NULL: the credential does not say it.
static char *value_of(const struct wallet_credential *credential, const struct disclosure_element *element)
{
    const struct span bytes = span_of(credential->copies[0].bytes, credential->copies[0].n);
    struct issuer_signed parsed;
    struct issuer_signed_item item;
    struct detail ignored = {""};
    if (issuer_signed_parse(bytes, &parsed, &ignored) != JUMIN_OK ||
        !issuer_signed_find(&parsed, span_of(element->name_space, strlen(element->name_space)),
                            span_of(element->name, strlen(element->name)), &item)) {
        return NULL;
    }
    json_t *value = claims_of_cbor(item.value);
    char *text = claims_text(value);
    json_decref(value);
    return text;
}

// Nobody asks: whoever reads the code will know it.
static enum jumin_error plan_code(struct jumin_wallet *wallet, int64_t now, struct disclosure_plan *plan)
{
    struct disclosure_document *document = &plan->documents[plan->count++];
    const unsigned year = disclosure_year(now);
    (void)snprintf(plan->venue.name, sizeof plan->venue.name, "any counter");
    (void)snprintf(plan->venue.why, sizeof plan->venue.why,
                   "whoever reads the code within %d seconds learns it", COUNTER_CODE_SECONDS);
    plan->purposes = JUMIN_PURPOSE_ADULT;
    document->format = JUMIN_WALLET_MDOC;
    (void)snprintf(document->type, sizeof document->type, "%s", RESIDENT_DOC_TYPE);
    struct disclosure_element *element = disclosure_add(document);
    if (element == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    (void)snprintf(element->name_space, sizeof element->name_space, "%s", RESIDENT_NATIONAL_NAMESPACE);
    (void)snprintf(element->name, sizeof element->name, "adult_in_%04u", year % 10000);
    const struct wallet_credential *credential = disclosure_choose(wallet, now, document);
    element->value = credential != NULL ? value_of(credential, element) : NULL;
    if (credential != NULL && element->value == NULL) {
        disclosure_refuse_document(
            document, "the credential does not say whether its holder is an adult in %u: refresh it", year);
    }
    plan->refused = document->refused;
    (void)snprintf(plan->why, sizeof plan->why, "%s", document->why);
    return JUMIN_OK;
}

// --- The code ------------------------------------------------------------------------------------------------------

static enum jumin_error make_code(struct disclosure_plan *plan, int64_t now,
                                  char text[JUMIN_WALLET_COUNTER_CODE], struct detail *detail)
{
    uint8_t *bytes = malloc(COUNTER_CODE_BYTES_MAX), session[128];
    struct writer response = writer_of(bytes, COUNTER_CODE_BYTES_MAX),
                  transcript = writer_of(session, sizeof session),
                  to = writer_of(text, JUMIN_WALLET_COUNTER_CODE - 1);
    struct counter_code code = {.issued = now, .expires = now + COUNTER_CODE_SECONDS};
    if (bytes == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    counter_code_put_transcript(&transcript, code.issued, code.expires);
    enum jumin_error error =
        disclosure_device_response(plan, NULL, writer_span(&transcript), span_of(NULL, 0), &response);
    code.response = writer_span(&response);
    if (error == JUMIN_OK && !counter_code_put(&to, &code)) {
        error = JUMIN_ERROR_TOO_LONG;
    }
    if (error == JUMIN_ERROR_TOO_LONG) {
        error = detail_set(detail, error, "the credential does not fit a code");
    }
    text[error == JUMIN_OK ? to.n : 0] = '\0';
    crypto_wipe(bytes, COUNTER_CODE_BYTES_MAX);
    free(bytes);
    return error;
}

enum jumin_error jumin_wallet_counter_code(struct jumin_wallet *wallet,
                                           const struct jumin_wallet_holder *holder, const int64_t *now,
                                           char text[JUMIN_WALLET_COUNTER_CODE], int64_t *expires)
{
    if (wallet == NULL || now == NULL || text == NULL || expires == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct disclosure_plan *plan = calloc(1, sizeof *plan);
    text[0] = '\0';
    *expires = 0;
    if (plan == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    detail_clear(&wallet->detail);
    enum jumin_error error = plan_code(wallet, *now, plan);
    if (error == JUMIN_OK) {
        error = showing_ask(plan, holder, &wallet->detail);
        if (error != JUMIN_OK) {
            (void)disclosure_refuse(wallet, plan, *now, wallet->detail.text);
        }
    }
    if (error == JUMIN_OK) {
        error = disclosure_take(wallet, plan, *now, &wallet->detail);
    }
    if (error == JUMIN_OK) {
        error = make_code(plan, *now, text, &wallet->detail);
        *expires = error == JUMIN_OK ? *now + COUNTER_CODE_SECONDS : 0;
    }
    disclosure_release(plan);
    free(plan);
    return error;
}
