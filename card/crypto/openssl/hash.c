// SHA-1 and SHA-2 (FIPS 180-4) by OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/openssl/errors.h"
#include "card/crypto/openssl/md.h"

struct hash_state {
    EVP_MD_CTX *context; // null when released
} __attribute__((may_alias));

_Static_assert(sizeof(struct hash_state) <= sizeof(struct crypto_hash_state), "the handle is too small");
_Static_assert(_Alignof(struct hash_state) <= _Alignof(struct crypto_hash_state),
               "the handle is not aligned");

bool crypto_hash_start(struct crypto_hash_state *state, enum crypto_hash hash)
{
    struct hash_state *own = (struct hash_state *)state;
    const EVP_MD *md = md_of(hash);
    memset(state, 0, sizeof *state);
    own->context = EVP_MD_CTX_new();
    if (md == NULL || own->context == NULL || EVP_DigestInit_ex2(own->context, md, NULL) != 1) {
        crypto_hash_release(state);
        return errors_forgotten(false);
    }
    return true;
}

bool crypto_hash_update(struct crypto_hash_state *state, struct span data)
{
    struct hash_state *own = (struct hash_state *)state;
    return own->context != NULL && errors_forgotten(EVP_DigestUpdate(own->context, data.p, data.n) == 1);
}

bool crypto_hash_finish(struct crypto_hash_state *state, uint8_t *digest)
{
    struct hash_state *own = (struct hash_state *)state;
    if (own->context == NULL) {
        return false;
    }
    const size_t length = (size_t)EVP_MD_CTX_get_size(own->context);
    const bool ok = EVP_DigestFinal_ex(own->context, digest, NULL) == 1;
    crypto_hash_release(state);
    if (!ok) {
        crypto_wipe(digest, length);
    }
    return errors_forgotten(ok);
}

void crypto_hash_release(struct crypto_hash_state *state)
{
    struct hash_state *own = (struct hash_state *)state;
    EVP_MD_CTX_free(own->context); // wipes
    crypto_wipe(state, sizeof *state);
}
