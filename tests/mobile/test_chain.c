// The registry on a chain: the log brought there, and a chain that stands still, goes back, says something
// else, or is gone. On the chain of JUMIN_CHAIN_URL (with_chain).
// SPDX-License-Identifier: Apache-2.0
#include "tests/database/stage.h"

#include "host/http/client_curl.h"
#include "host/registry/evm/keccak.h"
#include "host/registry/evm/mirror.h"
#include "host/registry/log.h"

#include <stdio.h>
#include <stdlib.h>

enum { NOW = 1796000000 };

static struct detail detail;
static struct client_curl *curl;
static struct evm_chain chain;
static struct jumin_registry_chain_report report;

// The first account that the chain knows.
static const char secret_hex[] = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

static void pause_not(void *context, unsigned milliseconds)
{
    (void)context;
    (void)milliseconds;
}

static json_t *ask(const char *method, json_t *parameters)
{
    json_t *result = NULL;
    const enum jumin_error error = rpc_call(&chain.rpc, method, parameters, &result, &detail);
    if (error != JUMIN_OK) {
        print_error("%s: %s\n", method, detail.text);
    }
    assert_int_equal(error, JUMIN_OK);
    return result;
}

static void tell(const char *method, json_t *parameters)
{
    json_decref(ask(method, parameters));
}

static int open_chain(void **state)
{
    const struct client_curl_options options = {.allow_http = true};
    const struct crypto_random random = crypto_system_random();
    uint8_t secret[EVM_SECRET];
    if (stage_open(state) != 0 || registry_log_open(stage, &detail) != JUMIN_OK) {
        return -1;
    }
    curl = client_curl_new(&options);
    chain = (struct evm_chain){.rpc = {.client = client_curl_client(curl), .url = getenv("JUMIN_CHAIN_URL")},
                               .random = random,
                               .polls = 2000,
                               .pause = pause_not};
    (void)unhex(secret_hex, secret, sizeof secret);
    assert_true(evm_account_load(&chain.account, secret, &random));
    const enum jumin_error error = evm_chain_deploy(&chain, &detail);
    if (error != JUMIN_OK) {
        print_error("%s\n", detail.text);
    }
    return error == JUMIN_OK ? 0 : -1;
}

static int close_chain(void **state)
{
    client_curl_free(curl);
    return stage_close(state);
}

static void record(unsigned from, unsigned count)
{
    for (unsigned i = from; i < from + count; i++) {
        char name[40];
        const int n = snprintf(name, sizeof name, "https://status.example/%u", i);
        const struct registry_item item = {
            .kind = JUMIN_REGISTRY_STATUS_LIST, .name = name, .content = span_of(name, (size_t)n)};
        assert_int_equal(registry_log_record(stage, &item, 1, NOW, NULL, &detail), JUMIN_OK);
    }
}

static enum jumin_registry_chain_state look(bool send)
{
    const enum jumin_error error = registry_mirror(stage, &chain, NOW, 0, send, &report, &detail);
    if (error != JUMIN_OK) {
        print_error("%s\n", detail.text);
    }
    assert_int_equal(error, JUMIN_OK);
    if (*report.why != '\0') {
        print_message("%s\n", report.why);
    }
    return report.state;
}

static void test_the_chain_has_the_log_s_entries_root_and_proofs(void **state)
{
    (void)state;
    const struct registry log = registry_log(stage), there = evm_chain_registry(&chain);
    struct registry_head head, head_there;
    record(0, 37); // more than one transaction
    assert_int_equal(look(false), JUMIN_REGISTRY_CHAIN_BEHIND);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    assert_int_equal(report.sent, 37);
    assert_int_equal(log.head(log.context, &head, &detail), JUMIN_OK);
    assert_int_equal(there.head(there.context, &head_there, &detail), JUMIN_OK);
    assert_int_equal(head_there.size, 37);
    assert_memory_equal(head.root, head_there.root, MERKLE_HASH);
    for (uint64_t index = 0; index < 37; index += 9) {
        uint8_t here_bytes[REGISTRY_ENTRY_MAX], there_bytes[REGISTRY_ENTRY_MAX], leaf[MERKLE_HASH];
        struct writer entry = writer_of(here_bytes, sizeof here_bytes);
        struct writer entry_there = writer_of(there_bytes, sizeof there_bytes);
        struct merkle_path path;
        assert_int_equal(log.entry(log.context, index, &entry, &detail), JUMIN_OK);
        assert_int_equal(there.entry(there.context, index, &entry_there, &detail), JUMIN_OK);
        assert_true(span_equal(writer_span(&entry), writer_span(&entry_there)));
        assert_int_equal(registry_prove(&there, index, 37, &path, &detail), JUMIN_OK);
        assert_true(merkle_leaf(writer_span(&entry), leaf));
        assert_true(merkle_check_inclusion(index, 37, leaf, &path, head.root));
    }
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    assert_int_equal(report.sent, 0);
}

