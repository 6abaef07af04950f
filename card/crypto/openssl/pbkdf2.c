// PBKDF2 (RFC 8018 §5.2) by OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/openssl/errors.h"
#include "card/crypto/openssl/md.h"

bool crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt, uint32_t iterations,
                   uint8_t *key, size_t n)
{
    const EVP_MD *md = md_of(hash);
    const bool ok = md != NULL && iterations >= 1 && iterations <= INT32_MAX && n >= 1 && n <= INT32_MAX &&
                    passphrase.n <= INT32_MAX && salt.n <= INT32_MAX &&
                    PKCS5_PBKDF2_HMAC((const char *)passphrase.p, (int)passphrase.n, salt.p, (int)salt.n,
                                      (int)iterations, md, (int)n, key) == 1;
    if (!ok) {
        crypto_wipe(key, n);
    }
    return errors_forgotten(ok);
}
