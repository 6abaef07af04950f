// PBKDF2 (RFC 8018 §5.2) by mbedTLS; for the host, whose keys stand in files.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"
#include "card/crypto/mbedtls/md.h"

#include <mbedtls/pkcs5.h>

bool crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt, uint32_t iterations,
                   uint8_t *key, size_t n)
{
    const mbedtls_md_type_t md = md_of(hash);
    const bool ok = md != MBEDTLS_MD_NONE && iterations >= 1 && n >= 1 && n <= UINT32_MAX &&
                    mbedtls_pkcs5_pbkdf2_hmac_ext(md, passphrase.p, passphrase.n, salt.p, salt.n, iterations,
                                                  (uint32_t)n, key) == 0;
    if (!ok) {
        crypto_wipe(key, n);
    }
    return ok;
}
