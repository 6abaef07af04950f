// What a wallet says to an issuer, and hears.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/exchange.h"

#include "host/json_fields.h"
#include "host/mobile/utf8.h"

#include <stdio.h>
#include <stdlib.h>

enum { STATUS_BAD = 400, STATUS_UNAUTHORIZED = 401, STATUS_FAULT = 500, HEADERS = 3 };

void exchange_release(struct exchange_answer *answer)
{
    json_wipe(answer->json);
    json_decref(answer->json);
    if (answer->body != NULL) {
        crypto_wipe(answer->body, answer->n);
    }
    free(answer->body);
    *answer = (struct exchange_answer){0};
}

const char *exchange_error(const struct exchange_answer *answer)
{
    const char *error = json_string_value(json_object_get(answer->json, "error"));
    return error != NULL ? error : "";
}

enum jumin_error exchange_refused(const struct wallet_exchange *exchange,
                                  const struct exchange_answer *answer, const char *what)
{
    const char *description = json_string_value(json_object_get(answer->json, "error_description"));
    char name[48], sentence[160];
    utf8_copy_line(exchange_error(answer), name, sizeof name);
    utf8_copy_line(description != NULL ? description : "", sentence, sizeof sentence);
    const enum jumin_error error =
        answer->status >= STATUS_FAULT ? JUMIN_ERROR_LINK : JUMIN_ERROR_ACCESS_DENIED;
    return name[0] != '\0' ? detail_set(&exchange->wallet->detail, error, "%s: %s%s%s", what, name,
                                        sentence[0] != '\0' ? ": " : "", sentence)
                           : detail_set(&exchange->wallet->detail, error, "%s: refused with status %d", what,
                                        answer->status);
}

enum jumin_error exchange_stopped(const struct wallet_exchange *exchange, enum jumin_error error,
                                  const char *meaning)
{
    const struct detail why = exchange->wallet->detail;
    return error == JUMIN_ERROR_CANCELLED
               ? detail_set(&exchange->wallet->detail, error, "%.150s: %s", why.text, meaning)
               : error;
}

// Takes over the client's answer.
static void take(struct http_client_answer *from, struct exchange_answer *to)
{
    const char *type = http_client_answer_type(from);
    const char *session = http_header_find(from->headers, from->header_count, "Jumin-Session");
    *to = (struct exchange_answer){.status = from->status, .body = from->body, .n = from->n};
    (void)snprintf(to->type, sizeof to->type, "%s", type);
    (void)snprintf(to->session, sizeof to->session, "%s", session != NULL ? session : "");
    to->json = json_loadb((const char *)from->body, from->n, JSON_REJECT_DUPLICATES, NULL);
    from->body = NULL;
    from->n = 0;
}

static enum jumin_error send(struct wallet_exchange *exchange, const struct http_client_request *request,
                             char *nonce, struct exchange_answer *answer)
{
    struct jumin_wallet *wallet = exchange->wallet;
    struct http_client_answer got = {.status = 0};
    *answer = (struct exchange_answer){0};
    if (wallet->client.ask == NULL) {
        return detail_set(&wallet->detail, JUMIN_ERROR_LINK, "the wallet has no network");
    }
    const enum jumin_error error = http_client_ask(&wallet->client, request, &got, &wallet->detail);
    if (error != JUMIN_OK) {
        return error;
    }
    const char *given = http_header_find(got.headers, got.header_count, "DPoP-Nonce");
    if (given != NULL && nonce != NULL && strlen(given) <= DPOP_NONCE_MAX) {
        (void)snprintf(nonce, DPOP_NONCE_MAX + 1, "%s", given);
    }
    take(&got, answer);
    http_client_answer_release(&got);
    return JUMIN_OK;
}

enum jumin_error exchange_get(struct wallet_exchange *exchange, const char *url,
                              struct exchange_answer *answer)
{
    static const struct http_header accept = {"Accept", "application/json"};
    const struct http_client_request request = {.method = "GET",
                                                .url = url,
                                                .headers = &accept,
                                                .header_count = 1,
                                                .answer_max = EXCHANGE_ANSWER_MAX};
    return send(exchange, &request, NULL, answer);
}

