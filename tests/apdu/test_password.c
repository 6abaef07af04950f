// Retry counters and delays of the passwords (TR-03110-2 §3.3).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/document.h"
#include "tests/apdu/terminal.h"
#include "tests/unit/unit.h"

static struct card_fixture fixture;
static struct terminal terminal;
static struct document document;

static const struct pace_protocol *const gm = &document_protocols[DOCUMENT_GM];

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

static void reset(void)
{
    fixture_power_cycle(&fixture);
    terminal_start(&terminal, &fixture);
    fixture.delay = 0;
}

static uint16_t pin(const char *digits)
{
    return terminal_pace(&terminal, gm, PACE_PASSWORD_PIN, span_of(digits, strlen(digits)));
}

static uint16_t can(const char *digits)
{
    return terminal_pace(&terminal, gm, PACE_PASSWORD_CAN, span_of(digits, strlen(digits)));
}

static uint8_t counter(enum pace_password password)
{
    uint8_t value = 0;
    assert_int_equal(store_read(&fixture.card.store, (uint16_t)(OBJECT_TRIES + password), 0, &value, 1),
                     STORE_OK);
    return value;
}

// --- PIN ---------------------------------------------------------------------------------------------------

static void test_pin_has_three_tries(void **state)
{
    (void)state;
    assert_int_equal(terminal_set_at(&terminal, gm, PACE_PASSWORD_PIN), SW_OK);
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 2);
    assert_int_equal(terminal_set_at(&terminal, gm, PACE_PASSWORD_PIN), SW_RETRIES_LEFT | 2);
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 1);
    assert_int_equal(terminal_set_at(&terminal, gm, PACE_PASSWORD_PIN), SW_RETRIES_LEFT | 1);
}

static void test_right_pin_restores_all_tries(void **state)
{
    (void)state;
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 2);
    assert_int_equal(pin(DOCUMENT_PIN), SW_OK);
    assert_int_equal(counter(PACE_PASSWORD_PIN), 3);
    reset();
    assert_int_equal(terminal_set_at(&terminal, gm, PACE_PASSWORD_PIN), SW_OK);
}

static void test_last_try_is_suspended_until_the_can_was_given_in_the_session(void **state)
{
    (void)state;
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 2);
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 1);
    assert_int_equal(pin(DOCUMENT_PIN), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(counter(PACE_PASSWORD_PIN), 1);
    assert_int_equal(can(DOCUMENT_CAN), SW_OK);
    assert_int_equal(pin(DOCUMENT_PIN), SW_OK);
    assert_int_equal(counter(PACE_PASSWORD_PIN), 3);
}

static void test_suspension_is_not_lifted_by_other_passwords_or_another_session(void **state)
{
    (void)state;
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 2);
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 1);
    assert_int_equal(terminal_pace(&terminal, gm, PACE_PASSWORD_MRZ, document_mrz_password()), SW_OK);
    assert_int_equal(pin(DOCUMENT_PIN), SW_CONDITIONS_NOT_SATISFIED);
    reset();
    assert_int_equal(terminal_pace(&terminal, gm, PACE_PASSWORD_PUK, span_of(DOCUMENT_PUK, 10)), SW_OK);
    assert_int_equal(pin(DOCUMENT_PIN), SW_CONDITIONS_NOT_SATISFIED);
    reset();
    assert_int_equal(can(DOCUMENT_CAN), SW_OK);
    sm_end(&terminal.sm); // the CAN's session ends with a plain command
    assert_int_equal(pin(DOCUMENT_PIN), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(can(DOCUMENT_CAN), SW_OK);
    reset(); // or with the field
    assert_int_equal(pin(DOCUMENT_PIN), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(counter(PACE_PASSWORD_PIN), 1);
}

static void test_pin_without_tries_is_blocked_for_good(void **state)
{
    (void)state;
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 2);
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 1);
    assert_int_equal(can(DOCUMENT_CAN), SW_OK);
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 0);
    assert_int_equal(terminal_set_at(&terminal, gm, PACE_PASSWORD_PIN), SW_RETRIES_LEFT | 0);
    assert_int_equal(pin(DOCUMENT_PIN), SW_AUTHENTICATION_METHOD_BLOCKED);
    reset();
    assert_int_equal(can(DOCUMENT_CAN), SW_OK);
    assert_int_equal(pin(DOCUMENT_PIN), SW_AUTHENTICATION_METHOD_BLOCKED);
    assert_int_equal(counter(PACE_PASSWORD_PIN), 0);
}

