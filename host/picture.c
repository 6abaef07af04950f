// Portraits as pixels, for those who show them.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/picture.h>

#include "card/crypto/crypto.h"
#include "host/jpeg.h"
#include "host/jpeg2000.h"
#include <stdlib.h>

enum { MOST = 8000 };

enum jumin_error jumin_portrait_pixels(const struct jumin_portrait *portrait, unsigned enough,
                                       struct jumin_pixels *pixels)
{
    char detail[PICTURE_DETAIL_MAX];
    struct picture picture;
    if (portrait == NULL || pixels == NULL || portrait->image == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *pixels = (struct jumin_pixels){0};
    const struct span image = span_of(portrait->image, portrait->n);
    if ((portrait->type == JUMIN_IMAGE_JPEG2000
             ? jpeg2000_decode(image, &picture, detail)
             : jpeg_decode(image, MOST, enough, &picture, detail)) != JUMIN_OK) {
        return JUMIN_ERROR_MALFORMED;
    }
    *pixels = (struct jumin_pixels){picture.rgb, picture.width, picture.height};
    return JUMIN_OK;
}

void jumin_pixels_free(struct jumin_pixels *pixels)
{
    if (pixels != NULL) {
        if (pixels->rgb != NULL) {
            crypto_wipe(pixels->rgb, (size_t)3 * pixels->width * pixels->height);
        }
        free(pixels->rgb);
        *pixels = (struct jumin_pixels){0};
    }
}
