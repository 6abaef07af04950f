// Data groups of the eID application, taken apart and put together (TR-03110-4 §2.2.3.1).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_EID_VALUE_H
#define JUMIN_HOST_READER_EID_VALUE_H

#include "card/wire/tlv.h"
#include "host/pki/der_read.h"
#include <jumin/eid.h>

// Types that are in no other structure of ours, and explicit tags (TR-03110-4 §2.2.3.1).
enum eid_type {
    DER_NUMERIC_STRING = 0x12,
    DER_IA5_STRING = 0x16,
    PLACE_STREET = 0xAA, // [10]
    PLACE_CITY = 0xAB,
    PLACE_STATE = 0xAC,
    PLACE_COUNTRY = 0xAD,
    PLACE_ZIPCODE = 0xAE,
    PLACE_FREE_TEXT = 0xA1, // GeneralPlace [1], [2]
    PLACE_UNKNOWN = 0xA2,
    TEXT_PLAIN = 0xA1, // Text [1], [2]
    TEXT_COMPRESSED = 0xA2,
};

struct eid_group_row {
    const char *name;
    enum jumin_eid_kind kind;
    uint8_t type;   // of a text
    bool is_choice; // of plain and compressed text
};
// NULL for a number that is no data group.
const struct eid_group_row *eid_group_row_of(unsigned group);

// Bytes of texts that eid_value_parse needs at most for a file of `n` bytes.
size_t eid_value_arena(size_t n);
// Takes the group's file apart. Texts are written to `arena`, which must outlive the value, and so must the
// file. False: `*why` says what is not as it should be; then only the value's `file` is set.
bool eid_value_parse(unsigned group, struct span file, struct writer *arena, struct jumin_eid_value *value,
                     const char **why);
// Writes the whole group. False, and `*why`: the value has not what the group needs.
bool eid_value_put(struct writer *w, unsigned group, const struct jumin_eid_value *value, const char **why);

#endif
