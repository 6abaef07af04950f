// HKDF (RFC 5869) over the HMAC of any provider.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"

enum { BLOCKS_MAX = 255, INFO_MAX = 256 };

// T(i) = HMAC(PRK, T(i-1) || info || i), one after the other until there are enough bytes (§2.3).
static bool expand(enum crypto_hash hash, struct span pseudorandom, struct span info, uint8_t *key, size_t n)
{
    const size_t length = crypto_hash_length(hash);
    uint8_t block[CRYPTO_HASH_MAX + INFO_MAX + 1], t[CRYPTO_HASH_MAX];
    bool ok = true;
    for (size_t done = 0, i = 1; ok && done < n; i++) {
        struct writer w = writer_of(block, sizeof block);
        writer_put(&w, span_of(t, i == 1 ? 0 : length));
        writer_put(&w, info);
        writer_put_u8(&w, (uint8_t)i);
        ok = !w.overflow && crypto_hmac(hash, pseudorandom, writer_span(&w), t);
        if (ok) {
            const size_t part = n - done < length ? n - done : length;
            memcpy(key + done, t, part);
            done += part;
        }
    }
    crypto_wipe(block, sizeof block);
    crypto_wipe(t, sizeof t);
    return ok;
}

bool crypto_hkdf(enum crypto_hash hash, struct span secret, struct span salt, struct span info, uint8_t *key,
                 size_t n)
{
    uint8_t pseudorandom[CRYPTO_HASH_MAX];
    const size_t length = crypto_hash_length(hash);
    // Without a salt: zeros, which HMAC makes of an empty key, too (§2.2).
    const bool ok = n >= 1 && n <= BLOCKS_MAX * length && info.n <= INFO_MAX &&
                    crypto_hmac(hash, salt, secret, pseudorandom) &&
                    expand(hash, span_of(pseudorandom, length), info, key, n);
    if (!ok) {
        crypto_wipe(key, n);
    }
    crypto_wipe(pseudorandom, sizeof pseudorandom);
    return ok;
}
