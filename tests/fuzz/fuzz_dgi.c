// DGI streams from outside: cut into blocks at any place they give the same pieces of the same DGIs
// (GPC v2.3.1 §11.11.3.4). The first byte of an input is the length of a block.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "card/wire/dgi.h"

// What a stream says, whichever way it is cut.
struct summary {
    size_t complete; // DGIs
    size_t bytes;    // of all pieces
    uint32_t mix;    // of identifiers and bytes, in their order
    bool between;
};

static void add_piece(struct summary *s, const struct dgi_piece *piece)
{
    require(piece->offset + piece->bytes.n <= piece->length);
    require(piece->last == (piece->offset + piece->bytes.n == piece->length));
    for (size_t i = 0; i < piece->bytes.n; i++) {
        s->mix = s->mix * 31 + piece->bytes.p[i];
    }
    s->bytes += piece->bytes.n;
    if (piece->last) {
        s->mix = s->mix * 31 + piece->identifier;
        s->complete++;
    }
}

static struct summary read_in_blocks(struct span input, size_t block_length)
{
    struct summary s = {0};
    struct dgi_reader reader;
    dgi_start(&reader);
    while (input.n > 0) {
        struct span block = span_first(input, block_length);
        input = span_from(input, block.n);
        struct dgi_piece piece;
        enum dgi_result result;
        while ((result = dgi_next(&reader, &block, &piece)) == DGI_PIECE) {
            add_piece(&s, &piece);
        }
        if (result == DGI_MALFORMED) {
            break;
        }
    }
    s.between = dgi_between(&reader);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0 || bytes[0] == 0) {
        return 0;
    }
    const struct span input = span_of(bytes + 1, n - 1);
    const struct summary whole = read_in_blocks(input, input.n + 1);
    const struct summary cut = read_in_blocks(input, bytes[0]);
    require(whole.complete == cut.complete && whole.bytes == cut.bytes && whole.mix == cut.mix);
    require(whole.between == cut.between);
    return 0;
}
