// JPEG in and out through libjpeg-turbo, as plain RGB pixels, with limits on what a file may ask for.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_JPEG_H
#define JUMIN_HOST_JPEG_H

#include "host/picture.h"

// Whether the file starts as a JPEG does.
bool jpeg_is(struct span file);
// Decodes a file of at most `most` pixels each way; scaled down by 2, 4 or 8 as long as both sides stay at
// least `enough`. It is turned upright where Exif says how it was held. CMYK and other than 8 bits a sample
// are refused. On failure `detail` says what is wrong.
enum jumin_error jpeg_decode(struct span file, unsigned most, unsigned enough, struct picture *picture,
                             char detail[PICTURE_DETAIL_MAX]);
// Codes with `quality` 1 to 100; `*jpeg` is owned by the caller (free).
enum jumin_error jpeg_encode(const struct picture *picture, int quality, uint8_t **jpeg, size_t *n);

#endif
