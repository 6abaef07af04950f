// Photos, and portraits of others: what is decoded has the size it says, and what is made of it can be
// decoded and keeps the budget.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/jpeg.h"
#include "host/jpeg2000.h"
#include "host/perso/photo.h"
#include "host/png.h"
#include <stdlib.h>
#include <string.h>

// Larger pictures only take longer.
enum { SIDE_MAX = 480, ENOUGH = 240, BUDGET = 20000 };

static void check_photo(struct span file)
{
    const struct photo_wishes wishes = {PHOTO_JPEG, BUDGET};
    struct photo photo;
    struct picture picture;
    char detail[PHOTO_DETAIL_MAX] = "";
    if (photo_prepare(file, &wishes, &photo, detail) != JUMIN_OK) {
        require(detail[0] != '\0' && photo.image == NULL);
        return;
    }
    require(photo.n <= BUDGET);
    require(jpeg_decode(span_of(photo.image, photo.n), SIDE_MAX + 100, SIDE_MAX + 100, &picture, detail) ==
            JUMIN_OK);
    require(picture.width == photo.width && picture.height == photo.height);
    for (size_t i = 0; i < JUMIN_PHOTO_CHECKS; i++) {
        require(photo.hints[i].name != NULL && photo.hints[i].sentence[0] != '\0');
    }
    picture_free(&picture);
    photo_free(&photo);
}

// By its first bytes, as the station and readers tell them apart.
static enum jumin_error decode(struct span file, struct picture *picture, char detail[PICTURE_DETAIL_MAX])
{
    if (jpeg_is(file)) {
        return jpeg_decode(file, SIDE_MAX, ENOUGH, picture, detail);
    }
    return png_is(file) ? png_decode(file, SIDE_MAX, picture, detail)
                        : jpeg2000_decode(file, picture, detail);
}

static void check_file(struct span file)
{
    struct picture picture;
    char detail[PICTURE_DETAIL_MAX] = "";
    if (decode(file, &picture, detail) != JUMIN_OK) {
        require(detail[0] != '\0' && picture.rgb == NULL);
        return;
    }
    require(picture.width > 0 && picture.height > 0 && picture.rgb != NULL);
    uint8_t last = 0;
    memcpy(&last, picture.rgb + picture_bytes(&picture) - 1, 1);
    picture_free(&picture);
    check_photo(file);
}

static uint32_t crc(const uint8_t *bytes, size_t n)
{
    uint32_t value = UINT32_MAX;
    for (size_t i = 0; i < 8 * n; i++) {
        const uint32_t bit = (value ^ (uint32_t)bytes[i / 8] >> i % 8) & 1;
        value = value >> 1 ^ (bit != 0 ? 0xEDB88320 : 0);
    }
    return ~value;
}

// Gives each chunk of a PNG (length, type, data, CRC: ISO 15948 §5.3) the checksum that it should have.
static void mend(uint8_t *bytes, size_t n)
{
    enum { SIGNATURE = 8, AROUND = 12 };
    size_t at = SIGNATURE;
    while (at < n && n - at >= AROUND) {
        const size_t length = (size_t)bytes[at] << 24 | (size_t)bytes[at + 1] << 16 |
                              (size_t)bytes[at + 2] << 8 | bytes[at + 3];
        if (length > n - at - AROUND) {
            return;
        }
        const uint32_t sum = crc(bytes + at + 4, length + 4);
        for (size_t i = 0; i < 4; i++) {
            bytes[at + 8 + length + i] = (uint8_t)(sum >> (24 - 8 * i));
        }
        at += AROUND + length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    check_file(span_of(bytes, n));
    if (png_is(span_of(bytes, n))) {
        uint8_t *mended = malloc(n);
        require(mended != NULL);
        memcpy(mended, bytes, n);
        mend(mended, n);
        check_file(span_of(mended, n));
        free(mended);
    }
    return 0;
}
