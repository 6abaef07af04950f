// No tables: mbedTLS verifies with its own.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"

bool crypto_ec_prepare(struct crypto_ec_key *key)
{
    return crypto_ec_curve(key) != CRYPTO_CURVE_COUNT;
}
