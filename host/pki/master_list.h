// CSCA master lists (9303-12 §9): certificates of country signing CAs, collected and signed by a state.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_MASTER_LIST_H
#define JUMIN_HOST_PKI_MASTER_LIST_H

#include "host/pki/trust.h"

struct master_list {
    struct span certificates; // of the list, one after the other
    bool publisher_known;     // its signer leads to a root of the store
};

// Whether `bytes` are signed data with a master list in it.
bool master_list_is(struct span bytes);
// Parses a list and checks its signature, and its signer: made for this, valid when it signed, and issued by
// an authority of the store. Where the store does not know the publisher, its CSCA must be in the list or
// beside it: then the signature says that the list is whole, not who made it. JUMIN_ERROR_INPUT, SIGNATURE,
// SIGNER_UNKNOWN, CERTIFICATE, NOT_VALID_NOW: `*why` says it in words.
enum jumin_error master_list_open(const struct jumin_trust *trust, struct span bytes,
                                  struct master_list *list, const char **why);

#endif
