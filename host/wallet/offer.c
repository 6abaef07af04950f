// A credential offer as a wallet reads it: by value and by reference (OpenID4VCI 1.0 §4.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/offer.h"

#include "host/json_fields.h"
#include "host/mobile/utf8.h"

#include <stdio.h>
#include <stdlib.h>

static const char grant_type[] = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

static enum jumin_error refuse(const struct wallet_exchange *exchange, enum jumin_error error,
                               const char *why)
{
    return detail_set(&exchange->wallet->detail, error, "%s", why);
}

static bool take_text(const json_t *object, const char *name, char *text, size_t capacity)
{
    const char *found = json_string_value(json_object_get(object, name));
    size_t characters = 0;
    if (found == NULL || found[0] == '\0' || strlen(found) >= capacity ||
        !utf8_is_line(span_of(found, strlen(found)), &characters)) {
        return false;
    }
    (void)snprintf(text, capacity, "%s", found);
    return true;
}

// `credential_configuration_ids`; drafts before 13 say `credentials`.
static bool take_configurations(const json_t *json, struct offer *offer)
{
    const json_t *list = json_object_get(json, "credential_configuration_ids");
    list = list != NULL ? list : json_object_get(json, "credentials");
    for (size_t i = 0; i < json_array_size(list) && offer->count < OFFER_CONFIGURATIONS; i++) {
        const char *id = json_string_value(json_array_get(list, i));
        if (id == NULL || strlen(id) >= JUMIN_WALLET_TEXT) {
            return false;
        }
        (void)snprintf(offer->configurations[offer->count++], JUMIN_WALLET_TEXT, "%s", id);
    }
    return offer->count > 0;
}

// Drafts before 13 have user_pin_required in place of tx_code.
static void take_tx_code(const json_t *grant, struct offer *offer)
{
    const json_t *tx_code = json_object_get(grant, "tx_code");
    const char *mode = json_string_value(json_object_get(tx_code, "input_mode")),
               *hint = json_string_value(json_object_get(tx_code, "description"));
    const json_int_t length = json_integer_value(json_object_get(tx_code, "length"));
    offer->tx_code = json_is_object(tx_code) || json_is_true(json_object_get(grant, "user_pin_required"));
    offer->tx_code_numeric = mode == NULL || strcmp(mode, "numeric") == 0;
    offer->tx_code_length = length > 0 && length < JUMIN_WALLET_TEXT ? (unsigned)length : 0;
    utf8_copy_line(hint != NULL ? hint : "", offer->tx_code_hint, sizeof offer->tx_code_hint);
}

enum jumin_error offer_parse(struct wallet_exchange *exchange, const json_t *json, struct offer *offer)
{
    const json_t *grants = json_object_get(json, "grants");
    const json_t *grant = json_object_get(grants, grant_type);
    *offer = (struct offer){.count = 0};
    if (!take_text(json, "credential_issuer", offer->issuer, sizeof offer->issuer) ||
        !take_configurations(json, offer)) {
        return refuse(exchange, JUMIN_ERROR_INPUT, "this is no credential offer");
    }
    const size_t n = strlen(offer->issuer);
    if (offer->issuer[n - 1] == '/') {
        offer->issuer[n - 1] = '\0';
    }
    if (!take_text(grant, "pre-authorized_code", offer->code, sizeof offer->code)) {
        return refuse(exchange, JUMIN_ERROR_NOT_SUPPORTED, "the offer has no pre-authorized code");
    }
    (void)take_text(grant, "authorization_server", offer->server, sizeof offer->server);
    take_tx_code(grant, offer);
    return JUMIN_OK;
}

static enum jumin_error parse_text(struct wallet_exchange *exchange, struct span text, struct offer *offer)
{
    json_t *json = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
    const enum jumin_error error = offer_parse(exchange, json, offer);
    json_wipe(json);
    json_decref(json);
    return error;
}

