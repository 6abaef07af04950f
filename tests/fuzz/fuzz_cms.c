// Signed data of others: parsing, the signer inside, signature (RFC 5652 §5).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/pki/cms.h"

static bool lies_inside(struct span part, const uint8_t *bytes, size_t n)
{
    return part.n == 0 || (part.p >= bytes && part.p + part.n <= bytes + n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct cms_signed_data data;
    struct x509_certificate signer;
    const char *why = NULL;
    if (cms_parse_detached(span_of(bytes, n), span_of("content", 7), &data, &why)) {
        require(lies_inside(data.certificates, bytes, n) && data.content.n == 7);
        return 0;
    }
    if (!cms_parse(span_of(bytes, n), &data, &why)) {
        require(why != NULL);
        return 0;
    }
    require(lies_inside(data.content, bytes, n));
    require(lies_inside(data.certificates, bytes, n));
    require(lies_inside(data.signature, bytes, n));
    if (cms_signer(&data, &signer, &why)) {
        (void)cms_verify(&data, &signer.key, &why);
    }
    return 0;
}
