// What a request over the network would disclose, and what is shown when the holder approves (OpenID4VP 1.0
// App. B.2, B.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/remote.h"

#include "host/mobile/base64url.h"
#include <stdlib.h>

enum {
    AROUND = 4096,      // bytes of a presentation around what the issuer has made
    FORM_EXTRA = 4096,  // bytes of a form around the presentations
    REFUSAL_MAX = 1024, // of the form of a refusal
};

enum jumin_error wallet_remote_plan(struct jumin_wallet *wallet, const struct wallet_remote *got, int64_t now,
                                    struct disclosure_plan *plan, struct detail *detail)
{
    const struct jws *jws = &got->request.jws;
    struct x5chain chain = {0};
    for (size_t i = 0; i < jws->chain_count; i++) {
        (void)x5chain_add(&chain, jws->chain[i]); // they were counted when the request was read
    }
    return disclosure_of_dcql(wallet, got->request.query.json, &chain, now, plan, detail);
}

// --- Presentations -------------------------------------------------------------------------------------------

static enum jumin_error put_mdoc(const struct vp_session *session, struct disclosure_plan *plan,
                                 const struct disclosure_document *document, struct writer *out)
{
    uint8_t transcript[MDOC_TRANSCRIPT_MAX];
    struct writer to = writer_of(transcript, sizeof transcript);
    const size_t capacity = document->n + AROUND;
    struct writer response = writer_of(malloc(capacity), capacity);
    if (response.p == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    enum jumin_error error = JUMIN_ERROR_CRYPTO;
    if (vp_transcript(session, &to)) {
        error = disclosure_device_response(plan, document, writer_span(&to), span_of(NULL, 0), &response);
    }
    if (error == JUMIN_OK) {
        base64url_put(out, writer_span(&response));
    }
    crypto_wipe(response.p, response.n);
    free(response.p);
    return error;
}

enum jumin_error wallet_remote_put(const struct vp_session *session, struct disclosure_plan *plan,
                                   const struct disclosure_document *document, int64_t now,
                                   struct writer *out, struct detail *detail)
{
    const struct sd_jwt_binding binding = {
        .audience = session->client_id, .nonce = session->nonce, .now = now};
    const enum jumin_error error = document->format == JUMIN_WALLET_MDOC
                                       ? put_mdoc(session, plan, document, out)
                                       : disclosure_sd_jwt(plan, document, &binding, out, detail);
    return error == JUMIN_OK && out->overflow ? JUMIN_ERROR_TOO_LONG : error;
}

// --- Answer --------------------------------------------------------------------------------------------------

// All presentations one after the other in `texts`, which has room for them.
static enum jumin_error present(const struct vp_request *request, struct disclosure_plan *plan, int64_t now,
                                struct writer *texts,
                                struct vp_presentation presentations[DISCLOSURE_DOCUMENTS_MAX],
                                struct detail *detail)
{
    const struct vp_session session = vp_request_session(request);
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < plan->count && error == JUMIN_OK; i++) {
        const size_t start = texts->n;
        error = wallet_remote_put(&session, plan, &plan->documents[i], now, texts, detail);
        presentations[i].query = dcql_find(&request->query, plan->documents[i].query);
        presentations[i].text = span_from(writer_span(texts), start);
        if (presentations[i].query == NULL) {
            error = JUMIN_ERROR_ARGUMENT;
        }
    }
    return error;
}

static enum jumin_error show(struct jumin_wallet *wallet, const struct vp_request *request,
                             struct disclosure_plan *plan, int64_t now, struct writer *texts,
                             struct writer *form, char next[VP_TEXT_MAX], struct detail *detail)
{
    const struct crypto_random random = crypto_system_random();
    struct vp_presentation presentations[DISCLOSURE_DOCUMENTS_MAX];
    enum jumin_error error = present(request, plan, now, texts, presentations, detail);
    if (error == JUMIN_OK) {
        error = vp_response_make(request, presentations, plan->count, &random, form);
    }
    return error == JUMIN_OK ? wallet_remote_post(wallet, request, writer_span(form), next, detail) : error;
}

enum jumin_error wallet_remote_answer(struct jumin_wallet *wallet, const struct wallet_remote *got,
                                      struct disclosure_plan *plan, int64_t now, char next[VP_TEXT_MAX],
                                      struct detail *detail)
{
    size_t room = AROUND;
    if (next != NULL) {
        next[0] = '\0';
    }
    if (now >= got->request.expires + VP_LEEWAY) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "The request has expired meanwhile.");
    }
    enum jumin_error error = disclosure_take(wallet, plan, now, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    for (size_t i = 0; i < plan->count; i++) {
        room += 2 * (plan->documents[i].n + AROUND); // in base64url
    }
    const size_t form_room = 2 * room + FORM_EXTRA;
    struct writer texts = writer_of(malloc(room), room), form = writer_of(malloc(form_room), form_room);
    error = texts.p != NULL && form.p != NULL
                ? show(wallet, &got->request, plan, now, &texts, &form, next, detail)
                : JUMIN_ERROR_MEMORY;
    if (texts.p != NULL) {
        crypto_wipe(texts.p, texts.n);
    }
    free(texts.p);
    free(form.p);
    return error;
}

enum jumin_error wallet_remote_refuse(struct jumin_wallet *wallet, const struct wallet_remote *got,
                                      const struct disclosure_plan *plan, int64_t now, struct detail *detail)
{
    uint8_t bytes[REFUSAL_MAX];
    struct writer form = writer_of(bytes, sizeof bytes);
    const enum jumin_error error =
        disclosure_refuse(wallet, plan, now, plan->refused ? NULL : "the holder said no");
    if (error != JUMIN_OK) {
        return error;
    }
    vp_refusal_put(&form, "access_denied", got->request.state);
    return form.overflow ? JUMIN_ERROR_ARGUMENT
                         : wallet_remote_post(wallet, &got->request, writer_span(&form), NULL, detail);
}