// A proof for this request, by the device key.
static enum jumin_error put_proof(const struct wallet_exchange *exchange,
                                  const struct exchange_request *request, const char *nonce,
                                  char proof[DPOP_MAX])
{
    const struct crypto_random random = crypto_system_random();
    const char *access = request->grant != NULL ? request->grant->access : "";
    const struct dpop_request about = {.method = "POST",
                                       .uri = request->url,
                                       .access_token = span_of(access, strlen(access)),
                                       .nonce = nonce[0] != '\0' ? nonce : NULL,
                                       .now = exchange->now};
    struct wallet_signer context;
    const struct signer signer = wallet_signer_of(&context, exchange->wallet, &exchange->wallet->device);
    struct writer w = writer_of(proof, DPOP_MAX - 1);
    const enum jumin_error error = dpop_make(&signer, &about, &random, &w);
    if (error != JUMIN_OK) {
        return wallet_key_failed(exchange->wallet, error, "the device key does not sign");
    }
    proof[w.n] = '\0';
    return JUMIN_OK;
}

static enum jumin_error post_once(struct wallet_exchange *exchange, const struct exchange_request *request,
                                  char *nonce, struct exchange_answer *answer)
{
    struct http_header headers[HEADERS] = {{"Accept", "application/json"}};
    char authorization[WALLET_TOKEN + sizeof "Bearer "], proof[DPOP_MAX];
    size_t count = 1;
    enum jumin_error error = JUMIN_OK;
    if (request->grant != NULL) {
        (void)snprintf(authorization, sizeof authorization, "%s %s", request->grant->scheme,
                       request->grant->access);
        headers[count++] = (struct http_header){"Authorization", authorization};
    }
    if (request->dpop) {
        error = put_proof(exchange, request, nonce, proof);
        headers[count++] = (struct http_header){"DPoP", proof};
    }
    const struct http_client_request sent = {.method = "POST",
                                             .url = request->url,
                                             .type = request->type,
                                             .headers = headers,
                                             .header_count = count,
                                             .body = request->body,
                                             .answer_max = EXCHANGE_ANSWER_MAX};
    if (error == JUMIN_OK) {
        error = send(exchange, &sent, nonce, answer);
    }
    crypto_wipe(authorization, sizeof authorization);
    return error;
}

enum jumin_error exchange_post(struct wallet_exchange *exchange, const struct exchange_request *request,
                               struct exchange_answer *answer)
{
    char *nonce = exchange->nonces[request->grant != NULL];
    char before[DPOP_NONCE_MAX + 1];
    (void)snprintf(before, sizeof before, "%s", nonce);
    const enum jumin_error error = post_once(exchange, request, nonce, answer);
    const bool refused = answer->status == STATUS_BAD || answer->status == STATUS_UNAUTHORIZED;
    if (error != JUMIN_OK || !request->dpop || !refused || strcmp(before, nonce) == 0 ||
        (answer->status == STATUS_BAD && strcmp(exchange_error(answer), "use_dpop_nonce") != 0)) {
        return error;
    }
    exchange_release(answer);
    return post_once(exchange, request, nonce, answer);
}

enum jumin_error exchange_post_json(struct wallet_exchange *exchange, const char *url,
                                    const struct wallet_grant *grant, const json_t *body,
                                    struct exchange_answer *answer)
{
    char *text = json_text(body, JSON_COMPACT);
    enum jumin_error error = JUMIN_ERROR_MEMORY;
    *answer = (struct exchange_answer){0};
    if (text != NULL) {
        const struct exchange_request request = {
            .url = url,
            .type = "application/json",
            .body = span_of(text, strlen(text)),
            .dpop = grant == NULL || strcmp(grant->scheme, "DPoP") == 0,
            .grant = grant,
        };
        error = exchange_post(exchange, &request, answer);
        crypto_wipe(text, strlen(text));
    }
    free(text);
    return error;
}
