// The status of a credential that is shown: whose list says what, how old it is, and what is kept.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/mdoc_shown.h"

#include <stdlib.h>

static void refuse_status(enum jumin_error error)
{
    refuse((struct flaw){.status = true}, JUMIN_VERIFICATION_STATUS, error);
    assert_found(&stage, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_PASSED, JUMIN_OK);
}

static void test_revoked_and_locked_are_refused(void **state)
{
    (void)state;
    stage.value = STATUS_INVALID;
    refuse_status(JUMIN_ERROR_REVOKED);
}

static void test_list_that_cannot_be_had_refuses(void **state)
{
    (void)state;
    stage.down = true;
    refuse_status(JUMIN_ERROR_NO_SUCH_FILE);
    jumin_verifier_use_network(stage.verifier, NULL);
    refuse_status(JUMIN_ERROR_NO_SUCH_FILE);
}

static unsigned away[2];

static void count_away(void *context, bool is_away)
{
    assert_ptr_equal(context, &stage);
    assert_int_equal(away[0], away[1] + !is_away);
    away[!is_away]++;
}

static void test_who_wants_to_know_hears_when_the_network_is_waited_for(void **state)
{
    (void)state;
    stage.verifier->away = count_away;
    stage.verifier->away_context = &stage;
    memset(away, 0, sizeof away);
    check_flaw((struct flaw){.status = true});
    assert_int_equal(away[0], 1);
    assert_int_equal(away[1], 1);
    check_flaw((struct flaw){.status = true}); // by the list at hand
    assert_int_equal(away[0], 1);
}

static void test_list_of_another_address_refuses(void **state)
{
    (void)state;
    stage.list_uri = "https://issuer.example/status/2";
    refuse_status(JUMIN_ERROR_MALFORMED);
}

static void test_list_by_another_kind_of_signer_refuses(void **state)
{
    (void)state;
    stage.list_signer = &stage.sd_jwt;
    refuse_status(JUMIN_ERROR_CERTIFICATE);
}

// Trusted as it is: a list of its own credentials is another matter.
static void test_list_by_another_issuer_refuses(void **state)
{
    (void)state;
    struct stage_holder root, signer;
    stage_root(&root, "Another root", stage.issuers);
    stage_issue(&signer, &root, CERTIFICATE_STATUS_SIGNER, CRYPTO_P256, NULL);
    stage.list_signer = &signer;
    refuse_status(JUMIN_ERROR_CERTIFICATE);
    stage_release(&root);
    stage_release(&signer);
}

