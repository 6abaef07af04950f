// What a verifier goes by: its trust list and the list's age, the registry's proofs, and its rules.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/holder_stage.h"
#include "tests/unit/temporary_folder.h"

#include <stdlib.h>

enum { LIST_BYTES = 16384 };

static struct verifier_stage stage;
static struct holder_stage holder;
static struct stage_holder list_signer;
static uint8_t list_bytes[LIST_BYTES], response_bytes[65536];
static struct span response;
static const uint8_t transcript[] = {0x83, 0xF6, 0xF6, 0x61, 'x'};

// One credential for all tests, with or without a place in a status list.
static void show_credential(bool status)
{
    holder_stage_open(&holder, &stage.mdoc, stage.venues, STAGE_NOW, false, status);
    const struct mdoc_element_name name = {span_of("org.iso.23220.1", 15), span_of("birth_date", 10), false};
    const struct device_presentation presentation = {
        .credential = &holder.credential, .elements = &name, .element_count = 1, .device = &holder.device};
    struct writer w = writer_of(response_bytes, sizeof response_bytes);
    assert_int_equal(device_response_make(span_of(transcript, sizeof transcript), DEVICE_RESPONSE_OK,
                                          &presentation, 1, &w),
                     JUMIN_OK);
    response = writer_span(&w);
}

static int setup(void **state)
{
    if (temporary_folder_make(state) != 0) {
        return 1;
    }
    verifier_stage_open(&stage);
    stage_issue(&list_signer, &stage.root, CERTIFICATE_TRUST_LIST_SIGNER, CRYPTO_P256, NULL);
    show_credential(false);
    return 0;
}

static int teardown(void **state)
{
    holder_stage_close(&holder);
    stage_release(&list_signer);
    verifier_stage_close(&stage);
    return temporary_folder_remove(state);
}

static void check(int64_t now)
{
    const struct jumin_expected expected = {
        .now = now, .transcript = transcript, .transcript_length = sizeof transcript};
    jumin_verification_free(stage.verification);
    assert_int_equal(
        jumin_verifier_check_mdoc(stage.verifier, response.p, response.n, &expected, &stage.verification),
        JUMIN_OK);
}

// --- Trust list ----------------------------------------------------------------------------------------------------

static struct span sign_roots(int64_t issued, int64_t expires, const struct trust_list_root *roots,
                              size_t count)
{
    const struct x5chain chain = stage_chain(&list_signer);
    struct writer w = writer_of(list_bytes, sizeof list_bytes);
    struct signer signer;
    struct detail detail;
    assert_true(signer_of_key(&list_signer.key.key, &signer));
    assert_int_equal(trust_list_sign(issued, expires, roots, count, &signer, &chain, &w, &detail), JUMIN_OK);
    return writer_span(&w);
}

static struct span sign_list(int64_t issued, int64_t expires)
{
    const struct trust_list_root root = {.kind = TRUST_LIST_ISSUERS, .certificate = stage.root.der};
    return sign_roots(issued, expires, &root, 1);
}

static enum jumin_error load(struct span list, int64_t now)
{
    return jumin_verifier_load_trust_list(stage.verifier, list.p, list.n, now);
}

static void set_anchor(const struct stage_holder *root)
{
    assert_int_equal(jumin_verifier_set_anchor(stage.verifier, root->der.p, root->der.n), JUMIN_OK);
}

static void test_trust_list_is_judged_by_its_age(void **state)
{
    (void)state;
    static const struct {
        int64_t age;
        enum jumin_finding finding;
        enum jumin_error error;
    } cases[] = {
        {0, JUMIN_FINDING_PASSED, JUMIN_OK},
        {3600, JUMIN_FINDING_PASSED, JUMIN_OK},
        {3601, JUMIN_FINDING_WARNED, JUMIN_OK},
        {7300, JUMIN_FINDING_WARNED, JUMIN_OK}, // has expired
        {86401, JUMIN_FINDING_FAILED, JUMIN_ERROR_NOT_VALID_NOW},
    };
    set_anchor(&stage.root);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct jumin_verifier_options options = verifier_stage_options();
        verifier_stage_renew(&stage, &options);
        set_anchor(&stage.root);
        const int64_t issued = STAGE_NOW - cases[i].age;
        assert_int_equal(load(sign_list(issued, issued + 7200), STAGE_NOW), JUMIN_OK);
        check(STAGE_NOW);
        assert_found(&stage, JUMIN_VERIFICATION_TRUST_LIST, cases[i].finding, cases[i].error);
        assert_found(&stage, JUMIN_VERIFICATION_CHAIN, JUMIN_FINDING_PASSED, JUMIN_OK);
        assert_int_equal(jumin_verification_learned_count(stage.verification),
                         cases[i].finding == JUMIN_FINDING_FAILED ? 0 : 1);
    }
}

