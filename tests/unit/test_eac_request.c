// Requests for CV certificates: a holder keeps its key, its issuer certifies it (TR-03110-3 §C.2).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/eac_request_stage.h"
#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"

#include <sys/stat.h>

static void test_terminal_keeps_its_key_and_is_certified_on_every_curve(void **state)
{
    for (int curve = JUMIN_CURVE_P256; curve <= JUMIN_CURVE_BRAINPOOL_P384R1; curve++) {
        struct jumin_eac_pki *authority = request_authority_on((enum jumin_curve)curve);
        struct jumin_eac_pki *applicant = request_applicant_on((enum jumin_curve)curve);
        const struct jumin_eac_certificate_request request = request_parsed("KRSTORE00001.req");
        assert_string_equal(request.holder, "KRSTORE00001");
        assert_string_equal(request.authority, "KRDVAT00001");
        assert_string_equal(request.signer, "");
        assert_string_equal(request.curve, jumin_curve_name((enum jumin_curve)curve));
        request_certify_store(authority, applicant);
        assert_false(request_exists("authority", "KRSTORE00001.key"));
        assert_string_equal(jumin_eac_pki_issued(authority), "KRSTORE00001");
        const struct jumin_eac_certificate certificate = request_newest(applicant, "KRSTORE00001");
        assert_int_equal(certificate.rights, request_for_store().rights);
        assert_string_equal(certificate.expiration, "20261202");
        request_assert_terminal_works(applicant, "KRCVCAAT00001", 2);
        jumin_eac_pki_free(applicant);
        jumin_eac_pki_free(authority);
        assert_int_equal(temporary_folder_remove(state), 0);
        assert_int_equal(temporary_folder_make(state), 0);
    }
}

static void test_verifier_keeps_its_key_and_certifies_terminals(void **state)
{
    (void)state;
    struct jumin_eac_pki *authority = request_open_pki("authority");
    struct jumin_eac_request request = request_plain(NULL);
    uint8_t bytes[REQUEST_FILE_MAX];
    assert_int_equal(jumin_eac_pki_issue_cvca(authority, &request, "cvca"), JUMIN_OK);
    assert_int_equal(mkdir(request_path_of("applicant", ""), 0700), 0);
    request_carry("authority", "applicant", "KRCVCAAT00001.cvc");
    struct jumin_eac_pki *applicant = request_open_pki("applicant");
    request.curve = JUMIN_CURVE_P384; // is the CVCA's where that is in the folder
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_DV_DOMESTIC, &request, "own", NULL),
                     JUMIN_OK);
    assert_string_equal(request_parsed("KRDVAT00001.req").authority, "KRCVCAAT00001");
    assert_string_equal(request_parsed("KRDVAT00001.req").curve, "P-256");
    const size_t n = request_load("applicant", "KRDVAT00001.req", bytes);
    assert_int_equal(jumin_eac_pki_certify(authority, JUMIN_EAC_DV_FOREIGN, &request, bytes, n, "cvca"),
                     JUMIN_OK);
    request_carry("authority", "applicant", "KRDVAT00001.cvc");
    assert_int_equal(jumin_eac_pki_load(applicant), JUMIN_OK);
    assert_int_equal(request_newest(applicant, "KRDVAT00001").role, JUMIN_EAC_DV_FOREIGN);
    const struct jumin_eac_request store = request_for_store();
    assert_int_equal(jumin_eac_pki_issue_terminal(applicant, &store, "own", NULL), JUMIN_OK);
    request_assert_terminal_works(applicant, "KRCVCAAT00001", 2);
    jumin_eac_pki_free(applicant);
    jumin_eac_pki_free(authority);
}

static void test_second_request_is_signed_by_the_key_before(void **state)
{
    (void)state;
    struct jumin_eac_pki *authority = request_authority_on(JUMIN_CURVE_BRAINPOOL_P256R1);
    struct jumin_eac_pki *applicant = request_applicant_on(JUMIN_CURVE_BRAINPOOL_P256R1);
    request_certify_store(authority, applicant);
    struct jumin_eac_request request = request_plain("store");
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL), JUMIN_OK);
    assert_string_equal(request_parsed("KRSTORE00002.req").signer, "KRSTORE00001");
    assert_string_equal(request_parsed("KRSTORE00002.req").authority, "KRDVAT00001");
    // Rights stay where none is named.
    request.rights = 0;
    request.now = REQUEST_NOW + 10 * REQUEST_DAY;
    assert_int_equal(request_certify(authority, "KRSTORE00002.req", &request), JUMIN_OK);
    request_carry("authority", "applicant", "KRSTORE00002.cvc");
    assert_int_equal(jumin_eac_pki_load(applicant), JUMIN_OK);
    assert_int_equal(request_newest(applicant, "KRSTORE00002").rights, request_for_store().rights);
    request_assert_terminal_works(applicant, "KRCVCAAT00001", 2);
    jumin_eac_pki_free(applicant);
    jumin_eac_pki_free(authority);
}

static void test_newest_key_of_the_authority_certifies_a_second_request(void **state)
{
    (void)state;
    struct jumin_eac_pki *authority = request_authority_on(JUMIN_CURVE_P256);
    struct jumin_eac_pki *applicant = request_applicant_on(JUMIN_CURVE_P256);
    request_certify_store(authority, applicant);
    const struct jumin_eac_renewal renewal = {JUMIN_EAC_DV_DOMESTIC, "dvat", REQUEST_NOW + REQUEST_DAY, 0,
                                              NULL};
    assert_int_equal(jumin_eac_pki_renew(authority, &renewal, "cvca", NULL), JUMIN_OK);
    struct jumin_eac_request request = request_plain("store");
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL), JUMIN_OK);
    request = request_for_store();
    request.now = REQUEST_NOW + 2 * REQUEST_DAY;
    assert_int_equal(request_certify(authority, "KRSTORE00002.req", &request), JUMIN_OK);
    assert_string_equal(request_newest(authority, "KRSTORE00002").authority, "KRDVAT00002");
    jumin_eac_pki_free(applicant);
    jumin_eac_pki_free(authority);
}