static void test_tries_of_the_pin_are_the_profiles(void **state)
{
    (void)state;
    struct document_profile profile = document_usual;
    profile.pin_tries = 10;
    fixture_stop(&fixture);
    fixture_start(&fixture);
    document_personalize(&fixture, &profile, &document);
    terminal_start(&terminal, &fixture);
    assert_int_equal(terminal_set_at(&terminal, gm, PACE_PASSWORD_PIN), SW_OK);
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 9);
    assert_int_equal(pin(DOCUMENT_PIN), SW_OK);
    assert_int_equal(counter(PACE_PASSWORD_PIN), 10);
}

static void test_run_that_sends_no_token_costs_no_try(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        reset();
        assert_int_equal(terminal_set_at(&terminal, gm, PACE_PASSWORD_PIN), SW_OK);
        assert_int_equal(terminal_nonce(&terminal, span_of(DOCUMENT_PIN, 6)), SW_OK);
        assert_int_equal(terminal_map(&terminal), SW_OK);
        assert_int_equal(terminal_agree(&terminal), SW_OK);
        assert_int_equal(terminal_general_authenticate(&terminal, true, 0x85, span_of("\x01", 1)),
                         SW_WRONG_DATA);
    }
    assert_int_equal(counter(PACE_PASSWORD_PIN), 3);
}

