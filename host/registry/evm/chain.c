// Reading and writing the registry's contract.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/evm/chain.h"

#include "host/registry/entry.h"
#include "host/registry/evm/abi.h"
#include "host/registry/evm/bytecode.h"
#include "host/registry/evm/keccak.h"
#include "host/registry/evm/transaction.h"

#include <stdlib.h>
#include <time.h>

enum { CALL_MAX = 128, ANSWER_MAX = 4096, SEND_MAX = 65536 };

static enum jumin_error malformed(struct detail *detail, const char *what)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "the chain's node says no %s", what);
}

// --- Reading -------------------------------------------------------------------------------------------------

static enum jumin_error call(struct evm_chain *chain, struct span data, struct writer *answer,
                             struct detail *detail)
{
    json_t *result = NULL;
    const enum jumin_error error =
        rpc_call(&chain->rpc, "eth_call",
                 json_pack("[{s:o, s:o}, s]", "to", rpc_bytes(span_of(chain->contract, EVM_ADDRESS)), "data",
                           rpc_bytes(data), "latest"),
                 &result, detail);
    const bool good = error == JUMIN_OK && rpc_take_bytes(result, answer);
    json_decref(result);
    return error == JUMIN_OK && !good ? malformed(detail, "bytes") : error;
}

enum jumin_error evm_chain_size(struct evm_chain *chain, uint64_t *size, struct detail *detail)
{
    uint8_t data[CALL_MAX], bytes[ANSWER_MAX];
    struct writer w = writer_of(data, sizeof data), answer = writer_of(bytes, sizeof bytes);
    abi_put_size(&w);
    const enum jumin_error error = call(chain, writer_span(&w), &answer, detail);
    struct span word = writer_span(&answer);
    if (error == JUMIN_OK && (!abi_take_number(&word, size) || word.n != 0 || *size > INT64_MAX)) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "there is no registry's contract at this address of the chain");
    }
    return error;
}

static enum jumin_error read_node(void *context, unsigned level, uint64_t position, uint8_t hash[MERKLE_HASH],
                                  struct detail *detail)
{
    static const uint8_t none[MERKLE_HASH];
    uint8_t data[CALL_MAX];
    struct writer w = writer_of(data, sizeof data), answer = writer_of(hash, MERKLE_HASH);
    abi_put_node(&w, level, position);
    const enum jumin_error error = call(context, writer_span(&w), &answer, detail);
    if (error == JUMIN_OK && (answer.n != MERKLE_HASH || memcmp(hash, none, MERKLE_HASH) == 0)) {
        return detail_set(detail, JUMIN_ERROR_HASH, "the chain has no node %u/%llu of the tree", level,
                          (unsigned long long)position);
    }
    return error;
}

static bool take_block(const json_t *json, struct evm_block *block)
{
    struct writer hash = writer_of(block->hash, sizeof block->hash);
    uint64_t at = 0;
    const bool good = rpc_take_number(json_object_get(json, "number"), &block->number) &&
                      rpc_take_bytes(json_object_get(json, "hash"), &hash) && hash.n == CHAIN_HASH &&
                      rpc_take_number(json_object_get(json, "timestamp"), &at) && at <= INT64_MAX;
    block->at = (int64_t)at;
    return good;
}

static enum jumin_error ask_block(struct evm_chain *chain, json_t *number, json_t **block,
                                  struct detail *detail)
{
    const enum jumin_error error =
        rpc_call(&chain->rpc, "eth_getBlockByNumber", json_pack("[o, b]", number, 0), block, detail);
    if (error == JUMIN_OK && json_is_null(*block)) {
        json_decref(*block);
        *block = NULL;
        return detail_set(detail, JUMIN_ERROR_INPUT, "the chain has no such block");
    }
    return error;
}

static enum jumin_error read_block(struct evm_chain *chain, json_t *number, struct evm_block *block,
                                   struct detail *detail)
{
    json_t *json = NULL;
    const enum jumin_error error = ask_block(chain, number, &json, detail);
    const bool good = error == JUMIN_OK && take_block(json, block);
    json_decref(json);
    return error == JUMIN_OK && !good ? malformed(detail, "block") : error;
}

enum jumin_error evm_chain_last_block(struct evm_chain *chain, struct evm_block *block, struct detail *detail)
{
    return read_block(chain, json_string("latest"), block, detail);
}

enum jumin_error evm_chain_block(struct evm_chain *chain, uint64_t number, struct evm_block *block,
                                 struct detail *detail)
{
    const enum jumin_error error = read_block(chain, rpc_number(number), block, detail);
    return error == JUMIN_OK && block->number != number ? malformed(detail, "block of that number") : error;
}

