// Portraits: cropped, scaled, within the budget; bad files refused by reason.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/jpeg.h"
#include "host/jpeg2000.h"
#include "host/perso/photo.h"
#include <stdlib.h>

static const struct photo_wishes usual = {PHOTO_JPEG, 20000};

// A picture with detail everywhere, so that the coder has something to do.
static struct photo make_jpeg(unsigned width, unsigned height, int quality)
{
    struct picture picture = {.rgb = malloc((size_t)width * height * 3), .width = width, .height = height};
    assert_non_null(picture.rgb);
    uint32_t noise = 1;
    for (size_t i = 0; i < (size_t)width * height * 3; i++) {
        noise = noise * 1664525 + 1013904223;
        picture.rgb[i] = (uint8_t)(128 + (i / 3 % width) / 8 % 64 + (noise >> 28));
    }
    struct photo photo = {.width = width, .height = height};
    assert_int_equal(jpeg_encode(&picture, quality, &photo.image, &photo.n), JUMIN_OK);
    free(picture.rgb);
    return photo;
}

static struct span bytes_of(const struct photo *photo)
{
    return span_of(photo->image, photo->n);
}

static void test_photo_is_cropped_scaled_and_fits(void **state)
{
    (void)state;
    char detail[PHOTO_DETAIL_MAX];
    struct photo photo;
    struct photo jpeg = make_jpeg(1200, 1200, 90);
    assert_int_equal(photo_prepare(bytes_of(&jpeg), &usual, &photo, detail), JUMIN_OK);
    assert_true(photo.n <= 20000);
    assert_true(photo.width <= 413);
    // 35:45, to a pixel
    assert_in_range(photo.width * 45, photo.height * 35 - 45, photo.height * 35 + 45);
    struct picture decoded;
    assert_int_equal(jpeg_decode(span_of(photo.image, photo.n), 8000, 8000, &decoded, detail), JUMIN_OK);
    assert_int_equal(decoded.width, photo.width);
    assert_int_equal(decoded.height, photo.height);
    free(decoded.rgb);
    photo_free(&photo);
    photo_free(&jpeg);
}

// The decoder scales it down before anything is measured.
static void test_resolution_is_that_of_the_file(void **state)
{
    (void)state;
    char detail[PHOTO_DETAIL_MAX];
    struct photo photo;
    struct photo jpeg = make_jpeg(2400, 3600, 20);
    assert_int_equal(photo_prepare(bytes_of(&jpeg), &usual, &photo, detail), JUMIN_OK);
    assert_int_equal(photo.hints[JUMIN_PHOTO_RESOLUTION].value, 2400);
    assert_int_equal(photo.hints[JUMIN_PHOTO_CROP].value, 14);
    photo_free(&photo);
    photo_free(&jpeg);
}

static void expect_refused(struct span file, size_t budget, enum jumin_error error, const char *reason)
{
    char detail[PHOTO_DETAIL_MAX] = "";
    struct photo photo;
    const struct photo_wishes wishes = {PHOTO_JPEG, budget};
    assert_int_equal(photo_prepare(file, &wishes, &photo, detail), error);
    assert_null(photo.image);
    if (strstr(detail, reason) == NULL) {
        fail_msg("\"%s\" does not say: %s", detail, reason);
    }
}

static void test_bad_photos_are_refused_by_reason(void **state)
{
    (void)state;
    struct photo small = make_jpeg(200, 260, 90);
    struct photo large = make_jpeg(8001, 16, 90);
    struct photo good = make_jpeg(480, 617, 90);
    expect_refused(bytes_of(&small), 20000, JUMIN_ERROR_INPUT, "200 × 260 pixels; at least 240 × 320");
    expect_refused(bytes_of(&large), 20000, JUMIN_ERROR_INPUT, "8001 × 16 pixels are more than");
    expect_refused(bytes_of(&good), 10, JUMIN_ERROR_TOO_LONG, "fit 10 bytes");
    expect_refused(span_of("not a photo", 11), 20000, JUMIN_ERROR_INPUT, "neither JPEG nor PNG");
    expect_refused(span_of(NULL, 0), 20000, JUMIN_ERROR_INPUT, "cannot be decoded");
    expect_refused(span_first(bytes_of(&good), good.n / 2), 20000, JUMIN_ERROR_INPUT, "cannot be decoded");
    photo_free(&small);
    photo_free(&large);
    photo_free(&good);
}

// Whatever is flipped: a picture, or a refusal.
static void test_flipped_bits_do_no_harm(void **state)
{
    (void)state;
    char detail[PHOTO_DETAIL_MAX];
    struct photo good = make_jpeg(240, 320, 60);
    uint8_t *bytes = malloc(good.n);
    assert_non_null(bytes);
    for (size_t i = 0; i < 700; i++) {
        memcpy(bytes, good.image, good.n);
        bytes[i] ^= (uint8_t)(1 << i % 8);
        struct picture picture;
        if (jpeg_decode(span_of(bytes, good.n), 1000, 1000, &picture, detail) == JUMIN_OK) {
            assert_non_null(picture.rgb);
        }
        free(picture.rgb);
    }
    free(bytes);
    photo_free(&good);
}

// --- Which format ------------------------------------------------------------------------------------------

