// What the card says about itself to everyone: EF.ATR/INFO (ISO 7816-4 §12.1.1, 9303-10 §3.11.4).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/limits.h"

#include "card/wire/apdu.h"
#include "card/wire/tlv.h"

enum {
    TAG_CAPABILITIES = 0x47,
    CAPABILITY_EXTENDED = 0x40, // third byte, ISO 7816-4 table 119
    TAG_BUFFER_SIZES = 0x7F66,
    TAG_INTEGER = 0x02,
    SHORT_COMMAND_MAX = 5 + APDU_SHORT_LC_MAX + 1,
    SHORT_RESPONSE_MAX = APDU_SHORT_LE_MAX + 2,
};

void limits_short(struct jumin_limits *limits)
{
    limits->extended = false;
    limits->command_max = limits->command_max < SHORT_COMMAND_MAX ? limits->command_max : SHORT_COMMAND_MAX;
    limits->response_max =
        limits->response_max < SHORT_RESPONSE_MAX ? limits->response_max : SHORT_RESPONSE_MAX;
}

// One size of DO7F66; false when it is none.
static bool take_size(struct span *sizes, size_t *limit)
{
    struct tlv size;
    if (!tlv_expect(sizes, TAG_INTEGER, &size) || size.value.n == 0 || size.value.n > 4) {
        return false;
    }
    size_t value = 0;
    for (size_t i = 0; i < size.value.n; i++) {
        value = value << 8 | size.value.p[i];
    }
    *limit = value < *limit ? value : *limit;
    return true;
}

void limits_of_card(struct span atr_info, struct jumin_limits *limits)
{
    struct tlv sizes, capabilities;
    struct jumin_limits card = *limits;
    if (tlv_find(atr_info, TAG_BUFFER_SIZES, &sizes)) {
        struct span rest = sizes.value;
        const bool usable = take_size(&rest, &card.command_max) && take_size(&rest, &card.response_max) &&
                            card.command_max > SHORT_COMMAND_MAX && card.response_max > SHORT_RESPONSE_MAX;
        if (usable) {
            *limits = card;
            return;
        }
    }
    const bool extended = tlv_find(atr_info, TAG_CAPABILITIES, &capabilities) && capabilities.value.n == 3 &&
                          (capabilities.value.p[2] & CAPABILITY_EXTENDED) != 0;
    if (!extended) {
        limits_short(limits);
    }
}
