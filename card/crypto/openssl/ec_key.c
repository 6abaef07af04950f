// Elliptic curve keys, domain parameters and scalars (TR-03111) by OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/openssl/ec_key.h"

#include "card/crypto/openssl/errors.h"
#include "card/crypto/openssl/group.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

_Static_assert(sizeof(struct ec_key) <= sizeof(struct crypto_ec_key), "the handle is too small");
_Static_assert(_Alignof(struct ec_key) <= _Alignof(struct crypto_ec_key), "the handle is not aligned");

static bool write_number(const BIGNUM *number, uint8_t *out, size_t n)
{
    return BN_bn2binpad(number, out, (int)n) == (int)n;
}

bool crypto_curve_parameters(enum crypto_curve curve, struct crypto_curve_parameters *parameters)
{
    const size_t n = crypto_curve_length(curve);
    const EC_GROUP *group = group_of(curve);
    BIGNUM *p = BN_new();
    BIGNUM *a = BN_new();
    BIGNUM *b = BN_new();
    memset(parameters, 0, sizeof *parameters);
    const bool ok =
        group != NULL && EC_GROUP_get_curve(group, p, a, b, NULL) == 1 && write_number(p, parameters->p, n) &&
        write_number(a, parameters->a, n) && write_number(b, parameters->b, n) &&
        write_number(EC_GROUP_get0_order(group), parameters->order, n) &&
        group_write_point(group, curve, EC_GROUP_get0_generator(group), parameters->generator, NULL);
    if (!ok) {
        crypto_wipe(parameters, sizeof *parameters);
    }
    BN_free(b);
    BN_free(a);
    BN_free(p);
    return errors_forgotten(ok);
}

// Draws until the number, cut to the length of the order in bits, lies in the range (FIPS 186-4 §B.4.2).
// More than a few draws mean a broken source: each hits with a probability above 1/2.
static bool draw_scalar(const EC_GROUP *group, enum crypto_curve curve, const struct crypto_random *random,
                        uint8_t *scalar)
{
    enum { DRAWS = 64 };
    const size_t n = crypto_curve_length(curve);
    const uint8_t top = (uint8_t)(0xff >> (8 * n - (size_t)EC_GROUP_order_bits(group)));
    for (int i = 0; i < DRAWS; i++) {
        if (!random->fill(random->context, scalar, n)) {
            return false;
        }
        scalar[0] &= top;
        BIGNUM *accepted = group_read_scalar(group, curve, span_of(scalar, n));
        BN_clear_free(accepted);
        if (accepted != NULL) {
            return true;
        }
    }
    return false;
}

bool crypto_ec_random_scalar(enum crypto_curve curve, const struct crypto_random *random, uint8_t *scalar)
{
    const EC_GROUP *group = group_of(curve);
    const bool ok = group != NULL && draw_scalar(group, curve, random, scalar);
    if (!ok) {
        crypto_wipe(scalar, crypto_curve_length(curve));
    }
    return errors_forgotten(ok);
}

static bool add_parameters(OSSL_PARAM_BLD *build, const struct ec_key *own)
{
    return OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, group_name(own->curve), 0) ==
               1 &&
           OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, own->point,
                                            crypto_curve_point_length(own->curve)) == 1 &&
           OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, own->secret) == 1;
}

// Makes own->signing of the other members.
static bool make_signing(struct ec_key *own)
{
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    bool ok = build != NULL && context != NULL && add_parameters(build, own);
    if (ok) {
        parameters = OSSL_PARAM_BLD_to_param(build);
        ok = parameters != NULL && EVP_PKEY_fromdata_init(context) == 1 &&
             EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_KEYPAIR, parameters) == 1;
    }
    if (ok) {
        own->signing = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
        ok = own->signing != NULL && EVP_PKEY_sign_init(own->signing) == 1;
    }
    EVP_PKEY_free(pkey);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    return ok;
}

static bool multiply_generator(struct ec_key *own)
{
    own->public = EC_POINT_new(own->group);
    return own->public != NULL && EC_POINT_mul(own->group, own->public, own->secret, NULL, NULL, NULL) == 1 &&
           group_write_point(own->group, own->curve, own->public, own->point, NULL);
}

bool crypto_ec_load_secret(struct crypto_ec_key *key, enum crypto_curve curve, struct span secret,
                           const struct crypto_random *random)
{
    (void)random; // EC_POINT_mul blinds with OpenSSL's own generator
    struct ec_key *own = (struct ec_key *)key;
    memset(key, 0, sizeof *key);
    own->curve = curve;
    own->group = group_of(curve);
    own->secret = own->group == NULL ? NULL : group_read_scalar(own->group, curve, secret);
    if (own->secret == NULL || !multiply_generator(own) || !make_signing(own)) {
        crypto_ec_release(key);
        return errors_forgotten(false);
    }
    return true;
}

bool crypto_ec_generate(struct crypto_ec_key *key, enum crypto_curve curve,
                        const struct crypto_random *random)
{
    uint8_t secret[CRYPTO_FIELD_MAX];
    bool ok = crypto_ec_random_scalar(curve, random, secret);
    if (ok) {
        ok = crypto_ec_load_secret(key, curve, span_of(secret, crypto_curve_length(curve)), random);
    } else {
        memset(key, 0, sizeof *key);
    }
    crypto_wipe(secret, sizeof secret);
    return errors_forgotten(ok);
}

bool crypto_ec_load_public(struct crypto_ec_key *key, enum crypto_curve curve, struct span point)
{
    struct ec_key *own = (struct ec_key *)key;
    memset(key, 0, sizeof *key);
    own->curve = curve;
    own->group = group_of(curve);
    own->public = own->group == NULL ? NULL : group_read_point(own->group, curve, point, NULL);
    if (own->public == NULL) {
        crypto_ec_release(key);
        return errors_forgotten(false);
    }
    memcpy(own->point, point.p, point.n);
    return true;
}

void crypto_ec_release(struct crypto_ec_key *key)
{
    struct ec_key *own = (struct ec_key *)key;
    EVP_PKEY_CTX_free(own->signing);
    BN_clear_free(own->secret);
    EC_POINT_free(own->public);
    EC_GROUP_free(own->prepared);
    crypto_wipe(key, sizeof *key);
}

enum crypto_curve crypto_ec_curve(const struct crypto_ec_key *key)
{
    const struct ec_key *own = (const struct ec_key *)key;
    return own->group == NULL ? CRYPTO_CURVE_COUNT : own->curve;
}

bool crypto_ec_public(const struct crypto_ec_key *key, uint8_t *point)
{
    const struct ec_key *own = (const struct ec_key *)key;
    memcpy(point, own->point, crypto_curve_point_length(crypto_ec_curve(key)));
    return own->group != NULL;
}

bool crypto_ec_secret(const struct crypto_ec_key *key, uint8_t *secret)
{
    const struct ec_key *own = (const struct ec_key *)key;
    const size_t n = crypto_curve_length(crypto_ec_curve(key));
    if (own->secret == NULL || !write_number(own->secret, secret, n)) {
        crypto_wipe(secret, n);
        return errors_forgotten(false);
    }
    return true;
}
