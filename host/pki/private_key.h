// Private keys in files: PKCS#8, encrypted by PBES2 (RFC 5958, RFC 8018), elliptic curves only (RFC 5915).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_PRIVATE_KEY_H
#define JUMIN_HOST_PKI_PRIVATE_KEY_H

#include "card/crypto/crypto.h"
#include <jumin/error.h>

// Of PBKDF2: some 0.2 s a guess on a desktop core. The build with sanitizers, whose keys protect nothing and
// whose every iteration takes four times as long, has fewer (CMakePresets.json).
#ifndef JUMIN_ITERATIONS
#define JUMIN_ITERATIONS 600000
#endif
enum {
    PRIVATE_KEY_DER_MAX = 512,
    PRIVATE_KEY_ITERATIONS = JUMIN_ITERATIONS,
};

// EncryptedPrivateKeyInfo in DER. The passphrase is UTF-8; `iterations` are PRIVATE_KEY_ITERATIONS for keys
// that count.
enum jumin_error private_key_encrypt(const struct crypto_ec_key *key, struct span passphrase,
                                     uint32_t iterations, const struct crypto_random *random,
                                     struct writer *der);
// JUMIN_ERROR_INPUT: another algorithm, damaged, or the wrong passphrase, which cannot be told apart.
enum jumin_error private_key_decrypt(struct span der, struct span passphrase,
                                     const struct crypto_random *random, struct crypto_ec_key *key);

// The same as PEM, with PRIVATE_KEY_ITERATIONS. False: no room, or no random bytes.
bool private_key_put_text(const struct crypto_ec_key *key, struct span passphrase,
                          const struct crypto_random *random, struct writer *text);
bool private_key_take_text(struct span text, struct span passphrase, const struct crypto_random *random,
                           struct crypto_ec_key *key);

#endif
