// What a photo is like, for the officer who takes or refuses it: measured, never decided here.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/photo.h"

#include <stdarg.h>
#include <stdio.h>

// Of luminance 0 to 255. Where the limits are is experience, not a standard's.
enum {
    CROP_MOST = 15, // per cent of the pixels: a photo of 2:3 loses 14, a square 22
    DARK = 70,
    BRIGHT = 200,
    SHADOW = 5,
    HIGHLIGHT = 250,
    CLIPPED_MOST = 20, // per cent: black hair and a white collar are no fault
    CONTRAST_LEAST = 20,
    SHARPNESS_LEAST = 20,
    RESOLUTION_LEAST = 413, // 35 mm at 300 dpi
};

// The middle half of the width and height, where a portrait has its face; the head itself is not looked for.
struct statistics {
    uint64_t count, sum, squares, shadows, highlights;
};

static unsigned luminance(const struct picture *picture, unsigned x, unsigned y)
{
    // ITU-R BT.601, as JPEG has it
    const uint8_t *p = picture->rgb + ((size_t)y * picture->width + x) * PICTURE_CHANNELS;
    return (299U * p[0] + 587U * p[1] + 114U * p[2] + 500) / 1000;
}

static struct statistics look_at_middle(const struct picture *picture)
{
    struct statistics found = {0};
    for (unsigned y = picture->height / 4; y < picture->height - picture->height / 4; y++) {
        for (unsigned x = picture->width / 4; x < picture->width - picture->width / 4; x++) {
            const unsigned value = luminance(picture, x, y);
            found.count++;
            found.sum += value;
            found.squares += (uint64_t)value * value;
            found.shadows += value <= SHADOW;
            found.highlights += value >= HIGHLIGHT;
        }
    }
    return found;
}

static unsigned root(uint64_t square)
{
    unsigned value = 0;
    while ((uint64_t)(value + 1) * (value + 1) <= square) {
        value++;
    }
    return value;
}

// The variance of the Laplacian: how much a pixel differs from its four neighbours.
static unsigned sharpness(const struct picture *picture)
{
    int64_t count = 0, sum = 0, squares = 0;
    for (unsigned y = 1; y + 1 < picture->height; y++) {
        for (unsigned x = 1; x + 1 < picture->width; x++) {
            const int64_t value = 4 * (int64_t)luminance(picture, x, y) - luminance(picture, x - 1, y) -
                                  luminance(picture, x + 1, y) - luminance(picture, x, y - 1) -
                                  luminance(picture, x, y + 1);
            count++;
            sum += value;
            squares += value * value;
        }
    }
    return count == 0 ? 0 : (unsigned)((squares - sum * sum / count) / count);
}

__attribute__((format(printf, 5, 6))) static struct jumin_photo_hint
hint_of(const char *name, const char *unit, unsigned value, bool good, const char *format, ...)
{
    struct jumin_photo_hint hint = {.name = name, .unit = unit, .value = value, .good = good};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(hint.sentence, sizeof hint.sentence, format, arguments);
    va_end(arguments);
    return hint;
}

static void measure_size(const struct photo_source *source, struct jumin_photo_hint *hints)
{
    const uint64_t all = (uint64_t)source->width * source->height;
    const unsigned lost = (unsigned)((all - (uint64_t)source->crop_width * source->crop_height) * 100 / all);
    const bool enough = source->crop_width >= RESOLUTION_LEAST;
    hints[JUMIN_PHOTO_RESOLUTION] =
        hint_of("resolution", "pixels", source->crop_width, enough,
                enough ? "The photo is %u pixels wide after cropping; the card shows %d."
                       : "The photo is only %u pixels wide after cropping; %d are wanted.",
                source->crop_width, RESOLUTION_LEAST);
    hints[JUMIN_PHOTO_CROP] =
        hint_of("crop", "percent", lost, lost <= CROP_MOST,
                lost <= CROP_MOST ? "Cropping to 35:45 takes %u per cent of the photo."
                                  : "Cropping to 35:45 takes %u per cent of the photo: see that the head is "
                                    "whole, or take it in that shape.",
                lost);
}

static void measure_light(const struct statistics *middle, struct jumin_photo_hint *hints)
{
    const uint64_t count = middle->count > 0 ? middle->count : 1;
    const unsigned mean = (unsigned)(middle->sum / count);
    const unsigned shadows = (unsigned)(middle->shadows * 100 / count);
    const unsigned highlights = (unsigned)(middle->highlights * 100 / count);
    const uint64_t variance = (middle->squares * count - middle->sum * middle->sum) / (count * count);
    const unsigned deviation = root(variance);
    hints[JUMIN_PHOTO_BRIGHTNESS] = hint_of(
        "brightness", "of 255", mean, mean >= DARK && mean <= BRIGHT,
        mean < DARK     ? "The middle is dark (mean %u of 255): more light on the face."
        : mean > BRIGHT ? "The middle is very bright (mean %u of 255): less light, or a shorter exposure."
                        : "The middle is well lit (mean %u of 255).",
        mean);
    hints[JUMIN_PHOTO_SHADOWS] =
        hint_of("shadows", "percent", shadows, shadows <= CLIPPED_MOST,
                shadows <= CLIPPED_MOST ? "Of the middle, %u per cent are black."
                                        : "Of the middle, %u per cent are black: nothing can be seen there.",
                shadows);
    hints[JUMIN_PHOTO_HIGHLIGHTS] =
        hint_of("highlights", "percent", highlights, highlights <= CLIPPED_MOST,
                highlights <= CLIPPED_MOST
                    ? "Of the middle, %u per cent are white."
                    : "Of the middle, %u per cent are white: it is overexposed, or the head is elsewhere.",
                highlights);
    hints[JUMIN_PHOTO_CONTRAST] =
        hint_of("contrast", "of 255", deviation, deviation >= CONTRAST_LEAST,
                deviation >= CONTRAST_LEAST ? "The middle has contrast (standard deviation %u)."
                                            : "The middle is flat (standard deviation %u): fog, glare or too "
                                              "little light.",
                deviation);
}

void photo_measure(const struct picture *picture, const struct photo_source *source,
                   struct jumin_photo_hint hints[JUMIN_PHOTO_CHECKS])
{
    const struct statistics middle = look_at_middle(picture);
    const unsigned sharp = sharpness(picture);
    measure_size(source, hints);
    measure_light(&middle, hints);
    hints[JUMIN_PHOTO_SHARPNESS] =
        hint_of("sharpness", "variance", sharp, sharp >= SHARPNESS_LEAST,
                sharp >= SHARPNESS_LEAST
                    ? "The photo is sharp (variance of the Laplacian %u)."
                    : "The photo is blurred (variance of the Laplacian %u): focus on the eyes, hold still.",
                sharp);
}
