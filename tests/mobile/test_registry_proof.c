// Entries, signed heads, proof files and DID documents: what is refused, on bytes made by hand.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/mobile/base64url.h"
#include "host/mobile/cbor.h"
#include "host/mobile/jws.h"
#include "host/registry/did_web.h"
#include "host/registry/proof.h"

#include <stdio.h>
#include <stdlib.h>

enum { NOW = 1796000000 };

static struct detail detail;
static struct crypto_ec_key pair, other_pair;
static struct signer signer, other;

static int load(struct crypto_ec_key *key, uint8_t last, struct signer *of)
{
    uint8_t secret[32] = {0};
    const struct crypto_random random = crypto_system_random();
    secret[31] = last;
    return crypto_ec_load_secret(key, CRYPTO_P256, span_of(secret, sizeof secret), &random) &&
                   signer_of_key(key, of)
               ? 0
               : -1;
}

static int begin(void **state)
{
    (void)state;
    return load(&pair, 5, &signer) + load(&other_pair, 6, &other);
}

static int end(void **state)
{
    (void)state;
    crypto_ec_release(&pair);
    crypto_ec_release(&other_pair);
    return 0;
}

static struct span point(void)
{
    return span_of(signer.point, sizeof signer.point);
}

// --- Entries -------------------------------------------------------------------------------------------------

static const struct jumin_registry_entry sample = {
    .kind = JUMIN_REGISTRY_STATUS_LIST, .name = "u:1", .digest = {1, 2, 3}, .at = 65536};
static const char sample_hex[] =
    "85 01 04 63 75 3a 31 58 20 01 02 03 00000000000000000000000000000000000000000000000000000000 00"
    "1a 00 01 00 00";

static void test_an_entry_is_its_bytes(void **state)
{
    (void)state;
    uint8_t bytes[REGISTRY_ENTRY_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    struct jumin_registry_entry entry = {.index = 7};
    registry_entry_put(&w, &sample);
    assert_span_hex(writer_span(&w), sample_hex);
    assert_true(registry_entry_take(writer_span(&w), &entry));
    assert_int_equal(entry.index, 7);
    assert_int_equal(entry.kind, JUMIN_REGISTRY_STATUS_LIST);
    assert_string_equal(entry.name, "u:1");
    assert_int_equal(entry.at, 65536);
    for (size_t n = 0; n < w.n; n++) {
        assert_false(registry_entry_take(span_of(bytes, n), &entry));
    }
    assert_false(registry_entry_take(span_of(bytes, w.n + 1), &entry));
}

static void test_the_longest_entry_fits(void **state)
{
    (void)state;
    uint8_t bytes[REGISTRY_ENTRY_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    struct jumin_registry_entry entry = sample;
    memset(entry.name, 'n', JUMIN_REGISTRY_NAME - 1);
    entry.at = INT64_MAX;
    registry_entry_put(&w, &entry);
    assert_false(w.overflow);
    assert_true(registry_entry_take(writer_span(&w), &entry));
}

static void test_another_entry_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "84 01 04 63 75 3a 31 58 20",                               // another number of members
        "85 02 04 63 75 3a 31 58 20",                               // version
        "85 01 00 63 75 3a 31 58 20", "85 01 05 63 75 3a 31 58 20", // kinds that there are not
        "85 01 04 63 75 00 31 58 20",                               // a zero byte in the name
        "85 01 04 63 75 0a 31 58 20",                               // two lines
        "85 01 04 60 58 20",                                        // no name
        "85 01 04 43 75 3a 31 58 20",                               // bytes for a name
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint8_t bytes[128];
        struct jumin_registry_entry entry = {.kind = JUMIN_REGISTRY_SCHEMA};
        struct writer w = writer_of(bytes, sizeof bytes);
        w.n = unhex(bad[i], bytes, sizeof bytes).n;
        writer_put(&w, span_of(sample.digest, 32));
        writer_put(&w, span_of("\x1a\x00\x01\x00\x00", 5));
        assert_false(registry_entry_take(writer_span(&w), &entry));
        assert_int_equal(entry.kind, JUMIN_REGISTRY_SCHEMA);
    }
    uint8_t bytes[128];
    struct jumin_registry_entry entry;
    struct writer w = writer_of(bytes, sizeof bytes); // a digest of 31 bytes
    w.n = unhex("85 01 04 63 75 3a 31 58 1f", bytes, sizeof bytes).n;
    writer_put(&w, span_of(sample.digest, 31));
    writer_put_u8(&w, 0);
    assert_false(registry_entry_take(writer_span(&w), &entry));
    w.n = unhex("85 01 04 63 75 3a 31 58 20", bytes, sizeof bytes).n; // a time beyond 63 bits
    writer_put(&w, span_of(sample.digest, 32));
    writer_put(&w, span_of("\x1b\xff\xff\xff\xff\xff\xff\xff\xff", 9));
    assert_false(registry_entry_take(writer_span(&w), &entry));
}

