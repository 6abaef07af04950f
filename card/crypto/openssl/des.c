// Two-key 3DES by OpenSSL, for documents of others.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/openssl/cipher_contexts.h"
#include "card/crypto/openssl/errors.h"

enum { DES_KEY = CRYPTO_3DES_KEY / 2 };

// Single DES is 3DES with two equal halves; as a cipher of its own it is in OpenSSL's legacy provider, which
// need not be there.
static EVP_CIPHER_CTX *single_new(const uint8_t *half)
{
    uint8_t doubled[CRYPTO_3DES_KEY];
    memcpy(doubled, half, DES_KEY);
    memcpy(doubled + DES_KEY, half, DES_KEY);
    EVP_CIPHER_CTX *context = contexts_new(EVP_des_ede_ecb(), doubled, CIPHER_ENCRYPT);
    crypto_wipe(doubled, sizeof doubled);
    return context;
}

bool cipher_des_encrypt_block(const struct crypto_cipher_key *key, uint8_t block[CRYPTO_3DES_BLOCK])
{
    const struct cipher_contexts *own = (const struct cipher_contexts *)key->opaque;
    int written = 0;
    return errors_forgotten(EVP_CipherUpdate(own->single, block, &written, block, CRYPTO_3DES_BLOCK) == 1 &&
                            written == CRYPTO_3DES_BLOCK);
}

bool crypto_3des_load(struct crypto_cipher_key *key, struct span bytes)
{
    static const struct cipher_kind des = {.block = CRYPTO_3DES_BLOCK,
                                           .cbc = contexts_cbc,
                                           .mac = cipher_mac_retail,
                                           .release = contexts_release};
    memset(key, 0, sizeof *key);
    if (bytes.n != CRYPTO_3DES_KEY || !contexts_load(key, EVP_des_ede_cbc(), bytes)) {
        return false;
    }
    struct cipher_contexts *own = (struct cipher_contexts *)key->opaque;
    own->single = single_new(bytes.p);
    if (own->single == NULL) {
        contexts_release(key);
        return errors_forgotten(false);
    }
    key->kind = &des;
    return true;
}
