// Requests for CV certificates (TR-03110-3 §C.2): the key that is to be certified proves itself, and the
// holder's key before vouches for it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_CV_REQUEST_H
#define JUMIN_HOST_PKI_CV_REQUEST_H

#include "card/wire/cvc.h"
#include "host/pki/signing_key.h"

enum { CV_REQUEST_MAX = CVC_MAX };

struct cv_request {
    // What a certificate would take from it: holder, key with domain parameters, sectors, description; and
    // the authority that is expected to sign, empty where none is named.
    struct cv_certificate inner;
    // The outer signature: whose key, what is signed, r || s. All are empty where there is none.
    struct span signer, outer_part, outer_signature;
};

// The whole file, 7F21 or 67. Every object is checked as in a certificate, and so is the inner signature.
// Rights that an extension asks for are left away: they are the issuer's to give. False: something is wrong;
// `*request` is all zero.
bool cv_request_parse(struct span file, struct cv_request *request);
// Whether the outer signature is by this key.
bool cv_request_signed_by(const struct cv_request *request, enum crypto_curve curve, struct span point,
                          enum crypto_hash hash);

// Writes 7F21 {body, inner signature}. Of `plan` are used: authority (may be empty), holder, hash, and curve
// and point, which must be those of `key`. False: too long, or the crypto library failed.
bool cv_request_put(struct writer *w, const struct cv_certificate *plan, const struct signing_key *key);
// Writes 67 {request, signer, outer signature by `key`}.
bool cv_request_put_signed(struct writer *w, struct span request, struct span signer,
                           const struct signing_key *key, enum crypto_hash hash);

#endif
