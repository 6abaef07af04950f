// PNG files made by hand, byte for byte after ISO 15948, for the tests of those who read them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_PNG_MAKE_H
#define JUMIN_TESTS_UNIT_PNG_MAKE_H

#include "card/wire/span.h"

enum png_colour { PNG_GREY = 0, PNG_RGB = 2, PNG_PALETTE = 3, PNG_GREY_ALPHA = 4, PNG_RGB_ALPHA = 6 };

struct png_header {
    uint32_t width, height;
    uint8_t depth;
    enum png_colour colour;
    bool interlaced;
};

void png_put_start(struct writer *w, const struct png_header *header);
void png_put_chunk(struct writer *w, const char *type, struct span content);
// The samples as they lie in the file, each row after a filter byte; deflated without compression.
void png_put_image(struct writer *w, struct span rows);
void png_put_end(struct writer *w);

#endif
