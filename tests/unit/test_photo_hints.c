// What is measured of a photo: each value by its definition, and each limit from both sides.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/perso/photo.h"
#include <stdio.h>

enum { WIDTH = 80, HEIGHT = 120 };

static const struct photo_source whole = {826, 1062, 826, 1062};

struct grey_picture {
    uint8_t rows[HEIGHT][WIDTH];
};

static void set_all(struct grey_picture *grey, uint8_t value)
{
    memset(grey->rows, value, sizeof grey->rows);
}

// From column `from` of the middle half on.
static void set_middle(struct grey_picture *grey, unsigned from, uint8_t value)
{
    for (unsigned y = HEIGHT / 4; y < HEIGHT - HEIGHT / 4; y++) {
        memset(&grey->rows[y][WIDTH / 4 + from], value, WIDTH / 2 - from);
    }
}

static void measure(const struct grey_picture *grey, const struct photo_source *source,
                    struct jumin_photo_hint hints[JUMIN_PHOTO_CHECKS])
{
    static uint8_t rgb[WIDTH * HEIGHT * 3];
    const struct picture picture = {.rgb = rgb, .width = WIDTH, .height = HEIGHT};
    for (size_t i = 0; i < sizeof rgb; i++) {
        rgb[i] = grey->rows[i / 3 / WIDTH][i / 3 % WIDTH];
    }
    photo_measure(&picture, source, hints);
}

static void expect(const struct jumin_photo_hint *hints, enum jumin_photo_check check, const char *name,
                   unsigned value, bool good)
{
    char number[16];
    const struct jumin_photo_hint *hint = &hints[check];
    assert_string_equal(hint->name, name);
    if (hint->value != value || hint->good != good) {
        fail_msg("%s is %u, %s", name, hint->value, hint->good ? "good" : "not good");
    }
    (void)snprintf(number, sizeof number, "%u", value);
    assert_non_null(strstr(hint->sentence, number));
    assert_int_equal(hint->sentence[strlen(hint->sentence) - 1], '.'); // it is whole
}

static void test_size_and_crop_are_of_the_file(void **state)
{
    (void)state;
    struct jumin_photo_hint hints[JUMIN_PHOTO_CHECKS];
    struct grey_picture grey;
    set_all(&grey, 128);
    measure(&grey, &whole, hints);
    expect(hints, JUMIN_PHOTO_RESOLUTION, "resolution", 826, true);
    expect(hints, JUMIN_PHOTO_CROP, "crop", 0, true);
    measure(&grey, &(struct photo_source){413, 550, 413, 531}, hints);
    expect(hints, JUMIN_PHOTO_RESOLUTION, "resolution", 413, true);
    expect(hints, JUMIN_PHOTO_CROP, "crop", 3, true);
    measure(&grey, &(struct photo_source){412, 624, 412, 529}, hints);
    expect(hints, JUMIN_PHOTO_RESOLUTION, "resolution", 412, false);
    expect(hints, JUMIN_PHOTO_CROP, "crop", 15, true);
    measure(&grey, &(struct photo_source){8000, 8000, 6222, 8000}, hints);
    expect(hints, JUMIN_PHOTO_CROP, "crop", 22, false);
    measure(&grey, &(struct photo_source){1000, 1000, 840, 1000}, hints);
    expect(hints, JUMIN_PHOTO_CROP, "crop", 16, false);
}

static void test_light_is_measured_in_the_middle(void **state)
{
    (void)state;
    struct jumin_photo_hint hints[JUMIN_PHOTO_CHECKS];
    struct grey_picture grey;
    static const struct {
        uint8_t value;
        bool good;
    } cases[] = {{69, false}, {70, true}, {200, true}, {201, false}};
    for (size_t i = 0; i < 4; i++) {
        set_all(&grey, 255); // a white background, which is none of it
        set_middle(&grey, 0, cases[i].value);
        measure(&grey, &whole, hints);
        expect(hints, JUMIN_PHOTO_BRIGHTNESS, "brightness", cases[i].value, cases[i].good);
        expect(hints, JUMIN_PHOTO_SHADOWS, "shadows", 0, true);
        expect(hints, JUMIN_PHOTO_HIGHLIGHTS, "highlights", 0, true);
        expect(hints, JUMIN_PHOTO_CONTRAST, "contrast", 0, false);
    }
}

