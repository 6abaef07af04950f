// PNG: every kind of it becomes the right pixels, and what is damaged or too large is refused by reason.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/png_make.h"
#include "tests/unit/unit.h"

#include "host/perso/photo.h"
#include "host/png.h"
#include <stdlib.h>

enum { FILE_MAX = 1 << 20, MOST = 8000 };

static uint8_t file_bytes[FILE_MAX];

static struct span make(const struct png_header *header, const char *extra, struct span extra_content,
                        const char *rows)
{
    uint8_t bytes[256];
    struct writer w = writer_of(file_bytes, sizeof file_bytes);
    png_put_start(&w, header);
    if (header->colour == PNG_PALETTE) {
        png_put_chunk(&w, "PLTE", span_of("\x10\x20\x30\xA0\xB0\xC0", 6));
    }
    if (extra != NULL) {
        png_put_chunk(&w, extra, extra_content);
    }
    png_put_image(&w, unhex(rows, bytes, sizeof bytes));
    png_put_end(&w);
    assert_false(w.overflow);
    return writer_span(&w);
}

static void expect_pixels(struct span file, unsigned width, unsigned height, const char *pixels)
{
    char detail[PICTURE_DETAIL_MAX] = "";
    struct picture picture;
    if (png_decode(file, MOST, &picture, detail) != JUMIN_OK) {
        fail_msg("%s", detail);
    }
    assert_int_equal(picture.width, width);
    assert_int_equal(picture.height, height);
    assert_int_equal(picture.file_width, width);
    assert_int_equal(picture.file_height, height);
    assert_span_hex(span_of(picture.rgb, picture_bytes(&picture)), pixels);
    picture_free(&picture);
}

static void expect_refused(struct span file, const char *reason)
{
    char detail[PICTURE_DETAIL_MAX] = "";
    struct picture picture;
    assert_int_equal(png_decode(file, MOST, &picture, detail), JUMIN_ERROR_INPUT);
    assert_null(picture.rgb);
    if (strstr(detail, reason) == NULL) {
        fail_msg("\"%s\" does not say: %s", detail, reason);
    }
}

static const struct span nothing = {NULL, 0};

static void test_every_colour_type_becomes_rgb(void **state)
{
    (void)state;
    const struct png_header rgb = {2, 2, 8, PNG_RGB, false};
    expect_pixels(make(&rgb, NULL, nothing, "00 010203 FFFEFD 00 102030 405060"), 2, 2,
                  "010203FFFEFD102030405060");
    const struct png_header grey = {2, 1, 8, PNG_GREY, false};
    expect_pixels(make(&grey, NULL, nothing, "00 7F 80"), 2, 1, "7F7F7F808080");
    const struct png_header bits = {3, 1, 1, PNG_GREY, false};
    expect_pixels(make(&bits, NULL, nothing, "00 A0"), 3, 1, "FFFFFF000000FFFFFF");
    const struct png_header two_bits = {3, 1, 2, PNG_GREY, false};
    expect_pixels(make(&two_bits, NULL, nothing, "00 1B"), 3, 1, "000000555555AAAAAA");
    const struct png_header palette = {2, 1, 4, PNG_PALETTE, false};
    expect_pixels(make(&palette, NULL, nothing, "00 10"), 2, 1, "A0B0C0102030");
}

static void test_16_bits_are_rounded_to_8(void **state)
{
    (void)state;
    const struct png_header grey = {3, 1, 16, PNG_GREY, false};
    expect_pixels(make(&grey, NULL, nothing, "00 0000 01FF FFFF"), 3, 1, "000000020202FFFFFF");
    const struct png_header rgb = {1, 1, 16, PNG_RGB, false};
    expect_pixels(make(&rgb, NULL, nothing, "00 1010 2020 3030"), 1, 1, "102030");
}

static void test_what_is_transparent_is_laid_on_white(void **state)
{
    (void)state;
    const struct png_header rgb = {3, 1, 8, PNG_RGB_ALPHA, false};
    expect_pixels(make(&rgb, NULL, nothing, "00 00000000 00000080 010203FF"), 3, 1, "FFFFFF7F7F7F010203");
    const struct png_header grey = {2, 1, 8, PNG_GREY_ALPHA, false};
    expect_pixels(make(&grey, NULL, nothing, "00 4000 40FF"), 2, 1, "FFFFFF404040");
    const struct png_header deep = {1, 1, 16, PNG_RGB_ALPHA, false};
    expect_pixels(make(&deep, NULL, nothing, "00 1010 2020 3030 0000"), 1, 1, "FFFFFF");
    // By tRNS: a colour, and entries of the palette
    const struct png_header key = {2, 1, 8, PNG_RGB, false};
    expect_pixels(make(&key, "tRNS", span_of("\0\x01\0\x02\0\x03", 6), "00 010203 010204"), 2, 1,
                  "FFFFFF010204");
    const struct png_header palette = {2, 1, 8, PNG_PALETTE, false};
    expect_pixels(make(&palette, "tRNS", span_of("\0", 1), "00 00 01"), 2, 1, "FFFFFFA0B0C0");
}

