// Certificates that the card must refuse: issued by one who may not, with keys that do not go with the chain,
// out of time or out of order. Afterwards the card works, and its trust points and its date are the same
// (TR-03105-3.3, unit EAC2_ISO7816_J; TR-03105-3.2, unit J).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/eac_card.h"
#include "tests/unit/unit.h"

static struct terminal *const terminal = &eac_card.terminal;
static struct eac_chain *chain; // of authentication terminals
static struct eac_trust before;
static struct test_holder other; // a holder that some test brings

static int start(void **state)
{
    eac_card_start(state);
    chain = eac_card_chain(TERMINAL_AUTHENTICATION);
    before = eac_card_trust();
    eac_card_session(TERMINAL_AUTHENTICATION);
    return 0;
}

static int stop(void **state)
{
    test_holder_release(&other);
    return eac_card_stop(state);
}

// --- Issued by one who may not -----------------------------------------------------------------------------

// A plan whose holder is `other`.
static struct cv_certificate plan_other(const struct test_holder *issuer, const char *reference,
                                        enum terminal_type type, enum certificate_role role)
{
    test_holder_make(&other, reference, CRYPTO_P256, CRYPTO_SHA256);
    return certificate_plan(issuer, &other, type, role, rights_of_type(type), EAC_START, EAC_END);
}

static void assert_import_refused(struct test_holder *issuer, const struct cv_certificate *plan)
{
    eac_card_assert_refused(eac_import(terminal, issuer, plan));
    assert_int_equal(eac_set_dst(terminal, plan->holder), SW_REFERENCED_DATA_NOT_FOUND);
    eac_card_assert_unharmed(&before);
}

static void test_cvca_does_not_certify_a_terminal(void **state)
{
    (void)state;
    const struct cv_certificate plan =
        plan_other(&chain->cvca, "KRTERMAT00002", TERMINAL_AUTHENTICATION, ROLE_TERMINAL);
    assert_import_refused(&chain->cvca, &plan);
}

static void refuse_from_dv(enum certificate_role dv_role, enum certificate_role role)
{
    chain->dv_plan.authorization.role = dv_role;
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    struct cv_certificate plan = plan_other(&chain->dv, "KROTHERAT00002", TERMINAL_AUTHENTICATION, role);
    plan.has_parameters = role == ROLE_CVCA;
    assert_import_refused(&chain->dv, &plan);
}

static void test_domestic_dv_does_not_certify_a_cvca(void **state)
{
    (void)state;
    refuse_from_dv(ROLE_DV_DOMESTIC, ROLE_CVCA);
}

static void test_foreign_dv_does_not_certify_a_cvca(void **state)
{
    (void)state;
    refuse_from_dv(ROLE_DV_FOREIGN, ROLE_CVCA);
}

static void test_domestic_dv_does_not_certify_a_domestic_dv(void **state)
{
    (void)state;
    refuse_from_dv(ROLE_DV_DOMESTIC, ROLE_DV_DOMESTIC);
}

static void test_domestic_dv_does_not_certify_a_foreign_dv(void **state)
{
    (void)state;
    refuse_from_dv(ROLE_DV_DOMESTIC, ROLE_DV_FOREIGN);
}

static void test_foreign_dv_does_not_certify_a_domestic_dv(void **state)
{
    (void)state;
    refuse_from_dv(ROLE_DV_FOREIGN, ROLE_DV_DOMESTIC);
}

static void test_foreign_dv_does_not_certify_a_foreign_dv(void **state)
{
    (void)state;
    refuse_from_dv(ROLE_DV_FOREIGN, ROLE_DV_FOREIGN);
}

static void refuse_from_terminal(enum certificate_role role)
{
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    struct cv_certificate plan =
        plan_other(&chain->terminal, "KROTHERAT00002", TERMINAL_AUTHENTICATION, role);
    plan.has_parameters = role == ROLE_CVCA;
    assert_import_refused(&chain->terminal, &plan);
}

static void test_terminal_does_not_certify_a_cvca(void **state)
{
    (void)state;
    refuse_from_terminal(ROLE_CVCA);
}

