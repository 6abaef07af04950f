// Keys for one session, as COSE_Key in tag 24.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/ephemeral_key.h"

#include "host/mobile/cbor.h"
#include "host/mobile/cose.h"

_Static_assert((int)EPHEMERAL_POINT == (int)SIGNER_POINT, "points of P-256");

void ephemeral_key_put(struct writer *w, const uint8_t point[EPHEMERAL_POINT])
{
    const size_t opened = cbor_open_embedded(w);
    cose_key_put(w, point);
    cbor_close_bytes(w, opened);
}

bool ephemeral_key_take(struct span *cursor, struct span *whole, uint8_t point[EPHEMERAL_POINT])
{
    struct span rest = *cursor, key;
    if (!cbor_take_embedded(&rest, whole, &key) || !cose_key_parse(key, point)) {
        return false;
    }
    *cursor = rest;
    return true;
}