static void test_wrong_passphrases_make_and_certify_nothing(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_second_stage(&stage);
    const struct jumin_eac_request request = request_for_store();
    const size_t files = request_files_in("applicant");
    assert_int_equal(
        jumin_eac_pki_certify(stage.authority, JUMIN_EAC_TERMINAL, &request, stage.bytes, stage.n, "wrong"),
        JUMIN_ERROR_INPUT);
    assert_int_equal(request_files_in("authority"), stage.files);
    assert_int_equal(jumin_eac_pki_request(stage.applicant, JUMIN_EAC_TERMINAL, &request, "wrong", NULL),
                     JUMIN_ERROR_INPUT);
    assert_int_equal(request_files_in("applicant"), files);
    request_close_stage(&stage);
}

static void test_holder_whose_key_is_elsewhere_is_not_renewed_here(void **state)
{
    (void)state;
    struct request_stage stage;
    request_open_second_stage(&stage);
    const struct jumin_eac_renewal renewal = {JUMIN_EAC_TERMINAL, "store", REQUEST_NOW, 0, NULL};
    assert_int_equal(jumin_eac_pki_renew(stage.authority, &renewal, "cvca", NULL), JUMIN_ERROR_INPUT);
    assert_int_equal(request_files_in("authority"), stage.files);
    request_close_stage(&stage);
}

static void test_issuer_that_is_not_in_the_folder_takes_its_whole_reference(void **state)
{
    (void)state;
    struct jumin_eac_pki *applicant = request_open_pki("applicant");
    struct jumin_eac_request request = request_plain("store");
    request.issuer = "dvat";
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL),
                     JUMIN_ERROR_ARGUMENT);
    request.issuer = NULL;
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_CVCA, &request, "own", NULL),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(request_files_in("applicant"), 0);
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL), JUMIN_OK);
    assert_string_equal(request_parsed("KRSTORE00001.req").authority, "");
    jumin_eac_pki_free(applicant);
}

// The CVCA's certificate, which would tell the curve, has not been brought along.
static void test_issuer_without_its_cvca_is_asked_by_its_name(void **state)
{
    (void)state;
    struct jumin_eac_pki *authority = request_authority_on(JUMIN_CURVE_P384);
    assert_int_equal(mkdir(request_path_of("applicant", ""), 0700), 0);
    request_carry("authority", "applicant", "KRDVAT00001.cvc");
    struct jumin_eac_pki *applicant = request_open_pki("applicant");
    struct jumin_eac_request request = request_plain("store");
    request.issuer = "dvat";
    request.curve = JUMIN_CURVE_P384;
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL), JUMIN_OK);
    assert_string_equal(request_parsed("KRSTORE00001.req").authority, "KRDVAT00001");
    assert_string_equal(request_parsed("KRSTORE00001.req").curve, "P-384");
    request = request_for_store();
    assert_int_equal(request_certify(authority, "KRSTORE00001.req", &request), JUMIN_OK);
    request_carry("authority", "applicant", "KRSTORE00001.cvc");
    assert_int_equal(jumin_eac_pki_load(applicant), JUMIN_OK);
    request.curve = JUMIN_CURVE_P384;
    assert_int_equal(jumin_eac_pki_request(applicant, JUMIN_EAC_TERMINAL, &request, "own", NULL), JUMIN_OK);
    assert_string_equal(request_parsed("KRSTORE00002.req").signer, "KRSTORE00001");
    assert_int_equal(request_certify(authority, "KRSTORE00002.req", &request), JUMIN_OK);
    jumin_eac_pki_free(applicant);
    jumin_eac_pki_free(authority);
}

static void test_null_pointers_are_refused(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = request_open_pki("applicant");
    const struct jumin_eac_request request = request_plain("store");
    struct jumin_eac_certificate_request out;
    const uint8_t byte = 0;
    assert_int_equal(jumin_eac_pki_request(NULL, JUMIN_EAC_TERMINAL, &request, "own", NULL),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_request(pki, JUMIN_EAC_TERMINAL, NULL, "own", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_request(pki, JUMIN_EAC_TERMINAL, &request, NULL, NULL),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_certify(pki, JUMIN_EAC_TERMINAL, &request, NULL, 0, "own"),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_certificate_request_parse(NULL, 0, &out), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_certificate_request_parse(&byte, 1, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_certificate_request_parse(&byte, 1, &out), JUMIN_ERROR_INPUT);
    jumin_eac_pki_free(pki);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_terminal_keeps_its_key_and_is_certified_on_every_curve),
        IN_TEMPORARY_FOLDER(test_verifier_keeps_its_key_and_certifies_terminals),
        IN_TEMPORARY_FOLDER(test_second_request_is_signed_by_the_key_before),
        IN_TEMPORARY_FOLDER(test_newest_key_of_the_authority_certifies_a_second_request),
        IN_TEMPORARY_FOLDER(test_wrong_passphrases_make_and_certify_nothing),
        IN_TEMPORARY_FOLDER(test_holder_whose_key_is_elsewhere_is_not_renewed_here),
        IN_TEMPORARY_FOLDER(test_issuer_that_is_not_in_the_folder_takes_its_whole_reference),
        IN_TEMPORARY_FOLDER(test_issuer_without_its_cvca_is_asked_by_its_name),
        IN_TEMPORARY_FOLDER(test_null_pointers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
