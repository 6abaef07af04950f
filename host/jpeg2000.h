// JPEG 2000 (ISO 15444-1) in and out through OpenJPEG, as plain RGB pixels, with limits on what a file may
// ask for.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_JPEG2000_H
#define JUMIN_HOST_JPEG2000_H

#include "host/picture.h"

enum { JPEG2000_SIDE_MAX = 2048 };

// Decodes a JP2 file or a bare codestream: grey or RGB, 8 bits a sample, at most JPEG2000_SIDE_MAX pixels
// each way and a few tiles. What a JP2 says of its colours is not looked at: they are taken as sRGB. On
// failure `detail` says what is wrong.
enum jumin_error jpeg2000_decode(struct span file, struct picture *picture, char detail[PICTURE_DETAIL_MAX]);
// A JP2 file of at most `most` bytes, as good as they allow; `*bytes` is owned by the caller (free). The same
// pixels always give the same bytes. JUMIN_ERROR_TOO_LONG when so few bytes do not do.
enum jumin_error jpeg2000_encode(const struct picture *picture, size_t most, uint8_t **bytes, size_t *n);

#endif
