// Pictures of others' coders: what is turned, what is refused by reason, and JPEG 2000 in and out.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/span.h"
#include "host/jpeg.h"
#include "host/jpeg2000.h"
#include <jumin/picture.h>
#include <stdio.h>
#include <stdlib.h>

enum { SEGMENT_MAX = 128, WIDTH = 48, HEIGHT = 32 };

// --- How a camera was held ---------------------------------------------------------------------------------

// An Exif segment with a directory of two entries, the second of which is the orientation's.
static struct span exif(bool big_endian, const char *tag_type_count_value, uint8_t *buffer)
{
    uint8_t *at = buffer;
    const struct span header =
        unhex(big_endian ? "457869660000 4D4D002A00000008 0002 010F00020000000100000000"
                         : "457869660000 49492A0008000000 0200 0F0102000100000000000000",
              at, SEGMENT_MAX);
    const struct span entry = unhex(tag_type_count_value, at + header.n, SEGMENT_MAX - header.n);
    return span_of(buffer, header.n + entry.n);
}

static void test_orientation_is_read_in_both_byte_orders(void **state)
{
    (void)state;
    uint8_t bytes[SEGMENT_MAX];
    assert_int_equal(exif_orientation(exif(true, "0112 0003 00000001 0006 0000", bytes)), 6);
    assert_int_equal(exif_orientation(exif(false, "1201 0300 01000000 0800 0000", bytes)), 8);
    // What is not sound is upright: another value, type or tag, a cut directory, other words before it
    assert_int_equal(exif_orientation(exif(true, "0112 0003 00000001 0009 0000", bytes)), 1);
    assert_int_equal(exif_orientation(exif(true, "0112 0003 00000001 0000 0000", bytes)), 1);
    assert_int_equal(exif_orientation(exif(true, "0112 0004 00000001 0006 0000", bytes)), 1);
    assert_int_equal(exif_orientation(exif(true, "0113 0003 00000001 0006 0000", bytes)), 1);
    const struct span good = exif(true, "0112 0003 00000001 0006 0000", bytes);
    for (size_t n = 0; n < good.n - 2; n++) {
        assert_in_range(exif_orientation(span_first(good, n)), 1, n < good.n - 3 ? 1 : 6);
    }
    bytes[6 + 3] = 0x2B;
    assert_int_equal(exif_orientation(good), 1);
    bytes[6 + 3] = 0x2A;
    bytes[6 + 4] = 0xFF; // the directory lies far behind the end
    assert_int_equal(exif_orientation(good), 1);
    assert_int_equal(exif_orientation(span_of(NULL, 0)), 1);
}

// The scene is 1 2 3 above 4 5 6; each row has how a file of that orientation stores it (CIPA DC-008 §4.6.4).
static void test_picture_is_turned_upright(void **state)
{
    (void)state;
    static const struct {
        unsigned width, height;
        const char *stored;
    } files[] = {{3, 2, "123456"}, {3, 2, "321654"}, {3, 2, "654321"}, {3, 2, "456123"},
                 {2, 3, "142536"}, {2, 3, "362514"}, {2, 3, "635241"}, {2, 3, "415263"}};
    for (unsigned i = 0; i < 8; i++) {
        struct picture picture = {malloc(18), files[i].width, files[i].height, files[i].width,
                                  files[i].height};
        assert_non_null(picture.rgb);
        for (size_t k = 0; k < 18; k++) {
            picture.rgb[k] = (uint8_t)files[i].stored[k / 3];
        }
        assert_true(picture_turn(&picture, i + 1));
        assert_int_equal(picture.width, 3);
        assert_int_equal(picture.height, 2);
        assert_int_equal(picture.file_width, 3);
        assert_memory_equal(picture.rgb, "111222333444555666", 18);
        picture_free(&picture);
    }
}

