// What a wallet gets and gives: the request object, and the answer (OpenID4VP 1.0 §5.10, §8.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/remote_internal.h"

#include <stdio.h>

static enum jumin_error none(struct detail *detail)
{
    return detail_set(detail, JUMIN_ERROR_NO_SUCH_FILE,
                      "There is no such request, or no longer: it has expired, or was answered.");
}

// --- Request object ------------------------------------------------------------------------------------------

static enum jumin_error make_object(const struct remote_verifier *verifier,
                                    const struct remote_request *request, const char *wallet_nonce,
                                    struct writer *out)
{
    char response_uri[VP_TEXT_MAX];
    struct vp_request_order order = {
        .signer = &verifier->signer,
        .chain = verifier->options.chain,
        .chain_count = verifier->options.chain_count,
        .client_id = verifier->client_id,
        .nonce = request->nonce,
        .state = request->answer_state,
        .response_uri = response_uri,
        .query = request->query.json,
        .issued = request->issued,
        .expires = request->expires,
        .key_id = request->key_id,
        .wallet_nonce = wallet_nonce,
    };
    memcpy(order.recipient, request->signer.point, SIGNER_POINT);
    remote_response_uri(verifier, request, response_uri);
    return vp_request_make(&order, out);
}

enum jumin_error remote_object(struct remote_verifier *verifier, const char *id, const char *wallet_nonce,
                               int64_t now, struct writer *out, struct detail *detail)
{
    (void)pthread_mutex_lock(&verifier->lock);
    const struct remote_request *request = remote_find(verifier, id, now);
    const enum jumin_error error =
        request == NULL ? none(detail) : make_object(verifier, request, wallet_nonce, out);
    (void)pthread_mutex_unlock(&verifier->lock);
    return error;
}

enum jumin_error remote_wanted(struct remote_verifier *verifier, const char *id, int64_t now,
                               struct detail *detail)
{
    (void)pthread_mutex_lock(&verifier->lock);
    const bool found = remote_find(verifier, id, now) != NULL;
    (void)pthread_mutex_unlock(&verifier->lock);
    return found ? JUMIN_OK : none(detail);
}

// --- Answer --------------------------------------------------------------------------------------------------

// What became of an answer. The verdict is a reference of its own.
struct outcome {
    enum jumin_remote_state state;
    enum jumin_error error;
    struct detail detail;
    json_t *verdict;
};

static enum jumin_error judge(struct remote_verifier *verifier, const struct remote_request *request,
                              const struct vp_response *response, int64_t now, struct outcome *outcome,
                              struct detail *detail)
{
    char response_uri[VP_TEXT_MAX];
    const struct vp_session session = {verifier->client_id, request->nonce, response_uri,
                                       request->thumbprint};
    const struct remote_answer answer = {.session = &session,
                                         .key = &request->signer,
                                         .purpose = request->purpose,
                                         .presentations = response->presentations,
                                         .count = response->count,
                                         .now = now};
    const struct remote_judge *judge = &verifier->options.judge;
    remote_response_uri(verifier, request, response_uri);
    if (!judging_enter(&verifier->judging)) {
        return detail_set(detail, JUMIN_ERROR_RULES,
                          "Status lists are being fetched, and others wait: answer again in a moment.");
    }
    outcome->error = judge->judge(judge->context, &answer, &outcome->verdict, &outcome->detail);
    judging_leave(&verifier->judging);
    outcome->state = outcome->error == JUMIN_OK ? JUMIN_REMOTE_GOOD : JUMIN_REMOTE_FAILED;
    return JUMIN_OK;
}

static enum jumin_error take_answer(struct remote_verifier *verifier, const struct remote_request *request,
                                    const struct vp_response *response, int64_t now, struct outcome *outcome,
                                    struct detail *detail)
{
    if (response->error[0] == '\0') {
        return judge(verifier, request, response, now, outcome, detail);
    }
    outcome->state = JUMIN_REMOTE_REFUSED;
    outcome->error = detail_set(&outcome->detail, JUMIN_ERROR_ACCESS_DENIED, "The wallet shows nothing: %s.",
                                response->error);
    return JUMIN_OK;
}

static void put_next(const struct remote_verifier *verifier, const struct remote_request *request,
                     char next[VP_TEXT_MAX])
{
    const char *uri = verifier->redirect_uri;
    if (uri != NULL) {
        (void)snprintf(next, VP_TEXT_MAX, "%s%cresponse_code=%s", uri, strchr(uri, '?') != NULL ? '&' : '?',
                       request->response_code);
    }
}

// All of it at once: who asks meanwhile hears that it is being judged, and nothing else.
static void conclude(struct remote_verifier *verifier, struct remote_request *request,
                     const struct outcome *outcome, char next[VP_TEXT_MAX])
{
    (void)pthread_mutex_lock(&verifier->lock);
    if (next != NULL && outcome->state != JUMIN_REMOTE_OPEN) {
        put_next(verifier, request, next);
    }
    request->state = outcome->state;
    request->error = outcome->error;
    request->detail = outcome->detail;
    request->verdict = outcome->verdict;
    verifier->ended[outcome->state] += outcome->state != JUMIN_REMOTE_OPEN ? 1 : 0;
    (void)pthread_mutex_unlock(&verifier->lock);
}

enum jumin_error remote_answered(struct remote_verifier *verifier, const char *id, struct span form,
                                 int64_t now, char next[VP_TEXT_MAX], struct detail *detail)
{
    struct vp_response response;
    struct outcome outcome = {.state = JUMIN_REMOTE_OPEN};
    if (next != NULL) {
        next[0] = '\0';
    }
    (void)pthread_mutex_lock(&verifier->lock);
    struct remote_request *request = remote_find(verifier, id, now);
    if (request != NULL) {
        request->state = JUMIN_REMOTE_JUDGING;
    }
    (void)pthread_mutex_unlock(&verifier->lock);
    if (request == NULL) {
        return none(detail);
    }
    // Until it is concluded nobody else changes it, nor gives it up.
    const struct vp_response_rules rules = {.key = &request->signer,
                                            .key_id = request->key_id,
                                            .state = request->answer_state,
                                            .query = &request->query};
    enum jumin_error error = vp_response_open(form, &rules, &response, detail);
    if (error == JUMIN_OK) {
        error = take_answer(verifier, request, &response, now, &outcome, detail);
        vp_response_release(&response);
    }
    conclude(verifier, request, &outcome, next);
    return error;
}
