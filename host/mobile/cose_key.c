// COSE_Key (RFC 9052 §7, RFC 9053 §7.1.1) of P-256.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/cose.h"

enum {
    KEY_TYPE = 1, // RFC 9052 §7.1
    KEY_CURVE = -1,
    KEY_X = -2,
    KEY_Y = -3,
    KEY_SECRET = -4,
    KEY_TYPE_EC2 = 2,
    KEY_CURVE_P256 = 1,
    MEMBERS = 4,
    COORDINATE = 32,
    UNCOMPRESSED = 0x04, // SEC 1 §2.3.3
};

void cose_key_put(struct writer *w, const uint8_t point[SIGNER_POINT])
{
    cbor_put_map(w, MEMBERS);
    cbor_put_integer(w, KEY_TYPE);
    cbor_put_integer(w, KEY_TYPE_EC2);
    cbor_put_integer(w, KEY_CURVE);
    cbor_put_integer(w, KEY_CURVE_P256);
    cbor_put_integer(w, KEY_X);
    cbor_put_bytes(w, span_of(point + 1, COORDINATE));
    cbor_put_integer(w, KEY_Y);
    cbor_put_bytes(w, span_of(point + 1 + COORDINATE, COORDINATE));
}

static bool coordinate_parse(struct span value, uint8_t *coordinate)
{
    struct cbor_item item;
    if (!cbor_only(value, CBOR_BYTES, &item) || item.content.n != COORDINATE) {
        return false;
    }
    memcpy(coordinate, item.content.p, COORDINATE);
    return true;
}

static bool number_is(struct span value, int64_t wanted)
{
    int64_t number = 0;
    return cbor_integer(value, &number) && number == wanted;
}

bool cose_key_parse(struct span bytes, uint8_t point[SIGNER_POINT])
{
    struct cbor_map map;
    struct cbor_item key;
    struct span value;
    unsigned found = 0;
    if (!cbor_take_map(&bytes, &map) || bytes.n != 0) {
        return false;
    }
    point[0] = UNCOMPRESSED;
    while (cbor_next_pair(&map, &key, &value)) {
        if (key.major == CBOR_TEXT || key.number > INT8_MAX) {
            continue;
        }
        const int label = key.major == CBOR_UNSIGNED ? (int)key.number : -1 - (int)key.number;
        bool good = true;
        switch (label) {
        case KEY_TYPE:
            good = number_is(value, KEY_TYPE_EC2);
            break;
        case KEY_CURVE:
            good = number_is(value, KEY_CURVE_P256);
            break;
        case KEY_X:
            good = coordinate_parse(value, point + 1);
            break;
        case KEY_Y:
            good = coordinate_parse(value, point + 1 + COORDINATE);
            break;
        case KEY_SECRET:
            return false;
        default:
            continue;
        }
        if (!good) {
            return false;
        }
        found++;
    }
    return map.pairs == 0 && found == MEMBERS;
}
