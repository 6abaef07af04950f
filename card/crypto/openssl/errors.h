// OpenSSL's queue of errors, which belongs to the caller's thread.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CRYPTO_OPENSSL_ERRORS_H
#define JUMIN_CARD_CRYPTO_OPENSSL_ERRORS_H

#include <openssl/err.h>
#include <stdbool.h>

// A refusal is an answer here, not an error: left in the queue, it would be taken for one of the caller's own
// use of OpenSSL (SSL_get_error looks there). Returns `ok`.
static inline bool errors_forgotten(bool ok)
{
    if (!ok) {
        ERR_clear_error();
    }
    return ok;
}

#endif
