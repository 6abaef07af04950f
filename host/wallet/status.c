// Whether the issuer has locked or ended a credential: its status list says so (Token Status List).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/provision.h"

#include "host/mobile/issuer_signed.h"
#include "host/mobile/status_token.h"

#include <stdlib.h>

enum { TIME_TO_LIVE = 300 }; // seconds, where a list says none

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
    if (now >= wallet->trust.expires) {
        return detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN, "the wallet's trust list has expired");
    }
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

static enum jumin_error fetch(struct jumin_wallet *wallet, const char *uri, const char *media_type,
                              struct http_client_answer *answer)
{
    const struct http_header accept = {"Accept", media_type};
    const struct http_client_request request = {
        .method = "GET", .url = uri, .headers = &accept, .header_count = 1, .answer_max = STATUS_TOKEN_MAX};
    const enum jumin_error error = http_client_ask(&wallet->client, &request, answer, &wallet->detail);
    return error == JUMIN_OK && answer->status != 200
               ? detail_set(&wallet->detail, JUMIN_ERROR_LINK, "the status list: status %d", answer->status)
               : error;
}

// What is known of a credential's status; to be put back where it cannot be saved.
struct known {
    enum jumin_wallet_state status;
    int64_t checked, issued, due;
};

static struct known known_of(const struct wallet_credential *credential)
{
    return (struct known){credential->status, credential->status_checked, credential->status_issued,
                          credential->status_due};
}

static void put_back(struct wallet_credential *credential, const struct known *known)
{
    credential->status = known->status;
    credential->status_checked = known->checked;
    credential->status_issued = known->issued;
    credential->status_due = known->due;
}

// An mdoc's list has no word for suspended (ISO 18013-5): there, whatever is not valid counts as locked until
// it is valid again, or expires.
static bool take_status(struct wallet_exchange *exchange, struct wallet_credential *credential,
                        unsigned status, const struct status_claims *list)
{
    const enum jumin_wallet_state before = credential->status;
    const bool over = status == STATUS_INVALID && credential->format == JUMIN_WALLET_SD_JWT;
    const int64_t until =
        exchange->now + (list->time_to_live != 0 ? list->time_to_live : (int64_t)TIME_TO_LIVE);
    credential->status = status == STATUS_VALID ? JUMIN_WALLET_USABLE
                         : over                 ? JUMIN_WALLET_REVOKED
                                                : JUMIN_WALLET_LOCKED;
    credential->status_checked = exchange->now;
    credential->status_issued = list->issued_at;
    credential->status_due = list->expires_at != 0 && list->expires_at < until ? list->expires_at : until;
    return credential->status == before ||
           wallet_remember_only(exchange->wallet, exchange->now,
                                credential->status == JUMIN_WALLET_USABLE ? "unlocked" : "locked",
                                credential->issuer.identifier, "", credential->type,
                                over ? "revoked by the issuer" : "");
}

static enum jumin_error read_list(struct wallet_exchange *exchange, struct wallet_credential *credential,
                                  struct span bytes, const struct status_reference *reference)
{
    struct jumin_wallet *wallet = exchange->wallet;
    const struct status_trust trust = {signer_key, wallet};
    const enum status_format format = credential->format == JUMIN_WALLET_MDOC ? STATUS_CWT : STATUS_JWT;
    struct status_token token = {0};
    struct detail why = {{0}};
    unsigned status = 0;
    enum jumin_error error =
        status_token_open(format, bytes, reference->uri, exchange->now, &trust, &token, &why);
    if (error == JUMIN_OK && token.claims.issued_at < credential->status_issued) {
        error = detail_set(&why, JUMIN_ERROR_NOT_VALID_NOW, "it is older than the one before");
    }
    if (error == JUMIN_OK) {
        error = status_token_status(&token, reference->index, &status, &why);
    }
    if (error != JUMIN_OK) {
        error = detail_set(&wallet->detail, error, "the status list: %.200s", why.text);
    } else if (!take_status(exchange, credential, status, &token.claims)) {
        error = JUMIN_ERROR_MEMORY;
    }
    status_token_release(&token);
    return error;
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
    const struct known before = known_of(credential);
    const size_t events = wallet->event_count;
    struct http_client_answer answer = {.status = 0};
    enum jumin_error error =
        fetch(wallet, reference.uri, status_media_type(mdoc ? STATUS_CWT : STATUS_JWT), &answer);
    if (error == JUMIN_OK) {
        error = read_list(exchange, credential, span_of(answer.body, answer.n), &reference);
    }
    if (error == JUMIN_OK) {
        error = wallet_save(wallet);
    }
    http_client_answer_release(&answer);
    if (error != JUMIN_OK) {
        put_back(credential, &before);
        wallet_forget_events(wallet, events);
    }
    return error;
}

enum jumin_error status_look(struct jumin_wallet *wallet, struct wallet_credential *credential, int64_t now)
{
    struct wallet_exchange exchange = {.wallet = wallet, .now = now};
    if (now >= credential->status_checked && now < credential->status_due) {
        return JUMIN_OK;
    }
    const enum jumin_error error = status_ask(&exchange, credential);
    return error == JUMIN_ERROR_FILE || error == JUMIN_ERROR_MEMORY ? error : JUMIN_OK;
}
