// EF.SOD from a card (9303-10 §4.6.2).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/reader/lds.h"

static bool lies_inside(struct span part, const uint8_t *bytes, size_t n)
{
    return part.n == 0 || (part.p >= bytes && part.p + part.n <= bytes + n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct lds_sod sod;
    const char *why = NULL;
    if (!lds_sod_parse(span_of(bytes, n), &sod, &why)) {
        require(why != NULL);
        return 0;
    }
    require(sod.groups != 0);
    for (unsigned group = 1; group <= LDS_GROUP_MAX; group++) {
        require(lies_inside(sod.digests[group], bytes, n));
        require((sod.digests[group].n > 0) == ((sod.groups & 1U << group) != 0));
    }
    return 0;
}
