// What Extended Access Control gives, and when it is lost: the rights that chain and CHAT share, for
// terminals of each type (TR-03110-3 §2.7; TR-03105-3.3, units EAC2_ISO7816_L and O).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "tests/apdu/eac_card.h"
#include "tests/apdu/eid_document.h"
#include "tests/unit/unit.h"

static struct terminal *const terminal = &eac_card.terminal;

static const struct achieved *achieved(void)
{
    return &eac_card.fixture.card.security.achieved;
}

static void power_cycle(void)
{
    sm_end(&terminal->sm);
    fixture_power_cycle(&eac_card.fixture);
    terminal_start(terminal, &eac_card.fixture);
}

// The whole procedure in a new session, with the CHAT asking for `asked`.
static void authenticate(struct eac_chain *chain, rights asked, enum pace_password password)
{
    power_cycle();
    assert_int_equal(eac_pace(terminal, chain->type, asked, password), SW_OK);
    assert_int_equal(eac_terminal_authentication(terminal, chain), SW_OK);
    assert_int_equal(eac_chip_authentication(terminal, &eac_card.document), SW_OK);
}

static uint16_t read_group(struct span application, unsigned number)
{
    assert_int_equal(terminal_select(terminal, application), SW_OK);
    return terminal_read(terminal, (uint8_t)number, 0, 1);
}

static void assert_eid_is_closed(void)
{
    for (unsigned group = 1; group <= EID_GROUPS; group++) {
        if (group != 16) { // there is none
            assert_int_equal(read_group(AID_EID, group), SW_SECURITY_STATUS_NOT_SATISFIED);
        }
    }
}

static bool allowed(uint16_t status)
{
    assert_true(status == SW_OK || status == SW_SECURITY_STATUS_NOT_SATISFIED);
    return status == SW_OK;
}

// --- The chain's rights and those asked for ----------------------------------------------------------------

// Who keeps a right back: the CVCA cannot, since its certificate is on the card.
enum keeper { KEEPER_NOBODY, KEEPER_DV, KEEPER_TERMINAL, KEEPER_CHAT, KEEPERS };

// The procedure when one of the four has all rights but `right`.
static void authenticate_without(enum terminal_type type, rights right, enum keeper keeper)
{
    struct eac_chain *chain = eac_card_chain(type);
    const rights all = rights_of_type(type);
    chain->dv_plan.authorization.rights = keeper == KEEPER_DV ? all & ~right : all;
    chain->terminal_plan.authorization.rights = keeper == KEEPER_TERMINAL ? all & ~right : all;
    authenticate(chain, keeper == KEEPER_CHAT ? all & ~right : all,
                 type == TERMINAL_AUTHENTICATION ? PACE_PASSWORD_PIN : PACE_PASSWORD_CAN);
    assert_true(achieved()->effective == (keeper == KEEPER_NOBODY ? all : all & ~right));
}

static void test_fingers_take_their_bit_in_every_place(void **state)
{
    (void)state;
    for (int keeper = 0; keeper < KEEPERS; keeper++) {
        authenticate_without(TERMINAL_INSPECTION, right_of(RIGHT_INSPECTION_READ_DG3), (enum keeper)keeper);
        assert_int_equal(allowed(read_group(AID_EMRTD, 3)), keeper == KEEPER_NOBODY);
        assert_true(allowed(read_group(AID_EMRTD, 4)));
        assert_true(allowed(read_group(AID_EMRTD, 1)));
    }
}

static void test_iris_takes_its_bit_in_every_place(void **state)
{
    (void)state;
    for (int keeper = 0; keeper < KEEPERS; keeper++) {
        authenticate_without(TERMINAL_INSPECTION, right_of(RIGHT_INSPECTION_READ_DG4), (enum keeper)keeper);
        assert_int_equal(allowed(read_group(AID_EMRTD, 4)), keeper == KEEPER_NOBODY);
        assert_true(allowed(read_group(AID_EMRTD, 3)));
    }
}

