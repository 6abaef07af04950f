// AES and CBC by OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"
#include "card/crypto/openssl/errors.h"

#include <openssl/evp.h>

// Both hold the expanded key; an operation sets the IV only.
struct cipher_key {
    EVP_CIPHER_CTX *encrypt; // null when released
    EVP_CIPHER_CTX *decrypt;
} __attribute__((may_alias));

_Static_assert(sizeof(struct cipher_key) <= sizeof(struct crypto_cipher_key), "the handle is too small");
_Static_assert(_Alignof(struct cipher_key) <= _Alignof(struct crypto_cipher_key),
               "the handle is not aligned");

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
    struct cipher_key *own = (struct cipher_key *)key;
    const EVP_CIPHER *cbc = cbc_of(cipher, bytes.n);
    memset(key, 0, sizeof *key);
    own->encrypt = EVP_CIPHER_CTX_new();
    own->decrypt = EVP_CIPHER_CTX_new();
    if (cbc == NULL || own->encrypt == NULL || own->decrypt == NULL ||
        EVP_EncryptInit_ex2(own->encrypt, cbc, bytes.p, NULL, NULL) != 1 ||
        EVP_DecryptInit_ex2(own->decrypt, cbc, bytes.p, NULL, NULL) != 1 ||
        EVP_CIPHER_CTX_set_padding(own->encrypt, 0) != 1 ||
        EVP_CIPHER_CTX_set_padding(own->decrypt, 0) != 1) {
        crypto_cipher_release(key);
        return errors_forgotten(false);
    }
    return true;
}

void crypto_cipher_release(struct crypto_cipher_key *key)
{
    struct cipher_key *own = (struct cipher_key *)key;
    EVP_CIPHER_CTX_free(own->encrypt); // wipes
    EVP_CIPHER_CTX_free(own->decrypt);
    crypto_wipe(key, sizeof *key);
}

static bool cbc(EVP_CIPHER_CTX *context, const uint8_t *iv, struct span in, uint8_t *out)
{
    int written = 0;
    const bool ok = context != NULL && in.n % CRYPTO_BLOCK == 0 && in.n <= INT32_MAX &&
                    EVP_CipherInit_ex2(context, NULL, NULL, iv, -1, NULL) == 1 &&
                    (in.n == 0 || EVP_CipherUpdate(context, out, &written, in.p, (int)in.n) == 1) &&
                    (size_t)written == in.n;
    if (!ok) {
        crypto_wipe(out, in.n);
    }
    return errors_forgotten(ok);
}

bool crypto_cbc_encrypt(const struct crypto_cipher_key *key, const uint8_t iv[CRYPTO_BLOCK], struct span in,
                        uint8_t *out)
{
    return cbc(((const struct cipher_key *)key)->encrypt, iv, in, out);
}

bool crypto_cbc_decrypt(const struct crypto_cipher_key *key, const uint8_t iv[CRYPTO_BLOCK], struct span in,
                        uint8_t *out)
{
    return cbc(((const struct cipher_key *)key)->decrypt, iv, in, out);
}

// A block without mode is a block of CBC under the IV zero, so that one expanded key serves both.
bool crypto_cipher_encrypt_block(const struct crypto_cipher_key *key, const uint8_t in[CRYPTO_BLOCK],
                                 uint8_t out[CRYPTO_BLOCK])
{
    const uint8_t zero[CRYPTO_BLOCK] = {0};
    return crypto_cbc_encrypt(key, zero, span_of(in, CRYPTO_BLOCK), out);
}
