// A verifier's request over the network: a signed request object, and the link that leads to it (OpenID4VP
// 1.0 §5, RFC 9101).
// SPDX-License-Identifier: Apache-2.0
//
// Accepted is what the credential's holder can rely on: signed by a certificate (x509_hash, x509_san_dns)
// that a root of venues leads to, answered encrypted to a key of this one request (direct_post.jwt). What is
// accepted without: an expiry, where the request was made within VP_REQUEST_AGE.
#ifndef JUMIN_HOST_MOBILE_VP_REQUEST_H
#define JUMIN_HOST_MOBILE_VP_REQUEST_H

#include "host/mobile/dcql.h"
#include "host/mobile/jwe.h"
#include "host/mobile/x5chain.h"

#define VP_REQUEST_TYPE "oauth-authz-req+jwt" // typ (§5, RFC 9101 §10.8)
#define VP_REQUEST_MEDIA_TYPE "application/oauth-authz-req+jwt"
#define VP_REQUEST_AUDIENCE "https://self-issued.me/v2" // aud (§5.8)

enum {
    VP_REQUEST_MAX = 65536,
    VP_TEXT_MAX = 512, // client_id, state, URIs, with the zero byte
    VP_NONCE_MAX = 256,
    VP_REQUEST_AGE = 600, // seconds that a request without an expiry is taken
    VP_LEEWAY = 60,       // seconds that the clocks of wallet and verifier may differ
    VP_HASH_TEXT = 43,    // SHA-256 in base64url
};

// --- The link ------------------------------------------------------------------------------------------------

// openid4vp://?client_id=…&request_uri=…[&request_uri_method=post], or with the object itself: &request=…
struct vp_link {
    char client_id[VP_TEXT_MAX];
    char request_uri[VP_TEXT_MAX]; // empty: `request` is there
    bool post;
    char *request; // from malloc; NULL: by reference
};

// Schemes openid4vp and haip-vp. JUMIN_ERROR_MALFORMED: not a link of these, or one without a signed request.
// On error nothing is to be released.
enum jumin_error vp_link_read(const char *text, struct vp_link *link, struct detail *detail);
void vp_link_release(struct vp_link *link);
void vp_link_put(struct writer *w, const char *client_id, const char *request_uri, bool post);

// --- Making --------------------------------------------------------------------------------------------------

enum vp_prefix { VP_X509_HASH, VP_X509_SAN_DNS };

// The full client_id of who has this certificate: "x509_hash:" and SHA-256 in base64url, or "x509_san_dns:"
// and `host`, which the certificate must name. JUMIN_ERROR_CERTIFICATE, TOO_LONG.
enum jumin_error vp_client_id(enum vp_prefix prefix, struct span certificate, const char *host,
                              char client_id[VP_TEXT_MAX], struct detail *detail);

// All borrowed.
struct vp_request_order {
    const struct signer *signer; // the venue's
    const struct span *chain;    // its certificate first, DER, without the root
    size_t chain_count;
    const char *client_id, *nonce, *state, *response_uri;
    const json_t *query; // dcql_query
    int64_t issued, expires;
    uint8_t recipient[SIGNER_POINT]; // of the key that the answer is encrypted to
    const char *key_id;
    const char *wallet_nonce; // that the wallet has sent by POST; NULL: none
};

// Appends the request object. JUMIN_ERROR_INPUT: wallet_nonce is no UTF-8; others as of jws_sign.
enum jumin_error vp_request_make(const struct vp_request_order *order, struct writer *out);

// --- Reading -------------------------------------------------------------------------------------------------

struct vp_request_rules {
    const char *client_id;            // of the link; the object must have the same
    const char *wallet_nonce;         // that was sent; NULL: none was
    const struct jumin_trust *venues; // roots
    bool revocation_required;         // as of x5chain_rules
    int64_t now;
};

// A request that was checked. Large: not for small stacks. Released by vp_request_release; the text must
// outlive it.
struct vp_request {
    struct jws jws;
    struct dcql_query query;
    enum vp_prefix prefix;
    const char *client_id, *nonce, *state, *response_uri; // borrowed from `jws`; state NULL: none
    struct jwe_recipient recipient;                       // of the answer
    uint8_t thumbprint[JWK_THUMBPRINT];                   // of its key
    struct x5chain_signer venue;
    int64_t expires;
};

// Checks everything but whether the venue may ask for this: that is the plan's of a wallet (disclosure.h).
// JUMIN_ERROR_MALFORMED; SIGNATURE; CERTIFICATE (the client_id is not the certificate's, or x5chain_check),
// SIGNER_UNKNOWN, REVOKED; NOT_VALID_NOW (expired, or too old); NOT_SUPPORTED (another prefix, response mode,
// unencrypted, transaction data); CONFLICT (another client_id or wallet_nonce than expected). On error
// nothing is to be released.
enum jumin_error vp_request_read(struct span text, const struct vp_request_rules *rules,
                                 struct vp_request *request, struct detail *detail);
void vp_request_release(struct vp_request *request);

#endif
