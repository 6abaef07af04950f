// AES, ARIA and CBC by OpenSSL.
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

// One cipher with its three key lengths: 16, 24 and 32 bytes.
struct cipher_family {
    struct cipher_kind kind;
    const EVP_CIPHER *(*cbc[3])(void);
};

static const struct cipher_family aes = {.kind = {.block = CRYPTO_BLOCK,
                                                  .cbc = contexts_cbc,
                                                  .mac = cipher_mac_by_cmac,
                                                  .release = contexts_release},
                                         .cbc = {EVP_aes_128_cbc, EVP_aes_192_cbc, EVP_aes_256_cbc}};
static const struct cipher_family aria = {.kind = {.block = CRYPTO_BLOCK,
                                                   .cbc = contexts_cbc,
                                                   .mac = cipher_mac_by_cmac,
                                                   .release = contexts_release},
                                          .cbc = {EVP_aria_128_cbc, EVP_aria_192_cbc, EVP_aria_256_cbc}};

static bool load(struct crypto_cipher_key *key, const struct cipher_family *family, struct span bytes)
{
    if (!contexts_load(key, family->cbc[bytes.n / 8 - 2](), bytes)) {
        return false;
    }
    key->kind = &family->kind;
    return true;
}

bool cipher_load_aes(struct crypto_cipher_key *key, struct span bytes)
{
    return load(key, &aes, bytes);
}

bool cipher_load_aria(struct crypto_cipher_key *key, struct span bytes)
{
    return load(key, &aria, bytes);
}
