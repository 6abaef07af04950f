// How a photo was held: read from Exif (CIPA DC-008), and undone.
// SPDX-License-Identifier: Apache-2.0
#include "host/picture.h"

#include "card/crypto/crypto.h"
#include <stdlib.h>

enum {
    TIFF_AT = 6, // behind "Exif", two zero bytes
    TIFF_HEADER = 8,
    TIFF_MAGIC = 42,
    ENTRY = 12,
    TAG_ORIENTATION = 0x0112,
    TYPE_SHORT = 3,
};

void picture_free(struct picture *picture)
{
    if (picture->rgb != NULL) {
        crypto_wipe(picture->rgb, picture_bytes(picture));
        free(picture->rgb);
    }
    *picture = (struct picture){0};
}

// A number of n bytes, 0 behind the end.
static uint32_t number(struct span tiff, size_t at, size_t n, bool big_endian)
{
    uint32_t value = 0;
    if (at > tiff.n || n > tiff.n - at) {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        value = value << 8 | tiff.p[at + (big_endian ? i : n - 1 - i)];
    }
    return value;
}

unsigned exif_orientation(struct span segment)
{
    static const uint8_t exif[TIFF_AT] = {'E', 'x', 'i', 'f', 0, 0};
    const struct span tiff = span_from(segment, TIFF_AT);
    if (!span_equal(span_first(segment, TIFF_AT), span_of(exif, TIFF_AT)) || tiff.n < TIFF_HEADER) {
        return ORIENTATION_UPRIGHT;
    }
    const bool big_endian = tiff.p[0] == 'M';
    const size_t directory = number(tiff, 4, 4, big_endian);
    if (number(tiff, 2, 2, big_endian) != TIFF_MAGIC) {
        return ORIENTATION_UPRIGHT;
    }
    const uint32_t entries = number(tiff, directory, 2, big_endian);
    for (uint32_t i = 0; i < entries; i++) {
        const size_t entry = directory + 2 + (size_t)i * ENTRY;
        const uint32_t orientation = number(tiff, entry + 8, 2, big_endian);
        if (number(tiff, entry, 2, big_endian) == TAG_ORIENTATION &&
            number(tiff, entry + 2, 2, big_endian) == TYPE_SHORT && orientation >= ORIENTATION_UPRIGHT &&
            orientation <= ORIENTATION_LAST) {
            return orientation;
        }
    }
    return ORIENTATION_UPRIGHT;
}

bool picture_turn(struct picture *picture, unsigned orientation)
{
    // CIPA DC-008 §4.6.4: on which sides of the scene row 0 and column 0 of the file lie.
    const bool sideways = orientation >= 5;
    const bool row_0_at_end = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    const bool column_0_at_end = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    if (orientation == ORIENTATION_UPRIGHT) {
        return true;
    }
    struct picture turned = *picture;
    turned.rgb = malloc(picture_bytes(picture));
    if (turned.rgb == NULL) {
        return false;
    }
    if (sideways) {
        turned.width = picture->height;
        turned.height = picture->width;
        turned.file_width = picture->file_height;
        turned.file_height = picture->file_width;
    }
    for (unsigned y = 0; y < picture->height; y++) {
        for (unsigned x = 0; x < picture->width; x++) {
            const unsigned row = row_0_at_end ? picture->height - 1 - y : y;
            const unsigned column = column_0_at_end ? picture->width - 1 - x : x;
            const size_t to =
                sideways ? (size_t)column * turned.width + row : (size_t)row * turned.width + column;
            memcpy(turned.rgb + to * PICTURE_CHANNELS,
                   picture->rgb + ((size_t)y * picture->width + x) * PICTURE_CHANNELS, PICTURE_CHANNELS);
        }
    }
    picture_free(picture);
    *picture = turned;
    return true;
}
