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

enum cbor_tag { CBOR_TAG_TIME = 0, CBOR_TAG_EMBEDDED = 24, CBOR_TAG_DATE = 1004 }; // RFC 8949 §3.4, RFC 8943

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
// As cbor_skip, and no map in it, nor within those, has a key twice; the keys are in any order, as ISO
// 18013-5 has them. What byte strings hold is not looked at.
bool cbor_take(struct span *cursor, struct span *whole);
// The content of the next item, which must be a byte string under tag 24 (RFC 8949 §3.4.5.1) and hold one
// item as cbor_take takes it, and nothing more. `whole`: with tag and head, as digests and signatures want
// it.
bool cbor_take_embedded(struct span *cursor, struct span *whole, struct span *content);

// A map whose keys are in any order and different (at most CBOR_PAIRS_MAX of them); its cursor.
enum { CBOR_PAIRS_MAX = 256 };
struct cbor_map {
    struct span rest;
    uint64_t pairs; // still to come
};
// The next item, which must be such a map. False: it is not, or some part of it is not CBOR.
bool cbor_take_map(struct span *cursor, struct cbor_map *map);
// The map that is all of `bytes`, a part of what cbor_take or cbor_take_map has gone through: it is not
// searched again.
bool cbor_enter_map(struct span bytes, struct cbor_map *map);
// The next pair: a key, which must be a number or a text, and the whole value. False behind the last one, and
// for other keys (`map->pairs` is not 0 then).
bool cbor_next_pair(struct cbor_map *map, struct cbor_item *key, struct span *value);
bool cbor_key_is(const struct cbor_item *key, const char *text);
// Whether `bytes` is one item of that kind and nothing more.
bool cbor_only(struct span bytes, enum cbor_major major, struct cbor_item *item);
// The number of one item that fills `bytes`, -2^63 to 2^63 - 1.
bool cbor_integer(struct span bytes, int64_t *value);
// tdate as ISO 18013-5 §7.1 has it, "YYYY-MM-DDThh:mm:ssZ" under tag 0, as seconds since 1970; fills `bytes`.
bool cbor_time(struct span bytes, int64_t *seconds);

void cbor_put_unsigned(struct writer *w, uint64_t value);
void cbor_put_integer(struct writer *w, int64_t value);
void cbor_put_null(struct writer *w);
void cbor_put_tag(struct writer *w, uint64_t tag);
// A literal of ASCII.
void cbor_put_string(struct writer *w, const char *text);
// tdate, see cbor_time. `seconds` outside of the years 1970 to 9999 sets overflow.
void cbor_put_time(struct writer *w, int64_t seconds);
// The head of a byte string whose `n` bytes the caller puts.
void cbor_put_bytes_head(struct writer *w, size_t n);
// A byte string whose length is not known yet: between open and close its content is written. The second form
// puts tag 24 before it.
size_t cbor_open_bytes(struct writer *w);
size_t cbor_open_embedded(struct writer *w);
void cbor_close_bytes(struct writer *w, size_t opened);
// An array or a map whose count is not known yet, opened by cbor_open_items.
size_t cbor_open_items(struct writer *w);
void cbor_close_array(struct writer *w, size_t opened, size_t count);
void cbor_close_map(struct writer *w, size_t opened, size_t count);
void cbor_put_bytes(struct writer *w, struct span bytes);
void cbor_put_text(struct writer *w, struct span utf8);
void cbor_put_bool(struct writer *w, bool value);
// The caller puts `count` items, or pairs in the bytewise order of their encoded keys (RFC 8949 §4.2.1) or in
// the one of the standard in question.
void cbor_put_array(struct writer *w, size_t count);
void cbor_put_map(struct writer *w, size_t count);

#endif
