// PNG files made by hand, byte for byte after ISO 15948, for the tests of those who read them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/png_make.h"

#include <stdlib.h>

static void put_u32(struct writer *w, uint32_t value)
{
    writer_put_u16(w, (uint16_t)(value >> 16));
    writer_put_u16(w, (uint16_t)value);
}

static uint32_t crc(struct span bytes)
{
    uint32_t value = 0xFFFFFFFF;
    for (size_t i = 0; i < bytes.n; i++) {
        value ^= bytes.p[i];
        for (int bit = 0; bit < 8; bit++) {
            value = value >> 1 ^ ((value & 1) != 0 ? 0xEDB88320 : 0);
        }
    }
    return ~value;
}

void png_put_chunk(struct writer *w, const char *type, struct span content)
{
    put_u32(w, (uint32_t)content.n);
    const size_t start = w->n;
    writer_put(w, span_of(type, 4));
    writer_put(w, content);
    put_u32(w, crc(span_from(writer_span(w), start)));
}

void png_put_start(struct writer *w, const struct png_header *header)
{
    uint8_t bytes[16];
    struct writer content = writer_of(bytes, sizeof bytes);
    writer_put(w, span_of("\x89PNG\r\n\x1A\n", 8));
    put_u32(&content, header->width);
    put_u32(&content, header->height);
    writer_put_u8(&content, header->depth);
    writer_put_u8(&content, (uint8_t)header->colour);
    writer_put_u16(&content, 0); // compression and filter methods
    writer_put_u8(&content, header->interlaced ? 1 : 0);
    png_put_chunk(w, "IHDR", writer_span(&content));
}

void png_put_image(struct writer *w, struct span rows)
{
    enum { BLOCK = 0xFFFF };
    const size_t capacity = rows.n + rows.n / BLOCK * 5 + 16;
    uint8_t *bytes = malloc(capacity);
    struct writer zlib = writer_of(bytes, bytes == NULL ? 0 : capacity);
    uint32_t low = 1, high = 0; // Adler-32
    for (size_t i = 0; i < rows.n; i++) {
        low = (low + rows.p[i]) % 65521;
        high = (high + low) % 65521;
    }
    writer_put_u16(&zlib, 0x7801);
    do {
        const struct span block = span_first(rows, BLOCK);
        const uint16_t n = (uint16_t)block.n, turned = (uint16_t)~n;
        rows = span_from(rows, block.n);
        writer_put_u8(&zlib, rows.n == 0 ? 1 : 0);
        writer_put_u8(&zlib, (uint8_t)n); // little-endian, RFC 1951 §3.2.4
        writer_put_u8(&zlib, (uint8_t)(n >> 8));
        writer_put_u8(&zlib, (uint8_t)turned);
        writer_put_u8(&zlib, (uint8_t)(turned >> 8));
        writer_put(&zlib, block);
    } while (rows.n > 0);
    put_u32(&zlib, high << 16 | low);
    png_put_chunk(w, "IDAT", writer_span(&zlib));
    free(bytes);
}

void png_put_end(struct writer *w)
{
    png_put_chunk(w, "IEND", span_of(NULL, 0));
}
