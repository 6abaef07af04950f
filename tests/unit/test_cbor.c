// CBOR with the examples of RFC 8949 App. A, and what a strict reader refuses.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/cbor.h"
#include "tests/unit/unit.h"

static void test_numbers_are_those_of_the_standard(void **state)
{
    static const struct {
        uint64_t value;
        const char *encoded;
    } numbers[] = {
        {0, "00"},
        {1, "01"},
        {10, "0a"},
        {23, "17"},
        {24, "1818"},
        {25, "1819"},
        {100, "1864"},
        {255, "18ff"},
        {256, "190100"},
        {1000, "1903e8"},
        {65535, "19ffff"},
        {65536, "1a00010000"},
        {1000000, "1a000f4240"},
        {4294967295, "1affffffff"},
        {4294967296, "1b0000000100000000"},
        {1000000000000, "1b000000e8d4a51000"},
        {UINT64_MAX, "1bffffffffffffffff"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint8_t bytes[16];
        struct writer w = writer_of(bytes, sizeof bytes);
        struct cbor_item item;
        cbor_put_unsigned(&w, numbers[i].value);
        assert_span_hex(writer_span(&w), numbers[i].encoded);
        struct span cursor = writer_span(&w);
        assert_true(cbor_expect(&cursor, CBOR_UNSIGNED, &item));
        assert_int_equal(item.number, numbers[i].value);
        assert_int_equal(cursor.n, 0);
    }
}

static void test_strings_and_containers_are_those_of_the_standard(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    cbor_put_map(&w, 2); // {"a": 1, "b": [2, 3]}
    cbor_put_text(&w, span_of("a", 1));
    cbor_put_unsigned(&w, 1);
    cbor_put_text(&w, span_of("b", 1));
    cbor_put_array(&w, 2);
    cbor_put_unsigned(&w, 2);
    cbor_put_unsigned(&w, 3);
    assert_span_hex(writer_span(&w), "a26161016162820203");
    w = writer_of(bytes, sizeof bytes);
    cbor_put_bytes(&w, span_of("\1\2\3\4", 4));
    cbor_put_text(&w, span_of("\u6c34", 3));
    cbor_put_bool(&w, false);
    cbor_put_bool(&w, true);
    assert_span_hex(writer_span(&w), "4401020304"
                                     "63e6b0b4"
                                     "f4f5");
}

static void test_whole_items_are_skipped(void **state)
{
    static const char *const items[] = {
        "00",
        "3903e7",
        "4401020304",
        "60",
        "64f0908591",
        "80",
        "8301820203820405",
        "a0",
        "a201020304",
        "c074323031332d30332d32315432303a30343a30305a",
        "f6",
        "d818456449455446",
        "a56161614161626142616361436164614461656145",
    };
    (void)state;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        uint8_t bytes[64];
        const struct span item = unhex(items[i], bytes, sizeof bytes - 1);
        struct span cursor = span_of(bytes, item.n + 1), whole;
        bytes[item.n] = 0;
        assert_true(cbor_skip(&cursor, &whole));
        assert_true(span_equal(whole, item));
        assert_int_equal(cursor.n, 1);
        for (size_t cut = 0; cut < item.n; cut++) {
            cursor = span_of(bytes, cut);
            assert_false(cbor_skip(&cursor, &whole));
            assert_int_equal(cursor.n, cut);
        }
    }
}

static void test_what_is_not_deterministic_is_refused(void **state)
{
    static const char *const refused[] = {
        "1817",
        "1900ff",
        "1a0000ffff",
        "1b00000000ffffffff", // longer than need be
        "5f42010243030405ff",
        "7f657374726561646d696e67ff",
        "9fff",
        "bfff", // no length
        "1c",
        "1d",
        "1e",
        "1f",
        "ff",
        "f93c00",
        "fa47c35000",
        "fb3ff199999999999a", // floating point
        "f7",
        "f0",
        "f3",
        "e0",
        "f818",
        "f8ff", // other simple values
        "61ff",
        "62c080",
        "63eda080",
        "64f4908080",
        "62e282", // no UTF-8
        "6180",   // a continuation of nothing
        "6261bf", // … and behind a letter
        "42aa",
        "5bffffffffffffffff00",
        "", //
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        uint8_t bytes[64];
        struct span cursor = unhex(refused[i], bytes, sizeof bytes);
        const size_t n = cursor.n;
        struct cbor_item item;
        assert_false(cbor_next(&cursor, &item));
        assert_int_equal(cursor.n, n);
    }
}

static void test_depth_and_counts_are_limited(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct span whole, cursor;
    memset(bytes, 0x81, sizeof bytes); // arrays of one
    bytes[CBOR_DEPTH_MAX - 1] = 0;
    cursor = span_of(bytes, sizeof bytes);
    assert_true(cbor_skip(&cursor, &whole));
    assert_int_equal(whole.n, CBOR_DEPTH_MAX);
    bytes[CBOR_DEPTH_MAX - 1] = 0x81;
    bytes[CBOR_DEPTH_MAX] = 0;
    cursor = span_of(bytes, sizeof bytes);
    assert_false(cbor_skip(&cursor, &whole));
    cursor = unhex("bb8000000000000000", bytes, sizeof bytes); // twice as many items as pairs overflow
    assert_false(cbor_skip(&cursor, &whole));
    cursor = unhex("9bffffffffffffffff00", bytes, sizeof bytes);
    assert_false(cbor_skip(&cursor, &whole));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_those_of_the_standard),
        cmocka_unit_test(test_strings_and_containers_are_those_of_the_standard),
        cmocka_unit_test(test_whole_items_are_skipped),
        cmocka_unit_test(test_what_is_not_deterministic_is_refused),
        cmocka_unit_test(test_depth_and_counts_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