static void test_interlaced_rows_are_put_in_order(void **state)
{
    (void)state;
    // Adam7 of 3 × 3: (0,0); none; none; (2,0); (0,2) (2,2); (1,0); (1,2); then row 1
    const struct png_header grey = {3, 3, 8, PNG_GREY, true};
    expect_pixels(make(&grey, NULL, nothing, "00 01  00 03  00 07 09  00 02  00 08  00 04 05 06"), 3, 3,
                  "010101020202030303040404050505060606070707080808090909");
}

static void test_other_chunks_are_passed_over(void **state)
{
    (void)state;
    const struct png_header grey = {1, 1, 8, PNG_GREY, false};
    // gAMA of 1.0 would make it darker; the text's compression is damaged
    expect_pixels(make(&grey, "gAMA", span_of("\0\1\x86\xA0", 4), "00 40"), 1, 1, "404040");
    expect_pixels(make(&grey, "zTXt", span_of("a\0\0\xFF\xFF\xFF", 6), "00 40"), 1, 1, "404040");
    expect_pixels(make(&grey, "iCCP", span_of("a\0\0\xFF\xFF\xFF", 6), "00 40"), 1, 1, "404040");
}

static struct span make_header(uint32_t width, uint32_t height, uint8_t depth, enum png_colour colour)
{
    const struct png_header header = {width, height, depth, colour, false};
    return make(&header, NULL, nothing, "00");
}

static void test_too_many_pixels_are_refused_before_any_is_read(void **state)
{
    (void)state;
    expect_refused(make_header(8001, 1, 8, PNG_GREY), "8001 × 1 pixels are more than 8000 × 8000");
    expect_refused(make_header(1, 8001, 8, PNG_GREY), "1 × 8001 pixels");
    expect_refused(make_header(6000, 4001, 8, PNG_GREY), "6000 × 4001 pixels are more than");
    expect_refused(make_header(6000, 4000, 8, PNG_GREY), "image data"); // as many as are taken; none follow
    expect_refused(make_header(0, 1, 8, PNG_GREY), "IHDR");
}

static void test_damaged_files_are_refused_by_reason(void **state)
{
    (void)state;
    const struct png_header grey = {2, 2, 8, PNG_GREY, false};
    struct span file = make(&grey, NULL, nothing, "00 01 02 00 03 04");
    for (size_t n = 0; n < file.n; n++) {
        expect_refused(span_first(file, n), "cannot be decoded: ");
    }
    expect_refused(span_first(file, file.n - 1), "it is cut off");
    file_bytes[file.n - 20] ^= 1; // Adler-32 of the pixels
    expect_refused(file, "IDAT");
    file_bytes[file.n - 20] ^= 1;
    file_bytes[file.n - 16] ^= 1; // CRC of their chunk
    expect_refused(file, "CRC");
    expect_refused(make_header(1, 1, 3, PNG_GREY), "IHDR");
    const struct png_header palette = {1, 1, 8, PNG_PALETTE, false};
    struct writer w = writer_of(file_bytes, sizeof file_bytes);
    png_put_start(&w, &palette);
    png_put_image(&w, span_of("\0\0", 2));
    png_put_end(&w);
    expect_refused(writer_span(&w), "PLTE");
}

static void test_photo_may_be_a_png(void **state)
{
    (void)state;
    enum { WIDTH = 280, HEIGHT = 360, ROW = WIDTH + 1 };
    static uint8_t rows[ROW * HEIGHT];
    const struct png_header header = {WIDTH, HEIGHT, 8, PNG_GREY, false};
    const struct photo_wishes wishes = {PHOTO_JPEG, 20000};
    char detail[PHOTO_DETAIL_MAX] = "";
    struct photo photo;
    memset(rows, 0x77, sizeof rows);
    for (size_t y = 0; y < HEIGHT; y++) {
        rows[y * ROW] = 0;
    }
    struct writer w = writer_of(file_bytes, sizeof file_bytes);
    png_put_start(&w, &header);
    png_put_image(&w, span_of(rows, sizeof rows));
    png_put_end(&w);
    assert_false(w.overflow);
    assert_int_equal(photo_prepare(writer_span(&w), &wishes, &photo, detail), JUMIN_OK);
    assert_int_equal(photo.type, JUMIN_IMAGE_JPEG);
    assert_int_equal(photo.width, WIDTH);
    assert_int_equal(photo.height, HEIGHT);
    assert_int_equal(photo.hints[JUMIN_PHOTO_BRIGHTNESS].value, 0x77);
    photo_free(&photo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_colour_type_becomes_rgb),
        cmocka_unit_test(test_16_bits_are_rounded_to_8),
        cmocka_unit_test(test_what_is_transparent_is_laid_on_white),
        cmocka_unit_test(test_interlaced_rows_are_put_in_order),
        cmocka_unit_test(test_other_chunks_are_passed_over),
        cmocka_unit_test(test_too_many_pixels_are_refused_before_any_is_read),
        cmocka_unit_test(test_damaged_files_are_refused_by_reason),
        cmocka_unit_test(test_photo_may_be_a_png),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
