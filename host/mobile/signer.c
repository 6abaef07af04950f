// A signer whose key is in memory.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/signer.h"

static bool sign_with_key(void *context, const uint8_t digest[SIGNER_DIGEST],
                          uint8_t signature[SIGNER_SIGNATURE])
{
    const struct crypto_random random = crypto_system_random();
    return crypto_ecdsa_sign(context, &random, span_of(digest, SIGNER_DIGEST), signature);
}

static bool agree_with_key(void *context, struct span point, uint8_t shared[SIGNER_SHARED])
{
    const struct crypto_random random = crypto_system_random();
    return crypto_ecdh(context, &random, point, shared);
}

bool signer_of_key(struct crypto_ec_key *key, struct signer *signer)
{
    *signer = (struct signer){.sign = sign_with_key, .agree = agree_with_key, .context = key};
    return crypto_ec_curve(key) == CRYPTO_P256 && crypto_ec_public(key, signer->point);
}
