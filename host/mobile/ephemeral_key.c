// Keys for one session, as COSE_Key in tag 24.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/ephemeral_key.h"

#include "host/mobile/cbor.h"

enum {
    COORDINATE = 32,
    UNCOMPRESSED = 0x04,
    ENCODED_CBOR = 24, // RFC 8949 §3.4.5.1
    // RFC 9052 table 4, RFC 9053 tables 18 to 20.
    KEY_TYPE = 1,
    KEY_TYPE_EC2 = 2,
    CURVE = -1,
    CURVE_P256 = 1,
    X = -2,
    Y = -3,
};

void ephemeral_key_put(struct writer *w, const uint8_t point[EPHEMERAL_POINT])
{
    // 24(h'A4 1: 2, -1: 1, -2: x, -3: y')
    static const uint8_t before_x[] = {0xD8, 24, 0x58, 75, 0xA4, 0x01, 0x02, 0x20, 0x01, 0x21, 0x58, 32};
    static const uint8_t before_y[] = {0x22, 0x58, 32};
    writer_put(w, span_of(before_x, sizeof before_x));
    writer_put(w, span_of(point + 1, COORDINATE));
    writer_put(w, span_of(before_y, sizeof before_y));
    writer_put(w, span_of(point + 1 + COORDINATE, COORDINATE));
}

// What a member must be. Others (identifier, use) are passed over.
static bool take_member(struct span *cursor, int label, uint8_t point[EPHEMERAL_POINT])
{
    struct cbor_item item;
    struct span passed;
    switch (label) {
    case KEY_TYPE:
        return cbor_expect(cursor, CBOR_UNSIGNED, &item) && item.number == KEY_TYPE_EC2;
    case CURVE:
        return cbor_expect(cursor, CBOR_UNSIGNED, &item) && item.number == CURVE_P256;
    case X:
    case Y:
        if (!cbor_expect(cursor, CBOR_BYTES, &item) || item.content.n != COORDINATE) {
            return false;
        }
        memcpy(point + 1 + (label == Y ? COORDINATE : 0), item.content.p, COORDINATE);
        return true;
    default:
        return cbor_skip(cursor, &passed);
    }
}

// The label of a member, 0 for one that is not known.
static bool take_label(struct span *cursor, int *label)
{
    enum { KNOWN_MAX = 3 };
    struct cbor_item item;
    if (!cbor_next(cursor, &item) ||
        (item.major != CBOR_UNSIGNED && item.major != CBOR_NEGATIVE && item.major != CBOR_TEXT)) {
        return false;
    }
    const bool known = item.major != CBOR_TEXT && item.number < KNOWN_MAX;
    *label = !known ? 0 : item.major == CBOR_UNSIGNED ? (int)item.number : -1 - (int)item.number;
    return true;
}

static bool parse_key(struct span key, uint8_t point[EPHEMERAL_POINT])
{
    // Members that have come, by label from Y up to KEY_TYPE.
    enum { NEEDED = 1 << (KEY_TYPE - Y) | 1 << (CURVE - Y) | 1 << (X - Y) | 1 << 0 };
    struct cbor_item map;
    unsigned come = 0;
    if (!cbor_expect(&key, CBOR_MAP, &map)) {
        return false;
    }
    for (uint64_t i = 0; i < map.number; i++) {
        int label = 0;
        if (!take_label(&key, &label)) {
            return false;
        }
        const unsigned bit = label >= Y && label <= KEY_TYPE && label != 0 ? 1U << (label - Y) : 0;
        if ((come & bit) != 0 || !take_member(&key, label, point)) {
            return false;
        }
        come |= bit;
    }
    point[0] = UNCOMPRESSED;
    return key.n == 0 && come == NEEDED;
}

bool ephemeral_key_take(struct span *cursor, struct span *whole, uint8_t point[EPHEMERAL_POINT])
{
    struct span rest = *cursor;
    struct cbor_item tag, bytes;
    if (!cbor_expect(&rest, CBOR_TAG, &tag) || tag.number != ENCODED_CBOR ||
        !cbor_expect(&rest, CBOR_BYTES, &bytes) || !parse_key(bytes.content, point)) {
        return false;
    }
    *whole = span_of(cursor->p, cursor->n - rest.n);
    *cursor = rest;
    return true;
}
