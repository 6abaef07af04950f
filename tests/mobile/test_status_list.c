// Status lists: the test vectors of the Token Status List, and what is refused.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/mobile/base64url.h"
#include "host/mobile/status_list.h"
#include <stdlib.h>
#include <zlib.h>

// Token Status List, test vectors: lists of 2^20 statuses, of which all others are 0.
static const struct vector {
    unsigned bits;
    size_t length;
    const char *list;
    struct {
        uint64_t index;
        unsigned status;
    } statuses[16];
    size_t count;
} vectors[] = {
    {1,
     131072,
     "eNrt3AENwCAMAEGogklACtKQPg9LugC9k_ACvreiogEAAKkeCQAAAAAAAAAAAAAAAAAAAIBylgQAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAXG9IAAAAAAAAAPwsJAAAAAAAAAAAAAAAvhsSAAAAAAAAAAAA7KpLAAAAAAAAAAAA"
     "AAAAAAAAAJsLCQAAAAAAAAAAADjelAAAAAAAAAAAKjDMAQAAAACAZC8L2AEb",
     {{0, 1},
      {1993, 1},
      {25460, 1},
      {159495, 1},
      {495669, 1},
      {554353, 1},
      {645645, 1},
      {723232, 1},
      {854545, 1},
      {934534, 1},
      {1000345, 1}},
     11},
    {2,
     262144,
     "eNrt2zENACEQAEEuoaBABP5VIO01fCjIHTMStt9ovGVIAAAAAABAbiEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AEB5WwIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAID0ugQAAAAAAAAAAAAAAAAAQG12SgAAAAAAAAAAAAAAAAAAAAAAAAAAAOCSIQEAAAAAAAAAAAAAAAAA"
     "AAAAAAD8ExIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAwJEuAQAAAAAAAAAAAAAAAAAAAAAAAMB9SwIAAAAAAAAA"
     "AAAAAAAAAACoYUoAAAAAAAAAAAAAAEBqH81gAQw",
     {{0, 1},
      {1993, 2},
      {25460, 1},
      {159495, 3},
      {495669, 1},
      {554353, 1},
      {645645, 2},
      {723232, 1},
      {854545, 1},
      {934534, 2},
      {1000345, 3}},
     11},
    {4,
     524288,
     "eNrt0EENgDAQADAIHwImkIIEJEwCUpCEBBQRHOy35Li1EjoOQGabAgAAAAAAAAAAAAAAAAAAACC1SQEAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABADrsCAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADoxaEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIIoCgAAAAAAAAAAAAAAAAAAAAAA"
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACArpwKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGhqVkAz"
     "lwIAAAAAiGVRAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABx3AoAgLpVAQAAAAAAAAAAAAAAwM89rwMAAAAAAAAA"
     "AAjsA9xMBMA",
     {{0, 1},
      {1993, 2},
      {35460, 3},
      {459495, 4},
      {595669, 5},
      {754353, 6},
      {845645, 7},
      {923232, 8},
      {924445, 9},
      {934534, 10},
      {1004534, 11},
      {1000345, 12},
      {1030203, 13},
      {1030204, 14},
      {1030205, 15}},
     15},
};

static struct span decode(const char *text)
{
    static uint8_t bytes[4096];
    struct writer w = writer_of(bytes, sizeof bytes);
    assert_true(base64url_decode(span_of(text, strlen(text)), &w));
    return writer_span(&w);
}

static uint8_t *expand(struct span compressed, size_t *n)
{
    uint8_t *packed = NULL;
    assert_int_equal(status_list_expand(compressed, &packed, n), JUMIN_OK);
    return packed;
}

static unsigned expected_status(const struct vector *vector, uint64_t index)
{
    for (size_t i = 0; i < vector->count; i++) {
        if (vector->statuses[i].index == index) {
            return vector->statuses[i].status;
        }
    }
    return 0;
}

static void test_lists_of_the_standard_are_read(void **state)
{
    (void)state;
    for (size_t v = 0; v < sizeof vectors / sizeof vectors[0]; v++) {
        struct status_list list = {.bits = vectors[v].bits};
        uint8_t *packed = expand(decode(vectors[v].list), &list.packed.n);
        list.packed.p = packed;
        assert_int_equal(list.packed.n, vectors[v].length);
        assert_int_equal(status_list_capacity(&list), 1 << 20);
        for (uint64_t i = 0; i < 1 << 20; i++) {
            unsigned status = 99;
            assert_true(status_list_get(&list, i, &status));
            assert_int_equal(status, expected_status(&vectors[v], i));
        }
        free(packed);
    }
}

