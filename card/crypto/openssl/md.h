// OpenSSL's hashes.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_OPENSSL_MD_H
#define JUMIN_CARD_CRYPTO_OPENSSL_MD_H

#include "card/crypto/crypto.h"

#include <openssl/evp.h>

// NULL for none. Fetched once for all threads, and kept as long as the process lives: to look it up takes
// longer than a short text's digest.
const EVP_MD *md_of(enum crypto_hash hash);

#endif
