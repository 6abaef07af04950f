// DeviceRequest: what is asked is read as it was meant, its signature is for one session, and what is no
// request is refused.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/device_request.h"
#include "host/mobile/resident_claims.h"
#include "tests/mobile/mdoc_stage.h"

static struct mdoc_stage stage;
static uint8_t buffer[STAGE_BYTES], transcript_bytes[64];
static struct span transcript;
static struct device_request request;
static struct detail detail;
static struct resident_purpose_elements asked;
static struct document_request_order order;
static struct device_request_reader reader;

static int setup(void **state)
{
    (void)state;
    mdoc_stage_open(&stage);
    transcript = stage_transcript("one", transcript_bytes, sizeof transcript_bytes);
    assert_true(resident_purpose_ask(JUMIN_PURPOSE_IDENTITY, 0, &asked));
    order = (struct document_request_order){text_span(RESIDENT_DOC_TYPE), asked.elements, asked.count};
    reader = (struct device_request_reader){&stage.issuer, &stage_certificate, 1};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    mdoc_stage_close(&stage);
    return 0;
}

static struct span make(const struct device_request_reader *by)
{
    struct writer w = writer_of(buffer, sizeof buffer);
    assert_int_equal(device_request_make(transcript, &order, 1, by, &w), JUMIN_OK);
    return writer_span(&w);
}

static enum jumin_error verify(struct span bytes)
{
    const enum jumin_error error = device_request_parse(bytes, &request, &detail);
    return error != JUMIN_OK ? error
                             : document_request_verify(&request.documents[0], transcript, &stage.rules.issuer,
                                                       stage_now, &detail);
}

static enum jumin_error with(struct span bytes, const char *from, const char *to, size_t n)
{
    uint8_t *at = memmem(buffer, bytes.n, from, n);
    assert_non_null(at);
    memcpy(at, to, n);
    return verify(bytes);
}

static void test_what_is_asked_is_read(void **state)
{
    (void)state;
    struct document_request_walk walk;
    struct mdoc_element_name element;
    size_t count = 0;
    asked.elements[1].retain = true;
    assert_int_equal(device_request_parse(make(NULL), &request, &detail), JUMIN_OK);
    assert_int_equal(request.count, 1);
    assert_true(span_equal(request.documents[0].doc_type, text_span("kr.jumin.resident.1")));
    document_request_begin(&request.documents[0], &walk);
    for (; document_request_next(&walk, &element); count++) {
        assert_true(span_equal(element.name_space, asked.elements[count].name_space));
        assert_true(span_equal(element.identifier, asked.elements[count].identifier));
        assert_int_equal(element.retain, count == 1);
    }
    assert_int_equal(count, asked.count);
}

static void test_a_signed_request_verifies(void **state)
{
    (void)state;
    assert_int_equal(verify(make(&reader)), JUMIN_OK);
}