// --- Heads ---------------------------------------------------------------------------------------------------

static char token[REGISTRY_HEAD_MAX * 2];

static struct span sign_json(const char *type, const char *claims)
{
    struct writer w = writer_of(token, sizeof token);
    const struct jws_header header = {.type = type};
    assert_int_equal(jws_sign(&signer, &header, span_of(claims, strlen(claims)), &w), JUMIN_OK);
    return writer_span(&w);
}

static void sign_head(const struct signer *by, const struct registry_head *head, char text[REGISTRY_HEAD_MAX])
{
    struct writer w = writer_of(text, REGISTRY_HEAD_MAX);
    assert_int_equal(registry_head_sign(head, by, &w, &detail), JUMIN_OK);
    writer_put_u8(&w, '\0');
    assert_false(w.overflow);
}

static void test_a_head_says_size_root_and_time(void **state)
{
    (void)state;
    const struct registry_head head = {.size = 1234567890123, .root = {9, 8, 7}, .at = NOW};
    struct registry_head opened;
    char text[REGISTRY_HEAD_MAX];
    sign_head(&signer, &head, text);
    assert_int_equal(registry_head_open(span_of(text, strlen(text)), point(), &opened, &detail), JUMIN_OK);
    assert_int_equal(opened.size, head.size);
    assert_int_equal(opened.at, NOW);
    assert_memory_equal(opened.root, head.root, MERKLE_HASH);
}

static void test_a_head_of_another_key_is_refused(void **state)
{
    (void)state;
    const struct registry_head head = {.size = 1, .at = NOW};
    struct registry_head opened = {.size = 77};
    char text[REGISTRY_HEAD_MAX];
    sign_head(&other, &head, text);
    assert_int_equal(registry_head_open(span_of(text, strlen(text)), point(), &opened, &detail),
                     JUMIN_ERROR_SIGNATURE);
    sign_head(&signer, &head, text);
    text[strlen(text) - 10] ^= 1;
    assert_int_not_equal(registry_head_open(span_of(text, strlen(text)), point(), &opened, &detail),
                         JUMIN_OK);
    assert_int_equal(opened.size, 77);
}

