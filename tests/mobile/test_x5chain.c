// Certificate chains of the mobile credential: what leads to a root, and each thing that does not.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/x5chain_stage.h"

#include "host/pki/purposes.h"
#include <stdio.h>
#include <string.h>

static struct jumin_trust *trust;
static struct stage_holder root, signer;
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
    stage_release(&signer);
    jumin_trust_free(trust);
    return 0;
}

static void issue(enum certificate_profile profile, void (*change)(struct certificate_request *))
{
    stage_release(&signer);
    stage_issue(&signer, &root, profile, CRYPTO_P256, change);
}

static enum jumin_error check_chain(const struct x5chain *chain, enum x5chain_role role, int64_t now,
                                    bool required, struct x5chain_signer *answer)
{
    const struct x5chain_rules rules = {role, trust, now, required};
    return x5chain_check(chain, &rules, answer, &detail);
}

static enum jumin_error check(enum x5chain_role role)
{
    struct x5chain_signer answer;
    const struct x5chain chain = stage_chain(&signer);
    return check_chain(&chain, role, STAGE_NOW, false, &answer);
}

static void assert_refused(enum jumin_error error, enum jumin_error wanted, const char *sentence)
{
    assert_int_equal(error, wanted);
    assert_string_equal(detail.text, sentence);
}

// --- What is good ------------------------------------------------------------------------------------------------

static void test_a_document_signer_leads_to_its_root(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    uint8_t point[CRYPTO_POINT_MAX];
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    const struct x5chain chain = stage_chain(&signer);
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer), JUMIN_OK);
    assert_true(crypto_ec_public(&signer.key.key, point));
    assert_int_equal(answer.curve, CRYPTO_P256);
    assert_int_equal(answer.point_length, 65);
    assert_memory_equal(answer.point, point, 65);
    assert_string_equal(answer.country, "KR");
    assert_string_equal(answer.name, "Signer");
    assert_string_equal(answer.organization, "jumin specimen");
    assert_int_equal(answer.purposes, 0);
    assert_int_equal(answer.not_before, STAGE_NOW - STAGE_DAY);
    assert_int_equal(answer.not_after, STAGE_NOW + 100 * STAGE_DAY);
    assert_int_equal(answer.valid_from, answer.not_before);
    assert_int_equal(answer.valid_until, answer.not_after);
    assert_false(answer.revocation_checked);
}

static void test_each_role_takes_its_own_certificates_only(void **state)
{
    (void)state;
    static const struct {
        enum certificate_profile profile;
        enum x5chain_role role;
    } pairs[] = {{CERTIFICATE_MDOC_SIGNER, X5CHAIN_MDOC_SIGNER},
                 {CERTIFICATE_STATUS_SIGNER, X5CHAIN_STATUS_SIGNER},
                 {CERTIFICATE_SD_JWT_ISSUER, X5CHAIN_SD_JWT_ISSUER},
                 {CERTIFICATE_READER, X5CHAIN_READER},
                 {CERTIFICATE_TRUST_LIST_SIGNER, X5CHAIN_TRUST_LIST}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        issue(pairs[i].profile, NULL);
        for (unsigned role = 0; role < X5CHAIN_ROLES; role++) {
            assert_int_equal(check((enum x5chain_role)role),
                             role == pairs[i].role ? JUMIN_OK : JUMIN_ERROR_CERTIFICATE);
        }
    }
}

static void test_a_certificate_without_extended_key_usage_fits_where_no_standard_names_one(void **state)
{
    (void)state;
    issue(CERTIFICATE_DOCUMENT_SIGNER, NULL);
    assert_int_equal(check(X5CHAIN_STATUS_SIGNER), JUMIN_OK);
    assert_int_equal(check(X5CHAIN_SD_JWT_ISSUER), JUMIN_OK);
    assert_int_equal(check(X5CHAIN_WALLET_PROVIDER), JUMIN_OK);
    assert_int_equal(check(X5CHAIN_TRUST_LIST), JUMIN_ERROR_CERTIFICATE);
    assert_int_equal(check(X5CHAIN_READER), JUMIN_ERROR_CERTIFICATE);
    assert_refused(check(X5CHAIN_MDOC_SIGNER), JUMIN_ERROR_CERTIFICATE,
                   "the signer's extended key usage is not that for documents");
}

