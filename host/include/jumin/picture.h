// Portraits as pixels, for those who show them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_PICTURE_H
#define JUMIN_PICTURE_H

#include <jumin/document.h>

// Three bytes a pixel, rows from top to bottom without padding.
struct jumin_pixels {
    uint8_t *rgb;
    unsigned width, height;
};

// Decodes a JPEG of up to 8000 × 8000 pixels, scaled down as long as both sides keep at least `enough`
// pixels; or a JPEG 2000 of up to 2048 × 2048 pixels, grey or RGB of 8 bits. JUMIN_ERROR_MALFORMED when it is
// damaged, or another one.
JUMIN_EXPORT enum jumin_error jumin_portrait_pixels(const struct jumin_portrait *portrait, unsigned enough,
                                                    struct jumin_pixels *pixels);
// Wipes the picture. NULL is allowed.
JUMIN_EXPORT void jumin_pixels_free(struct jumin_pixels *pixels);

#endif
