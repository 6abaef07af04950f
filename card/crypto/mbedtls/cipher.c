// AES and CBC by mbedTLS.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/cipher_kind.h"
#include "card/crypto/mbedtls/handle.h"

#include <mbedtls/aes.h>

struct aes_key {
    mbedtls_aes_context encrypt;
    mbedtls_aes_context decrypt;
} __attribute__((may_alias));

_Static_assert(sizeof(struct aes_key) <= CIPHER_HANDLE, "the handle is too small");
_Static_assert(_Alignof(struct aes_key) <= _Alignof(struct crypto_cipher_key), "the handle is not aligned");

static bool aes_cbc(const struct crypto_cipher_key *key, enum cipher_direction direction, const uint8_t *iv,
                    struct span in, uint8_t *out)
{
    struct aes_key *own = cipher_handle(key);
    const bool encrypt = direction == CIPHER_ENCRYPT;
    uint8_t chain[CRYPTO_BLOCK]; // mbedTLS advances the IV
    memcpy(chain, iv, sizeof chain);
    const bool ok = mbedtls_aes_crypt_cbc(encrypt ? &own->encrypt : &own->decrypt,
                                          encrypt ? MBEDTLS_AES_ENCRYPT : MBEDTLS_AES_DECRYPT, in.n, chain,
                                          in.p, out) == 0;
    crypto_wipe(chain, sizeof chain);
    return ok;
}

bool cipher_load_aes(struct crypto_cipher_key *key, struct span bytes)
{
    static const struct cipher_kind aes = {.block = CRYPTO_BLOCK, .cbc = aes_cbc, .mac = cipher_mac_by_cmac};
    struct aes_key *own = cipher_handle(key);
    const unsigned bits = (unsigned)bytes.n * 8;
    mbedtls_aes_init(&own->encrypt);
    mbedtls_aes_init(&own->decrypt);
    if (mbedtls_aes_setkey_enc(&own->encrypt, bytes.p, bits) != 0 ||
        mbedtls_aes_setkey_dec(&own->decrypt, bytes.p, bits) != 0) {
        crypto_cipher_release(key);
        return false;
    }
    key->kind = &aes;
    return true;
}
