// What a struct crypto_ec_key of this provider holds.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_MBEDTLS_EC_KEY_H
#define JUMIN_CARD_CRYPTO_MBEDTLS_EC_KEY_H

#include "card/crypto/crypto.h"

enum ec_key_content {
    EC_KEY_NONE, // released
    EC_KEY_PUBLIC,
    EC_KEY_PAIR,
};

// Plain bytes, checked once: a key at rest takes no heap, and wiping the struct wipes all of it.
struct ec_key {
    uint8_t content; // enum ec_key_content
    uint8_t curve;   // enum crypto_curve
    uint8_t secret[CRYPTO_FIELD_MAX];
    uint8_t point[CRYPTO_POINT_MAX];
} __attribute__((may_alias));

#endif