static void test_a_request_that_is_not_signed_is_told_from_one_that_is(void **state)
{
    (void)state;
    assert_int_equal(verify(make(NULL)), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_string_equal(detail.text, "the request is not signed");
}

static void test_a_signature_for_another_session_is_refused(void **state)
{
    (void)state;
    const struct span bytes = make(&reader);
    transcript = stage_transcript("two", transcript_bytes, sizeof transcript_bytes);
    assert_int_equal(verify(bytes), JUMIN_ERROR_SIGNATURE);
    assert_string_equal(detail.text, "the request's signature is wrong, or for another session");
}

static void test_asking_for_something_else_than_was_signed_is_refused(void **state)
{
    (void)state;
    assert_int_equal(with(make(&reader), "birth_date", "birth_dote", 10), JUMIN_ERROR_SIGNATURE);
    assert_int_equal(with(make(&reader), "birth_date\xF4", "birth_date\xF5", 11), JUMIN_ERROR_SIGNATURE);
}

static void test_another_readers_signature_is_refused(void **state)
{
    (void)state;
    reader.signer = &stage.other;
    assert_int_equal(verify(make(&reader)), JUMIN_ERROR_SIGNATURE);
}

static void test_what_the_chain_check_refuses_is_refused(void **state)
{
    (void)state;
    stage.chain_error = JUMIN_ERROR_REVOKED;
    assert_int_equal(verify(make(&reader)), JUMIN_ERROR_REVOKED);
}

static void test_what_is_no_request_is_refused(void **state)
{
    (void)state;
    assert_int_equal(with(make(&reader),
                          "\x63"
                          "1.0",
                          "\x63"
                          "2.0",
                          4),
                     JUMIN_ERROR_NOT_SUPPORTED);
    assert_int_equal(with(make(&reader), "docRequests", "dogRequests", 11), JUMIN_ERROR_MALFORMED);
    assert_int_equal(with(make(&reader), "itemsRequest", "itemzRequest", 12), JUMIN_ERROR_MALFORMED);
    assert_int_equal(with(make(&reader), "docType", "dogType", 7), JUMIN_ERROR_MALFORMED);
    assert_int_equal(with(make(&reader), "nameSpaces", "nameSpices", 10), JUMIN_ERROR_MALFORMED);
    assert_int_equal(with(make(&reader), "birth_date\xF4", "birth_date\xF6", 11), JUMIN_ERROR_MALFORMED);
    assert_string_equal(detail.text,
                        "the request does not say which elements it wants, and whether to retain them");
    assert_int_equal(with(make(&reader), "\xD8\x18", "\xD8\x19", 2), JUMIN_ERROR_MALFORMED);
    const struct span bytes = make(&reader);
    for (size_t n = 0; n < bytes.n; n++) {
        assert_int_equal(device_request_parse(span_first(bytes, n), &request, &detail),
                         JUMIN_ERROR_MALFORMED);
    }
}

static void test_an_order_that_is_none_is_refused(void **state)
{
    (void)state;
    struct writer w = writer_of(buffer, sizeof buffer);
    struct mdoc_element_name torn[] = {asked.elements[0], asked.elements[0], asked.elements[0]};
    const struct document_request_order orders[] = {{span_of(NULL, 0), asked.elements, 1},
                                                    {text_span("a"), asked.elements, 0},
                                                    {text_span("a"), torn, 2},
                                                    {text_span("a"), torn, 3}};
    torn[1].name_space = text_span("b");
    torn[2].identifier = text_span("c");
    for (size_t i = 0; i < 4; i++) {
        torn[1].name_space = i == 2 ? torn[0].name_space : text_span("b");
        assert_int_equal(device_request_make(transcript, &orders[i], 1, NULL, &w), JUMIN_ERROR_ARGUMENT);
    }
    assert_int_equal(device_request_make(transcript, &order, 0, NULL, &w), JUMIN_ERROR_ARGUMENT);
    reader.chain_count = 0;
    assert_int_equal(device_request_make(transcript, &order, 1, &reader, &w), JUMIN_ERROR_ARGUMENT);
}

static void test_a_request_that_does_not_fit_is_not_made(void **state)
{
    (void)state;
    const size_t n = make(&reader).n;
    for (size_t room = 0; room < n; room++) {
        struct writer w = writer_of(buffer, room);
        assert_int_equal(device_request_make(transcript, &order, 1, &reader, &w), JUMIN_ERROR_TOO_LONG);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_asked_is_read),
        TEST(test_a_signed_request_verifies),
        TEST(test_a_request_that_is_not_signed_is_told_from_one_that_is),
        TEST(test_a_signature_for_another_session_is_refused),
        TEST(test_asking_for_something_else_than_was_signed_is_refused),
        TEST(test_another_readers_signature_is_refused),
        TEST(test_what_the_chain_check_refuses_is_refused),
        TEST(test_what_is_no_request_is_refused),
        TEST(test_an_order_that_is_none_is_refused),
        TEST(test_a_request_that_does_not_fit_is_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
