// A picture as plain RGB pixels: what all decoders give and all encoders take.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PICTURE_H
#define JUMIN_HOST_PICTURE_H

#include "card/wire/span.h"
#include <jumin/error.h>

enum { PICTURE_CHANNELS = 3, PICTURE_DETAIL_MAX = 256 };

// Three bytes a pixel, rows from top to bottom without padding.
struct picture {
    uint8_t *rgb; // owned (malloc)
    unsigned width, height;
    unsigned file_width, file_height; // in the file, upright; more where the decoder scaled down
};

static inline size_t picture_bytes(const struct picture *picture)
{
    return (size_t)picture->width * picture->height * PICTURE_CHANNELS;
}

// Wipes the pixels, too: they are a face.
void picture_free(struct picture *picture);

// How a camera was held, by the numbers of CIPA DC-008 §4.6.4 (tag 274): 1 to 8, 1 being upright.
enum { ORIENTATION_UPRIGHT = 1, ORIENTATION_LAST = 8 };
// What an Exif segment (from "Exif" on) says of it; upright when it says nothing sound.
unsigned exif_orientation(struct span segment);
// Turns the picture upright. False: no memory, and it is as it was.
bool picture_turn(struct picture *picture, unsigned orientation);

#endif
