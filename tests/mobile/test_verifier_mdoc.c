// The verdict on an mdoc: what is good is accepted, and every way of being wrong is refused by its own check.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/mdoc_shown.h"

#include "host/mobile/base64url.h"
#include "host/verifier/remote.h"

// --- Good ----------------------------------------------------------------------------------------------------------

static void test_good_mdoc_is_accepted_and_says_what_was_learned(void **state)
{
    (void)state;
    struct jumin_verification_facts facts;
    check_flaw((struct flaw){.status = true});
    assert_result(&stage, JUMIN_FINDING_PASSED);
    assert_int_equal(jumin_verification_count(stage.verification), 9);
    assert_null(jumin_verification_find(stage.verification, JUMIN_VERIFICATION_TRUST_LIST));
    assert_int_equal(jumin_verification_learned_count(stage.verification), 2);
    const struct jumin_learned *name = jumin_verification_learned(stage.verification, 0);
    assert_string_equal(name->name_space, "org.iso.23220.1");
    assert_string_equal(name->name, "family_name_unicode");
    assert_string_equal(name->text, "Kim");
    assert_int_equal(name->kind, JUMIN_LEARNED_TEXT);
    assert_null(jumin_verification_learned(stage.verification, 2));
    jumin_verification_facts(stage.verification, &facts);
    assert_string_equal(facts.format, "mso_mdoc");
    assert_string_equal(facts.type, "kr.jumin.resident.1");
    assert_string_equal(facts.issuer, "Signer");
    assert_int_equal(facts.valid_until, STAGE_NOW + 1000);
    assert_int_equal(facts.status_issued_at, STAGE_NOW - 60);
    assert_int_equal(stage.fetches, 1);
}

static void test_mdoc_without_status_is_good_until_it_expires(void **state)
{
    (void)state;
    check_flaw((struct flaw){0});
    assert_result(&stage, JUMIN_FINDING_PASSED);
    assert_int_equal(stage.fetches, 0);
}

// --- Refused: the bytes --------------------------------------------------------------------------------------------

static void test_malformed_bytes_are_refused(void **state)
{
    (void)state;
    const struct jumin_expected wanted = expected();
    check(span_of("\xA0", 1), &wanted);
    assert_result(&stage, JUMIN_FINDING_FAILED);
    assert_found(&stage, JUMIN_VERIFICATION_FORMAT, JUMIN_FINDING_FAILED, JUMIN_ERROR_MALFORMED);
    assert_found(&stage, JUMIN_VERIFICATION_SIGNATURE, JUMIN_FINDING_NOT_DONE, JUMIN_OK);
    const struct span good = show(issue((struct flaw){0}), "kr.jumin.resident.1", session(), &papers.device);
    check(span_of(good.p, good.n + 1), &wanted); // bytes behind its end
    assert_found(&stage, JUMIN_VERIFICATION_FORMAT, JUMIN_FINDING_FAILED, JUMIN_ERROR_MALFORMED);
}

static void test_response_that_says_it_failed_is_refused(void **state)
{
    (void)state;
    const struct jumin_expected wanted = expected();
    struct span good = show(issue((struct flaw){0}), "kr.jumin.resident.1", session(), &papers.device);
    response_bytes[good.n - 1] = 10;
    check(good, &wanted);
    assert_found(&stage, JUMIN_VERIFICATION_FORMAT, JUMIN_FINDING_FAILED, JUMIN_ERROR_MALFORMED);
}

static void test_response_without_documents_is_refused(void **state)
{
    (void)state;
    const struct jumin_expected wanted = expected();
    struct writer w = writer_of(response_bytes, sizeof response_bytes);
    assert_int_equal(device_response_make(session(), DEVICE_RESPONSE_OK, NULL, 0, &w), JUMIN_OK);
    check(writer_span(&w), &wanted);
    assert_found(&stage, JUMIN_VERIFICATION_FORMAT, JUMIN_FINDING_FAILED, JUMIN_ERROR_MALFORMED);
}