static void test_a_token_that_is_no_head_is_refused(void **state)
{
    (void)state;
#define ROOT "\"root\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""
    static const char good[] = "{\"size\":3," ROOT ",\"iat\":5}";
    static const char *const bad[] = {
        "{" ROOT ",\"iat\":5}",
        "{\"size\":3," ROOT "}",
        "{\"size\":3,\"iat\":5}",
        "{\"size\":-1," ROOT ",\"iat\":5}",
        "{\"size\":3.0," ROOT ",\"iat\":5}",
        "{\"size\":\"3\"," ROOT ",\"iat\":5}",
        "{\"size\":3," ROOT ",\"iat\":null}",
        "{\"size\":3,\"root\":\"AAAA\",\"iat\":5}",
        "{\"size\":3,\"root\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"iat\":5}",
        "{\"size\":3,\"size\":4," ROOT ",\"iat\":5}",
    };
    struct registry_head head;
    const char type[] = "jumin-registry-head+jwt";
    assert_int_equal(registry_head_open(sign_json(type, good), point(), &head, &detail), JUMIN_OK);
    assert_int_equal(head.size, 3);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(registry_head_open(sign_json(type, bad[i]), point(), &head, &detail),
                         JUMIN_ERROR_MALFORMED);
    }
    assert_int_equal(registry_head_open(sign_json("statuslist+jwt", good), point(), &head, &detail),
                     JUMIN_ERROR_MALFORMED);
    char longest[1000];
    (void)snprintf(longest, sizeof longest, "{\"size\":3," ROOT ",\"iat\":5,\"x\":\"%0700d\"}", 0);
    assert_int_equal(registry_head_open(sign_json(type, longest), point(), &head, &detail),
                     JUMIN_ERROR_MALFORMED);
}

// --- Proof files ---------------------------------------------------------------------------------------------

// Two entries, of which the second is proven, from a head over the first.
static struct registry_proof proof;
static struct registry_head known;
static uint8_t roots[2][MERKLE_HASH];

static void make_proof(void)
{
    uint8_t first[REGISTRY_ENTRY_MAX], leaves[2][MERKLE_HASH];
    struct writer w = writer_of(first, sizeof first);
    struct jumin_registry_entry entry = sample;
    registry_entry_put(&w, &entry);
    assert_true(merkle_leaf(writer_span(&w), leaves[0]));
    entry.at++;
    memset(&proof, 0, sizeof proof);
    w = writer_of(proof.entry, sizeof proof.entry);
    registry_entry_put(&w, &entry);
    proof.entry_length = w.n;
    assert_true(merkle_leaf(writer_span(&w), leaves[1]));
    memcpy(roots[0], leaves[0], MERKLE_HASH);
    assert_true(merkle_node(leaves[0], leaves[1], roots[1]));
    proof.index = 1;
    proof.inclusion.count = 1;
    memcpy(proof.inclusion.hashes[0], leaves[0], MERKLE_HASH);
    proof.growth.there = true;
    proof.growth.from = 1;
    proof.growth.path.count = 1;
    memcpy(proof.growth.path.hashes[0], leaves[1], MERKLE_HASH);
    struct registry_head head = {.size = 2, .at = NOW};
    memcpy(head.root, roots[1], MERKLE_HASH);
    sign_head(&signer, &head, proof.head);
    known = (struct registry_head){.size = 1, .at = NOW - 1};
    memcpy(known.root, roots[0], MERKLE_HASH);
}

static enum jumin_error check(const struct registry_head *from)
{
    struct jumin_registry_entry entry;
    struct registry_head head;
    return registry_proof_check(&proof, point(), from, &entry, &head, &detail);
}

static void test_a_proof_survives_its_file(void **state)
{
    (void)state;
    static struct registry_proof read;
    make_proof();
    char *text = registry_proof_write(&proof);
    assert_non_null(text);
    assert_int_equal(registry_proof_read(span_of(text, strlen(text)), &read, &detail), JUMIN_OK);
    assert_memory_equal(&read, &proof, sizeof proof);
    free(text);
    assert_int_equal(check(NULL), JUMIN_OK);
    assert_int_equal(check(&known), JUMIN_OK);
}

static void test_the_longest_proof_fits_its_file(void **state)
{
    (void)state;
    static struct registry_proof read;
    make_proof();
    proof.inclusion.count = MERKLE_PATH_MAX;
    proof.growth.path.count = MERKLE_PATH_MAX;
    proof.entry_length = REGISTRY_ENTRY_MAX;
    proof.growth.from = proof.index = INT64_MAX;
    memset(proof.head, 'x', sizeof proof.head - 1);
    char *text = registry_proof_write(&proof);
    assert_int_equal(registry_proof_read(span_of(text, strlen(text)), &read, &detail), JUMIN_OK);
    free(text);
}

