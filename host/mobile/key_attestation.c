// What a wallet's provider, or a key of the wallet, says about a wallet's keys (OpenID4VCI 1.0 App. D).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/attestation_jwt.h"

#include <stdlib.h>

// --- Making -------------------------------------------------------------------------------------------------

static bool add_new(json_t *claims, const char *name, json_t *value)
{
    return json_object_set_new(claims, name, value) == 0;
}

static bool add_keys(json_t *claims, const struct key_attestation_order *order)
{
    json_t *keys = json_array();
    for (size_t i = 0; i < order->key_count; i++) {
        (void)json_array_append_new(keys, jwk_make(order->keys[i]));
    }
    const bool whole = json_array_size(keys) == order->key_count;
    return add_new(claims, "attested_keys", keys) && whole;
}

enum jumin_error key_attestation_make(const struct key_attestation_order *order, struct writer *out)
{
    const struct jws_header header = {.type = KEY_ATTESTATION_TYPE,
                                      .chain = order->chain,
                                      .chain_count = order->chain_count,
                                      .with_key = order->chain == NULL};
    json_t *claims = json_pack("{sI}", "iat", (json_int_t)order->issued_at);
    bool good = claims != NULL && add_keys(claims, order);
    if (order->expires != 0) {
        good = good && add_new(claims, "exp", json_integer(order->expires));
    }
    if (order->key_storage != NULL) {
        good = good && add_new(claims, "key_storage", json_pack("[s]", order->key_storage));
    }
    if (order->user_authentication != NULL) {
        good = good && add_new(claims, "user_authentication", json_pack("[s]", order->user_authentication));
    }
    if (order->nonce != NULL) {
        good = good && add_new(claims, "nonce", json_string(order->nonce));
    }
    const enum jumin_error error =
        good ? jws_sign_claims(order->signer, &header, claims, out) : JUMIN_ERROR_MEMORY;
    json_decref(claims);
    return error;
}

// --- Reading ------------------------------------------------------------------------------------------------

// §D.1: how well keys are kept, or the person is asked; not there: not said.
static bool take_levels(const json_t *claims, const char *name, const char **levels, size_t *count)
{
    const json_t *list = json_object_get(claims, name);
    const size_t n = json_array_size(list);
    if (list == NULL) {
        return true;
    }
    if (n == 0 || n > KEY_ATTESTATION_LEVELS_MAX) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        levels[i] = json_string_value(json_array_get(list, i));
        if (levels[i] == NULL) {
            return false;
        }
    }
    *count = n;
    return true;
}

static enum jumin_error take_keys(struct key_attestation *attestation, struct detail *detail)
{
    const json_t *list = json_object_get(attestation->jws.claims, "attested_keys");
    const size_t count = json_array_size(list);
    if (count == 0 || count > KEY_ATTESTATION_KEYS_MAX) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The key attestation has no list of one to %d keys (attested_keys).",
                          KEY_ATTESTATION_KEYS_MAX);
    }
    attestation->keys = malloc(count * sizeof attestation->keys[0]);
    if (attestation->keys == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        uint8_t key[SIGNER_POINT];
        const enum jumin_error error = jwk_read(json_array_get(list, i), key, detail);
        if (error != JUMIN_OK) {
            return error;
        }
        if (key_attestation_has(attestation, key)) {
            return detail_set(detail, JUMIN_ERROR_MALFORMED, "The key attestation has a key twice.");
        }
        memcpy(attestation->keys[i], key, sizeof key);
        attestation->key_count++;
    }
    return JUMIN_OK;
}

static enum jumin_error take_claims(struct key_attestation *attestation, struct detail *detail)
{
    const json_t *claims = attestation->jws.claims;
    const struct jws *jws = &attestation->jws;
    if (jws->chain_count == 0 && (!jws->has_key || jws->key_id != NULL)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "The key attestation has neither a certificate (x5c) nor a key alone (jwk).");
    }
    if (!take_levels(claims, "key_storage", attestation->key_storage, &attestation->key_storage_count) ||
        !take_levels(claims, "user_authentication", attestation->user_authentication,
                     &attestation->user_authentication_count)) {
        return detail_set(
            detail, JUMIN_ERROR_MALFORMED,
            "The key attestation's levels are no lists of texts (key_storage, user_authentication).");
    }
    attestation->nonce = jws_text(claims, "nonce");
    if (json_object_get(claims, "nonce") != NULL && attestation->nonce == NULL) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The key attestation's nonce is no text.");
    }
    return take_keys(attestation, detail);
}

// Drafts before OpenID4VCI 1.0 wrote the type without its dash; wallets that do so are in use.
static enum jumin_error read_token(struct span text, struct jws *jws, struct detail *detail)
{
    struct detail unused;
    const enum jumin_error error = jws_read(text, KEY_ATTESTATION_TYPE, jws, detail);
    return error == JUMIN_ERROR_MALFORMED && jws_read(text, "keyattestation+jwt", jws, &unused) == JUMIN_OK
               ? JUMIN_OK
               : error;
}

enum jumin_error key_attestation_read(struct span text, struct key_attestation *attestation,
                                      struct detail *detail)
{
    *attestation = (struct key_attestation){0};
    enum jumin_error error = read_token(text, &attestation->jws, detail);
    if (error == JUMIN_OK) {
        error = take_claims(attestation, detail);
    }
    if (error != JUMIN_OK) {
        key_attestation_release(attestation);
    }
    return error;
}

void key_attestation_release(struct key_attestation *attestation)
{
    jws_release(&attestation->jws);
    free(attestation->keys);
    *attestation = (struct key_attestation){0};
}

// --- Checking -----------------------------------------------------------------------------------------------

enum jumin_error key_attestation_check(const struct key_attestation *attestation,
                                       const uint8_t signer[SIGNER_POINT], const char *nonce, int64_t now,
                                       int64_t leeway, struct detail *detail)
{
    const json_t *claims = attestation->jws.claims;
    enum jumin_error error = jws_verify(&attestation->jws, signer, detail);
    if (error == JUMIN_OK && json_object_get(claims, "iat") == NULL) {
        error = detail_set(detail, JUMIN_ERROR_MALFORMED,
                           "The key attestation does not say when it was made (iat).");
    }
    if (error == JUMIN_OK) {
        error = jws_check_times(claims, now, leeway, detail);
    }
    if (error == JUMIN_OK && nonce != NULL &&
        (attestation->nonce == NULL || strcmp(attestation->nonce, nonce) != 0)) {
        error = detail_set(detail, JUMIN_ERROR_SIGNATURE, "The key attestation has another nonce.");
    }
    return error;
}

bool key_attestation_ends(const struct key_attestation *attestation)
{
    return json_object_get(attestation->jws.claims, "exp") != NULL;
}

bool key_attestation_has(const struct key_attestation *attestation, const uint8_t key[SIGNER_POINT])
{
    for (size_t i = 0; i < attestation->key_count; i++) {
        if (memcmp(attestation->keys[i], key, SIGNER_POINT) == 0) {
            return true;
        }
    }
    return false;
}
