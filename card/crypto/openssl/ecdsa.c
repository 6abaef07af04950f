// ECDSA (FIPS 186-4 §6) with plain signatures (TR-03111 §5.2.1) by OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/arguments.h"
#include "card/crypto/openssl/ec_key.h"
#include "card/crypto/openssl/errors.h"

// A DER signature: a SEQUENCE of two INTEGERs, each with up to 4 bytes of header and a leading zero.
enum { DER_SIGNATURE_MAX = 4 + 2 * (4 + 1 + CRYPTO_FIELD_MAX) };

static bool plain_of_der(struct span der, uint8_t *plain, size_t n)
{
    const unsigned char *at = der.p;
    ECDSA_SIG *parsed = d2i_ECDSA_SIG(NULL, &at, (long)der.n);
    const bool ok = parsed != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(parsed), plain, (int)n) == (int)n &&
                    BN_bn2binpad(ECDSA_SIG_get0_s(parsed), plain + n, (int)n) == (int)n;
    ECDSA_SIG_free(parsed);
    return ok;
}

// Returns the length, 0 on failure.
static size_t der_of_plain(const uint8_t *plain, size_t n, uint8_t der[DER_SIGNATURE_MAX])
{
    unsigned char *at = der;
    ECDSA_SIG *built = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(plain, (int)n, NULL);
    BIGNUM *s = BN_bin2bn(plain + n, (int)n, NULL);
    int length = 0;
    if (built != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(built, r, s) == 1) {
        r = NULL; // now built's
        s = NULL;
        length = i2d_ECDSA_SIG(built, &at);
    }
    BN_free(s);
    BN_free(r);
    ECDSA_SIG_free(built);
    return length > 0 ? (size_t)length : 0;
}

bool crypto_ecdsa_sign(const struct crypto_ec_key *key, const struct crypto_random *random,
                       struct span digest, uint8_t *signature)
{
    (void)random; // OpenSSL takes the nonce from its own generator, mixed with secret and digest
    const struct ec_key *own = (const struct ec_key *)key;
    const size_t n = crypto_curve_length(crypto_ec_curve(key));
    uint8_t der[DER_SIGNATURE_MAX];
    size_t length = sizeof der;
    EVP_PKEY_CTX *context = NULL;
    bool ok = own->secret != NULL && arguments_digest(digest);
    if (ok) {
        context = EVP_PKEY_CTX_new_from_pkey(NULL, own->pkey, NULL);
        ok = context != NULL && EVP_PKEY_sign_init(context) == 1 &&
             EVP_PKEY_sign(context, der, &length, digest.p, digest.n) == 1 &&
             plain_of_der(span_of(der, length), signature, n);
    }
    if (!ok) {
        crypto_wipe(signature, 2 * n);
    }
    EVP_PKEY_CTX_free(context);
    return errors_forgotten(ok);
}

bool crypto_ecdsa_verify(const struct crypto_ec_key *key, struct span digest, struct span signature)
{
    const struct ec_key *own = (const struct ec_key *)key;
    const size_t n = crypto_curve_length(crypto_ec_curve(key));
    uint8_t der[DER_SIGNATURE_MAX];
    if (own->pkey == NULL || !arguments_digest(digest) || signature.n != 2 * n) {
        return false;
    }
    const size_t length = der_of_plain(signature.p, n, der);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, own->pkey, NULL);
    const bool ok = length != 0 && context != NULL && EVP_PKEY_verify_init(context) == 1 &&
                    EVP_PKEY_verify(context, der, length, digest.p, digest.n) == 1;
    EVP_PKEY_CTX_free(context);
    return errors_forgotten(ok);
}
