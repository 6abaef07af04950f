// DeviceResponse: what a wallet shows is what was asked for, bound to key and session; and what must be
// refused is.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/mdoc_stage.h"

static struct mdoc_stage stage;
static uint8_t credential_bytes[STAGE_BYTES], buffer[STAGE_BYTES], transcript_bytes[64], other_bytes[64];
static struct issuer_signed credential;
static struct span transcript, other_transcript;
static struct device_response response;
static struct detail detail;

static const struct mdoc_element_name shown[] = {
    {{(const uint8_t *)"org.iso.23220.1", 15}, {(const uint8_t *)"birth_date", 10}, false},
    {{(const uint8_t *)"org.iso.23220.1", 15}, {(const uint8_t *)"portrait", 8}, false},
};

static void take_credential(const struct flaw *flaw)
{
    const struct span bytes = stage_issuer_signed(&stage, flaw, credential_bytes, sizeof credential_bytes);
    assert_int_equal(issuer_signed_parse(bytes, &credential, &detail), JUMIN_OK);
}

static int setup(void **state)
{
    (void)state;
    mdoc_stage_open(&stage);
    take_credential(&(struct flaw){0});
    transcript = stage_transcript("one", transcript_bytes, sizeof transcript_bytes);
    other_transcript = stage_transcript("two", other_bytes, sizeof other_bytes);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    mdoc_stage_close(&stage);
    return 0;
}

static struct device_presentation by_signature(void)
{
    return (struct device_presentation){
        .credential = &credential, .elements = shown, .element_count = 2, .device = &stage.device};
}

static struct device_presentation by_mac(void)
{
    struct device_presentation presentation = by_signature();
    presentation.method = DEVICE_AUTH_MAC;
    presentation.reader_key = span_of(stage.reader.point, SIGNER_POINT);
    return presentation;
}

static struct span make(const struct device_presentation *presentation)
{
    struct writer w = writer_of(buffer, sizeof buffer);
    assert_int_equal(device_response_make(transcript, DEVICE_RESPONSE_OK, presentation, 1, &w), JUMIN_OK);
    return writer_span(&w);
}

static enum jumin_error verify(struct span bytes, struct span session, const struct signer *reader)
{
    const enum jumin_error error = device_response_parse(bytes, &response, &detail);
    return error != JUMIN_OK
               ? error
               : device_document_verify(&response.documents[0], &stage.rules, session, reader, &detail);
}

static void test_a_signature_verifies(void **state)
{
    (void)state;
    const struct device_presentation presentation = by_signature();
    assert_int_equal(verify(make(&presentation), transcript, NULL), JUMIN_OK);
}

static void test_a_mac_verifies(void **state)
{
    (void)state;
    const struct device_presentation presentation = by_mac();
    assert_int_equal(verify(make(&presentation), transcript, &stage.reader), JUMIN_OK);
}

static void test_only_what_is_chosen_is_shown(void **state)
{
    (void)state;
    const struct device_presentation presentation = by_signature();
    const struct span bytes = make(&presentation);
    struct issuer_signed_walk walk;
    struct issuer_signed_item item;
    assert_int_equal(device_response_parse(bytes, &response, &detail), JUMIN_OK);
    issuer_signed_begin(&response.documents[0].issuer_signed, &walk);
    assert_true(issuer_signed_next(&walk, &item));
    assert_true(span_equal(item.identifier, shown[0].identifier));
    assert_false(issuer_signed_next(&walk, &item));
    assert_null(memmem(bytes.p, bytes.n, "Kim", 3));
}

// Two namespaces, of 30 elements and of two, whose names are "a" to "~" and "a", "b".
static void take_large_credential(void)
{
    static const uint8_t names[] = "abcdefghijklmnopqrstuvwxyz{|}~", value = 0xF5;
    struct mdoc_element elements[30];
    const struct mdoc_namespace namespaces[] = {{text_span("many"), elements, 30},
                                                {text_span("two"), elements, 2}};
    struct issuer_signed_order order = {.doc_type = text_span("kr.jumin.resident.1"),
                                        .namespaces = namespaces,
                                        .namespace_count = 2,
                                        .validity = {stage_now, stage_now, stage_now + 3600, 0},
                                        .chain = &stage_certificate,
                                        .chain_count = 1,
                                        .algorithm = COSE_ES256};
    struct writer w = writer_of(credential_bytes, sizeof credential_bytes);
    for (size_t i = 0; i < 30; i++) {
        elements[i] = (struct mdoc_element){span_of(names + i, 1), span_of(&value, 1)};
    }
    memcpy(order.device_key, stage.device.point, SIGNER_POINT);
    assert_int_equal(issuer_signed_make(&order, &stage.issuer, &stage.random, &w), JUMIN_OK);
    assert_int_equal(issuer_signed_parse(writer_span(&w), &credential, &detail), JUMIN_OK);
}