// The list of one issuer, kept, says nothing of another's credential, though that one names the same address.
static void test_kept_list_of_another_issuer_refuses(void **state)
{
    (void)state;
    struct stage_holder root, signer;
    check_flaw((struct flaw){.status = true});
    assert_result(&stage, JUMIN_FINDING_PASSED);
    jumin_verifier_use_network(stage.verifier, NULL);
    stage_root(&root, "Another root", stage.issuers);
    stage_issue(&signer, &root, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
    sign_by(&signer);
    refuse_status(JUMIN_ERROR_CERTIFICATE);
    stage_release(&root);
    stage_release(&signer);
}

static void test_list_with_too_long_a_chain_refuses(void **state)
{
    (void)state;
    struct span chain[X5CHAIN_MAX + 1];
    uint8_t point[SIGNER_POINT];
    struct detail detail;
    for (size_t i = 0; i <= X5CHAIN_MAX; i++) {
        chain[i] = stage.status.der;
    }
    assert_int_equal(
        status_judge_key(&stage.verifier->judge, chain, X5CHAIN_MAX + 1, STAGE_NOW, point, &detail),
        JUMIN_ERROR_MALFORMED);
    assert_int_equal(status_judge_key(&stage.verifier->judge, chain, 1, STAGE_NOW, point, &detail), JUMIN_OK);
}

// Status list tokens are signed with ES256.
static void test_list_by_a_key_of_another_curve_refuses(void **state)
{
    (void)state;
    struct stage_holder signer;
    stage_issue(&signer, &stage.root, CERTIFICATE_STATUS_SIGNER, CRYPTO_P384, NULL);
    struct stage_holder mixed = stage.status; // whose key signs, in the other's name
    mixed.der = signer.der;
    stage.list_signer = &mixed;
    refuse_status(JUMIN_ERROR_CERTIFICATE);
    stage_release(&signer);
}

static void test_list_by_the_credentials_own_signer_is_accepted(void **state)
{
    (void)state;
    stage.list_signer = &stage.mdoc;
    check_flaw((struct flaw){.status = true});
    assert_result(&stage, JUMIN_FINDING_PASSED);
}

// `certificate` of the status: the authority that the issuer has chosen for its list, and no other.
static void test_authority_that_the_credential_names_signs_its_list(void **state)
{
    (void)state;
    const struct jumin_verifier_options options = verifier_stage_options();
    struct stage_holder root, other, signer;
    stage_root(&root, "Status lists", NULL);
    stage_root(&other, "Somebody", NULL);
    stage_issue(&signer, &root, CERTIFICATE_STATUS_SIGNER, CRYPTO_P256, NULL);
    stage.list_signer = &signer;
    refuse_status(JUMIN_ERROR_SIGNER_UNKNOWN);
    check_flaw((struct flaw){.status = true, .list_authority = root.der});
    assert_result(&stage, JUMIN_FINDING_PASSED);
    refuse((struct flaw){.status = true, .list_authority = other.der}, JUMIN_VERIFICATION_STATUS,
           JUMIN_ERROR_SIGNER_UNKNOWN);
    refuse((struct flaw){.status = true, .list_authority = span_of("x", 1)}, JUMIN_VERIFICATION_STATUS,
           JUMIN_ERROR_INPUT);
    verifier_stage_renew(&stage, &options); // that keeps nothing
    stage.list_signer = &stage.status;
    refuse((struct flaw){.status = true, .list_authority = root.der}, JUMIN_VERIFICATION_STATUS,
           JUMIN_ERROR_SIGNER_UNKNOWN);
    refuse((struct flaw){.status = true, .empty_authority = true}, JUMIN_VERIFICATION_FORMAT,
           JUMIN_ERROR_MALFORMED);
    stage_release(&root);
    stage_release(&other);
    stage_release(&signer);
}

// The list lies there, and who signed it has been revoked since.
static void test_kept_list_of_a_signer_that_is_revoked_refuses(void **state)
{
    (void)state;
    struct jumin_trust *roots = NULL;
    check_flaw((struct flaw){.status = true});
    assert_result(&stage, JUMIN_FINDING_PASSED);
    jumin_verifier_use_network(stage.verifier, NULL);
    assert_int_equal(jumin_trust_new(&roots), JUMIN_OK);
    assert_int_equal(jumin_trust_add_certificate(roots, stage.root.der.p, stage.root.der.n), JUMIN_OK);
    stage_crl(&stage.root, &stage.status, 2, STAGE_NOW - 10, STAGE_NOW + STAGE_DAY, roots);
    jumin_verifier_trust_issuers(stage.verifier, roots);
    refuse_status(JUMIN_ERROR_REVOKED);
    assert_found(&stage, JUMIN_VERIFICATION_CHAIN, JUMIN_FINDING_PASSED, JUMIN_OK);
    jumin_verifier_trust_issuers(stage.verifier, NULL);
    jumin_trust_free(roots);
}

static void ends_soon(struct certificate_request *request)
{
    request->not_after = STAGE_NOW + 1000;
}

static void test_kept_list_does_not_outlive_its_signers_certificate(void **state)
{
    (void)state;
    struct jumin_expected wanted = expected();
    struct stage_holder signer;
    stage_issue(&signer, &stage.root, CERTIFICATE_STATUS_SIGNER, CRYPTO_P256, ends_soon);
    stage.list_signer = &signer;
    const struct span response =
        show(issue((struct flaw){.status = true, .valid_until = STAGE_NOW + (int64_t)90 * STAGE_DAY}),
             "kr.jumin.resident.1", session(), &papers.device);
    check(response, &wanted);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    jumin_verifier_use_network(stage.verifier, NULL);
    wanted.now = STAGE_NOW + 1000;
    check(response, &wanted);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    wanted.now++;
    check(response, &wanted);
    assert_found(&stage, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_FAILED, JUMIN_ERROR_NOT_VALID_NOW);
    stage_release(&signer);
}

static void test_status_that_says_nothing_refuses(void **state)
{
    (void)state;
    refuse((struct flaw){.empty_status = true}, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED);
}

static void test_status_of_an_unknown_kind_refuses(void **state)
{
    (void)state;
    refuse((struct flaw){.identifier_list = true}, JUMIN_VERIFICATION_STATUS, JUMIN_ERROR_NOT_SUPPORTED);
}

static void test_venues_rule_decides_on_the_age_of_the_list(void **state)
{
    (void)state;
    static const struct {
        int64_t age;
        enum jumin_finding finding;
        enum jumin_error error;
    } cases[] = {
        {3600, JUMIN_FINDING_PASSED, JUMIN_OK},
        {3601, JUMIN_FINDING_WARNED, JUMIN_OK},
        {86400, JUMIN_FINDING_WARNED, JUMIN_OK},
        {86401, JUMIN_FINDING_FAILED, JUMIN_ERROR_NOT_VALID_NOW},
    };
    const struct jumin_verifier_options options = verifier_stage_options();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        stage.list_age = cases[i].age;
        verifier_stage_renew(&stage, &options);
        check_flaw((struct flaw){.status = true});
        assert_result(&stage, cases[i].finding);
        assert_found(&stage, JUMIN_VERIFICATION_STATUS, cases[i].finding, cases[i].error);
    }
}