static void test_expired_list_warns_even_when_it_is_young(void **state)
{
    (void)state;
    set_anchor(&stage.root);
    assert_int_equal(load(sign_list(STAGE_NOW - 100, STAGE_NOW - 1), STAGE_NOW), JUMIN_OK);
    check(STAGE_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_TRUST_LIST, JUMIN_FINDING_WARNED, JUMIN_OK);
}

static void test_lists_that_are_none_change_nothing(void **state)
{
    (void)state;
    const struct span list = sign_list(STAGE_NOW - 100, STAGE_NOW + 1000);
    assert_int_equal(load(list, STAGE_NOW), JUMIN_ERROR_ARGUMENT); // no anchor
    set_anchor(&stage.venue_root);
    assert_int_equal(load(list, STAGE_NOW), JUMIN_ERROR_SIGNER_UNKNOWN);
    set_anchor(&stage.root);
    assert_int_equal(load(list, STAGE_NOW - 1000), JUMIN_ERROR_NOT_VALID_NOW); // from the future
    assert_int_equal(load(span_of("ey", 2), STAGE_NOW), JUMIN_ERROR_MALFORMED);
    assert_int_equal(jumin_verifier_set_anchor(stage.verifier, (const uint8_t *)"x", 1), JUMIN_ERROR_INPUT);
    assert_int_equal(load(list, STAGE_NOW), JUMIN_OK);
    assert_int_equal(load(sign_list(STAGE_NOW - 200, STAGE_NOW + 1000), STAGE_NOW), JUMIN_ERROR_CONFLICT);
    check(STAGE_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_TRUST_LIST, JUMIN_FINDING_PASSED, JUMIN_OK);
}

// The folder knows which list was the newest, of each anchor.
static void test_an_older_list_is_refused_after_a_new_start_too(void **state)
{
    (void)state;
    struct jumin_verifier_options options = verifier_stage_options();
    static uint8_t older_bytes[LIST_BYTES];
    const struct span older = sign_list(STAGE_NOW - 200, STAGE_NOW + 1000);
    memcpy(older_bytes, older.p, older.n);
    options.cache = temporary_path(".");
    for (int i = 0; i < 2; i++) {
        verifier_stage_renew(&stage, &options);
        set_anchor(&stage.root);
        assert_int_equal(load(sign_list(STAGE_NOW - 100, STAGE_NOW + 1000), STAGE_NOW), JUMIN_OK);
        verifier_stage_renew(&stage, &options);
        set_anchor(&stage.root);
        assert_int_equal(load(span_of(older_bytes, older.n), STAGE_NOW), JUMIN_ERROR_CONFLICT);
    }
    struct stage_holder other, signer = list_signer;
    stage_root(&other, "Another anchor", NULL);
    stage_issue(&list_signer, &other, CERTIFICATE_TRUST_LIST_SIGNER, CRYPTO_P256, NULL);
    set_anchor(&other);
    assert_int_equal(load(sign_list(STAGE_NOW - 300, STAGE_NOW + 1000), STAGE_NOW), JUMIN_OK);
    stage_release(&list_signer);
    stage_release(&other);
    list_signer = signer;
    options.cache = NULL;
    verifier_stage_renew(&stage, &options);
    set_anchor(&stage.root);
    assert_int_equal(load(span_of(older_bytes, older.n), STAGE_NOW), JUMIN_OK);
}