static void test_p_384_signs_too_and_other_curves_do_not(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    stage_issue(&signer, &root, CERTIFICATE_MDOC_SIGNER, CRYPTO_P384, NULL);
    struct x5chain chain = stage_chain(&signer);
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer), JUMIN_OK);
    assert_int_equal(answer.curve, CRYPTO_P384);
    assert_int_equal(answer.point_length, 97);
    stage_release(&signer);
    stage_issue(&signer, &root, CERTIFICATE_MDOC_SIGNER, CRYPTO_BRAINPOOL_P256R1, NULL);
    assert_refused(check(X5CHAIN_MDOC_SIGNER), JUMIN_ERROR_CERTIFICATE,
                   "the signer's key is of neither P-256 nor P-384");
}

static void test_an_authority_between_leads_to_the_root_where_that_allows_it(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    struct stage_holder free_root, between, leaf;
    stage_root(&free_root, "Free Root", NULL);
    stage_forge(&free_root, &free_root, "30060101FF020100", "30060101FF020101"); // pathLenConstraint 1
    assert_int_equal(jumin_trust_add_certificate(trust, free_root.der.p, free_root.der.n), JUMIN_OK);
    stage_issue(&between, &free_root, CERTIFICATE_IACA, CRYPTO_P256, NULL);
    stage_issue(&leaf, &between, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
    struct x5chain chain = stage_chain(&leaf);
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer),
                   JUMIN_ERROR_SIGNER_UNKNOWN,
                   "the signer's certificate is not to be trusted: the authority that it names is not in the "
                   "trust store");
    assert_true(x5chain_add(&chain, between.der));
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer), JUMIN_OK);
    chain.count = 1;
    chain.certificates[0] = between.der;
    assert_true(x5chain_add(&chain, leaf.der));
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer),
                   JUMIN_ERROR_CERTIFICATE, "the signer is a certification authority");
    stage_release(&free_root);
    stage_release(&between);
    stage_release(&leaf);
}

// --- The chain ---------------------------------------------------------------------------------------------------

static void test_an_empty_and_a_long_chain_are_refused(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    struct x5chain chain = {.count = 0};
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer), JUMIN_ERROR_MALFORMED,
                   "the chain has 0 certificates, and not 1 to 3");
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    for (unsigned i = 0; i < X5CHAIN_MAX; i++) {
        assert_true(x5chain_add(&chain, signer.der));
    }
    assert_false(x5chain_add(&chain, signer.der));
    chain.count = 4;
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer),
                     JUMIN_ERROR_MALFORMED);
}

static void test_what_is_no_certificate_is_refused(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    struct x5chain chain = {{span_of(signer.der.p, signer.der.n - 1)}, 1};
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer), JUMIN_ERROR_MALFORMED,
                   "certificate 1 of the chain: it is no certificate in DER");
    chain.certificates[0] = span_of(NULL, 0);
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer),
                     JUMIN_ERROR_MALFORMED);
}

static void test_a_root_in_the_chain_is_refused(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    struct x5chain chain = stage_chain(&signer);
    assert_true(x5chain_add(&chain, root.der));
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer),
                   JUMIN_ERROR_CERTIFICATE,
                   "certificate 2 of the chain is a root, which must not stand there");
}

static void test_links_that_do_not_hold_are_refused(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    struct stage_holder between, other, leaf;
    stage_issue(&between, &root, CERTIFICATE_IACA, CRYPTO_P256, NULL);
    stage_issue(&leaf, &between, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
    struct x5chain chain = stage_chain(&leaf);
    assert_true(x5chain_add(&chain, between.der));
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer),
                   JUMIN_ERROR_CERTIFICATE,
                   "the signer's chain is longer than one of its authorities allows");
    // Another key of the same name, whose identifier differs.
    stage_issue(&other, &root, CERTIFICATE_IACA, CRYPTO_P256, NULL);
    chain.certificates[1] = other.der;
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer),
                   JUMIN_ERROR_CERTIFICATE,
                   "certificate 2 of the chain is not that of the issuer of the one before");
    chain.certificates[1] = between.der;
    stage_forge(&leaf, &other, "0603551D0E", "0603551D0E"); // the same, signed by another
    chain.certificates[0] = leaf.der;
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer), JUMIN_ERROR_SIGNATURE,
                   "certificate 1 of the chain is not signed by the next one");
    stage_release(&between);
    stage_release(&other);
    stage_release(&leaf);
}