// A node that was added meanwhile does no harm: those that are there never change.
static enum jumin_error read_head(void *context, struct registry_head *head, struct detail *detail)
{
    struct evm_chain *chain = context;
    const struct registry registry = evm_chain_registry(chain);
    struct evm_block block = {0};
    enum jumin_error error = evm_chain_last_block(chain, &block, detail);
    *head = (struct registry_head){.at = block.at};
    error = error == JUMIN_OK ? evm_chain_size(chain, &head->size, detail) : error;
    return error == JUMIN_OK ? registry_root(&registry, head->size, head->root, detail) : error;
}

static enum jumin_error take_logs(const json_t *logs, uint64_t index, struct writer *entry,
                                  struct detail *detail)
{
    uint8_t data[ANSWER_MAX];
    struct writer bytes = writer_of(data, sizeof data);
    struct span content;
    if (json_array_size(logs) == 0) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "the chain has no entry %llu",
                          (unsigned long long)index);
    }
    const json_t *log = json_array_get(logs, 0);
    if (!rpc_take_bytes(json_object_get(log, "data"), &bytes) ||
        !abi_take_bytes(writer_span(&bytes), &content)) {
        return malformed(detail, "entry");
    }
    writer_put(entry, content);
    return entry->overflow ? malformed(detail, "entry that is so short") : JUMIN_OK;
}

// Entries stand in the events that the contract has told.
static enum jumin_error read_entry(void *context, uint64_t index, struct writer *entry, struct detail *detail)
{
    static const char event[] = "Appended(uint64,bytes)";
    struct evm_chain *chain = context;
    uint8_t topic[KECCAK_HASH], number[ABI_WORD];
    struct writer word = writer_of(number, sizeof number);
    json_t *logs = NULL;
    keccak_256(span_of(event, sizeof event - 1), topic);
    abi_put_number(&word, index);
    const enum jumin_error error =
        rpc_call(&chain->rpc, "eth_getLogs",
                 json_pack("[{s:s, s:s, s:o, s:[o, o]}]", "fromBlock", "0x0", "toBlock", "latest", "address",
                           rpc_bytes(span_of(chain->contract, EVM_ADDRESS)), "topics",
                           rpc_bytes(span_of(topic, sizeof topic)), rpc_bytes(writer_span(&word))),
                 &logs, detail);
    const enum jumin_error taken = error == JUMIN_OK ? take_logs(logs, index, entry, detail) : error;
    json_decref(logs);
    return taken;
}

// --- Writing -------------------------------------------------------------------------------------------------

static enum jumin_error ask_number(struct evm_chain *chain, const char *method, json_t *parameters,
                                   uint64_t *number, struct detail *detail)
{
    json_t *result = NULL;
    const enum jumin_error error = rpc_call(&chain->rpc, method, parameters, &result, detail);
    const bool good = error == JUMIN_OK && rpc_take_number(result, number);
    json_decref(result);
    return error == JUMIN_OK && !good ? malformed(detail, "number") : error;
}

