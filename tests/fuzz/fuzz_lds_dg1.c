// DG1 from a card, and the machine readable zone in it (9303-10 §4.7.1).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/reader/lds.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct span text;
    struct jumin_mrz mrz;
    const char *why = NULL;
    if (lds_dg1_parse(span_of(bytes, n), &text, &why) && mrz_parse(text, &mrz, &why)) {
        require(strlen(mrz.text) == mrz.lines * mrz.columns);
        require(strlen(mrz.document_number) < sizeof mrz.document_number);
        require(strlen(mrz.primary_name) < sizeof mrz.primary_name);
        require(strlen(mrz.secondary_name) < sizeof mrz.secondary_name);
    }
    return 0;
}
