// Chip Authentication version 2 against the card (TR-03110-2 §3.4; TR-03105-3.3, unit EAC2_ISO7816_I).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "tests/apdu/eac_card.h"
#include "tests/unit/unit.h"

static struct terminal *const terminal = &eac_card.terminal;
static struct eac_chain *chain; // of authentication terminals

static int start(void **state)
{
    eac_card_start(state);
    chain = eac_card_chain(TERMINAL_AUTHENTICATION);
    eac_card_session(TERMINAL_AUTHENTICATION);
    return 0;
}

static int start_authenticated(void **state)
{
    start(state);
    assert_int_equal(eac_terminal_authentication(terminal, chain), SW_OK);
    return 0;
}

static const struct achieved *achieved(void)
{
    return &eac_card.fixture.card.security.achieved;
}

// The old session goes on, and what it lacks is still lacking.
static void assert_refused(uint16_t status, uint16_t expected)
{
    assert_int_equal(status, expected);
    assert_false(terminal->answered_plain);
    assert_false(achieved()->chip_authenticated);
    assert_int_equal(eac_card.fixture.card.chip_authentication.version, 0);
    assert_int_equal(terminal_read(terminal, 0x1D, 0, 1), SW_OK);
    assert_int_equal(terminal_select(terminal, AID_EID), SW_OK);
    assert_int_equal(terminal_read(terminal, 1, 0, 1), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(terminal_select(terminal, AID_MF), SW_OK);
}

static struct span own_point(void)
{
    return span_of(terminal->own_point, crypto_curve_point_length(CRYPTO_P256));
}

static void assert_works(void)
{
    assert_int_equal(eac_chip_authentication(terminal, &eac_card.document), SW_OK);
    assert_true(achieved()->chip_authenticated);
    assert_true(achieved()->terminal_authenticated);
    assert_int_equal(terminal_select(terminal, AID_EID), SW_OK);
    assert_int_equal(terminal_read(terminal, 1, 0, 1), SW_OK);
}

// --- Good --------------------------------------------------------------------------------------------------

static void test_generation_key_is_agreed_with(void **state)
{
    start_authenticated(state);
    assert_works();
}

static void test_own_key_of_the_chip_is_agreed_with_by_a_privileged_terminal(void **state)
{
    start_authenticated(state);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_CHIP_KEY_ID), SW_OK);
    assert_int_equal(eac_agree(terminal, eac_card.document.own_chip_point), SW_OK);
    assert_true(achieved()->chip_authenticated);
    assert_int_equal(terminal_select(terminal, AID_EID), SW_OK);
    assert_int_equal(terminal_read(terminal, 1, 0, 1), SW_OK);
}

// I_17.
static void test_own_key_of_the_chip_is_agreed_with_by_an_inspection_system(void **state)
{
    start(state);
    eac_card_session(TERMINAL_INSPECTION);
    assert_int_equal(eac_terminal_authentication(terminal, eac_card_chain(TERMINAL_INSPECTION)), SW_OK);
    assert_int_equal(terminal_read(terminal, 0x1B, 0, 1), SW_OK);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_CHIP_KEY_ID), SW_OK);
    assert_int_equal(eac_agree(terminal, eac_card.document.own_chip_point), SW_OK);
    assert_int_equal(terminal_select(terminal, AID_EMRTD), SW_OK);
    assert_int_equal(terminal_read(terminal, 3, 0, 1), SW_OK);
}

static void test_own_key_of_the_chip_is_unknown_to_others(void **state)
{
    start(state);
    chain->terminal_plan.authorization.rights &= ~right_of(RIGHT_PRIVILEGED_TERMINAL);
    assert_int_equal(eac_terminal_authentication(terminal, chain), SW_OK);
    assert_refused(eac_set_chip_authentication(terminal, DOCUMENT_CHIP_KEY_ID), SW_REFERENCED_DATA_NOT_FOUND);
    assert_int_equal(eac_set_chip_authentication(terminal, -1), SW_OK); // there is one only
    assert_int_equal(eac_agree(terminal, eac_card.document.generation_point), SW_OK);
}

static void test_name_of_the_key_is_needed_when_there_are_two(void **state)
{
    start_authenticated(state);
    assert_refused(eac_set_chip_authentication(terminal, -1), SW_WRONG_DATA);
    assert_works();
}

