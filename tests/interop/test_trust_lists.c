// What states and ICAO publish, taken into the trust store: master lists, LDIF and PEM that make_documents.py
// has made with OpenSSL's programs.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include <jumin/verify.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 65536, PATH_LENGTH = 512 };

// 2026-06-01, when the certificates and lists are valid.
static const int64_t NOW = 1780272000;

static const char *folder;
static struct jumin_trust *trust;

static int start(void **state)
{
    (void)state;
    return jumin_trust_new(&trust) == JUMIN_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    jumin_trust_free(trust);
    return 0;
}

static const char *path_of(const char *name)
{
    static char path[PATH_LENGTH];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static size_t load(const char *name, uint8_t bytes[FILE_MAX])
{
    FILE *file = fopen(path_of(name), "rb");
    assert_non_null(file);
    const size_t n = fread(bytes, 1, FILE_MAX, file);
    (void)fclose(file);
    assert_int_not_equal(n, 0);
    return n;
}

static enum jumin_error add_file(const char *name)
{
    return jumin_trust_add_file(trust, path_of(name));
}

static enum jumin_error add_list(const char *name, bool known_publisher)
{
    static uint8_t bytes[FILE_MAX];
    const size_t n = load(name, bytes);
    return jumin_trust_add_master_list(trust, bytes, n, known_publisher);
}

// The document that a certificate of the lists vouches for.
static enum jumin_verdict verify_document(void)
{
    static uint8_t bytes[FILE_MAX];
    struct jumin_document *document = NULL;
    struct jumin_report *report = NULL;
    assert_int_equal(jumin_document_new(&document), JUMIN_OK);
    size_t n = load("p256/sod.bin", bytes);
    assert_int_equal(jumin_document_set_file(document, JUMIN_FILE_SOD, bytes, n), JUMIN_OK);
    n = load("p256/dg1.bin", bytes);
    assert_int_equal(jumin_document_set_file(document, JUMIN_FILE_DG1, bytes, n), JUMIN_OK);
    assert_int_equal(jumin_document_verify(document, trust, NOW, &report), JUMIN_OK);
    enum jumin_verdict verdict = JUMIN_NOT_DONE;
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        const struct jumin_check *check = jumin_report_check(report, i);
        verdict = check->kind == JUMIN_CHECK_SIGNER_CHAIN ? check->verdict : verdict;
    }
    jumin_report_free(report);
    jumin_document_free(document);
    return verdict;
}

// The list holds a certificate on a curve that is not known here.
static void assert_odd_one_was_passed_over(void)
{
    assert_int_equal(jumin_trust_skipped(trust), 1);
    const char *reason = jumin_trust_skipped_reason(trust, 0);
    assert_non_null(reason);
    assert_non_null(strstr(reason, "public key"));
    assert_non_null(strstr(reason, "of FR"));
    assert_null(jumin_trust_skipped_reason(trust, 1));
}

static void test_master_list_gives_its_certificates(void **state)
{
    (void)state;
    assert_int_equal(add_file("lists/good.ml"), JUMIN_OK);
    assert_int_equal(jumin_trust_certificates(trust), 2);
    assert_odd_one_was_passed_over();
    assert_non_null(strstr(jumin_trust_skipped_reason(trust, 0), "good.ml"));
    assert_int_equal(verify_document(), JUMIN_PASSED);
}

static void test_the_same_certificate_is_not_added_twice(void **state)
{
    (void)state;
    assert_int_equal(add_file("p256/csca.der"), JUMIN_OK);
    assert_int_equal(add_file("p256/csca.der"), JUMIN_OK);
    assert_int_equal(jumin_trust_certificates(trust), 1);
    assert_int_equal(add_file("lists/good.ml"), JUMIN_OK);
    assert_int_equal(add_file("lists/good.ml"), JUMIN_OK);
    assert_int_equal(jumin_trust_certificates(trust), 2);
}

