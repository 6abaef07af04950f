// AES-GCM by mbedTLS.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/gcm.h"

#include <mbedtls/gcm.h>

bool gcm_seal(const struct gcm_arguments *given, const uint8_t *plain, uint8_t *sealed, uint8_t *tag)
{
    mbedtls_gcm_context context;
    mbedtls_gcm_init(&context);
    const bool ok =
        mbedtls_gcm_setkey(&context, MBEDTLS_CIPHER_ID_AES, given->key.p, (unsigned)given->key.n * 8) == 0 &&
        mbedtls_gcm_crypt_and_tag(&context, MBEDTLS_GCM_ENCRYPT, given->length, given->nonce,
                                  CRYPTO_GCM_NONCE, given->additional.p, given->additional.n, plain, sealed,
                                  CRYPTO_GCM_TAG, tag) == 0;
    mbedtls_gcm_free(&context); // wipes
    return ok;
}

bool gcm_open(const struct gcm_arguments *given, const uint8_t *sealed, const uint8_t *tag, uint8_t *plain)
{
    mbedtls_gcm_context context;
    mbedtls_gcm_init(&context);
    const bool ok =
        mbedtls_gcm_setkey(&context, MBEDTLS_CIPHER_ID_AES, given->key.p, (unsigned)given->key.n * 8) == 0 &&
        mbedtls_gcm_auth_decrypt(&context, given->length, given->nonce, CRYPTO_GCM_NONCE, given->additional.p,
                                 given->additional.n, tag, CRYPTO_GCM_TAG, sealed, plain) == 0;
    mbedtls_gcm_free(&context);
    return ok;
}
