// Transactions on their way to a node that says what the test wants: which chain it is, what it costs, and
// what waits.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/registry/evm/chain.h"
#include "host/registry/evm/keccak.h"

#include <stdlib.h>

#define WORD "0000000000000000000000000000000000000000000000000000000000000000"

static struct detail detail;
static struct evm_chain chain;

// What the node says; `sent` is what it was sent last.
static struct {
    const char *chain, *gas, *base, *priority, *latest, *pending, *receipt, *refusal;
    bool other_hash; // of the transaction, in its answer
    uint8_t sent[2000];
    size_t n;
} node;

static void pause_not(void *context, unsigned milliseconds)
{
    (void)context;
    (void)milliseconds;
}

// The Keccak-256 of what was sent, as the node tells it.
static json_t *hash_of(const json_t *question)
{
    uint8_t hash[KECCAK_HASH];
    struct writer w = writer_of(node.sent, sizeof node.sent);
    assert_true(rpc_take_bytes(json_array_get(json_object_get(question, "params"), 0), &w));
    node.n = w.n;
    keccak_256(writer_span(&w), hash);
    hash[0] ^= node.other_hash ? 1 : 0;
    return rpc_bytes(span_of(hash, sizeof hash));
}

static json_t *receipt_of(const json_t *question)
{
    (void)question;
    return node.receipt != NULL ? json_pack("{s:s}", "status", node.receipt) : json_null();
}

static json_t *block_of(const json_t *question)
{
    (void)question;
    return node.base != NULL ? json_pack("{s:s}", "baseFeePerGas", node.base) : json_object();
}

static json_t *count_of(const json_t *question)
{
    const char *block = json_string_value(json_array_get(json_object_get(question, "params"), 1));
    return json_string(strcmp(block, "pending") == 0 ? node.pending : node.latest);
}

static json_t *size_of(const json_t *question)
{
    (void)question;
    return json_string("0x" WORD);
}

static json_t *chain_of(const json_t *question)
{
    (void)question;
    return json_string(node.chain);
}

static json_t *gas_of(const json_t *question)
{
    // Without what waits: that would be in the way of what takes its place.
    assert_string_equal(json_string_value(json_array_get(json_object_get(question, "params"), 1)), "latest");
    return json_string(node.gas);
}

static json_t *priority_of(const json_t *question)
{
    (void)question;
    return json_string(node.priority);
}

static json_t *result_of(const json_t *question)
{
    static const struct {
        const char *method;
        json_t *(*answer)(const json_t *question);
    } methods[] = {
        {"eth_call", size_of},
        {"eth_chainId", chain_of},
        {"eth_estimateGas", gas_of},
        {"eth_getBlockByNumber", block_of},
        {"eth_getTransactionCount", count_of},
        {"eth_getTransactionReceipt", receipt_of},
        {"eth_maxPriorityFeePerGas", priority_of},
        {"eth_sendRawTransaction", hash_of},
    };
    const char *method = json_string_value(json_object_get(question, "method"));
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (strcmp(method, methods[i].method) == 0) {
            return methods[i].answer(question);
        }
    }
    fail_msg("%s is asked", method);
    return NULL;
}

static enum jumin_error take(void *context, const struct http_client_request *request,
                             struct http_client_answer *answer, struct detail *why)
{
    (void)context;
    (void)why;
    json_t *question = json_loadb((const char *)request->body.p, request->body.n, 0, NULL);
    const bool sends =
        strcmp(json_string_value(json_object_get(question, "method")), "eth_sendRawTransaction") == 0;
    json_t *result = result_of(question), *id = json_object_get(question, "id");
    json_t *json = sends && node.refusal != NULL ? json_pack("{s:O, s:{s:i, s:s}}", "id", id, "error", "code",
                                                             -32000, "message", node.refusal)
                                                 : json_pack("{s:O, s:O}", "id", id, "result", result);
    answer->status = 200;
    answer->body = (uint8_t *)json_dumps(json, 0);
    answer->n = strlen((const char *)answer->body);
    json_decref(json);
    json_decref(result);
    json_decref(question);
    return JUMIN_OK;
}

static int begin(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    const uint8_t secret[EVM_SECRET] = {[EVM_SECRET - 1] = 1};
    memset(&node, 0, sizeof node);
    node.chain = "0x539";
    node.gas = "0x5208";
    node.priority = "0x64";
    node.latest = node.pending = "0x7";
    node.receipt = "0x1";
    chain = (struct evm_chain){.rpc = {.client = {take, NULL}, .url = "http://node.example"},
                               .random = random,
                               .polls = 2,
                               .pause = pause_not};
    return evm_account_load(&chain.account, secret, &random) ? 0 : -1;
}

static enum jumin_error append(void)
{
    const struct span entry = span_of("entry", 5);
    return evm_chain_append(&chain, 0, &entry, 1, &detail);
}

// Whether what was sent begins with these items of RLP, behind the head of its list.
static void assert_sent(size_t head, const char *hex)
{
    uint8_t wanted[64];
    const size_t n = unhex(hex, wanted, sizeof wanted).n;
    assert_true(node.n > head + n);
    assert_memory_equal(node.sent + head, wanted, n);
}

