// A tap: the phone is bound to the card before it (<jumin/binding.h>), and the credential follows.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/provision.h"

#include "host/json_fields.h"

#include <stdio.h>

static bool url_of(const char *issuer, const char *path, char url[WALLET_URL])
{
    size_t n = strlen(issuer);
    n -= n > 0 && issuer[n - 1] == '/' ? 1 : 0;
    const int written = snprintf(url, WALLET_URL, "%.*s%s", (int)n, issuer, path);
    return written > 0 && written < WALLET_URL;
}

static enum jumin_error post_message(struct wallet_exchange *exchange, const char *url, struct span message,
                                     struct exchange_answer *answer)
{
    const struct exchange_request request = {.url = url, .type = "application/cbor", .body = message};
    const enum jumin_error error = exchange_post(exchange, &request, answer);
    if (error != JUMIN_OK) {
        return error;
    }
    if (answer->status != 200) {
        return exchange_refused(exchange, answer, "the binding");
    }
    return http_media_type_is(answer->type, "application/cbor")
               ? JUMIN_OK
               : detail_set(&exchange->wallet->detail, JUMIN_ERROR_MALFORMED,
                            "the server does not speak of binding phones");
}

// Carries the messages between card and server; `session` names the binding afterwards.
static enum jumin_error bind_phone(struct wallet_exchange *exchange, struct jumin_pipe *pipe,
                                   const char *issuer, char session[EXCHANGE_SESSION])
{
    struct jumin_wallet *wallet = exchange->wallet;
    struct exchange_answer answer = {.status = 0};
    const uint8_t *message = NULL;
    size_t n = 0;
    char url[WALLET_URL];
    enum jumin_error error = url_of(issuer, "/binding", url) ? JUMIN_OK : JUMIN_ERROR_INPUT;
    session[0] = '\0';
    while (error == JUMIN_OK && !jumin_pipe_finished(pipe)) {
        error = jumin_pipe_next(pipe, answer.body, answer.n, &message, &n);
        if (error != JUMIN_OK) {
            error = detail_set(&wallet->detail, error, "%s", jumin_pipe_detail(pipe));
        } else if (message != NULL) {
            exchange_release(&answer);
            error = post_message(exchange, url, span_of(message, n), &answer);
            (void)snprintf(session, EXCHANGE_SESSION, "%s", answer.session);
        } else if (!jumin_pipe_finished(pipe)) {
            error = detail_set(&wallet->detail, JUMIN_ERROR_MALFORMED,
                               "the server does not say that the phone is bound");
        }
    }
    exchange_release(&answer);
    return error;
}

static enum jumin_error ask_offer(struct wallet_exchange *exchange, const char *issuer, const char *session,
                                  const char *face, struct offer *offer)
{
    struct exchange_answer answer = {.status = 0};
    char url[WALLET_URL];
    json_t *body = json_pack("{s:s}", "session", session);
    json_t *compared = face != NULL ? json_loads(face, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (!url_of(issuer, "/provision", url) || (face != NULL && compared == NULL)) {
        json_decref(body);
        json_decref(compared);
        return detail_set(&exchange->wallet->detail, JUMIN_ERROR_INPUT, "the face's result is not JSON");
    }
    if (compared != NULL) {
        (void)json_object_set_new(body, "face", compared);
    }
    enum jumin_error error = exchange_post_json(exchange, url, NULL, body, &answer);
    json_decref(body);
    if (error == JUMIN_OK) {
        error = answer.status == 200 ? offer_parse(exchange, answer.json, offer)
                                     : exchange_refused(exchange, &answer, "the card's credential");
    }
    exchange_release(&answer);
    return error;
}

enum jumin_error jumin_wallet_tap(struct jumin_wallet *wallet, struct jumin_reader *reader,
                                  const char *issuer, const char *face, int64_t now)
{
    if (wallet == NULL || reader == NULL || issuer == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct wallet_exchange exchange = {.wallet = wallet, .now = now};
    struct jumin_pipe *pipe = NULL;
    struct offer offer = {.count = 0};
    char session[EXCHANGE_SESSION];
    detail_clear(&wallet->detail);
    enum jumin_error error = jumin_pipe_new(&pipe, reader, wallet->device.point, NULL, 0);
    if (error == JUMIN_OK) {
        error = bind_phone(&exchange, pipe, issuer, session);
    }
    if (error == JUMIN_OK && session[0] == '\0') {
        error = detail_set(&wallet->detail, JUMIN_ERROR_NOT_SUPPORTED,
                           "the phone is bound, and the server gives no credential for it");
    }
    jumin_pipe_free(pipe);
    if (error == JUMIN_OK) {
        error = ask_offer(&exchange, issuer, session, face, &offer);
    }
    if (error == JUMIN_OK) {
        error = provision_offer(&exchange, &offer, NULL);
    }
    crypto_wipe(&offer, sizeof offer);
    return error;
}
