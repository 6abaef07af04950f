// Who may sign the status list of a credential (Token Status List §11.3; ISO 18013-5, second edition).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_STATUS_JUDGE_H
#define JUMIN_HOST_MOBILE_STATUS_JUDGE_H

#include "host/mobile/status_token.h"
#include "host/mobile/trust_list.h"

// What the judge goes by. All is borrowed.
struct status_judge {
    const struct jumin_trust *roots; // of issuers, with their revocation lists; NULL: nobody is trusted
    const struct trust_list *list;   // says which of them are one issuer's; NULL: each stands for itself
    struct x5chain_cache *cache;     // of those roots; NULL: none
    bool revocation_required;
    // Of the credential. `signer` empty: the list of any issuer, as when it is fetched ahead of being used
    struct span signer;      // who has signed it: the certificate in DER …
    enum x5chain_role role;  // … as what …
    const uint8_t *root;     // … and the root that it leads to, X5CHAIN_ROOT bytes
    struct span certificate; // an authority that it names for its list (struct mdoc_status); empty: none
};

// `key` of struct status_trust; `context` is a struct status_judge. The list is signed by a signer of status
// lists whose chain leads to a root of the credential's issuer, or to the authority that the credential
// names; or by the credential's own signer. JUMIN_ERROR_CERTIFICATE also: by another issuer's; and as
// x5chain_check.
enum jumin_error status_judge_key(void *context, const struct span *chain, size_t count, int64_t now,
                                  uint8_t point[SIGNER_POINT], struct detail *detail);

#endif
