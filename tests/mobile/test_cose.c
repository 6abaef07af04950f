// COSE as status lists and requests use it: headers, tag, chain, detached payloads; and keys.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/cose.h"
#include "tests/mobile/mdoc_stage.h"

static struct mdoc_stage stage;
static uint8_t buffer[STAGE_BYTES];
static const struct span payload = {(const uint8_t *)"payload", 7}, nothing;
static struct cose_message message;
static const char *why;

static int setup(void **state)
{
    (void)state;
    mdoc_stage_open(&stage);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    mdoc_stage_close(&stage);
    return 0;
}

static struct span sign(const struct cose_header *header)
{
    struct writer w = writer_of(buffer, sizeof buffer);
    assert_true(cose_sign1_put(&w, header, payload, &stage.issuer));
    return writer_span(&w);
}

static void test_a_typed_and_tagged_message_is_read_as_it_was_made(void **state)
{
    (void)state;
    const struct span chain[] = {text_span("leaf"), text_span("authority")};
    const struct cose_header header = {.tagged = COSE_TAGGED,
                                       .algorithm = COSE_ES256,
                                       .type = "application/statuslist+cwt",
                                       .chain = chain,
                                       .chain_count = 2,
                                       .chain_protected = true};
    const struct span bytes = sign(&header);
    assert_int_equal(bytes.p[0], 0xD2); // tag 18
    assert_true(cose_sign1_parse(bytes, COSE_TAGGED, &message, &why));
    assert_int_equal(message.algorithm, COSE_ES256);
    assert_true(span_equal(message.type, text_span("application/statuslist+cwt")));
    assert_true(message.chain_protected);
    assert_int_equal(message.chain_count, 2);
    assert_true(span_equal(message.chain[0], chain[0]) && span_equal(message.chain[1], chain[1]));
    assert_true(span_equal(message.payload, payload));
    assert_true(cose_sign1_verify(&message, &stage.issuer_key, nothing, nothing));
    assert_false(cose_sign1_verify(&message, &stage.other_key, nothing, nothing));
    assert_false(cose_sign1_verify(&message, &stage.issuer_key, text_span("x"), nothing));
    assert_false(cose_sign1_verify(&message, &stage.issuer_key, nothing, payload)); // it is not detached
    assert_false(cose_sign1_parse(bytes, COSE_UNTAGGED, &message, &why));
}

static void test_a_tag_that_is_wanted_must_be_there(void **state)
{
    (void)state;
    const struct cose_header header = {.algorithm = COSE_ESP256};
    const struct span bytes = sign(&header);
    assert_true(cose_sign1_parse(bytes, COSE_UNTAGGED, &message, &why));
    assert_int_equal(message.algorithm, COSE_ESP256);
    assert_int_equal(message.chain_count, 0);
    assert_false(cose_sign1_parse(bytes, COSE_TAGGED, &message, &why));
    assert_string_equal(why, "lacks the tag of COSE_Sign1");
}

static void test_a_detached_payload_is_signed(void **state)
{
    (void)state;
    const struct cose_header header = {.algorithm = COSE_ES256, .detached = true};
    assert_true(cose_sign1_parse(sign(&header), COSE_UNTAGGED, &message, &why));
    assert_true(message.detached);
    assert_true(cose_sign1_verify(&message, &stage.issuer_key, nothing, payload));
    assert_false(cose_sign1_verify(&message, &stage.issuer_key, nothing, text_span("payloaD")));
    assert_false(cose_sign1_verify(&message, &stage.issuer_key, nothing, nothing));
}

static void test_only_algorithms_of_p256_are_made(void **state)
{
    (void)state;
    struct cose_header header = {.algorithm = COSE_ES384};
    struct writer w = writer_of(buffer, sizeof buffer);
    assert_false(cose_sign1_put(&w, &header, payload, &stage.issuer));
    header.algorithm = COSE_HMAC_256;
    assert_false(cose_sign1_put(&w, &header, payload, &stage.issuer));
}

static void test_es384_is_verified(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key key = {0};
    uint8_t structure[64], digest[48], signature[96];
    struct writer w = writer_of(structure, sizeof structure);
    assert_true(crypto_ec_generate(&key, CRYPTO_P384, &random));
    cbor_put_array(&w, 4);
    cbor_put_string(&w, "Signature1");
    cbor_put_bytes(&w, span_of("\xA1\x01\x38\x22", 4));
    cbor_put_bytes(&w, nothing);
    cbor_put_bytes(&w, payload);
    const struct span whole = writer_span(&w);
    assert_true(crypto_hash_parts(CRYPTO_SHA384, &whole, 1, digest));
    assert_true(crypto_ecdsa_sign(&key, &random, span_of(digest, sizeof digest), signature));
    w = writer_of(buffer, sizeof buffer);
    cbor_put_array(&w, 4);
    cbor_put_bytes(&w, span_of("\xA1\x01\x38\x22", 4));
    cbor_put_map(&w, 0);
    cbor_put_bytes(&w, payload);
    cbor_put_bytes(&w, span_of(signature, sizeof signature));
    assert_true(cose_sign1_parse(writer_span(&w), COSE_UNTAGGED, &message, &why));
    assert_true(cose_sign1_verify(&message, &key, nothing, nothing));
    assert_false(cose_sign1_verify(&message, &stage.issuer_key, nothing, nothing));
    crypto_ec_release(&key);
}

