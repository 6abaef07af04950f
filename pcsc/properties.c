// Features and properties of readers, as tag, length, value with one byte of length (PC/SC-10 §2).
// SPDX-License-Identifier: Apache-2.0
#include "pcsc/properties.h"

#include "card/wire/apdu.h"

enum {
    PROPERTY_MAX_APDU_DATA_SIZE = 0x0A,
    CONTROL_CODE_LENGTH = 4,
    DATA_SIZE_LENGTH_MAX = 4,
    DATA_SIZE_SHORT_MAX = 256, // 0 and values up to this: no extended length
};

// True when `list` has an object with this tag; what is cut off ends the list.
static bool find(struct span list, uint8_t tag, struct span *value)
{
    struct span header;
    while (span_take(&list, 2, &header) && span_take(&list, header.p[1], value)) {
        if (header.p[0] == tag) {
            return true;
        }
    }
    return false;
}

bool properties_control_code(struct span features, uint8_t feature, uint32_t *code)
{
    struct span value;
    if (!find(features, feature, &value) || value.n != CONTROL_CODE_LENGTH) {
        return false;
    }
    *code = (uint32_t)value.p[0] << 24 | (uint32_t)value.p[1] << 16 | (uint32_t)value.p[2] << 8 | value.p[3];
    return true;
}

struct jumin_limits properties_short_limits(void)
{
    return (struct jumin_limits){
        .command_max = 4 + 1 + APDU_SHORT_LC_MAX + 1,
        .response_max = APDU_SHORT_LE_MAX + 2,
        .extended = false,
    };
}

static struct jumin_limits extended_limits(size_t data_size)
{
    const size_t command_data = data_size < APDU_EXTENDED_LC_MAX ? data_size : APDU_EXTENDED_LC_MAX;
    return (struct jumin_limits){
        .command_max = 4 + 3 + command_data + 2,
        .response_max = data_size + 2,
        .extended = true,
    };
}

struct jumin_limits properties_limits(struct span properties)
{
    struct span value;
    if (!find(properties, PROPERTY_MAX_APDU_DATA_SIZE, &value) || value.n > DATA_SIZE_LENGTH_MAX) {
        return extended_limits(APDU_EXTENDED_LE_MAX);
    }
    uint32_t size = 0; // little-endian
    for (size_t i = 0; i < value.n; i++) {
        size |= (uint32_t)value.p[i] << (8 * i);
    }
    if (size <= DATA_SIZE_SHORT_MAX) {
        return properties_short_limits();
    }
    return extended_limits(size < APDU_EXTENDED_LE_MAX ? size : APDU_EXTENDED_LE_MAX);
}
