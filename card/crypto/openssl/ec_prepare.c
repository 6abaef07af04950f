// Tables for a public key that verifies much, by OpenSSL.
// SPDX-License-Identifier: Apache-2.0

// EC_GROUP_precompute_mult is deprecated without a successor.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "card/crypto/openssl/ec_key.h"
#include "card/crypto/openssl/errors.h"

bool crypto_ec_prepare(struct crypto_ec_key *key)
{
    struct ec_key *own = (struct ec_key *)key;
    if (own->public == NULL) {
        return false;
    }
    if (own->prepared != NULL || own->curve != CRYPTO_P256) {
        return true;
    }
    // OpenSSL has tables for a generator only.
    EC_GROUP *group = EC_GROUP_dup(own->group);
    if (group == NULL ||
        EC_GROUP_set_generator(group, own->public, EC_GROUP_get0_order(own->group),
                               EC_GROUP_get0_cofactor(own->group)) != 1 ||
        EC_GROUP_precompute_mult(group, NULL) != 1) {
        EC_GROUP_free(group);
        return errors_forgotten(false);
    }
    own->prepared = group;
    return true;
}
