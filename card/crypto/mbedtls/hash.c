// SHA-1 and SHA-2 (FIPS 180-4) by mbedTLS.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"

#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

// Called directly, not through mbedtls_md, which takes its state from the heap.
struct hash_state {
    size_t length; // of the digest; 0 when released
    union {
        mbedtls_sha1_context sha1;
        mbedtls_sha256_context sha256;
        mbedtls_sha512_context sha512;
    } context;
} __attribute__((may_alias));

_Static_assert(sizeof(struct hash_state) <= sizeof(struct crypto_hash_state), "the handle is too small");
_Static_assert(_Alignof(struct hash_state) <= _Alignof(struct crypto_hash_state),
               "the handle is not aligned");

bool crypto_hash_start(struct crypto_hash_state *state, enum crypto_hash hash)
{
    struct hash_state *own = (struct hash_state *)state;
    memset(state, 0, sizeof *state); // what the mbedtls_..._init functions do, too
    own->length = crypto_hash_length(hash);
    bool ok = false;
    switch (hash) {
    case CRYPTO_SHA1:
        ok = mbedtls_sha1_starts(&own->context.sha1) == 0;
        break;
    case CRYPTO_SHA224:
    case CRYPTO_SHA256:
        ok = mbedtls_sha256_starts(&own->context.sha256, hash == CRYPTO_SHA224) == 0;
        break;
    case CRYPTO_SHA384:
    case CRYPTO_SHA512:
        ok = mbedtls_sha512_starts(&own->context.sha512, hash == CRYPTO_SHA384) == 0;
        break;
    }
    if (!ok) {
        crypto_hash_release(state);
    }
    return ok;
}

bool crypto_hash_update(struct crypto_hash_state *state, struct span data)
{
    struct hash_state *own = (struct hash_state *)state;
    switch (own->length) {
    case 20:
        return data.n == 0 || mbedtls_sha1_update(&own->context.sha1, data.p, data.n) == 0;
    case 28:
    case 32:
        return data.n == 0 || mbedtls_sha256_update(&own->context.sha256, data.p, data.n) == 0;
    case 48:
    case 64:
        return data.n == 0 || mbedtls_sha512_update(&own->context.sha512, data.p, data.n) == 0;
    default:
        return false;
    }
}

bool crypto_hash_finish(struct crypto_hash_state *state, uint8_t *digest)
{
    struct hash_state *own = (struct hash_state *)state;
    const size_t length = own->length;
    bool ok = false;
    switch (length) {
    case 20:
        ok = mbedtls_sha1_finish(&own->context.sha1, digest) == 0;
        break;
    case 28:
    case 32:
        ok = mbedtls_sha256_finish(&own->context.sha256, digest) == 0;
        break;
    case 48:
    case 64:
        ok = mbedtls_sha512_finish(&own->context.sha512, digest) == 0;
        break;
    default:
        break;
    }
    crypto_hash_release(state);
    if (!ok) {
        crypto_wipe(digest, length);
    }
    return ok;
}

void crypto_hash_release(struct crypto_hash_state *state)
{
    crypto_wipe(state, sizeof *state); // the contexts hold no memory elsewhere
}
