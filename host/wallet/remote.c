// A request over the network: got, and answered to (OpenID4VP 1.0 §5.10, §8.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/remote.h"

#include "host/mobile/base64url.h"
#include "host/wallet/disclosure_internal.h"
#include <stdlib.h>

enum {
    NONCE_BYTES = 16,
    NONCE_TEXT = 23,
    FORM_MAX = 1024, // wallet_nonce and wallet_metadata
    BUSY = 503,
    ANSWER_MAX = 16384, // bytes of a verifier's answer to an answer
};

static const char form_type[] = "application/x-www-form-urlencoded";

static enum jumin_error ask(struct jumin_wallet *wallet, const struct http_client_request *request,
                            struct http_client_answer *answer, struct detail *detail)
{
    return wallet->client.ask != NULL ? http_client_ask(&wallet->client, request, answer, detail)
                                      : detail_set(detail, JUMIN_ERROR_LINK, "The wallet has no network.");
}

// --- Getting it ----------------------------------------------------------------------------------------------

static bool make_nonce(char nonce[NONCE_TEXT])
{
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[NONCE_BYTES];
    struct writer w = writer_of(nonce, NONCE_TEXT);
    if (!random.fill(random.context, bytes, sizeof bytes)) {
        return false;
    }
    base64url_put(&w, span_of(bytes, sizeof bytes));
    writer_put_u8(&w, '\0');
    return !w.overflow;
}

// What this wallet can do (§10), with the nonce of this one request (§5.10).
static bool put_form(struct writer *form, const char *nonce)
{
    static const char metadata[] =
        "{\"vp_formats_supported\":{\"dc+sd-jwt\":{\"sd-jwt_alg_values\":[\"ES256\"],\"kb-jwt_alg_values\":"
        "[\"ES256\"]},\"mso_mdoc\":{\"issuerauth_alg_values\":[-7,-9],\"deviceauth_alg_values\":[-7]}},"
        "\"client_id_prefixes_supported\":[\"x509_hash\",\"x509_san_dns\"],"
        "\"request_object_signing_alg_values_supported\":[\"ES256\"]}";
    http_form_put(form, "wallet_nonce", nonce);
    http_form_put(form, "wallet_metadata", metadata);
    return !form->overflow;
}

// `nonce` is empty where it goes by GET.
static enum jumin_error fetch(struct jumin_wallet *wallet, const struct vp_link *link, const char *nonce,
                              struct wallet_remote *got, struct detail *detail)
{
    const struct http_header accept = {"Accept", VP_REQUEST_MEDIA_TYPE};
    struct http_client_answer answer = {0};
    uint8_t bytes[FORM_MAX];
    struct writer form = writer_of(bytes, sizeof bytes);
    if (link->post && !put_form(&form, nonce)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct http_client_request request = {
        .method = link->post ? "POST" : "GET",
        .url = link->request_uri,
        .type = link->post ? form_type : NULL,
        .headers = &accept,
        .header_count = 1,
        .body = writer_span(&form),
        .answer_max = VP_REQUEST_MAX,
    };
    enum jumin_error error = ask(wallet, &request, &answer, detail);
    if (error == JUMIN_OK && answer.status != 200) {
        error = detail_set(detail, JUMIN_ERROR_LINK, "The verifier does not give its request (HTTP %d).",
                           answer.status);
    } else if (error == JUMIN_OK &&
               !http_media_type_is(http_client_answer_type(&answer), VP_REQUEST_MEDIA_TYPE)) {
        error = detail_set(detail, JUMIN_ERROR_MALFORMED, "The verifier's answer is no request object.");
    } else if (error == JUMIN_OK) {
        got->text = (char *)answer.body; // has a zero byte behind it
        answer.body = NULL;
        answer.n = 0;
    }
    http_client_answer_release(&answer);
    return error;
}

static enum jumin_error get(struct jumin_wallet *wallet, struct vp_link *link, int64_t now,
                            struct wallet_remote *got, struct detail *detail)
{
    char nonce[NONCE_TEXT] = "";
    const struct vp_request_rules rules = {.client_id = link->client_id,
                                           .wallet_nonce = link->post ? nonce : NULL,
                                           .venues = wallet->trust.roots[TRUST_LIST_VENUES],
                                           .now = now};
    const char *why = disclosure_no_trust(wallet, now);
    enum jumin_error error = JUMIN_OK;
    if (why != NULL) {
        return detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN, "Who asks is not known: %s.", why);
    }
    if (link->post && !make_nonce(nonce)) {
        return JUMIN_ERROR_CRYPTO;
    }
    if (link->request != NULL) {
        got->text = link->request;
        link->request = NULL;
    } else {
        error = fetch(wallet, link, nonce, got, detail);
    }
    return error == JUMIN_OK
               ? vp_request_read(span_of(got->text, strlen(got->text)), &rules, &got->request, detail)
               : error;
}

enum jumin_error wallet_remote_get(struct jumin_wallet *wallet, const char *link, int64_t now,
                                   struct wallet_remote *got, struct detail *detail)
{
    struct vp_link parsed;
    memset(got, 0, sizeof *got);
    enum jumin_error error = vp_link_read(link, &parsed, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = get(wallet, &parsed, now, got, detail);
    vp_link_release(&parsed);
    if (error != JUMIN_OK) {
        wallet_remote_release(got);
    }
    return error;
}

void wallet_remote_release(struct wallet_remote *got)
{
    vp_request_release(&got->request);
    free(got->text);
    got->text = NULL;
}

// --- Answering to it -----------------------------------------------------------------------------------------

static void take_next(const struct http_client_answer *answer, char next[VP_TEXT_MAX])
{
    json_t *json = json_loadb((const char *)answer->body, answer->n, JSON_REJECT_DUPLICATES, NULL);
    const char *uri = jws_text(json, "redirect_uri");
    if (uri != NULL && strlen(uri) < VP_TEXT_MAX) {
        memcpy(next, uri, strlen(uri) + 1);
    }
    json_decref(json);
}

enum jumin_error wallet_remote_post(struct jumin_wallet *wallet, const struct vp_request *request,
                                    struct span form, char next[VP_TEXT_MAX], struct detail *detail)
{
    const struct http_client_request to_send = {.method = "POST",
                                                .url = request->response_uri,
                                                .type = form_type,
                                                .body = form,
                                                .answer_max = ANSWER_MAX};
    struct http_client_answer answer = {0};
    enum jumin_error error = ask(wallet, &to_send, &answer, detail);
    if (error == JUMIN_OK && answer.status != 200) {
        error = detail_set(detail, JUMIN_ERROR_STATUS,
                           answer.status == BUSY ? "The verifier is busy: answer again in a moment (HTTP %d)."
                                                 : "The verifier does not take the answer (HTTP %d).",
                           answer.status);
    }
    if (error == JUMIN_OK && next != NULL) {
        take_next(&answer, next);
    }
    http_client_answer_release(&answer);
    return error;
}