static struct picture make_picture(unsigned width, unsigned height)
{
    struct picture picture = {.rgb = malloc((size_t)width * height * 3), .width = width, .height = height};
    assert_non_null(picture.rgb);
    for (size_t i = 0; i < picture_bytes(&picture); i++) {
        const size_t x = i / 3 % width, y = i / 3 / width;
        picture.rgb[i] = (uint8_t)(i % 3 == 0 ? x * 4 : i % 3 == 1 ? y * 6 : (x ^ y) * 3);
    }
    return picture;
}

// A JPEG of ours with `segment` as its APP1.
static struct span jpeg_with(struct span segment, uint8_t *buffer, size_t capacity)
{
    struct picture picture = make_picture(WIDTH, HEIGHT);
    uint8_t *jpeg = NULL;
    size_t n = 0;
    assert_int_equal(jpeg_encode(&picture, 90, &jpeg, &n), JUMIN_OK);
    struct writer w = writer_of(buffer, capacity);
    writer_put(&w, span_of(jpeg, 2));
    writer_put_u16(&w, 0xFFE1);
    writer_put_u16(&w, (uint16_t)(segment.n + 2));
    writer_put(&w, segment);
    writer_put(&w, span_from(span_of(jpeg, n), 2));
    assert_false(w.overflow);
    free(jpeg);
    picture_free(&picture);
    return writer_span(&w);
}

static void test_jpeg_is_turned_as_its_exif_says(void **state)
{
    (void)state;
    uint8_t segment[SEGMENT_MAX], bytes[8192];
    char detail[PICTURE_DETAIL_MAX] = "";
    struct picture picture;
    const struct span file =
        jpeg_with(exif(true, "0112 0003 00000001 0006 0000", segment), bytes, sizeof bytes);
    assert_int_equal(jpeg_decode(file, 100, 100, &picture, detail), JUMIN_OK);
    assert_int_equal(picture.width, HEIGHT);
    assert_int_equal(picture.height, WIDTH);
    // Row 0 lies on the right: red grows downwards, green to the left
    assert_true(picture.rgb[0] < picture.rgb[picture_bytes(&picture) - (size_t)3 * HEIGHT]);
    assert_true(picture.rgb[1] > picture.rgb[(size_t)3 * HEIGHT - 2]);
    picture_free(&picture);
}

// --- JPEG of kinds that are not taken ----------------------------------------------------------------------

static void expect_jpeg_refused(const char *file, const char *reason)
{
    uint8_t bytes[256];
    char detail[PICTURE_DETAIL_MAX] = "";
    struct picture picture;
    assert_int_equal(jpeg_decode(unhex(file, bytes, sizeof bytes), 8000, 8000, &picture, detail),
                     JUMIN_ERROR_INPUT);
    assert_null(picture.rgb);
    if (strstr(detail, reason) == NULL) {
        fail_msg("\"%s\" does not say: %s", detail, reason);
    }
}

static void test_cmyk_and_12_bits_are_refused_by_reason(void **state)
{
    (void)state;
    // SOI; SOF0 of 16 × 16; SOS. Four components, without and with Adobe's segment (2: YCCK); 12 bits.
    expect_jpeg_refused("FFD8 FFC0 0014 08 0010 0010 04 011100 021100 031100 041100"
                        "FFDA 000E 04 0100 0200 0300 0400 003F00",
                        "CMYK");
    expect_jpeg_refused("FFD8 FFEE 000E 41646F6265 0064 0000 0000 02"
                        "FFC0 0014 08 0010 0010 04 011100 021100 031100 041100"
                        "FFDA 000E 04 0100 0200 0300 0400 003F00",
                        "CMYK");
    expect_jpeg_refused("FFD8 FFC1 000B 0C 0010 0010 01 011100 FFDA 0008 01 0100 003F00", "precision 12");
}

// --- JPEG 2000 ---------------------------------------------------------------------------------------------

static struct span encode(size_t most)
{
    struct picture picture = make_picture(WIDTH, HEIGHT);
    uint8_t *bytes = NULL;
    size_t n = 0;
    assert_int_equal(jpeg2000_encode(&picture, most, &bytes, &n), JUMIN_OK);
    assert_in_range(n, 1, most);
    picture_free(&picture);
    return span_of(bytes, n);
}

