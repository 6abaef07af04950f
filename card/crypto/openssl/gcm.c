// AES-GCM by OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/gcm.h"
#include "card/crypto/openssl/errors.h"

#include <openssl/evp.h>

static const EVP_CIPHER *cipher_of(size_t key_length)
{
    switch (key_length) {
    case 16:
        return EVP_aes_128_gcm();
    case 24:
        return EVP_aes_192_gcm();
    default:
        return EVP_aes_256_gcm();
    }
}

// Everything but the tag.
static bool run(EVP_CIPHER_CTX *context, const struct gcm_arguments *given, int encrypt, const uint8_t *in,
                uint8_t *out)
{
    int written = 0;
    return context != NULL &&
           EVP_CipherInit_ex2(context, cipher_of(given->key.n), given->key.p, given->nonce, encrypt, NULL) ==
               1 &&
           (given->additional.n == 0 ||
            EVP_CipherUpdate(context, NULL, &written, given->additional.p, (int)given->additional.n) == 1) &&
           (given->length == 0 || EVP_CipherUpdate(context, out, &written, in, (int)given->length) == 1);
}

bool gcm_seal(const struct gcm_arguments *given, const uint8_t *plain, uint8_t *sealed, uint8_t *tag)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t nothing[CRYPTO_BLOCK];
    int written = 0;
    const bool ok = run(context, given, 1, plain, sealed) &&
                    EVP_CipherFinal_ex(context, nothing, &written) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CRYPTO_GCM_TAG, tag) == 1;
    EVP_CIPHER_CTX_free(context); // wipes
    return errors_forgotten(ok);
}

bool gcm_open(const struct gcm_arguments *given, const uint8_t *sealed, const uint8_t *tag, uint8_t *plain)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t nothing[CRYPTO_BLOCK], expected[CRYPTO_GCM_TAG];
    int written = 0;
    memcpy(expected, tag, sizeof expected);
    const bool ok = run(context, given, 0, sealed, plain) &&
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CRYPTO_GCM_TAG, expected) == 1 &&
                    EVP_CipherFinal_ex(context, nothing, &written) == 1;
    EVP_CIPHER_CTX_free(context);
    return errors_forgotten(ok);
}
