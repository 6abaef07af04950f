// RSA signatures of others (RFC 8017), public side, by OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/arguments.h"
#include "card/crypto/openssl/errors.h"
#include "card/crypto/openssl/md.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

static EVP_PKEY *pkey_of_numbers(const BIGNUM *modulus, const BIGNUM *exponent)
{
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM *parameters = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (build != NULL && context != NULL &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) == 1) {
        parameters = OSSL_PARAM_BLD_to_param(build);
    }
    if (parameters != NULL && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    return pkey;
}

static EVP_PKEY *pkey_of(const struct crypto_rsa_public *key)
{
    if (!arguments_rsa(key)) {
        return NULL;
    }
    BIGNUM *modulus = BN_bin2bn(key->modulus.p, (int)key->modulus.n, NULL);
    BIGNUM *exponent = BN_bin2bn(key->exponent.p, (int)key->exponent.n, NULL);
    EVP_PKEY *pkey = modulus == NULL || exponent == NULL ? NULL : pkey_of_numbers(modulus, exponent);
    BN_free(exponent);
    BN_free(modulus);
    return pkey;
}

// A context for `pkey`, which may be NULL.
static EVP_PKEY_CTX *context_of(EVP_PKEY *pkey)
{
    return pkey == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
}

static bool set_padding(EVP_PKEY_CTX *context, enum crypto_rsa_padding padding, const EVP_MD *md,
                        size_t salt_length)
{
    switch (padding) {
    case CRYPTO_RSA_PKCS1:
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    case CRYPTO_RSA_PSS:
        return salt_length <= INT32_MAX &&
               EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(context, (int)salt_length) == 1;
    default:
        return false;
    }
}

bool crypto_rsa_verify(const struct crypto_rsa_public *key, enum crypto_rsa_padding padding,
                       enum crypto_hash hash, size_t salt_length, struct span digest, struct span signature)
{
    const EVP_MD *md = md_of(hash);
    EVP_PKEY *pkey = pkey_of(key);
    EVP_PKEY_CTX *context = context_of(pkey);
    const bool ok = md != NULL && context != NULL && digest.n == crypto_hash_length(hash) &&
                    signature.n == key->modulus.n && EVP_PKEY_verify_init(context) == 1 &&
                    EVP_PKEY_CTX_set_signature_md(context, md) == 1 &&
                    set_padding(context, padding, md, salt_length) &&
                    EVP_PKEY_verify(context, signature.p, signature.n, digest.p, digest.n) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(pkey);
    return errors_forgotten(ok);
}

bool crypto_rsa_recover(const struct crypto_rsa_public *key, struct span signature, uint8_t *recovered)
{
    EVP_PKEY *pkey = pkey_of(key);
    EVP_PKEY_CTX *context = context_of(pkey);
    size_t length = key->modulus.n;
    const bool ok = context != NULL && signature.n == key->modulus.n && EVP_PKEY_encrypt_init(context) == 1 &&
                    EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1 &&
                    EVP_PKEY_encrypt(context, recovered, &length, signature.p, signature.n) == 1 &&
                    length == key->modulus.n;
    if (!ok) {
        crypto_wipe(recovered, key->modulus.n);
    }
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(pkey);
    return errors_forgotten(ok);
}