// EF.CardAccess then announces AES-256 for the chip's own key, and AES-128 for the other one alone.
static void test_suite_of_the_other_key_is_refused(void **state)
{
    static const uint8_t aes_128[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 2, 2, 3, 2, 2};
    static const uint16_t object = OBJECT_MF_FILES + 0x1C;
    struct store *store = &eac_card.fixture.card.store;
    uint8_t bytes[512];
    size_t n = 0, last = 0;
    start_authenticated(state);
    assert_int_equal(store_length(store, object, &n), STORE_OK);
    assert_true(n <= sizeof bytes);
    assert_int_equal(store_read(store, object, 0, bytes, n), STORE_OK);
    for (size_t i = 0; i + sizeof aes_128 <= n; i++) {
        last = memcmp(bytes + i, aes_128, sizeof aes_128) == 0 ? i : last;
    }
    bytes[last + sizeof aes_128 - 1] = 4;
    assert_int_equal(store_write(store, object, span_of(bytes, n)), STORE_OK);
    assert_refused(eac_set_chip_authentication(terminal, DOCUMENT_CHIP_KEY_ID), SW_WRONG_DATA);
    eac_use_suite(SUITE_AES_CBC_CMAC_256);
    assert_refused(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_WRONG_DATA);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_CHIP_KEY_ID), SW_OK);
    eac_use_suite(SUITE_AES_CBC_CMAC_128);
    assert_works();
}

static void test_it_works_with_every_suite(void **state)
{
    static const enum secure_messaging_suite suites[] = {SUITE_AES_CBC_CMAC_128, SUITE_AES_CBC_CMAC_192,
                                                         SUITE_AES_CBC_CMAC_256, SUITE_ARIA_CBC_CMAC_128,
                                                         SUITE_ARIA_CBC_CMAC_256};
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        eac_use_suite(suites[i]);
        start_authenticated(state);
        assert_works();
        eac_card_stop(state);
    }
    eac_use_suite(SUITE_AES_CBC_CMAC_128);
    start(state);
}

// Coordinates with leading zeros are as good as others.
static void test_borderline_coordinates_are_taken(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    for (size_t coordinate = 0; coordinate < 2; coordinate++) {
        start(state);
        assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
        do {
            assert_int_equal(eac_set_template(terminal, chain), SW_OK); // with a new key each time
        } while (terminal->own_point[1 + coordinate * 32] != 0);
        assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
        assert_int_equal(eac_external_authenticate(terminal, chain, challenge), SW_OK);
        assert_works();
        eac_card_stop(state);
    }
    start(state);
}

static void test_new_session_begins_with_its_counter_at_zero(void **state)
{
    static const uint8_t zero[CRYPTO_BLOCK] = {0};
    start_authenticated(state);
    assert_int_equal(eac_chip_authentication(terminal, &eac_card.document), SW_OK);
    assert_memory_equal(eac_card.fixture.card.security.sm.ssc, zero, sizeof zero);
}

static void test_it_may_be_done_again_with_the_same_key(void **state)
{
    start_authenticated(state);
    assert_int_equal(eac_chip_authentication(terminal, &eac_card.document), SW_OK);
    assert_int_equal(terminal_general_authenticate(terminal, true, 0x80, own_point()),
                     SW_CONDITIONS_NOT_SATISFIED); // but not without another MSE:Set AT
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_CHIP_KEY_ID), SW_OK);
    assert_int_equal(eac_agree(terminal, eac_card.document.own_chip_point), SW_OK);
    assert_int_equal(terminal_select(terminal, AID_EID), SW_OK);
    assert_int_equal(terminal_read(terminal, 1, 0, 1), SW_OK);
}

static void test_old_keys_are_refused_afterwards(void **state)
{
    start_authenticated(state);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_OK);
    assert_int_equal(terminal_general_authenticate(terminal, true, 0x80, own_point()), SW_OK);
    assert_int_equal(terminal_read(terminal, 0x1D, 0, 1), SW_SM_OBJECTS_INCORRECT);
    assert_true(terminal->answered_plain);
    assert_false(achieved()->terminal_authenticated);
}

// --- Bad ---------------------------------------------------------------------------------------------------

