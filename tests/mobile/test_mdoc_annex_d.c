// ISO 18013-5 Annex D, byte for byte: what the standard's example holds is read and verified, and made
// again it is the same. And the session transcript of OpenID4VP 1.0.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/device_request.h"
#include "host/mobile/device_response.h"
#include "host/mobile/session_transcript.h"
#include "host/pki/x509.h"
#include "tests/mobile/annex_d_mdoc.h"
#include "tests/unit/unit.h"

static const struct span mdl = {(const uint8_t *)"org.iso.18013.5.1.mDL", 21};
static const struct span mdl_namespace = {(const uint8_t *)"org.iso.18013.5.1", 17};

struct example {
    uint8_t response[4096], transcript[1024], request[1024];
    struct span response_bytes, transcript_bytes, request_bytes;
    struct crypto_ec_key signer, device_key, reader_key;
    struct mdoc_signer trusted;
    struct signer device, reader;
    struct mdoc_rules rules;
    struct device_response parsed;
    struct device_request parsed_request;
    struct detail detail;
};

// Whatever the example's certificates say, by whom they are.
static enum jumin_error trust_all(void *context, const struct span *chain, size_t count, int64_t now,
                                  struct mdoc_signer *signer, struct detail *detail)
{
    struct example *example = context;
    struct x509_certificate certificate;
    const char *why = NULL;
    (void)now;
    (void)detail;
    assert_int_equal(count, 1);
    assert_true(x509_parse(chain[0], &certificate, &why));
    crypto_ec_release(&example->signer);
    assert_true(crypto_ec_load_public(&example->signer, CRYPTO_P256, certificate.key.point));
    *signer = (struct mdoc_signer){&example->signer, certificate.not_before, certificate.not_after};
    return JUMIN_OK;
}

static void load_secret(const char *hex, struct crypto_ec_key *key, struct signer *signer)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t secret[32];
    assert_true(crypto_ec_load_secret(key, CRYPTO_P256, unhex(hex, secret, sizeof secret), &random));
    assert_true(signer_of_key(key, signer));
}

static void example_open(struct example *example)
{
    uint8_t wrapped[1024];
    struct span transcript, whole;
    memset(example, 0, sizeof *example);
    example->response_bytes = unhex(annex_d_device_response, example->response, sizeof example->response);
    example->request_bytes = unhex(annex_d_device_request, example->request, sizeof example->request);
    transcript = unhex(annex_d_transcript_bytes, wrapped, sizeof wrapped);
    assert_true(cbor_take_embedded(&transcript, &whole, &example->transcript_bytes));
    memcpy(example->transcript, example->transcript_bytes.p, example->transcript_bytes.n);
    example->transcript_bytes.p = example->transcript;
    load_secret(annex_d_device_secret, &example->device_key, &example->device);
    load_secret(annex_d_reader_secret, &example->reader_key, &example->reader);
    example->rules = (struct mdoc_rules){.now = 1601640000, .issuer = {trust_all, example}};
    assert_int_equal(device_response_parse(example->response_bytes, &example->parsed, &example->detail),
                     JUMIN_OK);
    assert_int_equal(device_request_parse(example->request_bytes, &example->parsed_request, &example->detail),
                     JUMIN_OK);
}

static void example_close(struct example *example)
{
    crypto_ec_release(&example->signer);
    crypto_ec_release(&example->device_key);
    crypto_ec_release(&example->reader_key);
}

static void test_the_response_is_taken_apart(void **state)
{
    (void)state;
    struct example example;
    struct issuer_signed_item item;
    example_open(&example);
    const struct device_document *document = &example.parsed.documents[0];
    const struct mdoc_mso *mso = &document->issuer_signed.mso;
    assert_int_equal(example.parsed.status, DEVICE_RESPONSE_OK);
    assert_int_equal(example.parsed.count, 1);
    assert_true(span_equal(document->doc_type, mdl));
    assert_true(span_equal(mso->doc_type, mdl));
    assert_int_equal(document->method, DEVICE_AUTH_MAC);
    assert_int_equal(mso->validity.signed_at, 1601559002);   // 2020-10-01T13:30:02Z
    assert_int_equal(mso->validity.valid_until, 1633095002); // a year later
    assert_memory_equal(mso->device_key, example.device.point, SIGNER_POINT);
    assert_true(
        issuer_signed_find(&document->issuer_signed, mdl_namespace, span_of("document_number", 15), &item));
    assert_span_hex(item.value, "69313233343536373839");
    assert_int_equal(item.digest_id, 7);
    assert_false(issuer_signed_find(&document->issuer_signed, mdl_namespace, span_of("sex", 3), &item));
    example_close(&example);
}

