// The portrait: decoded with limits, checked, scaled and coded again so that it fits the chip.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_PHOTO_H
#define JUMIN_HOST_PERSO_PHOTO_H

#include "host/picture.h"
#include <jumin/perso.h>

enum {
    PHOTO_DETAIL_MAX = PICTURE_DETAIL_MAX,
    PHOTO_JPEG = 1U << JUMIN_IMAGE_JPEG,
    PHOTO_JPEG2000 = 1U << JUMIN_IMAGE_JPEG2000,
    PHOTO_BUDGET_MIN = 1000,
    PHOTO_BUDGET_MAX = 30000,
    PHOTO_BUDGET_USUAL = 20000,
};

// What may be made of a photo.
struct photo_wishes {
    unsigned formats; // PHOTO_…, one at least
    size_t budget;    // bytes
};

struct photo {
    uint8_t *image; // owned
    size_t n;
    enum jumin_image_type type;
    unsigned width, height;
    struct jumin_photo_hint hints[JUMIN_PHOTO_CHECKS];
};

// Takes a JPEG or PNG of 240 × 320 to 8000 × 8000 pixels, crops it to 35:45 around its middle, scales it to
// at most 413 × 531 pixels and codes it (photo_encode) so that it has at most the budget's bytes; smaller
// when no quality fits. Nothing of the file but the picture is kept (no Exif). On failure `detail` says what
// is wrong.
enum jumin_error photo_prepare(struct span file, const struct photo_wishes *wishes, struct photo *photo,
                               char detail[PHOTO_DETAIL_MAX]);
void photo_free(struct photo *photo);

// Codes a picture that is ready for the chip. The quality is the best of JPEG's 90, 85, … 40 at which one of
// the formats keeps the budget, and of those that do the smaller one is taken. JPEG 2000 is held to JPEG's
// quality of that number: it is cut to the fewest bytes (within 128) whose pixels are no farther from
// `picture`, by the mean squared error over red, green and blue (that is, of no lower PSNR).
// JUMIN_ERROR_TOO_LONG when nothing fits.
enum jumin_error photo_encode(const struct picture *picture, const struct photo_wishes *wishes,
                              struct photo *photo);

// What is measured of a photo, of the picture that is to be coded; `crop_width` and `crop_height` are what
// was left of the file's pixels.
struct photo_source {
    unsigned width, height; // of the file
    unsigned crop_width, crop_height;
};
void photo_measure(const struct picture *picture, const struct photo_source *source,
                   struct jumin_photo_hint hints[JUMIN_PHOTO_CHECKS]);

#endif