static void test_needs_terminal_authentication(void **state)
{
    start(state);
    assert_refused(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_refused(terminal_general_authenticate(terminal, true, 0x80, own_point()),
                   SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_refused(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_SECURITY_STATUS_NOT_SATISFIED);
}

static void test_needs_a_session(void **state)
{
    start_authenticated(state);
    sm_end(&terminal->sm);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID),
                     SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_false(eac_card.fixture.card.security.sm.active);
}

static void test_another_key_than_the_proved_one_is_refused(void **state)
{
    start_authenticated(state);
    uint8_t own[CRYPTO_POINT_MAX], secret[CRYPTO_FIELD_MAX];
    memcpy(own, terminal->own_point, sizeof own);
    memcpy(secret, terminal->secret, sizeof secret);
    terminal_make_ephemeral(terminal, CRYPTO_P256);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_OK);
    assert_refused(terminal_general_authenticate(terminal, true, 0x80, own_point()),
                   SW_AUTHENTICATION_FAILED);
    memcpy(terminal->own_point, own, sizeof own);
    memcpy(terminal->secret, secret, sizeof secret);
    assert_works();
}

static void test_bad_keys_are_refused(void **state)
{
    enum { N = 65 };
    uint8_t bad[N + 1];
    start_authenticated(state);
    for (int fault = 0; fault < 8; fault++) {
        size_t n = N;
        memset(bad, 0, sizeof bad);
        memcpy(bad, terminal->own_point, N);
        switch (fault) {
        case 0: // off the curve, with the proved x
            bad[N - 1] ^= 1;
            break;
        case 1: // cut
            n = N - 1;
            break;
        case 2: // padded
            n = N + 1;
            break;
        case 3: // (0, 0)
            memset(bad + 1, 0, N - 1);
            break;
        case 4: // x larger than p
            memset(bad + 1, 0xFF, 32);
            break;
        case 5: // y larger than p
            memset(bad + 33, 0xFF, 32);
            break;
        case 6: // compressed form
            bad[0] = 0x02;
            n = 33;
            break;
        default: // another form of the same length
            bad[0] = 0x06;
            break;
        }
        assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_OK);
        const uint16_t status = terminal_general_authenticate(terminal, true, 0x80, span_of(bad, n));
        assert_true(status == SW_WRONG_DATA || status == SW_AUTHENTICATION_FAILED);
        assert_refused(status, status);
    }
    assert_works();
}

static void test_empty_key_is_refused(void **state)
{
    start_authenticated(state);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_OK);
    assert_refused(terminal_general_authenticate(terminal, true, 0x80, span_of(NULL, 0)), SW_WRONG_DATA);
    assert_works();
}

static void test_faulty_templates_are_refused(void **state)
{
    static const struct {
        const char *data;
        uint16_t expected;
    } faults[] = {
        {"800A04007F00070202030203 840101", SW_WRONG_DATA}, // suite not announced
        {"800A04007F00070202030201 840101", SW_WRONG_DATA}, // 3DES
        {"800A04007F00070202030102 840101", SW_WRONG_DATA}, // DH
        {"800A04007F00070202040202 840101", SW_WRONG_DATA}, // PACE
        {"840101", SW_WRONG_DATA},
        {"8000 840101", SW_WRONG_DATA},
        {"060A04007F00070202030202 840101", SW_WRONG_DATA},
        {"800A04007F00070202030202 840103", SW_REFERENCED_DATA_NOT_FOUND},
        {"800A04007F00070202030202 8400", SW_WRONG_DATA},
        {"800A04007F00070202030202 84020001", SW_WRONG_DATA},
        {"800A04007F00070202030202 840101 840101", SW_WRONG_DATA},
        {"800A04007F00070202030202 8401", SW_WRONG_DATA},
        {"800A04007F00070202030202 910101", SW_WRONG_DATA},
    };
    start_authenticated(state);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        assert_refused(terminal_send_hex(terminal, 0, 0x22, 0x41, 0xA4, faults[i].data, 0),
                       faults[i].expected);
    }
    assert_works();
}

static void test_faulty_general_authenticate_is_refused(void **state)
{
    start_authenticated(state);
    assert_refused(terminal_general_authenticate(terminal, true, 0x80, own_point()),
                   SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_OK);
    assert_refused(terminal_general_authenticate(terminal, false, 0x80, own_point()),
                   SW_LAST_COMMAND_EXPECTED);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_OK);
    assert_refused(terminal_general_authenticate(terminal, true, 0x81, own_point()), SW_WRONG_DATA);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_OK);
    assert_refused(terminal_general_authenticate(terminal, true, 0, own_point()), SW_WRONG_DATA);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_OK);
    assert_int_equal(terminal_read(terminal, 0x1D, 0, 1), SW_OK); // another command in between
    assert_refused(terminal_general_authenticate(terminal, true, 0x80, own_point()),
                   SW_CONDITIONS_NOT_SATISFIED);
    assert_works();
}