static void test_two_documents_are_refused_where_one_was_asked(void **state)
{
    (void)state;
    const struct jumin_expected wanted = expected();
    struct issuer_signed credential;
    struct detail detail;
    assert_int_equal(issuer_signed_parse(issue((struct flaw){0}), &credential, &detail), JUMIN_OK);
    const struct device_presentation one = {.credential = &credential, .device = &papers.device};
    const struct device_presentation two[] = {one, one};
    struct writer w = writer_of(response_bytes, sizeof response_bytes);
    assert_int_equal(device_response_make(session(), DEVICE_RESPONSE_OK, two, 2, &w), JUMIN_OK);
    check(writer_span(&w), &wanted);
    assert_found(&stage, JUMIN_VERIFICATION_FORMAT, JUMIN_FINDING_FAILED, JUMIN_ERROR_MALFORMED);
}

static void test_every_malformed_credential_is_refused(void **state)
{
    (void)state;
    static const struct flaw flaws[] = {
        {.payload_not_embedded = true},
        {.random = 15},
        {.no_random = true},
        {.same_digest_id = true},
        {.same_element = true},
        {.no_valid_until = true},
        {.no_digests = true},
        {.no_digest_namespaces = true},
        {.no_device_key = true},
        {.tagged = true},
        {.chain_of_one = true},
        {.detached = true},
        {.time_with_fraction = true},
        {.decoded_item = true},
        {.protected = "a10127"}, // EdDSA's number
    };
    for (size_t i = 0; i < sizeof flaws / sizeof *flaws; i++) {
        refuse(flaws[i], JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED);
    }
    refuse((struct flaw){.version = "2.0"}, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_NOT_SUPPORTED);
    refuse((struct flaw){.digest_algorithm = "SHA-1"}, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_NOT_SUPPORTED);
}

// --- Refused: what the issuer says -----------------------------------------------------------------------------------

static void test_wrong_type_is_refused(void **state)
{
    (void)state;
    refuse((struct flaw){.mso_doc_type = "org.iso.18013.5.1.mDL"}, JUMIN_VERIFICATION_TYPE,
           JUMIN_ERROR_MALFORMED);
    assert_found(&stage, JUMIN_VERIFICATION_SIGNATURE, JUMIN_FINDING_PASSED, JUMIN_OK);
}

static void test_another_document_than_asked_for_is_refused(void **state)
{
    (void)state;
    struct jumin_expected wanted = expected();
    wanted.purpose = JUMIN_PURPOSE_AGE;
    check(show(issue((struct flaw){.mso_doc_type = "org.iso.18013.5.1.mDL"}), "org.iso.18013.5.1.mDL",
               session(), &papers.device),
          &wanted);
    assert_found(&stage, JUMIN_VERIFICATION_TYPE, JUMIN_FINDING_FAILED, JUMIN_ERROR_NOT_SUPPORTED);
}

static void test_wrong_signature_is_refused(void **state)
{
    (void)state;
    refuse((struct flaw){.der_signature = true}, JUMIN_VERIFICATION_SIGNATURE, JUMIN_ERROR_SIGNATURE);
    refuse((struct flaw){.other_issuer = true}, JUMIN_VERIFICATION_SIGNATURE, JUMIN_ERROR_SIGNATURE);
    assert_found(&stage, JUMIN_VERIFICATION_CHAIN, JUMIN_FINDING_PASSED, JUMIN_OK);
    assert_found(&stage, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_NOT_DONE, JUMIN_OK);
}

static void test_changed_value_is_refused(void **state)
{
    (void)state;
    struct jumin_expected wanted = expected();
    struct span response = show(issue((struct flaw){0}), "kr.jumin.resident.1", session(), &papers.device);
    for (size_t i = 0; i + 3 <= response.n; i++) {
        if (memcmp(response_bytes + i, "Kim", 3) == 0) {
            response_bytes[i] = 'L';
        }
    }
    check(response, &wanted);
    assert_found(&stage, JUMIN_VERIFICATION_DIGESTS, JUMIN_FINDING_FAILED, JUMIN_ERROR_HASH);
    assert_found(&stage, JUMIN_VERIFICATION_SIGNATURE, JUMIN_FINDING_PASSED, JUMIN_OK);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 0);
    refuse((struct flaw){.no_digest = true}, JUMIN_VERIFICATION_DIGESTS, JUMIN_ERROR_HASH);
    refuse((struct flaw){.wrong_digest = true}, JUMIN_VERIFICATION_DIGESTS, JUMIN_ERROR_HASH);
}

