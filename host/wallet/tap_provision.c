// A tap: the phone is bound to the card before it (<jumin/binding.h>), and the credential follows.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/provision.h"

#include "host/mobile/face_result.h"

#include <stdio.h>

enum { STATUS_OK = 200, STATUS_FORBIDDEN = 403, FACE_RESULT = 2048 };

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
    if (answer->status != STATUS_OK) {
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

// --- The face ----------------------------------------------------------------------------------------------------

// Answered with 403 and "face_required".
static bool wants_face(const struct exchange_answer *answer)
{
    return answer->status == STATUS_FORBIDDEN && strcmp(exchange_error(answer), "face_required") == 0;
}

static enum jumin_error post_session(struct wallet_exchange *exchange, const char *issuer, const char *path,
                                     const char *session, const char *face, struct exchange_answer *answer)
{
    char url[WALLET_URL];
    json_t *body = json_pack("{s:s, s:s*}", "session", session, "face", face);
    const enum jumin_error error =
        url_of(issuer, path, url) ? exchange_post_json(exchange, url, NULL, body, answer) : JUMIN_ERROR_INPUT;
    json_decref(body);
    return error;
}

// What the program that compares says of the portrait, which is wiped with the answer.
static enum jumin_error compare(struct wallet_exchange *exchange, const char *issuer, const char *session,
                                const struct jumin_wallet_tap_options *options,
                                struct jumin_wallet_likeness *likeness)
{
    struct detail *detail = &exchange->wallet->detail;
    struct exchange_answer answer = {.status = 0};
    enum jumin_error error = post_session(exchange, issuer, "/portrait", session, NULL, &answer);
    if (error == JUMIN_OK && answer.status != STATUS_OK) {
        error = exchange_refused(exchange, &answer, "the portrait");
    } else if (error == JUMIN_OK && (!http_media_type_is(answer.type, "image/jpeg") || answer.n == 0)) {
        error = detail_set(detail, JUMIN_ERROR_MALFORMED, "the server's portrait is none");
    } else if (error == JUMIN_OK) {
        error = options->compare(options->context, answer.body, answer.n, likeness);
        likeness->why[sizeof likeness->why - 1] = '\0';
        error = error == JUMIN_OK && likeness->score > FACE_SCORE_MAX ? JUMIN_ERROR_MALFORMED : error;
        if (error != JUMIN_OK) {
            (void)detail_set(detail, error, "the face was not compared: %s",
                             likeness->why[0] != '\0' ? likeness->why : jumin_error_text(error));
        }
    }
    exchange_release(&answer);
    return error;
}

// `face` receives the result, signed for this binding with the device key.
static enum jumin_error compare_face(struct wallet_exchange *exchange, const char *issuer,
                                     const char *session, const struct jumin_wallet_tap_options *options,
                                     char face[FACE_RESULT])
{
    struct jumin_wallet *wallet = exchange->wallet;
    struct jumin_wallet_likeness likeness = {.score = 0};
    struct wallet_signer context;
    const struct signer signer = wallet_signer_of(&context, wallet, &wallet->device);
    struct writer w = writer_of(face, FACE_RESULT - 1);
    if (options == NULL || options->compare == NULL) {
        return detail_set(
            &wallet->detail, JUMIN_ERROR_NOT_SUPPORTED,
            "the issuer wants the holder's face compared, and no program is there that compares");
    }
    enum jumin_error error = compare(exchange, issuer, session, options, &likeness);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!likeness.live) {
        return detail_set(&wallet->detail, JUMIN_ERROR_RULES, "the picture is not of a living face");
    }
    const struct face_result result = {session, likeness.score, likeness.live, exchange->now};
    error = face_result_make(&signer, &result, &w);
    face[w.n] = '\0';
    return error == JUMIN_OK ? JUMIN_OK : detail_set(&wallet->detail, error, "the device key does not sign");
}

// --- The offer ---------------------------------------------------------------------------------------------------

static bool is_issuers(const char *issuer, const struct offer *offer)
{
    char url[WALLET_URL];
    return url_of(issuer, "", url) && strcmp(url, offer->issuer) == 0;
}

static enum jumin_error take_offer(struct wallet_exchange *exchange, const char *issuer,
                                   const struct exchange_answer *answer, struct offer *offer)
{
    if (answer->status != STATUS_OK) {
        const enum jumin_error error = exchange_refused(exchange, answer, "the card's credential");
        return wants_face(answer) ? JUMIN_ERROR_RULES : error; // not alike enough
    }
    const enum jumin_error error = offer_parse(exchange, answer->json, offer);
    // The PIN was given for this issuer: a credential of another one is none that was asked for.
    return error != JUMIN_OK || is_issuers(issuer, offer)
               ? error
               : detail_set(&exchange->wallet->detail, JUMIN_ERROR_MALFORMED,
                            "the server offers a credential of another issuer, %.100s", offer->issuer);
}

static enum jumin_error ask_offer(struct wallet_exchange *exchange, const char *issuer, const char *session,
                                  const struct jumin_wallet_tap_options *options, struct offer *offer)
{
    struct exchange_answer answer = {.status = 0};
    char face[FACE_RESULT];
    enum jumin_error error = post_session(exchange, issuer, "/provision", session, NULL, &answer);
    if (error == JUMIN_OK && wants_face(&answer)) {
        exchange_release(&answer);
        error = compare_face(exchange, issuer, session, options, face);
        if (error == JUMIN_OK) {
            error = post_session(exchange, issuer, "/provision", session, face, &answer);
        }
    }
    if (error == JUMIN_OK) {
        error = take_offer(exchange, issuer, &answer, offer);
    }
    exchange_release(&answer);
    return error;
}

enum jumin_error jumin_wallet_tap(struct jumin_wallet *wallet, struct jumin_reader *reader,
                                  const char *issuer, const struct jumin_wallet_tap_options *options,
                                  int64_t now)
{
    if (wallet == NULL || reader == NULL || issuer == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const char *attestation = options != NULL ? options->attestation : NULL;
    struct wallet_exchange exchange = {.wallet = wallet, .now = now};
    struct jumin_pipe *pipe = NULL;
    struct offer offer = {.count = 0};
    char session[EXCHANGE_SESSION];
    detail_clear(&wallet->detail);
    enum jumin_error error = jumin_pipe_new(&pipe, reader, wallet->device.point, (const uint8_t *)attestation,
                                            attestation != NULL ? strlen(attestation) : 0);
    if (error == JUMIN_OK) {
        error = bind_phone(&exchange, pipe, issuer, session);
    }
    if (error == JUMIN_OK && session[0] == '\0') {
        error = detail_set(&wallet->detail, JUMIN_ERROR_NOT_SUPPORTED,
                           "the phone is bound, and the server gives no credential for it");
    }
    jumin_pipe_free(pipe);
    if (error == JUMIN_OK) {
        error = ask_offer(&exchange, issuer, session, options, &offer);
    }
    if (error == JUMIN_OK) {
        error = provision_offer(&exchange, &offer, NULL);
    }
    crypto_wipe(&offer, sizeof offer);
    return error;
}
