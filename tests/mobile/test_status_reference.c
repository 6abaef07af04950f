// The reference to a status list in a credential, as JSON and as CBOR (Token Status List §6).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/status_stage.h"

#include <stdlib.h>

static struct detail detail;

static struct span bytes_of(const char *hex)
{
    static uint8_t buffer[512];
    return unhex(hex, buffer, sizeof buffer);
}

static void test_a_reference_is_written_and_read(void **state)
{
    const struct status_reference reference = {.uri = STATUS_URI, .index = 1048575};
    struct status_reference read;
    uint8_t out[STATUS_URI_MAX + 64];
    struct writer w = writer_of(out, sizeof out);
    (void)state;
    status_reference_put_cbor(&reference, &w);
    assert_span_hex(writer_span(&w),
                    "a16b7374617475735f6c697374a2636964781a000fffff63757269781f68747470733a2f2f697373"
                    "7565722e6578616d706c652f7374617475732f37");
    assert_int_equal(status_reference_parse_cbor(writer_span(&w), &read, &detail), JUMIN_OK);
    assert_string_equal(read.uri, STATUS_URI);
    assert_int_equal(read.index, 1048575);

    json_t *json = status_reference_json(&reference);
    char *text = json_dumps(json, JSON_COMPACT);
    assert_string_equal(text, "{\"status_list\":{\"idx\":1048575,\"uri\":\"" STATUS_URI "\"}}");
    read = (struct status_reference){0};
    assert_int_equal(status_reference_parse_json(json, &read, &detail), JUMIN_OK);
    assert_string_equal(read.uri, STATUS_URI);
    assert_int_equal(read.index, 1048575);
    free(text);
    json_decref(json);
}

static void test_a_status_by_other_means_is_not_taken_for_none(void **state)
{
    struct status_reference read;
    json_t *json = json_pack("{s:{}}", "identifier_list");
    (void)state;
    assert_int_equal(status_reference_parse_json(json, &read, &detail), JUMIN_ERROR_NOT_SUPPORTED);
    assert_int_equal(
        status_reference_parse_cbor(bytes_of("a16f6964656e7469666965725f6c697374a0"), &read, &detail),
        JUMIN_ERROR_NOT_SUPPORTED);
    json_decref(json);
}

static void test_references_of_another_shape_are_refused(void **state)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        "{\"status_list\":[]}",
        "{\"status_list\":{\"idx\":1}}",
        "{\"status_list\":{\"uri\":\"a\"}}",
        "{\"status_list\":{\"idx\":-1,\"uri\":\"a\"}}",
        "{\"status_list\":{\"idx\":\"1\",\"uri\":\"a\"}}",
        "{\"status_list\":{\"idx\":1.0,\"uri\":\"a\"}}",
        "{\"status_list\":{\"idx\":1,\"uri\":\"\"}}",
    };
    static const char *const items[] = {
        "a0",
        "80",
        "a16b7374617475735f6c69737480",
        "a16b7374617475735f6c697374a16369647801",
        "a16b7374617475735f6c697374a1637572696161",
        "a16b7374617475735f6c697374a26369647820637572696161",
        "a16b7374617475735f6c697374a263696478613163757269"
        "6161",
        "a16b7374617475735f6c697374a263696478016375726960",
        "a16b7374617475735f6c697374a263696478016375726961"
        "6100",
        "a26b7374617475735f6c697374a263696478016375726961616b7374617475735f6c697374a06161",
    };
    struct status_reference read;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_t *json = json_loads(texts[i], 0, NULL);
        assert_int_equal(status_reference_parse_json(json, &read, &detail), JUMIN_ERROR_MALFORMED);
        assert_int_equal(read.uri[0], '\0');
        json_decref(json);
    }
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        assert_int_equal(status_reference_parse_cbor(bytes_of(items[i]), &read, &detail),
                         JUMIN_ERROR_MALFORMED);
        assert_int_equal(read.uri[0], '\0');
    }
}

static void test_too_long_an_address_is_refused(void **state)
{
    struct status_reference reference = {.index = 1}, read;
    char longer[STATUS_URI_MAX + 1];
    uint8_t out[STATUS_URI_MAX + 64];
    struct writer w = writer_of(out, sizeof out);
    (void)state;
    memset(reference.uri, 'a', sizeof reference.uri - 1);
    status_reference_put_cbor(&reference, &w);
    assert_false(w.overflow);
    assert_int_equal(status_reference_parse_cbor(writer_span(&w), &read, &detail), JUMIN_OK);
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    json_t *json = json_pack("{s:{s:i, s:s}}", "status_list", "idx", 1, "uri", longer);
    assert_int_equal(status_reference_parse_json(json, &read, &detail), JUMIN_ERROR_MALFORMED);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_reference_is_written_and_read),
        cmocka_unit_test(test_a_status_by_other_means_is_not_taken_for_none),
        cmocka_unit_test(test_references_of_another_shape_are_refused),
        cmocka_unit_test(test_too_long_an_address_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
