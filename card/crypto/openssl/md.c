// OpenSSL's hashes, looked up once.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/openssl/md.h"

#include <stdatomic.h>

const EVP_MD *md_of(enum crypto_hash hash)
{
    static const char *const names[] = {
        [CRYPTO_SHA1] = "SHA1",     [CRYPTO_SHA224] = "SHA224", [CRYPTO_SHA256] = "SHA256",
        [CRYPTO_SHA384] = "SHA384", [CRYPTO_SHA512] = "SHA512",
    };
    static _Atomic(EVP_MD *) fetched[sizeof names / sizeof *names];
    if ((size_t)hash >= sizeof names / sizeof *names) {
        return NULL;
    }
    EVP_MD *md = atomic_load(&fetched[hash]);
    if (md == NULL) {
        EVP_MD *found = EVP_MD_fetch(NULL, names[hash], NULL);
        if (found != NULL && atomic_compare_exchange_strong(&fetched[hash], &md, found)) {
            return found;
        }
        EVP_MD_free(found); // another thread was first
    }
    return md;
}
