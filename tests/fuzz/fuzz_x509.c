// Certificates of others: parts lie inside, a refusal has a reason (RFC 5280 §4.1).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/pki/x509.h"

static bool lies_inside(struct span part, const uint8_t *bytes, size_t n)
{
    return part.n == 0 || (part.p >= bytes && part.p + part.n <= bytes + n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct x509_certificate certificate;
    const char *why = NULL;
    if (!x509_parse(span_of(bytes, n), &certificate, &why)) {
        require(why != NULL);
        return 0;
    }
    require(lies_inside(certificate.tbs, bytes, n));
    require(lies_inside(certificate.signature, bytes, n));
    require(lies_inside(certificate.public_key_info, bytes, n));
    require(lies_inside(certificate.subject_key_identifier, bytes, n));
    require(x509_name_equal(certificate.subject, certificate.subject) ||
            !x509_name_equal(certificate.subject, certificate.issuer));
    (void)x509_signed_by(&certificate, &certificate);
    return 0;
}