static uint64_t difference(const struct picture *picture, const struct photo *photo)
{
    char detail[PHOTO_DETAIL_MAX] = "";
    struct picture again;
    const struct span file = bytes_of(photo);
    uint64_t sum = 0;
    assert_int_equal(photo->type == JUMIN_IMAGE_JPEG ? jpeg_decode(file, 1000, 1000, &again, detail)
                                                     : jpeg2000_decode(file, &again, detail),
                     JUMIN_OK);
    assert_int_equal(picture_bytes(&again), picture_bytes(picture));
    for (size_t i = 0; i < picture_bytes(picture); i++) {
        const int d = picture->rgb[i] - again.rgb[i];
        sum += (uint64_t)(d * d);
    }
    picture_free(&again);
    return sum;
}

static struct photo encode(const struct picture *picture, unsigned formats, size_t budget)
{
    const struct photo_wishes wishes = {formats, budget};
    struct photo photo = {0};
    assert_int_equal(photo_encode(picture, &wishes, &photo), JUMIN_OK);
    assert_in_range(photo.n, 1, budget);
    return photo;
}

// Waves, which a wavelet takes in fewer bytes.
static struct picture make_waves(unsigned width, unsigned height)
{
    struct picture picture = {.rgb = malloc((size_t)width * height * 3), .width = width, .height = height};
    assert_non_null(picture.rgb);
    for (size_t i = 0; i < picture_bytes(&picture); i++) {
        const size_t x = i / 3 % width, y = i / 3 / width;
        picture.rgb[i] = (uint8_t)(64 + (x * x / 97 + y * y / 61 + i % 3 * 40) % 128);
    }
    return picture;
}

static void test_jpeg2000_is_taken_where_it_is_smaller_and_no_worse(void **state)
{
    (void)state;
    struct picture waves = make_waves(210, 270);
    struct photo jpeg = encode(&waves, PHOTO_JPEG, 30000);
    struct photo either = encode(&waves, PHOTO_JPEG | PHOTO_JPEG2000, 30000);
    assert_int_equal(jpeg.type, JUMIN_IMAGE_JPEG);
    assert_int_equal(either.type, JUMIN_IMAGE_JPEG2000);
    assert_true(either.n < jpeg.n);
    assert_true(difference(&waves, &either) <= difference(&waves, &jpeg));
    // A step less would not have done.
    struct photo less = {0};
    uint8_t *bytes = NULL;
    size_t n = 0;
    assert_int_equal(jpeg2000_encode(&waves, either.n - 256, &bytes, &n), JUMIN_OK);
    less = (struct photo){.image = bytes, .n = n, .type = JUMIN_IMAGE_JPEG2000};
    assert_true(difference(&waves, &less) > difference(&waves, &jpeg));
    // Alone it is held to the same quality; and the same picture gives the same bytes.
    struct photo alone = encode(&waves, PHOTO_JPEG2000, 30000);
    struct photo again = encode(&waves, PHOTO_JPEG | PHOTO_JPEG2000, 30000);
    assert_int_equal(alone.type, JUMIN_IMAGE_JPEG2000);
    assert_true(difference(&waves, &alone) <= difference(&waves, &jpeg));
    assert_in_range(alone.n, 1, either.n + 256);
    assert_true(span_equal(bytes_of(&either), bytes_of(&again)));
    photo_free(&jpeg);
    photo_free(&either);
    photo_free(&less);
    photo_free(&alone);
    photo_free(&again);
    picture_free(&waves);
}

// One colour: a JPEG has next to nothing to say, and JPEG 2000's boxes count.
static void test_jpeg_is_taken_where_it_is_smaller(void **state)
{
    (void)state;
    struct picture stripes = {.rgb = malloc(240 * 320 * 3), .width = 240, .height = 320};
    assert_non_null(stripes.rgb);
    for (size_t i = 0; i < picture_bytes(&stripes); i++) {
        stripes.rgb[i] = i / 3 / 8 % 2 == 0 ? 0 : 255; // in JPEG's own blocks
    }
    struct photo photo = encode(&stripes, PHOTO_JPEG | PHOTO_JPEG2000, 30000);
    assert_int_equal(photo.type, JUMIN_IMAGE_JPEG);
    photo_free(&photo);
    picture_free(&stripes);
}

static void test_jpeg2000_keeps_a_budget_that_is_too_small_for_jpeg_at_that_quality(void **state)
{
    (void)state;
    struct picture waves = make_waves(210, 270);
    struct photo jpeg = encode(&waves, PHOTO_JPEG, 30000);
    const size_t budget = jpeg.n - 500;
    struct photo worse = encode(&waves, PHOTO_JPEG, budget);
    struct photo either = encode(&waves, PHOTO_JPEG | PHOTO_JPEG2000, budget);
    assert_int_equal(either.type, JUMIN_IMAGE_JPEG2000);
    assert_true(difference(&waves, &either) <= difference(&waves, &jpeg));
    assert_true(difference(&waves, &worse) > difference(&waves, &jpeg));
    const struct photo_wishes tiny = {PHOTO_JPEG | PHOTO_JPEG2000, 200};
    struct photo none = {0};
    assert_int_equal(photo_encode(&waves, &tiny, &none), JUMIN_ERROR_TOO_LONG);
    assert_null(none.image);
    photo_free(&jpeg);
    photo_free(&worse);
    photo_free(&either);
    picture_free(&waves);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_photo_is_cropped_scaled_and_fits),
        cmocka_unit_test(test_resolution_is_that_of_the_file),
        cmocka_unit_test(test_bad_photos_are_refused_by_reason),
        cmocka_unit_test(test_flipped_bits_do_no_harm),
        cmocka_unit_test(test_jpeg2000_is_taken_where_it_is_smaller_and_no_worse),
        cmocka_unit_test(test_jpeg_is_taken_where_it_is_smaller),
        cmocka_unit_test(test_jpeg2000_keeps_a_budget_that_is_too_small_for_jpeg_at_that_quality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
