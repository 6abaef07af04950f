// OpenSSL's names of the hashes.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_OPENSSL_MD_H
#define JUMIN_CARD_CRYPTO_OPENSSL_MD_H

#include "card/crypto/crypto.h"

#include <openssl/evp.h>

static inline const EVP_MD *md_of(enum crypto_hash hash)
{
    switch (hash) {
    case CRYPTO_SHA1:
        return EVP_sha1();
    case CRYPTO_SHA224:
        return EVP_sha224();
    case CRYPTO_SHA256:
        return EVP_sha256();
    case CRYPTO_SHA384:
        return EVP_sha384();
    case CRYPTO_SHA512:
        return EVP_sha512();
    default:
        return NULL;
    }
}

#endif
