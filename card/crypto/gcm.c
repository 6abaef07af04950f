// AES-GCM (SP 800-38D): what is checked and wiped whatever the provider.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/gcm.h"

static bool arguments_fit(const struct gcm_arguments *given)
{
    const size_t key = given->key.n;
    return (key == 16 || key == 24 || key == 32) && given->length <= CRYPTO_GCM_MAX &&
           given->additional.n <= CRYPTO_GCM_MAX;
}

bool crypto_gcm_seal(struct span key, const uint8_t nonce[CRYPTO_GCM_NONCE], struct span additional,
                     struct span plain, uint8_t *sealed)
{
    const struct gcm_arguments given = {key, nonce, additional, plain.n};
    if (!arguments_fit(&given)) {
        return false;
    }
    const bool ok = gcm_seal(&given, plain.p, sealed, sealed + plain.n);
    if (!ok) {
        crypto_wipe(sealed, plain.n + CRYPTO_GCM_TAG);
    }
    return ok;
}

bool crypto_gcm_open(struct span key, const uint8_t nonce[CRYPTO_GCM_NONCE], struct span additional,
                     struct span sealed, uint8_t *plain)
{
    if (sealed.n < CRYPTO_GCM_TAG) {
        return false;
    }
    const struct gcm_arguments given = {key, nonce, additional, sealed.n - CRYPTO_GCM_TAG};
    if (!arguments_fit(&given)) {
        return false;
    }
    const bool ok = gcm_open(&given, sealed.p, sealed.p + given.length, plain);
    if (!ok) {
        crypto_wipe(plain, given.length);
    }
    return ok;
}
