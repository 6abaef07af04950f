// Names and tags of the files on the card (9303-10 §3.1, §4.6).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"

static const uint8_t isd[] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00};
static const uint8_t emrtd[] = {0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01};
static const uint8_t eid[] = {0xE8, 0x07, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02};
static const uint8_t provisioning[] = {0xF0, 0x4A, 0x55, 0x4D, 0x49, 0x4E, 0x01, 0x01};
static const uint8_t ndef[] = {0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01};
static const uint8_t mf[] = {0xF0, 0x4A, 0x55, 0x4D, 0x49, 0x4E, 0x01, 0x00};
static const uint8_t package[] = {0xF0, 0x4A, 0x55, 0x4D, 0x49, 0x4E, 0x00};

const struct span AID_ISD = {isd, sizeof isd};
const struct span AID_EMRTD = {emrtd, sizeof emrtd};
const struct span AID_EID = {eid, sizeof eid};
const struct span AID_PROVISIONING = {provisioning, sizeof provisioning};
const struct span AID_NDEF = {ndef, sizeof ndef};
const struct span AID_MF = {mf, sizeof mf};
const struct span AID_PACKAGE = {package, sizeof package};

// By group number, from DG1 on (9303-10 §4.6 table 36).
static const uint8_t group_tags[] = {0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68,
                                     0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70};

uint8_t lds_tag_of_group(unsigned number)
{
    return number >= 1 && number <= sizeof group_tags ? group_tags[number - 1] : 0;
}

unsigned lds_group_of_tag(uint32_t tag)
{
    for (unsigned i = 0; i < sizeof group_tags; i++) {
        if (group_tags[i] == tag) {
            return i + 1;
        }
    }
    return 0;
}
