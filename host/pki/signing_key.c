// A private key that signs, wherever it is: in memory, from a file under a passphrase, or in a token.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/signing_key.h"

#include "host/pki/private_key.h"
#include "host/token/token.h"

// --- Making --------------------------------------------------------------------------------------------------

// What the token says is its public key must verify what its private key signs.
static bool proves_itself(const struct signing_key *key, const struct crypto_random *random)
{
    uint8_t challenge[CRYPTO_HASH_MAX], signature[CRYPTO_SIGNATURE_MAX];
    const size_t n = crypto_hash_length(CRYPTO_SHA256);
    return random->fill(random->context, challenge, n) &&
           signing_key_sign(key, random, span_of(challenge, n), signature);
}

static enum jumin_error make_in_token(struct signing_key *key, const struct key_place *place,
                                      const char *what, enum crypto_curve curve,
                                      const struct crypto_random *random, struct detail *detail)
{
    uint8_t point[CRYPTO_POINT_MAX];
    if (place->tokens == NULL) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "keys in tokens are not opened here");
    }
    enum jumin_error error =
        token_ec_make(place->tokens, place->uri, what, curve, &key->token, point, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!crypto_ec_load_public(&key->key, curve, span_of(point, crypto_curve_point_length(curve)))) {
        error = detail_set(detail, JUMIN_ERROR_TOKEN, "the token made a public key that is none");
    } else if (!proves_itself(key, random)) {
        error = signing_key_failure(key, detail);
    }
    if (error != JUMIN_OK) {
        signing_key_discard(key);
    }
    return error;
}

enum jumin_error signing_key_make(struct signing_key *key, const struct key_place *place, const char *what,
                                  enum crypto_curve curve, const struct crypto_random *random,
                                  struct detail *detail)
{
    if (place->uri != NULL) {
        return make_in_token(key, place, what, curve, random, detail);
    }
    return crypto_ec_generate(&key->key, curve, random)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_CRYPTO, "a key cannot be made");
}

void signing_key_discard(struct signing_key *key)
{
    if (key->token != NULL) {
        token_key_destroy(key->token);
    }
    signing_key_release(key);
}

void signing_key_release(struct signing_key *key)
{
    crypto_ec_release(&key->key);
    token_key_free(key->token);
    key->token = NULL;
}

// --- Signing -------------------------------------------------------------------------------------------------

bool signing_key_sign(const struct signing_key *key, const struct crypto_random *random, struct span digest,
                      uint8_t *signature)
{
    if (key->token == NULL) {
        return crypto_ecdsa_sign(&key->key, random, digest, signature);
    }
    const size_t n = 2 * crypto_curve_length(crypto_ec_curve(&key->key));
    if (token_ec_sign(key->token, digest, signature, n) != JUMIN_OK) {
        return false;
    }
    if (!crypto_ecdsa_verify(&key->key, digest, span_of(signature, n))) {
        crypto_wipe(signature, n);
        token_key_fail(key->token, "its signature is wrong, or made by another key of the same name");
        return false;
    }
    return true;
}

enum jumin_error signing_key_failure(const struct signing_key *key, struct detail *detail)
{
    if (key->token != NULL) {
        token_key_detail(key->token, detail);
        return detail->text[0] != '\0' ? JUMIN_ERROR_TOKEN
                                       : detail_set(detail, JUMIN_ERROR_CRYPTO, "cannot be signed");
    }
    uint8_t secret[CRYPTO_FIELD_MAX];
    const bool here = crypto_ec_secret(&key->key, secret);
    crypto_wipe(secret, sizeof secret);
    return here ? detail_set(detail, JUMIN_ERROR_CRYPTO, "cannot be signed")
                : detail_set(detail, JUMIN_ERROR_TOKEN,
                             "its private key is in a token that was not there when the keys were loaded");
}

// --- Files ---------------------------------------------------------------------------------------------------

bool signing_key_put(const struct signing_key *key, struct span passphrase,
                     const struct crypto_random *random, struct writer *text)
{
    if (key->token != NULL) {
        const char *uri = token_key_uri(key->token);
        writer_put(text, span_of(uri, strlen(uri)));
        writer_put_u8(text, '\n');
        return !text->overflow;
    }
    return private_key_put_text(&key->key, passphrase, random, text);
}

static enum jumin_error take_from_token(struct signing_key *key, struct span text,
                                        struct jumin_tokens *tokens, struct detail *detail)
{
    char uri[TOKEN_URI_MAX] = "";
    uint8_t point[CRYPTO_POINT_MAX];
    enum crypto_curve curve;
    if (tokens == NULL) {
        return detail_set(
            detail, JUMIN_ERROR_ARGUMENT,
            "the key is in a token, which is not opened here: its PIN opens the key, no passphrase "
            "and no shares");
    }
    while (text.n > 0 && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r')) {
        text.n--;
    }
    if (text.n >= sizeof uri) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "the key's URI is too long");
    }
    memcpy(uri, text.p, text.n);
    const enum jumin_error error = token_ec_open(tokens, uri, &key->token, &curve, point, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!crypto_ec_load_public(&key->key, curve, span_of(point, crypto_curve_point_length(curve)))) {
        signing_key_release(key);
        return detail_set(detail, JUMIN_ERROR_TOKEN, "the token's public key is none");
    }
    return JUMIN_OK;
}

enum jumin_error signing_key_take(struct signing_key *key, struct span text, struct span passphrase,
                                  struct jumin_tokens *tokens, const struct crypto_random *random,
                                  struct detail *detail)
{
    if (token_is_uri(text)) {
        return take_from_token(key, text, tokens, detail);
    }
    return private_key_take_text(text, passphrase, random, &key->key)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_INPUT, "wrong passphrase, or a damaged file");
}