static void test_inspection_reads_the_eid_data_by_one_bit_in_every_place(void **state)
{
    (void)state;
    for (int keeper = 0; keeper < KEEPERS; keeper++) {
        authenticate_without(TERMINAL_INSPECTION, right_of(RIGHT_INSPECTION_READ_EID), (enum keeper)keeper);
        assert_int_equal(allowed(read_group(AID_EID, 1)), keeper == KEEPER_NOBODY);
        assert_int_equal(allowed(read_group(AID_EID, 22)), keeper == KEEPER_NOBODY);
    }
}

static void test_eid_data_group_takes_its_bit_in_every_place(void **state)
{
    (void)state;
    for (int keeper = 0; keeper < KEEPERS; keeper++) {
        authenticate_without(TERMINAL_AUTHENTICATION, right_to_read(8), (enum keeper)keeper);
        for (unsigned group = 7; group <= 9; group++) {
            assert_int_equal(allowed(read_group(AID_EID, group)), group != 8 || keeper == KEEPER_NOBODY);
        }
    }
}

static void test_writing_takes_its_bit_in_every_place(void **state)
{
    (void)state;
    for (int keeper = 0; keeper < KEEPERS; keeper++) {
        authenticate_without(TERMINAL_AUTHENTICATION, right_to_write(17), (enum keeper)keeper);
        assert_int_equal(terminal_select(terminal, AID_EID), SW_OK);
        const uint16_t status = terminal_send_hex(terminal, 0x00, 0xD6, 0x80 | 17, 0, "71020C00", 0);
        assert_int_equal(allowed(status), keeper == KEEPER_NOBODY);
    }
}

// It has no bit in the CHAT: an extension carries it, in each certificate and in MSE:Set AT.
static void test_authorization_extension_takes_its_place_everywhere(void **state)
{
    (void)state;
    for (int keeper = 0; keeper < KEEPERS; keeper++) {
        authenticate_without(TERMINAL_AUTHENTICATION, right_of(RIGHT_PROVISION_PHONE), (enum keeper)keeper);
        // Who may bind a phone sees the portrait; nobody else of that type does.
        assert_int_equal(allowed(read_group(AID_EMRTD, 2)), keeper == KEEPER_NOBODY);
        assert_int_equal(allowed(read_group(AID_EMRTD, 3)), false);
    }
}

// The next CVCA of the chain, which has `rights_of_cvca`.
static void link_to(struct eac_chain *chain, const char *reference, rights rights_of_cvca)
{
    struct test_holder next;
    eac_card_session(chain->type);
    test_holder_make(&next, reference, CRYPTO_P256, CRYPTO_SHA256);
    const struct cv_certificate link = certificate_plan(&chain->cvca, &next, chain->type, ROLE_CVCA,
                                                        rights_of_cvca, EAC_START, EAC_CVCA_END);
    assert_int_equal(eac_import(terminal, &chain->cvca, &link), SW_OK);
    test_holder_release(&chain->cvca);
    chain->cvca = next;
    chain->dv_plan.authority = span_of(chain->cvca.reference, strlen(chain->cvca.reference));
}

// M_9 to M_11: a link takes a right away or gives it, whatever the CVCAs before it had.
static void test_newest_cvca_keeps_back_what_it_has_not(void **state)
{
    static const char *const references[] = {"KRCVCAAT00002", "KRCVCAAT00003", "KRCVCAAT00004"};
    struct eac_chain *chain = eac_card_chain(TERMINAL_AUTHENTICATION);
    const rights all = rights_of_type(TERMINAL_AUTHENTICATION);
    (void)state;
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        const bool gives = i == 1;
        const rights granted = gives ? all : all & ~(right_to_read(4) | right_of(RIGHT_PROVISION_PHONE));
        link_to(chain, references[i], granted);
        authenticate(chain, all, PACE_PASSWORD_PIN);
        assert_true(achieved()->effective == granted);
        assert_int_equal(allowed(read_group(AID_EID, 4)), gives);
        assert_int_equal(allowed(read_group(AID_EMRTD, 2)), gives);
        assert_true(allowed(read_group(AID_EID, 5)));
    }
}