static void test_the_contract_appends_once_in_order_and_for_its_owner_only(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    const struct span entry = span_of("an entry", 8);
    uint64_t size = 0;
    assert_int_equal(evm_chain_append(&chain, 1, &entry, 1, &detail), JUMIN_ERROR_CONFLICT);
    assert_int_equal(evm_chain_append(&chain, 0, &entry, 1, &detail), JUMIN_OK);
    assert_int_equal(evm_chain_append(&chain, 0, &entry, 1, &detail), JUMIN_ERROR_CONFLICT);
    // The second account that the chain knows.
    uint8_t secret[EVM_SECRET];
    (void)unhex("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d", secret, sizeof secret);
    assert_true(evm_account_load(&chain.account, secret, &random));
    assert_int_equal(evm_chain_append(&chain, 1, &entry, 1, &detail), JUMIN_ERROR_STATUS);
    assert_int_equal(evm_chain_size(&chain, &size, &detail), JUMIN_OK);
    assert_int_equal(size, 1);
}

static void test_a_chain_with_fees_is_paid(void **state)
{
    (void)state;
    record(0, 3);
    tell("anvil_setNextBlockBaseFeePerGas", json_pack("[s]", "0x3b9aca00"));
    tell("evm_mine", json_array());
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    json_t *block = ask("eth_getBlockByNumber", json_pack("[s, b]", "latest", 1));
    const json_t *transaction = json_array_get(json_object_get(block, "transactions"), 0);
    assert_string_equal(json_string_value(json_object_get(transaction, "type")), "0x2");
    json_decref(block);
    tell("anvil_setNextBlockBaseFeePerGas", json_pack("[s]", "0x0"));
    tell("evm_mine", json_array());
}

static void test_a_chain_that_takes_no_transaction_is_noticed_and_the_log_goes_on(void **state)
{
    (void)state;
    record(0, 2);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    tell("evm_setAutomine", json_pack("[b]", 0));
    chain.polls = 3;
    record(2, 2);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_STOPPED);
    record(4, 1);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_STOPPED);
    assert_int_equal(report.log_size, 5);
    assert_int_equal(report.chain_size, 2);
    chain.polls = 2000;
    tell("evm_setAutomine", json_pack("[b]", 1));
    tell("evm_mine", json_array());
    // Both transactions that waited come now: the second one finds the first and does nothing.
    const enum jumin_registry_chain_state then = look(true);
    assert_true(then == JUMIN_REGISTRY_CHAIN_IN_STEP);
    assert_int_equal(report.chain_size, 5);
}

static void test_a_transaction_that_a_moving_chain_does_not_take_is_noticed_and_paid_for(void **state)
{
    (void)state;
    record(0, 1);
    tell("evm_setAutomine", json_pack("[b]", 0));
    chain.polls = 3;
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_STOPPED); // no block, and nothing is paid
    tell("anvil_setNextBlockBaseFeePerGas", json_pack("[s]", "0x3b9aca00"));
    tell("evm_mine", json_array()); // a block, without the transaction that pays too little
    chain.fee_most = 1;
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_STUCK);
    assert_non_null(strstr(report.why, "at most 1 may be paid"));
    chain.fee_most = 0;
    tell("evm_setAutomine", json_pack("[b]", 1));
    chain.polls = 2000;
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    assert_int_equal(report.chain_size, 1);
    tell("anvil_setNextBlockBaseFeePerGas", json_pack("[s]", "0x0"));
    tell("evm_mine", json_array());
}

