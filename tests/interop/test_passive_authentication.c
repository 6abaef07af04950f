// Passive authentication of documents that OpenSSL's programs have signed: make_documents.py has made them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/pki/x509.h"
#include <jumin/verify.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 65536 };

// 2026-06-01, when the certificates and lists are valid.
static const int64_t NOW = 1780272000;

static const char *folder;

static size_t load(const char *document, const char *name, uint8_t *bytes)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s/%s", folder, document, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return 0;
    }
    const size_t n = fread(bytes, 1, FILE_MAX, file);
    (void)fclose(file);
    return n;
}

static void set_file(struct jumin_document *document, const char *name, enum jumin_file file,
                     const char *source)
{
    static uint8_t bytes[FILE_MAX];
    const size_t n = load(name, source, bytes);
    assert_int_not_equal(n, 0);
    assert_int_equal(jumin_document_set_file(document, file, bytes, n), JUMIN_OK);
}

static struct jumin_document *open_document(const char *name)
{
    struct jumin_document *document = NULL;
    assert_int_equal(jumin_document_new(&document), JUMIN_OK);
    set_file(document, name, JUMIN_FILE_SOD, "sod.bin");
    set_file(document, name, JUMIN_FILE_CARD_SECURITY, "card_security.bin");
    set_file(document, name, JUMIN_FILE_CARD_ACCESS, "card_access.bin");
    set_file(document, name, JUMIN_FILE_DG1, "dg1.bin");
    set_file(document, name, JUMIN_FILE_DG14, "dg14.bin");
    return document;
}

static struct jumin_trust *open_trust(const char *name, const char *const *files)
{
    struct jumin_trust *trust = NULL;
    assert_int_equal(jumin_trust_new(&trust), JUMIN_OK);
    for (; *files != NULL; files++) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s/%s", folder, name, *files);
        assert_int_equal(jumin_trust_add_file(trust, path), JUMIN_OK);
    }
    return trust;
}

static const char *const usual_trust[] = {"csca.der", "crl.der", NULL};

static const struct jumin_check *find_check(const struct jumin_report *report, enum jumin_check_kind kind,
                                            unsigned group)
{
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        const struct jumin_check *check = jumin_report_check(report, i);
        if (check->kind == kind && check->group == group) {
            return check;
        }
    }
    fail_msg("no check %s", jumin_check_name(kind));
    return NULL;
}

static struct jumin_report *verify_with(const char *name, const char *const *trust_files)
{
    struct jumin_document *document = open_document(name);
    struct jumin_trust *trust = open_trust(name, trust_files);
    struct jumin_report *report = NULL;
    assert_int_equal(jumin_document_verify(document, trust, NOW, &report), JUMIN_OK);
    jumin_trust_free(trust);
    jumin_document_free(document);
    return report;
}

// The named check fails with this error, and the whole with it.
static void assert_fails(const char *name, const char *const *trust_files, enum jumin_check_kind kind,
                         enum jumin_error error)
{
    struct jumin_report *report = verify_with(name, trust_files);
    const struct jumin_check *check = find_check(report, kind, 0);
    if (check->verdict != JUMIN_FAILED || check->error != error || check->detail[0] == '\0') {
        fail_msg("%s: %s is %s, error %d: %s", name, jumin_check_name(kind),
                 jumin_verdict_name(check->verdict), (int)check->error, check->detail);
    }
    assert_int_equal(jumin_report_verdict(report), JUMIN_FAILED);
    jumin_report_free(report);
}

static void assert_passes(const char *name, const char *const *trust_files)
{
    struct jumin_report *report = verify_with(name, trust_files);
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        const struct jumin_check *check = jumin_report_check(report, i);
        if (check->verdict == JUMIN_FAILED) {
            fail_msg("%s: %s: %s", name, jumin_check_name(check->kind), check->detail);
        }
    }
    assert_int_equal(find_check(report, JUMIN_CHECK_CARD_SECURITY, 0)->verdict, JUMIN_PASSED);
    assert_int_equal(find_check(report, JUMIN_CHECK_SIGNER_COUNTRY, 0)->verdict, JUMIN_PASSED);
    assert_int_equal(find_check(report, JUMIN_CHECK_CARD_ACCESS, 0)->verdict, JUMIN_PASSED);
    assert_int_equal(find_check(report, JUMIN_CHECK_MRZ, 0)->verdict, JUMIN_PASSED);
    assert_int_equal(find_check(report, JUMIN_CHECK_GROUP_HASH, 14)->verdict, JUMIN_PASSED);
    assert_int_equal(jumin_report_verdict(report), JUMIN_PASSED);
    jumin_report_free(report);
}