static void test_nothing_asked_for_is_nothing_given(void **state)
{
    (void)state;
    authenticate(eac_card_chain(TERMINAL_AUTHENTICATION), 0, PACE_PASSWORD_PIN);
    assert_eid_is_closed();
    authenticate(eac_card_chain(TERMINAL_INSPECTION), 0, PACE_PASSWORD_CAN);
    assert_false(allowed(read_group(AID_EMRTD, 3)));
    assert_false(allowed(read_group(AID_EMRTD, 4)));
    assert_true(allowed(read_group(AID_EMRTD, 1))); // as after PACE
}

static void test_signature_terminal_reads_nothing(void **state)
{
    (void)state;
    authenticate(eac_card_chain(TERMINAL_SIGNATURE), rights_of_type(TERMINAL_SIGNATURE), PACE_PASSWORD_PIN);
    assert_eid_is_closed();
    assert_false(allowed(read_group(AID_EMRTD, 1)));
    assert_false(allowed(read_group(AID_EMRTD, 3)));
}

static void test_authentication_terminal_reads_no_travel_document(void **state)
{
    (void)state;
    authenticate(eac_card_chain(TERMINAL_AUTHENTICATION),
                 rights_of_type(TERMINAL_AUTHENTICATION) & ~right_of(RIGHT_PROVISION_PHONE),
                 PACE_PASSWORD_PIN);
    for (unsigned group = 1; group <= 4; group++) {
        assert_int_equal(read_group(AID_EMRTD, group), SW_SECURITY_STATUS_NOT_SATISFIED);
    }
    assert_false(allowed(read_group(AID_EMRTD, 0x1C)));
}

// --- CAN allowed -------------------------------------------------------------------------------------------

static void test_can_serves_an_authentication_terminal_that_may_use_it(void **state)
{
    (void)state;
    authenticate(eac_card_chain(TERMINAL_AUTHENTICATION), rights_of_type(TERMINAL_AUTHENTICATION),
                 PACE_PASSWORD_CAN);
    assert_true(allowed(read_group(AID_EID, 1)));
}

static void test_can_without_the_right_to_it_gives_nothing(void **state)
{
    struct eac_chain *chain = eac_card_chain(TERMINAL_AUTHENTICATION);
    const rights all = rights_of_type(TERMINAL_AUTHENTICATION);
    const rights others = all & ~right_of(RIGHT_CAN_ALLOWED);
    (void)state;
    authenticate(chain, others, PACE_PASSWORD_CAN); // not asked for
    assert_int_equal(achieved()->effective, 0);
    assert_false(allowed(read_group(AID_EID, 1)));
    chain->terminal_plan.authorization.rights = others; // not granted
    authenticate(chain, all, PACE_PASSWORD_CAN);
    assert_int_equal(achieved()->effective, 0);
    assert_false(allowed(read_group(AID_EID, 1)));
    authenticate(chain, all, PACE_PASSWORD_PIN); // nor needed with the PIN
    assert_true(allowed(read_group(AID_EID, 1)));
}

static void test_store_gets_what_its_certificate_says_and_nothing_else(void **state)
{
    struct eac_chain *chain = eac_card_chain(TERMINAL_AUTHENTICATION);
    const rights store = right_of(RIGHT_CAN_ALLOWED) | right_to_read(EID_GIVEN_NAMES) |
                         right_to_read(EID_FAMILY_NAMES) | right_to_read(EID_DATE_OF_BIRTH);
    (void)state;
    chain->terminal_plan.authorization.rights = store;
    authenticate(chain, rights_of_type(TERMINAL_AUTHENTICATION), PACE_PASSWORD_CAN);
    for (unsigned group = 1; group <= EID_GROUPS; group++) {
        const bool granted =
            group == EID_GIVEN_NAMES || group == EID_FAMILY_NAMES || group == EID_DATE_OF_BIRTH;
        if (group != 16) {
            assert_int_equal(allowed(read_group(AID_EID, group)), granted);
        }
    }
    assert_false(allowed(read_group(AID_EMRTD, 1)));
    assert_int_equal(terminal_select(terminal, AID_MF), SW_OK);
    assert_false(allowed(terminal_read(terminal, 0x1B, 0, 1)));
}

// --- When it begins, and when it ends ----------------------------------------------------------------------