// A node that says of each transaction that it was done, and does nothing.
static enum jumin_error lie(void *context, const struct http_client_request *request,
                            struct http_client_answer *answer, struct detail *why)
{
    const struct http_client *honest = context;
    json_t *question = json_loadb((const char *)request->body.p, request->body.n, 0, NULL), *result = NULL;
    const char *method = json_string_value(json_object_get(question, "method"));
    if (strcmp(method, "eth_sendRawTransaction") == 0) {
        uint8_t raw[4000], hash[KECCAK_HASH];
        struct writer w = writer_of(raw, sizeof raw);
        assert_true(rpc_take_bytes(json_array_get(json_object_get(question, "params"), 0), &w));
        keccak_256(writer_span(&w), hash);
        result = rpc_bytes(span_of(hash, sizeof hash));
    } else if (strcmp(method, "eth_getTransactionReceipt") == 0) {
        result = json_pack("{s:s}", "status", "0x1");
    }
    if (result == NULL) {
        json_decref(question);
        return http_client_ask(honest, request, answer, why);
    }
    json_t *json = json_pack("{s:O, s:o}", "id", json_object_get(question, "id"), "result", result);
    answer->status = 200;
    answer->body = (uint8_t *)json_dumps(json, 0);
    answer->n = strlen((const char *)answer->body);
    json_decref(json);
    json_decref(question);
    return JUMIN_OK;
}

static void test_what_receipts_say_is_held_against_the_chain_itself(void **state)
{
    (void)state;
    struct http_client honest = chain.rpc.client;
    record(0, 2);
    chain.rpc.client = (struct http_client){lie, &honest};
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_BEHIND);
    assert_string_equal(report.why, "the chain has lost what it has just taken");
    assert_int_equal(report.chain_size, 0);
    assert_true(report.reorganised);
    chain.rpc.client = honest;
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
}

static void test_another_chain_is_told_from_the_one_that_it_was_at_first(void **state)
{
    (void)state;
    record(0, 1);
    chain.chain_id = 5;
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_OTHER);
    assert_string_equal(report.why, "the node is of chain 31337, and not of chain 5");
    assert_int_equal(report.sent, 0);
    chain.chain_id = 0;
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    assert_int_equal(stage_integer("SELECT chain FROM registry_chain"), 31337);
    record(1, 1);
    stage_run("UPDATE registry_chain SET chain = 7");
    chain.chain_id = 0;
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_OTHER);
    chain.chain_id = 31337; // what was seen at first counts, too
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_OTHER);
    stage_run("UPDATE registry_chain SET chain = 0"); // by a version that did not ask
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
}

static void test_a_chain_whose_last_block_is_old_is_noticed(void **state)
{
    (void)state;
    struct evm_block block;
    record(0, 1);
    assert_int_equal(evm_chain_last_block(&chain, &block, &detail), JUMIN_OK);
    assert_int_equal(registry_mirror(stage, &chain, block.at + 61, 60, true, &report, &detail), JUMIN_OK);
    assert_int_equal(report.state, JUMIN_REGISTRY_CHAIN_STOPPED);
    assert_int_equal(report.sent, 0);
    assert_int_equal(registry_mirror(stage, &chain, block.at + 60, 60, true, &report, &detail), JUMIN_OK);
    assert_int_equal(report.state, JUMIN_REGISTRY_CHAIN_IN_STEP);
    assert_int_equal(report.block, block.number + 1);
}

static void test_a_chain_that_went_back_is_noticed_and_gets_the_entries_again(void **state)
{
    (void)state;
    record(0, 3);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    json_t *snapshot = ask("evm_snapshot", json_array());
    record(3, 2);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    tell("evm_revert", json_pack("[O]", snapshot));
    json_decref(snapshot);
    assert_int_equal(look(false), JUMIN_REGISTRY_CHAIN_BEHIND);
    assert_true(report.reorganised);
    assert_int_equal(report.chain_size, 3);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    assert_false(report.reorganised); // noted once
    assert_int_equal(report.sent, 2);
}

static void test_entries_that_are_gone_without_a_new_block_are_noticed(void **state)
{
    (void)state;
    record(0, 1);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    assert_false(report.reorganised);
    stage_run("UPDATE registry_chain SET size = 2");
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    assert_true(report.reorganised);
}

