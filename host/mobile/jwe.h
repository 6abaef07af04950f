// JSON Web Encryption in compact form: ECDH-ES with P-256, directly, and AES-GCM (RFC 7516, RFC 7518 §4.6,
// §5.3).
// SPDX-License-Identifier: Apache-2.0
//
// What OpenID4VP's direct_post.jwt and OpenID4VCI's encrypted credential responses need.
#ifndef JUMIN_HOST_MOBILE_JWE_H
#define JUMIN_HOST_MOBILE_JWE_H

#include "host/mobile/jwk.h"

enum { JWE_MAX = 1 << 20, JWE_KEY_MAX = 32 };

// RFC 7518 §5.1
enum jwe_encryption { JWE_A128GCM, JWE_A256GCM };

struct jwe_recipient {
    uint8_t point[SIGNER_POINT];
    enum jwe_encryption encryption;
    const char *key_id;   // kid of the recipient's key; NULL: none
    struct span apu, apv; // PartyUInfo, PartyVInfo as bytes; empty: none
};

// "A128GCM" or "A256GCM"; false: another.
bool jwe_encryption_of(const char *name, enum jwe_encryption *encryption);
const char *jwe_encryption_name(enum jwe_encryption encryption);

// Appends the token to `out`. JUMIN_ERROR_INPUT: no point of the curve; JUMIN_ERROR_CRYPTO, _MEMORY,
// _ARGUMENT (`out` is too small).
enum jumin_error jwe_encrypt(const struct jwe_recipient *recipient, const struct crypto_random *random,
                             struct span plain, struct writer *out);
// Decrypts with the recipient's key, whose signer can agree. `plain` needs three quarters of the text's
// length. `key_id`: the kid that the header must have if it has one; NULL: any. `encryption` (may be NULL)
// says which one it was. JUMIN_ERROR_MALFORMED: another alg, enc, kid, zip, crit, a bad epk, an encrypted key
// where none belongs, wrong lengths; JUMIN_ERROR_SIGNATURE: not encrypted to this key, or changed. On error
// nothing was appended to `plain`.
enum jumin_error jwe_decrypt(struct span text, const struct signer *key, const char *key_id,
                             struct writer *plain, enum jwe_encryption *encryption, struct detail *detail);

// Concat KDF (RFC 7518 §4.6.2) for `alg` ECDH-ES: the key from the shared x coordinate. 16 or 32 bytes.
bool jwe_derive(const uint8_t shared[SIGNER_SHARED], enum jwe_encryption encryption, struct span apu,
                struct span apv, uint8_t key[JWE_KEY_MAX]);
size_t jwe_key_length(enum jwe_encryption encryption);

#endif
