// A table over as many A4 pages as it takes: the day report on paper.
// SPDX-License-Identifier: Apache-2.0
#include "host/print/paper.h"
#include <jumin/print.h>
#include <stdio.h>

static const double sheet_width = 210, sheet_height = 297; // ISO 216, A4
static const double left = 25, right = 185, row_height = 6.4, last_row = 272;
static const double signature_height = 26;
static const double first_column = 2; // how many times as wide as another

static const struct paper_colour ink = {0.08, 0.10, 0.13}, label_ink = {0.36, 0.43, 0.49},
                                 theme = {0.13, 0.36, 0.45}, hair = {0.84, 0.88, 0.90};

static bool is_well_formed(const struct jumin_print_table *table)
{
    if (table == NULL || table->title == NULL || table->columns == 0 ||
        table->columns > JUMIN_PRINT_COLUMNS || table->headings == NULL ||
        (table->rows > 0 && table->cells == NULL) || table->rows > SIZE_MAX / JUMIN_PRINT_COLUMNS) {
        return false;
    }
    for (size_t i = 0; i < table->columns; i++) {
        if (table->headings[i] == NULL) {
            return false;
        }
    }
    return true;
}

static struct paper_box cell_box(const struct jumin_print_table *table, size_t column, double y)
{
    static const double gap = 3;
    const double unit = (right - left) / (first_column + (double)table->columns - 1);
    const double x = column == 0 ? left : left + unit * (first_column + (double)column - 1) + gap;
    return (struct paper_box){x, y + 1.2, column == 0 ? unit * first_column : unit - gap, row_height - 1.2};
}

static void draw_row(struct paper *paper, const struct jumin_print_table *table, const char *const *cells,
                     double y, struct paper_style style)
{
    for (size_t i = 0; i < table->columns; i++) {
        style.align = i == 0 ? PAPER_LEFT : PAPER_RIGHT;
        if (cells[i] != NULL) {
            (void)paper_fit(paper, &style, cell_box(table, i, y), cells[i]);
        }
    }
}

static bool is_heading(const struct jumin_print_table *table, const char *const *cells)
{
    bool alone = table->columns > 1 && cells[0] != NULL;
    for (size_t i = 1; i < table->columns; i++) {
        alone = alone && cells[i] == NULL;
    }
    return alone;
}

// Title, page number and the columns' headings. Returns where the first row goes.
static double draw_head(struct paper *paper, const struct jumin_print_table *table, unsigned page)
{
    const struct paper_style title = {PAPER_BOLD, 6, theme, PAPER_LEFT};
    const struct paper_style subtitle = {PAPER_REGULAR, 3.6, label_ink, PAPER_LEFT};
    const struct paper_style number = {PAPER_REGULAR, 3, label_ink, PAPER_RIGHT};
    const struct paper_style heading = {PAPER_REGULAR, 3, label_ink, PAPER_LEFT};
    char text[16];
    (void)snprintf(text, sizeof text, "%u", page);
    (void)paper_fit(paper, &title, (struct paper_box){left, 18, right - left - 20, 9}, table->title);
    if (table->subtitle != NULL) {
        (void)paper_fit(paper, &subtitle, (struct paper_box){left, 27, right - left, 6}, table->subtitle);
    }
    paper_text(paper, &number, right, sheet_height - 12, text);
    draw_row(paper, table, table->headings, 36, heading);
    paper_line(paper, left, 36 + row_height, right, 36 + row_height, 0.4, theme);
    return 36 + row_height + 1;
}

// The place of something so high, on this page or on the next one.
static double take_height(struct paper *paper, const struct jumin_print_table *table, double y, double height,
                          unsigned *page)
{
    if (y + height <= last_row) {
        return y;
    }
    paper_next_page(paper);
    return draw_head(paper, table, ++*page);
}

static void draw_rows(struct paper *paper, const struct jumin_print_table *table)
{
    const struct paper_style plain = {PAPER_REGULAR, 3.5, ink, PAPER_LEFT};
    const struct paper_style strong = {PAPER_BOLD, 3.7, theme, PAPER_LEFT};
    const struct paper_style small = {PAPER_REGULAR, 3, label_ink, PAPER_LEFT};
    unsigned page = 1;
    double y = draw_head(paper, table, page);
    for (size_t i = 0; i < table->rows; i++) {
        const char *const *cells = table->cells + i * table->columns;
        const bool heading = is_heading(table, cells);
        // A heading takes its first row along.
        y = take_height(paper, table, y, (heading ? 2 : 1) * row_height, &page) + row_height;
        draw_row(paper, table, cells, y - row_height, heading ? strong : plain);
        paper_line(paper, left, y, right, y, 0.15, hair);
    }
    if (table->signature != NULL) {
        y = take_height(paper, table, y, signature_height, &page) + signature_height - row_height;
        paper_line(paper, right - 70, y, right, y, 0.2, ink);
        (void)paper_fit(paper, &small, (struct paper_box){right - 70, y + 1, 70, row_height - 1},
                        table->signature);
    }
}

enum jumin_error jumin_print_table(const struct jumin_print_table *table, uint8_t **pdf, size_t *n)
{
    if (pdf == NULL || n == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *pdf = NULL;
    *n = 0;
    if (!is_well_formed(table)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct paper *paper = paper_begin(sheet_width, sheet_height, table->title);
    if (paper == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    draw_rows(paper, table);
    paper_next_page(paper);
    return paper_end(paper, pdf, n);
}