static void test_programs_are_told_how_old_the_list_is(void **state)
{
    (void)state;
    char *text = NULL;
    check_flaw((struct flaw){.status = true});
    assert_int_equal(jumin_verification_json(stage.verification, &text), JUMIN_OK);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_int_equal(json_integer_value(json_object_get(json, "status_issued_at")), STAGE_NOW - 60);
    assert_int_equal(json_integer_value(json_object_get(json, "status_age")), 60);
    assert_null(json_object_get(json, "trust_age")); // none was looked at
    json_decref(json);
    free(text);
}

static void test_old_list_says_revoked_all_the_same(void **state)
{
    (void)state;
    stage.list_age = (int64_t)3 * STAGE_DAY;
    stage.value = STATUS_INVALID;
    refuse_status(JUMIN_ERROR_REVOKED);
}

// The list that was fetched while there was a network serves without, and ages.
static void test_kept_list_serves_offline_and_ages(void **state)
{
    (void)state;
    struct jumin_expected wanted = expected();
    check_flaw((struct flaw){.status = true, .valid_until = STAGE_NOW + (int64_t)90 * STAGE_DAY});
    assert_result(&stage, JUMIN_FINDING_PASSED);
    jumin_verifier_use_network(stage.verifier, NULL);
    const struct span response =
        show(issue((struct flaw){.status = true, .valid_until = STAGE_NOW + (int64_t)90 * STAGE_DAY}),
             "kr.jumin.resident.1", session(), &papers.device);
    wanted.now = STAGE_NOW + 3000;
    check(response, &wanted);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    wanted.now = STAGE_NOW + 7200;
    check(response, &wanted);
    assert_result(&stage, JUMIN_FINDING_WARNED);
    wanted.now = STAGE_NOW + (int64_t)2 * STAGE_DAY;
    check(response, &wanted);
    assert_found(&stage, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_FAILED, JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(stage.fetches, 1);
}

static void test_lock_shows_once_the_list_is_fetched_again(void **state)
{
    (void)state;
    struct jumin_expected wanted = expected();
    check_flaw((struct flaw){.status = true});
    assert_result(&stage, JUMIN_FINDING_PASSED);
    stage.value = STATUS_SUSPENDED;
    stage.list_age = -61;        // signed later
    wanted.now = STAGE_NOW + 61; // behind its ttl
    check(show(issue((struct flaw){.status = true}), "kr.jumin.resident.1", session(), &papers.device),
          &wanted);
    assert_found(&stage, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_FAILED, JUMIN_ERROR_REVOKED);
    assert_int_equal(stage.fetches, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_revoked_and_locked_are_refused),
        test(test_list_that_cannot_be_had_refuses),
        test(test_who_wants_to_know_hears_when_the_network_is_waited_for),
        test(test_list_of_another_address_refuses),
        test(test_list_by_another_kind_of_signer_refuses),
        test(test_list_by_another_issuer_refuses),
        test(test_kept_list_of_another_issuer_refuses),
        test(test_list_with_too_long_a_chain_refuses),
        test(test_list_by_a_key_of_another_curve_refuses),
        test(test_list_by_the_credentials_own_signer_is_accepted),
        test(test_authority_that_the_credential_names_signs_its_list),
        test(test_kept_list_of_a_signer_that_is_revoked_refuses),
        test(test_kept_list_does_not_outlive_its_signers_certificate),
        test(test_status_that_says_nothing_refuses),
        test(test_status_of_an_unknown_kind_refuses),
        test(test_venues_rule_decides_on_the_age_of_the_list),
        test(test_programs_are_told_how_old_the_list_is),
        test(test_old_list_says_revoked_all_the_same),
        test(test_kept_list_serves_offline_and_ages),
        test(test_lock_shows_once_the_list_is_fetched_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
