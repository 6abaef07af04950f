// JSON Web Signatures in compact form with ES256, and the JSON Web Tokens in them (RFC 7515, RFC 7519, RFC
// 8725).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_JWS_H
#define JUMIN_HOST_MOBILE_JWS_H

#include "host/mobile/jwk.h"

enum {
    JWS_MAX = 1 << 22, // bytes of a token that is read: a status list's is the longest
    JWS_CHAIN_MAX = 5, // certificates of an x5c
    JWS_TYPE_MAX = 64,
};

// --- Making ------------------------------------------------------------------------------------------------

// What the header says besides `alg`. All borrowed.
struct jws_header {
    const char *type;         // typ: "dc+sd-jwt"
    const struct span *chain; // x5c: DER, the signer's certificate first, without the root; NULL: none
    size_t chain_count;
    bool with_key;               // jwk: the signer's public key
    const char *key_id;          // kid; NULL: none
    const char *key_attestation; // key_attestation (OpenID4VCI 1.0 §F.1); NULL: none
};

// Appends the token to `out`. `payload` is JSON text as it is to be signed. JUMIN_ERROR_MEMORY;
// JUMIN_ERROR_CRYPTO: the signer refused; JUMIN_ERROR_ARGUMENT: `out` is too small. On error what was
// appended is of no use.
enum jumin_error jws_sign(const struct signer *signer, const struct jws_header *header, struct span payload,
                          struct writer *out);
// The same with an object as payload, which stays the caller's (NULL: JUMIN_ERROR_MEMORY).
enum jumin_error jws_sign_claims(const struct signer *signer, const struct jws_header *header,
                                 const json_t *claims, struct writer *out);

// --- Reading ------------------------------------------------------------------------------------------------

// A token taken apart, and not yet believed. Release it with jws_release; the text must outlive it.
struct jws {
    json_t *header;
    json_t *claims; // payload: an object
    struct span text;
    struct span chain[JWS_CHAIN_MAX]; // x5c, DER, the signer's first; not looked into
    size_t chain_count;
    bool has_key; // jwk
    uint8_t key[SIGNER_POINT];
    const char *key_id; // kid, borrowed from `header`; NULL: none
    uint8_t digest[SIGNER_DIGEST];
    uint8_t signature[SIGNER_SIGNATURE];
    uint8_t *chain_bytes; // what `chain` points into
};

// Takes a token apart and applies the rules of its header: `alg` is ES256 and nothing else, `typ` is exactly
// `type` ("application/" left out), no `crit`, no member twice, a `jwk` is public (jwk_read), an `x5c` is a
// list of one to JWS_CHAIN_MAX certificates in base64. The signature has 64 bytes. JUMIN_ERROR_MALFORMED with
// a sentence for each; JUMIN_ERROR_MEMORY. On error nothing is to be released.
enum jumin_error jws_read(struct span text, const char *type, struct jws *jws, struct detail *detail);
void jws_release(struct jws *jws);
// Whether the holder of that key signed it: JUMIN_ERROR_SIGNATURE when not, or when it is no point of P-256.
enum jumin_error jws_verify(const struct jws *jws, const uint8_t point[SIGNER_POINT], struct detail *detail);
// The same by a key of P-256 that is kept.
enum jumin_error jws_verify_by(const struct jws *jws, const struct crypto_ec_key *key, struct detail *detail);
// jws_read and jws_verify by the key in the token's own `jwk` header, which must be there, and must be the
// only one that names a key: neither `x5c` nor `kid` beside it.
enum jumin_error jws_read_own_key(struct span text, const char *type, struct jws *jws, struct detail *detail);

// --- Claims -------------------------------------------------------------------------------------------------

// The text; NULL when it is missing or no text. Borrowed.
const char *jws_text(const json_t *claims, const char *name);
// Seconds since 1970 UTC. `*there` says whether the claim is there; false: it is, and is no whole number from
// 0 to 2^53.
bool jws_time(const json_t *claims, const char *name, int64_t *time, bool *there);
// iat, nbf and exp, of those that are there: whole numbers; `now` is not before nbf and iat (but for
// `leeway` seconds) and before exp (plus `leeway`). JUMIN_ERROR_NOT_VALID_NOW, JUMIN_ERROR_MALFORMED.
enum jumin_error jws_check_times(const json_t *claims, int64_t now, int64_t leeway, struct detail *detail);
// iat must be there and lie within `window` seconds before `now` and `leeway` after it: a fresh proof.
enum jumin_error jws_check_fresh(const json_t *claims, int64_t now, int64_t window, int64_t leeway,
                                 struct detail *detail);

#endif
