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
// STATUS, of a credential that has a place in a list; `uri` empty: it has none.
void verifier_check_status(struct jumin_verifier *verifier, struct jumin_verification *verification,
                           enum status_format format, struct span uri, uint64_t index, int64_t now);
// TYPE: docType or vct that the issuer has signed, by what is asked for.
void verifier_check_type(struct jumin_verification *verification, struct span type, const char *resident,
                         unsigned purpose);
// VALIDITY, when it is valid.
void verifier_note_valid(struct jumin_verification *verification, int64_t valid_until);

// Of the status cache: whether a chain signs status lists.
enum jumin_error verifier_status_key(void *context, const struct span *chain, size_t count, int64_t now,
                                     uint8_t point[SIGNER_POINT], struct detail *detail);

#endif
