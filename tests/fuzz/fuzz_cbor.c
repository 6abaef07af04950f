// CBOR from the other side of a network: what is taken is deterministic, so that writing it again gives the
// same bytes, and a whole item is what its parts are (RFC 8949 §4.2.1).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/mobile/cbor.h"

enum { HEAD_MAX = 9 };

// The head of an item that is no string; -1 - number as it stands.
static void put_head(struct writer *w, const struct cbor_item *item)
{
    struct writer start = *w;
    switch (item->major) {
    case CBOR_ARRAY:
        cbor_put_array(w, (size_t)item->number);
        return;
    case CBOR_MAP:
        cbor_put_map(w, (size_t)item->number);
        return;
    case CBOR_SIMPLE:
        require(item->number >= CBOR_FALSE && item->number <= CBOR_NULL);
        writer_put_u8(w, (uint8_t)((unsigned)CBOR_SIMPLE << 5 | (unsigned)item->number));
        return;
    default: // a number, with the major type over the first three bits
        cbor_put_unsigned(w, item->number);
        start.p[start.n] = (uint8_t)(start.p[start.n] | (unsigned)item->major << 5);
    }
}

static void require_same_again(const struct cbor_item *item, struct span taken)
{
    static uint8_t bytes[1 << 20];
    struct writer w = writer_of(bytes, sizeof bytes);
    if (item->major == CBOR_BYTES) {
        cbor_put_bytes(&w, item->content);
    } else if (item->major == CBOR_TEXT) {
        cbor_put_text(&w, item->content);
    } else {
        put_head(&w, item);
    }
    require(!w.overflow && span_equal(writer_span(&w), taken));
}

// How many items of the flat sequence one whole item takes up; it has that many heads.
static size_t heads_of(struct span whole)
{
    struct cbor_item item;
    size_t count = 0;
    while (whole.n > 0) {
        require(cbor_next(&whole, &item));
        count++;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct span cursor = span_of(bytes, n), whole;
    struct cbor_item item;
    for (;;) {
        const struct span before = cursor;
        if (!cbor_next(&cursor, &item)) {
            require(cursor.p == before.p && cursor.n == before.n);
            break;
        }
        require(cursor.n < before.n && (cursor.n == 0 || cursor.p + cursor.n == bytes + n));
        require_same_again(&item, span_first(before, before.n - cursor.n));
        struct span wrong = before;
        require(!cbor_expect(&wrong, item.major == CBOR_MAP ? CBOR_ARRAY : CBOR_MAP, &item));
        require(wrong.p == before.p && wrong.n == before.n);
    }
    cursor = span_of(bytes, n);
    while (cbor_skip(&cursor, &whole)) {
        require(whole.n > 0 && whole.p + whole.n == bytes + n - cursor.n);
        require(heads_of(whole) <= whole.n);
    }
    return 0;
}
