// The token endpoint (OpenID4VCI 1.0 §6, RFC 6749 §6): a pre-authorized code or a refresh token, and a DPoP
// proof.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/issuer_internal.h"

enum { FIELD_MAX = 128 };

struct token_form {
    char grant[FIELD_MAX], code[FIELD_MAX], tx_code[FIELD_MAX], refresh[FIELD_MAX];
    bool has_tx_code;
};

// False: a field stands twice, or is too long. What is not known is passed over: clients send more.
static bool take_form(struct span body, struct token_form *form)
{
    const enum http_form tx_code = http_form_value(body, "tx_code", form->tx_code, FIELD_MAX);
    form->has_tx_code = tx_code == HTTP_FORM_ONE;
    return tx_code != HTTP_FORM_REFUSED &&
           http_form_value(body, "grant_type", form->grant, FIELD_MAX) == HTTP_FORM_ONE &&
           http_form_value(body, "pre-authorized_code", form->code, FIELD_MAX) != HTTP_FORM_REFUSED &&
           http_form_value(body, "refresh_token", form->refresh, FIELD_MAX) != HTTP_FORM_REFUSED;
}

static void answer(const struct records_tokens *tokens, struct http_response *response)
{
    http_response_json(response, 200,
                       json_pack("{s:s, s:s, s:i, s:s*}", "access_token", tokens->access, "token_type",
                                 "DPoP", "expires_in", (int)tokens->expires_in, "refresh_token",
                                 tokens->refresh[0] != '\0' ? tokens->refresh : NULL));
}

static void take(const struct issuer *issuer, const struct http_request *request,
                 const struct token_form *form, struct http_response *response)
{
    struct jumin_station *station = issuer_station(issuer, request);
    struct records_refusal refusal;
    struct records_tokens tokens;
    struct records_proof proof;
    struct issuer_proof kept;
    const bool fresh = strcmp(form->grant, ISSUER_PRE_AUTHORIZED) == 0;
    if (!fresh && strcmp(form->grant, "refresh_token") != 0) {
        http_response_error(response, 400, "unsupported_grant_type", NULL);
        return;
    }
    if ((fresh ? form->code : form->refresh)[0] == '\0') {
        http_response_error(response, 400, "invalid_request",
                            fresh ? "pre-authorized_code is missing" : "refresh_token is missing");
        return;
    }
    // A code is used once: it waits rather than be spent on what cannot be had.
    if (fresh && (!issuer_can_sign(issuer, &issuer->options.mdoc, request, response) ||
                  !issuer_can_sign(issuer, &issuer->options.sd_jwt, request, response))) {
        return;
    }
    if (!issuer_proof(issuer, request, "/token", "", &kept, &proof, response)) {
        return;
    }
    const enum jumin_error error =
        fresh ? records_redeem(station, form->code, form->has_tx_code ? form->tx_code : NULL, &proof, &tokens,
                               &refusal)
              : records_refresh(station, form->refresh, &proof, &tokens, &refusal);
    if (error == JUMIN_OK) {
        answer(&tokens, response);
    } else {
        issuer_refuse(station, error, &refusal, response);
    }
    crypto_wipe(&tokens, sizeof tokens);
}

void issuer_token(void *context, const struct http_request *request, struct http_response *response)
{
    const struct issuer *issuer = context;
    struct token_form form = {.has_tx_code = false};
    if (issuer_station(issuer, request) == NULL) {
        http_response_error(response, 503, "server_error", NULL);
    } else if (!http_request_is(request, "application/x-www-form-urlencoded") ||
               !take_form(request->body, &form)) {
        http_response_error(response, 400, "invalid_request",
                            "a form with grant_type is wanted, each field once");
    } else {
        take(issuer, request, &form, response);
    }
    crypto_wipe(&form, sizeof form);
}
