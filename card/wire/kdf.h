// Key derivation of TR-03110-3 §A.2.3 and 9303-11 §9.7.1.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_KDF_H
#define JUMIN_CARD_WIRE_KDF_H

#include "card/crypto/crypto.h"
#include "card/wire/oid.h"

// The counter c of KDF(K, c).
enum kdf_counter {
    KDF_ENCRYPTION = 1,
    KDF_MAC = 2,
    KDF_PASSWORD = 3, // K_pi
};

// Bytes of a key of the suite: 16, 24 or 32. 0 for 3DES, which these functions refuse.
size_t suite_key_length(enum secure_messaging_suite suite);
// Of the AES and ARIA suites.
enum crypto_cipher suite_cipher(enum secure_messaging_suite suite);
// The hash of the suite's KDF: SHA-1 for 128 bits of AES, as the standards have it; else SHA-256.
enum crypto_hash suite_hash(enum secure_messaging_suite suite);

// KDF(secret [|| nonce], counter): suite_key_length bytes. `nonce` is r_PICC of Chip Authentication version
// 2, else empty.
bool kdf_derive(enum secure_messaging_suite suite, struct span secret, struct span nonce,
                enum kdf_counter counter, uint8_t *key);

enum { MRZ_PASSWORD_LENGTH = 20 };
// K = SHA-1(document number || check digit || date of birth || check digit || date of expiry || check digit)
// (9303-11 §9.7.3); `mrz_information` holds just these characters.
bool mrz_password(struct span mrz_information, uint8_t password[MRZ_PASSWORD_LENGTH]);

#endif
