// Key derivation of TR-03110-3 §A.2.3 and 9303-11 §9.7.1.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/kdf.h"

size_t suite_key_length(enum secure_messaging_suite suite)
{
    switch (suite) {
    case SUITE_AES_CBC_CMAC_128:
    case SUITE_ARIA_CBC_CMAC_128:
        return 16;
    case SUITE_AES_CBC_CMAC_192:
        return 24;
    case SUITE_AES_CBC_CMAC_256:
    case SUITE_ARIA_CBC_CMAC_256:
        return 32;
    case SUITE_3DES_CBC_CBC:
        break;
    }
    return 0;
}

enum crypto_cipher suite_cipher(enum secure_messaging_suite suite)
{
    return suite == SUITE_ARIA_CBC_CMAC_128 || suite == SUITE_ARIA_CBC_CMAC_256 ? CRYPTO_ARIA : CRYPTO_AES;
}

enum crypto_hash suite_hash(enum secure_messaging_suite suite)
{
    return suite == SUITE_AES_CBC_CMAC_128 ? CRYPTO_SHA1 : CRYPTO_SHA256;
}

bool kdf_derive(enum secure_messaging_suite suite, struct span secret, struct span nonce,
                enum kdf_counter counter, uint8_t *key)
{
    const size_t n = suite_key_length(suite);
    if (n == 0) {
        return false;
    }
    const uint8_t counter_bytes[4] = {0, 0, 0, (uint8_t)counter};
    const struct span parts[] = {secret, nonce, span_of(counter_bytes, sizeof counter_bytes)};
    uint8_t digest[CRYPTO_HASH_MAX];
    const bool derived = crypto_hash_parts(suite_hash(suite), parts, sizeof parts / sizeof parts[0], digest);
    if (derived) {
        memcpy(key, digest, n);
    } else {
        crypto_wipe(key, n);
    }
    crypto_wipe(digest, sizeof digest);
    return derived;
}

bool mrz_password(struct span mrz_information, uint8_t password[MRZ_PASSWORD_LENGTH])
{
    return crypto_hash_parts(CRYPTO_SHA1, &mrz_information, 1, password);
}
