// What an EVM chain is spoken to with: Keccak-256, RLP, the contract ABI, accounts, transactions, JSON-RPC;
// by published vectors.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/registry/evm/abi.h"
#include "host/registry/evm/chain.h"
#include "host/registry/evm/keccak.h"
#include "host/registry/evm/rlp.h"
#include "host/registry/evm/transaction.h"

#include <stdlib.h>

// --- Keccak-256 ----------------------------------------------------------------------------------------------

// The two of the Keccak team; the others, around the ends of blocks, are what the npm package js-sha3 says.
static void test_keccak_is_that_of_before_sha_3(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        const char *hash;
    } vectors[] = {
        {0, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
        {135, "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446"},
        {136, "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e"},
        {137, "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39"},
        {272, "cf7fcd4f705ee749930d19ca84561a9bf62516bd90a471545fa2f49fdc7e63c8"},
        {300, "5b7e0e47a96f32a88b4f14ca177982790807c40e1a105742ba0fc1babe1ef826"},
    };
    char text[300];
    uint8_t hash[KECCAK_HASH];
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        keccak_256(span_of(text, vectors[i].n), hash);
        assert_span_hex(span_of(hash, sizeof hash), vectors[i].hash);
    }
    keccak_256(span_of("abc", 3), hash);
    assert_span_hex(span_of(hash, sizeof hash),
                    "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

// --- RLP: the examples of Ethereum's own documentation -------------------------------------------------------

static void assert_rlp(struct span bytes, const char *hex)
{
    uint8_t out[2000];
    struct writer w = writer_of(out, sizeof out);
    rlp_put_bytes(&w, bytes);
    assert_span_hex(writer_span(&w), hex);
}

static void test_strings_and_lists_are_written_as_rlp(void **state)
{
    (void)state;
    static const char text[] = "Lorem ipsum dolor sit amet, consectetur adipisicing elit";
    uint8_t items[64], out[64];
    struct writer w = writer_of(items, sizeof items), list = writer_of(out, sizeof out);
    assert_rlp(span_of("dog", 3), "83646f67");
    assert_rlp(span_of(NULL, 0), "80");
    assert_rlp(span_of("\x00", 1), "00");
    assert_rlp(span_of("\x0f", 1), "0f");
    assert_rlp(span_of("\x7f", 1), "7f");
    assert_rlp(span_of("\x80", 1), "8180");
    assert_rlp(span_of(text, 56),
               "b8384c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e73656374657475"
               "7220616469706973696369"
               "6e6720656c6974");
    rlp_put_bytes(&w, span_of("cat", 3));
    rlp_put_bytes(&w, span_of("dog", 3));
    rlp_put_list(&list, writer_span(&w));
    assert_span_hex(writer_span(&list), "c88363617483646f67");
    list.n = 0;
    rlp_put_list(&list, span_of(NULL, 0));
    assert_span_hex(writer_span(&list), "c0");
}

static void test_lengths_have_no_leading_zeros(void **state)
{
    (void)state;
    static uint8_t zeros[1024], out[1100];
    struct writer w = writer_of(out, sizeof out);
    rlp_put_bytes(&w, span_of(zeros, 55));
    assert_int_equal(out[0], 0x80 + 55);
    w.n = 0;
    rlp_put_bytes(&w, span_of(zeros, 255));
    assert_span_hex(span_of(out, 2), "b8ff");
    w.n = 0;
    rlp_put_list(&w, span_of(zeros, 1024));
    assert_span_hex(span_of(out, 3), "f90400");
    assert_int_equal(w.n, 1027);
}

static void test_numbers_have_no_leading_zeros(void **state)
{
    (void)state;
    uint8_t out[64];
    struct writer w = writer_of(out, sizeof out);
    rlp_put_number(&w, 0);
    rlp_put_number(&w, 15);
    rlp_put_number(&w, 1024);
    rlp_put_number(&w, UINT64_MAX);
    rlp_put_integer(&w, span_of("\x00\x00\x01\x02", 4));
    assert_span_hex(writer_span(&w), "80 0f 820400 88ffffffffffffffff 820102");
}

// --- ABI -----------------------------------------------------------------------------------------------------

// As solc names the methods, and laid out as the ABI's specification does it.
static void test_calls_are_written_as_the_abi_has_them(void **state)
{
    (void)state;
    uint8_t out[1000];
    struct writer w = writer_of(out, sizeof out);
    abi_put_size(&w);
    assert_span_hex(writer_span(&w), "949d225d");
    w.n = 0;
    abi_put_node(&w, 3, 0x0102030405060708);
    assert_span_hex(writer_span(&w), "c8a8e65c"
                                     "0000000000000000000000000000000000000000000000000000000000000003"
                                     "0000000000000000000000000000000000000000000000000102030405060708");
    w.n = 0;
    uint8_t long_one[33] = {0xAA};
    const struct span entries[] = {span_of("dave", 4), span_of(long_one, sizeof long_one)};
    abi_put_append(&w, 7, entries, 2);
    assert_span_hex(writer_span(&w), "af993b34"
                                     "0000000000000000000000000000000000000000000000000000000000000007"
                                     "0000000000000000000000000000000000000000000000000000000000000040"
                                     "0000000000000000000000000000000000000000000000000000000000000002"
                                     "0000000000000000000000000000000000000000000000000000000000000040"
                                     "0000000000000000000000000000000000000000000000000000000000000080"
                                     "0000000000000000000000000000000000000000000000000000000000000004"
                                     "6461766500000000000000000000000000000000000000000000000000000000"
                                     "0000000000000000000000000000000000000000000000000000000000000021"
                                     "aa00000000000000000000000000000000000000000000000000000000000000"
                                     "0000000000000000000000000000000000000000000000000000000000000000");
}

static void test_answers_that_are_no_numbers_or_bytes_are_refused(void **state)
{
    (void)state;
    uint8_t data[96] = {0};
    uint64_t value = 0;
    struct span rest = span_of(data, 32), bytes;
    data[31] = 0x20;
    data[24] = 0x01;
    assert_true(abi_take_number(&rest, &value));
    assert_int_equal(value, 0x0100000000000020);
    data[23] = 1; // more than 64 bits
    rest = span_of(data, 32);
    assert_false(abi_take_number(&rest, &value));
    rest = span_of(data, 31);
    assert_false(abi_take_number(&rest, &value));
    data[23] = data[24] = 0;
    data[63] = 4;
    data[64] = 9;
    assert_true(abi_take_bytes(span_of(data, 96), &bytes));
    assert_int_equal(bytes.n, 4);
    assert_int_equal(bytes.p[0], 9);
    assert_false(abi_take_bytes(span_of(data, 95), &bytes));
    assert_false(abi_take_bytes(span_of(data, 64), &bytes));
    data[63] = 33; // longer than what is there
    assert_false(abi_take_bytes(span_of(data, 96), &bytes));
    data[63] = 4;
    data[31] = 0x40; // it begins elsewhere
    assert_false(abi_take_bytes(span_of(data, 96), &bytes));
}

// --- Accounts and transactions -------------------------------------------------------------------------------

static struct evm_account account_of(const char *hex)
{
    const struct crypto_random random = crypto_system_random();
    struct evm_account account;
    uint8_t secret[EVM_SECRET];
    (void)unhex(hex, secret, sizeof secret);
    assert_true(evm_account_load(&account, secret, &random));
    return account;
}

static void test_an_address_comes_from_the_key(void **state)
{
    (void)state;
    // The secret key 1, and the first account that test chains know.
    struct evm_account account =
        account_of("0000000000000000000000000000000000000000000000000000000000000001");
    assert_span_hex(span_of(account.address, EVM_ADDRESS), "7e5f4552091a69125d5dfcb7b8c2659029395bdf");
    account = account_of("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
    assert_span_hex(span_of(account.address, EVM_ADDRESS), "f39fd6e51aad88f6f4ce6ab8827279cfffb92266");
}

static void test_a_number_that_is_no_key_is_refused(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    struct evm_account account;
    uint8_t secret[EVM_SECRET] = {0};
    assert_false(evm_account_load(&account, secret, &random));
    // The order of the group (SEC 2 §2.4.1).
    (void)unhex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", secret, sizeof secret);
    assert_false(evm_account_load(&account, secret, &random));
    static const uint8_t none[EVM_SECRET];
    assert_memory_equal(account.secret, none, sizeof none);
}

static bool no_random(void *context, uint8_t *out, size_t n)
{
    (void)context;
    memset(out, 0, n);
    return false;
}

static void test_nothing_is_signed_without_random_bytes(void **state)
{
    (void)state;
    const struct crypto_random random = {no_random, NULL};
    const struct evm_account account =
        account_of("0000000000000000000000000000000000000000000000000000000000000001");
    uint8_t digest[32] = {1}, signature[EVM_SIGNATURE], recovery = 0;
    assert_false(evm_account_sign(&account, &random, digest, signature, &recovery));
}

// The example of EIP-155.
static void test_a_transaction_is_that_of_eip_155(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    const struct evm_account account =
        account_of("4646464646464646464646464646464646464646464646464646464646464646");
    uint8_t to[EVM_ADDRESS], scratch[256], out[256];
    struct writer fields = writer_of(scratch, sizeof scratch), raw = writer_of(out, sizeof out);
    memset(to, 0x35, sizeof to);
    const struct evm_transaction transaction = {.chain_id = 1,
                                                .nonce = 9,
                                                .gas = 21000,
                                                .gas_price = 20000000000,
                                                .to = to,
                                                .value = 1000000000000000000};
    assert_true(evm_transaction_sign(&transaction, &account, &random, &fields, &raw));
    assert_span_hex(writer_span(&raw),
                    "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080"
                    "25a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
                    "a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83");
    for (size_t capacity = 0; capacity < 110; capacity += 7) {
        fields = writer_of(scratch, sizeof scratch);
        raw = writer_of(out, capacity);
        assert_false(evm_transaction_sign(&transaction, &account, &random, &fields, &raw));
    }
}

// --- JSON-RPC ------------------------------------------------------------------------------------------------

static const char *said; // what the node answers

static enum jumin_error ask(void *context, const struct http_client_request *request,
                            struct http_client_answer *answer, struct detail *detail)
{
    (void)context;
    (void)request;
    if (said == NULL) {
        return detail_set(detail, JUMIN_ERROR_LINK, "nobody answers");
    }
    answer->status = 200;
    answer->body = (uint8_t *)strdup(said);
    answer->n = strlen(said);
    return JUMIN_OK;
}

static void test_answers_that_are_none_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        enum jumin_error error;
    } cases[] = {
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}", JUMIN_OK},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}", JUMIN_OK},
        {"{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":\"0x1\"}", JUMIN_ERROR_MALFORMED},
        {"{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":\"0x1\"}", JUMIN_ERROR_MALFORMED},
        {"{\"jsonrpc\":\"2.0\",\"id\":1}", JUMIN_ERROR_MALFORMED},
        {"{\"id\":1,\"result\":1,\"result\":2}", JUMIN_ERROR_MALFORMED},
        {"[]", JUMIN_ERROR_MALFORMED},
        {"<html>", JUMIN_ERROR_MALFORMED},
        {"", JUMIN_ERROR_MALFORMED},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":3,\"message\":\"no\"}}", JUMIN_ERROR_STATUS},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":3}}", JUMIN_ERROR_STATUS},
        {NULL, JUMIN_ERROR_LINK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rpc rpc = {.client = {ask, NULL}, .url = "http://node.example"};
        struct detail detail;
        json_t *result = NULL;
        said = cases[i].answer;
        assert_int_equal(rpc_call(&rpc, "eth_chainId", json_array(), &result, &detail), cases[i].error);
        assert_true((result != NULL) == (cases[i].error == JUMIN_OK));
        json_decref(result);
    }
}

