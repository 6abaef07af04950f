// PEM from files: what is decoded is coded again to the same bytes (RFC 7468).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/pki/pem.h"

enum { INPUT_MAX = 4096, LABEL_MAX = 64 };

static void check_block(struct span label, struct span der)
{
    static uint8_t text[2 * INPUT_MAX + 4 * LABEL_MAX], again[INPUT_MAX];
    char name[LABEL_MAX] = "";
    if (label.n >= sizeof name || memchr(label.p, 0, label.n) != NULL) {
        return;
    }
    memcpy(name, label.p, label.n);
    struct writer written = writer_of(text, sizeof text), decoded = writer_of(again, sizeof again);
    pem_put(&written, name, der);
    require(!written.overflow && written.n == pem_length(name, der.n));
    struct span rest = writer_span(&written), found;
    require(pem_next(&rest, &found, &decoded));
    require(span_equal(found, label) && span_equal(writer_span(&decoded), der));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t der[INPUT_MAX];
    struct span text = span_of(bytes, n), label;
    struct writer w = writer_of(der, sizeof der);
    if (n > INPUT_MAX) {
        return 0;
    }
    while (pem_next(&text, &label, &w)) {
        check_block(label, writer_span(&w));
        w = writer_of(der, sizeof der);
    }
    return 0;
}
