// TR-03105-3.3 §3.11, unit EAC2_ISO7816_P: PIN management, case by case. This card's profile: NOT
// CNG_PIN_PUK, CNG_PIN_AR, CNG_CAN_AR; so P_10, P_11, P_16 and P_18 are not its cases.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/pin_card.h"
#include "tests/unit/unit.h"

#define NEW_PIN "271828"
#define WRONG_PIN "000000"
#define NEW_CAN "314159"

static struct card_fixture fixture;
static struct terminal terminal;
static struct document document;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    document_personalize(&fixture, &document_usual, &document);
    terminal_start(&terminal, &fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

// "Power off the chip and reinitialize connection."
static void power_off(void)
{
    fixture_power_cycle(&fixture);
    terminal_start(&terminal, &fixture);
}

static uint16_t set_at_pin(void)
{
    return terminal_set_at(&terminal, &document_protocols[DOCUMENT_GM], PACE_PASSWORD_PIN);
}

static uint16_t pace(enum pace_password password, const char *digits)
{
    return pin_card_pace(&terminal, password, digits);
}

// Preconditions.
static void suspend(void)
{
    for (unsigned tries = 2; tries >= 1; tries--) {
        assert_int_equal(pace(PACE_PASSWORD_PIN, WRONG_PIN), SW_RETRIES_LEFT | tries);
        power_off();
    }
    power_off();
}

static void block(void)
{
    suspend();
    assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
    assert_int_equal(pace(PACE_PASSWORD_PIN, WRONG_PIN), SW_RETRIES_LEFT);
    power_off();
}

static void authenticate_office(void)
{
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    pin_card_authenticate_terminal(&fixture, right_of(RIGHT_PIN_MANAGEMENT));
}

static void test_p_1_wrong_pin_costs_a_try(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_PIN, WRONG_PIN), SW_RETRIES_LEFT | 2);
    power_off();
    assert_int_equal(set_at_pin(), SW_RETRIES_LEFT | 2);
}

static void test_p_2_right_pin_restores_the_counter(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_PIN, WRONG_PIN), SW_RETRIES_LEFT | 2);
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    power_off();
    assert_int_equal(set_at_pin(), SW_OK);
}

static void test_p_3_each_wrong_pin_costs_one_try_until_suspension(void **state)
{
    (void)state;
    assert_int_equal(set_at_pin(), SW_OK);
    for (unsigned tries = 2; tries >= 1; tries--) {
        assert_int_equal(pace(PACE_PASSWORD_PIN, WRONG_PIN), SW_RETRIES_LEFT | tries);
        power_off();
        assert_int_equal(set_at_pin(), SW_RETRIES_LEFT | tries);
    }
}

static void test_p_4_suspended_pin_says_so(void **state)
{
    (void)state;
    suspend();
    assert_int_equal(set_at_pin(), SW_RETRIES_LEFT | 1);
}

static void test_p_5_can_and_pin_resume(void **state)
{
    (void)state;
    suspend();
    assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
    assert_int_equal(set_at_pin(), SW_RETRIES_LEFT | 1);
    assert_false(terminal.answered_plain);
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_false(terminal.answered_plain);
    power_off();
    assert_int_equal(set_at_pin(), SW_OK);
}

static void test_p_6_resumption_by_the_can_is_volatile(void **state)
{
    (void)state;
    suspend();
    assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
    power_off();
    assert_int_equal(set_at_pin(), SW_RETRIES_LEFT | 1);
}

static void test_p_7_pin_changes_the_pin(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    assert_false(terminal.answered_plain);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, NEW_PIN), SW_OK);
}

static void test_p_8_wrong_pin_after_the_can_blocks(void **state)
{
    (void)state;
    suspend();
    assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
    assert_int_equal(set_at_pin(), SW_RETRIES_LEFT | 1);
    assert_int_equal(pace(PACE_PASSWORD_PIN, WRONG_PIN), SW_RETRIES_LEFT);
    assert_false(terminal.answered_plain);
}

static void test_p_8a_blocked_pin_says_so(void **state)
{
    (void)state;
    block();
    assert_int_equal(set_at_pin(), SW_RETRIES_LEFT);
}

