// QR codes (ISO 18004): for a terminal, as PNG, and on paper.
// SPDX-License-Identifier: Apache-2.0
//
// The same text makes the same code. A code is as secret as its text: all that is made here is wiped by
// jumin_qr_free.
#ifndef JUMIN_QR_H
#define JUMIN_QR_H

#include <jumin/error.h>
#include <stddef.h>
#include <stdint.h>

enum jumin_qr_correction { // how much of the code may be spoiled
    JUMIN_QR_LOW,          // 7 %: on a display
    JUMIN_QR_MEDIUM,       // 15 %: on paper
};

// Bytes of a text; of one that has nothing but digits, capital letters and " $%*+-./:", which a code holds
// closer, JUMIN_QR_LETTERS_MAX.
enum { JUMIN_QR_TEXT_MAX = 2048, JUMIN_QR_LETTERS_MAX = 4296 };

// Each makes `*made` of `*n` bytes, which jumin_qr_free releases. With a margin of four modules around
// (§5.3.8). JUMIN_ERROR_INPUT: the text is empty. JUMIN_ERROR_TOO_LONG: it is longer than these, or too long
// for a code.

// Lines of half blocks in UTF-8, two rows of modules a line, in black on white whatever the terminal's
// colours; a zero byte behind, which `*n` does not count.
JUMIN_EXPORT enum jumin_error jumin_qr_terminal(const char *text, char **made, size_t *n);
// A PNG of `scale` pixels a module (1 to 32).
JUMIN_EXPORT enum jumin_error jumin_qr_png(const char *text, enum jumin_qr_correction correction,
                                           unsigned scale, uint8_t **made, size_t *n);

struct jumin_qr_page {
    const char *text;             // in the code
    const char *title, *subtitle; // above it; `subtitle` may be NULL
    const char *const *notes;     // below it, a paragraph each
    size_t note_count;
};
// A page of A5 as PDF, the code 70 mm wide. JUMIN_ERROR_FILE, …INPUT, …TOO_LONG as in <jumin/print.h>.
JUMIN_EXPORT enum jumin_error jumin_qr_print(const struct jumin_qr_page *page, uint8_t **made, size_t *n);

// Wipes it. NULL is allowed.
JUMIN_EXPORT void jumin_qr_free(void *made, size_t n);

#endif