static void test_every_algorithm_passes(void **state)
{
    (void)state;
    static const char *const names[] = {
        "p256",          "p384",           "p521",           "bp256",       "bp384",      "bp512",
        "p256_explicit", "bp384_explicit", "p256_sha1",      "p256_sha224", "rsa_sha256", "rsa_sha1",
        "rsa_sha512",    "pss_sha256",     "pss_sha384",     "pss_over_ec", "p192_sha1",  "p224",
        "bp224",         "bp320",          "bp320_explicit", "rsa_sha224",  "rsa_sha384", "pss_sha1",
        "pss_sha224",    "pss_sha512",     "rsa_under_ec",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_passes(names[i], usual_trust);
    }
}

static void test_signer_named_by_key_identifier_passes(void **state)
{
    (void)state;
    assert_passes("key_identifier", usual_trust);
}

static void test_signer_certificate_is_taken_from_the_store_when_it_is_not_inside(void **state)
{
    (void)state;
    static const char *const with_signer[] = {"csca.der", "crl.der", "ds.der", NULL};
    assert_passes("no_certificate", with_signer);
    assert_fails("no_certificate", usual_trust, JUMIN_CHECK_SIGNER_PROFILE, JUMIN_ERROR_SIGNER_UNKNOWN);
}

static void test_link_certificate_leads_to_the_old_root(void **state)
{
    (void)state;
    static const char *const with_link[] = {"csca.der", "link.der", NULL};
    static const char *const root_only[] = {"csca.der", NULL};
    assert_passes("link", with_link);
    assert_fails("link", root_only, JUMIN_CHECK_SIGNER_CHAIN, JUMIN_ERROR_SIGNER_UNKNOWN);
}

static void test_authority_of_the_same_name_is_not_trusted(void **state)
{
    (void)state;
    static const char *const with_identifiers[] = {"csca.der", NULL};
    static const char *const without_identifiers[] = {"csca_bare.der", NULL};
    assert_fails("impostor", with_identifiers, JUMIN_CHECK_SIGNER_CHAIN, JUMIN_ERROR_SIGNER_UNKNOWN);
    assert_fails("impostor", without_identifiers, JUMIN_CHECK_SIGNER_CHAIN, JUMIN_ERROR_SIGNATURE);
}

static void test_only_authorities_within_the_path_length_are_trusted(void **state)
{
    (void)state;
    static const char *const with_below[] = {"csca.der", "below.der", NULL};
    assert_passes("authority_below", with_below);
    assert_fails("authority_too_far_below", with_below, JUMIN_CHECK_SIGNER_CHAIN, JUMIN_ERROR_CERTIFICATE);
    assert_fails("signer_below", with_below, JUMIN_CHECK_SIGNER_CHAIN, JUMIN_ERROR_CERTIFICATE);
}

static void test_empty_store_trusts_nobody(void **state)
{
    (void)state;
    static const char *const nothing[] = {NULL};
    assert_fails("p256", nothing, JUMIN_CHECK_SIGNER_CHAIN, JUMIN_ERROR_SIGNER_UNKNOWN);
}

static void test_revoked_signer_fails(void **state)
{
    (void)state;
    assert_fails("revoked", usual_trust, JUMIN_CHECK_SIGNER_REVOCATION, JUMIN_ERROR_REVOKED);
}

// 9303-12 §5: an authority's own certificate may be on its list, too.
static void test_revoked_authority_fails(void **state)
{
    (void)state;
    assert_fails("revoked_authority", usual_trust, JUMIN_CHECK_SIGNER_REVOCATION, JUMIN_ERROR_REVOKED);
}

static void test_revocation_is_not_done_without_a_fresh_list(void **state)
{
    (void)state;
    static const char *const no_list[] = {"csca.der", NULL};
    struct jumin_report *report = verify_with("stale_list", usual_trust);
    assert_int_equal(find_check(report, JUMIN_CHECK_SIGNER_REVOCATION, 0)->verdict, JUMIN_NOT_DONE);
    assert_int_equal(jumin_report_verdict(report), JUMIN_PASSED);
    jumin_report_free(report);
    report = verify_with("p256", no_list);
    assert_int_equal(find_check(report, JUMIN_CHECK_SIGNER_REVOCATION, 0)->verdict, JUMIN_NOT_DONE);
    jumin_report_free(report);
}