static void test_wrong_times_are_refused(void **state)
{
    (void)state;
    refuse((struct flaw){.valid_until = STAGE_NOW - 1}, JUMIN_VERIFICATION_VALIDITY,
           JUMIN_ERROR_NOT_VALID_NOW);
    refuse((struct flaw){.valid_from = STAGE_NOW + 1}, JUMIN_VERIFICATION_VALIDITY,
           JUMIN_ERROR_NOT_VALID_NOW);
    refuse((struct flaw){.signed_at = STAGE_NOW - (int64_t)2 * STAGE_DAY}, JUMIN_VERIFICATION_VALIDITY,
           JUMIN_ERROR_NOT_VALID_NOW); // before its signer's certificate
    assert_found(&stage, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_PASSED, JUMIN_OK);
}

// --- Refused: who has signed -----------------------------------------------------------------------------------------

static void test_signer_of_another_kind_is_refused(void **state)
{
    (void)state;
    struct stage_holder reader;
    stage_issue(&reader, &stage.root, CERTIFICATE_READER, CRYPTO_P256, NULL);
    const struct stage_holder *const wrong[] = {&stage.status, &stage.sd_jwt, &reader, &stage.root};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        sign_by(wrong[i]);
        refuse((struct flaw){0}, JUMIN_VERIFICATION_CHAIN, JUMIN_ERROR_CERTIFICATE);
    }
    stage_release(&reader);
}

static void test_unknown_signer_is_refused(void **state)
{
    (void)state;
    struct stage_holder root, signer;
    stage_root(&root, "Somebody", NULL);
    stage_issue(&signer, &root, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
    sign_by(&signer);
    refuse((struct flaw){0}, JUMIN_VERIFICATION_CHAIN, JUMIN_ERROR_SIGNER_UNKNOWN);
    stage_release(&root);
    stage_release(&signer);
}

static void expired(struct certificate_request *request)
{
    request->not_after = STAGE_NOW - 1;
}

static void test_signer_that_has_expired_is_refused(void **state)
{
    (void)state;
    struct stage_holder signer;
    stage_issue(&signer, &stage.root, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, expired);
    sign_by(&signer);
    refuse((struct flaw){0}, JUMIN_VERIFICATION_CHAIN, JUMIN_ERROR_NOT_VALID_NOW);
    stage_release(&signer);
}

static void test_revoked_signer_is_refused(void **state)
{
    (void)state;
    stage_crl(&stage.root, &stage.mdoc, 2, STAGE_NOW - 10, STAGE_NOW + STAGE_DAY, stage.issuers);
    refuse((struct flaw){0}, JUMIN_VERIFICATION_REVOCATION, JUMIN_ERROR_REVOKED);
    assert_found(&stage, JUMIN_VERIFICATION_CHAIN, JUMIN_FINDING_PASSED, JUMIN_OK);
}

static void test_missing_revocation_list_warns_or_refuses(void **state)
{
    (void)state;
    struct jumin_verifier_options options = verifier_stage_options();
    struct jumin_trust *roots = NULL;
    assert_int_equal(jumin_trust_new(&roots), JUMIN_OK);
    assert_int_equal(jumin_trust_add_certificate(roots, stage.root.der.p, stage.root.der.n), JUMIN_OK);
    jumin_verifier_trust_issuers(stage.verifier, roots);
    check_flaw((struct flaw){0});
    assert_result(&stage, JUMIN_FINDING_WARNED);
    assert_found(&stage, JUMIN_VERIFICATION_REVOCATION, JUMIN_FINDING_WARNED, JUMIN_OK);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 2);
    options.revocation_required = true;
    verifier_stage_renew(&stage, &options);
    jumin_verifier_trust_issuers(stage.verifier, roots);
    check_flaw((struct flaw){0});
    assert_result(&stage, JUMIN_FINDING_FAILED);
    jumin_verifier_trust_issuers(stage.verifier, NULL);
    jumin_trust_free(roots);
}

