// Photos, and portraits of others: what is decoded has the size it says, and what is made of it is a JPEG
// that keeps the budget.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/perso/photo.h"
#include <string.h>

// Larger pictures only take longer.
enum { SIDE_MAX = 480, ENOUGH = 240, BUDGET = 20000 };

static void check_photo(struct span file)
{
    struct photo photo;
    struct picture picture;
    char detail[PHOTO_DETAIL_MAX] = "";
    if (photo_prepare(file, BUDGET, &photo, detail) != JUMIN_OK) {
        require(detail[0] != '\0' && photo.jpeg == NULL);
        return;
    }
    require(photo.n <= BUDGET);
    require(jpeg_decode(span_of(photo.jpeg, photo.n), SIDE_MAX + 100, SIDE_MAX + 100, &picture, detail) ==
            JUMIN_OK);
    require(picture.width == photo.width && picture.height == photo.height);
    free(picture.rgb);
    photo_free(&photo);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct picture picture;
    char detail[JPEG_DETAIL_MAX] = "";
    const struct span file = span_of(bytes, n);
    if (jpeg_decode(file, SIDE_MAX, ENOUGH, &picture, detail) != JUMIN_OK) {
        require(detail[0] != '\0' && picture.rgb == NULL);
        return 0;
    }
    require(picture.width > 0 && picture.height > 0 && picture.rgb != NULL);
    uint8_t last = 0;
    memcpy(&last, picture.rgb + (size_t)picture.width * picture.height * 3 - 1, 1);
    free(picture.rgb);
    check_photo(file);
    return 0;
}
