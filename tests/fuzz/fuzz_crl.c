// Revocation lists of others (RFC 5280 §5.1).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/pki/x509.h"

static bool lies_inside(struct span part, const uint8_t *bytes, size_t n)
{
    return part.n == 0 || (part.p >= bytes && part.p + part.n <= bytes + n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct x509_crl crl;
    const char *why = NULL;
    if (!x509_crl_parse(span_of(bytes, n), &crl, &why)) {
        require(why != NULL);
        return 0;
    }
    require(lies_inside(crl.tbs, bytes, n));
    require(lies_inside(crl.entries, bytes, n));
    (void)x509_crl_lists(&crl, span_of("\x10\x01", 2));
    return 0;
}
