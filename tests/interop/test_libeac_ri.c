// Restricted Identification: libeac's pseudonym for a sector is ours (TR-03110-2 §3.5). libeac has OpenSSL
// behind it, our side mbedTLS.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_random.h"
#include "tests/unit/unit.h"

#include "card/wire/terminal_authentication.h"
#include <eac/eac.h>
#include <eac/objects.h>
#include <eac/ri.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

enum { PARAMETERS_BRAINPOOL_P256R1 = 13 }; // TR-03110-3 §A.2.1.1

static int start(void **state)
{
    (void)state;
    EAC_init();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    EAC_cleanup();
    return 0;
}

static void secret_of(const EVP_PKEY *key, uint8_t secret[32])
{
    BIGNUM *number = NULL;
    assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number), 1);
    assert_int_equal(BN_bn2binpad(number, secret, 32), 32);
    BN_clear_free(number);
}

// The chip's key is made by libeac, the sector's by us.
static void assert_alike(int protocol, enum crypto_hash hash)
{
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct crypto_ec_key sector = {0};
    uint8_t point[CRYPTO_POINT_MAX], secret[32], identifier[CRYPTO_HASH_MAX];
    EAC_CTX *context = EAC_CTX_new();
    assert_non_null(context);
    assert_int_equal(EAC_CTX_init_ri(context, protocol, PARAMETERS_BRAINPOOL_P256R1), 1);
    BUF_MEM *public_key = context->ri_ctx->generate_key(context->ri_ctx->static_key, NULL);
    assert_non_null(public_key);
    assert_true(crypto_ec_generate(&sector, CRYPTO_BRAINPOOL_P256R1, &random));
    assert_true(crypto_ec_public(&sector, point));
    BUF_MEM *sector_key = BUF_MEM_new();
    assert_int_equal(BUF_MEM_grow(sector_key, 65), 65);
    memcpy(sector_key->data, point, 65);

    BUF_MEM *theirs = RI_STEP2_compute_identifier(context, sector_key);
    assert_non_null(theirs);
    secret_of(context->ri_ctx->static_key, secret);
    assert_true(ri_identifier(CRYPTO_BRAINPOOL_P256R1, &random, hash, span_of(secret, sizeof secret),
                              span_of(point, 65), identifier));
    assert_int_equal(theirs->length, crypto_hash_length(hash));
    assert_memory_equal(theirs->data, identifier, theirs->length);
    BUF_MEM_free(theirs);
    BUF_MEM_free(sector_key);
    BUF_MEM_free(public_key);
    EAC_CTX_clear_free(context);
    crypto_ec_release(&sector);
}

static void test_pseudonyms_are_alike(void **state)
{
    (void)state;
    assert_alike(NID_id_RI_ECDH_SHA_1, CRYPTO_SHA1);
    assert_alike(NID_id_RI_ECDH_SHA_256, CRYPTO_SHA256);
    assert_alike(NID_id_RI_ECDH_SHA_512, CRYPTO_SHA512);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pseudonyms_are_alike)};
    return cmocka_run_group_tests(tests, start, stop);
}
