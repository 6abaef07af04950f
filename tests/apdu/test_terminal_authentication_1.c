// Terminal Authentication version 1 in the eMRTD application: fingers and iris for inspection systems, after
// Chip Authentication (9303-11 §7.1; TR-03105-3.2, units H, K and L).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "tests/apdu/eac_card.h"
#include "tests/unit/unit.h"

static struct terminal *const terminal = &eac_card.terminal;
static struct eac_chain *chain; // of inspection systems
static struct eac_trust before;

// After PACE with the CAN and no CHAT, as readers of travel documents begin, and the selection of the
// application.
static void open_application(void)
{
    sm_end(&terminal->sm);
    fixture_power_cycle(&eac_card.fixture);
    terminal_start(terminal, &eac_card.fixture);
    assert_int_equal(terminal_pace_can(terminal), SW_OK);
    assert_int_equal(terminal_select(terminal, AID_EMRTD), SW_OK);
}

static int start(void **state)
{
    eac_card_start(state);
    chain = eac_card_chain(TERMINAL_INSPECTION);
    before = eac_card_trust();
    open_application();
    return 0;
}

static int start_chip_authenticated(void **state)
{
    start(state);
    assert_int_equal(eac_chip_authentication_1(terminal, &eac_card.document), SW_OK);
    return 0;
}

static const struct achieved *achieved(void)
{
    return &eac_card.fixture.card.security.achieved;
}

static uint16_t authenticate(void)
{
    uint8_t challenge[TA_CHALLENGE];
    uint16_t status = eac_send_chain(terminal, chain);
    if (status == SW_OK) {
        status = eac_set_template_1(terminal, chain);
    }
    if (status == SW_OK) {
        status = eac_get_challenge(terminal, challenge);
    }
    return status == SW_OK ? eac_external_authenticate(terminal, chain, challenge) : status;
}

static uint16_t read_by_odd_instruction(uint8_t p1, uint8_t p2)
{
    return terminal_send_hex(terminal, 0x00, 0xB1, p1, p2, "540100", 16);
}

// In each way that there is.
static void assert_group(uint8_t number, bool open)
{
    const uint16_t expected = open ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED;
    assert_int_equal(terminal_read(terminal, number, 0, 1), expected);
    assert_int_equal(terminal_select_file(terminal, (uint16_t)(FID_DG1 - 1 + number)), expected);
    assert_int_equal(read_by_odd_instruction(0, number), expected);
    assert_int_equal(read_by_odd_instruction(0x01, number), expected);
}

static void assert_gives_nothing(void)
{
    assert_int_equal(achieved()->effective, 0);
    assert_group(3, false);
    assert_group(4, false);
    assert_group(1, true);
    eac_card_assert_unharmed(&before);
}

// --- Closed ------------------------------------------------------------------------------------------------

static void test_groups_are_closed_after_pace(void **state)
{
    start(state);
    assert_gives_nothing();
}

static void test_groups_are_closed_after_chip_authentication(void **state)
{
    start_chip_authenticated(state);
    assert_gives_nothing();
}

static void test_groups_are_closed_after_the_chain_alone(void **state)
{
    start_chip_authenticated(state);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(eac_set_template_1(terminal, chain), SW_OK);
    assert_gives_nothing();
}