static void test_list_of_another_authority_revokes_nothing(void **state)
{
    (void)state;
    struct jumin_document *document = open_document("revoked");
    struct jumin_trust *trust = open_trust("revoked", (const char *const[]){"csca.der", NULL});
    static uint8_t bytes[FILE_MAX];
    const size_t n = load("p256", "crl.der", bytes); // same name, other key
    assert_int_equal(jumin_trust_add_crl(trust, bytes, n), JUMIN_OK);
    struct jumin_report *report = NULL;
    assert_int_equal(jumin_document_verify(document, trust, NOW, &report), JUMIN_OK);
    assert_int_equal(find_check(report, JUMIN_CHECK_SIGNER_REVOCATION, 0)->verdict, JUMIN_NOT_DONE);
    jumin_report_free(report);
    jumin_trust_free(trust);
    jumin_document_free(document);
}

static void test_signer_outside_its_validity_fails(void **state)
{
    (void)state;
    assert_fails("expired", usual_trust, JUMIN_CHECK_SIGNER_VALIDITY, JUMIN_ERROR_NOT_VALID_NOW);
    assert_fails("not_yet_valid", usual_trust, JUMIN_CHECK_SIGNER_VALIDITY, JUMIN_ERROR_NOT_VALID_NOW);
}

static void test_authority_outside_its_validity_fails(void **state)
{
    (void)state;
    assert_fails("expired_authority", usual_trust, JUMIN_CHECK_SIGNER_VALIDITY, JUMIN_ERROR_NOT_VALID_NOW);
    struct jumin_report *report = verify_with("expired_authority", usual_trust);
    const struct jumin_check *check = find_check(report, JUMIN_CHECK_SIGNER_VALIDITY, 0);
    assert_non_null(strstr(check->detail, "certification authority was valid until 2026-01-01"));
    assert_int_equal(find_check(report, JUMIN_CHECK_SIGNER_CHAIN, 0)->verdict, JUMIN_PASSED);
    jumin_report_free(report);
}

static void test_signer_made_for_another_purpose_fails(void **state)
{
    (void)state;
    assert_fails("signer_authority", usual_trust, JUMIN_CHECK_SIGNER_PROFILE, JUMIN_ERROR_CERTIFICATE);
    assert_fails("signer_no_usage", usual_trust, JUMIN_CHECK_SIGNER_PROFILE, JUMIN_ERROR_CERTIFICATE);
    assert_fails("signer_wrong_usage", usual_trust, JUMIN_CHECK_SIGNER_PROFILE, JUMIN_ERROR_CERTIFICATE);
    assert_fails("signer_purpose", usual_trust, JUMIN_CHECK_SIGNER_PROFILE, JUMIN_ERROR_CERTIFICATE);
}

static void test_signer_with_unknown_critical_extension_is_refused(void **state)
{
    (void)state;
    assert_fails("signer_critical", usual_trust, JUMIN_CHECK_SIGNER_PROFILE, JUMIN_ERROR_SIGNER_UNKNOWN);
}

static void test_signer_of_another_country_fails(void **state)
{
    (void)state;
    assert_fails("foreign", usual_trust, JUMIN_CHECK_SIGNER_COUNTRY, JUMIN_ERROR_CERTIFICATE);
    // of the document's country itself, below an authority of another
    assert_fails("foreign_authority", usual_trust, JUMIN_CHECK_SIGNER_COUNTRY, JUMIN_ERROR_CERTIFICATE);
}

// What a certificate names goes into sentences that are shown: nothing but letters.
static void test_country_that_is_no_two_letters_is_not_repeated(void **state)
{
    (void)state;
    static const uint8_t korea[] = {0x06, 0x03, 0x55, 0x04, 0x06, 0x13, 0x02, 'K', 'R'};
    static uint8_t bytes[FILE_MAX];
    struct jumin_document *document = open_document("p256");
    struct jumin_trust *trust = open_trust("p256", usual_trust);
    struct jumin_report *report = NULL;
    const size_t n = load("p256", "sod.bin", bytes);
    for (size_t at = 0; at + sizeof korea <= n; at++) {
        if (memcmp(bytes + at, korea, sizeof korea) == 0) {
            bytes[at + sizeof korea - 2] = 0x1B;
            bytes[at + sizeof korea - 1] = 0xFF;
        }
    }
    assert_int_equal(jumin_document_set_file(document, JUMIN_FILE_SOD, bytes, n), JUMIN_OK);
    assert_int_equal(jumin_document_verify(document, trust, NOW, &report), JUMIN_OK);
    const struct jumin_check *check = find_check(report, JUMIN_CHECK_SIGNER_COUNTRY, 0);
    assert_int_equal(check->error, JUMIN_ERROR_CERTIFICATE);
    assert_null(strpbrk(check->detail, "\x1B\xFF"));
    jumin_report_free(report);
    jumin_trust_free(trust);
    jumin_document_free(document);
}

