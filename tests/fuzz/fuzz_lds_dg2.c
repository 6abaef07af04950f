// DG2 from a card: the image lies inside (9303-10 §4.7.2).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/reader/lds.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct jumin_portrait portrait;
    const char *why = NULL;
    if (!lds_dg2_parse(span_of(bytes, n), &portrait, &why)) {
        require(why != NULL && portrait.image == NULL && portrait.n == 0);
        return 0;
    }
    require(portrait.n > 0 && portrait.image >= bytes && portrait.image + portrait.n <= bytes + n);
    return 0;
}
