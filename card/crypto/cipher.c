// Block, CBC and MAC of any cipher: what all providers check alike.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/cipher_kind.h"

bool crypto_cipher_load(struct crypto_cipher_key *key, enum crypto_cipher cipher, struct span bytes)
{
    memset(key, 0, sizeof *key);
    if (bytes.n != 16 && bytes.n != 24 && bytes.n != 32) {
        return false;
    }
    switch (cipher) {
    case CRYPTO_AES:
        return cipher_load_aes(key, bytes);
    case CRYPTO_ARIA:
        return cipher_load_aria(key, bytes);
    }
    return false;
}

void crypto_cipher_release(struct crypto_cipher_key *key)
{
    if (key->kind != NULL && key->kind->release != NULL) {
        key->kind->release(key);
    }
    crypto_wipe(key, sizeof *key);
}

size_t crypto_cipher_block(const struct crypto_cipher_key *key)
{
    return key->kind != NULL ? key->kind->block : 0;
}

static bool cbc(const struct crypto_cipher_key *key, enum cipher_direction direction, const uint8_t *iv,
                struct span in, uint8_t *out)
{
    const size_t block = crypto_cipher_block(key);
    const bool ok =
        block != 0 && in.n % block == 0 && (in.n == 0 || key->kind->cbc(key, direction, iv, in, out));
    if (!ok) {
        crypto_wipe(out, in.n);
    }
    return ok;
}

bool crypto_cbc_encrypt(const struct crypto_cipher_key *key, const uint8_t *iv, struct span in, uint8_t *out)
{
    return cbc(key, CIPHER_ENCRYPT, iv, in, out);
}

bool crypto_cbc_decrypt(const struct crypto_cipher_key *key, const uint8_t *iv, struct span in, uint8_t *out)
{
    return cbc(key, CIPHER_DECRYPT, iv, in, out);
}

// A block without mode is a block of CBC under the IV zero, so that one expanded key serves both.
bool crypto_cipher_encrypt_block(const struct crypto_cipher_key *key, const uint8_t *in, uint8_t *out)
{
    static const uint8_t zero[CRYPTO_BLOCK];
    const size_t block = crypto_cipher_block(key);
    if (block == 0) {
        crypto_wipe(out, CRYPTO_BLOCK);
        return false;
    }
    return crypto_cbc_encrypt(key, zero, span_of(in, block), out);
}

bool cipher_mac_by_cmac(const struct crypto_cipher_key *key, const struct span *parts, size_t count,
                        uint8_t mac[CRYPTO_MAC])
{
    uint8_t whole[CRYPTO_BLOCK];
    const bool ok = crypto_cmac(key, parts, count, whole);
    memcpy(mac, whole, CRYPTO_MAC);
    crypto_wipe(whole, sizeof whole);
    return ok;
}

bool crypto_mac(const struct crypto_cipher_key *key, const struct span *parts, size_t count,
                uint8_t mac[CRYPTO_MAC])
{
    const bool ok = key->kind != NULL && key->kind->mac(key, parts, count, mac);
    if (!ok) {
        crypto_wipe(mac, CRYPTO_MAC);
    }
    return ok;
}