static void test_a_proof_of_anything_else_is_refused(void **state)
{
    (void)state;
    make_proof();
    proof.index = 0;
    assert_int_equal(check(NULL), JUMIN_ERROR_HASH);
    make_proof();
    proof.entry[12] ^= 1; // the digest
    assert_int_equal(check(NULL), JUMIN_ERROR_HASH);
    make_proof();
    proof.inclusion.count = 0;
    assert_int_equal(check(NULL), JUMIN_ERROR_HASH);
    make_proof();
    proof.entry_length--;
    assert_int_equal(check(NULL), JUMIN_ERROR_MALFORMED);
    make_proof();
    struct registry_head head = {.size = 2, .at = NOW};
    memcpy(head.root, roots[1], MERKLE_HASH);
    sign_head(&other, &head, proof.head);
    assert_int_equal(check(NULL), JUMIN_ERROR_SIGNATURE);
}

static void test_a_registry_that_was_rewritten_is_noticed(void **state)
{
    (void)state;
    make_proof();
    known.root[0] ^= 1;
    assert_int_equal(check(&known), JUMIN_ERROR_HASH);
    make_proof();
    known.size = 2; // the same number of others
    assert_int_equal(check(&known), JUMIN_ERROR_HASH);
    memcpy(known.root, roots[1], MERKLE_HASH);
    assert_int_equal(check(&known), JUMIN_OK);
    known.size = 3;
    assert_int_equal(check(&known), JUMIN_ERROR_STATUS);
    make_proof();
    proof.growth.there = false;
    assert_int_equal(check(&known), JUMIN_ERROR_STATUS);
    make_proof();
    proof.growth.from = 2;
    assert_int_equal(check(&known), JUMIN_ERROR_STATUS);
    make_proof();
    known = (struct registry_head){.size = 0}; // nothing, and not the hash of nothing
    assert_int_equal(check(&known), JUMIN_ERROR_HASH);
    assert_true(merkle_empty(known.root));
    assert_int_equal(check(&known), JUMIN_OK);
}

// A file with one piece of its text in place of another.
static enum jumin_error read_with(const char *old, const char *new)
{
    static struct registry_proof read;
    make_proof();
    char *text = registry_proof_write(&proof), changed[8192];
    char *at = strstr(text, old);
    assert_non_null(at);
    (void)snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    free(text);
    return registry_proof_read(span_of(changed, strlen(changed)), &read, &detail);
}

static void test_files_that_are_no_proof_are_refused(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"\"registry_proof\": 1", "\"registry_proof\": 2"},
        {"\"index\": 1", "\"index\": -1"},
        {"\"index\": 1", "\"index\": 1.0"},
        {"\"index\": 1", "\"index\": \"1\""},
        {"\"entry\": \"", "\"entry\": \"*"},
        {"\"entry\"", "\"entries\""},
        {"\"inclusion\": [", "\"inclusion\": [\"AAAA\", "},
        {"\"inclusion\": [", "\"inclusion\": [7, "},
        {"\"inclusion\"", "\"more\": 1, \"inclusion\""},
        {"\"consistency\": [", "\"consistency\": {}, \"x\": ["},
        {"\"from\": 1", "\"from\": null"},
        {"\"head\": \"", "\"head\": 7, \"x\": \""},
        {"\"index\": 1", "\"index\": 1, \"index\": 1"},
    };
    assert_int_equal(read_with("\"index\": 1", "\"index\": 2"), JUMIN_OK);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        assert_int_equal(read_with(changes[i][0], changes[i][1]), JUMIN_ERROR_MALFORMED);
    }
}

// --- did:web -------------------------------------------------------------------------------------------------

