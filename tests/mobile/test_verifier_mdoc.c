// The verdict on an mdoc: what is good is accepted, and every way of being wrong is refused by its own check.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/mdoc_stage.h"
#include "tests/mobile/verifier_stage.h"

static struct verifier_stage stage;
static struct mdoc_stage papers;
static uint8_t credential_bytes[STAGE_BYTES], response_bytes[STAGE_BYTES], session_bytes[64];

static int setup(void **state)
{
    (void)state;
    verifier_stage_open(&stage);
    mdoc_stage_open(&papers);
    assert_true(signer_of_key(&stage.mdoc.key.key, &papers.issuer));
    papers.certificate = stage.mdoc.der;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    mdoc_stage_close(&papers);
    verifier_stage_close(&stage);
    return 0;
}

static struct flaw in_time(struct flaw flaw)
{
    flaw.signed_at = flaw.signed_at != 0 ? flaw.signed_at : STAGE_NOW - 100;
    flaw.valid_from = flaw.valid_from != 0 ? flaw.valid_from : STAGE_NOW - 100;
    flaw.valid_until = flaw.valid_until != 0 ? flaw.valid_until : STAGE_NOW + 1000;
    return flaw;
}

static struct span session(void)
{
    return stage_transcript("one", session_bytes, sizeof session_bytes);
}

static struct jumin_expected expected(void)
{
    const struct span transcript = session();
    return (struct jumin_expected){
        .now = STAGE_NOW, .transcript = transcript.p, .transcript_length = transcript.n};
}

static void check(struct span response, const struct jumin_expected *wanted)
{
    jumin_verification_free(stage.verification);
    assert_int_equal(
        jumin_verifier_check_mdoc(stage.verifier, response.p, response.n, wanted, &stage.verification),
        JUMIN_OK);
}

// The response by hand, since ours does not show what it cannot parse.
static struct span show(struct span issuer_signed, const char *doc_type, struct span transcript,
                        const struct signer *device)
{
    uint8_t authentication_bytes[1024];
    struct writer w = writer_of(response_bytes, sizeof response_bytes),
                  authentication = writer_of(authentication_bytes, sizeof authentication_bytes);
    const struct cose_header header = {.algorithm = COSE_ES256, .detached = true};
    const uint8_t empty[] = {0xD8, 0x18, 0x41, 0xA0}; // 24(<<{}>>)
    cbor_put_map(&w, 3);
    cbor_put_string(&w, "version");
    cbor_put_string(&w, "1.0");
    cbor_put_string(&w, "documents");
    cbor_put_array(&w, 1);
    cbor_put_map(&w, 3);
    cbor_put_string(&w, "docType");
    cbor_put_string(&w, doc_type);
    cbor_put_string(&w, "issuerSigned");
    writer_put(&w, issuer_signed);
    cbor_put_string(&w, "deviceSigned");
    cbor_put_map(&w, 2);
    cbor_put_string(&w, "nameSpaces");
    writer_put(&w, span_of(empty, sizeof empty));
    cbor_put_string(&w, "deviceAuth");
    cbor_put_map(&w, 1);
    cbor_put_string(&w, "deviceSignature");
    device_authentication_put(&authentication, transcript, span_of(doc_type, strlen(doc_type)),
                              span_of(empty, sizeof empty));
    assert_true(cose_sign1_put(&w, &header, writer_span(&authentication), device));
    cbor_put_string(&w, "status");
    cbor_put_unsigned(&w, 0);
    assert_false(w.overflow || authentication.overflow);
    return writer_span(&w);
}

static struct span issue(struct flaw flaw)
{
    const struct flaw timed = in_time(flaw);
    return stage_issuer_signed(&papers, &timed, credential_bytes, sizeof credential_bytes);
}

static void check_flaw(struct flaw flaw)
{
    const struct jumin_expected wanted = expected();
    check(show(issue(flaw), "kr.jumin.resident.1", session(), &papers.device), &wanted);
}

static void refuse(struct flaw flaw, enum jumin_verification_kind kind, enum jumin_error error)
{
    check_flaw(flaw);
    assert_result(&stage, JUMIN_FINDING_FAILED);
    assert_found(&stage, kind, JUMIN_FINDING_FAILED, error);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 0);
}

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

static void sign_by(const struct stage_holder *holder)
{
    papers.certificate = holder->der;
    union {
        const struct crypto_ec_key *read;
        struct crypto_ec_key *any;
    } key = {.read = &holder->key.key};
    assert_true(signer_of_key(key.any, &papers.issuer));
}

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

static void test_mac_needs_the_readers_key(void **state)
{
    (void)state;
    const struct mdoc_element_name names[] = {
        {span_of("org.iso.23220.1", 15), span_of("birth_date", 10), false}};
    struct jumin_expected wanted = expected();
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
    struct writer w = writer_of(response_bytes, sizeof response_bytes);
    assert_int_equal(device_response_make(session(), DEVICE_RESPONSE_OK, &presentation, 1, &w), JUMIN_OK);
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

// --- Refused: status -----------------------------------------------------------------------------------------------

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

static void test_list_of_another_address_refuses(void **state)
{
    (void)state;
    stage.list_uri = "https://issuer.example/status/2";
    refuse_status(JUMIN_ERROR_MALFORMED);
}

static void test_list_by_another_kind_of_signer_refuses(void **state)
{
    (void)state;
    stage.list_signer = &stage.mdoc;
    refuse_status(JUMIN_ERROR_CERTIFICATE);
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

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
        test(test_nobody_is_trusted_without_roots),
        test(test_another_device_and_another_session_are_refused),
        test(test_unknown_session_is_not_accepted),
        test(test_mac_needs_the_readers_key),
        test(test_revoked_and_locked_are_refused),
        test(test_list_that_cannot_be_had_refuses),
        test(test_list_of_another_address_refuses),
        test(test_list_by_another_kind_of_signer_refuses),
        test(test_status_of_an_unknown_kind_refuses),
        test(test_venues_rule_decides_on_the_age_of_the_list),
        test(test_old_list_says_revoked_all_the_same),
        test(test_kept_list_serves_offline_and_ages),
        test(test_lock_shows_once_the_list_is_fetched_again),
        test(test_every_check_stands_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