// ISO 18013-5 Annex B: C of the signer's issuer, KR here, is the issuing country.
static void test_country_of_another_than_the_signers_is_refused(void **state)
{
    (void)state;
    static const char *const name_spaces[] = {"org.iso.18013.5.1", "org.iso.23220.1"};
    for (size_t i = 0; i < 2; i++) {
        refuse((struct flaw){.country = "JP", .name_space = name_spaces[i]}, JUMIN_VERIFICATION_CHAIN,
               JUMIN_ERROR_CERTIFICATE);
        refuse((struct flaw){.country = "KRX", .name_space = name_spaces[i]}, JUMIN_VERIFICATION_CHAIN,
               JUMIN_ERROR_CERTIFICATE);
        check_flaw((struct flaw){.country = "KR", .name_space = name_spaces[i]});
        assert_result(&stage, JUMIN_FINDING_PASSED);
    }
    check_flaw((struct flaw){.country = "JP", .name_space = "org.example"}); // says something else there
    assert_result(&stage, JUMIN_FINDING_PASSED);
}

static void test_nobody_is_trusted_without_roots(void **state)
{
    (void)state;
    jumin_verifier_trust_issuers(stage.verifier, NULL);
    refuse((struct flaw){0}, JUMIN_VERIFICATION_TRUST_LIST, JUMIN_ERROR_SIGNER_UNKNOWN);
    assert_found(&stage, JUMIN_VERIFICATION_CHAIN, JUMIN_FINDING_FAILED, JUMIN_ERROR_SIGNER_UNKNOWN);
}

// --- Refused: who shows it ---------------------------------------------------------------------------------------------

static void test_another_device_and_another_session_are_refused(void **state)
{
    (void)state;
    uint8_t other_bytes[64];
    const struct jumin_expected wanted = expected();
    check(show(issue((struct flaw){0}), "kr.jumin.resident.1", session(), &papers.other), &wanted);
    assert_found(&stage, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_FAILED, JUMIN_ERROR_CLONED);
    check(show(issue((struct flaw){0}), "kr.jumin.resident.1",
               stage_transcript("two", other_bytes, sizeof other_bytes), &papers.device),
          &wanted);
    assert_found(&stage, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_FAILED, JUMIN_ERROR_CLONED);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 0);
}

static void test_unknown_session_is_not_accepted(void **state)
{
    (void)state;
    const struct jumin_expected wanted = {.now = STAGE_NOW};
    check(show(issue((struct flaw){0}), "kr.jumin.resident.1", session(), &papers.device), &wanted);
    assert_result(&stage, JUMIN_FINDING_NOT_DONE);
    assert_found(&stage, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_NOT_DONE, JUMIN_OK);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 0);
}

// The birth date for that session, by a MAC for the reader's key.
static void mac(struct span transcript, struct writer *w)
{
    const struct mdoc_element_name names[] = {
        {span_of("org.iso.23220.1", 15), span_of("birth_date", 10), false}};
    struct issuer_signed credential;
    struct detail detail;
    assert_int_equal(issuer_signed_parse(issue((struct flaw){0}), &credential, &detail), JUMIN_OK);
    const struct device_presentation presentation = {.credential = &credential,
                                                     .elements = names,
                                                     .element_count = 1,
                                                     .device = &papers.device,
                                                     .method = DEVICE_AUTH_MAC,
                                                     .reader_key =
                                                         span_of(papers.reader.point, SIGNER_POINT)};
    assert_int_equal(device_response_make(transcript, DEVICE_RESPONSE_OK, &presentation, 1, w), JUMIN_OK);
}

