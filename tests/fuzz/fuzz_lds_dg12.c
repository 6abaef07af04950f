// DG12 from a card: texts end inside their room (9303-10 §4.7.12).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/reader/lds.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t room[4096];
    struct writer arena = writer_of(room, sizeof room);
    struct jumin_issue issue;
    const char *why = NULL;
    if (!lds_dg12_parse(span_of(bytes, n), &arena, &issue, &why)) {
        require(why != NULL);
        return 0;
    }
    require(!arena.overflow);
    require(strlen(issue.authority) < sizeof room);
    require(strlen(issue.date) == 0 || strlen(issue.date) == 8);
    return 0;
}