static void test_an_issuer_that_is_no_authority_is_refused(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    struct stage_holder leaf;
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    stage_issue(&leaf, &signer, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
    struct x5chain chain = {{leaf.der, signer.der}, 2};
    // Issuer and subject have the same name and keys of their own.
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer),
                   JUMIN_ERROR_CERTIFICATE, "certificate 2 of the chain is no certification authority");
    stage_release(&leaf);
}

static void test_a_changed_certificate_is_refused(void **state)
{
    (void)state;
    struct stage_holder stranger;
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    stage_root(&stranger, "Stranger", NULL);
    stage_forge(&signer, &stranger, "0603551D0E", "0603551D0E"); // the same, signed by another
    assert_refused(
        check(X5CHAIN_MDOC_SIGNER), JUMIN_ERROR_SIGNATURE,
        "the signer's certificate is not to be trusted: the authority that it names did not sign it");
    stage_release(&stranger);
}

static void test_without_roots_nothing_is_trusted(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    const struct x5chain chain = stage_chain(&signer);
    const struct x5chain_rules rules = {X5CHAIN_MDOC_SIGNER, NULL, STAGE_NOW, false};
    assert_refused(x5chain_check(&chain, &rules, &answer, &detail), JUMIN_ERROR_SIGNER_UNKNOWN,
                   "no roots are known for this kind of signer");
    assert_int_equal(answer.point_length, 0);
}

// --- The signer --------------------------------------------------------------------------------------------------

static void test_a_key_that_is_not_for_signatures_is_refused(void **state)
{
    (void)state;
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    stage_forge(&signer, &root, "03020780", "03020308"); // keyAgreement
    assert_refused(check(X5CHAIN_MDOC_SIGNER), JUMIN_ERROR_CERTIFICATE,
                   "the signer's key is not meant for signatures");
}

static void test_any_extended_key_usage_is_no_usage_of_ours(void **state)
{
    (void)state;
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    stage_forge(&signer, &root, "060728818C5D050102", "060728818C5D050103");
    assert_int_equal(check(X5CHAIN_MDOC_SIGNER), JUMIN_ERROR_CERTIFICATE);
    assert_int_equal(check(X5CHAIN_STATUS_SIGNER), JUMIN_ERROR_CERTIFICATE);
}

static void no_country(struct certificate_request *request)
{
    request->issuer.country = request->subject.country = "KOR";
}

static void test_a_document_signer_needs_its_issuer_s_country(void **state)
{
    (void)state;
    issue(CERTIFICATE_MDOC_SIGNER, no_country);
    assert_refused(check(X5CHAIN_MDOC_SIGNER), JUMIN_ERROR_CERTIFICATE, "the signer's issuer has no country");
}

static void all_purposes(struct certificate_request *request)
{
    request->subject.common_name = "가게";
    request->host = "shop.jumin.example";
    request->purposes =
        JUMIN_PURPOSE_AGE | JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_IDENTITY | JUMIN_PURPOSE_ADDRESS;
}

static void test_a_reader_has_a_name_a_host_and_purposes(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    issue(CERTIFICATE_READER, NULL);
    struct x5chain chain = stage_chain(&signer);
    assert_int_equal(check_chain(&chain, X5CHAIN_READER, STAGE_NOW, false, &answer), JUMIN_OK);
    assert_int_equal(answer.purposes, JUMIN_PURPOSE_ADULT);
    assert_false(x5chain_names_host(signer.der, "shop.jumin.example"));
    issue(CERTIFICATE_READER, all_purposes);
    chain = stage_chain(&signer);
    assert_int_equal(check_chain(&chain, X5CHAIN_READER, STAGE_NOW, false, &answer), JUMIN_OK);
    assert_int_equal(answer.purposes, 15);
    assert_string_equal(answer.name, "가게");
    assert_true(x5chain_names_host(signer.der, "Shop.JUMIN.example"));
    assert_false(x5chain_names_host(signer.der, "hop.jumin.example"));
    assert_false(x5chain_names_host(signer.der, "shop.jumin.exampl"));
    assert_false(x5chain_names_host(signer.der, "shop.jumin.example0")); // the next object begins with 0
    assert_false(x5chain_names_host(signer.der, "shop.jumin.examplf"));
    assert_false(x5chain_names_host(signer.der, ""));
}

static const char *given_name;

static void give_name(struct certificate_request *request)
{
    request->subject.common_name = given_name;
}

