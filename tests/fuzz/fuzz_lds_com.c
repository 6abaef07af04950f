// EF.COM from a card (9303-10 §4.6.1).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/reader/lds.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint32_t groups = 0;
    const char *why = NULL;
    const bool good = lds_com_parse(span_of(bytes, n), &groups, &why);
    require(good ? (groups & ~0x1FFFEU) == 0 : groups == 0 && why != NULL);
    return 0;
}