static void test_terminal_authentication_alone_opens_the_chip_security_only(void **state)
{
    struct eac_chain *chain = eac_card_chain(TERMINAL_AUTHENTICATION);
    (void)state;
    eac_card_session(TERMINAL_AUTHENTICATION);
    assert_false(allowed(terminal_read(terminal, 0x1B, 0, 1)));
    assert_int_equal(eac_terminal_authentication(terminal, chain), SW_OK);
    assert_true(allowed(terminal_read(terminal, 0x1B, 0, 1)));
    assert_int_equal(terminal_select_file(terminal, FID_CHIP_SECURITY), SW_OK);
    assert_eid_is_closed();
    assert_false(allowed(read_group(AID_EMRTD, 2)));
}

static void test_chip_security_is_for_privileged_terminals(void **state)
{
    struct eac_chain *chain = eac_card_chain(TERMINAL_AUTHENTICATION);
    (void)state;
    chain->terminal_plan.authorization.rights &= ~right_of(RIGHT_PRIVILEGED_TERMINAL);
    authenticate(chain, rights_of_type(TERMINAL_AUTHENTICATION), PACE_PASSWORD_PIN);
    assert_false(allowed(terminal_read(terminal, 0x1B, 0, 1)));
    authenticate(eac_card_chain(TERMINAL_SIGNATURE), rights_of_type(TERMINAL_SIGNATURE), PACE_PASSWORD_CAN);
    assert_false(allowed(terminal_read(terminal, 0x1B, 0, 1)));
    power_cycle();
    assert_int_equal(eac_pace_all(terminal, TERMINAL_INSPECTION), SW_OK);
    assert_false(allowed(terminal_read(terminal, 0x1B, 0, 1)));
    authenticate(eac_card_chain(TERMINAL_INSPECTION), 0, PACE_PASSWORD_CAN); // needs no right
    assert_true(allowed(terminal_read(terminal, 0x1B, 0, 1)));
}

static void test_rights_survive_the_selection_of_applications(void **state)
{
    (void)state;
    authenticate(eac_card_chain(TERMINAL_INSPECTION), rights_of_type(TERMINAL_INSPECTION), PACE_PASSWORD_CAN);
    assert_true(allowed(read_group(AID_EMRTD, 3)));
    assert_true(allowed(read_group(AID_EID, 1)));
    assert_int_equal(terminal_select(terminal, AID_MF), SW_OK);
    assert_true(allowed(read_group(AID_EMRTD, 4)));
}

static void test_pace_again_takes_everything_back(void **state)
{
    (void)state;
    authenticate(eac_card_chain(TERMINAL_INSPECTION), rights_of_type(TERMINAL_INSPECTION), PACE_PASSWORD_CAN);
    assert_int_equal(eac_pace_all(terminal, TERMINAL_INSPECTION), SW_OK);
    assert_false(achieved()->terminal_authenticated);
    assert_int_equal(achieved()->effective, 0);
    assert_false(allowed(read_group(AID_EMRTD, 3)));
    assert_false(allowed(read_group(AID_EID, 1)));
}

static void test_pace_that_fails_takes_nothing_back(void **state)
{
    (void)state;
    authenticate(eac_card_chain(TERMINAL_INSPECTION), rights_of_type(TERMINAL_INSPECTION), PACE_PASSWORD_CAN);
    assert_int_equal(
        terminal_pace(terminal, &document_protocols[DOCUMENT_GM], PACE_PASSWORD_CAN, span_of("000000", 6)),
        SW_AUTHENTICATION_FAILED);
    assert_true(allowed(read_group(AID_EMRTD, 3)));
}

