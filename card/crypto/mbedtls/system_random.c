// The operating system's random source, by getrandom(2); not part of the firmware.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"

#include <sys/random.h>

static bool system_fill(void *context, uint8_t *out, size_t n)
{
    (void)context;
    size_t done = 0;
    while (done < n) {
        // Up to this many bytes getrandom never comes back short or interrupted.
        const size_t uninterrupted = 256;
        const size_t step = n - done < uninterrupted ? n - done : uninterrupted;
        if (getrandom(out + done, step, 0) != (ssize_t)step) {
            crypto_wipe(out, n);
            return false;
        }
        done += step;
    }
    return true;
}

struct crypto_random crypto_system_random(void)
{
    return (struct crypto_random){system_fill, NULL};
}
