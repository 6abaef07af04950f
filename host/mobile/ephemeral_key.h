// The keys that phone and verifier make for one session: EDeviceKeyBytes and EReaderKeyBytes (ISO 18013-5
// §8.2.1.1, §9.1.1.4): tag 24 around a COSE_Key of P-256 (RFC 9053 §7.1.1).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_EPHEMERAL_KEY_H
#define JUMIN_HOST_MOBILE_EPHEMERAL_KEY_H

#include "card/wire/span.h"

enum {
    EPHEMERAL_POINT = 65, // 04 || x || y
    EPHEMERAL_KEY_BYTES = 79,
};

// EPHEMERAL_KEY_BYTES bytes.
void ephemeral_key_put(struct writer *w, const uint8_t point[EPHEMERAL_POINT]);
// Takes the key from the cursor; `whole` has tag and all, for the session transcript. Whether the point is on
// the curve is for who loads it. False: it is no such key, and the cursor is unchanged.
bool ephemeral_key_take(struct span *cursor, struct span *whole, uint8_t point[EPHEMERAL_POINT]);

#endif
