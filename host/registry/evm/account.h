// An account of the chain: a key on secp256k1 (libsecp256k1, which nothing else knows), its address, and
// signatures out of which the key can be recovered.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_EVM_ACCOUNT_H
#define JUMIN_HOST_REGISTRY_EVM_ACCOUNT_H

#include "card/crypto/crypto.h"

enum { EVM_ADDRESS = 20, EVM_SECRET = 32, EVM_SIGNATURE = 64 };

struct evm_account {
    uint8_t secret[EVM_SECRET]; // wiped by evm_account_release
    uint8_t address[EVM_ADDRESS];
};

// False: no key of the curve.
bool evm_account_load(struct evm_account *account, const uint8_t secret[EVM_SECRET],
                      const struct crypto_random *random);
void evm_account_release(struct evm_account *account);
// r || s with the lower s (EIP-2), and the recovery identifier, 0 or 1; deterministic (RFC 6979).
bool evm_account_sign(const struct evm_account *account, const struct crypto_random *random,
                      const uint8_t digest[32], uint8_t signature[EVM_SIGNATURE], uint8_t *recovery);

#endif