static void test_terminal_does_not_certify_a_domestic_dv(void **state)
{
    (void)state;
    refuse_from_terminal(ROLE_DV_DOMESTIC);
}

static void test_terminal_does_not_certify_a_foreign_dv(void **state)
{
    (void)state;
    refuse_from_terminal(ROLE_DV_FOREIGN);
}

static void test_terminal_does_not_certify_a_terminal(void **state)
{
    (void)state;
    refuse_from_terminal(ROLE_TERMINAL);
}

static void refuse_other_type(enum terminal_type type)
{
    struct cv_certificate plan = plan_other(&chain->cvca, "KROTHER00002", type, ROLE_DV_DOMESTIC);
    eac_card_assert_refused(eac_import(terminal, &chain->cvca, &plan));
    plan.authorization.role = ROLE_CVCA;
    plan.has_parameters = true;
    eac_card_assert_refused(eac_import(terminal, &chain->cvca, &plan));
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    plan =
        certificate_plan(&chain->dv, &other, type, ROLE_TERMINAL, rights_of_type(type), EAC_START, EAC_END);
    assert_import_refused(&chain->dv, &plan);
}

static void test_authority_of_authentication_terminals_certifies_no_inspection_system(void **state)
{
    (void)state;
    refuse_other_type(TERMINAL_INSPECTION);
}

static void test_authority_of_authentication_terminals_certifies_no_signature_terminal(void **state)
{
    (void)state;
    refuse_other_type(TERMINAL_SIGNATURE);
}

static void test_authority_of_inspection_systems_certifies_no_authentication_terminal(void **state)
{
    struct eac_chain *inspection = eac_card_chain(TERMINAL_INSPECTION);
    (void)state;
    eac_card_session(TERMINAL_INSPECTION);
    const struct cv_certificate plan =
        plan_other(&inspection->cvca, "KROTHER00002", TERMINAL_AUTHENTICATION, ROLE_DV_DOMESTIC);
    assert_import_refused(&inspection->cvca, &plan);
}

static void test_trust_point_of_another_type_is_not_known(void **state)
{
    (void)state;
    const enum terminal_type others[] = {TERMINAL_INSPECTION, TERMINAL_SIGNATURE};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(eac_set_dst(terminal, eac_card_chain(others[i])->cvca_plan.holder),
                         SW_REFERENCED_DATA_NOT_FOUND);
    }
    eac_card_assert_unharmed(&before);
}

// The certificate names the chosen authority, and another one has signed it.
static void test_key_of_another_authority_is_refused(void **state)
{
    (void)state;
    test_holder_make(&other, "KRCVCAAT00009", CRYPTO_P256, CRYPTO_SHA256);
    eac_card_assert_refused(eac_import(terminal, &other, &chain->dv_plan));
    eac_card_assert_unharmed(&before);
}

// The chosen authority has signed it, and it names another one.
static void test_name_of_another_authority_is_refused(void **state)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    struct cv_certificate plan = chain->dv_plan;
    (void)state;
    plan.authority = eac_card_chain(TERMINAL_INSPECTION)->cvca_plan.holder;
    assert_int_equal(eac_set_dst(terminal, chain->cvca_plan.holder), SW_OK);
    eac_card_assert_refused(eac_verify(terminal, certificate_good(&plan, &chain->cvca, bytes)));
    eac_card_assert_unharmed(&before);
}

// 9303-11 §7.1.4.3.7: a name that the chip knows already.
static void test_name_of_a_trust_point_is_refused(void **state)
{
    struct cv_certificate plan;
    (void)state;
    eac_card_assert_refused(
        eac_import(terminal, &chain->cvca, &chain->cvca_plan)); // the CVCA's own certificate
    plan = plan_other(&chain->cvca, "KRCVCAAT00001", TERMINAL_AUTHENTICATION, ROLE_DV_DOMESTIC);
    eac_card_assert_refused(eac_import(terminal, &chain->cvca, &plan));
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    plan =
        certificate_plan(&chain->dv, &other, TERMINAL_AUTHENTICATION, ROLE_TERMINAL, 0, EAC_START, EAC_END);
    eac_card_assert_refused(eac_import(terminal, &chain->dv, &plan));
    eac_card_assert_unharmed(&before);
}