static void test_a_name_is_cut_between_characters_only(void **state)
{
    (void)state;
    // Behind so many bytes, with room for 127; what does not fit whole is left out.
    static const struct {
        size_t before;
        const char *end, *shown;
    } names[] = {
        {0, "편의점 세종점", "편의점 세종점"},
        {124, "가나", "가"},
        {125, "가", ""},
        {123, "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"}, // four bytes
        {124, "\xf0\x9f\x98\x80", ""},
        {126, "\xc3\xa9", ""},
        {127, "a", ""},
        {3, "\xed\xa0\x80x", "???x"},
        {3, "\xea\xb0", "??"}, // a surrogate; half of a character
        {3, "\xff\xfe", "??"},
        {3, "a\xc2\x85z", "a"}, // NEXT LINE
        {3, "a\x1b[0m", "a"},
        {3, "a\x7f", "a"},
        {3, "\xc2\xa0z", "\xc2\xa0z"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct x5chain_signer answer;
        char name[160], shown[160];
        memset(name, 'a', names[i].before);
        memcpy(shown, name, names[i].before);
        (void)snprintf(name + names[i].before, 30, "%s", names[i].end);
        (void)snprintf(shown + names[i].before, 30, "%s", names[i].shown);
        given_name = name;
        issue(CERTIFICATE_READER, give_name);
        const struct x5chain chain = stage_chain(&signer);
        assert_int_equal(check_chain(&chain, X5CHAIN_READER, STAGE_NOW, false, &answer), JUMIN_OK);
        assert_string_equal(answer.name, shown);
    }
}

static void test_an_address_is_no_host(void **state)
{
    (void)state;
    issue(CERTIFICATE_READER, all_purposes);
    stage_forge(&signer, &root, "821273686F702E", "861273686F702E"); // URI
    assert_false(x5chain_names_host(signer.der, "shop.jumin.example"));
}

static void long_names(struct certificate_request *request)
{
    request->subject.common_name =
        "가나다라마바사아자차가나다라마바사아자차가나다라마바사아자차가나다라마바사아자차가나다라";
    request->subject.organization = "a\x7F"
                                    "b";
}

static void test_names_are_cut_at_a_character_and_at_a_control(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    issue(CERTIFICATE_READER, long_names);
    const struct x5chain chain = stage_chain(&signer);
    assert_int_equal(check_chain(&chain, X5CHAIN_READER, STAGE_NOW, false, &answer), JUMIN_OK);
    assert_int_equal(strlen(answer.name), 126); // 42 characters of three bytes
    assert_string_equal(answer.organization, "a");
}

static void test_purposes_that_are_half_malformed_allow_nothing(void **state)
{
    (void)state;
    static const uint8_t half[] = {0x30, 0x07, 0x0C, 0x03, 'a', 'g', 'e', 0x04, 0x00};
    unsigned purposes = 7;
    assert_false(purposes_parse(span_of(half, sizeof half), &purposes));
    assert_int_equal(purposes, 0);
}

static void test_unknown_purposes_allow_nothing_and_malformed_ones_refuse(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    issue(CERTIFICATE_READER, NULL);
    stage_forge(&signer, &root, "0C056164756C74", "0C056164756C75"); // "adulu"
    struct x5chain chain = stage_chain(&signer);
    assert_int_equal(check_chain(&chain, X5CHAIN_READER, STAGE_NOW, false, &answer), JUMIN_OK);
    assert_int_equal(answer.purposes, 0);
    stage_forge(&signer, &root, "0C056164756C75", "04056164756C75"); // OCTET STRING
    assert_refused(check(X5CHAIN_READER), JUMIN_ERROR_CERTIFICATE, "the signer's purposes are malformed");
}

// --- Time and revocation -----------------------------------------------------------------------------------------

static void test_a_chain_is_valid_for_as_long_as_all_of_it_is(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    const struct x5chain chain = stage_chain(&signer);
    const int64_t from = STAGE_NOW - STAGE_DAY, until = STAGE_NOW + (int64_t)100 * STAGE_DAY;
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, from, false, &answer), JUMIN_OK);
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, until, false, &answer), JUMIN_OK);
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, from - 1, false, &answer),
                   JUMIN_ERROR_NOT_VALID_NOW, "the certificate of the signer is not valid yet");
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, until + 1, false, &answer),
                   JUMIN_ERROR_NOT_VALID_NOW, "the certificate of the signer has expired");
}

static void outlives_the_root(struct certificate_request *request)
{
    request->not_after = STAGE_NOW + (int64_t)2000 * STAGE_DAY;
}

