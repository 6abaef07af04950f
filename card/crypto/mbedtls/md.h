// mbedTLS's names of the hashes.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_MBEDTLS_MD_H
#define JUMIN_CARD_CRYPTO_MBEDTLS_MD_H

#include "card/crypto/crypto.h"

#include <mbedtls/md.h>

static inline mbedtls_md_type_t md_of(enum crypto_hash hash)
{
    switch (hash) {
    case CRYPTO_SHA1:
        return MBEDTLS_MD_SHA1;
    case CRYPTO_SHA224:
        return MBEDTLS_MD_SHA224;
    case CRYPTO_SHA256:
        return MBEDTLS_MD_SHA256;
    case CRYPTO_SHA384:
        return MBEDTLS_MD_SHA384;
    case CRYPTO_SHA512:
        return MBEDTLS_MD_SHA512;
    default:
        return MBEDTLS_MD_NONE;
    }
}

#endif
