// Coding the portrait: the best quality that keeps the budget, in the format that needs fewer bytes for it.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/photo.h"

#include "card/crypto/crypto.h"
#include "host/jpeg.h"
#include "host/jpeg2000.h"
#include <stdlib.h>

enum {
    BEST_QUALITY = 90,
    LEAST_QUALITY = 40,
    QUALITY_STEP = 5,
    BYTES_STEP = 128, // how closely the length of a JPEG 2000 is looked for
};

// One way to code a picture.
struct coded {
    uint8_t *p; // owned; NULL: there is none
    size_t n;
    uint64_t error; // sum of the squared differences to the picture; the smaller, the better
};

static void release(struct coded *coded)
{
    if (coded->p != NULL) {
        crypto_wipe(coded->p, coded->n);
        free(coded->p);
    }
    *coded = (struct coded){0};
}

static uint64_t difference(const struct picture *a, const struct picture *b)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < picture_bytes(a); i++) {
        const int d = a->rgb[i] - b->rgb[i];
        sum += (uint64_t)(d * d);
    }
    return sum;
}

// Decodes it again, as a reader of the card will.
static bool compare(const struct picture *picture, enum jumin_image_type type, struct coded *coded)
{
    struct picture again;
    char detail[PICTURE_DETAIL_MAX];
    const struct span file = span_of(coded->p, coded->n);
    const unsigned most = picture->width > picture->height ? picture->width : picture->height;
    const bool ok = (type == JUMIN_IMAGE_JPEG ? jpeg_decode(file, most, most, &again, detail)
                                              : jpeg2000_decode(file, &again, detail)) == JUMIN_OK &&
                    again.width == picture->width && again.height == picture->height;
    coded->error = ok ? difference(picture, &again) : UINT64_MAX;
    picture_free(&again);
    return ok;
}

static bool code_jpeg2000(const struct picture *picture, size_t most, struct coded *coded)
{
    *coded = (struct coded){0};
    if (jpeg2000_encode(picture, most, &coded->p, &coded->n) != JUMIN_OK) {
        return false;
    }
    if (!compare(picture, JUMIN_IMAGE_JPEG2000, coded)) {
        release(coded);
    }
    return coded->p != NULL;
}

// The shortest JPEG 2000 of at most `most` bytes that is no worse than `error`; none when there is none.
static struct coded shorten(const struct picture *picture, size_t most, uint64_t error)
{
    struct coded best = {0};
    size_t too_few = 0, enough = most + BYTES_STEP;
    for (size_t bytes = most; bytes > 0; bytes = too_few + (enough - too_few) / 2) {
        struct coded coded;
        if (code_jpeg2000(picture, bytes, &coded) && coded.error <= error) {
            release(&best);
            best = coded;
            enough = bytes;
        } else {
            release(&coded);
            too_few = bytes;
        }
        if (best.p == NULL || enough - too_few <= BYTES_STEP) {
            break; // not even the most was enough, or close enough
        }
    }
    return best;
}

static void take(struct coded *coded, enum jumin_image_type type, const struct picture *picture,
                 struct photo *photo)
{
    photo->image = coded->p;
    photo->n = coded->n;
    photo->type = type;
    photo->width = picture->width;
    photo->height = picture->height;
    *coded = (struct coded){0};
}

// At the quality of this JPEG, in the shorter of the formats. False: neither keeps the budget.
static bool encode_as(const struct picture *picture, const struct photo_wishes *wishes, struct coded *jpeg,
                      const struct coded *most, struct photo *photo)
{
    const bool jpeg_fits = (wishes->formats & PHOTO_JPEG) != 0 && jpeg->n <= wishes->budget;
    if (most->p != NULL && most->error <= jpeg->error) {
        struct coded jpeg2000 = shorten(picture, jpeg_fits ? jpeg->n - 1 : wishes->budget, jpeg->error);
        if (jpeg2000.p != NULL) {
            take(&jpeg2000, JUMIN_IMAGE_JPEG2000, picture, photo);
            return true;
        }
    }
    if (jpeg_fits) {
        take(jpeg, JUMIN_IMAGE_JPEG, picture, photo);
    }
    return jpeg_fits;
}

enum jumin_error photo_encode(const struct picture *picture, const struct photo_wishes *wishes,
                              struct photo *photo)
{
    const bool with_jpeg2000 = (wishes->formats & PHOTO_JPEG2000) != 0;
    struct coded most = {0}; // all that the budget has room for: whether to look closer at all
    enum jumin_error error = JUMIN_ERROR_TOO_LONG;
    if (with_jpeg2000) {
        (void)code_jpeg2000(picture, wishes->budget, &most);
    }
    for (int quality = BEST_QUALITY; quality >= LEAST_QUALITY && error == JUMIN_ERROR_TOO_LONG;
         quality -= QUALITY_STEP) {
        struct coded jpeg = {0};
        error = jpeg_encode(picture, quality, &jpeg.p, &jpeg.n);
        if (error == JUMIN_OK && with_jpeg2000 && !compare(picture, JUMIN_IMAGE_JPEG, &jpeg)) {
            error = JUMIN_ERROR_MEMORY;
        }
        if (error == JUMIN_OK && !encode_as(picture, wishes, &jpeg, &most, photo)) {
            error = JUMIN_ERROR_TOO_LONG;
        }
        release(&jpeg);
    }
    release(&most);
    return error;
}