static void test_elements_are_shown_in_their_namespaces(void **state)
{
    (void)state;
    static const uint8_t names[] = "abcdefghijklmnopqrstuvwxyz{|}~";
    struct mdoc_element_name elements[31];
    struct issuer_signed_item item;
    take_large_credential();
    for (size_t i = 0; i < 30; i++) {
        elements[i] = (struct mdoc_element_name){text_span("many"), span_of(names + i, 1), false};
    }
    elements[30] = (struct mdoc_element_name){text_span("two"), text_span("b"), false};
    // All and one, a few of one, and one of the second alone.
    const struct {
        size_t first, count;
    } cases[] = {{0, 31}, {5, 2}, {30, 1}};
    for (size_t i = 0; i < 3; i++) {
        struct device_presentation presentation = by_signature();
        presentation.elements = elements + cases[i].first;
        presentation.element_count = cases[i].count;
        assert_int_equal(verify(make(&presentation), transcript, NULL), JUMIN_OK);
        const struct issuer_signed *shows = &response.documents[0].issuer_signed;
        for (size_t k = 0; k < 31; k++) {
            assert_int_equal(issuer_signed_find(shows, elements[k].name_space, elements[k].identifier, &item),
                             k >= cases[i].first && k < cases[i].first + cases[i].count);
        }
        assert_false(issuer_signed_find(shows, text_span("two"), text_span("a"), &item));
    }
}

static void test_nothing_may_be_shown(void **state)
{
    (void)state;
    struct device_presentation presentation = by_signature();
    presentation.element_count = 0;
    const struct span bytes = make(&presentation);
    assert_int_equal(verify(bytes, transcript, NULL), JUMIN_OK);
    assert_int_equal(response.documents[0].issuer_signed.name_spaces.n, 0);
}

static void test_two_documents_are_shown(void **state)
{
    (void)state;
    const struct device_presentation two[] = {by_signature(), by_mac()};
    struct writer w = writer_of(buffer, sizeof buffer);
    assert_int_equal(device_response_make(transcript, DEVICE_RESPONSE_OK, two, 2, &w), JUMIN_OK);
    assert_int_equal(device_response_parse(writer_span(&w), &response, &detail), JUMIN_OK);
    assert_int_equal(response.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            device_document_verify(&response.documents[i], &stage.rules, transcript, &stage.reader, &detail),
            JUMIN_OK);
    }
}

static void test_a_status_alone_is_a_response(void **state)
{
    (void)state;
    struct writer w = writer_of(buffer, sizeof buffer);
    assert_int_equal(device_response_make(transcript, DEVICE_RESPONSE_CBOR_DECODING_ERROR, NULL, 0, &w),
                     JUMIN_OK);
    assert_int_equal(device_response_parse(writer_span(&w), &response, &detail), JUMIN_OK);
    assert_int_equal(response.status, 11);
    assert_int_equal(response.count, 0);
}

static void test_another_session_is_refused(void **state)
{
    (void)state;
    const struct device_presentation signature = by_signature(), mac = by_mac();
    assert_int_equal(verify(make(&signature), other_transcript, NULL), JUMIN_ERROR_CLONED);
    assert_string_equal(detail.text,
                        "the device's signature is not by the credential's key, or for another session");
    assert_int_equal(verify(make(&mac), other_transcript, &stage.reader), JUMIN_ERROR_CLONED);
    assert_string_equal(detail.text,
                        "the device's MAC is not by the credential's key, or for another session");
}

static void test_a_key_that_is_not_the_credentials_is_not_used(void **state)
{
    (void)state;
    struct device_presentation presentation = by_signature();
    struct writer w = writer_of(buffer, sizeof buffer);
    presentation.device = &stage.other;
    assert_int_equal(device_response_make(transcript, DEVICE_RESPONSE_OK, &presentation, 1, &w),
                     JUMIN_ERROR_ARGUMENT);
}

static void test_another_devices_answer_is_refused(void **state)
{
    (void)state;
    struct device_presentation presentation = by_signature();
    struct signer thief = stage.other;
    memcpy(thief.point, stage.device.point, SIGNER_POINT); // as if it had the key
    presentation.device = &thief;
    assert_int_equal(verify(make(&presentation), transcript, NULL), JUMIN_ERROR_CLONED);
    presentation = by_mac();
    presentation.device = &thief;
    assert_int_equal(verify(make(&presentation), transcript, &stage.reader), JUMIN_ERROR_CLONED);
}

