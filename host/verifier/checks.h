// Checks that both formats share. Each notes its result.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_VERIFIER_CHECKS_H
#define JUMIN_HOST_VERIFIER_CHECKS_H

#include "host/verifier/verification.h"
#include "host/verifier/verifier.h"

// TRUST_LIST: how old it is; that there is one, or roots in its place.
void verifier_check_trust(struct jumin_verifier *verifier, struct jumin_verification *verification,
                          int64_t now);
// CHAIN, REVOCATION and REGISTRY: what x5chain has said of a chain whose leaf is `certificate`.
void verifier_note_chain(struct jumin_verifier *verifier, struct jumin_verification *verification,
                         enum jumin_error error, const struct detail *detail,
                         const struct x5chain_signer *signer, struct span certificate);
// CHAIN, once more: whether the trust list lets the signer's root vouch for that type. False: it does not.
bool verifier_check_vouched(const struct jumin_verifier *verifier, struct jumin_verification *verification,
                            const struct x5chain_signer *signer, struct span type);
// A credential's place in a status list, and who has signed the credential. Borrowed.
struct verifier_place {
    struct span uri; // empty: none
    uint64_t index;
    struct span certificate; // an authority that it names for the list; empty: none
    struct span signer;      // certificate in DER
    enum x5chain_role role;  // of that signer
    const uint8_t *root;     // that this one leads to
};
// By what status lists are judged from now on: for that credential, or (NULL) for none in particular.
void verifier_judge_lists(struct jumin_verifier *verifier, const struct verifier_place *place);
// STATUS, of a credential whose signer is trusted.
void verifier_check_status(struct jumin_verifier *verifier, struct jumin_verification *verification,
                           enum status_format format, const struct verifier_place *place, int64_t now);
// TYPE: docType or vct that the issuer has signed, by what is asked for.
void verifier_check_type(struct jumin_verification *verification, struct span type, const char *resident,
                         unsigned purpose);
// VALIDITY, when it is valid.
void verifier_note_valid(struct jumin_verification *verification, int64_t valid_until);

#endif