static void test_a_root_that_has_expired_is_refused(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    issue(CERTIFICATE_MDOC_SIGNER, outlives_the_root);
    const struct x5chain chain = stage_chain(&signer);
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, false, &answer), JUMIN_OK);
    assert_int_equal(answer.valid_until, STAGE_NOW + 1000 * STAGE_DAY);
    assert_refused(
        check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW + (int64_t)1001 * STAGE_DAY, false, &answer),
        JUMIN_ERROR_NOT_VALID_NOW, "the certificate of the signer's authority has expired");
}

static void test_a_revoked_signer_is_refused_whatever_the_list_s_age(void **state)
{
    (void)state;
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    stage_crl(&root, &signer, 2, STAGE_NOW - 50 * STAGE_DAY, STAGE_NOW - STAGE_DAY, trust);
    assert_refused(check(X5CHAIN_MDOC_SIGNER), JUMIN_ERROR_REVOKED,
                   "the certificate of the signer is revoked");
}

static void test_a_list_is_needed_where_the_rules_say_so(void **state)
{
    (void)state;
    struct x5chain_signer answer;
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    const struct x5chain chain = stage_chain(&signer);
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, true, &answer),
                   JUMIN_ERROR_NOT_VALID_NOW,
                   "there is no revocation list for the certificate of the signer");
    const int64_t next = STAGE_NOW + STAGE_DAY;
    stage_crl(&root, NULL, 1, STAGE_NOW, next, trust);
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW, true, &answer), JUMIN_OK);
    assert_true(answer.revocation_checked);
    assert_int_equal(answer.valid_until, next);
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, next, true, &answer), JUMIN_OK);
    assert_refused(check_chain(&chain, X5CHAIN_MDOC_SIGNER, next + 1, true, &answer),
                   JUMIN_ERROR_NOT_VALID_NOW,
                   "the revocation list for the certificate of the signer is out of date");
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, STAGE_NOW - 1, true, &answer),
                     JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(check_chain(&chain, X5CHAIN_MDOC_SIGNER, next + 1, false, &answer), JUMIN_OK);
    assert_false(answer.revocation_checked);
    assert_int_equal(answer.valid_until, STAGE_NOW + 100 * STAGE_DAY);
}

// --- The cache ---------------------------------------------------------------------------------------------------

static void test_a_chain_is_checked_once_while_its_answer_holds(void **state)
{
    (void)state;
    static struct x5chain_cache cache;
    struct x5chain_signer first, second;
    issue(CERTIFICATE_MDOC_SIGNER, NULL);
    const struct x5chain chain = stage_chain(&signer);
    struct x5chain_rules rules = {X5CHAIN_MDOC_SIGNER, trust, STAGE_NOW, false};
    assert_int_equal(x5chain_check_cached(&cache, &chain, &rules, &first, &detail), JUMIN_OK);
    rules.roots = NULL; // nobody is asked
    assert_int_equal(x5chain_check_cached(&cache, &chain, &rules, &second, &detail), JUMIN_OK);
    assert_memory_equal(&first, &second, sizeof first);
    rules.role = X5CHAIN_SD_JWT_ISSUER;
    assert_int_equal(x5chain_check_cached(&cache, &chain, &rules, &second, &detail), JUMIN_ERROR_CERTIFICATE);
    rules.role = X5CHAIN_MDOC_SIGNER;
    rules.revocation_required = true;
    assert_int_equal(x5chain_check_cached(&cache, &chain, &rules, &second, &detail),
                     JUMIN_ERROR_SIGNER_UNKNOWN);
    rules = (struct x5chain_rules){X5CHAIN_MDOC_SIGNER, trust, first.valid_until, false};
    assert_int_equal(x5chain_check_cached(&cache, &chain, &rules, &second, &detail), JUMIN_OK);
    rules.now++;
    assert_int_equal(x5chain_check_cached(&cache, &chain, &rules, &second, &detail),
                     JUMIN_ERROR_NOT_VALID_NOW);
    rules.now = first.valid_from - 1;
    assert_int_equal(x5chain_check_cached(&cache, &chain, &rules, &second, &detail),
                     JUMIN_ERROR_NOT_VALID_NOW);
    rules.now = STAGE_NOW;
    rules.roots = NULL; // what was refused meanwhile is not kept, either
    assert_int_equal(x5chain_check_cached(&cache, &chain, &rules, &second, &detail),
                     JUMIN_ERROR_SIGNER_UNKNOWN);
    rules.roots = trust;
    assert_int_equal(x5chain_check_cached(&cache, &chain, &rules, &second, &detail), JUMIN_OK);
    x5chain_cache_clear(&cache);
    rules.roots = NULL;
    assert_int_equal(x5chain_check_cached(&cache, &chain, &rules, &second, &detail),
                     JUMIN_ERROR_SIGNER_UNKNOWN);
    assert_int_equal(x5chain_check_cached(NULL, &chain, &rules, &second, &detail),
                     JUMIN_ERROR_SIGNER_UNKNOWN);
}

