// Two-key 3DES by mbedTLS, for documents of others.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/cipher_kind.h"
#include "card/crypto/mbedtls/handle.h"

#include <mbedtls/des.h>

// Both halves of the key in both directions: room for two whole 3DES contexts is not there.
struct des_key {
    mbedtls_des_context encrypt_1, decrypt_1;
    mbedtls_des_context encrypt_2, decrypt_2;
} __attribute__((may_alias));

_Static_assert(sizeof(struct des_key) <= CIPHER_HANDLE, "the handle is too small");
_Static_assert(_Alignof(struct des_key) <= _Alignof(struct crypto_cipher_key), "the handle is not aligned");

static bool block_encrypt(struct des_key *own, uint8_t *block)
{
    return mbedtls_des_crypt_ecb(&own->encrypt_1, block, block) == 0 &&
           mbedtls_des_crypt_ecb(&own->decrypt_2, block, block) == 0 &&
           mbedtls_des_crypt_ecb(&own->encrypt_1, block, block) == 0;
}

static bool block_decrypt(struct des_key *own, uint8_t *block)
{
    return mbedtls_des_crypt_ecb(&own->decrypt_1, block, block) == 0 &&
           mbedtls_des_crypt_ecb(&own->encrypt_2, block, block) == 0 &&
           mbedtls_des_crypt_ecb(&own->decrypt_1, block, block) == 0;
}

static void add(uint8_t *block, const uint8_t *other)
{
    for (size_t i = 0; i < CRYPTO_3DES_BLOCK; i++) {
        block[i] ^= other[i];
    }
}

static bool des_cbc(const struct crypto_cipher_key *key, enum cipher_direction direction, const uint8_t *iv,
                    struct span in, uint8_t *out)
{
    struct des_key *own = cipher_handle(key);
    uint8_t chain[CRYPTO_3DES_BLOCK], block[CRYPTO_3DES_BLOCK], next[CRYPTO_3DES_BLOCK];
    bool ok = true;
    memcpy(chain, iv, sizeof chain);
    for (size_t at = 0; ok && at < in.n; at += sizeof block) {
        memcpy(block, in.p + at, sizeof block);
        if (direction == CIPHER_ENCRYPT) {
            add(block, chain);
            ok = block_encrypt(own, block);
            memcpy(chain, block, sizeof chain);
        } else {
            memcpy(next, block, sizeof next);
            ok = block_decrypt(own, block);
            add(block, chain);
            memcpy(chain, next, sizeof chain);
        }
        memcpy(out + at, block, sizeof block);
    }
    crypto_wipe(block, sizeof block);
    crypto_wipe(chain, sizeof chain);
    return ok;
}

bool cipher_des_encrypt_block(const struct crypto_cipher_key *key, uint8_t block[CRYPTO_3DES_BLOCK])
{
    struct des_key *own = cipher_handle(key);
    return mbedtls_des_crypt_ecb(&own->encrypt_1, block, block) == 0;
}

bool crypto_3des_load(struct crypto_cipher_key *key, struct span bytes)
{
    static const struct cipher_kind des = {
        .block = CRYPTO_3DES_BLOCK, .cbc = des_cbc, .mac = cipher_mac_retail};
    memset(key, 0, sizeof *key);
    if (bytes.n != CRYPTO_3DES_KEY) {
        return false;
    }
    struct des_key *own = cipher_handle(key);
    const uint8_t *second = bytes.p + CRYPTO_3DES_KEY / 2;
    if (mbedtls_des_setkey_enc(&own->encrypt_1, bytes.p) != 0 ||
        mbedtls_des_setkey_dec(&own->decrypt_1, bytes.p) != 0 ||
        mbedtls_des_setkey_enc(&own->encrypt_2, second) != 0 ||
        mbedtls_des_setkey_dec(&own->decrypt_2, second) != 0) {
        crypto_cipher_release(key);
        return false;
    }
    key->kind = &des;
    return true;
}