static void test_a_transaction_that_did_nothing_or_is_another_one_is_noticed(void **state)
{
    (void)state;
    const struct span entry = span_of("entry", 5);
    assert_int_equal(evm_chain_append(&chain, 0, &entry, 1, &detail), JUMIN_OK);
    node.receipt = "0x0"; // the contract refused it after all
    assert_int_equal(evm_chain_append(&chain, 0, &entry, 1, &detail), JUMIN_ERROR_CONFLICT);
    node.receipt = "maybe";
    assert_int_equal(evm_chain_append(&chain, 0, &entry, 1, &detail), JUMIN_ERROR_MALFORMED);
    node.receipt = "0x1";
    node.other_hash = true;
    assert_int_equal(evm_chain_append(&chain, 0, &entry, 1, &detail), JUMIN_ERROR_MALFORMED);
    node.other_hash = false;
    assert_int_equal(evm_chain_append(&chain, 0, &entry, 0, &detail), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(evm_chain_append(&chain, 0, &entry, CHAIN_BATCH + 1, &detail), JUMIN_ERROR_ARGUMENT);
}

static void test_a_node_of_another_chain_gets_no_signature(void **state)
{
    (void)state;
    chain.chain_id = 1338;
    assert_int_equal(append(), JUMIN_ERROR_STATUS);
    assert_string_equal(detail.text, "the node is of chain 1337, and not of chain 1338");
    assert_int_equal(node.n, 0);
    chain.chain_id = 1337;
    assert_int_equal(append(), JUMIN_OK);
    chain.chain_id = 0; // any
    assert_int_equal(append(), JUMIN_OK);
    static const char *const none[] = {"0x0", "0x7fffffffffffffff", "x"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        node.chain = none[i];
        assert_int_equal(append(), JUMIN_ERROR_MALFORMED);
    }
}

static void test_gas_has_a_limit(void **state)
{
    (void)state;
    assert_int_equal(append(), JUMIN_OK);
    assert_sent(3, "07 80 826270"); // number, price, and a fifth more than 21000
    node.gas = "0x989681";          // 10 000 001
    node.n = 0;
    assert_int_equal(append(), JUMIN_ERROR_STATUS);
    assert_string_equal(detail.text,
                        "the transaction takes 10000001 units of gas, and at most 10000000 may be used");
    assert_int_equal(node.n, 0);
    node.gas = "0x989680";
    assert_int_equal(append(), JUMIN_OK);
    assert_sent(3, "07 80 83989680"); // no fifth above the limit
    chain.gas_most = 21000;
    assert_int_equal(append(), JUMIN_ERROR_STATUS);
    node.gas = "0xffffffffffffffff";
    assert_int_equal(append(), JUMIN_ERROR_STATUS);
}

static void test_fees_have_a_limit(void **state)
{
    (void)state;
    chain.fee_most = 1000;
    node.base = "0x3e9"; // 1001
    assert_int_equal(append(), JUMIN_ERROR_STATUS);
    assert_string_equal(detail.text, "the chain wants 1001 wei a unit of gas, and at most 1000 may be paid");
    assert_int_equal(node.n, 0);
    node.base = "0x3e8";
    assert_int_equal(append(), JUMIN_OK);
    assert_sent(4, "820539 07 64 8203e8"); // chain, number, priority 100, at most 1000
    node.base = "0x64";
    assert_int_equal(append(), JUMIN_OK);
    assert_sent(4, "820539 07 64 82012c"); // twice the base and the priority
    node.priority = "0xffffffffffffffff";
    assert_int_equal(append(), JUMIN_OK);
    assert_sent(4, "820539 07 8203e8 8203e8");
    chain.fee_most = 0; // 100 thousand million
    node.base = "0x174876e801";
    assert_int_equal(append(), JUMIN_ERROR_STATUS);
    node.base = "nothing";
    assert_int_equal(append(), JUMIN_ERROR_MALFORMED);
}

static void test_what_waits_is_replaced_by_what_pays_more(void **state)
{
    (void)state;
    node.pending = "0x8";
    node.base = "0x64";
    chain.fee_most = 1000;
    assert_int_equal(append(), JUMIN_OK);
    assert_sent(4, "820539 07 71 8203e8"); // its number; priority 113, at most 1000
    node.receipt = NULL;
    assert_int_equal(append(), JUMIN_ERROR_TIMEOUT);
}

static void test_what_waits_and_cannot_be_replaced_is_said(void **state)
{
    (void)state;
    node.pending = "0x9";
    node.refusal = "replacement transaction underpriced";
    assert_int_equal(append(), JUMIN_ERROR_TIMEOUT);
    assert_string_equal(detail.text, "the chain has not taken transaction 7 of the account yet: it stands "
                                     "still, or the transaction pays too little");
    node.pending = "0x7";
    node.refusal = "transaction underpriced";
    assert_int_equal(append(), JUMIN_ERROR_STATUS);
    assert_non_null(strstr(detail.text, "transaction underpriced"));
}

#define NODE_TEST(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NODE_TEST(test_a_transaction_that_did_nothing_or_is_another_one_is_noticed),
        NODE_TEST(test_a_node_of_another_chain_gets_no_signature),
        NODE_TEST(test_gas_has_a_limit),
        NODE_TEST(test_fees_have_a_limit),
        NODE_TEST(test_what_waits_is_replaced_by_what_pays_more),
        NODE_TEST(test_what_waits_and_cannot_be_replaced_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