// --- Keys that do not go with the chain --------------------------------------------------------------------

static void refuse_key(const char *reference, enum crypto_curve curve, enum crypto_hash hash)
{
    test_holder_make(&other, reference, curve, hash);
    const struct cv_certificate dv = certificate_plan(&chain->cvca, &other, TERMINAL_AUTHENTICATION,
                                                      ROLE_DV_DOMESTIC, 0, EAC_START, EAC_END);
    eac_card_assert_refused(eac_import(terminal, &chain->cvca, &dv));
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    const struct cv_certificate holder =
        certificate_plan(&chain->dv, &other, TERMINAL_AUTHENTICATION, ROLE_TERMINAL, 0, EAC_START, EAC_END);
    assert_import_refused(&chain->dv, &holder);
}

static void test_key_on_another_curve_of_the_same_length_is_refused(void **state)
{
    (void)state;
    refuse_key("KROTHERAT00002", CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA256);
}

static void test_key_of_another_length_is_refused(void **state)
{
    (void)state;
    refuse_key("KROTHERAT00002", CRYPTO_P384, CRYPTO_SHA256);
}

static void test_key_with_another_hash_is_refused(void **state)
{
    (void)state;
    refuse_key("KROTHERAT00002", CRYPTO_P256, CRYPTO_SHA384);
}

static void test_domain_parameters_below_the_cvca_are_refused(void **state)
{
    (void)state;
    struct cv_certificate plan = chain->dv_plan;
    plan.has_parameters = true;
    eac_card_assert_refused(eac_import(terminal, &chain->cvca, &plan));
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    plan = chain->terminal_plan;
    plan.has_parameters = true;
    eac_card_assert_refused(eac_import(terminal, &chain->dv, &plan));
    eac_card_assert_unharmed(&before);
}

// --- Out of time -------------------------------------------------------------------------------------------

static void test_expired_dv_certificate_is_refused(void **state)
{
    (void)state;
    chain->dv_plan.effective = 250101;
    chain->dv_plan.expiration = EAC_BEFORE;
    eac_card_assert_refused(eac_import(terminal, &chain->cvca, &chain->dv_plan));
    eac_card_assert_trust(&before);
    chain->dv_plan.expiration = EAC_START; // its last day counts
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    eac_card_assert_unharmed(&before);
}

static void test_expired_terminal_certificate_is_refused(void **state)
{
    (void)state;
    chain->terminal_plan.effective = 250101;
    chain->terminal_plan.expiration = EAC_BEFORE;
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    eac_card_assert_refused(eac_import(terminal, &chain->dv, &chain->terminal_plan));
    assert_int_equal(eac_set_template(terminal, chain), SW_REFERENCED_DATA_NOT_FOUND);
    chain->terminal_plan.expiration = EAC_START;
    eac_card_assert_unharmed(&before);
}

// --- Out of order ------------------------------------------------------------------------------------------

static void test_certificate_without_a_chosen_key_is_refused(void **state)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    (void)state;
    const struct span dv = certificate_good(&chain->dv_plan, &chain->cvca, bytes);
    assert_int_equal(eac_verify(terminal, dv), SW_CONDITIONS_NOT_SATISFIED);
    eac_card_assert_unharmed(&before);
}

static void test_chosen_key_serves_one_certificate_alone(void **state)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    (void)state;
    const struct span dv = certificate_good(&chain->dv_plan, &chain->cvca, bytes);
    assert_int_equal(eac_set_dst(terminal, chain->cvca_plan.holder), SW_OK);
    assert_int_equal(eac_verify(terminal, dv), SW_OK);
    assert_int_equal(eac_verify(terminal, dv), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(eac_set_dst(terminal, chain->cvca_plan.holder), SW_OK);
    eac_card_assert_refused(eac_verify(terminal, span_first(dv, dv.n - 1)));
    assert_int_equal(eac_verify(terminal, dv), SW_CONDITIONS_NOT_SATISFIED);
    eac_card_assert_unharmed(&before);
}

