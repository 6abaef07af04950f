// Whether the issuer has locked or ended a credential: its status list says so (Token Status List).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/provision.h"

#include "host/mobile/issuer_signed.h"
#include "host/mobile/status_judge.h"

#include <stdlib.h>

enum { TIME_TO_LIVE = 300 }; // seconds, where a list says none

// A copy's place in a status list, and who may sign that list.
struct place {
    struct status_reference reference;
    struct x5chain_signer signer; // of the copy
    uint8_t *certificate;         // of the signer; owned
    struct status_judge judge;
};

// Whom the list's signer must belong to: the copy's own signer, as it is trusted now.
static bool take_signer(const struct wallet_exchange *exchange, const struct span *chain, size_t count,
                        enum x5chain_role role, struct place *place)
{
    const struct jumin_wallet *wallet = exchange->wallet;
    const struct x5chain_rules rules = {
        .role = role, .roots = wallet->trust.roots[TRUST_LIST_ISSUERS], .now = exchange->now};
    struct x5chain given = {.count = 0};
    struct detail detail;
    for (size_t i = 0; i < count; i++) {
        if (!x5chain_add(&given, chain[i])) {
            return false;
        }
    }
    place->certificate = count > 0 ? malloc(chain[0].n + 1) : NULL;
    if (place->certificate == NULL || x5chain_check(&given, &rules, &place->signer, &detail) != JUMIN_OK) {
        return false;
    }
    memcpy(place->certificate, chain[0].p, chain[0].n);
    place->judge = (struct status_judge){.roots = rules.roots,
                                         .list = &wallet->trust,
                                         .signer = {place->certificate, chain[0].n},
                                         .role = role,
                                         .root = place->signer.root};
    return true;
}

static bool place_of_mdoc(const struct wallet_exchange *exchange, const struct wallet_copy *copy,
                          struct place *place)
{
    struct issuer_signed parsed;
    struct detail detail;
    const struct mdoc_status *status = &parsed.mso.status;
    if (issuer_signed_parse(span_of(copy->bytes, copy->n), &parsed, &detail) != JUMIN_OK ||
        status->uri.n == 0 || status->uri.n >= sizeof place->reference.uri ||
        !take_signer(exchange, parsed.signature.chain, parsed.signature.chain_count, X5CHAIN_MDOC_SIGNER,
                     place)) {
        return false;
    }
    memcpy(place->reference.uri, status->uri.p, status->uri.n);
    place->reference.index = status->index;
    place->judge.certificate = status->certificate;
    return true;
}

static bool place_of_sd_jwt(const struct wallet_exchange *exchange,
                            const struct wallet_credential *credential, const struct wallet_copy *copy,
                            struct place *place)
{
    struct detail detail;
    struct sd_jwt_vc vc;
    if (receive_read_sd_jwt(span_of(copy->bytes, copy->n), credential->format_name, &vc, &detail) !=
        JUMIN_OK) {
        return false;
    }
    // It was checked when it came; a status is never among what is disclosed.
    const json_t *status = json_object_get(vc.sd.issued.claims, "status");
    const bool found =
        status != NULL && status_reference_parse_json(status, &place->reference, &detail) == JUMIN_OK &&
        take_signer(exchange, vc.sd.issued.chain, vc.sd.issued.chain_count, X5CHAIN_SD_JWT_ISSUER, place);
    sd_jwt_vc_release(&vc);
    return found;
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
                                  struct span bytes, struct place *place)
{
    struct jumin_wallet *wallet = exchange->wallet;
    const struct status_trust trust = {status_judge_key, &place->judge};
    const enum status_format format = credential->format == JUMIN_WALLET_MDOC ? STATUS_CWT : STATUS_JWT;
    struct status_token token = {0};
    struct detail why = {{0}};
    unsigned status = 0;
    enum jumin_error error =
        exchange->now >= wallet->trust.expires
            ? detail_set(&why, JUMIN_ERROR_SIGNER_UNKNOWN, "the wallet's trust list has expired")
            : status_token_open(format, bytes, place->reference.uri, exchange->now, &trust, &token, &why);
    if (error == JUMIN_OK && token.claims.issued_at < credential->status_issued) {
        error = detail_set(&why, JUMIN_ERROR_NOT_VALID_NOW, "it is older than the one before");
    }
    if (error == JUMIN_OK) {
        error = status_token_status(&token, place->reference.index, &status, &why);
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
    struct place place = {.certificate = NULL};
    const bool mdoc = credential->format == JUMIN_WALLET_MDOC;
    if (credential->copy_count == 0 || !credential->trusted || wallet->client.ask == NULL ||
        !(mdoc ? place_of_mdoc(exchange, &credential->copies[0], &place)
               : place_of_sd_jwt(exchange, credential, &credential->copies[0], &place))) {
        free(place.certificate);
        return JUMIN_OK;
    }
    const struct known before = known_of(credential);
    const size_t events = wallet->event_count;
    struct http_client_answer answer = {.status = 0};
    enum jumin_error error =
        fetch(wallet, place.reference.uri, status_media_type(mdoc ? STATUS_CWT : STATUS_JWT), &answer);
    if (error == JUMIN_OK) {
        error = read_list(exchange, credential, span_of(answer.body, answer.n), &place);
    }
    if (error == JUMIN_OK) {
        error = wallet_save(wallet);
    }
    http_client_answer_release(&answer);
    free(place.certificate);
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
