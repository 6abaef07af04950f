// RLP.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/evm/rlp.h"

enum { SHORT_STRING = 0x80, SHORT_LIST = 0xC0, SHORT_MAX = 55 };

// The head of `n` bytes: one byte up to 55 of them, else the length of the length, and the length.
static void put_head(struct writer *w, uint8_t base, size_t n)
{
    if (n <= SHORT_MAX) {
        writer_put_u8(w, (uint8_t)(base + n));
        return;
    }
    unsigned bytes = 1;
    while (bytes < sizeof n && n >> 8 * bytes != 0) {
        bytes++;
    }
    writer_put_u8(w, (uint8_t)(base + SHORT_MAX + bytes));
    while (bytes-- > 0) {
        writer_put_u8(w, (uint8_t)(n >> 8 * bytes));
    }
}

void rlp_put_bytes(struct writer *w, struct span bytes)
{
    if (bytes.n != 1 || bytes.p[0] >= SHORT_STRING) {
        put_head(w, SHORT_STRING, bytes.n);
    }
    writer_put(w, bytes);
}

void rlp_put_integer(struct writer *w, struct span big_endian)
{
    while (big_endian.n > 0 && big_endian.p[0] == 0) {
        big_endian = span_from(big_endian, 1);
    }
    rlp_put_bytes(w, big_endian);
}

void rlp_put_number(struct writer *w, uint64_t value)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    }
    rlp_put_integer(w, span_of(bytes, sizeof bytes));
}

void rlp_put_list(struct writer *w, struct span items)
{
    put_head(w, SHORT_LIST, items.n);
    writer_put(w, items);
}