static void test_choice_that_fails_takes_the_former_one_back(void **state)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    (void)state;
    const struct span dv = certificate_good(&chain->dv_plan, &chain->cvca, bytes);
    assert_int_equal(eac_set_dst(terminal, chain->cvca_plan.holder), SW_OK);
    assert_int_equal(eac_set_dst(terminal, chain->dv_plan.holder), SW_REFERENCED_DATA_NOT_FOUND);
    assert_int_equal(eac_verify(terminal, dv), SW_CONDITIONS_NOT_SATISFIED);
    eac_card_assert_unharmed(&before);
}

static void test_faulty_choices_are_refused(void **state)
{
    static const char *const faults[] = {
        "83",
        "8300",
        "840D4B524356434141543030303031",
        "830D4B5243564341415430303030",
        "830E4B52435643414154303030303100",
        "830D4B524356434141543030303031 830D4B524356434141543030303031",
        "4B524356434141543030303031",
    };
    (void)state;
    assert_int_equal(terminal_send_hex(terminal, 0, 0x22, 0x81, 0xB6, "830D4B524356434141543030303031", 0),
                     SW_OK);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        eac_card_assert_refused(terminal_send_hex(terminal, 0, 0x22, 0x81, 0xB6, faults[i], 0));
    }
    eac_card_assert_unharmed(&before);
}

// J_13 and J_14.
static void test_certificates_in_another_class_are_refused(void **state)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    const char *const choice = "830D4B524356434141543030303031";
    (void)state;
    eac_card_assert_refused(terminal_send_hex(terminal, 0x80, 0x22, 0x81, 0xB6, choice, 0));
    assert_int_equal(terminal_send_hex(terminal, 0, 0x22, 0x81, 0xB6, choice, 0), SW_OK);
    eac_card_assert_refused(terminal_send(terminal, 0x80, 0x2A, 0x00, 0xBE,
                                          certificate_good(&chain->dv_plan, &chain->cvca, bytes), 0));
    assert_int_equal(eac_set_dst(terminal, chain->dv_plan.holder), SW_REFERENCED_DATA_NOT_FOUND);
    eac_card_assert_unharmed(&before);
}

// The DV's key serves until another certificate is taken (9303-11 §7.1.4.3.7).
static void test_dv_key_survives_a_refused_certificate(void **state)
{
    struct cv_certificate plan = chain->terminal_plan;
    (void)state;
    plan.authorization.role = ROLE_DV_DOMESTIC;
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    eac_card_assert_refused(eac_import(terminal, &chain->dv, &plan));
    assert_int_equal(eac_import(terminal, &chain->dv, &chain->terminal_plan), SW_OK);
    eac_card_assert_unharmed(&before);
}

static void test_dv_key_is_dropped_with_the_next_one(void **state)
{
    (void)state;
    const struct cv_certificate second =
        plan_other(&chain->cvca, "KRDVAT00002", TERMINAL_AUTHENTICATION, ROLE_DV_FOREIGN);
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    assert_int_equal(eac_import(terminal, &chain->cvca, &second), SW_OK);
    assert_int_equal(eac_set_dst(terminal, chain->dv_plan.holder), SW_REFERENCED_DATA_NOT_FOUND);
    assert_int_equal(eac_set_dst(terminal, second.holder), SW_OK);
    eac_card_assert_unharmed(&before);
}

static void test_dv_key_is_dropped_at_reset(void **state)
{
    (void)state;
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    eac_card_session(TERMINAL_AUTHENTICATION);
    assert_int_equal(eac_set_dst(terminal, chain->dv_plan.holder), SW_REFERENCED_DATA_NOT_FOUND);
    // … by the reset itself, which need not mean that the memory was without power.
    static const struct terminal_authentication_state nothing;
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    card_reset(&eac_card.fixture.card);
    assert_memory_equal(&eac_card.fixture.card.terminal_authentication, &nothing, sizeof nothing);
    eac_card_assert_unharmed(&before);
}

