// BER-TLV: one object a step, bounded; minimal lengths on the way out (ISO 7816-4 §5.2, X.690 §8.1, §10.1).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/tlv.h"

static enum tlv_result read_one(const char *hex, struct tlv *object, size_t *left, bool der)
{
    static uint8_t bytes[70000];
    struct span cursor = unhex(hex, bytes, sizeof bytes);
    const enum tlv_result result = der ? tlv_next_der(&cursor, object) : tlv_next(&cursor, object);
    *left = cursor.n;
    return result;
}

static void test_one_object_has_tag_value_and_whole(void **state)
{
    (void)state;
    struct tlv object;
    size_t left;
    assert_int_equal(read_one("7F490406020102AABB", &object, &left, true), TLV_OBJECT);
    assert_int_equal(object.tag, 0x7F49);
    assert_span_hex(object.value, "06020102");
    assert_span_hex(object.whole, "7F490406020102");
    assert_int_equal(left, 2);
}

static void test_tags_have_one_to_three_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        uint32_t tag;
    } cases[] = {
        {"3000", 0x30}, {"5F1F00", 0x5F1F}, {"5F2400", 0x5F24}, {"7F4E00", 0x7F4E}, {"BF8B2900", 0xBF8B29}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tlv object;
        size_t left;
        assert_int_equal(read_one(cases[i].hex, &object, &left, true), TLV_OBJECT);
        assert_int_equal(object.tag, cases[i].tag);
        assert_int_equal(object.value.n, 0);
        assert_int_equal(left, 0);
    }
}

static void test_lengths_are_read_in_every_form(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 127, 128, 255, 256, 65535, 65536};
    static uint8_t bytes[66000];
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct writer w = writer_of(bytes, sizeof bytes);
        tlv_put_header(&w, 0x53, lengths[i]);
        assert_int_equal(w.n, tlv_header_length(0x53, lengths[i]));
        assert_non_null(writer_reserve(&w, lengths[i]));
        struct span cursor = writer_span(&w);
        struct tlv object;
        assert_int_equal(tlv_next_der(&cursor, &object), TLV_OBJECT);
        assert_int_equal(object.value.n, lengths[i]);
        assert_int_equal(cursor.n, 0);
    }
}

static void test_lengths_are_written_minimal(void **state)
{
    (void)state;
    static const struct {
        size_t length;
        const char *hex;
    } cases[] = {{0, "5300"},       {127, "537F"},       {128, "538180"},       {255, "5381FF"},
                 {256, "53820100"}, {65535, "5382FFFF"}, {65536, "5383010000"}, {0x1000000, "538401000000"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[8];
        struct writer w = writer_of(bytes, sizeof bytes);
        tlv_put_header(&w, 0x53, cases[i].length);
        assert_span_hex(writer_span(&w), cases[i].hex);
    }
}

static void test_longer_lengths_are_ber_but_not_der(void **state)
{
    (void)state;
    static const char *const forms[] = {"5381 01 AA", "5382 0001 AA", "5384 00000001 AA",
                                        "53817F",     "5F1E00",       "5F8124 00"};
    for (size_t i = 0; i < 3; i++) {
        struct tlv object;
        size_t left;
        assert_int_equal(read_one(forms[i], &object, &left, false), TLV_OBJECT);
        assert_span_hex(object.value, "AA");
        assert_int_equal(read_one(forms[i], &object, &left, true), TLV_MALFORMED);
    }
    struct tlv object;
    size_t left;
    assert_int_equal(read_one("5F1E00", &object, &left, false), TLV_OBJECT);
    assert_int_equal(read_one("5F1E00", &object, &left, true), TLV_MALFORMED);
    assert_int_equal(read_one("5F802400", &object, &left, true), TLV_MALFORMED);
    assert_int_equal(read_one("5F812400", &object, &left, true), TLV_OBJECT);
}

static void test_malformed_objects_are_refused_and_the_cursor_stays(void **state)
{
    (void)state;
    static const char *const malformed[] = {
        "53",               // no length
        "5302AA",           // value cut off
        "7F",               // tag cut off
        "7F49",             // no length
        "BF8B",             // tag cut off
        "BF8B8B2900",       // tag of four bytes
        "538000",           // indefinite length
        "5381",             // length cut off
        "538201",           // length cut off
        "53850000000001AA", // five length bytes
        "5384FFFFFFFFAA",   // far longer than the input
        "53FF",             // reserved form (X.690 §8.1.3.5)
        "0000",             // end of contents
    };
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        uint8_t bytes[16];
        struct span cursor = unhex(malformed[i], bytes, sizeof bytes);
        const struct span before = cursor;
        struct tlv object = {.tag = 0x42};
        assert_int_equal(tlv_next(&cursor, &object), TLV_MALFORMED);
        assert_ptr_equal(cursor.p, before.p);
        assert_int_equal(cursor.n, before.n);
        assert_int_equal(object.tag, 0x42);
    }
}

