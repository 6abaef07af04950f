// CBOR (RFC 8949): a deterministic writer, and a strict reader whose one step is one data item.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_CBOR_H
#define JUMIN_HOST_MOBILE_CBOR_H

#include "card/wire/span.h"

// RFC 8949 §3.1
enum cbor_major {
    CBOR_UNSIGNED = 0,
    CBOR_NEGATIVE = 1, // the value is -1 - number
    CBOR_BYTES = 2,
    CBOR_TEXT = 3,
    CBOR_ARRAY = 4,
    CBOR_MAP = 5,
    CBOR_TAG = 6,
    CBOR_SIMPLE = 7,
};

enum cbor_simple { CBOR_FALSE = 20, CBOR_TRUE = 21, CBOR_NULL = 22 };

// One head, and with strings their content. The items of arrays and maps and what a tag is for follow as
// items of their own.
struct cbor_item {
    enum cbor_major major;
    uint64_t number;     // value, tag number, simple value, or how many bytes, items, or pairs
    struct span content; // of strings, borrowed
};

// Takes the next item. Only what RFC 8949 §4.2.1 calls deterministic: shortest heads, definite lengths; of
// simple values false, true and null, no floating point. Texts are UTF-8. That the keys of a map are in
// order, and none there twice, is for who walks the map. False: end, or anything else; the cursor is
// unchanged.
bool cbor_next(struct span *cursor, struct cbor_item *item);
// The next item, which must be of that kind.
bool cbor_expect(struct span *cursor, enum cbor_major major, struct cbor_item *item);
// The whole next item with all that belongs to it. At most CBOR_DEPTH_MAX arrays, maps and tags within one
// another.
enum { CBOR_DEPTH_MAX = 16 };
bool cbor_skip(struct span *cursor, struct span *whole);

void cbor_put_unsigned(struct writer *w, uint64_t value);
void cbor_put_bytes(struct writer *w, struct span bytes);
void cbor_put_text(struct writer *w, struct span utf8);
void cbor_put_bool(struct writer *w, bool value);
// The caller puts `count` items, or pairs in the bytewise order of their encoded keys (RFC 8949 §4.2.1).
void cbor_put_array(struct writer *w, size_t count);
void cbor_put_map(struct writer *w, size_t count);

#endif
