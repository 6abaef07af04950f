// The portrait: decoded with limits, checked, scaled and coded again so that it fits the chip.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/photo.h"

#include "card/crypto/crypto.h"
#include "host/jpeg.h"
#include "host/png.h"
#include <stdio.h>
#include <stdlib.h>

enum {
    LEAST_WIDTH = 240, // 9303-9 §3.9 asks for 90 pixels between the eyes' centres
    LEAST_HEIGHT = 320,
    MOST = 8000,
    RATIO_WIDTH = 35, // of the printed photo, in millimetres
    RATIO_HEIGHT = 45,
    CHIP_WIDTH = 413, // 35 mm at 300 dpi
    CHIP_HEIGHT = 531,
};

struct rectangle {
    unsigned x, y, width, height;
};

// The largest part of 35:45 around the middle.
static struct rectangle crop(unsigned width, unsigned height)
{
    struct rectangle part = {0, 0, width, height};
    if ((uint64_t)width * RATIO_HEIGHT > (uint64_t)height * RATIO_WIDTH) {
        part.width = height * RATIO_WIDTH / RATIO_HEIGHT;
        part.x = (width - part.width) / 2;
    } else {
        part.height = width * RATIO_HEIGHT / RATIO_WIDTH;
        part.y = (height - part.height) / 2;
    }
    return part;
}

// The mean of a rectangle of pixels.
static void average(const struct picture *from, struct rectangle box, uint8_t pixel[PICTURE_CHANNELS])
{
    uint64_t sums[PICTURE_CHANNELS] = {0};
    for (unsigned y = box.y; y < box.y + box.height; y++) {
        const uint8_t *p = from->rgb + ((size_t)y * from->width + box.x) * PICTURE_CHANNELS;
        for (unsigned x = 0; x < box.width * PICTURE_CHANNELS; x++) {
            sums[x % PICTURE_CHANNELS] += p[x];
        }
    }
    for (size_t i = 0; i < PICTURE_CHANNELS; i++) {
        pixel[i] = (uint8_t)(sums[i] / ((uint64_t)box.width * box.height));
    }
}

// Scales by averaging, which is right for making smaller; every target pixel covers at least one source
// pixel.
static bool scale(const struct picture *from, struct rectangle part, struct picture *to)
{
    to->rgb = malloc((size_t)to->width * to->height * PICTURE_CHANNELS);
    if (to->rgb == NULL) {
        return false;
    }
    for (unsigned y = 0; y < to->height; y++) {
        for (unsigned x = 0; x < to->width; x++) {
            struct rectangle box;
            box.x = part.x + x * part.width / to->width;
            box.y = part.y + y * part.height / to->height;
            const unsigned right = part.x + (x + 1) * part.width / to->width;
            const unsigned bottom = part.y + (y + 1) * part.height / to->height;
            box.width = right > box.x ? right - box.x : 1;
            box.height = bottom > box.y ? bottom - box.y : 1;
            average(from, box, to->rgb + ((size_t)y * to->width + x) * PICTURE_CHANNELS);
        }
    }
    return true;
}

// Measures what is about to be coded first: only the picture in full size counts.
static void measure(const struct picture *file, const struct picture *scaled, struct photo *photo)
{
    const struct rectangle part = crop(file->file_width, file->file_height);
    const struct photo_source source = {file->file_width, file->file_height, part.width, part.height};
    photo_measure(scaled, &source, photo->hints);
}

// Smaller and smaller until a quality that is worth looking at fits.
static enum jumin_error fit(const struct picture *picture, const struct photo_wishes *wishes,
                            struct photo *photo)
{
    const struct rectangle part = crop(picture->width, picture->height);
    unsigned width = part.width < CHIP_WIDTH ? part.width : CHIP_WIDTH;
    enum jumin_error error = JUMIN_ERROR_TOO_LONG;
    for (bool first = true; error == JUMIN_ERROR_TOO_LONG && width >= CHIP_WIDTH / 4; first = false) {
        struct picture scaled = {.width = width, .height = width * CHIP_HEIGHT / CHIP_WIDTH};
        if (!scale(picture, part, &scaled)) {
            return JUMIN_ERROR_MEMORY;
        }
        if (first) {
            measure(picture, &scaled, photo);
        }
        error = photo_encode(&scaled, wishes, photo);
        picture_free(&scaled);
        width = width * 4 / 5;
    }
    return error;
}

static enum jumin_error decode(struct span file, struct picture *picture, char detail[PHOTO_DETAIL_MAX])
{
    if (jpeg_is(file)) {
        return jpeg_decode(file, MOST, 2 * CHIP_HEIGHT, picture, detail);
    }
    if (png_is(file)) {
        return png_decode(file, MOST, picture, detail);
    }
    (void)snprintf(detail, PHOTO_DETAIL_MAX, "the photo cannot be decoded: it is neither JPEG nor PNG");
    return JUMIN_ERROR_INPUT;
}

enum jumin_error photo_prepare(struct span file, const struct photo_wishes *wishes, struct photo *photo,
                               char detail[PHOTO_DETAIL_MAX])
{
    struct picture picture;
    *photo = (struct photo){0};
    enum jumin_error error = decode(file, &picture, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (picture.width < LEAST_WIDTH || picture.height < LEAST_HEIGHT) {
        (void)snprintf(detail, PHOTO_DETAIL_MAX, "the photo has %u × %u pixels; at least %d × %d are needed",
                       picture.width, picture.height, LEAST_WIDTH, LEAST_HEIGHT);
        error = JUMIN_ERROR_INPUT;
    } else {
        error = fit(&picture, wishes, photo);
        if (error != JUMIN_OK) {
            (void)snprintf(detail, PHOTO_DETAIL_MAX, "the photo cannot be made to fit %zu bytes",
                           wishes->budget);
            photo_free(photo);
        }
    }
    picture_free(&picture);
    return error;
}

void photo_free(struct photo *photo)
{
    if (photo->image != NULL) {
        crypto_wipe(photo->image, photo->n);
        free(photo->image);
    }
    *photo = (struct photo){0};
}