static void test_what_was_trusted_before_is_forgotten_with_its_roots(void **state)
{
    (void)state;
    struct jumin_trust *nobody = NULL;
    check(STAGE_NOW);
    assert_result(&stage, JUMIN_FINDING_PASSED);
    assert_int_equal(jumin_trust_new(&nobody), JUMIN_OK);
    jumin_verifier_trust_issuers(stage.verifier, nobody);
    check(STAGE_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_CHAIN, JUMIN_FINDING_FAILED, JUMIN_ERROR_SIGNER_UNKNOWN);
    jumin_verifier_trust_issuers(stage.verifier, NULL);
    jumin_trust_free(nobody);
}

// An issuer of one kind of document must not make another.
static void test_root_vouches_only_for_the_types_of_the_list(void **state)
{
    (void)state;
    static const char *const types[] = {"org.iso.18013.5.1.mDL", "kr.jumin.resident.1"};
    struct trust_list_root root = {
        .kind = TRUST_LIST_ISSUERS, .certificate = stage.root.der, .types = types, .type_count = 2};
    set_anchor(&stage.root);
    assert_int_equal(load(sign_roots(STAGE_NOW - 2, STAGE_NOW + 1000, &root, 1), STAGE_NOW), JUMIN_OK);
    check(STAGE_NOW);
    assert_result(&stage, JUMIN_FINDING_WARNED); // without revocation list
    root.type_count = 1;
    assert_int_equal(load(sign_roots(STAGE_NOW - 1, STAGE_NOW + 1000, &root, 1), STAGE_NOW), JUMIN_OK);
    check(STAGE_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_CHAIN, JUMIN_FINDING_FAILED, JUMIN_ERROR_CERTIFICATE);
    assert_int_equal(jumin_verification_learned_count(stage.verification), 0);
    jumin_verifier_trust_issuers(stage.verifier, stage.issuers); // who answers for them says nothing of types
    check(STAGE_NOW);
    assert_result(&stage, JUMIN_FINDING_PASSED);
}

// After a change of roots, the status lists come from the new one, and credentials are of the old one.
static void test_roots_of_one_issuer_speak_for_each_other(void **state)
{
    (void)state;
    struct stage_holder second, status;
    stage_root(&second, "Second root", NULL);
    stage_issue(&status, &second, CERTIFICATE_STATUS_SIGNER, CRYPTO_P256, NULL);
    struct trust_list_root roots[] = {
        {.kind = TRUST_LIST_ISSUERS, .certificate = stage.root.der, .issuer = "the ministry"},
        {.kind = TRUST_LIST_ISSUERS, .certificate = second.der, .issuer = "the ministry"},
    };
    holder_stage_close(&holder);
    show_credential(true);
    stage.list_signer = &status;
    set_anchor(&stage.root);
    assert_int_equal(load(sign_roots(STAGE_NOW - 2, STAGE_NOW + 1000, roots, 2), STAGE_NOW), JUMIN_OK);
    check(STAGE_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_PASSED, JUMIN_OK);
    roots[1].issuer = "another";
    assert_int_equal(load(sign_roots(STAGE_NOW - 1, STAGE_NOW + 1000, roots, 2), STAGE_NOW), JUMIN_OK);
    check(STAGE_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_FAILED, JUMIN_ERROR_CERTIFICATE);
    roots[0].issuer = roots[1].issuer = NULL; // nothing is said
    assert_int_equal(load(sign_roots(STAGE_NOW, STAGE_NOW + 1000, roots, 2), STAGE_NOW), JUMIN_OK);
    check(STAGE_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_FAILED, JUMIN_ERROR_CERTIFICATE);
    stage_release(&second);
    stage_release(&status);
}

// --- Registry ------------------------------------------------------------------------------------------------------

static char *prove(struct jumin_registry *registry, struct span content, enum jumin_registry_kind kind)
{
    uint64_t index = 0;
    char *json = NULL;
    assert_int_equal(
        jumin_registry_add(registry, kind, "mdoc signer", content.p, content.n, STAGE_NOW, &index), JUMIN_OK);
    assert_int_equal(jumin_registry_proof(registry, index, 0, STAGE_NOW, &json), JUMIN_OK);
    return json;
}

