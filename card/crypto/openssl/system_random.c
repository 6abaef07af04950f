// The operating system's random source, through OpenSSL's generator for secrets.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"
#include "card/crypto/openssl/errors.h"

#include <openssl/rand.h>

static bool system_fill(void *context, uint8_t *out, size_t n)
{
    (void)context;
    if (RAND_priv_bytes_ex(NULL, out, n, 0) != 1) {
        crypto_wipe(out, n);
        return errors_forgotten(false);
    }
    return true;
}

struct crypto_random crypto_system_random(void)
{
    return (struct crypto_random){system_fill, NULL};
}