static void test_clipped_pixels_are_counted(void **state)
{
    (void)state;
    struct jumin_photo_hint hints[JUMIN_PHOTO_CHECKS];
    struct grey_picture grey;
    set_all(&grey, 128);
    set_middle(&grey, 32, 5); // 8 of 40 columns
    measure(&grey, &whole, hints);
    expect(hints, JUMIN_PHOTO_SHADOWS, "shadows", 20, true);
    set_middle(&grey, 31, 5);
    measure(&grey, &whole, hints);
    expect(hints, JUMIN_PHOTO_SHADOWS, "shadows", 22, false);
    set_middle(&grey, 31, 6);
    measure(&grey, &whole, hints);
    expect(hints, JUMIN_PHOTO_SHADOWS, "shadows", 0, true);
    set_middle(&grey, 31, 250);
    measure(&grey, &whole, hints);
    expect(hints, JUMIN_PHOTO_HIGHLIGHTS, "highlights", 22, false);
    set_middle(&grey, 0, 128);
    set_middle(&grey, 32, 250);
    measure(&grey, &whole, hints);
    expect(hints, JUMIN_PHOTO_HIGHLIGHTS, "highlights", 20, true);
    set_middle(&grey, 32, 249);
    measure(&grey, &whole, hints);
    expect(hints, JUMIN_PHOTO_HIGHLIGHTS, "highlights", 0, true);
}

static void test_contrast_is_the_standard_deviation(void **state)
{
    (void)state;
    struct jumin_photo_hint hints[JUMIN_PHOTO_CHECKS];
    struct grey_picture grey;
    set_all(&grey, 100);
    set_middle(&grey, 20, 140); // half and half: 20 away from their mean
    measure(&grey, &whole, hints);
    expect(hints, JUMIN_PHOTO_CONTRAST, "contrast", 20, true);
    expect(hints, JUMIN_PHOTO_BRIGHTNESS, "brightness", 120, true);
    set_middle(&grey, 20, 138);
    measure(&grey, &whole, hints);
    expect(hints, JUMIN_PHOTO_CONTRAST, "contrast", 19, false);
}

static void test_sharpness_is_the_variance_of_the_laplacian(void **state)
{
    (void)state;
    struct jumin_photo_hint hints[JUMIN_PHOTO_CHECKS];
    struct grey_picture grey;
    // Columns in turn: each differs from two neighbours by 2, so that the Laplacian is 4 or -4
    for (unsigned x = 0; x < WIDTH; x++) {
        for (unsigned y = 0; y < HEIGHT; y++) {
            grey.rows[y][x] = (uint8_t)(100 + 2 * (x % 2));
        }
    }
    measure(&grey, &whole, hints);
    expect(hints, JUMIN_PHOTO_SHARPNESS, "sharpness", 16, false);
    // Rows, by 3: 6 or -6
    for (unsigned y = 0; y < HEIGHT; y++) {
        memset(grey.rows[y], (int)(100 + 3 * (y % 2)), WIDTH);
    }
    measure(&grey, &whole, hints);
    expect(hints, JUMIN_PHOTO_SHARPNESS, "sharpness", 36, true);
    // A ramp is not sharp
    for (unsigned y = 0; y < HEIGHT; y++) {
        memset(grey.rows[y], (int)(2 * y), WIDTH);
    }
    measure(&grey, &whole, hints);
    expect(hints, JUMIN_PHOTO_SHARPNESS, "sharpness", 0, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size_and_crop_are_of_the_file),
        cmocka_unit_test(test_light_is_measured_in_the_middle),
        cmocka_unit_test(test_clipped_pixels_are_counted),
        cmocka_unit_test(test_contrast_is_the_standard_deviation),
        cmocka_unit_test(test_sharpness_is_the_variance_of_the_laplacian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
