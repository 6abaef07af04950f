// Every buffer size and count of the card, tied together.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_LIMITS_H
#define JUMIN_CARD_CORE_LIMITS_H

#include "card/nvm/store.h"
#include "card/wire/dgi.h"
#include "card/wire/sm.h"

enum {
    CARD_COMMAND_DATA_MAX = 2048,  // bytes of a command's data field, also when chained
    CARD_RESPONSE_DATA_MAX = 4096, // bytes of plain data in one response
    CARD_COMMAND_MAX = 4 + 3 + CARD_COMMAND_DATA_MAX + 2,
    CARD_RESPONSE_MAX = CARD_RESPONSE_DATA_MAX + SM_OVERHEAD + 2,
    CARD_FILE_MAX = 32767, // 15-bit offsets of READ BINARY B0 (ISO 7816-4 §11.3.3)
    CARD_AID_MIN = 5,      // ISO 7816-4 §12.2.3
    CARD_AID_MAX = 16,
    CARD_APPLICATIONS_MAX = 8,
    CARD_PRODUCTION = 42,   // card production life cycle data (tag 9F7F)
    CARD_SECRET_MAX = 128,  // bytes of an encrypted DGI
    CARD_PASSWORD_MAX = 20, // the MRZ password; CAN, PIN and PUK have up to 16 characters
};

_Static_assert((int)CARD_FILE_MAX <= (int)STORE_OBJECT_MAX, "a file is one object");
_Static_assert(CARD_COMMAND_DATA_MAX >= 1 + 255, "short commands always fit");

#endif