static void test_a_refusal_shows_no_control_characters(void **state)
{
    (void)state;
    struct rpc rpc = {.client = {ask, NULL}, .url = "http://node.example"};
    struct detail detail;
    json_t *result = NULL;
    said = "{\"id\":1,\"error\":{\"message\":\"a\\u001b[2Jb\\u00e9\"}}";
    assert_int_equal(rpc_call(&rpc, "eth_call", json_array(), &result, &detail), JUMIN_ERROR_STATUS);
    assert_string_equal(detail.text, "the chain's node refuses eth_call: a?[2Jb??");
    rpc.next = 0;
    said = "{\"id\":1,\"error\":{\"message\":\"custom error \\u0000\\u0001\"}}";
    assert_int_equal(rpc_call(&rpc, "eth_call", json_array(), &result, &detail), JUMIN_ERROR_STATUS);
}

static void test_values_are_hexadecimal_and_nothing_else(void **state)
{
    (void)state;
    static const char *const no_numbers[] = {"", "0x", "1", "0X1", "0xg", "0x11111111111111111", "x1"};
    static const char *const no_bytes[] = {"", "0", "0x1", "0xzz", "00", "0x0102030405"};
    uint64_t number = 0;
    uint8_t out[4];
    for (size_t i = 0; i < sizeof no_numbers / sizeof *no_numbers; i++) {
        json_t *value = json_string(no_numbers[i]);
        assert_false(rpc_take_number(value, &number));
        json_decref(value);
    }
    for (size_t i = 0; i < sizeof no_bytes / sizeof *no_bytes; i++) {
        struct writer w = writer_of(out, sizeof out);
        json_t *value = json_string(no_bytes[i]);
        assert_false(rpc_take_bytes(value, &w));
        json_decref(value);
    }
    json_t *cut = json_stringn("0x12\0zz", 7);
    struct writer nothing = writer_of(out, sizeof out);
    assert_false(rpc_take_number(cut, &number));
    assert_false(rpc_take_bytes(cut, &nothing));
    json_decref(cut);
    json_t *value = rpc_number(0xfedcba9876543210);
    assert_string_equal(json_string_value(value), "0xfedcba9876543210");
    assert_true(rpc_take_number(value, &number));
    assert_int_equal(number, 0xfedcba9876543210);
    json_decref(value);
    value = rpc_bytes(span_of("\x00\xAb", 2));
    struct writer w = writer_of(out, sizeof out);
    assert_string_equal(json_string_value(value), "0x00ab");
    assert_true(rpc_take_bytes(value, &w));
    assert_int_equal(w.n, 2);
    json_decref(value);
    assert_false(rpc_take_number(NULL, &number));
    assert_false(rpc_take_bytes(NULL, &w));
}

