// The receipt of a one-time QR: the code that the wallet asks for, on a page of its own, so that no picture
// of the QR has it.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"
#include "host/print/paper.h"
#include <jumin/print.h>
#include <stdio.h>
#include <string.h>

static const double sheet_width = 105, sheet_height = 148; // ISO 216, A6
static const double left = 12, right = 93, note_height = 18;

static const struct paper_colour ink = {0.08, 0.10, 0.13}, label_ink = {0.36, 0.43, 0.49},
                                 theme = {0.13, 0.36, 0.45};

enum { CODE_MAX = 16, LINE_MAX = 96 };

// Digits in threes are read out and typed with fewer mistakes.
static void group(const char *code, char grouped[CODE_MAX * 2])
{
    size_t n = 0;
    for (size_t i = 0; code[i] != '\0' && i < CODE_MAX; i++) {
        if (i > 0 && i % 3 == 0) {
            grouped[n++] = ' ';
        }
        grouped[n++] = code[i];
    }
    grouped[n] = '\0';
}

enum jumin_error jumin_print_offer_receipt(const struct jumin_print_offer_receipt *receipt, uint8_t **pdf,
                                           size_t *n)
{
    static const char *const notes[] = {
        "지갑 앱이 이 번호를 물으면 입력하십시오. 다른 사람에게 보여 주지 마십시오.",
        "The wallet asks for this code when it has scanned the QR code. Show it to nobody else.",
    };
    const struct paper_style title = {PAPER_BOLD, 5.4, theme, PAPER_LEFT};
    const struct paper_style small = {PAPER_REGULAR, 3.2, label_ink, PAPER_LEFT};
    const struct paper_style code = {PAPER_BOLD, 14, ink, PAPER_LEFT};
    const struct paper_style note = {PAPER_REGULAR, 3.4, ink, PAPER_LEFT};
    char grouped[CODE_MAX * 2], line[LINE_MAX];
    if (pdf == NULL || n == NULL || receipt == NULL || receipt->number == NULL || receipt->tx_code == NULL ||
        receipt->until == NULL || strlen(receipt->tx_code) > CODE_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *pdf = NULL;
    *n = 0;
    struct paper *paper = paper_begin(sheet_width, sheet_height, "접수증");
    if (paper == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    group(receipt->tx_code, grouped);
    (void)snprintf(line, sizeof line, "%s · ~ %s", receipt->number, receipt->until);
    double y = 14;
    y += paper_fit(paper, &title, (struct paper_box){left, y, right - left, 12},
                   "모바일 신분증 접수증 · Receipt");
    y += 2 + paper_fit(paper, &small, (struct paper_box){left, y + 2, right - left, 10}, line);
    y += 12 + paper_fit(paper, &code, (struct paper_box){left, y + 12, right - left, 24}, grouped);
    y += 10;
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        y += 2 + paper_fit(paper, &note, (struct paper_box){left, y, right - left, note_height}, notes[i]);
    }
    crypto_wipe(grouped, sizeof grouped);
    return paper_end(paper, pdf, n);
}