static void test_signed_data_without_signed_attributes_fails(void **state)
{
    (void)state;
    assert_fails("no_attributes", usual_trust, JUMIN_CHECK_SOD_SIGNATURE, JUMIN_ERROR_SIGNATURE);
}

// RFC 5652 §11.1, §11.2: each once, and of the type of the content.
static void test_signed_attributes_must_be_those_of_the_content(void **state)
{
    (void)state;
    assert_passes("by_hand", usual_trust);
    assert_fails("two_digests", usual_trust, JUMIN_CHECK_SOD_SIGNATURE, JUMIN_ERROR_SIGNATURE);
    assert_fails("other_type", usual_trust, JUMIN_CHECK_SOD_SIGNATURE, JUMIN_ERROR_SIGNATURE);
}

static void test_data_group_that_is_listed_twice_is_refused(void **state)
{
    (void)state;
    assert_fails("group_twice", usual_trust, JUMIN_CHECK_SOD, JUMIN_ERROR_MALFORMED);
}

static void test_certificate_with_two_algorithms_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[FILE_MAX];
    struct jumin_trust *trust = NULL;
    const size_t n = load("by_hand", "two_algorithms.der", bytes);
    assert_int_equal(jumin_trust_new(&trust), JUMIN_OK);
    assert_int_equal(jumin_trust_add_certificate(trust, bytes, n), JUMIN_ERROR_INPUT);
    jumin_trust_free(trust);
}

// RFC 4055 §1.2: a key for PSS signs nothing else.
static void test_key_for_pss_verifies_no_older_signature(void **state)
{
    (void)state;
    uint8_t bytes[FILE_MAX];
    struct x509_certificate certificate;
    const char *why = "";
    const size_t n = load("rsa_sha256", "csca.der", bytes);
    assert_true(x509_parse(span_of(bytes, n), &certificate, &why));
    assert_true(x509_signed_by(&certificate, &certificate));
    certificate.key.pss_only = true;
    assert_false(x509_signed_by(&certificate, &certificate));
}

// RSASSA-PSS with SHA-256 and a salt of 32 bytes, the mask by SHA-256 or by SHA-1.
static void test_mask_of_pss_takes_the_hash_of_the_message(void **state)
{
    (void)state;
    static const char same[] = "304106092A864886F70D01010A3034A00F300D06096086480165030402010500"
                               "A11C301A06092A864886F70D010108300D06096086480165030402010500A203020120";
    static const char other[] = "303D06092A864886F70D01010A3030A00F300D06096086480165030402010500"
                                "A118301606092A864886F70D010108300906052B0E03021A0500A203020120";
    uint8_t bytes[128];
    struct signature_scheme scheme;
    assert_true(signature_scheme_parse(unhex(same, bytes, sizeof bytes), &scheme));
    assert_int_equal(scheme.salt_length, 32);
    assert_false(signature_scheme_parse(unhex(other, bytes, sizeof bytes), &scheme));
}

static void test_signed_data_of_another_type_is_no_sod(void **state)
{
    (void)state;
    assert_fails("other_content", usual_trust, JUMIN_CHECK_SOD, JUMIN_ERROR_MALFORMED);
}

static struct jumin_report *verify_changed(enum jumin_file file, size_t offset, uint8_t change)
{
    struct jumin_document *document = open_document("p256");
    struct jumin_trust *trust = open_trust("p256", usual_trust);
    struct jumin_report *report = NULL;
    const uint8_t *bytes = NULL;
    size_t n = 0;
    static uint8_t changed[FILE_MAX];
    assert_int_equal(jumin_document_file(document, file, &bytes, &n), JUMIN_OK);
    memcpy(changed, bytes, n);
    changed[offset % n] ^= change;
    assert_int_equal(jumin_document_set_file(document, file, changed, n), JUMIN_OK);
    assert_int_equal(jumin_document_verify(document, trust, NOW, &report), JUMIN_OK);
    jumin_trust_free(trust);
    jumin_document_free(document);
    return report;
}