static void test_registry_is_looked_into_without_asking_it(void **state)
{
    (void)state;
    struct jumin_verifier_options options = verifier_stage_options();
    struct jumin_registry *registry = NULL;
    uint8_t key[JUMIN_REGISTRY_KEY];
    assert_int_equal(jumin_registry_open(&registry, temporary_path("registry.db")), JUMIN_OK);
    assert_int_equal(
        jumin_registry_use_key(registry, temporary_path("registry.key"), "registry", NULL, NULL, true),
        JUMIN_OK);
    assert_int_equal(jumin_registry_key(registry, key), JUMIN_OK);
    char *proof = prove(registry, stage.mdoc.der, JUMIN_REGISTRY_CERTIFICATE);
    char *other = prove(registry, stage.status.der, JUMIN_REGISTRY_CERTIFICATE);
    char *schema = prove(registry, stage.mdoc.der, JUMIN_REGISTRY_SCHEMA);

    check(STAGE_NOW); // no registry is known, and nothing is said of it
    assert_null(jumin_verification_find(stage.verification, JUMIN_VERIFICATION_REGISTRY));
    assert_int_equal(jumin_verifier_add_proof(stage.verifier, proof, strlen(proof)), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_verifier_use_registry(stage.verifier, key, sizeof key - 1), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_verifier_use_registry(stage.verifier, key, sizeof key), JUMIN_OK);
    assert_int_equal(jumin_verifier_add_proof(stage.verifier, other, strlen(other)), JUMIN_OK);
    assert_int_equal(jumin_verifier_add_proof(stage.verifier, schema, strlen(schema)), JUMIN_OK);
    check(STAGE_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_REGISTRY, JUMIN_FINDING_WARNED, JUMIN_OK);
    assert_int_equal(jumin_verifier_add_proof(stage.verifier, proof, strlen(proof)), JUMIN_OK);
    check(STAGE_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_REGISTRY, JUMIN_FINDING_PASSED, JUMIN_OK);
    assert_result(&stage, JUMIN_FINDING_PASSED);

    options.registry_required = true;
    verifier_stage_renew(&stage, &options);
    check(STAGE_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_REGISTRY, JUMIN_FINDING_FAILED, JUMIN_ERROR_HASH);
    assert_result(&stage, JUMIN_FINDING_FAILED);
    assert_int_equal(jumin_verifier_use_registry(stage.verifier, holder.device.point, SIGNER_POINT),
                     JUMIN_OK);
    assert_int_equal(jumin_verifier_add_proof(stage.verifier, proof, strlen(proof)), JUMIN_ERROR_SIGNATURE);
    free(proof);
    free(other);
    free(schema);
    jumin_registry_free(registry);
}

static void test_status_list_is_looked_up_in_the_proofs_of_its_address(void **state)
{
    (void)state;
    struct jumin_verifier_options options = verifier_stage_options();
    struct jumin_registry *registry = NULL;
    uint8_t key[JUMIN_REGISTRY_KEY];
    uint64_t index = 0;
    char *proofs[3] = {NULL};
    holder_stage_close(&holder);
    show_credential(true);
    assert_int_equal(jumin_registry_open(&registry, temporary_path("registry.db")), JUMIN_OK);
    assert_int_equal(
        jumin_registry_use_key(registry, temporary_path("registry.key"), "registry", NULL, NULL, true),
        JUMIN_OK);
    assert_int_equal(jumin_registry_key(registry, key), JUMIN_OK);
    check(STAGE_NOW); // fetches
    const struct {
        const char *name;
        struct span content;
    } lists[] = {{"https://issuer.example/status/2", span_of("a", 1)}, // of another address
                 {STAGE_STATUS_URI, span_of("the list before", 15)},
                 {STAGE_STATUS_URI, span_of(stage.served, stage.served_length)}};
    static const enum jumin_finding findings[] = {JUMIN_FINDING_PASSED, JUMIN_FINDING_WARNED,
                                                  JUMIN_FINDING_PASSED};
    assert_int_equal(jumin_verifier_use_registry(stage.verifier, key, sizeof key), JUMIN_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(jumin_registry_add(registry, JUMIN_REGISTRY_STATUS_LIST, lists[i].name,
                                            lists[i].content.p, lists[i].content.n, STAGE_NOW, &index),
                         JUMIN_OK);
        assert_int_equal(jumin_registry_proof(registry, index, 0, STAGE_NOW, &proofs[i]), JUMIN_OK);
        assert_int_equal(jumin_verifier_add_proof(stage.verifier, proofs[i], strlen(proofs[i])), JUMIN_OK);
        check(STAGE_NOW);
        assert_found(&stage, JUMIN_VERIFICATION_STATUS, findings[i], JUMIN_OK);
        assert_int_equal(
            strstr(jumin_verification_find(stage.verification, JUMIN_VERIFICATION_STATUS)->detail,
                   "it is in the registry") != NULL,
            i == 2);
    }
    options.registry_required = true;
    verifier_stage_renew(&stage, &options);
    assert_int_equal(jumin_verifier_use_registry(stage.verifier, key, sizeof key), JUMIN_OK);
    assert_int_equal(jumin_verifier_add_proof(stage.verifier, proofs[1], strlen(proofs[1])), JUMIN_OK);
    check(STAGE_NOW);
    assert_found(&stage, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_FAILED, JUMIN_ERROR_HASH);
    for (size_t i = 0; i < 3; i++) {
        free(proofs[i]);
    }
    jumin_registry_free(registry);
}

