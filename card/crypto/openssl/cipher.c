// AES and CBC by OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/openssl/cipher_contexts.h"
#include "card/crypto/openssl/errors.h"

_Static_assert(sizeof(struct cipher_contexts) <= sizeof((struct crypto_cipher_key *)0)->opaque,
               "the handle is too small");
_Static_assert(_Alignof(struct cipher_contexts) <= _Alignof(struct crypto_cipher_key),
               "the handle is not aligned");

EVP_CIPHER_CTX *contexts_new(const EVP_CIPHER *cbc, const uint8_t *bytes, enum cipher_direction direction)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    const int encrypt = direction == CIPHER_ENCRYPT ? 1 : 0;
    if (context != NULL && (EVP_CipherInit_ex2(context, cbc, bytes, NULL, encrypt, NULL) != 1 ||
                            EVP_CIPHER_CTX_set_padding(context, 0) != 1)) {
        EVP_CIPHER_CTX_free(context);
        return NULL;
    }
    return context;
}

bool contexts_load(struct crypto_cipher_key *key, const EVP_CIPHER *cbc, struct span bytes)
{
    struct cipher_contexts *own = (struct cipher_contexts *)key->opaque;
    own->encrypt = contexts_new(cbc, bytes.p, CIPHER_ENCRYPT);
    own->decrypt = contexts_new(cbc, bytes.p, CIPHER_DECRYPT);
    if (own->encrypt == NULL || own->decrypt == NULL) {
        contexts_release(key);
        return errors_forgotten(false);
    }
    return true;
}

void contexts_release(struct crypto_cipher_key *key)
{
    struct cipher_contexts *own = (struct cipher_contexts *)key->opaque;
    EVP_CIPHER_CTX_free(own->encrypt); // wipes
    EVP_CIPHER_CTX_free(own->decrypt);
    EVP_CIPHER_CTX_free(own->single);
    crypto_wipe(key, sizeof *key);
}

// An operation sets the IV only.
bool contexts_cbc(const struct crypto_cipher_key *key, enum cipher_direction direction, const uint8_t *iv,
                  struct span in, uint8_t *out)
{
    const struct cipher_contexts *own = (const struct cipher_contexts *)key->opaque;
    EVP_CIPHER_CTX *context = direction == CIPHER_ENCRYPT ? own->encrypt : own->decrypt;
    int written = 0;
    return errors_forgotten(in.n <= INT32_MAX && EVP_CipherInit_ex2(context, NULL, NULL, iv, -1, NULL) == 1 &&
                            EVP_CipherUpdate(context, out, &written, in.p, (int)in.n) == 1 &&
                            (size_t)written == in.n);
}

static const EVP_CIPHER *cbc_of(enum crypto_cipher cipher, size_t key_length)
{
    if (cipher != CRYPTO_AES) {
        return NULL;
    }
    switch (key_length) {
    case 16:
        return EVP_aes_128_cbc();
    case 24:
        return EVP_aes_192_cbc();
    case 32:
        return EVP_aes_256_cbc();
    default:
        return NULL;
    }
}

bool crypto_cipher_load(struct crypto_cipher_key *key, enum crypto_cipher cipher, struct span bytes)
{
    static const struct cipher_kind aes = {
        .block = CRYPTO_BLOCK, .cbc = contexts_cbc, .mac = cipher_mac_by_cmac, .release = contexts_release};
    const EVP_CIPHER *cbc = cbc_of(cipher, bytes.n);
    memset(key, 0, sizeof *key);
    if (cbc == NULL || !contexts_load(key, cbc, bytes)) {
        return false;
    }
    key->kind = &aes;
    return true;
}
