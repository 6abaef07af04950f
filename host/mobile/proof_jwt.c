// A wallet's proof that it holds the key which a credential is to be bound to (OpenID4VCI 1.0 §F.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/attestation_jwt.h"

enum jumin_error proof_jwt_make(const struct proof_jwt_order *order, struct writer *out)
{
    const struct jws_header header = {
        .type = PROOF_JWT_TYPE, .with_key = true, .key_attestation = order->key_attestation};
    json_t *claims = json_pack("{ss,sI}", "aud", order->audience, "iat", (json_int_t)order->now);
    bool good = claims != NULL;
    if (order->nonce != NULL) {
        good = good && json_object_set_new(claims, "nonce", json_string(order->nonce)) == 0;
    }
    if (order->client_id != NULL) {
        good = good && json_object_set_new(claims, "iss", json_string(order->client_id)) == 0;
    }
    const enum jumin_error error =
        good ? jws_sign_claims(order->key, &header, claims, out) : JUMIN_ERROR_MEMORY;
    json_decref(claims);
    return error;
}

// A text, or a list of one.
static bool is_for(const json_t *claims, const char *audience)
{
    const json_t *aud = json_object_get(claims, "aud");
    const char *text = json_string_value(json_array_size(aud) == 1 ? json_array_get(aud, 0) : aud);
    return text != NULL && strcmp(text, audience) == 0;
}

// Both absent, or the same text.
static bool is_client(const json_t *claims, const char *client_id)
{
    const char *iss = jws_text(claims, "iss");
    if (client_id == NULL) {
        return json_object_get(claims, "iss") == NULL;
    }
    return iss != NULL && strcmp(iss, client_id) == 0;
}

static enum jumin_error check_claims(const struct proof_jwt *proof, const struct proof_jwt_expected *expected,
                                     struct detail *detail)
{
    const json_t *claims = proof->jws.claims;
    if (!is_for(claims, expected->audience)) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE, "The proof is for another issuer (aud).");
    }
    if (!is_client(claims, expected->client_id)) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE,
                          expected->client_id == NULL ? "The proof names a client, and none is known (iss)."
                                                      : "The proof is of another client (iss).");
    }
    if (expected->nonce != NULL && (proof->nonce == NULL || strcmp(proof->nonce, expected->nonce) != 0)) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE, "The proof has another nonce.");
    }
    const enum jumin_error error =
        jws_check_fresh(claims, expected->now, expected->window, expected->leeway, detail);
    return error != JUMIN_OK ? error : jws_check_times(claims, expected->now, expected->leeway, detail);
}

enum jumin_error proof_jwt_check(struct span text, const struct proof_jwt_expected *expected,
                                 struct proof_jwt *proof, struct detail *detail)
{
    *proof = (struct proof_jwt){0};
    enum jumin_error error = jws_read_own_key(text, PROOF_JWT_TYPE, &proof->jws, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    memcpy(proof->key, proof->jws.key, sizeof proof->key);
    proof->nonce = jws_text(proof->jws.claims, "nonce");
    proof->key_attestation = jws_text(proof->jws.header, "key_attestation");
    if ((proof->nonce == NULL && json_object_get(proof->jws.claims, "nonce") != NULL) ||
        (proof->key_attestation == NULL && json_object_get(proof->jws.header, "key_attestation") != NULL)) {
        error = detail_set(detail, JUMIN_ERROR_MALFORMED, "The proof's nonce or key_attestation is no text.");
    } else {
        error = check_claims(proof, expected, detail);
    }
    if (error != JUMIN_OK) {
        proof_jwt_release(proof);
    }
    return error;
}

void proof_jwt_release(struct proof_jwt *proof)
{
    jws_release(&proof->jws);
    *proof = (struct proof_jwt){0};
}
