// Proofs that a wallet sends with a credential request: jwt, and key attestation (OpenID4VCI 1.0 App. D, F.1,
// F.3).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_ATTESTATION_JWT_H
#define JUMIN_HOST_MOBILE_ATTESTATION_JWT_H

#include "host/mobile/jws.h"

#define KEY_ATTESTATION_TYPE "key-attestation+jwt"
#define PROOF_JWT_TYPE "openid4vci-proof+jwt"

enum { KEY_ATTESTATION_KEYS_MAX = 100, KEY_ATTESTATION_LEVELS_MAX = 4 };

// --- Key attestation -------------------------------------------------------------------------------------------

// What a wallet's provider says about keys of a wallet, or, without a chain, what a wallet's own key says
// about others of that wallet, and is named by itself (jwk). Made by wallets, and by tests.
struct key_attestation_order {
    const struct signer *signer;
    const struct span *chain; // x5c: the signer's certificate first; NULL: the header has the key (jwk)
    size_t chain_count;
    const uint8_t (*keys)[SIGNER_POINT];
    size_t key_count;                // 1 to KEY_ATTESTATION_KEYS_MAX
    const char *key_storage;         // "iso_18045_high"; NULL: not said
    const char *user_authentication; // "iso_18045_basic"; NULL: not said
    const char *nonce;               // c_nonce; NULL: none
    int64_t issued_at, expires;      // `expires` 0: not said
};
enum jumin_error key_attestation_make(const struct key_attestation_order *order, struct writer *out);

// Release it with key_attestation_release; the text must outlive it.
struct key_attestation {
    // Its chain is checked by the caller against the wallet providers of the trust list; without one its
    // `key` is what the caller looks at.
    struct jws jws;
    uint8_t (*keys)[SIGNER_POINT];
    size_t key_count;
    const char *key_storage[KEY_ATTESTATION_LEVELS_MAX]; // borrowed; key_storage_count 0: not said
    size_t key_storage_count;
    const char *user_authentication[KEY_ATTESTATION_LEVELS_MAX];
    size_t user_authentication_count;
    const char *nonce; // NULL: none
};

// Takes an attestation apart: typ key-attestation+jwt (keyattestation+jwt, which older wallets write, is
// taken too), an x5c or else a jwk without a kid, one to KEY_ATTESTATION_KEYS_MAX different public keys. Not
// yet believed. On error nothing is to be released.
enum jumin_error key_attestation_read(struct span text, struct key_attestation *attestation,
                                      struct detail *detail);
void key_attestation_release(struct key_attestation *attestation);
// Signed by `signer` (the key that the caller found in the checked chain, or knows); iat there and not ahead;
// exp, where it is, not reached. `nonce` NULL: the caller compares it.
enum jumin_error key_attestation_check(const struct key_attestation *attestation,
                                       const uint8_t signer[SIGNER_POINT], const char *nonce, int64_t now,
                                       int64_t leeway, struct detail *detail);
// Whether it says when it ends, as it must beside a jwt proof (§D.1).
bool key_attestation_ends(const struct key_attestation *attestation);
bool key_attestation_has(const struct key_attestation *attestation, const uint8_t key[SIGNER_POINT]);

// --- Proof of possession -----------------------------------------------------------------------------------------

struct proof_jwt_order {
    const struct signer *key;
    const char *audience;        // the credential issuer's identifier
    const char *nonce;           // c_nonce; NULL: none
    const char *client_id;       // iss; NULL: absent, as with anonymous pre-authorized codes
    const char *key_attestation; // a token for the header; NULL: none
    int64_t now;
};
enum jumin_error proof_jwt_make(const struct proof_jwt_order *order, struct writer *out);

struct proof_jwt_expected {
    const char *audience;
    const char *client_id; // NULL: anonymous, iss must be absent
    const char *nonce;     // NULL: the caller compares it
    int64_t now;
    int64_t window, leeway; // seconds that iat may be old, or lie ahead
};
// Release it with proof_jwt_release; the text must outlive it.
struct proof_jwt {
    struct jws jws;
    uint8_t key[SIGNER_POINT];
    const char *nonce;           // NULL: none
    const char *key_attestation; // the header's token, not looked into; NULL: none
};
// Checks a proof (§F.4): typ openid4vci-proof+jwt, jwk and no other key, signed by it, aud is the issuer (a
// text, or a list of one), iat fresh, nonce, iss. JUMIN_ERROR_MALFORMED; JUMIN_ERROR_SIGNATURE: signed
// wrongly or for another issuer, nonce or client; JUMIN_ERROR_NOT_VALID_NOW. On error nothing is to be
// released.
enum jumin_error proof_jwt_check(struct span text, const struct proof_jwt_expected *expected,
                                 struct proof_jwt *proof, struct detail *detail);
void proof_jwt_release(struct proof_jwt *proof);

#endif
