// Whether the issuer has locked or ended a credential: its status list says so (Token Status List).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/provision.h"

#include "host/mobile/issuer_signed.h"
#include "host/mobile/status_cache.h"

#include <stdio.h>
#include <stdlib.h>

static bool reference_of_mdoc(const struct wallet_copy *copy, struct status_reference *reference)
{
    struct issuer_signed parsed;
    struct detail detail;
    if (issuer_signed_parse(span_of(copy->bytes, copy->n), &parsed, &detail) != JUMIN_OK ||
        parsed.mso.status.uri.n == 0 || parsed.mso.status.uri.n >= sizeof reference->uri) {
        return false;
    }
    memcpy(reference->uri, parsed.mso.status.uri.p, parsed.mso.status.uri.n);
    reference->uri[parsed.mso.status.uri.n] = '\0';
    reference->index = parsed.mso.status.index;
    return true;
}

static bool reference_of_sd_jwt(const struct wallet_credential *credential, const struct wallet_copy *copy,
                                struct status_reference *reference)
{
    struct detail detail;
    struct sd_jwt_vc vc;
    if (receive_read_sd_jwt(span_of(copy->bytes, copy->n), credential->format_name, &vc, &detail) !=
        JUMIN_OK) {
        return false;
    }
    // It was checked when it came; a status is never among what is disclosed.
    const json_t *status = json_object_get(vc.sd.issued.claims, "status");
    const bool found = status != NULL && status_reference_parse_json(status, reference, &detail) == JUMIN_OK;
    sd_jwt_vc_release(&vc);
    return found;
}

static enum jumin_error signer_key(void *context, const struct span *chain, size_t count, int64_t now,
                                   uint8_t point[SIGNER_POINT], struct detail *detail)
{
    const struct jumin_wallet *wallet = context;
    const struct x5chain_rules rules = {
        .role = X5CHAIN_STATUS_SIGNER, .roots = wallet->trust.roots[TRUST_LIST_ISSUERS], .now = now};
    struct x5chain given = {.count = 0};
    struct x5chain_signer signer;
    for (size_t i = 0; i < count; i++) {
        if (!x5chain_add(&given, chain[i])) {
            return detail_set(detail, JUMIN_ERROR_CERTIFICATE, "the status list's chain is too long");
        }
    }
    const enum jumin_error error = x5chain_check(&given, &rules, &signer, detail);
    if (error == JUMIN_OK && signer.point_length != SIGNER_POINT) {
        return detail_set(detail, JUMIN_ERROR_CERTIFICATE, "the status list's signer is not of P-256");
    }
    if (error == JUMIN_OK) {
        memcpy(point, signer.point, SIGNER_POINT);
    }
    return error;
}

static enum jumin_error fetch(void *context, const char *uri, const char *media_type, uint8_t **token,
                              size_t *n)
{
    struct jumin_wallet *wallet = context;
    const struct http_header accept = {"Accept", media_type};
    const struct http_client_request request = {
        .method = "GET", .url = uri, .headers = &accept, .header_count = 1, .answer_max = STATUS_TOKEN_MAX};
    struct http_client_answer answer = {.status = 0};
    if (wallet->client.ask == NULL) {
        return JUMIN_ERROR_LINK;
    }
    enum jumin_error error = http_client_ask(&wallet->client, &request, &answer, &wallet->detail);
    if (error == JUMIN_OK && (answer.status != 200 || answer.body == NULL)) {
        error = JUMIN_ERROR_LINK;
    }
    if (error == JUMIN_OK) {
        *token = answer.body;
        *n = answer.n;
        answer.body = NULL;
    }
    http_client_answer_release(&answer);
    return error;
}

// An mdoc's list has no word for suspended (ISO 18013-5): there, whatever is not valid counts as locked until
// it is valid again, or expires.
static void take_status(struct wallet_exchange *exchange, struct wallet_credential *credential,
                        unsigned status)
{
    const enum jumin_wallet_state before = credential->status;
    const bool over = status == STATUS_INVALID && credential->format == JUMIN_WALLET_SD_JWT;
    credential->status = status == STATUS_VALID ? JUMIN_WALLET_USABLE
                         : over                 ? JUMIN_WALLET_REVOKED
                                                : JUMIN_WALLET_LOCKED;
    credential->status_checked = exchange->now;
    if (credential->status != before) {
        wallet_remember_only(exchange->wallet, exchange->now,
                             credential->status == JUMIN_WALLET_USABLE ? "unlocked" : "locked",
                             credential->issuer.identifier, "", credential->type,
                             over ? "revoked by the issuer" : "");
    }
}

enum jumin_error status_ask(struct wallet_exchange *exchange, struct wallet_credential *credential)
{
    struct jumin_wallet *wallet = exchange->wallet;
    struct status_reference reference;
    const bool mdoc = credential->format == JUMIN_WALLET_MDOC;
    if (credential->copy_count == 0 || !credential->trusted || wallet->client.ask == NULL ||
        !(mdoc ? reference_of_mdoc(&credential->copies[0], &reference)
               : reference_of_sd_jwt(credential, &credential->copies[0], &reference))) {
        return JUMIN_OK;
    }
    const struct status_trust trust = {signer_key, wallet};
    const struct status_fetch fetcher = {fetch, wallet};
    const struct status_rule rule = {.accept = INT64_MAX, .warn = INT64_MAX};
    struct status_answer answer;
    struct status_cache *cache = NULL;
    enum jumin_error error = status_cache_new(&cache, NULL, &trust, &fetcher);
    if (error != JUMIN_OK) {
        return error;
    }
    error =
        status_cache_ask(cache, mdoc ? STATUS_CWT : STATUS_JWT, &reference, &rule, exchange->now, &answer);
    if (error == JUMIN_OK) {
        take_status(exchange, credential, answer.status);
    } else {
        error = detail_set(&wallet->detail, error, "the status list: %.200s", status_cache_detail(cache));
    }
    status_cache_free(cache);
    return error;
}
