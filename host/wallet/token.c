// Access tokens: from a pre-authorized code (OpenID4VCI 1.0 §6), and from a refresh token (RFC 6749 §6).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/provision.h"

#include "host/json_fields.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    FORM_MAX = 3 * WALLET_TOKEN + 512,
    EARLY = 10, // seconds before its end at which a token counts as expired
};

static bool take_text(const json_t *json, const char *name, char *text, size_t capacity)
{
    const char *found = json_string_value(json_object_get(json, name));
    if (found == NULL || strlen(found) >= capacity) {
        return false;
    }
    (void)snprintf(text, capacity, "%s", found);
    return true;
}

static bool printable(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7f) {
            return false;
        }
    }
    return true;
}

// The answer of the token's end; a refresh token that is not given again stays.
static enum jumin_error take_grant(struct wallet_exchange *exchange, const json_t *json, bool proven,
                                   struct wallet_grant *grant)
{
    const char *type = json_string_value(json_object_get(json, "token_type"));
    const json_int_t seconds = json_integer_value(json_object_get(json, "expires_in"));
    if (type == NULL || !take_text(json, "access_token", grant->access, sizeof grant->access) ||
        grant->access[0] == '\0' || !printable(grant->access)) {
        return detail_set(&exchange->wallet->detail, JUMIN_ERROR_MALFORMED,
                          "the server's answer holds no access token");
    }
    const bool dpop = strcasecmp(type, "DPoP") == 0;
    if (dpop ? !proven : strcasecmp(type, "Bearer") != 0) {
        return detail_set(&exchange->wallet->detail, JUMIN_ERROR_MALFORMED,
                          "the access token is of a kind that was not asked for");
    }
    (void)snprintf(grant->scheme, sizeof grant->scheme, "%s", dpop ? "DPoP" : "Bearer");
    (void)take_text(json, "refresh_token", grant->refresh, sizeof grant->refresh);
    (void)take_text(json, "c_nonce", grant->nonce, sizeof grant->nonce);
    grant->expires = seconds > 0 && seconds < INT32_MAX ? exchange->now + seconds : 0;
    return JUMIN_OK;
}

static enum jumin_error post_form(struct wallet_exchange *exchange, const struct wallet_issuer *issuer,
                                  const struct writer *form, const char *what, struct wallet_grant *grant,
                                  json_t **json)
{
    const struct exchange_request request = {.url = issuer->token,
                                             .type = "application/x-www-form-urlencoded",
                                             .body = writer_span(form),
                                             .dpop = issuer->dpop};
    struct exchange_answer answer = {.status = 0};
    if (form->overflow) {
        return detail_set(&exchange->wallet->detail, JUMIN_ERROR_INPUT, "the code is too long");
    }
    enum jumin_error error = exchange_post(exchange, &request, &answer);
    if (error == JUMIN_OK) {
        error = answer.status == 200 ? take_grant(exchange, answer.json, issuer->dpop, grant)
                                     : exchange_refused(exchange, &answer, what);
    }
    if (error == JUMIN_OK && json != NULL) {
        *json = answer.json;
        answer.json = NULL;
    }
    exchange_release(&answer);
    return error;
}

enum jumin_error token_redeem(struct wallet_exchange *exchange, const struct wallet_issuer *issuer,
                              const struct offer *offer, const char *tx_code, struct wallet_grant *grant,
                              json_t **answer)
{
    char *bytes = malloc(FORM_MAX);
    struct writer form = writer_of(bytes, FORM_MAX);
    if (bytes == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    http_form_put(&form, "grant_type", "urn:ietf:params:oauth:grant-type:pre-authorized_code");
    http_form_put(&form, "pre-authorized_code", offer->code);
    if (tx_code != NULL) {
        http_form_put(&form, issuer->final || issuer->nonce[0] != '\0' ? "tx_code" : "user_pin", tx_code);
    }
    const enum jumin_error error = post_form(exchange, issuer, &form, "the offer's code", grant, answer);
    crypto_wipe(bytes, FORM_MAX);
    free(bytes);
    return error;
}

enum jumin_error token_refresh(struct wallet_exchange *exchange, struct wallet_credential *credential)
{
    struct jumin_wallet *wallet = exchange->wallet;
    struct wallet_grant grant = credential->grant;
    char *bytes = malloc(FORM_MAX);
    struct writer form = writer_of(bytes, FORM_MAX);
    if (bytes == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    enum jumin_error error = JUMIN_ERROR_ACCESS_DENIED;
    if (grant.refresh[0] == '\0') {
        error = detail_set(&wallet->detail, error,
                           "the issuer has given leave for one time: it takes a new offer");
    } else {
        http_form_put(&form, "grant_type", "refresh_token");
        http_form_put(&form, "refresh_token", grant.refresh);
        error = post_form(exchange, &credential->issuer, &form, "the credential's renewal", &grant, NULL);
    }
    if (error == JUMIN_OK) {
        char before[WALLET_TOKEN];
        (void)snprintf(before, sizeof before, "%s", credential->grant.refresh);
        for (size_t i = 0; i < wallet->count; i++) {
            if (strcmp(wallet->credentials[i].grant.refresh, before) == 0) {
                wallet->credentials[i].grant = grant;
            }
        }
        crypto_wipe(before, sizeof before);
        error = wallet_save(wallet);
    }
    crypto_wipe(&grant, sizeof grant);
    crypto_wipe(bytes, FORM_MAX);
    free(bytes);
    return error;
}

enum jumin_error token_post(struct wallet_exchange *exchange, struct wallet_credential *credential,
                            const char *url, json_t *body, struct exchange_answer *answer)
{
    const struct wallet_grant *grant = &credential->grant;
    const bool old = grant->expires != 0 && exchange->now + EARLY >= grant->expires;
    enum jumin_error error = JUMIN_OK;
    *answer = (struct exchange_answer){0};
    if (old && grant->refresh[0] != '\0') {
        error = token_refresh(exchange, credential);
    }
    if (error == JUMIN_OK) {
        error = exchange_post_json(exchange, url, grant, body, answer);
    }
    if (error == JUMIN_OK && answer->status == 401 && !old && grant->refresh[0] != '\0') {
        exchange_release(answer);
        error = token_refresh(exchange, credential);
        if (error == JUMIN_OK) {
            error = exchange_post_json(exchange, url, grant, body, answer);
        }
    }
    json_wipe(body);
    json_decref(body);
    return error;
}
