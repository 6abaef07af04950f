// The inside of struct paper, between the page and its text.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PRINT_PAPER_INTERNAL_H
#define JUMIN_HOST_PRINT_PAPER_INTERNAL_H

#include "host/print/paper.h"
#include <cairo-ft.h>
#include <cairo-pdf.h>

struct paper_bytes {
    uint8_t *p; // owned
    size_t n, capacity;
};

struct paper {
    cairo_surface_t *surface;
    cairo_t *cairo;
    cairo_font_face_t *faces[PAPER_FONTS];
    FT_Face fonts[PAPER_FONTS]; // owned by `faces`
    struct paper_bytes pdf;
    enum jumin_error error; // the first
};

// Opens the fonts. False: one cannot be read.
bool paper_open_fonts(struct paper *paper);
void paper_close_fonts(struct paper *paper);

#endif
