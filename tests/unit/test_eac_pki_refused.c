// The PKI of terminals: wrong orders change nothing.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/eac_pki_stage.h"

#include <stdio.h>
#include <unistd.h>

static void test_second_holder_of_a_name_is_refused(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    const size_t files = files_in_folder();
    assert_int_equal(issue_terminal(pki, "Store", "office"), JUMIN_ERROR_INPUT);
    assert_string_equal(jumin_eac_pki_detail(pki), "KRSTORE00001: is there already; renew it");
    assert_int_equal(files_in_folder(), files);
    jumin_eac_pki_free(pki);
}

static void test_wrong_passphrase_issues_nothing(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    const size_t files = files_in_folder();
    const struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "bank");
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "wrong", NULL), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_eac_pki_detail(pki), "KRDVAT00001.key: wrong passphrase"));
    assert_int_equal(files_in_folder(), files);
    struct jumin_terminal *terminal = NULL;
    assert_int_equal(jumin_eac_pki_terminal(pki, "store", "cvca", &terminal), JUMIN_ERROR_INPUT);
    assert_null(terminal);
    jumin_eac_pki_free(pki);
}

static void test_issuer_that_is_not_valid_that_day_issues_nothing(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "bank");
    request.now = NOW - DAY;
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_NOT_VALID_NOW);
    request.now = NOW + 93 * (int64_t)DAY;
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_NOT_VALID_NOW);
    assert_string_equal(jumin_eac_pki_detail(pki),
                        "KRDVAT00001 is valid from 20261102 to 20270202: renew it");
    request.now = NOW + 92 * (int64_t)DAY; // the last day, and no day longer
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_OK);
    assert_string_equal(certificate_of(pki, "KRBANK00001", false).expiration, "20270202");
    jumin_eac_pki_free(pki);
}

static void test_without_an_issuer_nothing_is_issued(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki();
    struct jumin_eac_certificate certificate;
    assert_int_equal(issue_terminal(pki, "store", "store"), JUMIN_ERROR_NO_SUCH_FILE);
    assert_int_equal(files_in_folder(), 0);
    assert_int_equal(jumin_eac_pki_trust_point(pki, JUMIN_TERMINAL_AUTHENTICATION, &certificate),
                     JUMIN_ERROR_NO_SUCH_FILE);
    issue_cvca(pki, JUMIN_TERMINAL_INSPECTION, JUMIN_CURVE_P256); // of another type
    const struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, NULL);
    assert_int_equal(jumin_eac_pki_issue_dv(pki, &request, "cvca", NULL), JUMIN_ERROR_NO_SUCH_FILE);
    jumin_eac_pki_free(pki);
}

static void test_of_several_issuers_one_must_be_named(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "bankdv");
    assert_int_equal(jumin_eac_pki_issue_dv(pki, &request, "cvca", NULL), JUMIN_OK);
    request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "teller");
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_ARGUMENT);
    request.issuer = "bankdv";
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_OK);
    assert_string_equal(certificate_of(pki, "KRTELLER00001", false).authority, "KRBANKDV00001");
    jumin_eac_pki_free(pki);
}

static void test_names_that_are_no_references_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"", "tenletters", "a/b", "../x", "store 1", "caf\xC3\xA9"};
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    const size_t files = files_in_folder();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(issue_terminal(pki, names[i], "store"), JUMIN_ERROR_ARGUMENT);
    }
    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "bank");
    request.country = "kr";
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_ARGUMENT);
    request.country = "KOR";
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_ARGUMENT);
    request.country = NULL;
    request.name = NULL;
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(files_in_folder(), files);
    jumin_eac_pki_free(pki);
}

static void test_days_outside_the_century_are_refused(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki();
    struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, NULL);
    request.now = 0; // 1970
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, &request, "cvca"), JUMIN_ERROR_ARGUMENT);
    request.now = 4070908800; // 2099-01-01: three years would be 2102
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, &request, "cvca"), JUMIN_ERROR_ARGUMENT);
    request.days = 364;
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, &request, "cvca"), JUMIN_OK);
    assert_string_equal(certificate_at(pki, 0).expiration, "20991231");
    jumin_eac_pki_free(pki);
}