// Whatever has happened to the PIN since the nonce was out: what cannot be spent is not spent.
static void test_pin_is_looked_at_again_before_its_try_is_spent(void **state)
{
    static const uint8_t none = 0, suspended = 1;
    static const struct {
        uint16_t object;
        const uint8_t *value;
        uint16_t expected;
    } changes[] = {
        {OBJECT_TRIES + PACE_PASSWORD_PIN, &none, SW_AUTHENTICATION_METHOD_BLOCKED},
        {OBJECT_TRIES + PACE_PASSWORD_PIN, &suspended, SW_CONDITIONS_NOT_SATISFIED},
        {OBJECT_PIN_DEACTIVATED, &suspended, SW_REFERENCE_DATA_NOT_USABLE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const uint8_t full = 3;
        reset();
        assert_int_equal(
            store_write(&fixture.card.store, OBJECT_TRIES + PACE_PASSWORD_PIN, span_of(&full, 1)), STORE_OK);
        assert_int_equal(terminal_set_at(&terminal, gm, PACE_PASSWORD_PIN), SW_OK);
        assert_int_equal(terminal_nonce(&terminal, span_of(DOCUMENT_PIN, 6)), SW_OK);
        assert_int_equal(terminal_map(&terminal), SW_OK);
        assert_int_equal(terminal_agree(&terminal), SW_OK);
        assert_int_equal(store_write(&fixture.card.store, changes[i].object, span_of(changes[i].value, 1)),
                         STORE_OK);
        const uint8_t before = counter(PACE_PASSWORD_PIN);
        assert_int_equal(terminal_authenticate(&terminal), changes[i].expected);
        assert_false(fixture.card.security.sm.active);
        assert_int_equal(counter(PACE_PASSWORD_PIN), before);
    }
}

// The flash fails, so the try cannot be spent: then neither the right nor a wrong token is judged.
static void test_pin_counter_is_written_before_the_compare(void **state)
{
    (void)state;
    for (int right = 0; right <= 1; right++) {
        assert_int_equal(terminal_set_at(&terminal, gm, PACE_PASSWORD_PIN), SW_OK);
        assert_int_equal(terminal_nonce(&terminal, span_of(DOCUMENT_PIN, 6)), SW_OK);
        assert_int_equal(terminal_map(&terminal), SW_OK);
        assert_int_equal(terminal_agree(&terminal), SW_OK);
        flash_simulator_cut_after(&fixture.flash, 0, FLASH_TEAR_NONE, 1);
        assert_int_equal(right != 0 ? terminal_authenticate(&terminal)
                                    : terminal_send_token(&terminal, span_of("\0\0\0\0\0\0\0", PACE_TOKEN)),
                         SW_MEMORY_FAILURE);
        assert_false(fixture.card.security.sm.active);
        assert_true(flash_simulator_power_on(&fixture.flash));
        reset();
        assert_int_equal(counter(PACE_PASSWORD_PIN), 3);
    }
}

// Power is cut at each flash step of an attempt, in each way: afterwards there are never more tries than
// before, and an attempt whose answer came out has cost one.
static void cut_at_each_step(const char *digits, uint8_t before, bool right)
{
    struct flash_simulator image;
    flash_simulator_create(&image, FIXTURE_PAGES, 1);
    flash_simulator_copy(&image, &fixture.flash);
    for (int tear = 0; tear < FLASH_TEARS; tear++) {
        bool cut = true;
        uint64_t steps = 0;
        for (; cut; steps++) {
            flash_simulator_copy(&fixture.flash, &image);
            reset();
            assert_int_equal(counter(PACE_PASSWORD_PIN), before);
            flash_simulator_cut_after(&fixture.flash, steps, (enum flash_tear)tear, steps);
            const uint16_t status = pin(digits);
            cut = flash_simulator_power_on(&fixture.flash);
            reset();
            const uint8_t after = counter(PACE_PASSWORD_PIN);
            if (status == SW_OK) {
                assert_true(right);
                assert_int_equal(after, 3);
            } else if ((status & 0xFFF0) == SW_RETRIES_LEFT) {
                assert_int_equal(after, before - 1);
            } else {
                assert_true(after == before || after == before - 1 || (right && after == 3));
            }
            assert_true(cut || right == (status == SW_OK));
        }
        assert_true(steps > 5); // cuts before and in the writing of the tries
    }
    flash_simulator_copy(&fixture.flash, &image);
    flash_simulator_release(&image);
    reset();
}

static void test_power_cut_during_a_wrong_pin_never_gives_a_try_back(void **state)
{
    (void)state;
    cut_at_each_step("000000", 3, false);
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 2);
    cut_at_each_step("000000", 2, false);
}

static void test_power_cut_during_the_right_pin_never_blocks(void **state)
{
    (void)state;
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 2);
    cut_at_each_step(DOCUMENT_PIN, 2, true);
    assert_int_equal(pin(DOCUMENT_PIN), SW_OK);
}

// --- CAN, MRZ, PUK -----------------------------------------------------------------------------------------

static void check_delays(enum pace_password password, struct span right)
{
    static const uint32_t expected[] = {0, 250, 500, 1000, 2000, 4000, 4000, 4000};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        reset(); // the counter outlives the session
        assert_int_equal(terminal_pace(&terminal, gm, password, span_of("wrong", 5)),
                         SW_AUTHENTICATION_FAILED);
        assert_int_equal(fixture.delay, expected[i]);
    }
    reset();
    assert_int_equal(terminal_set_at(&terminal, gm, password), SW_OK);
    assert_int_equal(fixture.delay, 0);
    assert_int_equal(terminal_nonce(&terminal, right), SW_OK);
    assert_int_equal(fixture.delay, 4000); // before the nonce is out
    reset();
    assert_int_equal(terminal_pace(&terminal, gm, password, right), SW_OK);
    reset();
    assert_int_equal(terminal_pace(&terminal, gm, password, right), SW_OK);
    assert_int_equal(fixture.delay, 0);
}

static void test_failures_of_the_can_delay_the_next_run_and_never_block(void **state)
{
    (void)state;
    check_delays(PACE_PASSWORD_CAN, span_of(DOCUMENT_CAN, 6));
}