static void test_nothing_left_is_the_end(void **state)
{
    (void)state;
    struct span cursor = span_of(NULL, 0);
    struct tlv object;
    assert_int_equal(tlv_next(&cursor, &object), TLV_END);
    assert_int_equal(tlv_next_der(&cursor, &object), TLV_END);
}

static void test_expect_takes_its_tag_only(void **state)
{
    (void)state;
    uint8_t bytes[16];
    struct span cursor = unhex("800101 810102", bytes, sizeof bytes);
    struct tlv object;
    assert_false(tlv_expect(&cursor, 0x81, &object));
    assert_int_equal(cursor.n, 6);
    assert_true(tlv_expect(&cursor, 0x80, &object));
    assert_true(tlv_expect(&cursor, 0x81, &object));
    assert_span_hex(object.value, "02");
    assert_false(tlv_expect(&cursor, 0x81, &object));
}

static void test_find_stops_at_what_is_malformed(void **state)
{
    (void)state;
    uint8_t bytes[16];
    struct tlv object;
    assert_true(tlv_find(unhex("800101 810102 8105", bytes, sizeof bytes), 0x81, &object));
    assert_span_hex(object.value, "02");
    assert_false(tlv_find(unhex("800101 8280 810102", bytes, sizeof bytes), 0x81, &object));
    assert_false(tlv_find(unhex("800101", bytes, sizeof bytes), 0x81, &object));
    assert_false(tlv_find(span_of(NULL, 0), 0x81, &object));
}

static void test_put_writes_tag_length_value(void **state)
{
    (void)state;
    uint8_t bytes[16];
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put(&w, 0x7F49, span_of("\x01\x02", 2));
    tlv_put(&w, 0xBF8B29, span_of(NULL, 0));
    tlv_put(&w, 0x04, span_of("\x03", 1));
    assert_false(w.overflow);
    assert_span_hex(writer_span(&w), "7F49020102 BF8B2900 040103");
}

static void test_nested_objects_close_in_reverse_order(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 126, 127, 128, 255, 256, 70000};
    static uint8_t content[70000];
    static uint8_t bytes[80000];
    memset(content, 0x5A, sizeof content);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct writer w = writer_of(bytes, sizeof bytes);
        const size_t outer = tlv_open(&w, 0x7F21);
        const size_t inner = tlv_open(&w, 0x30);
        writer_put(&w, span_of(content, lengths[i]));
        tlv_close(&w, inner);
        tlv_put(&w, 0x05, span_of(NULL, 0));
        tlv_close(&w, outer);
        assert_false(w.overflow);

        struct span cursor = writer_span(&w);
        struct tlv object;
        assert_int_equal(tlv_next_der(&cursor, &object), TLV_OBJECT);
        assert_int_equal(object.tag, 0x7F21);
        assert_int_equal(cursor.n, 0);
        cursor = object.value;
        assert_int_equal(tlv_next_der(&cursor, &object), TLV_OBJECT);
        assert_int_equal(object.tag, 0x30);
        assert_true(span_equal(object.value, span_of(content, lengths[i])));
        assert_span_hex(cursor, "0500");
    }
}

static void test_overflow_is_remembered_at_every_capacity(void **state)
{
    (void)state;
    uint8_t content[200] = {0};
    uint8_t bytes[210];
    const size_t needed = 2 + 2 + sizeof content; // 7F21 81 C8
    for (size_t capacity = 0; capacity <= needed; capacity++) {
        struct writer w = writer_of(bytes, capacity);
        const size_t opened = tlv_open(&w, 0x7F21);
        writer_put(&w, span_of(content, sizeof content));
        tlv_close(&w, opened);
        assert_int_equal(w.overflow, capacity < needed);
        assert_true(w.n <= capacity);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_object_has_tag_value_and_whole),
        cmocka_unit_test(test_tags_have_one_to_three_bytes),
        cmocka_unit_test(test_lengths_are_read_in_every_form),
        cmocka_unit_test(test_lengths_are_written_minimal),
        cmocka_unit_test(test_longer_lengths_are_ber_but_not_der),
        cmocka_unit_test(test_malformed_objects_are_refused_and_the_cursor_stays),
        cmocka_unit_test(test_nothing_left_is_the_end),
        cmocka_unit_test(test_expect_takes_its_tag_only),
        cmocka_unit_test(test_find_stops_at_what_is_malformed),
        cmocka_unit_test(test_put_writes_tag_length_value),
        cmocka_unit_test(test_nested_objects_close_in_reverse_order),
        cmocka_unit_test(test_overflow_is_remembered_at_every_capacity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
