// Digest of several parts, and HMAC (RFC 2104), over the hash of any provider.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"

enum { HMAC_BLOCK_MAX = 128 };

bool crypto_hash_parts(enum crypto_hash hash, const struct span *parts, size_t count, uint8_t *digest)
{
    struct crypto_hash_state state;
    bool ok = crypto_hash_start(&state, hash);
    for (size_t i = 0; ok && i < count; i++) {
        ok = crypto_hash_update(&state, parts[i]);
    }
    ok = ok && crypto_hash_finish(&state, digest);
    if (!ok) {
        crypto_hash_release(&state);
        crypto_wipe(digest, crypto_hash_length(hash));
    }
    return ok;
}

// FIPS 180-4 Figure 1: 512 bits, and 1024 for the two long hashes.
static size_t block_length(enum crypto_hash hash)
{
    return hash == CRYPTO_SHA384 || hash == CRYPTO_SHA512 ? 128 : 64;
}

static void xor_all(uint8_t *bytes, size_t n, uint8_t value)
{
    for (size_t i = 0; i < n; i++) {
        bytes[i] ^= value;
    }
}

bool crypto_hmac(enum crypto_hash hash, struct span key, struct span data, uint8_t *mac)
{
    const uint8_t inner_pad = 0x36;
    const uint8_t outer_pad = 0x5c;
    const size_t block = block_length(hash);
    uint8_t padded[HMAC_BLOCK_MAX] = {0};
    uint8_t inner[CRYPTO_HASH_MAX];
    bool ok = true;
    if (key.n > block) {
        ok = crypto_hash_parts(hash, &key, 1, padded);
    } else if (key.n > 0) {
        memcpy(padded, key.p, key.n);
    }
    xor_all(padded, block, inner_pad);
    ok = ok && crypto_hash_parts(hash, (const struct span[]){span_of(padded, block), data}, 2, inner);
    xor_all(padded, block, inner_pad ^ outer_pad);
    const struct span outer[] = {span_of(padded, block), span_of(inner, crypto_hash_length(hash))};
    ok = ok && crypto_hash_parts(hash, outer, 2, mac);
    if (!ok) {
        crypto_wipe(mac, crypto_hash_length(hash));
    }
    crypto_wipe(padded, sizeof padded);
    crypto_wipe(inner, sizeof inner);
    return ok;
}
