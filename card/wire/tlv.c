// BER-TLV data objects (ISO 7816-4 §5.2, X.690): reading one object a step, writing with minimal lengths.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/tlv.h"

enum {
    TAG_MULTIPLE_BYTES = 0x1F, // number field of a first tag byte: the number follows (X.690 §8.1.2.4)
    TAG_MORE = 0x80,           // in the following bytes: another one follows
    TAG_BYTES_MAX = 3,
    TAG_FIRST_TWO_BYTE_NUMBER = 0x1F, // smaller numbers have room in the first byte
    LENGTH_LONG = 0x80,               // low bits: how many length bytes follow (X.690 §8.1.3.5)
    LENGTH_BYTES_MAX = 4,
};

static bool take_byte(struct span *s, uint8_t *byte)
{
    struct span taken;
    if (!span_take(s, 1, &taken)) {
        return false;
    }
    *byte = taken.p[0];
    return true;
}

static bool take_tag(struct span *s, uint32_t *tag, bool *minimal)
{
    uint8_t byte;
    *minimal = true;
    if (!take_byte(s, &byte) || byte == 0) { // 00 is no tag but the end of contents (X.690 §8.1.5)
        return false;
    }
    *tag = byte;
    if ((byte & TAG_MULTIPLE_BYTES) != TAG_MULTIPLE_BYTES) {
        return true;
    }
    for (size_t i = 1; i < TAG_BYTES_MAX; i++) {
        if (!take_byte(s, &byte)) {
            return false;
        }
        *tag = *tag << 8 | byte;
        if (i == 1 && (byte == TAG_MORE || byte < TAG_FIRST_TWO_BYTE_NUMBER)) {
            *minimal = false;
        }
        if ((byte & TAG_MORE) == 0) {
            return true;
        }
    }
    return false;
}

static bool take_length(struct span *s, size_t *length, bool *minimal)
{
    uint8_t byte;
    *minimal = true;
    if (!take_byte(s, &byte)) {
        return false;
    }
    if (byte < LENGTH_LONG) {
        *length = byte;
        return true;
    }
    const size_t count = byte & (LENGTH_LONG - 1U);
    if (count == 0 || count > LENGTH_BYTES_MAX) { // 0: the indefinite form
        return false;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (!take_byte(s, &byte)) {
            return false;
        }
        if (i == 0 && byte == 0) {
            *minimal = false;
        }
        value = value << 8 | byte;
    }
    if (value < LENGTH_LONG) {
        *minimal = false;
    }
    *length = value;
    return true;
}

static enum tlv_result next(struct span *cursor, struct tlv *object, bool der)
{
    if (cursor->n == 0) {
        return TLV_END;
    }
    struct span rest = *cursor;
    struct tlv found;
    size_t length;
    bool minimal_tag;
    bool minimal_length;
    if (!take_tag(&rest, &found.tag, &minimal_tag) || !take_length(&rest, &length, &minimal_length) ||
        !span_take(&rest, length, &found.value)) {
        return TLV_MALFORMED;
    }
    if (der && (!minimal_tag || !minimal_length)) {
        return TLV_MALFORMED;
    }
    found.whole = span_first(*cursor, cursor->n - rest.n);
    *cursor = rest;
    *object = found;
    return TLV_OBJECT;
}

enum tlv_result tlv_next(struct span *cursor, struct tlv *object)
{
    return next(cursor, object, false);
}

enum tlv_result tlv_next_der(struct span *cursor, struct tlv *object)
{
    return next(cursor, object, true);
}

bool tlv_expect(struct span *cursor, uint32_t tag, struct tlv *object)
{
    struct span rest = *cursor;
    struct tlv found;
    if (tlv_next(&rest, &found) != TLV_OBJECT || found.tag != tag) {
        return false;
    }
    *cursor = rest;
    *object = found;
    return true;
}

bool tlv_find(struct span objects, uint32_t tag, struct tlv *object)
{
    struct tlv found;
    while (tlv_next(&objects, &found) == TLV_OBJECT) {
        if (found.tag == tag) {
            *object = found;
            return true;
        }
    }
    return false;
}

// The fewest bytes, at least one, that hold `value`.
static size_t byte_count(size_t value)
{
    size_t count = 1;
    while (value >>= 8) {
        count++;
    }
    return count;
}

static size_t length_bytes(size_t length)
{
    return length < LENGTH_LONG ? 1 : 1 + byte_count(length);
}

static void put_big_endian(uint8_t *to, size_t count, size_t value)
{
    for (size_t i = count; i-- > 0; value >>= 8) {
        to[i] = (uint8_t)value;
    }
}

static void encode_length(uint8_t *to, size_t length)
{
    const size_t count = length_bytes(length);
    if (count == 1) {
        to[0] = (uint8_t)length;
        return;
    }
    to[0] = (uint8_t)(LENGTH_LONG | (count - 1));
    put_big_endian(to + 1, count - 1, length);
}

static void put_tag(struct writer *w, uint32_t tag)
{
    const size_t count = byte_count(tag);
    uint8_t *to = writer_reserve(w, count);
    if (to != NULL) {
        put_big_endian(to, count, tag);
    }
}

size_t tlv_header_length(uint32_t tag, size_t length)
{
    return byte_count(tag) + length_bytes(length);
}

void tlv_put_header(struct writer *w, uint32_t tag, size_t length)
{
    put_tag(w, tag);
    uint8_t *to = writer_reserve(w, length_bytes(length));
    if (to != NULL) {
        encode_length(to, length);
    }
}

void tlv_put(struct writer *w, uint32_t tag, struct span value)
{
    tlv_put_header(w, tag, value.n);
    writer_put(w, value);
}

size_t tlv_open(struct writer *w, uint32_t tag)
{
    put_tag(w, tag);
    (void)writer_reserve(w, 1); // enough for lengths below 128
    return w->n;
}

void tlv_close(struct writer *w, size_t opened)
{
    const size_t length = w->n - opened;
    const size_t more = length_bytes(length) - 1;
    if (w->overflow || (more > 0 && writer_reserve(w, more) == NULL)) {
        return;
    }
    uint8_t *content = w->p + opened;
    memmove(content + more, content, length);
    encode_length(content - 1, length);
}