static void test_the_response_verifies(void **state)
{
    (void)state;
    struct example example;
    example_open(&example);
    assert_int_equal(device_document_verify(&example.parsed.documents[0], &example.rules,
                                            example.transcript_bytes, &example.reader, &example.detail),
                     JUMIN_OK);
    // The MAC is for the reader's key alone.
    assert_int_equal(device_document_verify(&example.parsed.documents[0], &example.rules,
                                            example.transcript_bytes, NULL, &example.detail),
                     JUMIN_ERROR_NOT_SUPPORTED);
    assert_int_equal(device_document_verify(&example.parsed.documents[0], &example.rules,
                                            example.transcript_bytes, &example.device, &example.detail),
                     JUMIN_ERROR_CLONED);
    example_close(&example);
}

static void test_the_response_is_made_again(void **state)
{
    (void)state;
    static const char *const shown[] = {"family_name",     "issue_date", "expiry_date",
                                        "document_number", "portrait",   "driving_privileges"};
    struct example example;
    struct mdoc_element_name elements[6];
    uint8_t bytes[4096];
    struct writer w = writer_of(bytes, sizeof bytes);
    example_open(&example);
    for (size_t i = 0; i < 6; i++) {
        elements[i] = (struct mdoc_element_name){mdl_namespace, span_of(shown[i], strlen(shown[i])), false};
    }
    const struct device_presentation presentation = {
        .credential = &example.parsed.documents[0].issuer_signed,
        .elements = elements,
        .element_count = 6,
        .device = &example.device,
        .method = DEVICE_AUTH_MAC,
        .reader_key = span_of(example.reader.point, SIGNER_POINT),
    };
    assert_int_equal(device_response_make(example.transcript_bytes, DEVICE_RESPONSE_OK, &presentation, 1, &w),
                     JUMIN_OK);
    assert_span_hex(writer_span(&w), annex_d_device_response);
    example_close(&example);
}

static void test_the_mobile_security_object_is_made_again(void **state)
{
    (void)state;
    static uint8_t digests[MDOC_NAMESPACES_MAX][MDOC_ELEMENTS_MAX][32];
    struct example example;
    struct mdoc_digests namespaces[MDOC_NAMESPACES_MAX];
    uint8_t bytes[4096];
    struct writer w = writer_of(bytes, sizeof bytes);
    size_t count = 0;
    example_open(&example);
    const struct issuer_signed *signed_part = &example.parsed.documents[0].issuer_signed;
    struct span rest = signed_part->mso.value_digests, value;
    struct cbor_map map, ids;
    struct cbor_item name, id, digest;
    assert_true(cbor_take_map(&rest, &map));
    while (cbor_next_pair(&map, &name, &value)) {
        assert_true(cbor_take_map(&value, &ids));
        namespaces[count] = (struct mdoc_digests){name.content, digests[count], ids.pairs};
        while (cbor_next_pair(&ids, &id, &value)) {
            assert_true(cbor_only(value, CBOR_BYTES, &digest));
            memcpy(digests[count][id.number], digest.content.p, 32);
        }
        count++;
    }
    mdoc_mso_put(&w, namespaces, count, signed_part->mso.device_key, mdl, &signed_part->mso.validity,
                 &signed_part->mso.status);
    assert_false(w.overflow);
    assert_true(span_equal(writer_span(&w), signed_part->signature.payload));
    example_close(&example);
}

// A signer that has signed before.
static bool sign_as_before(void *context, const uint8_t digest[SIGNER_DIGEST],
                           uint8_t signature[SIGNER_SIGNATURE])
{
    (void)digest;
    memcpy(signature, ((const struct span *)context)->p, SIGNER_SIGNATURE);
    return true;
}

static void test_the_request_is_made_again(void **state)
{
    (void)state;
    struct example example;
    struct mdoc_element_name elements[16];
    size_t count = 0;
    struct document_request_walk walk;
    uint8_t bytes[2048];
    struct writer w = writer_of(bytes, sizeof bytes);
    example_open(&example);
    const struct document_request *request = &example.parsed_request.documents[0];
    assert_int_equal(example.parsed_request.count, 1);
    assert_span_hex(span_from(request->items_bytes, 4), annex_d_items_request);
    assert_span_hex(request->reader_auth.whole, annex_d_reader_auth);
    document_request_begin(request, &walk);
    while (document_request_next(&walk, &elements[count])) {
        count++;
    }
    assert_int_equal(count, 6);
    assert_true(span_equal(elements[0].identifier, span_of("family_name", 11)));
    assert_true(elements[0].retain);
    assert_false(elements[5].retain);
    struct span signature = request->reader_auth.proof;
    const struct signer signer = {.sign = sign_as_before, .context = &signature};
    const struct device_request_reader reader = {&signer, request->reader_auth.chain, 1};
    const struct document_request_order order = {mdl, elements, count};
    assert_int_equal(device_request_make(example.transcript_bytes, &order, 1, &reader, &w), JUMIN_OK);
    assert_span_hex(writer_span(&w), annex_d_device_request);
    example_close(&example);
}