static void test_changed_data_group_fails(void **state)
{
    (void)state;
    struct jumin_report *report = verify_changed(JUMIN_FILE_DG1, 70, 0x01);
    const struct jumin_check *check = find_check(report, JUMIN_CHECK_GROUP_HASH, 1);
    assert_int_equal(check->verdict, JUMIN_FAILED);
    assert_int_equal(check->error, JUMIN_ERROR_HASH);
    assert_int_equal(jumin_report_verdict(report), JUMIN_FAILED);
    jumin_report_free(report);
}

// A digest of the signed content: the signed attributes no longer fit it.
static void test_changed_content_of_the_sod_fails_its_signature(void **state)
{
    (void)state;
    static const uint8_t first_group[] = {0x02, 0x01, 0x01, 0x04, 0x20}; // number 1, 32 bytes of digest
    static uint8_t bytes[FILE_MAX];
    const size_t n = load("p256", "sod.bin", bytes);
    size_t at = 0;
    while (at + sizeof first_group < n && memcmp(bytes + at, first_group, sizeof first_group) != 0) {
        at++;
    }
    struct jumin_report *report = verify_changed(JUMIN_FILE_SOD, at + sizeof first_group, 0x01);
    assert_int_equal(find_check(report, JUMIN_CHECK_SOD, 0)->verdict, JUMIN_PASSED);
    assert_int_equal(find_check(report, JUMIN_CHECK_SOD_SIGNATURE, 0)->error, JUMIN_ERROR_SIGNATURE);
    assert_int_equal(find_check(report, JUMIN_CHECK_GROUP_HASH, 1)->error, JUMIN_ERROR_HASH);
    jumin_report_free(report);
}

// All of EF.SOD counts, but for the few bytes that no signature covers.
static void test_flipped_bits_of_the_sod_are_noticed(void **state)
{
    (void)state;
    static uint8_t bytes[FILE_MAX];
    const size_t n = load("p256", "sod.bin", bytes);
    unsigned unnoticed = 0;
    for (size_t at = 0; at < n; at += 5) {
        struct jumin_report *report = verify_changed(JUMIN_FILE_SOD, at, (uint8_t)(1U << at % 8));
        unnoticed += jumin_report_verdict(report) == JUMIN_PASSED ? 1 : 0;
        jumin_report_free(report);
    }
    // The version and digestAlgorithms of SignedData are not signed (RFC 5652 §5.4).
    assert_in_range(unnoticed, 0, 5);
}

static void test_every_truncation_of_the_sod_is_refused(void **state)
{
    (void)state;
    static uint8_t bytes[FILE_MAX];
    const size_t n = load("p256", "sod.bin", bytes);
    struct jumin_trust *trust = open_trust("p256", usual_trust);
    for (size_t length = 0; length < n; length += 3) {
        struct jumin_document *document = open_document("p256");
        struct jumin_report *report = NULL;
        assert_int_equal(jumin_document_set_file(document, JUMIN_FILE_SOD, bytes, length), JUMIN_OK);
        assert_int_equal(jumin_document_verify(document, trust, NOW, &report), JUMIN_OK);
        assert_int_equal(find_check(report, JUMIN_CHECK_SOD, 0)->verdict, JUMIN_FAILED);
        jumin_report_free(report);
        jumin_document_free(document);
    }
    jumin_trust_free(trust);
}

static void test_card_access_that_lost_a_variant_fails(void **state)
{
    (void)state;
    struct jumin_report *report = verify_changed(JUMIN_FILE_CARD_ACCESS, 21, 0x01); // another curve
    assert_int_equal(find_check(report, JUMIN_CHECK_CARD_ACCESS, 0)->verdict, JUMIN_FAILED);
    jumin_report_free(report);
}

static void test_group_that_nobody_signed_fails(void **state)
{
    (void)state;
    struct jumin_document *document = open_document("p256");
    struct jumin_trust *trust = open_trust("p256", usual_trust);
    struct jumin_report *report = NULL;
    static const uint8_t dg13[] = {0x6D, 0x00};
    assert_int_equal(
        jumin_document_set_file(document, (enum jumin_file)(JUMIN_FILE_DG1 + 12), dg13, sizeof dg13),
        JUMIN_OK);
    assert_int_equal(jumin_document_verify(document, trust, NOW, &report), JUMIN_OK);
    assert_int_equal(find_check(report, JUMIN_CHECK_GROUP_HASH, 13)->verdict, JUMIN_FAILED);
    jumin_report_free(report);
    jumin_trust_free(trust);
    jumin_document_free(document);
}