static enum jumin_error fetch(struct wallet_exchange *exchange, const char *url, struct offer *offer)
{
    struct exchange_answer answer;
    enum jumin_error error = exchange_get(exchange, url, &answer);
    if (error == JUMIN_OK) {
        error = answer.status == 200 ? offer_parse(exchange, answer.json, offer)
                                     : exchange_refused(exchange, &answer, "the offer");
    }
    exchange_release(&answer);
    return error;
}

static enum jumin_error take_query(struct wallet_exchange *exchange, struct span query, struct offer *offer)
{
    char *value = malloc(OFFER_TEXT_MAX);
    if (value == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    enum jumin_error error = JUMIN_ERROR_INPUT;
    const enum http_form by_value = http_form_value(query, "credential_offer", value, OFFER_TEXT_MAX);
    if (by_value == HTTP_FORM_ONE) {
        error = parse_text(exchange, span_of(value, strlen(value)), offer);
    } else if (by_value == HTTP_FORM_NONE &&
               http_form_value(query, "credential_offer_uri", value, OFFER_TEXT_MAX) == HTTP_FORM_ONE) {
        error = fetch(exchange, value, offer);
    } else {
        error = refuse(exchange, JUMIN_ERROR_INPUT, "this is no credential offer");
    }
    crypto_wipe(value, OFFER_TEXT_MAX);
    free(value);
    return error;
}

enum jumin_error offer_take(struct wallet_exchange *exchange, const char *text, struct offer *offer)
{
    while (*text == ' ' || *text == '\n' || *text == '\r' || *text == '\t') {
        text++;
    }
    size_t n = strlen(text);
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\n' || text[n - 1] == '\r')) {
        n--;
    }
    *offer = (struct offer){.count = 0};
    if (n > 0 && n < OFFER_TEXT_MAX && text[0] == '{') {
        return parse_text(exchange, span_of(text, n), offer);
    }
    const char *query = memchr(text, '?', n);
    if (query == NULL || n >= OFFER_TEXT_MAX || strstr(text, "://") == NULL) {
        return refuse(exchange, JUMIN_ERROR_INPUT, "this is no credential offer");
    }
    query++;
    return take_query(exchange, span_of(query, n - (size_t)(query - text)), offer);
}

enum jumin_error jumin_wallet_look_at_offer(struct jumin_wallet *wallet, const char *text, int64_t now,
                                            struct jumin_wallet_offer *seen)
{
    if (wallet == NULL || text == NULL || seen == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct wallet_exchange exchange = {.wallet = wallet, .now = now};
    struct wallet_issuer issuer = {.batch = 1};
    struct offer_configuration configuration;
    struct offer offer;
    json_t *metadata = NULL;
    *seen = (struct jumin_wallet_offer){.tx_code = false};
    enum jumin_error error = offer_take(&exchange, text, &offer);
    if (error == JUMIN_OK) {
        error = metadata_take(&exchange, offer.issuer, &issuer, &metadata);
    }
    if (error == JUMIN_OK) {
        (void)snprintf(seen->issuer, sizeof seen->issuer, "%.*s", JUMIN_WALLET_TEXT - 1, offer.issuer);
        (void)snprintf(seen->name, sizeof seen->name, "%s", issuer.name);
        (void)snprintf(seen->tx_code_hint, sizeof seen->tx_code_hint, "%s", offer.tx_code_hint);
        seen->tx_code = offer.tx_code;
        seen->tx_code_numeric = offer.tx_code_numeric;
        seen->tx_code_length = offer.tx_code_length;
        for (size_t i = 0; i < offer.count; i++) {
            seen->credentials += metadata_configuration(metadata, offer.configurations[i], &configuration);
        }
    }
    json_decref(metadata);
    crypto_wipe(&offer, sizeof offer);
    return exchange_stopped(&exchange, error, EXCHANGE_UNUSED);
}
