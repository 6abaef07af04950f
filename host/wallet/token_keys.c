// A wallet's keys in a token (PKCS#11): made there, and known by their identifiers.
// SPDX-License-Identifier: Apache-2.0
#include "host/token/token.h"
#include "host/wallet/wallet_internal.h"

#include <stdlib.h>

static enum jumin_error make(void *context, uint8_t handle[JUMIN_WALLET_KEY_HANDLE], size_t *n,
                             uint8_t key[JUMIN_DEVICE_KEY])
{
    struct jumin_wallet *wallet = context;
    struct token_key *made = NULL;
    uint8_t point[CRYPTO_POINT_MAX];
    const enum jumin_error error = token_ec_make(wallet->tokens, wallet->token_uri, "wallet", CRYPTO_P256,
                                                 &made, point, &wallet->keys_detail);
    if (error != JUMIN_OK) {
        return error;
    }
    const bool named = token_id_of_key(token_key_uri(made), handle, JUMIN_WALLET_KEY_HANDLE, n);
    if (named) {
        memcpy(key, point, JUMIN_DEVICE_KEY);
    } else {
        token_key_destroy(made);
    }
    token_key_free(made);
    return named ? JUMIN_OK : JUMIN_ERROR_TOKEN;
}

static struct token_key *open_key(struct jumin_wallet *wallet, struct span handle,
                                  uint8_t point[CRYPTO_POINT_MAX])
{
    char uri[TOKEN_URI_MAX];
    enum crypto_curve curve = CRYPTO_P256;
    struct token_key *key = NULL;
    return token_key_of_id(wallet->token_uri, handle, uri) &&
                   token_ec_open(wallet->tokens, uri, &key, &curve, point, &wallet->keys_detail) == JUMIN_OK
               ? key
               : NULL;
}

// What the token says is its public key must verify what its private key signs.
static bool verifies(const uint8_t point[CRYPTO_POINT_MAX], const uint8_t digest[SIGNER_DIGEST],
                     const uint8_t signature[SIGNER_SIGNATURE])
{
    struct crypto_ec_key key = {0};
    const bool ok =
        crypto_ec_load_public(&key, CRYPTO_P256, span_of(point, SIGNER_POINT)) &&
        crypto_ecdsa_verify(&key, span_of(digest, SIGNER_DIGEST), span_of(signature, SIGNER_SIGNATURE));
    crypto_ec_release(&key);
    return ok;
}

static bool sign(void *context, const uint8_t *handle, size_t n, const uint8_t digest[32],
                 uint8_t signature[64])
{
    struct jumin_wallet *wallet = context;
    uint8_t point[CRYPTO_POINT_MAX];
    struct token_key *key = open_key(wallet, span_of(handle, n), point);
    if (key == NULL) {
        return false;
    }
    bool ok = token_ec_sign(key, span_of(digest, SIGNER_DIGEST), signature, SIGNER_SIGNATURE) == JUMIN_OK;
    if (ok && !verifies(point, digest, signature)) {
        token_key_fail(key, "its signature is wrong, or made by another key of the same name");
        crypto_wipe(signature, SIGNER_SIGNATURE);
        ok = false;
    }
    if (!ok) {
        token_key_detail(key, &wallet->keys_detail);
    }
    token_key_free(key);
    return ok;
}

static void remove_key(void *context, const uint8_t *handle, size_t n)
{
    uint8_t point[CRYPTO_POINT_MAX];
    struct token_key *key = open_key(context, span_of(handle, n), point);
    if (key != NULL) {
        token_key_destroy(key);
    }
    token_key_free(key);
}

enum jumin_error wallet_use_token(struct jumin_wallet *wallet, const char *uri)
{
    char token[TOKEN_URI_MAX];
    if (wallet->tokens == NULL) {
        return detail_set(&wallet->detail, JUMIN_ERROR_TOKEN,
                          "the wallet's keys are in a token, which is not opened here");
    }
    if (!token_of_key(uri, token)) {
        return detail_set(&wallet->detail, JUMIN_ERROR_INPUT,
                          "that is no URI of a token with its module: pkcs11:token=LABEL?module-path=FILE");
    }
    wallet->token_uri = strdup(uri);
    // Such keys sign and do nothing else.
    wallet->keys =
        (struct jumin_wallet_keys){.make = make, .sign = sign, .remove = remove_key, .context = wallet};
    return wallet->token_uri != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}
