// A QR code for a terminal: half blocks, two rows of modules a line.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"
#include "card/wire/span.h"
#include "host/qr/qr.h"

#include <stdlib.h>

// Black on white, whatever the terminal's own colours are.
static const char line_begin[] = "\x1b[38;2;0;0;0;48;2;255;255;255m", line_end[] = "\x1b[0m\n";

void jumin_qr_free(void *made, size_t n)
{
    if (made != NULL) {
        crypto_wipe(made, n);
        free(made);
    }
}

static void put_text(struct writer *w, const char *text)
{
    writer_put(w, span_of(text, strlen(text)));
}

static void put_line(struct writer *w, const struct qr *qr, unsigned y)
{
    static const char *const blocks[2][2] = {{" ", "\u2584"}, {"\u2580", "\u2588"}}; // upper, lower
    put_text(w, line_begin);
    for (unsigned x = 0; x < qr->width + 2 * QR_MARGIN; x++) {
        put_text(w, blocks[qr_is_dark(qr, x, y)][qr_is_dark(qr, x, y + 1)]);
    }
    put_text(w, line_end);
}

enum jumin_error jumin_qr_terminal(const char *text, char **made, size_t *n)
{
    struct qr qr;
    if (made == NULL || n == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *made = NULL;
    *n = 0;
    enum jumin_error error = qr_encode(&qr, text, JUMIN_QR_LOW);
    if (error != JUMIN_OK) {
        return error;
    }
    const unsigned side = qr.width + 2 * QR_MARGIN;
    const size_t line = sizeof line_begin + sizeof line_end + 3 * (size_t)side, lines = (side + 1) / 2;
    char *bytes = malloc(line * lines + 1);
    if (bytes == NULL) {
        crypto_wipe(&qr, sizeof qr);
        return JUMIN_ERROR_MEMORY;
    }
    struct writer w = writer_of(bytes, line * lines);
    for (unsigned y = 0; y < side; y += 2) {
        put_line(&w, &qr, y);
    }
    bytes[w.n] = '\0';
    *made = bytes;
    *n = w.n;
    crypto_wipe(&qr, sizeof qr);
    return JUMIN_OK;
}