static void test_jpeg2000_gives_back_what_went_in(void **state)
{
    (void)state;
    char detail[PICTURE_DETAIL_MAX] = "";
    struct picture picture = make_picture(WIDTH, HEIGHT), again;
    const struct span file = encode(4000), same = encode(4000);
    assert_true(span_equal(file, same));
    for (size_t i = 0; i + 8 <= file.n; i++) {
        assert_memory_not_equal(file.p + i, "OpenJPEG", 8); // whose version would change the bytes
    }
    assert_int_equal(jpeg2000_decode(file, &again, detail), JUMIN_OK);
    assert_int_equal(again.width, WIDTH);
    assert_int_equal(again.height, HEIGHT);
    for (size_t i = 0; i < picture_bytes(&picture); i++) {
        assert_in_range(again.rgb[i] + 16, picture.rgb[i], picture.rgb[i] + 32);
    }
    const struct jumin_portrait portrait = {.image = file.p, .n = file.n, .type = JUMIN_IMAGE_JPEG2000};
    struct jumin_pixels pixels;
    assert_int_equal(jumin_portrait_pixels(&portrait, 16, &pixels), JUMIN_OK);
    assert_int_equal(pixels.width, WIDTH);
    assert_memory_equal(pixels.rgb, again.rgb, picture_bytes(&again));
    jumin_pixels_free(&pixels);
    picture_free(&again);
    picture_free(&picture);
    free((void *)(uintptr_t)file.p);
    free((void *)(uintptr_t)same.p);
}

static void test_jpeg2000_keeps_its_length_down_to_where_nothing_fits(void **state)
{
    (void)state;
    struct picture picture = make_picture(WIDTH, HEIGHT);
    for (size_t most = 1200; most > 0; most -= 50) {
        uint8_t *bytes = NULL;
        size_t n = 0;
        if (jpeg2000_encode(&picture, most, &bytes, &n) != JUMIN_OK) {
            assert_true(most < 400);
            assert_null(bytes);
        } else {
            assert_in_range(n, 1, most);
        }
        free(bytes);
    }
    picture_free(&picture);
}

static void expect_jpeg2000_refused(struct span file, const char *reason)
{
    char detail[PICTURE_DETAIL_MAX] = "";
    struct picture picture;
    assert_int_equal(jpeg2000_decode(file, &picture, detail), JUMIN_ERROR_INPUT);
    assert_null(picture.rgb);
    if (strstr(detail, reason) == NULL) {
        fail_msg("\"%s\" does not say: %s", detail, reason);
    }
}

// The file with a number of four bytes in SIZ set (ISO 15444-1 §A.5.1); `at` counts from Lsiz.
static struct span with_size(struct span file, size_t at, uint32_t value)
{
    static uint8_t bytes[4096];
    size_t siz = 0;
    assert_true(file.n <= sizeof bytes);
    memcpy(bytes, file.p, file.n);
    while (memcmp(bytes + siz, "\xFF\x4F\xFF\x51", 4) != 0) {
        siz++;
    }
    for (size_t i = 0; i < 4; i++) {
        bytes[siz + 4 + at + i] = (uint8_t)(value >> (24 - 8 * i));
    }
    return span_of(bytes, file.n);
}

static void test_jpeg2000_is_looked_at_before_memory_is_spent(void **state)
{
    (void)state;
    const struct span file = encode(2000);
    char detail[PICTURE_DETAIL_MAX] = "";
    struct picture picture;
    assert_int_equal(jpeg2000_decode(with_size(file, 4, WIDTH), &picture, detail), JUMIN_OK);
    picture_free(&picture);
    expect_jpeg2000_refused(with_size(file, 4, JPEG2000_SIDE_MAX + 1), "too many");
    expect_jpeg2000_refused(with_size(file, 8, 0xFFFFFFFF), "too many");
    expect_jpeg2000_refused(with_size(file, 8, 0), "no pixels");
    expect_jpeg2000_refused(with_size(file, 12, 1), "corner");
    expect_jpeg2000_refused(with_size(file, 28, 1), "corner");
    expect_jpeg2000_refused(with_size(file, 20, 0), "tiles");
    expect_jpeg2000_refused(with_size(with_size(file, 20, 1), 24, HEIGHT / 2), "tiles");
    expect_jpeg2000_refused(with_size(file, 36, 0x00020701), "neither grey nor RGB");
    expect_jpeg2000_refused(with_size(file, 36, 0x00030F01), "8 bits");
    expect_jpeg2000_refused(with_size(file, 38, 0x07020107), "8 bits");
    free((void *)(uintptr_t)file.p);
}

