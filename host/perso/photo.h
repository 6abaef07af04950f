// The portrait: decoded with limits, checked, scaled and coded again so that it fits the chip.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PERSO_PHOTO_H
#define JUMIN_HOST_PERSO_PHOTO_H

#include "host/jpeg.h"

struct photo {
    uint8_t *jpeg; // owned
    size_t n;
    unsigned width, height;
};

enum { PHOTO_DETAIL_MAX = JPEG_DETAIL_MAX };

// Takes a JPEG of 240 × 320 to 8000 × 8000 pixels, crops it to 35:45 around its middle, scales it to at most
// 413 × 531 pixels and codes it with falling quality until it has at most `budget` bytes. Nothing of the
// file but the picture is kept (no EXIF). On failure `detail` says what is wrong.
enum jumin_error photo_prepare(struct span file, size_t budget, struct photo *photo,
                               char detail[PHOTO_DETAIL_MAX]);
void photo_free(struct photo *photo);

#endif