static void test_keys_are_dropped_with_the_session(void **state)
{
    (void)state;
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(eac_set_dst(terminal, chain->cvca_plan.holder), SW_OK);
    assert_int_equal(eac_pace_all(terminal, TERMINAL_AUTHENTICATION), SW_OK);
    assert_int_equal(eac_set_template(terminal, chain), SW_REFERENCED_DATA_NOT_FOUND);
    assert_int_equal(eac_set_dst(terminal, chain->terminal_plan.holder), SW_REFERENCED_DATA_NOT_FOUND);
    eac_card_assert_unharmed(&before);
}

static void test_plain_certificate_ends_the_session(void **state)
{
    (void)state;
    assert_int_equal(eac_set_dst(terminal, chain->cvca_plan.holder), SW_OK);
    sm_end(&terminal->sm);
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_false(eac_card.fixture.card.security.sm.active);
    eac_card_assert_unharmed(&before);
}

static void test_terminal_that_named_no_type_sends_no_certificates(void **state)
{
    (void)state;
    fixture_power_cycle(&eac_card.fixture);
    terminal_start(terminal, &eac_card.fixture);
    assert_int_equal(terminal_pace_can(terminal), SW_OK);
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_SECURITY_STATUS_NOT_SATISFIED);
    eac_card_assert_unharmed(&before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cvca_does_not_certify_a_terminal, start, stop),
        cmocka_unit_test_setup_teardown(test_domestic_dv_does_not_certify_a_cvca, start, stop),
        cmocka_unit_test_setup_teardown(test_foreign_dv_does_not_certify_a_cvca, start, stop),
        cmocka_unit_test_setup_teardown(test_domestic_dv_does_not_certify_a_domestic_dv, start, stop),
        cmocka_unit_test_setup_teardown(test_domestic_dv_does_not_certify_a_foreign_dv, start, stop),
        cmocka_unit_test_setup_teardown(test_foreign_dv_does_not_certify_a_domestic_dv, start, stop),
        cmocka_unit_test_setup_teardown(test_foreign_dv_does_not_certify_a_foreign_dv, start, stop),
        cmocka_unit_test_setup_teardown(test_terminal_does_not_certify_a_cvca, start, stop),
        cmocka_unit_test_setup_teardown(test_terminal_does_not_certify_a_domestic_dv, start, stop),
        cmocka_unit_test_setup_teardown(test_terminal_does_not_certify_a_foreign_dv, start, stop),
        cmocka_unit_test_setup_teardown(test_terminal_does_not_certify_a_terminal, start, stop),
        cmocka_unit_test_setup_teardown(
            test_authority_of_authentication_terminals_certifies_no_inspection_system, start, stop),
        cmocka_unit_test_setup_teardown(
            test_authority_of_authentication_terminals_certifies_no_signature_terminal, start, stop),
        cmocka_unit_test_setup_teardown(
            test_authority_of_inspection_systems_certifies_no_authentication_terminal, start, stop),
        cmocka_unit_test_setup_teardown(test_trust_point_of_another_type_is_not_known, start, stop),
        cmocka_unit_test_setup_teardown(test_key_of_another_authority_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_name_of_another_authority_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_name_of_a_trust_point_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_key_on_another_curve_of_the_same_length_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_key_of_another_length_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_key_with_another_hash_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_domain_parameters_below_the_cvca_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_expired_dv_certificate_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_expired_terminal_certificate_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_certificate_without_a_chosen_key_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_chosen_key_serves_one_certificate_alone, start, stop),
        cmocka_unit_test_setup_teardown(test_choice_that_fails_takes_the_former_one_back, start, stop),
        cmocka_unit_test_setup_teardown(test_faulty_choices_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_certificates_in_another_class_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_dv_key_survives_a_refused_certificate, start, stop),
        cmocka_unit_test_setup_teardown(test_dv_key_is_dropped_with_the_next_one, start, stop),
        cmocka_unit_test_setup_teardown(test_dv_key_is_dropped_at_reset, start, stop),
        cmocka_unit_test_setup_teardown(test_keys_are_dropped_with_the_session, start, stop),
        cmocka_unit_test_setup_teardown(test_plain_certificate_ends_the_session, start, stop),
        cmocka_unit_test_setup_teardown(test_terminal_that_named_no_type_sends_no_certificates, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