// --- A node that lies ----------------------------------------------------------------------------------------

#define WORD "0000000000000000000000000000000000000000000000000000000000000000"

static void test_a_node_that_says_nonsense_is_refused(void **state)
{
    (void)state;
    struct evm_chain chain = {.rpc = {.client = {ask, NULL}, .url = "http://node.example"}};
    const struct registry registry = evm_chain_registry(&chain);
    struct detail detail;
    struct evm_block block;
    uint64_t size = 0;
    uint8_t hash[MERKLE_HASH], bytes[64];
    struct writer entry = writer_of(bytes, sizeof bytes);
    said = "{\"id\":1,\"result\":\"0x\"}"; // there is no contract
    assert_int_equal(evm_chain_size(&chain, &size, &detail), JUMIN_ERROR_NOT_SUPPORTED);
    chain.rpc.next = 0;
    assert_int_equal(registry.node(registry.context, 0, 0, hash, &detail), JUMIN_ERROR_HASH);
    chain.rpc.next = 0;
    said = "{\"id\":1,\"result\":\"0x" WORD WORD "\"}";
    assert_int_equal(evm_chain_size(&chain, &size, &detail), JUMIN_ERROR_NOT_SUPPORTED);
    chain.rpc.next = 0;
    said = "{\"id\":1,\"result\":\"0x" WORD "\"}"; // a subtree that is not complete
    assert_int_equal(registry.node(registry.context, 0, 0, hash, &detail), JUMIN_ERROR_HASH);
    chain.rpc.next = 0;
    said = "{\"id\":1,\"result\":{\"number\":\"0x5\",\"timestamp\":\"0x1\",\"hash\":\"0x00\"}}";
    assert_int_equal(evm_chain_last_block(&chain, &block, &detail), JUMIN_ERROR_MALFORMED);
    chain.rpc.next = 0;
    said = "{\"id\":1,\"result\":{\"number\":\"0x5\",\"timestamp\":\"0x1\",\"hash\":\"0x" WORD "\"}}";
    assert_int_equal(evm_chain_block(&chain, 6, &block, &detail), JUMIN_ERROR_MALFORMED);
    chain.rpc.next = 0;
    assert_int_equal(evm_chain_block(&chain, 5, &block, &detail), JUMIN_OK);
    chain.rpc.next = 0;
    said = "{\"id\":1,\"result\":null}";
    assert_int_equal(evm_chain_block(&chain, 6, &block, &detail), JUMIN_ERROR_INPUT);
    chain.rpc.next = 0;
    said = "{\"id\":1,\"result\":[]}";
    assert_int_equal(registry.entry(registry.context, 0, &entry, &detail), JUMIN_ERROR_INPUT);
    chain.rpc.next = 0;
    said = "{\"id\":1,\"result\":[{\"data\":\"0x" WORD "\"}]}";
    assert_int_equal(registry.entry(registry.context, 0, &entry, &detail), JUMIN_ERROR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keccak_is_that_of_before_sha_3),
        cmocka_unit_test(test_strings_and_lists_are_written_as_rlp),
        cmocka_unit_test(test_lengths_have_no_leading_zeros),
        cmocka_unit_test(test_numbers_have_no_leading_zeros),
        cmocka_unit_test(test_calls_are_written_as_the_abi_has_them),
        cmocka_unit_test(test_answers_that_are_no_numbers_or_bytes_are_refused),
        cmocka_unit_test(test_an_address_comes_from_the_key),
        cmocka_unit_test(test_a_number_that_is_no_key_is_refused),
        cmocka_unit_test(test_nothing_is_signed_without_random_bytes),
        cmocka_unit_test(test_a_transaction_is_that_of_eip_155),
        cmocka_unit_test(test_answers_that_are_none_are_refused),
        cmocka_unit_test(test_a_refusal_shows_no_control_characters),
        cmocka_unit_test(test_values_are_hexadecimal_and_nothing_else),
        cmocka_unit_test(test_a_node_that_says_nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
