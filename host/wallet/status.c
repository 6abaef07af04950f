// Whether the issuer has locked or ended a credential: its status list says so (Token Status List).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/provision.h"

#include "host/mobile/issuer_signed.h"
#include "host/mobile/status_cache.h"
#include "host/mobile/status_judge.h"

#include <stdio.h>
#include <stdlib.h>

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
    struct place place = {.certificate = NULL};
    const bool mdoc = credential->format == JUMIN_WALLET_MDOC;
    if (credential->copy_count == 0 || !credential->trusted || wallet->client.ask == NULL ||
        !(mdoc ? place_of_mdoc(exchange, &credential->copies[0], &place)
               : place_of_sd_jwt(exchange, credential, &credential->copies[0], &place))) {
        free(place.certificate);
        return JUMIN_OK;
    }
    const struct status_trust trust = {status_judge_key, &place.judge};
    const struct status_fetch fetcher = {fetch, wallet};
    const struct status_rule rule = {.accept = INT64_MAX, .warn = INT64_MAX};
    struct status_answer answer;
    struct status_cache *cache = NULL;
    enum jumin_error error = status_cache_new(&cache, NULL, &trust, &fetcher);
    if (error == JUMIN_OK) {
        error = status_cache_ask(cache, mdoc ? STATUS_CWT : STATUS_JWT, &place.reference, &rule,
                                 exchange->now, &answer);
        if (error == JUMIN_OK) {
            take_status(exchange, credential, answer.status);
        } else {
            error = detail_set(&wallet->detail, error, "the status list: %.200s", status_cache_detail(cache));
        }
    }
    status_cache_free(cache);
    free(place.certificate);
    return error;
}