static void test_the_same_revocation_list_is_not_added_twice(void **state)
{
    (void)state;
    assert_int_equal(add_file("p256/crl.der"), JUMIN_OK);
    assert_int_equal(add_file("p256/crl.der"), JUMIN_OK);
    assert_int_equal(add_file("lists/all.ldif"), JUMIN_OK);
    assert_int_equal(jumin_trust_crls(trust), 1);
    assert_int_equal(add_file("revoked/crl.der"), JUMIN_OK);
    assert_int_equal(jumin_trust_crls(trust), 2);
}

// What is critical and not understood may mean that it lists something else.
static void test_revocation_list_with_an_unknown_critical_extension_is_refused(void **state)
{
    (void)state;
    assert_int_equal(add_file("revoked_list/critical.der"), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_trust_crls(trust), 0);
}

// Whoever has its key may have filled the list.
static void test_list_whose_signer_is_revoked_is_refused(void **state)
{
    (void)state;
    assert_int_equal(add_file("lists/publisher.der"), JUMIN_OK);
    assert_int_equal(add_list("revoked_list/list.ml", true), JUMIN_OK); // nobody has said so yet
    assert_int_equal(add_file("revoked_list/crl.der"), JUMIN_OK);
    assert_int_equal(add_list("revoked_list/list.ml", true), JUMIN_ERROR_REVOKED);
    assert_int_equal(add_list("revoked_list/list.ml", false), JUMIN_ERROR_REVOKED);
    assert_int_equal(add_list("lists/good.ml", true), JUMIN_OK);
}

static void test_publisher_may_have_to_be_known(void **state)
{
    (void)state;
    assert_int_equal(add_list("lists/good.ml", true), JUMIN_ERROR_SIGNER_UNKNOWN);
    assert_int_equal(jumin_trust_certificates(trust), 0);
    assert_int_equal(add_list("lists/good.ml", false), JUMIN_OK);
    assert_int_equal(jumin_trust_certificates(trust), 2);
    assert_int_equal(add_list("lists/good.ml", true), JUMIN_OK); // known by now
}

// Nothing of a list that is refused stays behind.
static void test_list_with_a_fault_gives_nothing(void **state)
{
    (void)state;
    const struct {
        const char *name;
        enum jumin_error error;
    } faults[] = {
        {"lists/changed.ml", JUMIN_ERROR_SIGNATURE},
        {"lists/stranger.ml", JUMIN_ERROR_SIGNER_UNKNOWN}, // its publisher is not in it
        {"lists/wrong_purpose.ml", JUMIN_ERROR_CERTIFICATE},
        {"lists/two_purposes.ml", JUMIN_ERROR_CERTIFICATE},
        {"lists/authority.ml", JUMIN_ERROR_CERTIFICATE}, // its signer is one
        {"lists/out_of_time.ml", JUMIN_ERROR_NOT_VALID_NOW},
        {"lists/other_content.ml", JUMIN_ERROR_INPUT},
        {"lists/no_list.ml", JUMIN_ERROR_INPUT},
        {"lists/cut.ml", JUMIN_ERROR_INPUT}, // in its last certificate
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const enum jumin_error error = add_list(faults[i].name, false);
        if (error != faults[i].error || jumin_trust_detail(trust)[0] == '\0') {
            fail_msg("%s: error %d: %s", faults[i].name, (int)error, jumin_trust_detail(trust));
        }
        assert_int_not_equal(add_file(faults[i].name), JUMIN_OK);
        assert_non_null(strstr(jumin_trust_detail(trust), faults[i].name));
        assert_int_equal(jumin_trust_certificates(trust), 0);
    }
}

static void test_every_truncation_of_a_list_is_refused(void **state)
{
    (void)state;
    static uint8_t bytes[FILE_MAX];
    const size_t n = load("lists/good.ml", bytes);
    for (size_t length = 0; length < n; length += 7) {
        assert_int_not_equal(jumin_trust_add_master_list(trust, bytes, length, false), JUMIN_OK);
    }
    assert_int_equal(jumin_trust_certificates(trust), 0);
}

