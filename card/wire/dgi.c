// Data grouping identifiers: the writer, and a reader for a stream cut into blocks (GPC v2.3.1 §11.11.3.4).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/dgi.h"

enum {
    SHORT_HEADER = 3,
    LONG_HEADER = 5,
    LONG_LENGTH = 0xFF, // as first length byte: two bytes of length follow
    LENGTH_RESERVED = 0xFFFF,
};

void dgi_put_header(struct writer *w, uint16_t identifier, uint16_t length)
{
    if (length == LENGTH_RESERVED) {
        w->overflow = true;
        return;
    }
    writer_put_u16(w, identifier);
    if (length < LONG_LENGTH) {
        writer_put_u8(w, (uint8_t)length);
        return;
    }
    writer_put_u8(w, LONG_LENGTH);
    writer_put_u16(w, length);
}

void dgi_put(struct writer *w, uint16_t identifier, struct span value)
{
    if (value.n >= LENGTH_RESERVED) {
        w->overflow = true;
        return;
    }
    dgi_put_header(w, identifier, (uint16_t)value.n);
    writer_put(w, value);
}

void dgi_start(struct dgi_reader *reader)
{
    memset(reader, 0, sizeof *reader);
}

bool dgi_between(const struct dgi_reader *reader)
{
    return reader->header_length == 0;
}

static bool header_complete(const struct dgi_reader *reader)
{
    return reader->header_length == LONG_HEADER ||
           (reader->header_length == SHORT_HEADER && reader->header[2] != LONG_LENGTH);
}

static uint16_t u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static void collect_header(struct dgi_reader *reader, struct span *block)
{
    struct span byte;
    while (!header_complete(reader) && span_take(block, 1, &byte)) {
        reader->header[reader->header_length++] = byte.p[0];
    }
    reader->identifier = u16(reader->header);
    reader->length =
        reader->header[2] == LONG_LENGTH ? u16(reader->header + SHORT_HEADER) : reader->header[2];
}

enum dgi_result dgi_next(struct dgi_reader *reader, struct span *block, struct dgi_piece *piece)
{
    collect_header(reader, block);
    if (!header_complete(reader)) {
        return DGI_MORE;
    }
    if (reader->length == LENGTH_RESERVED) {
        return DGI_MALFORMED;
    }
    const uint16_t missing = (uint16_t)(reader->length - reader->done);
    if (block->n == 0 && missing > 0) {
        return DGI_MORE;
    }
    *piece = (struct dgi_piece){.identifier = reader->identifier,
                                .length = reader->length,
                                .offset = reader->done,
                                .bytes = span_first(*block, missing)};
    *block = span_from(*block, piece->bytes.n);
    reader->done = (uint16_t)(reader->done + piece->bytes.n);
    piece->last = reader->done == reader->length;
    if (piece->last) {
        dgi_start(reader);
    }
    return DGI_PIECE;
}