static void test_p_9_puk_unblocks_the_old_pin(void **state)
{
    (void)state;
    block();
    assert_int_equal(pace(PACE_PASSWORD_PUK, DOCUMENT_PUK), SW_OK);
    // The case sends it with Le = 01.
    assert_int_equal(terminal_send(&terminal, 0x00, 0x2C, 0x03, 0x03, span_of(NULL, 0), 1), SW_OK);
    assert_false(terminal.answered_plain);
    power_off();
    assert_int_equal(set_at_pin(), SW_OK);
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
}

static void test_p_12_puk_does_not_change_the_pin(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_PUK, DOCUMENT_PUK), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_false(terminal.answered_plain);
}

static void test_p_13_puk_does_not_change_a_blocked_pin(void **state)
{
    (void)state;
    block();
    assert_int_equal(pace(PACE_PASSWORD_PUK, DOCUMENT_PUK), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_false(terminal.answered_plain);
    power_off();
    assert_int_equal(set_at_pin(), SW_RETRIES_LEFT);
}

static void test_p_14_changed_pin_holds_after_power_off(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    power_off();
    assert_int_equal(set_at_pin(), SW_OK);
    assert_int_equal(pace(PACE_PASSWORD_PIN, NEW_PIN), SW_OK);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_RETRIES_LEFT | 2);
}

static void test_p_15_office_changes_the_pin(void **state)
{
    (void)state;
    authenticate_office();
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    assert_false(terminal.answered_plain);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, NEW_PIN), SW_OK);
}

static void test_p_17_office_changes_the_can(void **state)
{
    (void)state;
    authenticate_office();
    assert_int_equal(pin_card_change_can(&terminal, NEW_CAN), SW_OK);
    assert_false(terminal.answered_plain);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_CAN, NEW_CAN), SW_OK);
}

static void test_p_19_deactivated_pin_says_so(void **state)
{
    (void)state;
    authenticate_office();
    assert_int_equal(pin_card_deactivate(&terminal), SW_OK);
    power_off();
    assert_int_equal(set_at_pin(), SW_FILE_DEACTIVATED);
}

static void test_p_20_short_pin_is_refused_and_the_old_one_holds(void **state)
{
    (void)state;
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, "27182"), SW_WRONG_DATA);
    assert_false(terminal.answered_plain);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_p_1_wrong_pin_costs_a_try, start, stop),
        cmocka_unit_test_setup_teardown(test_p_2_right_pin_restores_the_counter, start, stop),
        cmocka_unit_test_setup_teardown(test_p_3_each_wrong_pin_costs_one_try_until_suspension, start, stop),
        cmocka_unit_test_setup_teardown(test_p_4_suspended_pin_says_so, start, stop),
        cmocka_unit_test_setup_teardown(test_p_5_can_and_pin_resume, start, stop),
        cmocka_unit_test_setup_teardown(test_p_6_resumption_by_the_can_is_volatile, start, stop),
        cmocka_unit_test_setup_teardown(test_p_7_pin_changes_the_pin, start, stop),
        cmocka_unit_test_setup_teardown(test_p_8_wrong_pin_after_the_can_blocks, start, stop),
        cmocka_unit_test_setup_teardown(test_p_8a_blocked_pin_says_so, start, stop),
        cmocka_unit_test_setup_teardown(test_p_9_puk_unblocks_the_old_pin, start, stop),
        cmocka_unit_test_setup_teardown(test_p_12_puk_does_not_change_the_pin, start, stop),
        cmocka_unit_test_setup_teardown(test_p_13_puk_does_not_change_a_blocked_pin, start, stop),
        cmocka_unit_test_setup_teardown(test_p_14_changed_pin_holds_after_power_off, start, stop),
        cmocka_unit_test_setup_teardown(test_p_15_office_changes_the_pin, start, stop),
        cmocka_unit_test_setup_teardown(test_p_17_office_changes_the_can, start, stop),
        cmocka_unit_test_setup_teardown(test_p_19_deactivated_pin_says_so, start, stop),
        cmocka_unit_test_setup_teardown(test_p_20_short_pin_is_refused_and_the_old_one_holds, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