static void test_groups_are_closed_in_plain(void **state)
{
    start_chip_authenticated(state);
    assert_int_equal(authenticate(), SW_OK);
    assert_int_equal(terminal_send_plain(terminal, "00B0830001"), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(achieved()->effective, 0);
}

// --- Open --------------------------------------------------------------------------------------------------

static void test_groups_are_open_after_terminal_authentication(void **state)
{
    start_chip_authenticated(state);
    assert_int_equal(authenticate(), SW_OK);
    assert_true(achieved()->chip_authenticated);
    assert_group(3, true);
    assert_group(4, true);
    assert_int_equal(terminal_read(terminal, 3, 0, 1), SW_OK);
    assert_span_hex(terminal->data, "63");
    assert_int_equal(terminal_read(terminal, 4, 0, 1), SW_OK);
    assert_span_hex(terminal->data, "76");
}

static void test_each_group_takes_its_own_right(void **state)
{
    (void)state;
    for (int dg3 = 0; dg3 <= 1; dg3++) {
        for (int dg4 = 0; dg4 <= 1; dg4++) {
            start_chip_authenticated(state);
            chain->terminal_plan.authorization.rights = (dg3 != 0 ? right_of(RIGHT_INSPECTION_READ_DG3) : 0) |
                                                        (dg4 != 0 ? right_of(RIGHT_INSPECTION_READ_DG4) : 0);
            assert_int_equal(authenticate(), SW_OK);
            assert_group(3, dg3 != 0);
            assert_group(4, dg4 != 0);
            eac_card_stop(state);
        }
    }
    start(state);
}

static void test_dv_keeps_a_right_back(void **state)
{
    start_chip_authenticated(state);
    chain->dv_plan.authorization.rights = right_of(RIGHT_INSPECTION_READ_DG4);
    assert_int_equal(authenticate(), SW_OK);
    assert_group(3, false);
    assert_group(4, true);
}

// A CHAT that was given in PACE confines version 1, too.
static void test_chat_of_pace_keeps_a_right_back(void **state)
{
    start(state);
    eac_card_session(TERMINAL_INSPECTION);
    assert_int_equal(
        eac_pace(terminal, TERMINAL_INSPECTION, right_of(RIGHT_INSPECTION_READ_DG3), PACE_PASSWORD_MRZ),
        SW_OK);
    assert_int_equal(terminal_select(terminal, AID_EMRTD), SW_OK);
    assert_int_equal(eac_chip_authentication_1(terminal, &eac_card.document), SW_OK);
    assert_int_equal(authenticate(), SW_OK);
    assert_group(3, true);
    assert_group(4, false);
}

static void test_version_1_opens_travel_documents_only(void **state)
{
    start_chip_authenticated(state);
    assert_int_equal(authenticate(), SW_OK);
    assert_int_equal(terminal_select(terminal, AID_EID), SW_OK);
    assert_int_equal(terminal_read(terminal, 1, 0, 1), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(terminal_select(terminal, AID_EMRTD), SW_OK);
    assert_group(3, true); // and selecting takes nothing back
}

static void test_active_authentication_may_come_in_between(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    start_chip_authenticated(state);
    assert_int_equal(terminal_send_hex(terminal, 0, 0x88, 0, 0, "0102030405060708", LE_ALL), SW_OK);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(terminal_send_hex(terminal, 0, 0x88, 0, 0, "0102030405060708", LE_ALL), SW_OK);
    assert_int_equal(eac_set_template_1(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    assert_int_equal(eac_external_authenticate(terminal, chain, challenge), SW_OK);
    assert_group(3, true);
}

static void test_new_chip_authentication_takes_the_rights_back(void **state)
{
    start_chip_authenticated(state);
    assert_int_equal(authenticate(), SW_OK);
    assert_int_equal(eac_chip_authentication_1(terminal, &eac_card.document), SW_OK);
    assert_gives_nothing();
}

// --- Refused -----------------------------------------------------------------------------------------------

static void test_needs_chip_authentication(void **state)
{
    static const uint8_t signature[64] = {1};
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    start(state);
    assert_int_equal(eac_set_dst(terminal, chain->cvca_plan.holder), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(eac_verify(terminal, certificate_good(&chain->dv_plan, &chain->cvca, bytes)),
                     SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(eac_set_template_1(terminal, chain), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(terminal_send(terminal, 0, 0x82, 0, 0, span_of(signature, sizeof signature), 0),
                     SW_CONDITIONS_NOT_SATISFIED);
    assert_gives_nothing();
}

static void test_chain_from_before_chip_authentication_is_forgotten(void **state)
{
    start(state);
    eac_card_session(TERMINAL_INSPECTION);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(terminal_select(terminal, AID_EMRTD), SW_OK);
    assert_int_equal(eac_chip_authentication_1(terminal, &eac_card.document), SW_OK);
    assert_int_equal(eac_set_template_1(terminal, chain), SW_REFERENCED_DATA_NOT_FOUND);
    assert_gives_nothing();
}

static void test_proof_for_another_ephemeral_key_is_refused(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    start_chip_authenticated(state);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(eac_set_template_1(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    terminal_make_ephemeral(terminal, CRYPTO_P256);
    assert_int_equal(eac_external_authenticate(terminal, chain, challenge), SW_AUTHENTICATION_FAILED);
    assert_gives_nothing();
}

// The document number stands in the place of the PACE key after BAC only.
static void test_proof_with_the_document_number_is_refused(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    start_chip_authenticated(state);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(eac_set_template_1(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    memcpy(terminal->chip_point + 1, "T220001293", 10);
    assert_int_equal(eac_external_authenticate(terminal, chain, challenge), SW_AUTHENTICATION_FAILED);
    assert_gives_nothing();
}

static void test_templates_of_version_2_are_refused(void **state)
{
    static const char *const faults[] = {
        "830D4B525445524D49533030303031 9101AA",
        "830D4B525445524D49533030303031 6713 7311 0609 04007F000703010401 5304 31393830",
        "800A04007F00070202020204 830D4B525445524D49533030303031",
        "8300",
        "830D4B525445524D49533030303032",
        "830B4B52445649533030303031",
    };
    start_chip_authenticated(state);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        eac_card_assert_refused(terminal_send_hex(terminal, 0, 0x22, 0x81, 0xA4, faults[i], 0));
    }
    assert_int_equal(terminal_send_hex(terminal, 0, 0x22, 0x81, 0xA4,
                                       "800A04007F00070202020203 830D4B525445524D49533030303031", 0),
                     SW_OK); // the mechanism may be named
    assert_gives_nothing();
}

static void test_authentication_terminal_is_refused(void **state)
{
    start(state);
    eac_card_session(TERMINAL_AUTHENTICATION);
    assert_int_equal(terminal_select(terminal, AID_EMRTD), SW_OK);
    assert_int_equal(eac_chip_authentication_1(terminal, &eac_card.document), SW_OK);
    assert_int_equal(eac_set_dst(terminal, eac_card_chain(TERMINAL_AUTHENTICATION)->cvca_plan.holder),
                     SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(eac_set_dst(terminal, chain->cvca_plan.holder), SW_SECURITY_STATUS_NOT_SATISFIED);
    eac_card_assert_unharmed(&before);
}

static void test_trust_points_of_other_types_are_unknown(void **state)
{
    start_chip_authenticated(state);
    assert_int_equal(eac_set_dst(terminal, eac_card_chain(TERMINAL_AUTHENTICATION)->cvca_plan.holder),
                     SW_REFERENCED_DATA_NOT_FOUND);
    assert_gives_nothing();
}

static void test_terminal_authenticates_itself_once_in_a_session(void **state)
{
    start_chip_authenticated(state);
    assert_int_equal(authenticate(), SW_OK);
    assert_int_equal(authenticate(), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_group(3, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_groups_are_closed_after_pace, eac_card_stop),
        cmocka_unit_test_teardown(test_groups_are_closed_after_chip_authentication, eac_card_stop),
        cmocka_unit_test_teardown(test_groups_are_closed_after_the_chain_alone, eac_card_stop),
        cmocka_unit_test_teardown(test_groups_are_closed_in_plain, eac_card_stop),
        cmocka_unit_test_teardown(test_groups_are_open_after_terminal_authentication, eac_card_stop),
        cmocka_unit_test_teardown(test_each_group_takes_its_own_right, eac_card_stop),
        cmocka_unit_test_teardown(test_dv_keeps_a_right_back, eac_card_stop),
        cmocka_unit_test_teardown(test_chat_of_pace_keeps_a_right_back, eac_card_stop),
        cmocka_unit_test_teardown(test_version_1_opens_travel_documents_only, eac_card_stop),
        cmocka_unit_test_teardown(test_active_authentication_may_come_in_between, eac_card_stop),
        cmocka_unit_test_teardown(test_new_chip_authentication_takes_the_rights_back, eac_card_stop),
        cmocka_unit_test_teardown(test_needs_chip_authentication, eac_card_stop),
        cmocka_unit_test_teardown(test_chain_from_before_chip_authentication_is_forgotten, eac_card_stop),
        cmocka_unit_test_teardown(test_proof_for_another_ephemeral_key_is_refused, eac_card_stop),
        cmocka_unit_test_teardown(test_proof_with_the_document_number_is_refused, eac_card_stop),
        cmocka_unit_test_teardown(test_templates_of_version_2_are_refused, eac_card_stop),
        cmocka_unit_test_teardown(test_authentication_terminal_is_refused, eac_card_stop),
        cmocka_unit_test_teardown(test_trust_points_of_other_types_are_unknown, eac_card_stop),
        cmocka_unit_test_teardown(test_terminal_authenticates_itself_once_in_a_session, eac_card_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
