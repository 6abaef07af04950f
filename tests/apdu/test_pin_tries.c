// Tries of the PIN, uses of the PUK, and a PIN that is deactivated (TR-03110-2 §2.4).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/pin_stage.h"

// --- Tries, and the PUK's uses -----------------------------------------------------------------------------

static void test_pin_status_tells_the_tries(void **state)
{
    (void)state;
    for (unsigned left = 3; left-- > 0;) {
        spend_tries(left);
        assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
        assert_int_equal(pin_card_status(&terminal), SW_RETRIES_LEFT | left);
        power_off();
    }
}

static void test_puk_unblocks_ten_times(void **state)
{
    (void)state;
    for (unsigned left = PIN_RESETS; left > 0; left--) {
        spend_tries(2);
        assert_int_equal(pin_facts(&fixture).resets, left);
        begin_session(PACE_PASSWORD_PUK, false);
        assert_int_equal(pin_card_unblock(&terminal), SW_OK);
        assert_int_equal(pin_facts(&fixture).resets, left - 1);
        assert_int_equal(pin_facts(&fixture).tries, 3);
        assert_int_equal(pin_card_unblock(&terminal), SW_OK); // nothing to do, nothing to pay
        assert_int_equal(pin_facts(&fixture).resets, left - 1);
        power_off();
    }
    spend_tries(0);
    begin_session(PACE_PASSWORD_PUK, false);
    assert_int_equal(pin_card_unblock(&terminal), SW_AUTHENTICATION_METHOD_BLOCKED);
    assert_int_equal(pin_facts(&fixture).tries, 0);
}

static void test_office_unblocks_without_the_puk_and_restores_its_uses_with_a_new_pin(void **state)
{
    (void)state;
    const uint8_t none = 0;
    assert_int_equal(store_write(&fixture.card.store, OBJECT_PIN_RESETS, span_of(&none, 1)), STORE_OK);
    spend_tries(0);
    be_office();
    assert_int_equal(pin_card_unblock(&terminal), SW_OK);
    assert_int_equal(pin_facts(&fixture).tries, 3);
    assert_int_equal(pin_facts(&fixture).resets, 0);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    assert_int_equal(pin_facts(&fixture).resets, PIN_RESETS);
}

static void test_holder_who_changes_the_pin_does_not_restore_the_puks_uses(void **state)
{
    (void)state;
    spend_tries(2);
    begin_session(PACE_PASSWORD_PUK, false);
    assert_int_equal(pin_card_unblock(&terminal), SW_OK);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    assert_int_equal(pin_facts(&fixture).resets, PIN_RESETS - 1);
}

static void test_suspended_pin_is_unblocked_too(void **state)
{
    (void)state;
    spend_tries(1);
    assert_int_equal(pace(PACE_PASSWORD_PUK, DOCUMENT_PUK), SW_OK);
    assert_int_equal(pin_card_unblock(&terminal), SW_OK);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, DOCUMENT_PIN), SW_OK);
}

// --- Deactivation ------------------------------------------------------------------------------------------

static void test_deactivated_pin_is_not_tried(void **state)
{
    (void)state;
    be_office();
    assert_int_equal(pin_card_deactivate(&terminal), SW_OK);
    assert_int_equal(pin_card_status(&terminal), SW_FILE_DEACTIVATED);
    assert_int_equal(pin_card_deactivate(&terminal), SW_OK);
    power_off();
    assert_int_equal(terminal_set_at(&terminal, &document_protocols[DOCUMENT_GM], PACE_PASSWORD_PIN),
                     SW_FILE_DEACTIVATED);
    assert_int_equal(terminal_nonce(&terminal, span_of(DOCUMENT_PIN, 6)), SW_REFERENCE_DATA_NOT_USABLE);
    assert_int_equal(pin_facts(&fixture).tries, 3);
}

static void test_activated_pin_works_again_with_the_tries_it_had(void **state)
{
    (void)state;
    spend_tries(2);
    be_office();
    assert_int_equal(pin_card_deactivate(&terminal), SW_OK);
    power_off();
    be_office();
    assert_int_equal(pin_card_activate(&terminal), SW_OK);
    assert_int_equal(pin_card_activate(&terminal), SW_OK);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, WRONG_PIN), SW_RETRIES_LEFT | 1);
}

static void test_state_that_the_pin_has_already_costs_the_flash_nothing(void **state)
{
    (void)state;
    be_office();
    for (int activated = 1; activated >= 0; activated--) {
        uint16_t (*const again)(struct terminal *t) =
            activated == 1 ? pin_card_activate : pin_card_deactivate;
        assert_int_equal(again(&terminal), SW_OK);
        flash_simulator_count_from_zero(&fixture.flash);
        assert_int_equal(again(&terminal), SW_OK);
        assert_int_equal(flash_simulator_steps(&fixture.flash), 0);
    }
}

static void test_deactivated_pin_stays_so_when_it_is_changed_or_unblocked(void **state)
{
    (void)state;
    spend_tries(1);
    be_office();
    assert_int_equal(pin_card_deactivate(&terminal), SW_OK);
    assert_int_equal(pin_card_unblock(&terminal), SW_OK);
    assert_int_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    const struct pin_facts facts = pin_facts(&fixture);
    assert_int_equal(facts.tries, 3);
    assert_true(facts.deactivated);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_PIN, NEW_PIN), SW_FILE_DEACTIVATED);
}

static void test_deactivation_leaves_the_other_passwords_alone(void **state)
{
    (void)state;
    be_office();
    assert_int_equal(pin_card_deactivate(&terminal), SW_OK);
    power_off();
    assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
    assert_int_equal(terminal_read(&terminal, 0x1D, 0, 5), SW_OK);
}

// What the store cannot tell is closed: a PIN counts as a transport PIN and as deactivated.
static void test_failing_store_opens_nothing(void **state)
{
    (void)state;
    begin_session(PACE_PASSWORD_PIN, false);
    fixture.flash.powered = false;
    assert_int_not_equal(pin_card_change_pin(&terminal, NEW_PIN), SW_OK);
    assert_true(flash_simulator_power_on(&fixture.flash));
    power_off();
    assert_string_equal(pin_facts(&fixture).pin, DOCUMENT_PIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HELD(test_pin_status_tells_the_tries),
        HELD(test_puk_unblocks_ten_times),
        HELD(test_office_unblocks_without_the_puk_and_restores_its_uses_with_a_new_pin),
        HELD(test_holder_who_changes_the_pin_does_not_restore_the_puks_uses),
        HELD(test_suspended_pin_is_unblocked_too),
        HELD(test_deactivated_pin_is_not_tried),
        HELD(test_activated_pin_works_again_with_the_tries_it_had),
        HELD(test_state_that_the_pin_has_already_costs_the_flash_nothing),
        HELD(test_deactivated_pin_stays_so_when_it_is_changed_or_unblocked),
        HELD(test_deactivation_leaves_the_other_passwords_alone),
        HELD(test_failing_store_opens_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
