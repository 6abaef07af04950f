// Public keys and signatures as certificates and signed data write them (RFC 5480, RFC 4055, RFC 3279).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_PUBLIC_KEY_H
#define JUMIN_HOST_PKI_PUBLIC_KEY_H

#include "card/crypto/crypto.h"

enum public_key_kind { PUBLIC_KEY_EC, PUBLIC_KEY_RSA };

// Borrowed from the bytes it was parsed from.
struct public_key {
    enum public_key_kind kind;
    enum crypto_curve curve; // EC
    struct span point;       // EC, uncompressed
    struct crypto_rsa_public rsa;
    bool pss_only; // RSA, the key is id-RSASSA-PSS
};

// `info`: a SubjectPublicKeyInfo, whole. Curves by name, or explicit parameters that equal those of a known
// curve. False for other algorithms and curves and for what is not DER.
bool public_key_parse(struct span info, struct public_key *key);
// The bits of the subjectPublicKey, for key identifiers.
bool public_key_bits(struct span info, struct span *bits);

enum signature_algorithm { SIGNATURE_ECDSA, SIGNATURE_RSA_PKCS1, SIGNATURE_RSA_PSS };

struct signature_scheme {
    enum signature_algorithm algorithm;
    bool has_hash; // false: rsaEncryption, the hash stands elsewhere
    enum crypto_hash hash;
    size_t salt_length; // PSS
};

// `identifier`: an AlgorithmIdentifier, whole. False for algorithms that are unknown or not allowed.
bool signature_scheme_parse(struct span identifier, struct signature_scheme *scheme);
// A digest's AlgorithmIdentifier, taken from the cursor.
bool digest_algorithm_parse(struct span *cursor, enum crypto_hash *hash);
// Whether `signature` is that of `count` parts, one after the other, by `key`. ECDSA signatures are
// ECDSA-Sig-Value in DER.
bool signature_verify(const struct public_key *key, const struct signature_scheme *scheme,
                      const struct span *parts, size_t count, struct span signature);
// As signature_verify, for ECDSA in plain form r || s (TR-03111 §5.2.1).
bool signature_verify_plain(const struct public_key *key, enum crypto_hash hash, struct span message,
                            struct span signature);

#endif
