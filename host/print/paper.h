// Paper: pages in millimetres that become a PDF. Written with cairo and FreeType, which nothing else here
// knows.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PRINT_PAPER_H
#define JUMIN_HOST_PRINT_PAPER_H

#include <jumin/document.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PAPER_TEXT_MAX = 512, // bytes of one text
    PAPER_TITLE_MAX = 64,
};

enum paper_font { PAPER_REGULAR, PAPER_BOLD, PAPER_OCR, PAPER_FONTS };
enum paper_align { PAPER_LEFT, PAPER_CENTRE, PAPER_RIGHT };

struct paper_colour {
    double red, green, blue; // 0 to 1
};

struct paper_style {
    enum paper_font font;
    double size; // of the em, in mm
    struct paper_colour colour;
    enum paper_align align;
};

// A rectangle, from the upper left corner of the page.
struct paper_box {
    double x, y, width, height;
};

// A failure is kept: what comes after it draws nothing, and paper_end tells it.
struct paper;

// Pages of this size in mm; `title` names the document. NULL: no memory.
struct paper *paper_begin(double width, double height, const char *title);
// Ends the page; what comes next is on another one.
void paper_next_page(struct paper *paper);
// Gives the PDF (jumin_print_free) or why there is none, and releases everything.
enum jumin_error paper_end(struct paper *paper, uint8_t **pdf, size_t *n);
void paper_fail(struct paper *paper, enum jumin_error error);

void paper_fill(struct paper *paper, struct paper_box box, struct paper_colour colour);
void paper_line(struct paper *paper, double x1, double y1, double x2, double y2, double width,
                struct paper_colour colour);
// The portrait, all of it, in the middle of the box.
void paper_portrait(struct paper *paper, struct paper_box box, const struct jumin_portrait *portrait);

// One line on its baseline `y`; `x` is its left end, its middle or its right end.
void paper_text(struct paper *paper, const struct paper_style *style, double x, double y, const char *text);
// The same with each character in a cell of `pitch` mm.
void paper_cells(struct paper *paper, const struct paper_style *style, double x, double y, double pitch,
                 const char *text);
// The same turned by `degrees` around its middle, as a ground for what comes next.
void paper_ground(struct paper *paper, const struct paper_style *style, double x, double y, double degrees,
                  const char *text);
// Text in a box, from its top; broken at spaces or, where there are none, anywhere; set smaller than its
// style says until it fits. Returns the height that it took.
double paper_fit(struct paper *paper, const struct paper_style *style, struct paper_box box,
                 const char *text);
// Whether the font has every character of the text.
bool paper_has(const struct paper *paper, enum paper_font font, const char *text);
double paper_width(struct paper *paper, const struct paper_style *style, const char *text);

#endif