static void test_a_full_cache_forgets_what_was_used_least_recently(void **state)
{
    (void)state;
    static struct x5chain_cache cache;
    static struct stage_holder holders[X5CHAIN_CACHE_MAX + 1];
    struct x5chain_signer answer;
    struct x5chain_rules rules = {X5CHAIN_MDOC_SIGNER, trust, STAGE_NOW, false};
    for (size_t i = 0; i <= X5CHAIN_CACHE_MAX; i++) {
        stage_issue(&holders[i], &root, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
        const struct x5chain chain = stage_chain(&holders[i]), first = stage_chain(&holders[0]);
        assert_int_equal(x5chain_check_cached(&cache, &chain, &rules, &answer, &detail), JUMIN_OK);
        assert_int_equal(x5chain_check_cached(&cache, &first, &rules, &answer, &detail), JUMIN_OK);
    }
    rules.roots = NULL;
    for (size_t i = 0; i <= X5CHAIN_CACHE_MAX; i++) {
        const struct x5chain chain = stage_chain(&holders[i]);
        assert_int_equal(x5chain_check_cached(&cache, &chain, &rules, &answer, &detail),
                         i == 1 ? JUMIN_ERROR_SIGNER_UNKNOWN : JUMIN_OK);
        // What is refused pushes nothing out.
        stage_release(&holders[i]);
    }
}

static void test_purposes_have_names(void **state)
{
    (void)state;
    enum jumin_purpose purpose = JUMIN_PURPOSE_AGE;
    assert_int_equal(jumin_purpose_parse("address", &purpose), JUMIN_OK);
    assert_int_equal(purpose, JUMIN_PURPOSE_ADDRESS);
    assert_string_equal(jumin_purpose_name(JUMIN_PURPOSE_IDENTITY), "identity");
    assert_int_equal(jumin_purpose_parse("Age", &purpose), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_purpose_parse(NULL, &purpose), JUMIN_ERROR_ARGUMENT);
    assert_null(jumin_purpose_name((enum jumin_purpose)3));
    assert_null(jumin_purpose_name((enum jumin_purpose)0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_document_signer_leads_to_its_root),
        TEST(test_each_role_takes_its_own_certificates_only),
        TEST(test_a_certificate_without_extended_key_usage_fits_where_no_standard_names_one),
        TEST(test_p_384_signs_too_and_other_curves_do_not),
        TEST(test_an_authority_between_leads_to_the_root_where_that_allows_it),
        TEST(test_an_empty_and_a_long_chain_are_refused),
        TEST(test_what_is_no_certificate_is_refused),
        TEST(test_a_root_in_the_chain_is_refused),
        TEST(test_links_that_do_not_hold_are_refused),
        TEST(test_an_issuer_that_is_no_authority_is_refused),
        TEST(test_a_changed_certificate_is_refused),
        TEST(test_without_roots_nothing_is_trusted),
        TEST(test_a_key_that_is_not_for_signatures_is_refused),
        TEST(test_any_extended_key_usage_is_no_usage_of_ours),
        TEST(test_a_document_signer_needs_its_issuer_s_country),
        TEST(test_a_reader_has_a_name_a_host_and_purposes),
        TEST(test_a_name_is_cut_between_characters_only),
        TEST(test_an_address_is_no_host),
        TEST(test_names_are_cut_at_a_character_and_at_a_control),
        TEST(test_purposes_that_are_half_malformed_allow_nothing),
        TEST(test_unknown_purposes_allow_nothing_and_malformed_ones_refuse),
        TEST(test_a_chain_is_valid_for_as_long_as_all_of_it_is),
        TEST(test_a_root_that_has_expired_is_refused),
        TEST(test_a_revoked_signer_is_refused_whatever_the_list_s_age),
        TEST(test_a_list_is_needed_where_the_rules_say_so),
        TEST(test_a_chain_is_checked_once_while_its_answer_holds),
        TEST(test_a_full_cache_forgets_what_was_used_least_recently),
        TEST(test_purposes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