// --- Rules ---------------------------------------------------------------------------------------------------------

static void test_rules_that_are_none_are_refused(void **state)
{
    (void)state;
    static const struct jumin_freshness wrong[] = {{-1, 5}, {5, 4}};
    struct jumin_verifier *verifier = NULL;
    for (size_t i = 0; i < 2; i++) {
        struct jumin_verifier_options options = verifier_stage_options();
        options.statuses = wrong[i];
        assert_int_equal(jumin_verifier_new(&verifier, &options), JUMIN_ERROR_ARGUMENT);
        options = verifier_stage_options();
        options.trust = wrong[i];
        assert_int_equal(jumin_verifier_new(&verifier, &options), JUMIN_ERROR_ARGUMENT);
    }
    assert_null(verifier);
}

static void test_names_are_those_of_the_manual(void **state)
{
    (void)state;
    assert_string_equal(jumin_finding_name(JUMIN_FINDING_NOT_DONE), "not-done");
    assert_string_equal(jumin_verification_kind_name(JUMIN_VERIFICATION_TRUST_LIST), "trust-list");
    assert_string_equal(jumin_verification_kind_name(JUMIN_VERIFICATION_PURPOSE), "purpose");
    assert_null(jumin_verification_kind_name((enum jumin_verification_kind)JUMIN_VERIFICATION_KINDS));
    assert_null(jumin_finding_name((enum jumin_finding)4));
}

// What is cut, and what a terminal would obey, stays readable.
static void test_sentences_hold_no_control_characters(void **state)
{
    (void)state;
    struct jumin_verification *verification = verification_new();
    char cut[] = "caf\xC3";
    char bell[] = "a\x1b[2J\x07";
    char csi[] = "\xEA\xB9\x80\xC2\x9B"
                 "2J\xC2\xA0\x9B\xEA\xB9";
    verification_clean(csi);
    assert_string_equal(csi, "\xEA\xB9\x80?2J\xC2\xA0???");
    verification_clean(cut);
    verification_clean(bell);
    assert_string_equal(cut, "caf?");
    assert_string_equal(bell, "a?[2J?");
    verification_learn(verification, span_of("n", 1), span_of("a\x1b", 2), JUMIN_LEARNED_TEXT,
                       span_of("\x1b[2J\xC2\x9B"
                               "김",
                               9));
    assert_string_equal(jumin_verification_learned(verification, 0)->name, "a ");
    assert_string_equal(jumin_verification_learned(verification, 0)->text, " [2J 김");
    jumin_verification_free(verification);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_trust_list_is_judged_by_its_age),
        test(test_expired_list_warns_even_when_it_is_young),
        test(test_lists_that_are_none_change_nothing),
        test(test_an_older_list_is_refused_after_a_new_start_too),
        test(test_what_was_trusted_before_is_forgotten_with_its_roots),
        test(test_root_vouches_only_for_the_types_of_the_list),
        test(test_roots_of_one_issuer_speak_for_each_other),
        test(test_registry_is_looked_into_without_asking_it),
        test(test_status_list_is_looked_up_in_the_proofs_of_its_address),
        test(test_rules_that_are_none_are_refused),
        test(test_names_are_those_of_the_manual),
        test(test_sentences_hold_no_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
