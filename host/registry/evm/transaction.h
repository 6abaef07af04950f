// Transactions of an EVM chain, signed: the old form with the chain's number in it (EIP-155), which
// consortium chains without fees take, and the one of EIP-1559.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_EVM_TRANSACTION_H
#define JUMIN_HOST_REGISTRY_EVM_TRANSACTION_H

#include "host/registry/evm/account.h"

struct evm_transaction {
    uint64_t chain_id, nonce, gas;
    bool dynamic_fee;                // EIP-1559
    uint64_t gas_price;              // the old form: wei a unit of gas
    uint64_t fee_most, priority_fee; // EIP-1559, wei
    const uint8_t *to;               // EVM_ADDRESS bytes; NULL: makes a contract
    uint64_t value;                  // wei
    struct span data;
};

// Appends the bytes of eth_sendRawTransaction; their Keccak-256 is the transaction's hash. `scratch` holds as
// much. False: no room, or the key failed.
bool evm_transaction_sign(const struct evm_transaction *transaction, const struct evm_account *account,
                          const struct crypto_random *random, struct writer *scratch, struct writer *out);

#endif
