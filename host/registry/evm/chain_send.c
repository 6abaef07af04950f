// Writing to the registry's contract: one transaction at a time, for that chain alone, and never dearer than
// it may be.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/evm/abi.h"
#include "host/registry/evm/bytecode.h"
#include "host/registry/evm/chain_internal.h"
#include "host/registry/evm/keccak.h"
#include "host/registry/evm/transaction.h"

#include <stdlib.h>
#include <time.h>

enum { SEND_MAX = 65536 };

// A transaction on its way.
struct sending {
    struct evm_transaction transaction;
    bool waits; // an earlier one with this number does
};

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

// Chains whose blocks have a base fee take EIP-1559; without, nothing is paid. What takes the place of
// another one must pay more than that, in both numbers.
static enum jumin_error set_fees(struct evm_chain *chain, struct sending *sending, struct detail *detail)
{
    const uint64_t most = chain->fee_most > 0 ? chain->fee_most : CHAIN_FEE_MOST;
    struct evm_transaction *transaction = &sending->transaction;
    json_t *block = NULL;
    uint64_t base = 0, priority = 0;
    enum jumin_error error = evm_chain_ask_block(chain, json_string("latest"), &block, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    const json_t *fee = json_object_get(block, "baseFeePerGas");
    const bool good = fee == NULL || rpc_take_number(fee, &base);
    json_decref(block);
    if (!good) {
        return evm_chain_malformed(detail, "fee");
    }
    if (base == 0) {
        return JUMIN_OK;
    }
    if (base > most) {
        return detail_set(detail, JUMIN_ERROR_STATUS,
                          "the chain wants %llu wei a unit of gas, and at most %llu may be paid",
                          (unsigned long long)base, (unsigned long long)most);
    }
    error = evm_chain_ask_number(chain, "eth_maxPriorityFeePerGas", json_array(), &priority, detail);
    priority = least(priority, most);
    priority += sending->waits ? priority / 8 + 1 : 0;
    transaction->dynamic_fee = true;
    transaction->fee_most = sending->waits || base > most / 2 ? most : least(2 * base + priority, most);
    transaction->priority_fee = least(priority, transaction->fee_most);
    return error;
}

static json_t *from_to(const struct evm_chain *chain, const struct evm_transaction *transaction)
{
    json_t *json = json_pack("{s:o, s:o}", "from", rpc_bytes(span_of(chain->account.address, EVM_ADDRESS)),
                             "data", rpc_bytes(transaction->data));
    if (transaction->to != NULL) {
        (void)json_object_set_new(json, "to", rpc_bytes(span_of(transaction->to, EVM_ADDRESS)));
    }
    return json;
}

static enum jumin_error count_transactions(struct evm_chain *chain, const char *block, uint64_t *count,
                                           struct detail *detail)
{
    return evm_chain_ask_number(
        chain, "eth_getTransactionCount",
        json_pack("[o, s]", rpc_bytes(span_of(chain->account.address, EVM_ADDRESS)), block), count, detail);
}

// One at a time: behind one that waits, another one would only wait, too, and be refused in the end. It takes
// its place instead.
static enum jumin_error set_nonce(struct evm_chain *chain, struct sending *sending, struct detail *detail)
{
    uint64_t pending = 0;
    enum jumin_error error = count_transactions(chain, "latest", &sending->transaction.nonce, detail);
    error = error == JUMIN_OK ? count_transactions(chain, "pending", &pending, detail) : error;
    sending->waits = error == JUMIN_OK && pending > sending->transaction.nonce;
    return error;
}

// What it will take now, without what waits, and a fifth more: blocks that come before may make it dearer.
static enum jumin_error set_gas(struct evm_chain *chain, struct evm_transaction *transaction,
                                struct detail *detail)
{
    const uint64_t most = chain->gas_most > 0 ? chain->gas_most : CHAIN_GAS_MOST;
    const enum jumin_error error = evm_chain_ask_number(
        chain, "eth_estimateGas", json_pack("[o, s]", from_to(chain, transaction), "latest"),
        &transaction->gas, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (transaction->gas > most) {
        return detail_set(detail, JUMIN_ERROR_STATUS,
                          "the transaction takes %llu units of gas, and at most %llu may be used",
                          (unsigned long long)transaction->gas, (unsigned long long)most);
    }
    transaction->gas = least(transaction->gas + transaction->gas / 5, most);
    return JUMIN_OK;
}

// A signature for one chain must not be made because a node says that it is of another one.
static enum jumin_error set_chain(struct evm_chain *chain, struct evm_transaction *transaction,
                                  struct detail *detail)
{
    const enum jumin_error error = evm_chain_number(chain, &transaction->chain_id, detail);
    return error == JUMIN_OK && chain->chain_id != 0 && transaction->chain_id != chain->chain_id
               ? detail_set(detail, JUMIN_ERROR_STATUS, "the node is of chain %llu, and not of chain %llu",
                            (unsigned long long)transaction->chain_id, (unsigned long long)chain->chain_id)
               : error;
}

static enum jumin_error prepare(struct evm_chain *chain, struct sending *sending, struct detail *detail)
{
    enum jumin_error error = set_chain(chain, &sending->transaction, detail);
    error = error == JUMIN_OK ? set_nonce(chain, sending, detail) : error;
    error = error == JUMIN_OK ? set_gas(chain, &sending->transaction, detail) : error;
    return error == JUMIN_OK ? set_fees(chain, sending, detail) : error;
}

static void wait_a_moment(const struct evm_chain *chain)
{
    if (chain->pause != NULL) {
        chain->pause(chain->context, CHAIN_POLL_MS);
        return;
    }
    const struct timespec pause = {.tv_nsec = CHAIN_POLL_MS * 1000000L};
    (void)nanosleep(&pause, NULL);
}

// The receipt is null until a block has the transaction.
static enum jumin_error await(struct evm_chain *chain, const uint8_t hash[KECCAK_HASH], json_t **receipt,
                              struct detail *detail)
{
    const unsigned polls = chain->polls > 0 ? chain->polls : CHAIN_POLLS;
    for (unsigned i = 0; i < polls; i++) {
        const enum jumin_error error =
            rpc_call(&chain->rpc, "eth_getTransactionReceipt",
                     json_pack("[o]", rpc_bytes(span_of(hash, KECCAK_HASH))), receipt, detail);
        if (error != JUMIN_OK || json_is_object(*receipt)) {
            return error;
        }
        json_decref(*receipt);
        *receipt = NULL;
        wait_a_moment(chain);
    }
    return detail_set(detail, JUMIN_ERROR_TIMEOUT,
                      "the chain has not taken the transaction yet: it may be standing still");
}

static enum jumin_error send_raw(struct evm_chain *chain, const struct sending *sending, struct span raw,
                                 json_t **receipt, struct detail *detail)
{
    uint8_t hash[KECCAK_HASH], said[KECCAK_HASH];
    struct writer w = writer_of(said, sizeof said);
    json_t *result = NULL;
    keccak_256(raw, hash);
    enum jumin_error error =
        rpc_call(&chain->rpc, "eth_sendRawTransaction", json_pack("[o]", rpc_bytes(raw)), &result, detail);
    if (error == JUMIN_OK &&
        (!rpc_take_bytes(result, &w) || w.n != KECCAK_HASH || memcmp(said, hash, KECCAK_HASH) != 0)) {
        error = evm_chain_malformed(detail, "hash of this transaction");
    }
    json_decref(result);
    if (error == JUMIN_ERROR_STATUS && sending->waits) { // it pays no more than the one before
        return detail_set(detail, JUMIN_ERROR_TIMEOUT,
                          "the chain has not taken transaction %llu of the account yet: it stands still, or "
                          "the transaction pays too little",
                          (unsigned long long)sending->transaction.nonce);
    }
    return error == JUMIN_OK ? await(chain, hash, receipt, detail) : error;
}

// The receipt of a transaction that did what it should.
static enum jumin_error send(struct evm_chain *chain, const struct evm_transaction *transaction,
                             json_t **receipt, struct detail *detail)
{
    struct sending sending = {.transaction = *transaction};
    uint64_t status = 0;
    *receipt = NULL;
    enum jumin_error error = prepare(chain, &sending, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    uint8_t *memory = malloc(2 * (size_t)SEND_MAX);
    if (memory == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    struct writer scratch = writer_of(memory, SEND_MAX), raw = writer_of(memory + SEND_MAX, SEND_MAX);
    if (!evm_transaction_sign(&sending.transaction, &chain->account, &chain->random, &scratch, &raw)) {
        error = detail_set(detail, JUMIN_ERROR_CRYPTO, "the transaction cannot be signed");
    } else {
        error = send_raw(chain, &sending, writer_span(&raw), receipt, detail);
    }
    free(memory);
    if (error == JUMIN_OK && !rpc_take_number(json_object_get(*receipt, "status"), &status)) {
        error = evm_chain_malformed(detail, "status of the transaction");
    } else if (error == JUMIN_OK && status != 1) {
        error = detail_set(detail, JUMIN_ERROR_CONFLICT,
                           "the contract refuses the transaction: another one came first");
    }
    if (error != JUMIN_OK) {
        json_decref(*receipt);
        *receipt = NULL;
    }
    return error;
}

enum jumin_error evm_chain_append(struct evm_chain *chain, uint64_t index, const struct span *entries,
                                  size_t count, struct detail *detail)
{
    json_t *receipt = NULL;
    uint64_t size = 0;
    enum jumin_error error = evm_chain_size(chain, &size, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (size != index) {
        return detail_set(detail, JUMIN_ERROR_CONFLICT, "the chain has %llu entries",
                          (unsigned long long)size);
    }
    if (count == 0 || count > CHAIN_BATCH) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "one to %d entries make a transaction", CHAIN_BATCH);
    }
    uint8_t *data = malloc(SEND_MAX);
    if (data == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    struct writer w = writer_of(data, SEND_MAX);
    abi_put_append(&w, index, entries, count);
    const struct evm_transaction transaction = {.to = chain->contract, .data = writer_span(&w)};
    error = w.overflow ? detail_set(detail, JUMIN_ERROR_ARGUMENT, "the entries are too long")
                       : send(chain, &transaction, &receipt, detail);
    json_decref(receipt);
    free(data);
    return error;
}

enum jumin_error evm_chain_deploy(struct evm_chain *chain, struct detail *detail)
{
    const struct evm_transaction transaction = {.data = span_of(evm_bytecode, evm_bytecode_length)};
    struct writer address = writer_of(chain->contract, EVM_ADDRESS);
    json_t *receipt = NULL;
    enum jumin_error error = send(chain, &transaction, &receipt, detail);
    if (error == JUMIN_OK && (!rpc_take_bytes(json_object_get(receipt, "contractAddress"), &address) ||
                              address.n != EVM_ADDRESS)) {
        error = evm_chain_malformed(detail, "address of the contract");
    }
    json_decref(receipt);
    return error;
}
