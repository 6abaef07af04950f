// Reading the registry's contract.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/evm/chain_internal.h"

#include "host/registry/entry.h"
#include "host/registry/evm/abi.h"
#include "host/registry/evm/keccak.h"

enum { CALL_MAX = 128, ANSWER_MAX = 4096 };

enum jumin_error evm_chain_malformed(struct detail *detail, const char *what)
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
    return error == JUMIN_OK && !good ? evm_chain_malformed(detail, "bytes") : error;
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

enum jumin_error evm_chain_ask_number(struct evm_chain *chain, const char *method, json_t *parameters,
                                      uint64_t *number, struct detail *detail)
{
    json_t *result = NULL;
    const enum jumin_error error = rpc_call(&chain->rpc, method, parameters, &result, detail);
    const bool good = error == JUMIN_OK && rpc_take_number(result, number);
    json_decref(result);
    return error == JUMIN_OK && !good ? evm_chain_malformed(detail, "number") : error;
}

enum jumin_error evm_chain_number(struct evm_chain *chain, uint64_t *number, struct detail *detail)
{
    const enum jumin_error error = evm_chain_ask_number(chain, "eth_chainId", json_array(), number, detail);
    return error == JUMIN_OK && (*number == 0 || *number > INT64_MAX / 4)
               ? evm_chain_malformed(detail, "number of a chain")
               : error;
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

enum jumin_error evm_chain_ask_block(struct evm_chain *chain, json_t *number, json_t **block,
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
    const enum jumin_error error = evm_chain_ask_block(chain, number, &json, detail);
    const bool good = error == JUMIN_OK && take_block(json, block);
    json_decref(json);
    return error == JUMIN_OK && !good ? evm_chain_malformed(detail, "block") : error;
}

enum jumin_error evm_chain_last_block(struct evm_chain *chain, struct evm_block *block, struct detail *detail)
{
    return read_block(chain, json_string("latest"), block, detail);
}

enum jumin_error evm_chain_block(struct evm_chain *chain, uint64_t number, struct evm_block *block,
                                 struct detail *detail)
{
    const enum jumin_error error = read_block(chain, rpc_number(number), block, detail);
    return error == JUMIN_OK && block->number != number ? evm_chain_malformed(detail, "block of that number")
                                                        : error;
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
        return evm_chain_malformed(detail, "entry");
    }
    writer_put(entry, content);
    return entry->overflow ? evm_chain_malformed(detail, "entry that is so short") : JUMIN_OK;
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

static enum jumin_error append(void *context, uint64_t index, struct span entry, struct detail *detail)
{
    return evm_chain_append(context, index, &entry, 1, detail);
}

struct registry evm_chain_registry(struct evm_chain *chain)
{
    return (struct registry){
        .append = append, .head = read_head, .entry = read_entry, .node = read_node, .context = chain};
}
