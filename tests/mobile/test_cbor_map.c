// CBOR beyond single items: maps in any order, embedded items, times, and what is written with an open
// length.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/cbor.h"
#include "tests/unit/unit.h"

static uint8_t buffer[2048];

static bool takes(const char *hex)
{
    struct span cursor = unhex(hex, buffer, sizeof buffer), whole;
    return cbor_take(&cursor, &whole) && cursor.n == 0;
}

static void test_maps_are_walked_in_any_order(void **state)
{
    (void)state;
    struct span cursor = unhex("a3616201200261618103", buffer, sizeof buffer),
                value; // {"b": 1, -1: 2, "a": [3]}
    struct cbor_map map;
    struct cbor_item key;
    assert_true(cbor_take_map(&cursor, &map));
    assert_int_equal(cursor.n, 0);
    assert_true(cbor_next_pair(&map, &key, &value) && cbor_key_is(&key, "b"));
    assert_span_hex(value, "01");
    assert_true(cbor_next_pair(&map, &key, &value) && key.major == CBOR_NEGATIVE && key.number == 0);
    assert_true(cbor_next_pair(&map, &key, &value) && cbor_key_is(&key, "a") && !cbor_key_is(&key, "aa"));
    assert_span_hex(value, "8103");
    assert_false(cbor_next_pair(&map, &key, &value));
    assert_int_equal(map.pairs, 0);
}

static void test_a_key_twice_is_refused_at_any_depth(void **state)
{
    (void)state;
    assert_true(takes("a20001200f"));
    assert_true(takes("a2a0000001") == false); // a map as a key
    assert_true(takes("a2f4000001") == false); // … or a boolean
    assert_false(takes("a200010002"));
    assert_false(takes("a2616101616102"));
    assert_false(takes("81a200010002"));
    assert_false(takes("a100a200010002"));
    assert_false(takes("c0a200010002"));
    assert_true(takes("a200a1000101a10001")); // the same key in different maps
    assert_true(takes("a201a2000102030200"));
    assert_false(takes("a301a10001020001 05"));
    assert_true(takes("a20001410001")); // 0 and h'00'
}

static void test_keys_are_counted(void **state)
{
    (void)state;
    struct writer w = writer_of(buffer, sizeof buffer);
    struct span cursor, whole;
    cbor_put_map(&w, CBOR_PAIRS_MAX);
    for (uint64_t i = 0; i < CBOR_PAIRS_MAX; i++) {
        cbor_put_unsigned(&w, i);
        cbor_put_unsigned(&w, 0);
    }
    cursor = writer_span(&w);
    assert_true(cbor_take(&cursor, &whole));
    w = writer_of(buffer, sizeof buffer);
    cbor_put_map(&w, CBOR_PAIRS_MAX + 1);
    for (uint64_t i = 0; i <= CBOR_PAIRS_MAX; i++) {
        cbor_put_unsigned(&w, i);
        cbor_put_unsigned(&w, 0);
    }
    cursor = writer_span(&w);
    assert_false(cbor_take(&cursor, &whole));
    assert_true(cbor_skip(&cursor, &whole));
}

static void test_embedded_items_are_taken(void **state)
{
    (void)state;
    struct span cursor = unhex("d81842200100", buffer, sizeof buffer), whole, content;
    assert_false(cbor_take_embedded(&cursor, &whole, &content)); // two items in it
    cursor = unhex("d818418000", buffer, sizeof buffer);
    assert_true(cbor_take_embedded(&cursor, &whole, &content));
    assert_span_hex(whole, "d8184180");
    assert_span_hex(content, "80");
    assert_int_equal(cursor.n, 1);
    static const char *const refused[] = {"4180",   "d8194180",         "d8186180",
                                          "d81840", "d81845a200010002", "d818"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        cursor = unhex(refused[i], buffer, sizeof buffer);
        assert_false(cbor_take_embedded(&cursor, &whole, &content));
    }
}

static void test_integers_are_those_of_the_standard(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *encoded;
    } numbers[] = {{0, "00"},
                   {-1, "20"},
                   {-10, "29"},
                   {-100, "3863"},
                   {-1000, "3903e7"},
                   {INT64_MAX, "1b7fffffffffffffff"},
                   {INT64_MIN, "3b7fffffffffffffff"}};
    int64_t value = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct writer w = writer_of(buffer, sizeof buffer);
        cbor_put_integer(&w, numbers[i].value);
        assert_span_hex(writer_span(&w), numbers[i].encoded);
        assert_true(cbor_integer(writer_span(&w), &value));
        assert_int_equal(value, numbers[i].value);
    }
    assert_false(cbor_integer(unhex("1b8000000000000000", buffer, sizeof buffer), &value));
    assert_false(cbor_integer(unhex("3b8000000000000000", buffer, sizeof buffer), &value));
    assert_false(cbor_integer(unhex("6130", buffer, sizeof buffer), &value));
    assert_false(cbor_integer(unhex("0000", buffer, sizeof buffer), &value));
}