static void test_lists_of_the_standard_are_made(void **state)
{
    (void)state;
    for (size_t v = 0; v < sizeof vectors / sizeof vectors[0]; v++) {
        uint8_t *packed = calloc(1, vectors[v].length), *compressed = NULL;
        size_t n = 0;
        for (size_t i = 0; i < vectors[v].count; i++) {
            assert_true(status_list_set(packed, vectors[v].length, vectors[v].bits,
                                        vectors[v].statuses[i].index, vectors[v].statuses[i].status));
        }
        assert_int_equal(status_list_compress(span_of(packed, vectors[v].length), &compressed, &n), JUMIN_OK);
        // Another stream of the same list, which is not longer by more than an eighth.
        size_t length = 0;
        uint8_t *list = expand(span_of(compressed, n), &length),
                *expected = expand(decode(vectors[v].list), &length);
        assert_int_equal(length, vectors[v].length);
        assert_memory_equal(list, expected, length);
        assert_memory_equal(list, packed, length);
        assert_in_range(n, 1, strlen(vectors[v].list) * 3 / 4 * 9 / 8);
        free(list);
        free(expected);
        free(compressed);
        free(packed);
    }
}

// Token Status List §4.1, both examples: statuses in the order of their indexes.
static void test_the_first_status_is_in_the_lowest_bits(void **state)
{
    static const uint8_t one_bit[] = {1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1};
    static const uint8_t two_bits[] = {1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3};
    uint8_t packed[3] = {0};
    (void)state;
    for (size_t i = 0; i < sizeof one_bit; i++) {
        assert_true(status_list_set(packed, 2, 1, i, one_bit[i]));
    }
    assert_span_hex(span_of(packed, 2), "b9a3");
    memset(packed, 0, sizeof packed);
    for (size_t i = 0; i < sizeof two_bits; i++) {
        assert_true(status_list_set(packed, 3, 2, i, two_bits[i]));
    }
    assert_span_hex(span_of(packed, 3), "c944f9");
}

static void test_short_lists_of_the_standard_are_read(void **state)
{
    static const char *const pairs[][2] = {{"b9a3", "78dadbb918000217015d"},
                                           {"c944f9", "78da3be9f2130003df0207"}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uint8_t buffer[16];
        size_t n = 0;
        uint8_t *packed = expand(unhex(pairs[i][1], buffer, sizeof buffer), &n);
        assert_span_hex(span_of(packed, n), pairs[i][0]);
        free(packed);
    }
}

static void test_a_status_is_replaced_and_its_neighbours_stay(void **state)
{
    uint8_t packed[] = {0xFF, 0xFF, 0xFF};
    (void)state;
    assert_true(status_list_set(packed, sizeof packed, 2, 5, STATUS_INVALID));
    assert_span_hex(span_of(packed, sizeof packed), "fff7ff");
    assert_true(status_list_set(packed, sizeof packed, 2, 5, STATUS_VALID));
    assert_span_hex(span_of(packed, sizeof packed), "fff3ff");
}

static void test_an_index_behind_the_list_has_no_status(void **state)
{
    uint8_t packed[2] = {0};
    const struct status_list list = {2, {packed, sizeof packed}};
    unsigned status = 7;
    (void)state;
    assert_true(status_list_get(&list, 7, &status));
    assert_int_equal(status, 0);
    status = 7;
    assert_false(status_list_get(&list, 8, &status));
    assert_false(status_list_get(&list, UINT64_MAX, &status));
    assert_int_equal(status, 7);
    assert_false(status_list_set(packed, sizeof packed, 2, 8, 1));
}

static void test_a_status_that_does_not_fit_is_not_set(void **state)
{
    uint8_t packed[2] = {0};
    (void)state;
    assert_true(status_list_set(packed, sizeof packed, 1, 3, 1));
    assert_false(status_list_set(packed, sizeof packed, 1, 4, 2));
    assert_false(status_list_set(packed, sizeof packed, 2, 4, 4));
    assert_span_hex(span_of(packed, sizeof packed), "0800");
}

static void test_other_numbers_of_bits_are_no_list(void **state)
{
    static const unsigned wrong[] = {0, 3, 5, 6, 7, 9, 16, 32};
    uint8_t packed[8] = {0};
    unsigned status = 0;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const struct status_list list = {wrong[i], {packed, sizeof packed}};
        assert_false(status_list_bits_are_possible(wrong[i]));
        assert_false(status_list_get(&list, 0, &status));
        assert_false(status_list_set(packed, sizeof packed, wrong[i], 0, 0));
    }
    assert_false(status_list_bits_are_possible((uint64_t)1 << 32 | 1));
}

static void assert_not_expanded(struct span compressed)
{
    uint8_t *packed = (uint8_t *)&compressed;
    size_t n = 1;
    assert_int_equal(status_list_expand(compressed, &packed, &n), JUMIN_ERROR_MALFORMED);
    assert_null(packed);
    assert_int_equal(n, 0);
}

static void test_a_stream_that_was_cut_is_refused(void **state)
{
    uint8_t buffer[16];
    const struct span whole = unhex("78da3be9f2130003df0207", buffer, sizeof buffer);
    (void)state;
    for (size_t n = 0; n < whole.n; n++) {
        assert_not_expanded(span_first(whole, n));
    }
}

static void test_bytes_behind_a_stream_are_refused(void **state)
{
    uint8_t buffer[16];
    (void)state;
    assert_not_expanded(unhex("78da3be9f2130003df020700", buffer, sizeof buffer));
}

