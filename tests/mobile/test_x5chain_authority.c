// An authority between a signer and its root: it comes with the chain, and revokes by a list of its own.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/x5chain_stage.h"

static struct jumin_trust *trust;
static struct stage_holder root;
static struct detail detail;

static int setup(void **state)
{
    (void)state;
    assert_int_equal(jumin_trust_new(&trust), JUMIN_OK);
    stage_root(&root, "Mobile IACA", trust);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    stage_release(&root);
    jumin_trust_free(trust);
    return 0;
}

static enum jumin_error check_chain(const struct x5chain *chain, enum x5chain_role role, int64_t now,
                                    bool required, struct x5chain_signer *answer)
{
    const struct x5chain_rules rules = {role, trust, now, required};
    return x5chain_check(chain, &rules, answer, &detail);
}

static void assert_refused(enum jumin_error error, enum jumin_error wanted, const char *sentence)
{
    assert_int_equal(error, wanted);
    assert_string_equal(detail.text, sentence);
}

// The list of an authority that comes with the chain, and is in no store.
static void test_an_authority_between_revokes_by_its_own_list(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    struct stage_holder free_root, between, impostor, leaf;
    stage_root(&free_root, "Free Root", NULL);
    stage_forge(&free_root, &free_root, "30060101FF020100", "30060101FF020101"); // pathLenConstraint 1
    assert_int_equal(jumin_trust_add_certificate(trust, free_root.der.p, free_root.der.n), JUMIN_OK);
    stage_issue(&between, &free_root, CERTIFICATE_IACA, CRYPTO_P256, NULL);
    stage_issue(&leaf, &between, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
    struct x5chain chain = stage_chain(&leaf);
    assert_true(x5chain_add(&chain, between.der));
    stage_crl(&free_root, NULL, 1, STAGE_NOW, STAGE_NOW + STAGE_DAY, trust);
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, true, &answer),
                   JUMIN_ERROR_NOT_VALID_NOW,
                   "there is no revocation list for the certificate of the signer");
    stage_issue(&impostor, &root, CERTIFICATE_IACA, CRYPTO_P256, NULL); // of the same name
    stage_crl(&impostor, &leaf, 9, STAGE_NOW, STAGE_NOW + STAGE_DAY, trust);
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer), JUMIN_OK);
    stage_crl(&between, NULL, 1, STAGE_NOW, STAGE_NOW + STAGE_DAY, trust);
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, true, &answer), JUMIN_OK);
    assert_true(answer.revocation_checked);
    stage_crl(&between, &leaf, 2, STAGE_NOW + 1, STAGE_NOW + STAGE_DAY, trust);
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW + 1, false, &answer),
                   JUMIN_ERROR_REVOKED, "the certificate of the signer is revoked");
    stage_crl(&free_root, &between, 2, STAGE_NOW + 1, STAGE_NOW + STAGE_DAY, trust);
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW + 1, false, &answer),
                     JUMIN_ERROR_REVOKED);
    stage_release(&free_root);
    stage_release(&between);
    stage_release(&impostor);
    stage_release(&leaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_authority_between_revokes_by_its_own_list, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