static void test_failures_of_the_mrz_delay_the_next_run_and_never_block(void **state)
{
    (void)state;
    check_delays(PACE_PASSWORD_MRZ, document_mrz_password());
}

static void test_failures_of_the_puk_delay_the_next_run_and_never_block(void **state)
{
    (void)state;
    check_delays(PACE_PASSWORD_PUK, span_of(DOCUMENT_PUK, 10));
}

static void test_failures_beyond_the_longest_delay_spare_the_flash(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(can("000000"), SW_AUTHENTICATION_FAILED);
    }
    flash_simulator_count_from_zero(&fixture.flash);
    assert_int_equal(can("000000"), SW_AUTHENTICATION_FAILED);
    assert_int_equal(flash_simulator_steps(&fixture.flash), 0);
}

static void test_each_password_counts_for_itself(void **state)
{
    (void)state;
    assert_int_equal(can("000000"), SW_AUTHENTICATION_FAILED);
    assert_int_equal(pin("000000"), SW_RETRIES_LEFT | 2);
    assert_int_equal(terminal_pace(&terminal, gm, PACE_PASSWORD_MRZ, document_mrz_password()), SW_OK);
    assert_int_equal(fixture.delay, 0);
    assert_int_equal(counter(PACE_PASSWORD_CAN), 1);
    assert_int_equal(counter(PACE_PASSWORD_PIN), 2);
}

static void test_power_cut_during_a_wrong_can_never_forgets_a_failure(void **state)
{
    (void)state;
    assert_int_equal(can("000000"), SW_AUTHENTICATION_FAILED);
    for (uint64_t steps = 0;; steps++) {
        reset();
        const uint8_t before = counter(PACE_PASSWORD_CAN);
        flash_simulator_cut_after(&fixture.flash, steps, FLASH_TEAR_SOME, steps);
        const uint16_t status = can("000000");
        const bool cut = flash_simulator_power_on(&fixture.flash);
        reset();
        assert_true(counter(PACE_PASSWORD_CAN) >= before);
        if (!cut) {
            assert_int_equal(status, SW_AUTHENTICATION_FAILED);
            assert_int_equal(counter(PACE_PASSWORD_CAN), before + 1);
            assert_true(steps > 5);
            break;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pin_has_three_tries, start, stop),
        cmocka_unit_test_setup_teardown(test_right_pin_restores_all_tries, start, stop),
        cmocka_unit_test_setup_teardown(test_last_try_is_suspended_until_the_can_was_given_in_the_session,
                                        start, stop),
        cmocka_unit_test_setup_teardown(test_suspension_is_not_lifted_by_other_passwords_or_another_session,
                                        start, stop),
        cmocka_unit_test_setup_teardown(test_pin_without_tries_is_blocked_for_good, start, stop),
        cmocka_unit_test_setup_teardown(test_tries_of_the_pin_are_the_profiles, start, stop),
        cmocka_unit_test_setup_teardown(test_run_that_sends_no_token_costs_no_try, start, stop),
        cmocka_unit_test_setup_teardown(test_pin_is_looked_at_again_before_its_try_is_spent, start, stop),
        cmocka_unit_test_setup_teardown(test_pin_counter_is_written_before_the_compare, start, stop),
        cmocka_unit_test_setup_teardown(test_power_cut_during_a_wrong_pin_never_gives_a_try_back, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_power_cut_during_the_right_pin_never_blocks, start, stop),
        cmocka_unit_test_setup_teardown(test_failures_of_the_can_delay_the_next_run_and_never_block, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_failures_of_the_mrz_delay_the_next_run_and_never_block, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_failures_of_the_puk_delay_the_next_run_and_never_block, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_failures_beyond_the_longest_delay_spare_the_flash, start, stop),
        cmocka_unit_test_setup_teardown(test_each_password_counts_for_itself, start, stop),
        cmocka_unit_test_setup_teardown(test_power_cut_during_a_wrong_can_never_forgets_a_failure, start,
                                        stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