static void test_other_blocks_of_the_same_number_are_noticed(void **state)
{
    (void)state;
    json_t *snapshot = ask("evm_snapshot", json_array());
    record(0, 2);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    tell("evm_revert", json_pack("[O]", snapshot));
    json_decref(snapshot);
    // What another signer would have made of it: the same entries, one by one.
    for (uint64_t index = 0; index < 2; index++) {
        uint8_t bytes[REGISTRY_ENTRY_MAX];
        struct writer entry = writer_of(bytes, sizeof bytes);
        const struct registry log = registry_log(stage);
        assert_int_equal(log.entry(log.context, index, &entry, &detail), JUMIN_OK);
        const struct span one = writer_span(&entry);
        assert_int_equal(evm_chain_append(&chain, index, &one, 1, &detail), JUMIN_OK);
    }
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    assert_true(report.reorganised);
}

static void test_a_chain_that_says_something_else_gets_nothing(void **state)
{
    (void)state;
    const struct span other = span_of("another entry", 13);
    record(0, 2);
    assert_int_equal(evm_chain_append(&chain, 0, &other, 1, &detail), JUMIN_OK);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_FORKED);
    assert_string_equal(report.why, "the chain has other entries than the log");
    assert_int_equal(report.sent, 0);
    const struct span more[] = {other, other};
    assert_int_equal(evm_chain_append(&chain, 1, more, 2, &detail), JUMIN_OK);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_FORKED);
    assert_string_equal(report.why, "the chain has entries that the log has not");
}

static void test_a_log_that_was_rewritten_is_seen_on_the_chain(void **state)
{
    (void)state;
    record(0, 4);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    stage_run("DELETE FROM registry_entry");
    stage_run("DELETE FROM registry_node");
    stage_run("UPDATE registry_size SET size = 0");
    record(100, 6);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_FORKED);
}

static void test_a_contract_that_vanished_is_told_from_one_that_never_was(void **state)
{
    (void)state;
    record(0, 1);
    const uint8_t first = chain.contract[0];
    chain.contract[0] ^= 1;
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_NO_CONTRACT);
    chain.contract[0] = first;
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
    tell("anvil_setCode", json_pack("[o, s]", rpc_bytes(span_of(chain.contract, EVM_ADDRESS)), "0x"));
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_FORKED);
}

static void test_a_node_that_is_gone_is_noticed_and_the_log_goes_on(void **state)
{
    (void)state;
    const char *url = chain.rpc.url;
    chain.rpc.url = "http://127.0.0.1:1/";
    record(0, 2);
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_UNREACHABLE);
    assert_int_equal(report.log_size, 2);
    assert_true(report.why[0] != '\0');
    chain.rpc.url = url;
    assert_int_equal(look(true), JUMIN_REGISTRY_CHAIN_IN_STEP);
}

#define CHAIN_TEST(test) cmocka_unit_test_setup_teardown(test, open_chain, close_chain)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CHAIN_TEST(test_the_chain_has_the_log_s_entries_root_and_proofs),
        CHAIN_TEST(test_the_contract_appends_once_in_order_and_for_its_owner_only),
        CHAIN_TEST(test_a_chain_with_fees_is_paid),
        CHAIN_TEST(test_a_chain_that_takes_no_transaction_is_noticed_and_the_log_goes_on),
        CHAIN_TEST(test_a_transaction_that_a_moving_chain_does_not_take_is_noticed_and_paid_for),
        CHAIN_TEST(test_what_receipts_say_is_held_against_the_chain_itself),
        CHAIN_TEST(test_another_chain_is_told_from_the_one_that_it_was_at_first),
        CHAIN_TEST(test_a_chain_whose_last_block_is_old_is_noticed),
        CHAIN_TEST(test_a_chain_that_went_back_is_noticed_and_gets_the_entries_again),
        CHAIN_TEST(test_entries_that_are_gone_without_a_new_block_are_noticed),
        CHAIN_TEST(test_other_blocks_of_the_same_number_are_noticed),
        CHAIN_TEST(test_a_chain_that_says_something_else_gets_nothing),
        CHAIN_TEST(test_a_log_that_was_rewritten_is_seen_on_the_chain),
        CHAIN_TEST(test_a_contract_that_vanished_is_told_from_one_that_never_was),
        CHAIN_TEST(test_a_node_that_is_gone_is_noticed_and_the_log_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
