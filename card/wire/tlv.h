// BER-TLV data objects (ISO 7816-4 §5.2, X.690): one step of the reader is one object.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_TLV_H
#define JUMIN_CARD_WIRE_TLV_H

#include "card/wire/span.h"

struct tlv {
    uint32_t tag;      // all tag bytes, first byte highest: 0x7F49, 0x30
    struct span value; // borrowed from the input
    struct span whole; // tag, length and value: for hashing and signing the bytes as they came
};

enum tlv_result {
    TLV_OBJECT,    // one object was taken from the cursor
    TLV_END,       // nothing left
    TLV_MALFORMED, // cut off, indefinite length, a tag over 3 bytes, a length over 4; the cursor is unchanged
};

// Takes the next object from `*cursor`. Lengths need not be minimal (BER).
enum tlv_result tlv_next(struct span *cursor, struct tlv *object);
// As tlv_next, and refuses lengths and tags that are not minimal (DER, X.690 §10.1).
enum tlv_result tlv_next_der(struct span *cursor, struct tlv *object);
// Takes the next object, which must carry `tag`. False: end, malformed or another tag; cursor unchanged.
bool tlv_expect(struct span *cursor, uint32_t tag, struct tlv *object);
// The first object with `tag` among the objects of `objects`. False when there is none, or when anything
// up to it is malformed.
bool tlv_find(struct span objects, uint32_t tag, struct tlv *object);

// Writes tag, minimal length and value.
void tlv_put(struct writer *w, uint32_t tag, struct span value);
// Writes tag and minimal length only: the caller puts `length` bytes itself.
void tlv_put_header(struct writer *w, uint32_t tag, size_t length);
// Bytes of tag and minimal length.
size_t tlv_header_length(uint32_t tag, size_t length);
// Begins a constructed object whose length is not known yet; tlv_close completes it, moving the content to
// make room for the length. They nest: close in reverse order.
size_t tlv_open(struct writer *w, uint32_t tag);
void tlv_close(struct writer *w, size_t opened);

#endif
