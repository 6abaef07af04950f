// The trust store's inside, and the way from a signer's certificate to a root.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_TRUST_H
#define JUMIN_HOST_PKI_TRUST_H

#include "host/detail.h"
#include "host/pki/x509.h"
#include <jumin/verify.h>

struct trust_certificate {
    struct x509_certificate parsed; // borrows `bytes`
    uint8_t *bytes;
    bool root; // self-issued and signed by its own key
};

struct trust_crl {
    struct x509_crl parsed; // borrows `bytes`
    uint8_t *bytes;
};

struct jumin_trust {
    struct trust_certificate *certificates;
    size_t certificate_count;
    struct trust_crl *crls;
    size_t crl_count;
    struct detail detail;
};

enum { TRUST_CHAIN_MAX = 5 };

// From the issuer of a signer's certificate to a root.
struct trust_chain {
    const struct x509_certificate *links[TRUST_CHAIN_MAX];
    size_t count;
};

// JUMIN_OK, SIGNER_UNKNOWN (no such issuer here), SIGNATURE (an issuer of that name is here, and did not
// sign), CERTIFICATE (what signed is no CA, or the path is longer than it allows). `*why` says it in words.
// Validity is not looked at.
enum jumin_error trust_find_chain(const struct jumin_trust *trust, const struct x509_certificate *signer,
                                  struct trust_chain *chain, const char **why);
// The newest list that the issuer of `certificate` has signed, with whichever of its keys; NULL: none.
const struct x509_crl *trust_find_crl(const struct jumin_trust *trust,
                                      const struct x509_certificate *certificate);

#endif