static void test_end_of_the_session_takes_everything_back(void **state)
{
    (void)state;
    authenticate(eac_card_chain(TERMINAL_INSPECTION), rights_of_type(TERMINAL_INSPECTION), PACE_PASSWORD_CAN);
    assert_int_equal(terminal_send_plain(terminal, "00A4040C07A0000002471001"), SW_OK);
    assert_int_equal(terminal_send_plain(terminal, "00B0830001"), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_false(achieved()->terminal_authenticated);
    assert_int_equal(achieved()->effective, 0);
}

// Rights are bound to the key that the terminal has proved; Chip Authentication version 1 brings another one.
static void test_chip_authentication_1_afterwards_takes_the_rights_back(void **state)
{
    (void)state;
    for (int complete = 0; complete <= 1; complete++) {
        eac_card_session(TERMINAL_INSPECTION);
        assert_int_equal(eac_terminal_authentication(terminal, eac_card_chain(TERMINAL_INSPECTION)), SW_OK);
        if (complete == 1) {
            assert_int_equal(eac_chip_authentication(terminal, &eac_card.document), SW_OK);
        }
        assert_int_equal(terminal_select(terminal, AID_EMRTD), SW_OK);
        assert_int_equal(eac_chip_authentication_1(terminal, &eac_card.document), SW_OK);
        assert_false(achieved()->terminal_authenticated);
        assert_false(allowed(read_group(AID_EMRTD, 3)));
        assert_true(allowed(read_group(AID_EMRTD, 1)));
    }
}

// … and what it has done before does not count for a terminal that proves another key afterwards.
static void test_chip_authentication_1_before_does_not_stand_for_version_2(void **state)
{
    (void)state;
    eac_card_session(TERMINAL_INSPECTION);
    assert_int_equal(terminal_select(terminal, AID_EMRTD), SW_OK);
    assert_int_equal(eac_chip_authentication_1(terminal, &eac_card.document), SW_OK);
    assert_int_equal(terminal_select(terminal, AID_MF), SW_OK);
    assert_int_equal(eac_terminal_authentication(terminal, eac_card_chain(TERMINAL_INSPECTION)), SW_OK);
    assert_true(achieved()->terminal_authenticated);
    assert_false(achieved()->chip_authenticated);
    assert_false(allowed(read_group(AID_EMRTD, 3)));
    assert_false(allowed(read_group(AID_EID, 1)));
    assert_int_equal(terminal_select(terminal, AID_MF), SW_OK);
    assert_int_equal(eac_chip_authentication(terminal, &eac_card.document), SW_OK);
    assert_true(allowed(read_group(AID_EMRTD, 3)));
}

static void test_chains_work_on_every_curve(void **state)
{
    static const struct {
        enum crypto_curve curve;
        enum crypto_hash hash;
    } kinds[] = {{CRYPTO_P256, CRYPTO_SHA256},
                 {CRYPTO_P384, CRYPTO_SHA384},
                 {CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA224},
                 {CRYPTO_BRAINPOOL_P384R1, CRYPTO_SHA512}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct eac_chain *chain = eac_card_chain(TERMINAL_AUTHENTICATION);
        eac_card_stop(state);
        fixture_start(&eac_card.fixture);
        eac_chain_make_on(chain, TERMINAL_AUTHENTICATION, kinds[i].curve, kinds[i].hash);
        eac_personalize(&eac_card.fixture, chain, 1, &eac_card.document);
        eid_personalize(&eac_card.fixture, 0);
        eac_card_assert_opens(chain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fingers_take_their_bit_in_every_place, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_iris_takes_its_bit_in_every_place, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_inspection_reads_the_eid_data_by_one_bit_in_every_place,
                                        eac_card_start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_eid_data_group_takes_its_bit_in_every_place, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_writing_takes_its_bit_in_every_place, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_authorization_extension_takes_its_place_everywhere,
                                        eac_card_start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_newest_cvca_keeps_back_what_it_has_not, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_nothing_asked_for_is_nothing_given, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_signature_terminal_reads_nothing, eac_card_start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_authentication_terminal_reads_no_travel_document, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_can_serves_an_authentication_terminal_that_may_use_it,
                                        eac_card_start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_can_without_the_right_to_it_gives_nothing, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_store_gets_what_its_certificate_says_and_nothing_else,
                                        eac_card_start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_terminal_authentication_alone_opens_the_chip_security_only,
                                        eac_card_start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_chip_security_is_for_privileged_terminals, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_rights_survive_the_selection_of_applications, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_pace_again_takes_everything_back, eac_card_start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_pace_that_fails_takes_nothing_back, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_end_of_the_session_takes_everything_back, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_chip_authentication_1_afterwards_takes_the_rights_back,
                                        eac_card_start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_chip_authentication_1_before_does_not_stand_for_version_2,
                                        eac_card_start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_chains_work_on_every_curve, eac_card_start, eac_card_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