static void test_store_refuses_certificates_that_are_cut_or_changed(void **state)
{
    (void)state;
    static uint8_t bytes[FILE_MAX];
    const size_t n = load("p256", "csca.der", bytes);
    struct jumin_trust *trust = NULL;
    assert_int_equal(jumin_trust_new(&trust), JUMIN_OK);
    for (size_t length = 0; length < n; length++) {
        assert_int_equal(jumin_trust_add_certificate(trust, bytes, length), JUMIN_ERROR_INPUT);
        assert_string_not_equal(jumin_trust_detail(trust), "");
    }
    bytes[n - 1] ^= 1; // in its own signature
    assert_int_equal(jumin_trust_add_certificate(trust, bytes, n), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_trust_certificates(trust), 0);
    jumin_trust_free(trust);
}

static void test_store_reads_a_folder(void **state)
{
    (void)state;
    char path[512];
    struct jumin_trust *trust = NULL;
    assert_int_equal(jumin_trust_new(&trust), JUMIN_OK);
    (void)snprintf(path, sizeof path, "%s/link", folder);
    assert_int_equal(jumin_trust_add_directory(trust, path), JUMIN_OK);
    assert_int_equal(jumin_trust_certificates(trust), 2);
    assert_int_equal(jumin_trust_crls(trust), 1);
    (void)snprintf(path, sizeof path, "%s/nothing_here", folder);
    assert_int_equal(jumin_trust_add_directory(trust, path), JUMIN_ERROR_FILE);
    assert_int_equal(jumin_trust_add_file(trust, path), JUMIN_ERROR_FILE);
    jumin_trust_free(trust);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return EXIT_FAILURE;
    }
    folder = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_algorithm_passes),
        cmocka_unit_test(test_signer_named_by_key_identifier_passes),
        cmocka_unit_test(test_signer_certificate_is_taken_from_the_store_when_it_is_not_inside),
        cmocka_unit_test(test_link_certificate_leads_to_the_old_root),
        cmocka_unit_test(test_authority_of_the_same_name_is_not_trusted),
        cmocka_unit_test(test_only_authorities_within_the_path_length_are_trusted),
        cmocka_unit_test(test_empty_store_trusts_nobody),
        cmocka_unit_test(test_revoked_signer_fails),
        cmocka_unit_test(test_revoked_authority_fails),
        cmocka_unit_test(test_revocation_is_not_done_without_a_fresh_list),
        cmocka_unit_test(test_list_of_another_authority_revokes_nothing),
        cmocka_unit_test(test_signer_outside_its_validity_fails),
        cmocka_unit_test(test_authority_outside_its_validity_fails),
        cmocka_unit_test(test_signer_made_for_another_purpose_fails),
        cmocka_unit_test(test_signer_with_unknown_critical_extension_is_refused),
        cmocka_unit_test(test_signer_of_another_country_fails),
        cmocka_unit_test(test_country_that_is_no_two_letters_is_not_repeated),
        cmocka_unit_test(test_signed_data_without_signed_attributes_fails),
        cmocka_unit_test(test_signed_attributes_must_be_those_of_the_content),
        cmocka_unit_test(test_data_group_that_is_listed_twice_is_refused),
        cmocka_unit_test(test_certificate_with_two_algorithms_is_refused),
        cmocka_unit_test(test_key_for_pss_verifies_no_older_signature),
        cmocka_unit_test(test_mask_of_pss_takes_the_hash_of_the_message),
        cmocka_unit_test(test_signed_data_of_another_type_is_no_sod),
        cmocka_unit_test(test_changed_data_group_fails),
        cmocka_unit_test(test_changed_content_of_the_sod_fails_its_signature),
        cmocka_unit_test(test_flipped_bits_of_the_sod_are_noticed),
        cmocka_unit_test(test_every_truncation_of_the_sod_is_refused),
        cmocka_unit_test(test_card_access_that_lost_a_variant_fails),
        cmocka_unit_test(test_group_that_nobody_signed_fails),
        cmocka_unit_test(test_store_refuses_certificates_that_are_cut_or_changed),
        cmocka_unit_test(test_store_reads_a_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
