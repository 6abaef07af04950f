// An mdoc under real certificates: only a document signer's that leads to a root, in date and not revoked, is
// taken.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/issuer_signed.h"
#include "host/mobile/mdoc_chain.h"
#include "tests/mobile/x5chain_stage.h"

static struct jumin_trust *trust;
static struct stage_holder root, signer;
static struct detail detail;
static struct x5chain_cache cache;
static struct mdoc_chain chain;
static uint8_t buffer[8192];

static int setup(void **state)
{
    (void)state;
    assert_int_equal(jumin_trust_new(&trust), JUMIN_OK);
    stage_root(&root, "Mobile IACA", trust);
    memset(&cache, 0, sizeof cache);
    memset(&chain, 0, sizeof chain);
    chain.role = X5CHAIN_MDOC_SIGNER;
    chain.roots = trust;
    return 0;
}

static void forget_signer(void)
{
    stage_release(&signer);
    memset(&signer, 0, sizeof signer);
}

static int teardown(void **state)
{
    (void)state;
    mdoc_chain_release(&chain);
    stage_release(&root);
    forget_signer();
    jumin_trust_free(trust);
    return 0;
}

// A credential that the signer of that profile has signed, verified.
static enum jumin_error verify_by(enum certificate_profile profile, bool another_key)
{
    static const struct mdoc_element element = {{(const uint8_t *)"sex", 3}, {(const uint8_t *)"\x01", 1}};
    const struct mdoc_namespace name_space = {span_of("org.iso.23220.1", 15), &element, 1};
    const struct crypto_random random = crypto_system_random();
    struct writer w = writer_of(buffer, sizeof buffer);
    struct crypto_ec_key other = {0};
    struct signer by;
    struct issuer_signed parsed;
    if (signer.der.n == 0) {
        stage_issue(&signer, &root, profile, CRYPTO_P256, NULL);
    }
    assert_true(crypto_ec_generate(&other, CRYPTO_P256, &random));
    assert_true(signer_of_key(another_key ? &other : &signer.key.key, &by));
    struct issuer_signed_order order = {.doc_type = span_of("kr.jumin.resident.1", 19),
                                        .namespaces = &name_space,
                                        .namespace_count = 1,
                                        .validity = {STAGE_NOW, STAGE_NOW, STAGE_NOW + STAGE_DAY, 0},
                                        .chain = &signer.der,
                                        .chain_count = 1,
                                        .algorithm = COSE_ES256};
    memcpy(order.device_key, by.point, SIGNER_POINT);
    assert_int_equal(issuer_signed_make(&order, &by, &random, &w), JUMIN_OK);
    crypto_ec_release(&other);
    assert_int_equal(issuer_signed_parse(writer_span(&w), &parsed, &detail), JUMIN_OK);
    const struct mdoc_rules rules = {.now = STAGE_NOW + 60, .issuer = mdoc_chain_check_of(&chain)};
    return issuer_signed_verify(&parsed, span_of(NULL, 0), &rules, &detail);
}

static void test_a_document_signers_credential_is_taken(void **state)
{
    (void)state;
    assert_int_equal(verify_by(CERTIFICATE_MDOC_SIGNER, false), JUMIN_OK);
    assert_string_equal(chain.signer.country, "KR");
}

static void test_a_chain_that_was_checked_is_taken_from_the_cache(void **state)
{
    (void)state;
    chain.cache = &cache;
    assert_int_equal(verify_by(CERTIFICATE_MDOC_SIGNER, false), JUMIN_OK);
    assert_int_equal(verify_by(CERTIFICATE_MDOC_SIGNER, false), JUMIN_OK);
    assert_int_equal(verify_by(CERTIFICATE_MDOC_SIGNER, true), JUMIN_ERROR_SIGNATURE);
    // Another signer comes, and its key with it.
    forget_signer();
    assert_int_equal(verify_by(CERTIFICATE_MDOC_SIGNER, false), JUMIN_OK);
}

static void test_a_signer_met_a_thousand_times_is_checked_as_at_first(void **state)
{
    (void)state;
    chain.cache = &cache;
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(verify_by(CERTIFICATE_MDOC_SIGNER, false), JUMIN_OK);
    }
    assert_int_equal(verify_by(CERTIFICATE_MDOC_SIGNER, true), JUMIN_ERROR_SIGNATURE);
    assert_true(chain.key.uses > 500); // it was loaded once
    forget_signer();
    assert_int_equal(verify_by(CERTIFICATE_MDOC_SIGNER, false), JUMIN_OK);
    assert_int_equal(verify_by(CERTIFICATE_MDOC_SIGNER, true), JUMIN_ERROR_SIGNATURE);
    assert_int_equal(chain.key.uses, 1); // who comes for the first time has no tables
}

static void test_another_extended_key_usage_is_refused(void **state)
{
    (void)state;
    assert_int_equal(verify_by(CERTIFICATE_READER, false), JUMIN_ERROR_CERTIFICATE);
}

static void test_no_extended_key_usage_is_refused(void **state)
{
    (void)state;
    assert_int_equal(verify_by(CERTIFICATE_DOCUMENT_SIGNER, false), JUMIN_ERROR_CERTIFICATE);
}

static void test_a_revoked_signer_is_refused(void **state)
{
    (void)state;
    stage_issue(&signer, &root, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
    stage_crl(&root, &signer, 1, STAGE_NOW - STAGE_DAY, STAGE_NOW + STAGE_DAY, trust);
    assert_int_equal(verify_by(CERTIFICATE_MDOC_SIGNER, false), JUMIN_ERROR_REVOKED);
}

static void test_a_missing_revocation_list_is_refused_where_it_is_required(void **state)
{
    (void)state;
    chain.revocation_required = true;
    assert_int_not_equal(verify_by(CERTIFICATE_MDOC_SIGNER, false), JUMIN_OK);
}

static void test_an_unknown_root_is_refused(void **state)
{
    (void)state;
    struct jumin_trust *empty = NULL;
    assert_int_equal(jumin_trust_new(&empty), JUMIN_OK);
    chain.roots = empty;
    assert_int_equal(verify_by(CERTIFICATE_MDOC_SIGNER, false), JUMIN_ERROR_SIGNER_UNKNOWN);
    jumin_trust_free(empty);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_document_signers_credential_is_taken),
        TEST(test_a_chain_that_was_checked_is_taken_from_the_cache),
        TEST(test_a_signer_met_a_thousand_times_is_checked_as_at_first),
        TEST(test_another_extended_key_usage_is_refused),
        TEST(test_no_extended_key_usage_is_refused),
        TEST(test_a_revoked_signer_is_refused),
        TEST(test_a_missing_revocation_list_is_refused_where_it_is_required),
        TEST(test_an_unknown_root_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
