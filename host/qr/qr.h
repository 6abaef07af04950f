// A QR code as its modules. Made with libqrencode, which nothing else knows.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_QR_QR_H
#define JUMIN_HOST_QR_QR_H

#include <jumin/qr.h>
#include <stdbool.h>

enum {
    QR_WIDTH_MAX = 177, // version 40
    QR_MARGIN = 4,      // modules that stay light around the code (ISO/IEC 18004 §5.3.8)
};

struct qr {
    unsigned width; // modules, without margin
    uint8_t dark[QR_WIDTH_MAX][QR_WIDTH_MAX];
};

// In byte mode, of the smallest version that holds the text; errors as in <jumin/qr.h>, and `qr` wiped.
enum jumin_error qr_encode(struct qr *qr, const char *text, enum jumin_qr_correction correction);
// Whether the module at `x`, `y` is dark, counted from the margin's corner; light outside.
bool qr_is_dark(const struct qr *qr, unsigned x, unsigned y);

#endif