static void test_leftover_of_an_interrupted_run_takes_no_number_twice(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki();
    issue_cvca(pki, JUMIN_TERMINAL_AUTHENTICATION, JUMIN_CURVE_P256);
    issue_dv(pki, JUMIN_TERMINAL_AUTHENTICATION);
    FILE *left = fopen(path_of("KRSTORE00001.key"), "wb");
    assert_non_null(left);
    (void)fclose(left);
    assert_int_equal(issue_terminal(pki, "store", "store"), JUMIN_OK);
    assert_string_equal(jumin_eac_pki_issued(pki), "KRSTORE00002");
    jumin_eac_pki_free(pki);
}

static void test_damaged_certificate_is_named(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    FILE *file = fopen(path_of("KRDVAT00001.cvc"), "r+b");
    assert_non_null(file);
    (void)fputc(0x7E, file);
    (void)fclose(file);
    assert_int_equal(jumin_eac_pki_load(pki), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_eac_pki_detail(pki), "KRDVAT00001.cvc: is no CV certificate"));
    assert_int_equal(jumin_eac_pki_count(pki), 0);
    jumin_eac_pki_free(pki);
}

static void test_certificate_under_another_name_is_refused(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    assert_int_equal(rename(path_of("KRSTORE00001.cvc"), path_of("KRBANK00001.cvc")), 0);
    assert_int_equal(jumin_eac_pki_load(pki), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_eac_pki_detail(pki), "is the certificate of KRSTORE00001"));
    jumin_eac_pki_free(pki);
}

static void test_key_of_another_is_refused(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    assert_int_equal(rename(path_of("KRCVCAAT00001.key"), path_of("KRDVAT00001.key")), 0);
    const struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "bank");
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, "cvca", NULL), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_eac_pki_detail(pki), "is another key than its certificate's"));
    jumin_eac_pki_free(pki);
}

static void test_a_terminal_lives_on_without_the_keys_above(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = store_pki(JUMIN_CURVE_P256);
    assert_int_equal(unlink(path_of("KRCVCAAT00001.key")), 0);
    assert_int_equal(unlink(path_of("KRDVAT00001.key")), 0);
    jumin_terminal_free(terminal_of(pki, "store"));
    jumin_eac_pki_free(pki);
}

static void test_null_pointers_are_refused(void **state)
{
    (void)state;
    struct jumin_eac_pki *pki = open_pki();
    struct jumin_terminal *terminal = NULL;
    struct jumin_eac_certificate certificate;
    const struct jumin_eac_request request = request_for(JUMIN_TERMINAL_AUTHENTICATION, "a");
    const struct jumin_eac_renewal renewal = {JUMIN_EAC_TERMINAL, NULL, NOW, 0, NULL};
    assert_int_equal(jumin_eac_pki_new(NULL, "x"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_load(NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_issue_cvca(pki, NULL, "p"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_issue_dv(pki, NULL, "p", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_issue_terminal(pki, &request, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_renew(pki, &renewal, "p", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_terminal(pki, "a", "p", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_terminal(pki, NULL, "p", &terminal), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_at(pki, 0, &certificate), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_certificate_parse(NULL, 0, &certificate), JUMIN_ERROR_ARGUMENT);
    jumin_eac_pki_free(NULL);
    jumin_eac_pki_free(pki);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_second_holder_of_a_name_is_refused),
        IN_TEMPORARY_FOLDER(test_wrong_passphrase_issues_nothing),
        IN_TEMPORARY_FOLDER(test_issuer_that_is_not_valid_that_day_issues_nothing),
        IN_TEMPORARY_FOLDER(test_without_an_issuer_nothing_is_issued),
        IN_TEMPORARY_FOLDER(test_of_several_issuers_one_must_be_named),
        IN_TEMPORARY_FOLDER(test_names_that_are_no_references_are_refused),
        IN_TEMPORARY_FOLDER(test_days_outside_the_century_are_refused),
        IN_TEMPORARY_FOLDER(test_leftover_of_an_interrupted_run_takes_no_number_twice),
        IN_TEMPORARY_FOLDER(test_damaged_certificate_is_named),
        IN_TEMPORARY_FOLDER(test_certificate_under_another_name_is_refused),
        IN_TEMPORARY_FOLDER(test_key_of_another_is_refused),
        IN_TEMPORARY_FOLDER(test_a_terminal_lives_on_without_the_keys_above),
        IN_TEMPORARY_FOLDER(test_null_pointers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
