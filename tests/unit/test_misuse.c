// Every public function of libjumin called without what it needs: an error, or nothing, but no crash.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include <jumin/eac_pki.h>
#include <jumin/eid.h>
#include <jumin/perso.h>
#include <jumin/picture.h>
#include <jumin/policy.h>
#include <jumin/reader.h>

static uint8_t bytes[16];
static size_t n;

static void test_handles_without_a_place_are_refused(void **state)
{
    (void)state;
    assert_int_equal(jumin_document_new(NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_trust_new(NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_new(NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pki_new(NULL, "folder"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_new(NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_new(NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_transport_new(NULL, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_trace_record(NULL, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_trace_replay(NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_perso_new(NULL, NULL, NULL, NULL, NULL), JUMIN_ERROR_ARGUMENT);
}

static void test_nothing_is_freed_in_peace(void **state)
{
    (void)state;
    jumin_document_free(NULL);
    jumin_trust_free(NULL);
    jumin_report_free(NULL);
    jumin_order_free(NULL);
    jumin_pki_free(NULL);
    jumin_policy_free(NULL);
    jumin_reader_free(NULL);
    jumin_reader_restart(NULL);
    jumin_terminal_free(NULL);
    jumin_eid_free(NULL);
    jumin_transport_free(NULL);
    jumin_transport_disconnect(NULL);
    jumin_perso_free(NULL);
    jumin_pixels_free(NULL);
    jumin_master_key_wipe(NULL);
    jumin_master_key_free(NULL);
    jumin_tokens_free(NULL);
}

static void test_nothing_has_an_empty_detail(void **state)
{
    (void)state;
    assert_string_equal(jumin_document_detail(NULL), "");
    assert_string_equal(jumin_trust_detail(NULL), "");
    assert_string_equal(jumin_order_detail(NULL), "");
    assert_string_equal(jumin_order_can(NULL), "");
    assert_string_equal(jumin_order_pin(NULL), "");
    assert_string_equal(jumin_order_puk(NULL), "");
    assert_false(jumin_order_has_transport_pin(NULL));
    assert_string_equal(jumin_order_mrz(NULL), "");
    assert_false(jumin_order_is_on_card(NULL));
    assert_string_equal(jumin_pki_detail(NULL), "");
    assert_string_equal(jumin_policy_detail(NULL), "");
    assert_string_equal(jumin_policy_text(NULL), "");
    assert_null(jumin_policy_figures(NULL));
    assert_false(jumin_policy_locks(NULL, JUMIN_SUBJECT_CARD, JUMIN_SUBJECT_CARD));
    assert_string_equal(jumin_reader_detail(NULL), "");
    assert_string_equal(jumin_terminal_detail(NULL), "");
    assert_string_equal(jumin_eid_detail(NULL), "");
    assert_int_equal(jumin_eid_rights(NULL), 0);
    assert_string_equal(jumin_transport_detail(NULL), "");
    assert_string_equal(jumin_perso_detail(NULL), "");
}

static void test_terminal_calls_want_their_arguments(void **state)
{
    (void)state;
    static const struct jumin_terminal_functions nothing = {.certificate = NULL};
    struct jumin_terminal *terminal = NULL;
    const uint8_t *chain = NULL;
    enum jumin_right right = JUMIN_RIGHT_SIGNATURE;
    assert_int_equal(jumin_terminal_new(NULL, &nothing, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_terminal_new(&terminal, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_terminal_new(&terminal, &nothing, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_terminal_load(NULL, bytes, sizeof bytes, ""), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_terminal_load(&terminal, NULL, 0, ""), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_terminal_load(&terminal, bytes, sizeof bytes, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_terminal_load(&terminal, bytes, sizeof bytes, "no key"), JUMIN_ERROR_INPUT);
    assert_null(terminal);
    assert_int_equal(jumin_terminal_add_certificates(NULL, bytes, sizeof bytes), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_terminal_add_file(NULL, "file"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_terminal_certificate(NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_terminal_chain(NULL, "KRCVCA00001", &chain, &n), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_terminal_sign(NULL, bytes, sizeof bytes, bytes, sizeof bytes, &n),
                     JUMIN_ERROR_ARGUMENT);
    assert_null(jumin_right_name(JUMIN_RIGHT_COUNT));
    assert_null(jumin_right_name((enum jumin_right)30));
    assert_int_equal(jumin_right_parse("everything", &right), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_right_parse(NULL, &right), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(right, JUMIN_RIGHT_SIGNATURE);
}

static void test_eid_calls_want_their_arguments(void **state)
{
    (void)state;
    const struct jumin_eid_request request = {.terminal = NULL};
    struct jumin_eid *eid = NULL;
    struct jumin_eid_value value = {.count = 0};
    uint8_t identifier[JUMIN_EID_IDENTIFIER_MAX];
    bool yes = false;
    assert_int_equal(jumin_eid_open(NULL, NULL, &request), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_open(&eid, NULL, &request), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_verify(NULL, JUMIN_EID_AGE, &yes), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_identify(NULL, JUMIN_EID_PSEUDONYM, bytes, sizeof bytes, identifier, &n),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_read(NULL, 1, &value), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_write(NULL, 17, &value), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_write_file(NULL, 17, bytes, sizeof bytes), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_set_pin(NULL, "123456"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_activate_pin(NULL, true), JUMIN_ERROR_ARGUMENT);
    assert_null(jumin_eid_group_name(0));
    assert_null(jumin_eid_group_name(16));
    assert_null(jumin_eid_group_name(23));
    assert_int_equal(jumin_eid_group_kind(23), JUMIN_EID_BYTES);
}

static void test_document_calls_want_their_arguments(void **state)
{
    (void)state;
    struct jumin_document *document = NULL;
    struct jumin_report *report = NULL;
    const uint8_t *file = NULL;
    assert_int_equal(jumin_document_new(&document), JUMIN_OK);
    assert_int_equal(jumin_document_file(document, JUMIN_FILE_COUNT, &file, &n), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_document_file(document, JUMIN_FILE_DG1, NULL, &n), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_document_file(NULL, JUMIN_FILE_DG1, &file, &n), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_document_set_file(document, JUMIN_FILE_COUNT, bytes, 1), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_document_set_file(document, JUMIN_FILE_DG1, NULL, 1), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_document_pace(document, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_document_mrz(document, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_document_portrait(document, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_document_person(document, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_document_issue(document, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_document_groups(document, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_document_verify(document, NULL, 0, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_document_verify(NULL, NULL, 0, &report), JUMIN_ERROR_ARGUMENT);
    assert_null(report);
    assert_int_equal(jumin_portrait_pixels(NULL, 1, NULL), JUMIN_ERROR_ARGUMENT);
    assert_null(jumin_file_name(JUMIN_FILE_COUNT));
    jumin_document_free(document);
}

static void test_report_of_nothing_has_no_checks(void **state)
{
    (void)state;
    assert_int_equal(jumin_report_verdict(NULL), JUMIN_NOT_DONE);
    assert_int_equal(jumin_report_chip(NULL), JUMIN_NOT_DONE);
    assert_int_equal(jumin_report_count(NULL), 0);
    assert_null(jumin_report_check(NULL, 0));
    assert_null(jumin_check_name(JUMIN_CHECK_COUNT));
}

// Nothing to trust and nothing that was read: every check is told of, none has passed.
static void test_empty_document_is_not_genuine(void **state)
{
    (void)state;
    struct jumin_document *document = NULL;
    struct jumin_report *report = NULL;
    assert_int_equal(jumin_document_new(&document), JUMIN_OK);
    assert_int_equal(jumin_document_verify(document, NULL, 0, &report), JUMIN_OK);
    assert_int_not_equal(jumin_report_verdict(report), JUMIN_PASSED);
    assert_int_equal(jumin_report_chip(report), JUMIN_NOT_DONE);
    assert_true(jumin_report_count(report) > 0);
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        assert_int_not_equal(jumin_report_check(report, i)->verdict, JUMIN_PASSED);
    }
    jumin_report_free(report);
    jumin_document_free(document);
}

static void test_trust_calls_want_their_arguments(void **state)
{
    (void)state;
    struct jumin_trust *trust = NULL;
    assert_int_equal(jumin_trust_new(&trust), JUMIN_OK);
    assert_int_equal(jumin_trust_add_certificate(trust, NULL, 1), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_trust_add_certificate(trust, bytes, 0), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_trust_add_crl(trust, NULL, 1), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_trust_add_file(trust, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_trust_add_directory(trust, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_trust_certificates(NULL), 0);
    assert_int_equal(jumin_trust_crls(NULL), 0);
    jumin_trust_free(trust);
}

static void test_transport_calls_want_their_arguments(void **state)
{
    (void)state;
    struct jumin_limits limits = {1, 1, true};
    assert_int_equal(jumin_transport_connect(NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_transport_transmit(NULL, bytes, 4, bytes, 4, &n), JUMIN_ERROR_ARGUMENT);
    jumin_transport_limits(NULL, &limits);
    assert_int_equal(limits.command_max, 0);
    assert_false(limits.extended);
    jumin_transport_limits(NULL, NULL);
}

static void test_reader_calls_want_their_arguments(void **state)
{
    (void)state;
    struct jumin_document *document = NULL;
    assert_int_equal(jumin_reader_set_password(NULL, JUMIN_PASSWORD_CAN, "123456"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_set_mrz(NULL, "1", "000101", "300101"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_set_extended_length(NULL, JUMIN_EXTENDED_ON), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_set_read_unit(NULL, 1), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_set_groups(NULL, 2), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_set_chip_authentication(NULL, true), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_set_active_authentication(NULL, true), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_set_pace(NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_set_progress(NULL, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_inspect(NULL, &document), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_read(NULL, &document), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_transmit(NULL, bytes, 4, bytes, 4, &n), JUMIN_ERROR_ARGUMENT);
    jumin_reader_cost(NULL, NULL);
}

static void test_issuing_calls_want_their_arguments(void **state)
{
    (void)state;
    struct jumin_order *order = NULL;
    struct jumin_pki *pki = NULL;
    const uint8_t *der = NULL;
    enum jumin_curve curve = JUMIN_CURVE_P256;
    assert_int_equal(jumin_order_new(&order), JUMIN_OK);
    assert_int_equal(jumin_order_set_person(order, NULL, 1), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_set_photo(order, NULL, 1), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_set_photo(order, bytes, 0), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_order_set_can(order, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_set_pin(order, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_set_profile(order, NULL, 1), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_set_profile(NULL, "{}", 2), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_check(NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_perso_add_trust_point(NULL, bytes, sizeof bytes), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_read_card(NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_null(jumin_profile_text(NULL));
    assert_null(jumin_profile_text("nobody's"));
    assert_null(jumin_profile_name(SIZE_MAX));
    assert_int_equal(jumin_order_set_puk(order, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_set_transport_pin(NULL, true), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_set_photo_budget(NULL, 5000), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_set_photo_budget(order, 999), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_set_photo_budget(order, 30001), JUMIN_ERROR_ARGUMENT);
    struct jumin_portrait portrait;
    struct jumin_photo_hint hint;
    assert_int_equal(jumin_order_portrait(order, &portrait), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_portrait(NULL, &portrait), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_portrait(order, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_photo_hint(order, JUMIN_PHOTO_CROP, &hint), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_photo_hint(NULL, JUMIN_PHOTO_CROP, &hint), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_perso_issue(NULL, order, 0), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_perso_set_progress(NULL, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_master_key_load(NULL, false, bytes), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_master_key_new(NULL, "path"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_master_key_look(NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_master_key_open(NULL, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_master_key_make(NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_master_key_seal(NULL, "secret"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_master_key_move(NULL, NULL, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_master_key_bytes(NULL, bytes), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_tokens_new(NULL, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pki_use_tokens(NULL, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eac_pki_use_tokens(NULL, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_curve_parse("P-256", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_curve_parse(NULL, &curve), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pki_new(&pki, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pki_init(NULL, "secret", NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pki_load(NULL, "secret"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_pki_item(NULL, JUMIN_PKI_CRL, &der, &n), JUMIN_ERROR_ARGUMENT);
    jumin_order_free(order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_handles_without_a_place_are_refused),
        cmocka_unit_test(test_nothing_is_freed_in_peace),
        cmocka_unit_test(test_nothing_has_an_empty_detail),
        cmocka_unit_test(test_terminal_calls_want_their_arguments),
        cmocka_unit_test(test_eid_calls_want_their_arguments),
        cmocka_unit_test(test_document_calls_want_their_arguments),
        cmocka_unit_test(test_report_of_nothing_has_no_checks),
        cmocka_unit_test(test_empty_document_is_not_genuine),
        cmocka_unit_test(test_trust_calls_want_their_arguments),
        cmocka_unit_test(test_transport_calls_want_their_arguments),
        cmocka_unit_test(test_reader_calls_want_their_arguments),
        cmocka_unit_test(test_issuing_calls_want_their_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
