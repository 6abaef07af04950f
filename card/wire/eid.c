// Tags of the eID application's data groups (TR-03110-4 §2.2, TR-03110-3 §E).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/eid.h"

enum { TAG_BEFORE_FIRST = 0x60 }; // DG1 has application tag 1

uint8_t eid_tag_of_group(unsigned number)
{
    const bool known = number >= EID_DOCUMENT_TYPE && number <= EID_GROUPS && number != EID_RESERVED;
    return known ? (uint8_t)(TAG_BEFORE_FIRST + number) : 0;
}
