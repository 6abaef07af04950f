// How an mdoc's verifier and a wallet ask x5chain.h about a signer.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_MDOC_CHAIN_H
#define JUMIN_HOST_MOBILE_MDOC_CHAIN_H

#include "host/mobile/mdoc.h"
#include "host/mobile/signer_key.h"

// All zero but for the first four. One thread at a time.
struct mdoc_chain {
    enum x5chain_role role;          // X5CHAIN_MDOC_SIGNER, or X5CHAIN_READER for requests
    const struct jumin_trust *roots; // of the role; borrowed
    bool revocation_required;
    struct x5chain_cache *cache;  // borrowed; NULL: none
    struct x5chain_signer signer; // of the last chain that was trusted: name, country, purposes
    struct signer_key key;        // its key
};

// A check that borrows `chain`, which must stay where it is.
struct mdoc_chain_check mdoc_chain_check_of(struct mdoc_chain *chain);
void mdoc_chain_release(struct mdoc_chain *chain);

#endif
