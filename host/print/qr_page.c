// A page with a QR code: what a holder takes home from the counter, or scans there.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"
#include "host/print/paper.h"
#include "host/qr/qr.h"
#include <jumin/print.h>

static const double sheet_width = 148, sheet_height = 210; // ISO 216, A5
static const double left = 16, right = 132, code_top = 52, code_side = 70, note_height = 24;

static const struct paper_colour ink = {0.08, 0.10, 0.13}, label_ink = {0.36, 0.43, 0.49},
                                 theme = {0.13, 0.36, 0.45}, black = {0, 0, 0};

// Dark modules of a row that touch are one rectangle: no printer leaves a hair of white between them.
static void draw_code(struct paper *paper, const struct qr *qr)
{
    const double module = code_side / (double)qr->width, x0 = (sheet_width - code_side) / 2;
    for (unsigned y = 0; y < qr->width; y++) {
        for (unsigned x = 0; x < qr->width; x++) {
            const unsigned from = x;
            while (x < qr->width && qr->dark[y][x] != 0) {
                x++;
            }
            if (x > from) {
                paper_fill(paper,
                           (struct paper_box){x0 + module * from, code_top + module * y, module * (x - from),
                                              module},
                           black);
            }
        }
    }
}

static bool is_well_formed(const struct jumin_qr_page *page)
{
    if (page == NULL || page->title == NULL || (page->note_count > 0 && page->notes == NULL)) {
        return false;
    }
    for (size_t i = 0; i < page->note_count; i++) {
        if (page->notes[i] == NULL) {
            return false;
        }
    }
    return true;
}

enum jumin_error jumin_qr_print(const struct jumin_qr_page *page, uint8_t **made, size_t *n)
{
    const struct paper_style title = {PAPER_BOLD, 6.4, theme, PAPER_LEFT};
    const struct paper_style subtitle = {PAPER_REGULAR, 3.4, label_ink, PAPER_LEFT};
    const struct paper_style note = {PAPER_REGULAR, 3.5, ink, PAPER_LEFT};
    struct qr qr;
    if (made == NULL || n == NULL || !is_well_formed(page)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *made = NULL;
    *n = 0;
    enum jumin_error error = qr_encode(&qr, page->text, JUMIN_QR_MEDIUM);
    if (error != JUMIN_OK) {
        return error;
    }
    struct paper *paper = paper_begin(sheet_width, sheet_height, page->title);
    if (paper == NULL) {
        crypto_wipe(&qr, sizeof qr);
        return JUMIN_ERROR_MEMORY;
    }
    double y = 16;
    y += paper_fit(paper, &title, (struct paper_box){left, y, right - left, 14}, page->title);
    if (page->subtitle != NULL) {
        (void)paper_fit(paper, &subtitle, (struct paper_box){left, y + 1, right - left, 10}, page->subtitle);
    }
    draw_code(paper, &qr);
    y = code_top + code_side + 14;
    for (size_t i = 0; i < page->note_count; i++) {
        y += 2 +
             paper_fit(paper, &note, (struct paper_box){left, y, right - left, note_height}, page->notes[i]);
    }
    if (y > sheet_height - 8) {
        paper_fail(paper, JUMIN_ERROR_TOO_LONG);
    }
    crypto_wipe(&qr, sizeof qr);
    return paper_end(paper, made, n);
}