// Chains whose blocks have a base fee take EIP-1559; without, nothing is paid.
static enum jumin_error set_fees(struct evm_chain *chain, struct evm_transaction *transaction,
                                 struct detail *detail)
{
    json_t *block = NULL;
    uint64_t base = 0;
    enum jumin_error error = ask_block(chain, json_string("latest"), &block, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    const json_t *fee = json_object_get(block, "baseFeePerGas");
    const bool good = fee == NULL || rpc_take_number(fee, &base);
    json_decref(block);
    if (!good || base > INT64_MAX / 4) {
        return malformed(detail, "fee that can be paid");
    }
    if (base == 0) {
        return JUMIN_OK;
    }
    transaction->dynamic_fee = true;
    error = ask_number(chain, "eth_maxPriorityFeePerGas", json_array(), &transaction->priority_fee, detail);
    if (error == JUMIN_OK && transaction->priority_fee > INT64_MAX / 4) {
        return malformed(detail, "fee that can be paid");
    }
    transaction->fee_most = 2 * base + transaction->priority_fee;
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
    return ask_number(chain, "eth_getTransactionCount",
                      json_pack("[o, s]", rpc_bytes(span_of(chain->account.address, EVM_ADDRESS)), block),
                      count, detail);
}

// One at a time: behind one that waits, another one would only wait, too, and be refused in the end.
static enum jumin_error set_nonce(struct evm_chain *chain, struct evm_transaction *transaction,
                                  struct detail *detail)
{
    uint64_t waiting = 0;
    enum jumin_error error = count_transactions(chain, "latest", &transaction->nonce, detail);
    error = error == JUMIN_OK ? count_transactions(chain, "pending", &waiting, detail) : error;
    return error == JUMIN_OK && waiting > transaction->nonce
               ? detail_set(detail, JUMIN_ERROR_TIMEOUT,
                            "the chain has not taken an earlier transaction yet: it may be standing still")
               : error;
}

// What it will take, and a fifth more: blocks that come before may make it dearer.
static enum jumin_error prepare(struct evm_chain *chain, struct evm_transaction *transaction,
                                struct detail *detail)
{
    enum jumin_error error = ask_number(chain, "eth_chainId", json_array(), &transaction->chain_id, detail);
    error = error == JUMIN_OK ? set_nonce(chain, transaction, detail) : error;
    if (error == JUMIN_OK) {
        error = ask_number(chain, "eth_estimateGas", json_pack("[o]", from_to(chain, transaction)),
                           &transaction->gas, detail);
    }
    if (error == JUMIN_OK && (transaction->chain_id > INT64_MAX / 4 || transaction->gas > INT64_MAX / 4)) {
        return malformed(detail, "number that can be right");
    }
    transaction->gas += transaction->gas / 5;
    return error == JUMIN_OK ? set_fees(chain, transaction, detail) : error;
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

static enum jumin_error send_raw(struct evm_chain *chain, struct span raw, json_t **receipt,
                                 struct detail *detail)
{
    uint8_t hash[KECCAK_HASH], said[KECCAK_HASH];
    struct writer w = writer_of(said, sizeof said);
    json_t *result = NULL;
    keccak_256(raw, hash);
    enum jumin_error error =
        rpc_call(&chain->rpc, "eth_sendRawTransaction", json_pack("[o]", rpc_bytes(raw)), &result, detail);
    if (error == JUMIN_OK &&
        (!rpc_take_bytes(result, &w) || w.n != KECCAK_HASH || memcmp(said, hash, KECCAK_HASH) != 0)) {
        error = malformed(detail, "hash of this transaction");
    }
    json_decref(result);
    return error == JUMIN_OK ? await(chain, hash, receipt, detail) : error;
}

// The receipt of a transaction that did what it should.
static enum jumin_error send(struct evm_chain *chain, struct evm_transaction *transaction, json_t **receipt,
                             struct detail *detail)
{
    uint64_t status = 0;
    *receipt = NULL;
    enum jumin_error error = prepare(chain, transaction, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    uint8_t *memory = malloc(2 * (size_t)SEND_MAX);
    if (memory == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    struct writer scratch = writer_of(memory, SEND_MAX), raw = writer_of(memory + SEND_MAX, SEND_MAX);
    if (!evm_transaction_sign(transaction, &chain->account, &chain->random, &scratch, &raw)) {
        error = detail_set(detail, JUMIN_ERROR_CRYPTO, "the transaction cannot be signed");
    } else {
        error = send_raw(chain, writer_span(&raw), receipt, detail);
    }
    free(memory);
    if (error == JUMIN_OK && !rpc_take_number(json_object_get(*receipt, "status"), &status)) {
        error = malformed(detail, "status of the transaction");
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
    struct evm_transaction transaction = {.to = chain->contract, .data = writer_span(&w)};
    error = w.overflow ? detail_set(detail, JUMIN_ERROR_ARGUMENT, "the entries are too long")
                       : send(chain, &transaction, &receipt, detail);
    json_decref(receipt);
    free(data);
    return error;
}

enum jumin_error evm_chain_deploy(struct evm_chain *chain, struct detail *detail)
{
    struct evm_transaction transaction = {.data = span_of(evm_bytecode, evm_bytecode_length)};
    struct writer address = writer_of(chain->contract, EVM_ADDRESS);
    json_t *receipt = NULL;
    enum jumin_error error = send(chain, &transaction, &receipt, detail);
    if (error == JUMIN_OK && (!rpc_take_bytes(json_object_get(receipt, "contractAddress"), &address) ||
                              address.n != EVM_ADDRESS)) {
        error = malformed(detail, "address of the contract");
    }
    json_decref(receipt);
    return error;
}

static enum jumin_error append(void *context, uint64_t index, struct span entry, struct detail *detail)
{
    return evm_chain_append(context, index, &entry, 1, detail);
}

struct registry evm_chain_registry(struct evm_chain *chain)
{
    return (struct registry){
        .append = append, .head = read_head, .entry = read_entry, .node = read_node, .context = chain};
}
