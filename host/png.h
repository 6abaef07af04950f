// PNG in through libpng, as plain RGB pixels, with limits on what a file may ask for.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PNG_H
#define JUMIN_HOST_PNG_H

#include "host/picture.h"

// Whether the file starts as a PNG does.
bool png_is(struct span file);
// Decodes a whole file of at most `most` pixels each way and 24 million in all, of any colour type and depth:
// palettes are looked up, 16 bits rounded to 8, what is transparent is laid on white. On failure `detail`
// says what is wrong.
enum jumin_error png_decode(struct span file, unsigned most, struct picture *picture,
                            char detail[PICTURE_DETAIL_MAX]);

#endif
