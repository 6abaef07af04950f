// A QR code as PNG (RFC 2083): one bit a pixel.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"
#include "card/wire/span.h"
#include "host/qr/qr.h"

#include <stdlib.h>
#include <zlib.h>

enum {
    SCALE_MAX = 32,
    CHUNK = 12,  // length, type, CRC
    HEADER = 13, // IHDR
    OVERHEAD = 8 + CHUNK + HEADER + CHUNK + CHUNK,
    BITS = 1,
    GREYSCALE = 0,
};

static void put_u32(struct writer *w, uint32_t value)
{
    writer_put_u16(w, (uint16_t)(value >> 16));
    writer_put_u16(w, (uint16_t)value);
}

static void put_chunk(struct writer *w, const char *type, struct span content)
{
    put_u32(w, (uint32_t)content.n);
    const size_t from = w->n;
    writer_put(w, span_of(type, 4));
    writer_put(w, content);
    if (!w->overflow) {
        put_u32(w, (uint32_t)crc32(0, w->p + from, (uInt)(w->n - from)));
    }
}

// Rows from the top, each behind its filter's number, 0: none. Light is 1.
static void draw_rows(const struct qr *qr, unsigned scale, uint8_t *rows, size_t stride)
{
    const unsigned pixels = (qr->width + 2 * QR_MARGIN) * scale;
    for (unsigned y = 0; y < pixels; y++) {
        uint8_t *row = rows + y * stride;
        for (unsigned x = 0; x < pixels; x++) {
            if (!qr_is_dark(qr, x / scale, y / scale)) {
                row[1 + x / 8] |= (uint8_t)(0x80 >> x % 8);
            }
        }
    }
}

static enum jumin_error write_png(struct writer *w, unsigned pixels, struct span rows)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    uint8_t header[HEADER];
    struct writer head = writer_of(header, sizeof header);
    uLongf n = compressBound(rows.n);
    uint8_t *packed = malloc(n);
    if (packed == NULL || compress2(packed, &n, rows.p, rows.n, Z_BEST_COMPRESSION) != Z_OK) {
        free(packed);
        return JUMIN_ERROR_MEMORY;
    }
    put_u32(&head, pixels);
    put_u32(&head, pixels);
    writer_put_u8(&head, BITS);
    writer_put_u8(&head, GREYSCALE);
    writer_put(&head, span_of("\0\0\0", 3)); // DEFLATE, the usual filters, not interlaced
    writer_put(w, span_of(signature, sizeof signature));
    put_chunk(w, "IHDR", writer_span(&head));
    put_chunk(w, "IDAT", span_of(packed, n));
    put_chunk(w, "IEND", span_of(NULL, 0));
    crypto_wipe(packed, n);
    free(packed);
    return w->overflow ? JUMIN_ERROR_MEMORY : JUMIN_OK;
}

enum jumin_error jumin_qr_png(const char *text, enum jumin_qr_correction correction, unsigned scale,
                              uint8_t **made, size_t *n)
{
    struct qr qr;
    if (made == NULL || n == NULL || scale == 0 || scale > SCALE_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *made = NULL;
    *n = 0;
    enum jumin_error error = qr_encode(&qr, text, correction);
    if (error != JUMIN_OK) {
        return error;
    }
    const unsigned pixels = (qr.width + 2 * QR_MARGIN) * scale;
    const size_t stride = 1 + (pixels + 7) / 8, size = stride * pixels;
    const size_t capacity = OVERHEAD + compressBound(size);
    uint8_t *rows = calloc(1, size), *png = malloc(capacity);
    struct writer w = writer_of(png, capacity);
    error = JUMIN_ERROR_MEMORY;
    if (rows != NULL && png != NULL) {
        draw_rows(&qr, scale, rows, stride);
        error = write_png(&w, pixels, span_of(rows, size));
    }
    if (error == JUMIN_OK) {
        *made = png;
        *n = w.n;
        png = NULL;
    }
    jumin_qr_free(png, w.n);
    jumin_qr_free(rows, size);
    crypto_wipe(&qr, sizeof qr);
    return error;
}
