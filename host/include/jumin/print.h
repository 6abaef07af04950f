// Printing: what the station gives to its printers, as PDF in memory.
// SPDX-License-Identifier: Apache-2.0
//
// The same input makes the same bytes: no date, no random number, and no font but those the build has found.
// The fonts' glyphs that are used are embedded. A text that is too long for its place is set smaller and
// broken into lines. Every call takes the memory for `*pdf`, which jumin_print_free releases; on failure it
// is NULL.
//
// JUMIN_ERROR_FILE: a font cannot be read. JUMIN_ERROR_INPUT: a text is no UTF-8, or has a character that the
// fonts do not have. JUMIN_ERROR_TOO_LONG: a text does not fit, however small.
#ifndef JUMIN_PRINT_H
#define JUMIN_PRINT_H

#include <jumin/day_report.h>

// What stands on the card: front and back, one page of 85.60 × 53.98 mm each, in true size. The portrait is
// the chip's: a JPEG as it is, a JPEG 2000 decoded. The registration number is masked, since everybody sees a
// card; the chip gives it to those who may have it. "SPECIMEN" stands on every card but one whose
// registration number is a real one. `number` (the application's; may be NULL) names the PDF, not the card.
// JUMIN_ERROR_ARGUMENT: the order has no person, or no CAN yet.
JUMIN_EXPORT enum jumin_error jumin_print_data_sheet(const struct jumin_order *order, const char *number,
                                                     uint8_t **pdf, size_t *n);
// The letter with PIN and PUK, A4, to be folded in thirds with the digits inside. Of the person it has the
// document number and the masked name. `number` is the letter's, in most cases the application's; NULL: it
// has none. JUMIN_ERROR_ARGUMENT: the order has no PIN yet.
JUMIN_EXPORT enum jumin_error jumin_print_pin_letter(const struct jumin_order *order, const char *number,
                                                     uint8_t **pdf, size_t *n);

enum { JUMIN_PRINT_COLUMNS = 6 };

// A table over as many A4 pages as it takes.
struct jumin_print_table {
    const char *title, *subtitle; // `subtitle` may be NULL
    size_t columns;               // 1 to JUMIN_PRINT_COLUMNS; the first is the widest, the others are figures
    const char *const *headings;  // one a column
    size_t rows;
    const char *const *cells; // row by row; NULL: empty. A row with its first cell alone is a heading
    const char *signature;    // under a line to be signed on, behind the last row; NULL: none
};
JUMIN_EXPORT enum jumin_error jumin_print_table(const struct jumin_print_table *table, uint8_t **pdf,
                                                size_t *n);

// The receipt of a one-time QR, A6: the code that the wallet asks for. It is handed over apart from the QR.
struct jumin_print_offer_receipt {
    const char *number;  // of the credential
    const char *tx_code; // digits
    const char *until;   // when the offer ends, as people read it
};
// JUMIN_ERROR_ARGUMENT: a text is missing, or the code is longer than 16 digits.
JUMIN_EXPORT enum jumin_error jumin_print_offer_receipt(const struct jumin_print_offer_receipt *receipt,
                                                        uint8_t **pdf, size_t *n);

// What was done on a day, by all officers and by each, to be signed.
JUMIN_EXPORT enum jumin_error jumin_print_day_report(const struct jumin_day_report *report, uint8_t **pdf,
                                                     size_t *n);

// Wipes the PDF. NULL is allowed.
JUMIN_EXPORT void jumin_print_free(uint8_t *pdf, size_t n);

#endif