static void test_a_mac_needs_the_readers_key(void **state)
{
    (void)state;
    struct device_presentation presentation = by_mac();
    const struct span bytes = make(&presentation);
    struct writer w = writer_of(other_bytes, 0);
    assert_int_equal(verify(bytes, transcript, NULL), JUMIN_ERROR_NOT_SUPPORTED);
    assert_int_equal(verify(bytes, transcript, &stage.other), JUMIN_ERROR_CLONED);
    presentation.reader_key = span_of(NULL, 0);
    assert_int_equal(device_response_make(transcript, DEVICE_RESPONSE_OK, &presentation, 1, &w),
                     JUMIN_ERROR_ARGUMENT);
    struct signer signs_only = stage.device;
    signs_only.agree = NULL;
    presentation = by_mac();
    presentation.device = &signs_only;
    w = writer_of(buffer, sizeof buffer);
    assert_int_equal(device_response_make(transcript, DEVICE_RESPONSE_OK, &presentation, 1, &w),
                     JUMIN_ERROR_CRYPTO);
}

// A response whose one place is changed; both have the same length.
static enum jumin_error with(struct span bytes, const char *from, const char *to, size_t n)
{
    uint8_t *at = memmem(buffer, bytes.n, from, n);
    assert_non_null(at);
    memcpy(at, to, n);
    return verify(bytes, transcript, &stage.reader);
}

static void test_another_doc_type_of_the_document_is_refused(void **state)
{
    (void)state;
    const struct device_presentation presentation = by_signature();
    assert_int_equal(with(make(&presentation), "resident.1", "resident.9", 10), JUMIN_ERROR_MALFORMED);
    assert_string_equal(detail.text,
                        "the document claims another type than the one that the issuer has signed");
}

static void test_a_mac_of_another_algorithm_is_refused(void **state)
{
    (void)state;
    const struct device_presentation presentation = by_mac();
    // HMAC 384/384 (6), and the algorithm of a signature
    assert_int_equal(with(make(&presentation), "\x43\xA1\x01\x05", "\x43\xA1\x01\x06", 4),
                     JUMIN_ERROR_MALFORMED);
    assert_string_equal(detail.text, "the device's MAC has an algorithm that is not known");
    assert_int_equal(with(make(&presentation), "\x43\xA1\x01\x05", "\x43\xA1\x01\x26", 4),
                     JUMIN_ERROR_MALFORMED);
    assert_string_equal(detail.text, "the device's MAC has an algorithm that is not HMAC 256/256");
}

static void test_a_payload_that_is_not_detached_is_refused(void **state)
{
    (void)state;
    const struct device_presentation presentation = by_signature();
    assert_int_equal(with(make(&presentation), "\x43\xA1\x01\x26\xA0\xF6", "\x43\xA1\x01\x26\xA0\x40", 6),
                     JUMIN_ERROR_MALFORMED);
    assert_string_equal(detail.text,
                        "the response has a device authentication whose payload is not detached");
}

static void test_another_version_of_the_response_is_refused(void **state)
{
    (void)state;
    const struct device_presentation presentation = by_signature();
    assert_int_equal(with(make(&presentation),
                          "\x63"
                          "1.0",
                          "\x63"
                          "2.0",
                          4),
                     JUMIN_ERROR_NOT_SUPPORTED);
    assert_string_equal(detail.text, "the response is not of version 1");
}

static void test_an_unknown_device_authentication_is_refused(void **state)
{
    (void)state;
    const struct device_presentation presentation = by_signature();
    assert_int_equal(with(make(&presentation), "deviceSignature", "deviceSignaturf", 15),
                     JUMIN_ERROR_MALFORMED);
    assert_string_equal(detail.text, "the response has a device authentication that is not known");
}

static void test_a_missing_status_is_refused(void **state)
{
    (void)state;
    const struct device_presentation presentation = by_signature();
    assert_int_equal(with(make(&presentation), "fstatus", "fstatut", 7), JUMIN_ERROR_MALFORMED);
    assert_string_equal(detail.text, "the response has no status");
}

static void test_a_key_that_is_there_twice_is_refused(void **state)
{
    (void)state;
    struct writer w = writer_of(buffer, sizeof buffer);
    cbor_put_map(&w, 3);
    cbor_put_string(&w, "version");
    cbor_put_string(&w, "1.0");
    cbor_put_string(&w, "status");
    cbor_put_unsigned(&w, 0);
    cbor_put_string(&w, "status");
    cbor_put_unsigned(&w, 10);
    assert_int_equal(device_response_parse(writer_span(&w), &response, &detail), JUMIN_ERROR_MALFORMED);
    assert_string_equal(detail.text, "the response is no map, or not CBOR in its strict form");
}