// The examples of the method's specification, and what it does not allow.
static void test_a_did_comes_from_the_address(void **state)
{
    (void)state;
    static const char *const addresses[][3] = {
        {"https://w3c-ccg.github.io", "did:web:w3c-ccg.github.io", "/.well-known/did.json"},
        {"https://w3c-ccg.github.io/user/alice", "did:web:w3c-ccg.github.io:user:alice",
         "/user/alice/did.json"},
        {"https://example.com:3000/user/alice/", "did:web:example.com%3A3000:user:alice",
         "/user/alice/did.json"},
        {"https://example.com/", "did:web:example.com", "/.well-known/did.json"},
    };
    static const char *const bad[] = {"http://example.com",   "https://",
                                      "https:///a",           "https://a.example?x",
                                      "https://a.example#x",  "https://a b",
                                      "https://a.example//b", "https://:80",
                                      "https://a:1:2",        "https://u@a.example",
                                      "https://a.example/%41"};
    char did[DID_WEB_MAX], path[DID_WEB_MAX];
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        assert_true(did_web_of(addresses[i][0], did));
        assert_string_equal(did, addresses[i][1]);
        assert_true(did_web_path(addresses[i][0], path));
        assert_string_equal(path, addresses[i][2]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(did_web_of(bad[i], did));
    }
    char longest[600];
    (void)snprintf(longest, sizeof longest, "https://a.example/%0550d", 0);
    assert_false(did_web_of(longest, did));
}

static void test_a_did_document_names_each_key_by_its_thumbprint(void **state)
{
    (void)state;
    uint8_t points[2][SIGNER_POINT], thumbprint[JWK_THUMBPRINT];
    char *text = NULL, id[100];
    struct writer w = writer_of(id, sizeof id);
    memcpy(points[0], signer.point, SIGNER_POINT);
    memcpy(points[1], other.point, SIGNER_POINT);
    assert_int_equal(did_web_document("https://issuer.example", points, 2, &text), JUMIN_OK);
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const json_t *method = json_array_get(json_object_get(document, "verificationMethod"), 1);
    assert_string_equal(json_string_value(json_object_get(document, "id")), "did:web:issuer.example");
    assert_true(jwk_thumbprint(span_of(other.point, SIGNER_POINT), thumbprint));
    writer_put(&w, span_of("did:web:issuer.example#", 23));
    base64url_put(&w, span_of(thumbprint, sizeof thumbprint));
    writer_put_u8(&w, '\0');
    assert_string_equal(json_string_value(json_object_get(method, "id")), id);
    assert_string_equal(json_string_value(json_array_get(json_object_get(document, "assertionMethod"), 1)),
                        id);
    uint8_t back[SIGNER_POINT];
    assert_int_equal(jwk_read(json_object_get(method, "publicKeyJwk"), back, &detail), JUMIN_OK);
    assert_memory_equal(back, other.point, SIGNER_POINT);
    json_decref(document);
    free(text);
    points[1][64] ^= 1;
    assert_int_equal(did_web_document("https://issuer.example", points, 2, &text), JUMIN_ERROR_INPUT);
    assert_null(text);
    assert_int_equal(did_web_document("http://issuer.example", points, 1, &text), JUMIN_ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_entry_is_its_bytes),
        cmocka_unit_test(test_the_longest_entry_fits),
        cmocka_unit_test(test_another_entry_is_refused),
        cmocka_unit_test(test_a_head_says_size_root_and_time),
        cmocka_unit_test(test_a_head_of_another_key_is_refused),
        cmocka_unit_test(test_a_token_that_is_no_head_is_refused),
        cmocka_unit_test(test_a_proof_survives_its_file),
        cmocka_unit_test(test_the_longest_proof_fits_its_file),
        cmocka_unit_test(test_a_proof_of_anything_else_is_refused),
        cmocka_unit_test(test_a_registry_that_was_rewritten_is_noticed),
        cmocka_unit_test(test_files_that_are_no_proof_are_refused),
        cmocka_unit_test(test_a_did_comes_from_the_address),
        cmocka_unit_test(test_a_did_document_names_each_key_by_its_thumbprint),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