// A MAC as the standard writes it, with its key of 32 bytes 'k'.
static void test_a_mac_is_over_the_structure_of_the_standard(void **state)
{
    (void)state;
    uint8_t key[COSE_MAC], mac[32];
    struct writer w = writer_of(buffer, sizeof buffer);
    memset(key, 'k', sizeof key);
    assert_true(cose_mac0_put(&w, key, payload));
    assert_true(cose_mac0_parse(writer_span(&w), &message, &why));
    assert_true(cose_mac0_verify(&message, key, payload));
    assert_false(cose_mac0_verify(&message, key, nothing));
    static const uint8_t structure[] = "\x84\x64MAC0\x43\xA1\x01\x05\x40\x47payload";
    assert_true(
        crypto_hmac(CRYPTO_SHA256, span_of(key, sizeof key), span_of(structure, sizeof structure - 1), mac));
    assert_true(span_equal(message.proof, span_of(mac, sizeof mac)));
    key[31] ^= 1;
    assert_false(cose_mac0_verify(&message, key, payload));
}

static void test_malformed_messages_are_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "8343a10126a04100",           // three members
        "8543a10126a041004100 00",    // five
        "8443a10126a041004100 00",    // something behind it
        "84a10126a041004100",         // the protected header as a map
        "8441a1a041004100",           // … cut
        "8443a1012780 41004100",      // the unprotected one as an array
        "8443a10126a0004100",         // a payload that is a number
        "8443a10126a0f54100",         // … or true
        "8443a10126a0410000",         // a signature that is a number
        "8444a1012600a041004100",     // something behind the protected header
        "8440a1012641004100",         // an algorithm that is not signed
        "8440a041004100",             // none
        "8443a10126a10126 41004100",  // twice
        "8446a201260126a041004100",   // twice in one map
        "8443a10140a041004100",       // of no number
        "8446a2012610f5a041004100",   // a type that is no text
        "8443a10126a118218041004100", // a chain of none
        "8443a10126a118214041004100", // an empty certificate
        "8443a10126a118218241614041004100",
        "8443a10126a11821824161004100",
        "8443a10126a118218541614161416141614161"
        "41004100", // a chain that is too long
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const struct span bytes = unhex(refused[i], buffer, sizeof buffer);
        assert_false(cose_sign1_parse(bytes, COSE_UNTAGGED, &message, &why));
    }
    assert_true(cose_sign1_parse(unhex("8443a10126a041004100", buffer, sizeof buffer), COSE_UNTAGGED,
                                 &message, &why));
    assert_true(cose_sign1_parse(unhex("8443a10126a104416141004100", buffer, sizeof buffer), COSE_UNTAGGED,
                                 &message, &why)); // a key identifier is no matter
}

static bool key_is_taken(const char *hex)
{
    uint8_t point[SIGNER_POINT];
    return cose_key_parse(unhex(hex, buffer, sizeof buffer), point);
}

#define COORDINATE "5a88d182bce5f42efa59943f33359d2e8a968ff289d93e5fa444b624343167fe"

static void test_keys_are_those_of_the_standard(void **state)
{
    (void)state;
    uint8_t point[SIGNER_POINT];
    struct writer w = writer_of(buffer, sizeof buffer);
    cose_key_put(&w, stage.device.point);
    assert_int_equal(w.n, 75);
    assert_memory_equal(buffer, "\xA4\x01\x02\x20\x01\x21\x58\x20", 8);
    assert_true(cose_key_parse(writer_span(&w), point));
    assert_memory_equal(point, stage.device.point, sizeof point);
    assert_true(key_is_taken("a401022001215820" COORDINATE "225820" COORDINATE));
    assert_true(key_is_taken("a60102024131032620 01215820" COORDINATE "225820" COORDINATE)); // kid, alg
    assert_false(key_is_taken("a401012001215820" COORDINATE "225820" COORDINATE));           // OKP
    assert_false(key_is_taken("a401022002215820" COORDINATE "225820" COORDINATE));           // P-384
    assert_false(key_is_taken("a401022001215820" COORDINATE "22f5"));                        // compressed
    assert_false(key_is_taken("a3010220012158 20" COORDINATE));
    assert_false(
        key_is_taken("a501022001215820" COORDINATE "225820" COORDINATE "235820" COORDINATE)); // private
    assert_false(key_is_taken("a401022001215820" COORDINATE "225820" COORDINATE "00"));
    assert_false(key_is_taken("a401022001215821" COORDINATE "00225820" COORDINATE));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_typed_and_tagged_message_is_read_as_it_was_made),
        TEST(test_a_tag_that_is_wanted_must_be_there),
        TEST(test_a_detached_payload_is_signed),
        TEST(test_only_algorithms_of_p256_are_made),
        TEST(test_es384_is_verified),
        TEST(test_a_mac_is_over_the_structure_of_the_standard),
        TEST(test_malformed_messages_are_refused),
        TEST(test_keys_are_those_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