static void test_cbor_that_is_not_strict_is_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "bf6776657273696f6e63312e306673746174757300ff",   // a map without its length
        "a26776657273696f6e63312e30667374617475731800",   // a number longer than need be
        "b8026776657273696f6e63312e306673746174757300",   // a count longer than need be
        "a26776657273696f6e7803312e306673746174757300",   // a length longer than need be
        "a26776657273696f6e63312e30667374617475730000",   // something behind it
        "a26776657273696f6e63312e3066737461747573f90000", // floating point
        "a26776657273696f6e7f63312e30ff6673746174757300", // a text in pieces
    };
    uint8_t bytes[64];
    assert_int_equal(
        device_response_parse(unhex("a26776657273696f6e63312e306673746174757300", bytes, sizeof bytes),
                              &response, &detail),
        JUMIN_OK);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(device_response_parse(unhex(refused[i], bytes, sizeof bytes), &response, &detail),
                         JUMIN_ERROR_MALFORMED);
    }
}

// {"kr.jumin.resident.1": {"note": "x"}}
static struct span note(uint8_t *bytes, size_t capacity, const char *identifier)
{
    struct writer w = writer_of(bytes, capacity);
    cbor_put_map(&w, 1);
    cbor_put_string(&w, "kr.jumin.resident.1");
    cbor_put_map(&w, 1);
    cbor_put_string(&w, identifier);
    cbor_put_string(&w, "x");
    return writer_span(&w);
}

static void test_a_device_signs_only_what_the_issuer_lets_it_sign(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct device_presentation presentation = by_signature();
    presentation.name_spaces = note(bytes, sizeof bytes, "note");
    assert_int_equal(verify(make(&presentation), transcript, NULL), JUMIN_ERROR_NOT_AUTHORIZED);
    take_credential(&(struct flaw){.key_authorized = true});
    assert_int_equal(verify(make(&presentation), transcript, NULL), JUMIN_OK);
    presentation.name_spaces = note(bytes, sizeof bytes, "else");
    assert_int_equal(verify(make(&presentation), transcript, NULL), JUMIN_ERROR_NOT_AUTHORIZED);
}

static void test_what_is_wrong_with_the_credential_is_wrong_with_the_response(void **state)
{
    (void)state;
    const struct device_presentation presentation = by_signature();
    take_credential(&(struct flaw){.other_issuer = true});
    assert_int_equal(verify(make(&presentation), transcript, NULL), JUMIN_ERROR_SIGNATURE);
}

static void test_a_response_that_does_not_fit_is_not_made(void **state)
{
    (void)state;
    const struct device_presentation presentation = by_signature();
    const size_t n = make(&presentation).n;
    for (size_t room = 0; room < n; room++) {
        struct writer w = writer_of(buffer, room);
        assert_int_equal(device_response_make(transcript, DEVICE_RESPONSE_OK, &presentation, 1, &w),
                         JUMIN_ERROR_TOO_LONG);
    }
}

static void test_no_bit_of_a_response_can_be_changed(void **state)
{
    (void)state;
    const struct device_presentation presentation = by_mac();
    const struct span bytes = make(&presentation);
    const size_t version = (size_t)((uint8_t *)memmem(buffer, bytes.n, "1.0", 3) - buffer) + 2;
    for (size_t i = 0; i < bytes.n - 1; i++) { // the last is the status
        buffer[i] ^= 1;
        // Versions 1.x are the same to us.
        if (i != version) {
            assert_int_not_equal(verify(bytes, transcript, &stage.reader), JUMIN_OK);
        }
        buffer[i] ^= 1;
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_signature_verifies),
        TEST(test_a_mac_verifies),
        TEST(test_only_what_is_chosen_is_shown),
        TEST(test_nothing_may_be_shown),
        TEST(test_elements_are_shown_in_their_namespaces),
        TEST(test_two_documents_are_shown),
        TEST(test_a_status_alone_is_a_response),
        TEST(test_another_session_is_refused),
        TEST(test_a_key_that_is_not_the_credentials_is_not_used),
        TEST(test_another_devices_answer_is_refused),
        TEST(test_a_mac_needs_the_readers_key),
        TEST(test_another_doc_type_of_the_document_is_refused),
        TEST(test_a_mac_of_another_algorithm_is_refused),
        TEST(test_a_payload_that_is_not_detached_is_refused),
        TEST(test_another_version_of_the_response_is_refused),
        TEST(test_an_unknown_device_authentication_is_refused),
        TEST(test_a_missing_status_is_refused),
        TEST(test_a_key_that_is_there_twice_is_refused),
        TEST(test_cbor_that_is_not_strict_is_refused),
        TEST(test_a_device_signs_only_what_the_issuer_lets_it_sign),
        TEST(test_what_is_wrong_with_the_credential_is_wrong_with_the_response),
        TEST(test_a_response_that_does_not_fit_is_not_made),
        TEST(test_no_bit_of_a_response_can_be_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
