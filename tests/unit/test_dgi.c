// Data grouping identifiers, whole and cut into blocks at every place (GPC v2.3.1 §11.11.3.4).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/dgi.h"

static uint8_t content[66000];
static uint8_t stream[70000];

static void test_lengths_are_one_or_three_bytes(void **state)
{
    (void)state;
    static const struct {
        uint16_t length;
        const char *header;
    } cases[] = {{0, "0101 00"},       {1, "0101 01"},       {254, "0101 FE"},
                 {255, "0101 FF00FF"}, {256, "0101 FF0100"}, {65534, "0101 FFFFFE"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct writer w = writer_of(stream, sizeof stream);
        dgi_put(&w, 0x0101, span_of(content, cases[i].length));
        assert_false(w.overflow);
        const size_t header = cases[i].length < 255 ? 3 : 5;
        assert_span_hex(span_first(writer_span(&w), header), cases[i].header);
        assert_true(span_equal(span_from(writer_span(&w), header), span_of(content, cases[i].length)));
    }
}

static void test_values_over_65534_bytes_are_not_coded(void **state)
{
    (void)state;
    struct writer w = writer_of(stream, sizeof stream);
    dgi_put(&w, 0x0101, span_of(content, 65535));
    assert_true(w.overflow);
    w = writer_of(stream, sizeof stream);
    dgi_put_header(&w, 0x0101, 65535);
    assert_true(w.overflow);
}

struct gathered {
    uint16_t identifier;
    uint8_t value[600];
    size_t n;
};

// Reads `bytes` in blocks of `block_size` and gathers the DGIs. Returns how many were complete.
static size_t read_in_blocks(struct span bytes, size_t block_size, struct gathered *dgis, size_t capacity)
{
    struct dgi_reader reader;
    dgi_start(&reader);
    size_t complete = 0;
    while (bytes.n > 0) {
        struct span block = span_first(bytes, block_size);
        bytes = span_from(bytes, block.n);
        struct dgi_piece piece = {0};
        enum dgi_result result;
        while ((result = dgi_next(&reader, &block, &piece)) == DGI_PIECE) {
            assert_true(complete < capacity);
            struct gathered *dgi = &dgis[complete];
            dgi->identifier = piece.identifier;
            assert_int_equal(piece.offset, piece.offset == 0 ? 0 : dgi->n);
            if (piece.bytes.n > 0) {
                memcpy(dgi->value + piece.offset, piece.bytes.p, piece.bytes.n);
            }
            dgi->n = piece.offset + piece.bytes.n;
            assert_int_equal(piece.last, dgi->n == piece.length);
            assert_true(piece.bytes.n > 0 || piece.length == 0);
            complete += piece.last ? 1 : 0;
        }
        assert_int_equal(result, DGI_MORE);
        assert_int_equal(block.n, 0);
    }
    assert_true(dgi_between(&reader));
    return complete;
}

static void test_stream_is_the_same_whatever_the_blocks(void **state)
{
    (void)state;
    struct writer w = writer_of(stream, sizeof stream);
    dgi_put(&w, 0x0101, span_of(content, 7));
    dgi_put(&w, 0x8010, span_of(NULL, 0));
    dgi_put(&w, 0x7FFF, span_of(content, 300));
    dgi_put(&w, 0x0000, span_of(content, 1));
    dgi_put(&w, 0x9000, span_of(NULL, 0));
    const struct span bytes = writer_span(&w);

    for (size_t block_size = 1; block_size <= bytes.n; block_size++) {
        struct gathered dgis[5] = {0};
        assert_int_equal(read_in_blocks(bytes, block_size, dgis, 5), 5);
        static const struct {
            uint16_t identifier;
            size_t n;
        } expected[5] = {{0x0101, 7}, {0x8010, 0}, {0x7FFF, 300}, {0x0000, 1}, {0x9000, 0}};
        for (size_t i = 0; i < 5; i++) {
            assert_int_equal(dgis[i].identifier, expected[i].identifier);
            assert_int_equal(dgis[i].n, expected[i].n);
            assert_memory_equal(dgis[i].value, content, expected[i].n);
        }
    }
}

static void test_long_form_of_a_short_length_is_read(void **state)
{
    (void)state;
    uint8_t bytes[16];
    struct span block = unhex("0101 FF0002 AABB", bytes, sizeof bytes);
    struct dgi_reader reader;
    struct dgi_piece piece = {0};
    dgi_start(&reader);
    assert_int_equal(dgi_next(&reader, &block, &piece), DGI_PIECE);
    assert_int_equal(piece.length, 2);
    assert_span_hex(piece.bytes, "AABB");
    assert_true(piece.last);
}

static void test_reserved_length_stays_malformed(void **state)
{
    (void)state;
    uint8_t bytes[16];
    struct span block = unhex("0101 FFFFFF AABB", bytes, sizeof bytes);
    struct dgi_reader reader;
    struct dgi_piece piece = {0};
    dgi_start(&reader);
    assert_int_equal(dgi_next(&reader, &block, &piece), DGI_MALFORMED);
    assert_int_equal(dgi_next(&reader, &block, &piece), DGI_MALFORMED);
    assert_false(dgi_between(&reader));
}

static void test_stream_cut_anywhere_is_not_between_groupings(void **state)
{
    (void)state;
    uint8_t bytes[16];
    const struct span whole = unhex("0101 03 AABBCC", bytes, sizeof bytes);
    for (size_t n = 1; n < whole.n; n++) {
        struct span block = span_first(whole, n);
        struct dgi_reader reader;
        struct dgi_piece piece = {0};
        dgi_start(&reader);
        while (dgi_next(&reader, &block, &piece) == DGI_PIECE) {
            assert_false(piece.last);
        }
        assert_false(dgi_between(&reader));
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof content; i++) {
        content[i] = (uint8_t)(i * 7 + 1);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths_are_one_or_three_bytes),
        cmocka_unit_test(test_values_over_65534_bytes_are_not_coded),
        cmocka_unit_test(test_stream_is_the_same_whatever_the_blocks),
        cmocka_unit_test(test_long_form_of_a_short_length_is_read),
        cmocka_unit_test(test_reserved_length_stays_malformed),
        cmocka_unit_test(test_stream_cut_anywhere_is_not_between_groupings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
