// AES and CBC by mbedTLS.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"

#include <mbedtls/aes.h>

struct cipher_key {
    size_t key_length; // 0 when released
    mbedtls_aes_context encrypt;
    mbedtls_aes_context decrypt;
} __attribute__((may_alias));

_Static_assert(sizeof(struct cipher_key) <= sizeof(struct crypto_cipher_key), "the handle is too small");
_Static_assert(_Alignof(struct cipher_key) <= _Alignof(struct crypto_cipher_key),
               "the handle is not aligned");

// mbedTLS only reads an expanded key, but its prototypes lack the const.
static struct cipher_key *cipher_of(const struct crypto_cipher_key *key)
{
    const union {
        const struct crypto_cipher_key *given;
        struct cipher_key *own;
    } pointer = {.given = key};
    return pointer.own;
}

bool crypto_cipher_load(struct crypto_cipher_key *key, enum crypto_cipher cipher, struct span bytes)
{
    struct cipher_key *own = cipher_of(key);
    memset(key, 0, sizeof *key);
    if (cipher != CRYPTO_AES || (bytes.n != 16 && bytes.n != 24 && bytes.n != 32)) {
        return false;
    }
    const unsigned bits = (unsigned)bytes.n * 8;
    mbedtls_aes_init(&own->encrypt);
    mbedtls_aes_init(&own->decrypt);
    own->key_length = bytes.n;
    if (mbedtls_aes_setkey_enc(&own->encrypt, bytes.p, bits) != 0 ||
        mbedtls_aes_setkey_dec(&own->decrypt, bytes.p, bits) != 0) {
        crypto_cipher_release(key);
        return false;
    }
    return true;
}

void crypto_cipher_release(struct crypto_cipher_key *key)
{
    crypto_wipe(key, sizeof *key); // the contexts hold no memory elsewhere
}

bool crypto_cipher_encrypt_block(const struct crypto_cipher_key *key, const uint8_t in[CRYPTO_BLOCK],
                                 uint8_t out[CRYPTO_BLOCK])
{
    struct cipher_key *own = cipher_of(key);
    if (own->key_length == 0 || mbedtls_aes_crypt_ecb(&own->encrypt, MBEDTLS_AES_ENCRYPT, in, out) != 0) {
        crypto_wipe(out, CRYPTO_BLOCK);
        return false;
    }
    return true;
}

static bool cbc(const struct cipher_key *own, mbedtls_aes_context *context, int mode, const uint8_t *iv,
                struct span in, uint8_t *out)
{
    uint8_t chain[CRYPTO_BLOCK]; // mbedTLS advances the IV
    memcpy(chain, iv, sizeof chain);
    const bool ok = own->key_length != 0 && in.n % CRYPTO_BLOCK == 0 &&
                    (in.n == 0 || mbedtls_aes_crypt_cbc(context, mode, in.n, chain, in.p, out) == 0);
    if (!ok) {
        crypto_wipe(out, in.n);
    }
    crypto_wipe(chain, sizeof chain);
    return ok;
}

bool crypto_cbc_encrypt(const struct crypto_cipher_key *key, const uint8_t iv[CRYPTO_BLOCK], struct span in,
                        uint8_t *out)
{
    struct cipher_key *own = cipher_of(key);
    return cbc(own, &own->encrypt, MBEDTLS_AES_ENCRYPT, iv, in, out);
}

bool crypto_cbc_decrypt(const struct crypto_cipher_key *key, const uint8_t iv[CRYPTO_BLOCK], struct span in,
                        uint8_t *out)
{
    struct cipher_key *own = cipher_of(key);
    return cbc(own, &own->decrypt, MBEDTLS_AES_DECRYPT, iv, in, out);
}