static void test_the_reader_is_authenticated(void **state)
{
    (void)state;
    struct example example;
    example_open(&example);
    const struct document_request *request = &example.parsed_request.documents[0];
    assert_int_equal(document_request_verify(request, example.transcript_bytes, &example.rules.issuer,
                                             example.rules.now, &example.detail),
                     JUMIN_OK);
    example.transcript[example.transcript_bytes.n - 1] ^= 1;
    assert_int_equal(document_request_verify(request, example.transcript_bytes, &example.rules.issuer,
                                             example.rules.now, &example.detail),
                     JUMIN_ERROR_SIGNATURE);
    example_close(&example);
}

// The example hands over by NFC; engagement, key and handover messages are put together again.
static void test_the_transcript_is_made_again(void **state)
{
    (void)state;
    struct example example;
    struct cbor_item head, select, request;
    struct span engagement, engagement_bytes, reader_key, reader_key_bytes;
    uint8_t bytes[1024];
    struct writer w = writer_of(bytes, sizeof bytes);
    example_open(&example);
    struct span rest = example.transcript_bytes;
    assert_true(cbor_expect(&rest, CBOR_ARRAY, &head));
    assert_true(cbor_take_embedded(&rest, &engagement_bytes, &engagement));
    assert_true(cbor_take_embedded(&rest, &reader_key_bytes, &reader_key));
    assert_true(cbor_expect(&rest, CBOR_ARRAY, &head));
    assert_true(cbor_expect(&rest, CBOR_BYTES, &select));
    assert_true(cbor_expect(&rest, CBOR_BYTES, &request));
    session_transcript_put_nfc(&w, engagement, reader_key_bytes, select.content, request.content);
    assert_true(span_equal(writer_span(&w), example.transcript_bytes));
    w = writer_of(bytes, sizeof bytes);
    session_transcript_put_nfc(&w, engagement, reader_key_bytes, select.content, span_of(NULL, 0));
    assert_int_equal(bytes[w.n - 1], 0xF6);
    w = writer_of(bytes, sizeof bytes);
    session_transcript_put_qr(&w, engagement, reader_key_bytes);
    assert_int_equal(w.n, 1 + engagement_bytes.n + reader_key_bytes.n + 1);
    assert_int_equal(bytes[w.n - 1], 0xF6);
    example_close(&example);
}

static void test_the_salt_is_of_the_wrapped_transcript(void **state)
{
    (void)state;
    struct example example;
    uint8_t wrapped[1024], salt[32], expected[32];
    const struct span whole = unhex(annex_d_transcript_bytes, wrapped, sizeof wrapped);
    example_open(&example);
    assert_true(session_transcript_salt(example.transcript_bytes, salt));
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &whole, 1, expected));
    assert_memory_equal(salt, expected, sizeof salt);
    example_close(&example);
}

// OpenID4VP 1.0 App. B.2.6.1
static void test_the_transcript_of_openid4vp_is_that_of_the_standard(void **state)
{
    (void)state;
    static const char client[] = "x509_san_dns:example.com";
    static const char nonce[] = "exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA";
    static const char uri[] = "https://example.com/response";
    uint8_t thumbprint[32], bytes[256];
    struct writer w = writer_of(bytes, sizeof bytes);
    assert_true(session_transcript_put_openid4vp(
        &w, span_of(client, strlen(client)), span_of(nonce, strlen(nonce)),
        unhex("4283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047", thumbprint,
              sizeof thumbprint),
        span_of(uri, strlen(uri))));
    assert_span_hex(writer_span(&w),
                    "83f6f682714f70656e494434565048616e646f7665725820048bc053c00442af9b8eed494cefdd9d"
                    "95240d254b046b11b68013722aad38ac");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_response_is_taken_apart),
        cmocka_unit_test(test_the_response_verifies),
        cmocka_unit_test(test_the_response_is_made_again),
        cmocka_unit_test(test_the_mobile_security_object_is_made_again),
        cmocka_unit_test(test_the_request_is_made_again),
        cmocka_unit_test(test_the_reader_is_authenticated),
        cmocka_unit_test(test_the_transcript_is_made_again),
        cmocka_unit_test(test_the_salt_is_of_the_wrapped_transcript),
        cmocka_unit_test(test_the_transcript_of_openid4vp_is_that_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