// OpenID4VP: the reader's key is the one that the answer was encrypted to.
static void test_mac_of_a_remote_answer_is_checked_by_the_requests_key(void **state)
{
    (void)state;
    static const uint8_t thumbprint[JWK_THUMBPRINT] = {1, 2, 3};
    const struct vp_session session_of = {"x509_san_dns:shop.example", "n-1", "https://shop.example/r",
                                          thumbprint};
    const struct signer *const keys[] = {&papers.reader, &papers.other, NULL};
    struct remote_judge judge = remote_judge_of(stage.verifier);
    struct dcql_credential query = {.format = DCQL_MDOC};
    uint8_t transcript[MDOC_TRANSCRIPT_MAX];
    struct writer t = writer_of(transcript, sizeof transcript), w = writer_of(response_bytes, STAGE_BYTES);
    static char text[2 * STAGE_BYTES];
    struct writer base64 = writer_of(text, sizeof text);
    assert_true(vp_transcript(&session_of, &t));
    mac(writer_span(&t), &w);
    base64url_put(&base64, writer_span(&w));
    const struct vp_presentation shown = {&query, writer_span(&base64)};
    for (size_t i = 0; i < 3; i++) {
        const struct remote_answer answer = {
            .session = &session_of, .key = keys[i], .presentations = &shown, .count = 1, .now = STAGE_NOW};
        json_t *verdict = NULL;
        struct detail detail;
        const enum jumin_error error = judge.judge(judge.context, &answer, &verdict, &detail);
        assert_int_equal(error, i == 0 ? JUMIN_OK : i == 1 ? JUMIN_ERROR_CLONED : JUMIN_ERROR_NOT_SUPPORTED);
        json_decref(verdict);
    }
}

static void test_mac_needs_the_readers_key(void **state)
{
    (void)state;
    struct jumin_expected wanted = expected();
    struct writer w = writer_of(response_bytes, sizeof response_bytes);
    mac(session(), &w);
    check(writer_span(&w), &wanted);
    assert_found(&stage, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_FAILED, JUMIN_ERROR_NOT_SUPPORTED);
    jumin_verification_free(stage.verification);
    assert_int_equal(
        verifier_check_mdoc(stage.verifier, writer_span(&w), &papers.reader, &wanted, &stage.verification),
        JUMIN_OK);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    jumin_verification_free(stage.verification);
    assert_int_equal(
        verifier_check_mdoc(stage.verifier, writer_span(&w), &papers.other, &wanted, &stage.verification),
        JUMIN_OK);
    assert_found(&stage, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_FAILED, JUMIN_ERROR_CLONED);
}

// --- Several at once -----------------------------------------------------------------------------------------------

static void test_every_check_stands_by_itself(void **state)
{
    (void)state;
    stage.value = STATUS_INVALID;
    refuse((struct flaw){.status = true, .wrong_digest = true, .valid_until = STAGE_NOW - 1},
           JUMIN_VERIFICATION_DIGESTS, JUMIN_ERROR_HASH);
    assert_found(&stage, JUMIN_VERIFICATION_VALIDITY, JUMIN_FINDING_FAILED, JUMIN_ERROR_NOT_VALID_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_FAILED, JUMIN_ERROR_REVOKED);
    assert_found(&stage, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_PASSED, JUMIN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_good_mdoc_is_accepted_and_says_what_was_learned),
        test(test_mdoc_without_status_is_good_until_it_expires),
        test(test_malformed_bytes_are_refused),
        test(test_response_that_says_it_failed_is_refused),
        test(test_response_without_documents_is_refused),
        test(test_two_documents_are_refused_where_one_was_asked),
        test(test_every_malformed_credential_is_refused),
        test(test_wrong_type_is_refused),
        test(test_another_document_than_asked_for_is_refused),
        test(test_wrong_signature_is_refused),
        test(test_changed_value_is_refused),
        test(test_wrong_times_are_refused),
        test(test_signer_of_another_kind_is_refused),
        test(test_unknown_signer_is_refused),
        test(test_signer_that_has_expired_is_refused),
        test(test_revoked_signer_is_refused),
        test(test_missing_revocation_list_warns_or_refuses),
        test(test_country_of_another_than_the_signers_is_refused),
        test(test_nobody_is_trusted_without_roots),
        test(test_another_device_and_another_session_are_refused),
        test(test_unknown_session_is_not_accepted),
        test(test_mac_needs_the_readers_key),
        test(test_mac_of_a_remote_answer_is_checked_by_the_requests_key),
        test(test_every_check_stands_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