// `header` in place of what our JP2 has before its codestream.
static struct span with_boxes(struct span file, const char *header)
{
    static uint8_t bytes[4096];
    size_t at = 0;
    while (memcmp(file.p + at, "\xFF\x4F\xFF\x51", 4) != 0) {
        at++;
    }
    const struct span before = unhex(header, bytes, sizeof bytes), codestream = span_from(file, at);
    memcpy(bytes + before.n, codestream.p, codestream.n);
    return span_of(bytes, before.n + codestream.n);
}

static void test_codestream_is_found_in_its_boxes(void **state)
{
    (void)state;
    const struct span file = encode(2000);
    static const char *const good[] = {"", "00000000 6A703263", "00000009 66726565 FF 00000000 6A703263",
                                       "00000001 66726565 0000000000000010 00000000 6A703263"};
    static const char *const bad[] = {"00001000 6A703263", "00000007 66726565", "00000000 66726565",
                                      "00000001 6A703263 0000000100000010",
                                      "00000001 6A703263 000000000000000F"};
    char detail[PICTURE_DETAIL_MAX] = "", length[64];
    struct picture picture;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(jpeg2000_decode(with_boxes(file, good[i]), &picture, detail), JUMIN_OK);
        picture_free(&picture);
    }
    const size_t n = with_boxes(file, "").n;
    (void)snprintf(length, sizeof length, "00000001 6A703263 00000000%08zX", n + 16);
    assert_int_equal(jpeg2000_decode(with_boxes(file, length), &picture, detail), JUMIN_OK);
    picture_free(&picture);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        expect_jpeg2000_refused(with_boxes(file, bad[i]), "no codestream");
    }
    free((void *)(uintptr_t)file.p);
}

static void test_damaged_jpeg2000_is_refused_by_reason(void **state)
{
    (void)state;
    const struct span file = encode(2000);
    expect_jpeg2000_refused(span_of("\xFF\x4F\xFF\x51", 4), "no codestream");
    expect_jpeg2000_refused(span_of(NULL, 0), "no codestream");
    for (size_t n = 0; n < file.n; n += 7) {
        char detail[PICTURE_DETAIL_MAX] = "";
        struct picture picture;
        if (jpeg2000_decode(span_first(file, n), &picture, detail) != JUMIN_OK) {
            assert_null(picture.rgb);
            assert_true(strlen(detail) > strlen("the JPEG 2000 cannot be decoded: "));
        } else {
            assert_true(n > file.n / 2); // only the last packet's end is missing
        }
        picture_free(&picture);
    }
    free((void *)(uintptr_t)file.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orientation_is_read_in_both_byte_orders),
        cmocka_unit_test(test_picture_is_turned_upright),
        cmocka_unit_test(test_jpeg_is_turned_as_its_exif_says),
        cmocka_unit_test(test_cmyk_and_12_bits_are_refused_by_reason),
        cmocka_unit_test(test_jpeg2000_gives_back_what_went_in),
        cmocka_unit_test(test_jpeg2000_keeps_its_length_down_to_where_nothing_fits),
        cmocka_unit_test(test_jpeg2000_is_looked_at_before_memory_is_spent),
        cmocka_unit_test(test_codestream_is_found_in_its_boxes),
        cmocka_unit_test(test_damaged_jpeg2000_is_refused_by_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
