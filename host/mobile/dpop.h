// DPoP: a proof that the sender of an HTTP request holds a key (RFC 9449).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_DPOP_H
#define JUMIN_HOST_MOBILE_DPOP_H

#include "host/mobile/jws.h"

#define DPOP_TYPE "dpop+jwt"

enum { DPOP_MAX = 8192, DPOP_ID_MAX = 128, DPOP_NONCE_MAX = 256 };

// The request that a proof belongs to.
struct dpop_request {
    const char *method;       // htm
    const char *uri;          // htu; query and fragment are left out
    struct span access_token; // ath is its hash; empty: none
    const char *nonce;        // the server's; NULL: none, or (checking) looked at by the caller
    int64_t now;
    int64_t window; // checking: seconds that iat may be old
    int64_t leeway; // checking: seconds that iat may lie ahead
};

// Appends a proof to `out`, with a jti of 128 random bits. JUMIN_ERROR_CRYPTO, _MEMORY, _ARGUMENT (no room).
enum jumin_error dpop_make(const struct signer *key, const struct dpop_request *request,
                           const struct crypto_random *random, struct writer *out);

// What a good proof says.
struct dpop_proof {
    uint8_t thumbprint[JWK_THUMBPRINT]; // of the key: compare with cnf.jkt, or the card's bound key
    uint8_t key[SIGNER_POINT];
    char id[DPOP_ID_MAX + 1];       // jti: the server remembers it for `window` and refuses it twice
    char nonce[DPOP_NONCE_MAX + 1]; // "": none
    int64_t issued_at;
};

// Checks `text`, the value of the one DPoP header (§4.3): one JWT, typ, ES256, a public jwk and no other key,
// signed by it, htm, htu (without query and fragment; scheme and host without regard to case, default port
// left out), fresh, ath where there is an access token, nonce where one is expected, a jti of up to
// DPOP_ID_MAX printable characters. JUMIN_ERROR_MALFORMED; JUMIN_ERROR_SIGNATURE: signed wrongly or for
// another request, token or nonce; JUMIN_ERROR_NOT_VALID_NOW: iat. Whether the jti came before is the
// caller's.
enum jumin_error dpop_check(struct span text, const struct dpop_request *request, struct dpop_proof *proof,
                            struct detail *detail);

#endif