static void test_times_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *text;
    } times[] = {{0, "1970-01-01T00:00:00Z"},
                 {1363896240, "2013-03-21T20:04:00Z"}, // RFC 8949 App. A
                 {951827696, "2000-02-29T12:34:56Z"},
                 {253402300799, "9999-12-31T23:59:59Z"}};
    int64_t seconds = 0;
    struct writer w;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        w = writer_of(buffer, sizeof buffer);
        cbor_put_time(&w, times[i].seconds);
        assert_memory_equal(buffer, "\xC0\x74", 2);
        assert_memory_equal(buffer + 2, times[i].text, 20);
        assert_true(cbor_time(writer_span(&w), &seconds));
        assert_int_equal(seconds, times[i].seconds);
    }
    w = writer_of(buffer, sizeof buffer);
    cbor_put_time(&w, 253402300800);
    assert_true(w.overflow);
    w = writer_of(buffer, sizeof buffer);
    cbor_put_time(&w, -1);
    assert_true(w.overflow);
}

static void test_other_times_are_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "2013-03-21T20:04:00.5Z", "2013-03-21T20:04:00+09:00", "2013-03-21t20:04:00Z", "2013-03-21T20:04:00z",
        "2013-02-29T20:04:00Z",   "2013-03-21T24:00:00Z",      "2013-03-21T20:60:00Z", "2013-03-21T20:04:60Z",
        "2013-03-21 20:04:00Z",   "2013-03-21T20-04:00Z",      "2013-03-21T20:04-00Z", "2013-03-21T2x:04:00Z",
        "2013-03-21T20:04:00",
    };
    int64_t seconds = 0;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct writer w = writer_of(buffer, sizeof buffer);
        cbor_put_tag(&w, CBOR_TAG_TIME);
        cbor_put_string(&w, refused[i]);
        assert_false(cbor_time(writer_span(&w), &seconds));
    }
    struct writer w = writer_of(buffer, sizeof buffer);
    cbor_put_tag(&w, 1);
    cbor_put_string(&w, "2013-03-21T20:04:00Z");
    assert_false(cbor_time(writer_span(&w), &seconds));
}

static void test_lengths_are_put_in_when_they_are_known(void **state)
{
    (void)state;
    const size_t lengths[] = {0, 23, 24, 255, 256, 1000};
    for (size_t i = 0; i < 6; i++) {
        static uint8_t plain[1024];
        uint8_t expected[1100];
        struct writer w = writer_of(buffer, sizeof buffer), direct = writer_of(expected, sizeof expected);
        memset(plain, 0xA5, sizeof plain);
        const size_t opened = cbor_open_embedded(&w);
        writer_put(&w, span_of(plain, lengths[i]));
        cbor_close_bytes(&w, opened);
        cbor_put_tag(&direct, 24);
        cbor_put_bytes(&direct, span_of(plain, lengths[i]));
        assert_true(span_equal(writer_span(&w), writer_span(&direct)));
        struct writer full = writer_of(buffer, w.n - 1);
        const size_t again = cbor_open_embedded(&full);
        writer_put(&full, span_of(plain, lengths[i]));
        cbor_close_bytes(&full, again);
        assert_true(full.overflow);
    }
}

static void test_counts_are_put_in_when_they_are_known(void **state)
{
    (void)state;
    for (size_t count = 0; count < 300; count += 23) {
        uint8_t bytes[1024], expected[1024];
        struct writer w = writer_of(bytes, sizeof bytes), direct = writer_of(expected, sizeof expected);
        const size_t map = cbor_open_items(&w), array = cbor_open_items(&w);
        cbor_put_map(&direct, count);
        cbor_put_array(&direct, count);
        for (size_t i = 0; i < count; i++) {
            cbor_put_unsigned(&w, i % 20);
            cbor_put_unsigned(&direct, i % 20);
        }
        cbor_close_array(&w, array, count);
        cbor_close_map(&w, map, count);
        assert_true(span_equal(writer_span(&w), writer_span(&direct)));
    }
}

static void test_only_a_map_is_entered(void **state)
{
    (void)state;
    const uint8_t map_bytes[] = {0xA1, 0x01, 0x02}, array_bytes[] = {0x81, 0x01};
    struct cbor_map map;
    struct cbor_item key;
    struct span value;
    assert_true(cbor_enter_map(span_of(map_bytes, sizeof map_bytes), &map));
    assert_true(cbor_next_pair(&map, &key, &value));
    assert_int_equal(key.number, 1);
    assert_int_equal(map.pairs, 0);
    assert_false(cbor_enter_map(span_of(array_bytes, sizeof array_bytes), &map));
    assert_false(cbor_enter_map(span_of(NULL, 0), &map));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_maps_are_walked_in_any_order),
        cmocka_unit_test(test_a_key_twice_is_refused_at_any_depth),
        cmocka_unit_test(test_keys_are_counted),
        cmocka_unit_test(test_embedded_items_are_taken),
        cmocka_unit_test(test_integers_are_those_of_the_standard),
        cmocka_unit_test(test_times_are_read_and_written),
        cmocka_unit_test(test_other_times_are_refused),
        cmocka_unit_test(test_lengths_are_put_in_when_they_are_known),
        cmocka_unit_test(test_counts_are_put_in_when_they_are_known),
        cmocka_unit_test(test_only_a_map_is_entered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
