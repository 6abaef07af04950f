// Data grouping identifiers: how STORE DATA carries personalization data (GPC v2.3.1 §11.11.3.4).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_DGI_H
#define JUMIN_CARD_WIRE_DGI_H

#include "card/wire/span.h"

// Writes identifier, length (one byte, or FF and two bytes from 255 on) and value (at most 65534 bytes).
void dgi_put(struct writer *w, uint16_t identifier, struct span value);
void dgi_put_header(struct writer *w, uint16_t identifier, uint16_t length);

// Reads a DGI stream as it arrives cut into STORE DATA blocks, without gathering it: the state survives
// between blocks, and each step hands out one piece of one DGI.
struct dgi_reader {
    uint8_t header[5];
    uint8_t header_length;
    uint16_t identifier;
    uint16_t length; // of the current DGI
    uint16_t done;   // bytes of it handed out
};

struct dgi_piece {
    uint16_t identifier;
    uint16_t length;   // of the whole DGI
    uint16_t offset;   // of this piece
    struct span bytes; // borrowed from the block; empty only for a DGI without content
    bool last;         // the DGI is complete with this piece
};

enum dgi_result { DGI_PIECE, DGI_MORE, DGI_MALFORMED };

void dgi_start(struct dgi_reader *reader);
// Takes the next piece from `*block`. DGI_MORE: the block is used up. A stream may end only where
// dgi_between is true.
enum dgi_result dgi_next(struct dgi_reader *reader, struct span *block, struct dgi_piece *piece);
bool dgi_between(const struct dgi_reader *reader);

#endif