// I_5, I_7 and I_8.
static void test_wrong_class_superfluous_le_and_missing_le_are_refused(void **state)
{
    uint8_t bytes[128];
    struct writer w = writer_of(bytes, sizeof bytes);
    const char *const template = "800A04007F00070202030202 840101";
    start_authenticated(state);
    tlv_put(&w, 0x80, own_point());
    uint8_t data[128];
    struct writer d = writer_of(data, sizeof data);
    tlv_put(&d, 0x7C, writer_span(&w));

    assert_refused(terminal_send_hex(terminal, 0x80, 0x22, 0x41, 0xA4, template, 0), SW_CLA_NOT_SUPPORTED);
    assert_refused(terminal_send_hex(terminal, 0, 0x22, 0x41, 0xA4, template, LE_ALL), SW_WRONG_LENGTH);
    assert_refused(terminal_send(terminal, 0, 0x86, 0, 0, writer_span(&d), LE_ALL),
                   SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_OK);
    assert_refused(terminal_send(terminal, 0x80, 0x86, 0, 0, writer_span(&d), LE_ALL), SW_CLA_NOT_SUPPORTED);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_OK);
    assert_refused(terminal_send(terminal, 0, 0x86, 0, 0, writer_span(&d), 0), SW_WRONG_LENGTH);
    assert_works();
}

static void test_failing_random_source_begins_nothing(void **state)
{
    start_authenticated(state);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID), SW_OK);
    eac_card.fixture.random_calls = 0;
    assert_int_equal(terminal_general_authenticate(terminal, true, 0x80, own_point()), SW_EXECUTION_ERROR);
    eac_card.fixture.random_calls = SIZE_MAX;
    assert_false(eac_card.fixture.card.security.next.active);
    assert_refused(SW_OK, SW_OK);
    assert_works();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_generation_key_is_agreed_with, eac_card_stop),
        cmocka_unit_test_teardown(test_own_key_of_the_chip_is_agreed_with_by_a_privileged_terminal,
                                  eac_card_stop),
        cmocka_unit_test_teardown(test_own_key_of_the_chip_is_agreed_with_by_an_inspection_system,
                                  eac_card_stop),
        cmocka_unit_test_teardown(test_own_key_of_the_chip_is_unknown_to_others, eac_card_stop),
        cmocka_unit_test_teardown(test_name_of_the_key_is_needed_when_there_are_two, eac_card_stop),
        cmocka_unit_test_teardown(test_suite_of_the_other_key_is_refused, eac_card_stop),
        cmocka_unit_test_teardown(test_it_works_with_every_suite, eac_card_stop),
        cmocka_unit_test_teardown(test_borderline_coordinates_are_taken, eac_card_stop),
        cmocka_unit_test_teardown(test_new_session_begins_with_its_counter_at_zero, eac_card_stop),
        cmocka_unit_test_teardown(test_it_may_be_done_again_with_the_same_key, eac_card_stop),
        cmocka_unit_test_teardown(test_old_keys_are_refused_afterwards, eac_card_stop),
        cmocka_unit_test_teardown(test_needs_terminal_authentication, eac_card_stop),
        cmocka_unit_test_teardown(test_needs_a_session, eac_card_stop),
        cmocka_unit_test_teardown(test_another_key_than_the_proved_one_is_refused, eac_card_stop),
        cmocka_unit_test_teardown(test_bad_keys_are_refused, eac_card_stop),
        cmocka_unit_test_teardown(test_empty_key_is_refused, eac_card_stop),
        cmocka_unit_test_teardown(test_faulty_templates_are_refused, eac_card_stop),
        cmocka_unit_test_teardown(test_faulty_general_authenticate_is_refused, eac_card_stop),
        cmocka_unit_test_teardown(test_wrong_class_superfluous_le_and_missing_le_are_refused, eac_card_stop),
        cmocka_unit_test_teardown(test_failing_random_source_begins_nothing, eac_card_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