static void test_ldif_gives_certificates_lists_and_revocations(void **state)
{
    (void)state;
    assert_int_equal(add_file("lists/all.ldif"), JUMIN_OK);
    assert_int_equal(jumin_trust_certificates(trust), 2);
    assert_int_equal(jumin_trust_crls(trust), 1);
    assert_int_equal(jumin_trust_skipped(trust), 2); // the odd one, by itself and in the list
    assert_int_equal(verify_document(), JUMIN_PASSED);
}

static void test_ldif_without_anything_usable_is_refused(void **state)
{
    (void)state;
    assert_int_equal(add_file("lists/damaged.ldif"), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_trust_detail(trust), "damaged.ldif"));
}

static void test_odd_certificate_among_others_is_passed_over_and_alone_refused(void **state)
{
    (void)state;
    assert_int_equal(add_file("lists/some.PEM"), JUMIN_OK);
    assert_int_equal(jumin_trust_certificates(trust), 1);
    assert_odd_one_was_passed_over();
    assert_int_equal(add_file("lists/odd.pem"), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_trust_certificates(trust), 1);
}

static void test_from_memory_an_odd_certificate_is_refused(void **state)
{
    (void)state;
    static uint8_t bytes[FILE_MAX];
    const size_t n = load("lists/some.PEM", bytes);
    assert_int_equal(jumin_trust_add_certificate(trust, bytes, n), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_trust_skipped(trust), 0);
}

// The folder has every fault in it, and serves all the same.
static void test_folder_is_read_whatever_lies_in_it(void **state)
{
    (void)state;
    assert_int_equal(jumin_trust_add_directory(trust, path_of("lists")), JUMIN_OK);
    assert_int_equal(jumin_trust_certificates(trust), 2);
    assert_int_equal(jumin_trust_crls(trust), 1);
    assert_in_range(jumin_trust_skipped(trust), 9, 20);
    for (size_t i = 0; i < jumin_trust_skipped(trust); i++) {
        assert_non_null(strstr(jumin_trust_skipped_reason(trust, i), "lists/"));
    }
    assert_int_equal(verify_document(), JUMIN_PASSED);
    assert_int_equal(jumin_trust_add_directory(trust, path_of("nothing_here")), JUMIN_ERROR_FILE);
}

static void test_null_pointers_are_refused(void **state)
{
    (void)state;
    assert_int_equal(jumin_trust_add_master_list(NULL, (const uint8_t *)"", 0, false), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_trust_add_master_list(trust, NULL, 0, false), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_trust_skipped(NULL), 0);
    assert_null(jumin_trust_skipped_reason(NULL, 0));
    assert_null(jumin_trust_skipped_reason(trust, SIZE_MAX));
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return EXIT_FAILURE;
    }
    folder = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_master_list_gives_its_certificates, start, stop),
        cmocka_unit_test_setup_teardown(test_the_same_certificate_is_not_added_twice, start, stop),
        cmocka_unit_test_setup_teardown(test_the_same_revocation_list_is_not_added_twice, start, stop),
        cmocka_unit_test_setup_teardown(test_publisher_may_have_to_be_known, start, stop),
        cmocka_unit_test_setup_teardown(test_list_whose_signer_is_revoked_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_revocation_list_with_an_unknown_critical_extension_is_refused,
                                        start, stop),
        cmocka_unit_test_setup_teardown(test_list_with_a_fault_gives_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_every_truncation_of_a_list_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_ldif_gives_certificates_lists_and_revocations, start, stop),
        cmocka_unit_test_setup_teardown(test_ldif_without_anything_usable_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_odd_certificate_among_others_is_passed_over_and_alone_refused,
                                        start, stop),
        cmocka_unit_test_setup_teardown(test_from_memory_an_odd_certificate_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_folder_is_read_whatever_lies_in_it, start, stop),
        cmocka_unit_test_setup_teardown(test_null_pointers_are_refused, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
