// What a struct crypto_ec_key of this provider holds.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_OPENSSL_EC_KEY_H
#define JUMIN_CARD_CRYPTO_OPENSSL_EC_KEY_H

#include "card/crypto/crypto.h"

#include <openssl/ec.h>
#include <openssl/evp.h>

struct ec_key {
    const EC_GROUP *group; // null when released
    BIGNUM *secret;        // null in a public key
    EVP_PKEY_CTX *signing; // null in a public key: a signature's beginning, which each one copies
    EC_POINT *public;
    EC_GROUP *prepared; // the curve with `public` as its generator, and tables; null: none
    enum crypto_curve curve;
    uint8_t point[CRYPTO_POINT_MAX];
} __attribute__((may_alias));

#endif
