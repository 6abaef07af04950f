// RSA signatures of others (RFC 8017), public side, by mbedTLS.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/arguments.h"
#include "card/crypto/mbedtls/md.h"

#include <mbedtls/rsa.h>

static bool rsa_load(mbedtls_rsa_context *rsa, const struct crypto_rsa_public *key)
{
    return arguments_rsa(key) &&
           mbedtls_rsa_import_raw(rsa, key->modulus.p, key->modulus.n, NULL, 0, NULL, 0, NULL, 0,
                                  key->exponent.p, key->exponent.n) == 0 &&
           mbedtls_rsa_complete(rsa) == 0 && mbedtls_rsa_check_pubkey(rsa) == 0;
}

bool crypto_rsa_verify(const struct crypto_rsa_public *key, enum crypto_rsa_padding padding,
                       enum crypto_hash hash, size_t salt_length, struct span digest, struct span signature)
{
    const mbedtls_md_type_t md = md_of(hash);
    mbedtls_rsa_context rsa;
    mbedtls_rsa_init(&rsa);
    bool ok = md != MBEDTLS_MD_NONE && digest.n == crypto_hash_length(hash) && rsa_load(&rsa, key) &&
              signature.n == key->modulus.n;
    switch (padding) {
    case CRYPTO_RSA_PKCS1:
        ok = ok &&
             mbedtls_rsa_rsassa_pkcs1_v15_verify(&rsa, md, (unsigned)digest.n, digest.p, signature.p) == 0;
        break;
    case CRYPTO_RSA_PSS:
        ok = ok && salt_length < key->modulus.n &&
             mbedtls_rsa_rsassa_pss_verify_ext(&rsa, md, (unsigned)digest.n, digest.p, md, (int)salt_length,
                                               signature.p) == 0;
        break;
    default:
        ok = false;
        break;
    }
    mbedtls_rsa_free(&rsa);
    return ok;
}

bool crypto_rsa_recover(const struct crypto_rsa_public *key, struct span signature, uint8_t *recovered)
{
    mbedtls_rsa_context rsa;
    mbedtls_rsa_init(&rsa);
    const bool ok = rsa_load(&rsa, key) && signature.n == key->modulus.n &&
                    mbedtls_rsa_public(&rsa, signature.p, recovered) == 0;
    mbedtls_rsa_free(&rsa);
    if (!ok) {
        crypto_wipe(recovered, key->modulus.n);
    }
    return ok;
}
