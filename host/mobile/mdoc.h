// What the parts of an mdoc share (ISO 18013-5 §8.3, §9.1): its elements, limits, and whom a verifier
// asks.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_MDOC_H
#define JUMIN_HOST_MOBILE_MDOC_H

#include "host/detail.h"
#include "host/mobile/cbor.h"
#include "host/mobile/signer.h"

enum {
    MDOC_RANDOM = 32,     // bytes of an item's random as we make it
    MDOC_RANDOM_MIN = 16, // ISO 18013-5 §9.1.2.5
    MDOC_NAMESPACES_MAX = 8,
    MDOC_ELEMENTS_MAX = 128,    // of a namespace, decoys included
    MDOC_DOCUMENTS_MAX = 8,     // of a request or a response
    MDOC_TRANSCRIPT_MAX = 4096, // bytes of a session transcript
};

// A data element. Borrowed.
struct mdoc_element {
    struct span identifier; // text
    struct span value;      // one item of CBOR, encoded
};

struct mdoc_namespace {
    struct span name;
    const struct mdoc_element *elements;
    size_t count;
};

// Which element of which namespace; what is asked for, and what is shown.
struct mdoc_element_name {
    struct span name_space, identifier;
    bool retain; // intentToRetain, in requests
};

// A status list's entry (Token Status List, "status" claim). uri empty: there is none.
struct mdoc_status {
    uint64_t index;
    struct span uri;
    struct span certificate; // DER: of whom the chain of the list's signer leads to (second edition); empty:
                             // the credential's own root
};

// The leaf of a chain that is trusted. Owned by who checked it, until its next check.
struct mdoc_signer {
    const struct crypto_ec_key *key;
    int64_t not_before, not_after; // of the leaf's certificate, seconds since 1970
};

// Asks whether a chain of certificates (DER, leaf first, 1 to COSE_CHAIN_MAX) is trusted at `now` for what it
// signs: path to a root, extended key usage, revocation.
struct mdoc_chain_check {
    enum jumin_error (*check)(void *context, const struct span *chain, size_t count, int64_t now,
                              struct mdoc_signer *signer, struct detail *detail);
    void *context;
};

// Asks what a status list says: JUMIN_OK, JUMIN_ERROR_REVOKED, or why it is not known.
struct mdoc_status_check {
    enum jumin_error (*check)(void *context, const struct mdoc_status *status, int64_t now,
                              struct detail *detail); // NULL: statuses are not looked at
    void *context;
};

// What a verifier goes by. Nothing here looks at a clock.
struct mdoc_rules {
    int64_t now; // seconds since 1970
    struct mdoc_chain_check issuer;
    struct mdoc_status_check status;
};

#endif
