// The registry on an EVM chain: a contract that keeps the same Merkle tree over the same entries as the log.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_EVM_CHAIN_H
#define JUMIN_HOST_REGISTRY_EVM_CHAIN_H

#include "host/registry/evm/account.h"
#include "host/registry/evm/rpc.h"
#include "host/registry/registry.h"

enum {
    CHAIN_BATCH = 32, // entries of one transaction
    CHAIN_HASH = 32,
    CHAIN_POLLS = 120, // how often a transaction's receipt is asked for, unless said otherwise
    CHAIN_POLL_MS = 250,
    CHAIN_GAS_MOST = 10000000, // units of one transaction, unless said otherwise
};
#define CHAIN_FEE_MOST UINT64_C(100000000000) // wei a unit of gas, unless said otherwise

struct evm_chain {
    struct rpc rpc;
    uint8_t contract[EVM_ADDRESS];
    struct evm_account account; // all zero: the chain is only read
    struct crypto_random random;
    uint64_t chain_id;                                   // which it must be (EIP-155); 0: any
    uint64_t gas_most, fee_most;                         // 0: CHAIN_GAS_MOST, CHAIN_FEE_MOST
    unsigned polls;                                      // 0: CHAIN_POLLS
    void (*pause)(void *context, unsigned milliseconds); // between them; NULL: the thread sleeps
    void *context;
};

struct evm_block {
    uint64_t number;
    uint8_t hash[CHAIN_HASH];
    int64_t at; // seconds since 1970, as the chain says
};

// `chain` as a registry; it must outlive it.
struct registry evm_chain_registry(struct evm_chain *chain);
// Which chain the node is of (EIP-155).
enum jumin_error evm_chain_number(struct evm_chain *chain, uint64_t *number, struct detail *detail);
// Puts the contract on the chain, owned by the account, and sets `contract`. JUMIN_ERROR_TIMEOUT: the chain
// has not taken it; JUMIN_ERROR_STATUS: it refuses, it is another chain, or more gas or a higher fee would be
// needed than may be paid.
enum jumin_error evm_chain_deploy(struct evm_chain *chain, struct detail *detail);
// As the registry's append, for up to CHAIN_BATCH entries in one transaction: all of them or none.
// JUMIN_ERROR_TIMEOUT: it is not known whether; the same again does no harm, and pays more where the chain
// has fees.
enum jumin_error evm_chain_append(struct evm_chain *chain, uint64_t index, const struct span *entries,
                                  size_t count, struct detail *detail);
// How many entries the contract has. JUMIN_ERROR_NOT_SUPPORTED: there is no such contract at that address.
enum jumin_error evm_chain_size(struct evm_chain *chain, uint64_t *size, struct detail *detail);
// The last block; the one of that number. JUMIN_ERROR_INPUT: there is none yet.
enum jumin_error evm_chain_last_block(struct evm_chain *chain, struct evm_block *block,
                                      struct detail *detail);
enum jumin_error evm_chain_block(struct evm_chain *chain, uint64_t number, struct evm_block *block,
                                 struct detail *detail);

#endif