static void test_a_wrong_checksum_is_refused(void **state)
{
    uint8_t buffer[16];
    (void)state;
    assert_not_expanded(unhex("78da3be9f2130003df0208", buffer, sizeof buffer));
}

// RFC 1951 without the head of RFC 1950, and a gzip file.
static void test_other_containers_are_refused(void **state)
{
    uint8_t buffer[64];
    (void)state;
    assert_not_expanded(unhex("3be9f21300", buffer, sizeof buffer));
    assert_not_expanded(unhex("1f8b08000000000002033be9f21300de8a8c5f03000000", buffer, sizeof buffer));
}

static void test_an_empty_list_is_refused(void **state)
{
    uint8_t buffer[16], *compressed = NULL;
    size_t n = 0;
    (void)state;
    assert_not_expanded(unhex("789c030000000001", buffer, sizeof buffer));
    assert_int_equal(status_list_compress(span_of(NULL, 0), &compressed, &n), JUMIN_ERROR_ARGUMENT);
    assert_null(compressed);
}

// Zeros, which take a thousandth of their room, as zlib alone makes them.
static struct span zeros(size_t n)
{
    static uint8_t compressed[1 << 16];
    uLongf length = sizeof compressed;
    uint8_t *bytes = calloc(1, n);
    assert_int_equal(compress2(compressed, &length, bytes, (uLong)n, 9), Z_OK);
    free(bytes);
    return span_of(compressed, length);
}

static void test_a_list_is_expanded_up_to_the_limit_and_not_beyond(void **state)
{
    size_t n = 0;
    (void)state;
    free(expand(zeros(STATUS_BYTES_MAX), &n));
    assert_int_equal(n, STATUS_BYTES_MAX);
    assert_not_expanded(zeros(STATUS_BYTES_MAX + 1));
    assert_not_expanded(zeros(3 * STATUS_BYTES_MAX));
}

// Ten million statuses of one bit, of which as many are 1 as `of_256` says, there and back.
static void test_ten_million_statuses_of_one_bit_fit(void **state)
{
    enum { BYTES = 10000000 / 8 };
    static const unsigned of_256[] = {0, 5, 26, 128}; // none, 2 %, 10 %, half
    uint8_t *packed = calloc(1, BYTES);
    uint32_t noise = 1;
    (void)state;
    for (size_t i = 0; i < sizeof of_256 / sizeof *of_256; i++) {
        uint8_t *compressed = NULL;
        size_t n = 0, length = 0;
        memset(packed, 0, BYTES);
        for (uint64_t k = 0; k < 10000000; k++) {
            noise = noise * 1664525U + 1013904223U;
            assert_true(status_list_set(packed, BYTES, 1, k, noise >> 24 < of_256[i]));
        }
        assert_int_equal(status_list_compress(span_of(packed, BYTES), &compressed, &n), JUMIN_OK);
        uint8_t *again = expand(span_of(compressed, n), &length);
        assert_int_equal(length, BYTES);
        assert_memory_equal(again, packed, BYTES);
        free(again);
        free(compressed);
    }
    free(packed);
}

static void test_too_long_a_list_is_not_made(void **state)
{
    uint8_t *bytes = calloc(1, STATUS_BYTES_MAX + 1), *compressed = NULL;
    size_t n = 0;
    uint32_t noise = 1;
    (void)state;
    assert_int_equal(status_list_compress(span_of(bytes, STATUS_BYTES_MAX + 1), &compressed, &n),
                     JUMIN_ERROR_ARGUMENT);
    for (size_t i = 0; i < STATUS_BYTES_MAX; i++) {
        noise = noise * 1664525U + 1013904223U;
        bytes[i] = (uint8_t)(noise >> 24);
    }
    assert_int_equal(status_list_compress(span_of(bytes, STATUS_BYTES_MAX), &compressed, &n),
                     JUMIN_ERROR_ARGUMENT);
    assert_null(compressed);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_of_the_standard_are_read),
        cmocka_unit_test(test_lists_of_the_standard_are_made),
        cmocka_unit_test(test_the_first_status_is_in_the_lowest_bits),
        cmocka_unit_test(test_short_lists_of_the_standard_are_read),
        cmocka_unit_test(test_a_status_is_replaced_and_its_neighbours_stay),
        cmocka_unit_test(test_an_index_behind_the_list_has_no_status),
        cmocka_unit_test(test_a_status_that_does_not_fit_is_not_set),
        cmocka_unit_test(test_other_numbers_of_bits_are_no_list),
        cmocka_unit_test(test_a_stream_that_was_cut_is_refused),
        cmocka_unit_test(test_bytes_behind_a_stream_are_refused),
        cmocka_unit_test(test_a_wrong_checksum_is_refused),
        cmocka_unit_test(test_other_containers_are_refused),
        cmocka_unit_test(test_an_empty_list_is_refused),
        cmocka_unit_test(test_a_list_is_expanded_up_to_the_limit_and_not_beyond),
        cmocka_unit_test(test_ten_million_statuses_of_one_bit_fit),
        cmocka_unit_test(test_too_long_a_list_is_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
