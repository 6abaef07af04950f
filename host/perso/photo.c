// The portrait: decoded with limits, checked, scaled and coded again so that it fits the chip.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/photo.h"

#include "card/crypto/crypto.h"
#include "host/jpeg.h"
#include <stdio.h>
#include <stdlib.h>

enum {
    CHANNELS = 3,
    LEAST_WIDTH = 240, // 9303-9 §3.9 asks for 90 pixels between the eyes' centres
    LEAST_HEIGHT = 320,
    MOST = 8000,
    RATIO_WIDTH = 35, // of the printed photo, in millimetres
    RATIO_HEIGHT = 45,
    CHIP_WIDTH = 413, // 35 mm at 300 dpi
    CHIP_HEIGHT = 531,
    BEST_QUALITY = 90,
    LEAST_QUALITY = 40,
    QUALITY_STEP = 5,
};

struct rectangle {
    unsigned x, y, width, height;
};

// The largest part of 35:45 around the middle.
static struct rectangle crop(const struct picture *picture)
{
    struct rectangle part = {0, 0, picture->width, picture->height};
    if ((uint64_t)picture->width * RATIO_HEIGHT > (uint64_t)picture->height * RATIO_WIDTH) {
        part.width = picture->height * RATIO_WIDTH / RATIO_HEIGHT;
        part.x = (picture->width - part.width) / 2;
    } else {
        part.height = picture->width * RATIO_HEIGHT / RATIO_WIDTH;
        part.y = (picture->height - part.height) / 2;
    }
    return part;
}

// The mean of a rectangle of pixels.
static void average(const struct picture *from, struct rectangle box, uint8_t pixel[CHANNELS])
{
    uint64_t sums[CHANNELS] = {0};
    for (unsigned y = box.y; y < box.y + box.height; y++) {
        const uint8_t *p = from->rgb + ((size_t)y * from->width + box.x) * CHANNELS;
        for (unsigned x = 0; x < box.width * CHANNELS; x++) {
            sums[x % CHANNELS] += p[x];
        }
    }
    for (size_t i = 0; i < CHANNELS; i++) {
        pixel[i] = (uint8_t)(sums[i] / ((uint64_t)box.width * box.height));
    }
}

// Scales by averaging, which is right for making smaller; every target pixel covers at least one source
// pixel.
static bool scale(const struct picture *from, struct rectangle part, struct picture *to)
{
    to->rgb = malloc((size_t)to->width * to->height * CHANNELS);
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
            average(from, box, to->rgb + ((size_t)y * to->width + x) * CHANNELS);
        }
    }
    return true;
}

// With falling quality until it fits; false when even the least does not.
static enum jumin_error encode_within(const struct picture *picture, size_t budget, struct photo *photo)
{
    for (int quality = BEST_QUALITY; quality >= LEAST_QUALITY; quality -= QUALITY_STEP) {
        const enum jumin_error error = jpeg_encode(picture, quality, &photo->jpeg, &photo->n);
        if (error != JUMIN_OK) {
            return error;
        }
        if (photo->n <= budget) {
            photo->width = picture->width;
            photo->height = picture->height;
            return JUMIN_OK;
        }
        photo_free(photo);
    }
    return JUMIN_ERROR_TOO_LONG;
}

// Smaller and smaller until a quality that is worth looking at fits.
static enum jumin_error fit(const struct picture *picture, size_t budget, struct photo *photo)
{
    const struct rectangle part = crop(picture);
    struct picture scaled = {.width = part.width < CHIP_WIDTH ? part.width : CHIP_WIDTH};
    enum jumin_error error = JUMIN_ERROR_TOO_LONG;
    while (error == JUMIN_ERROR_TOO_LONG && scaled.width >= CHIP_WIDTH / 4) {
        scaled.height = scaled.width * CHIP_HEIGHT / CHIP_WIDTH;
        error = scale(picture, part, &scaled) ? encode_within(&scaled, budget, photo) : JUMIN_ERROR_MEMORY;
        free(scaled.rgb);
        scaled.width = scaled.width * 4 / 5;
    }
    return error;
}

enum jumin_error photo_prepare(struct span file, size_t budget, struct photo *photo,
                               char detail[PHOTO_DETAIL_MAX])
{
    struct picture picture;
    *photo = (struct photo){0};
    enum jumin_error error = jpeg_decode(file, MOST, 2 * CHIP_HEIGHT, &picture, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (picture.width < LEAST_WIDTH || picture.height < LEAST_HEIGHT) {
        (void)snprintf(detail, PHOTO_DETAIL_MAX, "the photo has %u × %u pixels; at least %d × %d are needed",
                       picture.width, picture.height, LEAST_WIDTH, LEAST_HEIGHT);
        error = JUMIN_ERROR_INPUT;
    } else {
        error = fit(&picture, budget, photo);
        if (error != JUMIN_OK) {
            (void)snprintf(detail, PHOTO_DETAIL_MAX, "the photo cannot be made to fit %zu bytes", budget);
        }
    }
    free(picture.rgb);
    return error;
}

void photo_free(struct photo *photo)
{
    if (photo->jpeg != NULL) {
        crypto_wipe(photo->jpeg, photo->n);
        free(photo->jpeg);
    }
    *photo = (struct photo){0};
}
