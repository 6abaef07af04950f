// The issuer over HTTP: OpenID4VCI 1.0 as handlers over plain requests and responses; no sockets here.
// SPDX-License-Identifier: Apache-2.0
//
//     issuer_new(&issuer, &options, &detail);
//     … http_server_start(&server, &http_options, (struct http_routes[]){issuer_routes(issuer)}, 1, &detail)
//     … issuer_free(issuer);
//
// GET  /.well-known/openid-credential-issuer      metadata
// GET  /.well-known/oauth-authorization-server    metadata (RFC 8414)
// GET  /offer/{}          the credential offer that the one-time QR refers to
// POST /token             pre-authorized code, refresh token; DPoP
// POST /nonce             c_nonce
// POST /credential        a batch; proofs jwt or attestation; DPoP
// POST /deferred          what was not ready
// POST /notification
// POST /provision         the offer for a phone that a card has bound; DPoP
// POST /portrait          what such a phone compares the holder's face with; DPoP
// POST /loss              the call centre: a bearer secret; {"number" or "registration_number",
//                         "lost": "phone" or "card", "reason"}
#ifndef JUMIN_HOST_ISSUER_ISSUER_H
#define JUMIN_HOST_ISSUER_ISSUER_H

#include "host/http/http.h"
#include "host/issuer/records.h"
#include "host/mobile/signer.h"
#include <jumin/verify.h>

struct issuer;

// Seconds that a copy must be valid to be of use.
enum { ISSUER_REMAINDER = 24 * 3600 };

// Who signs one kind of what is issued. `chain`: the certificate first, DER, without the root. Borrowed.
struct issuer_signer {
    struct signer signer;
    const struct span *chain;
    size_t chain_count;
    // Of the certificate: nothing says that it was signed before, nothing is valid after, and on the last day
    // (ISSUER_REMAINDER) nothing is issued. 0: not known.
    int64_t not_before, not_after;
};

struct issuer_options {
    // The credential issuer's identifier: https://…, without a slash at its end. Borrowed, as all below.
    const char *base_url;
    // One a worker of the server (http_request.worker), each with its own connection and its own policy;
    // records_serve was called.
    struct jumin_station *const *stations;
    size_t station_count;
    struct issuer_signer mdoc, sd_jwt;
    // Whether the signers (a token in a network, say) answer; while they do not, requests are deferred. NULL:
    // always.
    bool (*ready)(void *context);
    void *context;
    // Roots of wallet providers; NULL: no key attestation is looked at, and the proof type attestation is
    // refused.
    const struct jumin_trust *wallets;
    bool attestation_required;
    unsigned batch;          // copies that a request may ask for, 2 to STATUS_BATCH_MAX; 0: ten
    const char *loss_secret; // that the call centre sends, 16 bytes or more; NULL: it has no end here
    // The least that an attestation must say, where one is looked at: "iso_18045_moderate"; NULL: nothing.
    const char *key_storage, *user_authentication;
};

// JUMIN_ERROR_ARGUMENT: an option, named in `detail`.
enum jumin_error issuer_new(struct issuer **issuer, const struct issuer_options *options,
                            struct detail *detail);
// NULL is allowed.
void issuer_free(struct issuer *issuer);
// Borrowed from the issuer.
struct http_routes issuer_routes(struct issuer *issuer);

#endif
