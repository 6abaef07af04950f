// Machine readable zones as text: TD1, TD2 and TD3 into fields that end (9303-3 §4).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/reader/lds.h"

static bool ends(const char *text, size_t capacity)
{
    return memchr(text, 0, capacity) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct jumin_mrz mrz;
    const char *why = NULL;
    if (!mrz_parse(span_of(bytes, n), &mrz, &why)) {
        require(why != NULL);
        return 0;
    }
    require(mrz.lines * mrz.columns == n && strlen(mrz.text) == n);
    require(ends(mrz.document_code, sizeof mrz.document_code));
    require(ends(mrz.issuing_state, sizeof mrz.issuing_state));
    require(ends(mrz.document_number, sizeof mrz.document_number));
    require(ends(mrz.primary_name, sizeof mrz.primary_name));
    require(ends(mrz.secondary_name, sizeof mrz.secondary_name));
    require(ends(mrz.nationality, sizeof mrz.nationality));
    require(ends(mrz.birth_date, sizeof mrz.birth_date));
    require(ends(mrz.expiry_date, sizeof mrz.expiry_date));
    require(ends(mrz.optional_data_1, sizeof mrz.optional_data_1));
    require(ends(mrz.optional_data_2, sizeof mrz.optional_data_2));
    return 0;
}
