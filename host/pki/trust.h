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

enum { TRUST_REASONS_MAX = 100 };

struct jumin_trust {
    struct trust_certificate *certificates;
    size_t certificate_count;
    uint32_t *index; // of the certificates by their bytes (trust_index.c)
    size_t index_size;
    struct trust_crl *crls;
    size_t crl_count;
    size_t skipped; // items of files that were passed over, and why the first of them were
    char *reasons[TRUST_REASONS_MAX];
    struct detail detail;
};

// What is taken in, and how.
enum trust_item { TRUST_CERTIFICATE, TRUST_CRL, TRUST_MASTER_LIST };
struct trust_intake {
    struct jumin_trust *trust;
    bool lenient;     // of several items, those that cannot be taken in are passed over and counted
    const char *path; // for the sentences; NULL: not from a file
    size_t taken;     // items that are in the store now
};
// One item in DER. JUMIN_OK also when it was passed over.
enum jumin_error trust_take(struct trust_intake *intake, enum trust_item item, struct span der);
// Counts what cannot be taken in; the store's detail says why. `der`: a certificate, whose country is told as
// far as it can be read; may be empty.
void trust_pass_over(struct trust_intake *intake, struct span der);
// Whatever the bytes are: one item in DER, PEM, or LDIF.
enum jumin_error trust_take_any(struct trust_intake *intake, struct span bytes);
// Certificates or revocation lists only: one in DER, or PEM.
enum jumin_error trust_take_kind(struct trust_intake *intake, enum trust_item kind, struct span bytes);

// Whether the store has just these bytes as a certificate.
bool trust_index_has(const struct jumin_trust *trust, struct span der);
// Enters the last certificate of the store. False: no memory.
bool trust_index_add(struct jumin_trust *trust);

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
