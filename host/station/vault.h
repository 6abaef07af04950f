// What keeps personal data from whoever reads the database.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_STATION_VAULT_H
#define JUMIN_HOST_STATION_VAULT_H

#include "card/crypto/crypto.h"

enum {
    VAULT_KEY = 32,
    VAULT_INDEX = 32,
    VAULT_OVERHEAD = CRYPTO_GCM_NONCE + CRYPTO_GCM_TAG,
};

// Keys made of one master key, each for one use.
struct vault {
    uint8_t record_key[VAULT_KEY], index_key[VAULT_KEY];
};

bool vault_open(struct vault *vault, const uint8_t master[VAULT_KEY]);
void vault_close(struct vault *vault);
// nonce || AES-256-GCM: VAULT_OVERHEAD bytes longer. `place` names table, column and row, so that nothing can
// be moved to another one.
bool vault_seal(const struct vault *vault, const struct crypto_random *random, struct span place,
                struct span plain, uint8_t *sealed);
// False: it was changed, or comes from another place. `plain` has VAULT_OVERHEAD bytes less than `sealed`.
bool vault_unseal(const struct vault *vault, struct span place, struct span sealed, uint8_t *plain);
// By what equal values are found: the same for the same value, and nobody else can make it.
bool vault_index(const struct vault *vault, struct span value, uint8_t index[VAULT_INDEX]);

#endif
