// PIN and CAN with the power cut at every step that a command programs or erases: afterwards all is old or
// all is new, tries have not risen without a success, and what was replaced is gone from flash.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/mf.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"
#include "tests/apdu/pin_card.h"
#include "tests/unit/unit.h"

#include <stdio.h>

// Long enough not to stand in flash by chance.
#define OLD_PIN "4711081547110815"
#define NEW_PIN "2718281828459045"
#define WRONG_PIN "0000000000000000"
#define OLD_CAN "1618033988749894"
#define NEW_CAN "3141592653589793"

static struct card_fixture fixture;
static struct terminal terminal;
static const struct document_profile gm_only = {.protocols = document_protocols, .protocol_count = 1};

static void put(uint16_t identifier, const char *bytes)
{
    assert_int_equal(document_put(&fixture, &mf_applet, identifier, span_of(bytes, strlen(bytes)), NULL),
                     SW_OK);
}

static void start_card(void)
{
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    fixture_start(&fixture);
    put(DGI_PASSWORD_CAN, OLD_CAN);
    put(DGI_PASSWORD_PIN, OLD_PIN);
    put(DGI_PASSWORD_PUK, DOCUMENT_PUK);
    put(DGI_TRANSPORT_PIN, "\x01");
    document_put_file(&fixture, &mf_applet, FID_CARD_ACCESS, document_card_access(&gm_only, &w));
}

static void power_off(void)
{
    fixture_power_cycle(&fixture);
    terminal_start(&terminal, &fixture);
}

// --- Paths -------------------------------------------------------------------------------------------------

// The session that PACE with this password leaves.
static void begin_session(enum pace_password password)
{
    fixture_begin_session(&fixture);
    sm_move(&terminal.sm, &fixture.session);
    fixture.card.security.achieved.password = password;
}

static void be_pin_holder(void)
{
    begin_session(PACE_PASSWORD_PIN);
}

static void be_puk_holder(void)
{
    begin_session(PACE_PASSWORD_PUK);
}

static void be_office(void)
{
    begin_session(PACE_PASSWORD_CAN);
    pin_card_authenticate_terminal(&fixture, right_of(RIGHT_PIN_MANAGEMENT));
}

// PACE up to the step that tells right from wrong.
static void agree(enum pace_password password, const char *digits)
{
    const uint16_t status = terminal_set_at(&terminal, gm_only.protocols, password);
    assert_true(status == SW_OK || (status & 0xFFF0) == SW_RETRIES_LEFT);
    assert_int_equal(terminal_nonce(&terminal, span_of(digits, strlen(digits))), SW_OK);
    assert_int_equal(terminal_map(&terminal), SW_OK);
    assert_int_equal(terminal_agree(&terminal), SW_OK);
}

static void bring_right_pin(void)
{
    agree(PACE_PASSWORD_PIN, OLD_PIN);
}

static void bring_wrong_pin(void)
{
    agree(PACE_PASSWORD_PIN, WRONG_PIN);
}

static void bring_right_pin_after_the_can(void)
{
    begin_session(PACE_PASSWORD_CAN);
    bring_right_pin();
}

static void bring_wrong_pin_after_the_can(void)
{
    begin_session(PACE_PASSWORD_CAN);
    bring_wrong_pin();
}

static void bring_right_can(void)
{
    agree(PACE_PASSWORD_CAN, OLD_CAN);
}

static void bring_wrong_can(void)
{
    agree(PACE_PASSWORD_CAN, WRONG_PIN);
}

static uint16_t authenticate(void)
{
    return terminal_authenticate(&terminal);
}

static uint16_t change_pin(void)
{
    return pin_card_change_pin(&terminal, NEW_PIN);
}

static uint16_t change_can(void)
{
    return pin_card_change_can(&terminal, NEW_CAN);
}

static uint16_t unblock(void)
{
    return pin_card_unblock(&terminal);
}

static uint16_t activate(void)
{
    return pin_card_activate(&terminal);
}

static uint16_t deactivate(void)
{
    return pin_card_deactivate(&terminal);
}

struct path {
    const char *name;
    uint8_t tries;    // before
    bool deactivated; // before
    void (*prepare)(void);
    uint16_t (*run)(void); // one command
    uint16_t status;       // of a run that is not cut
    const char *erased;    // by it
};

static const struct path PATHS[] = {
    {"PACE, wrong PIN", 3, false, bring_wrong_pin, authenticate, SW_RETRIES_LEFT | 2, NULL},
    {"PACE, wrong PIN that suspends", 2, false, bring_wrong_pin, authenticate, SW_RETRIES_LEFT | 1, NULL},
    {"PACE, wrong PIN that blocks", 1, false, bring_wrong_pin_after_the_can, authenticate, SW_RETRIES_LEFT,
     NULL},
    {"PACE, right PIN", 3, false, bring_right_pin, authenticate, SW_OK, NULL},
    {"PACE, right PIN after a failure", 2, false, bring_right_pin, authenticate, SW_OK, NULL},
    {"PACE, right PIN at the last try", 1, false, bring_right_pin_after_the_can, authenticate, SW_OK, NULL},
    {"PACE, right CAN", 1, false, bring_right_can, authenticate, SW_OK, NULL},
    {"PACE, wrong CAN", 1, false, bring_wrong_can, authenticate, SW_AUTHENTICATION_FAILED, NULL},
    {"change of the transport PIN", 3, false, be_pin_holder, change_pin, SW_OK, OLD_PIN},
    {"change of a blocked PIN by the office", 0, false, be_office, change_pin, SW_OK, OLD_PIN},
    {"unblocking by the PUK", 0, false, be_puk_holder, unblock, SW_OK, NULL},
    {"unblocking by the office", 1, false, be_office, unblock, SW_OK, NULL},
    {"change of the CAN", 3, false, be_office, change_can, SW_OK, OLD_CAN},
    {"deactivation", 2, false, be_office, deactivate, SW_OK, NULL},
    {"activation", 2, true, be_office, activate, SW_OK, NULL},
};

// --- The cuts ----------------------------------------------------------------------------------------------

static void set_up(const struct path *path)
{
    assert_int_equal(
        store_write(&fixture.card.store, OBJECT_TRIES + PACE_PASSWORD_PIN, span_of(&path->tries, 1)),
        STORE_OK);
    if (path->deactivated) {
        assert_int_equal(store_write(&fixture.card.store, OBJECT_PIN_DEACTIVATED, span_of("\x01", 1)),
                         STORE_OK);
    }
    power_off();
}

// What PACE leaves when it is cut: a try, or a failure, may be counted already, and nothing else has changed.
static bool is_begun_run(const struct pin_facts *before, const struct pin_facts *now)
{
    struct pin_facts counted_try = *before, counted_failure = *before;
    counted_try.tries = (uint8_t)(before->tries - 1);
    counted_failure.can_failures++;
    return pin_facts_equal(now, &counted_try) || pin_facts_equal(now, &counted_failure);
}

static void check_after_cut(const struct path *path, const struct pin_facts *before,
                            const struct pin_facts *after, uint16_t status)
{
    const struct pin_facts now = pin_facts(&fixture);
    const bool is_new = pin_facts_equal(&now, after), is_old = pin_facts_equal(&now, before);
    assert_true(is_new || is_old || (path->run == authenticate && is_begun_run(before, &now)));
    assert_true(status != path->status || is_new); // what was answered has happened
    assert_true(path->erased == NULL || !is_new ||
                !flash_simulator_contains(&fixture.flash, span_of(path->erased, strlen(path->erased))));
}

// Whoever was cut off begins again.
static void check_repetition(const struct path *path, const struct pin_facts *after)
{
    if (path->run == authenticate) {
        return;
    }
    path->prepare();
    const uint16_t status = path->run();
    const struct pin_facts now = pin_facts(&fixture);
    assert_int_equal(status, SW_OK);
    assert_true(pin_facts_equal(&now, after));
}

static void cut_path(const struct path *path)
{
    struct flash_simulator image;
    start_card();
    set_up(path);
    flash_simulator_create(&image, FIXTURE_PAGES, 1);
    flash_simulator_copy(&image, &fixture.flash);
    const uint64_t random = fixture.random;
    const struct pin_facts before = pin_facts(&fixture);
    path->prepare();
    flash_simulator_count_from_zero(&fixture.flash);
    assert_int_equal(path->run(), path->status);
    const uint64_t steps = flash_simulator_steps(&fixture.flash);
    const struct pin_facts after = pin_facts(&fixture);
    assert_true(steps > 0);
    for (uint64_t k = 0; k < steps; k++) {
        for (enum flash_tear tear = FLASH_TEAR_NONE; tear < FLASH_TEARS; tear++) {
            flash_simulator_copy(&fixture.flash, &image);
            fixture.random = random;
            power_off();
            path->prepare();
            flash_simulator_cut_after(&fixture.flash, k, tear, k);
            const uint16_t status = path->run();
            assert_true(flash_simulator_power_on(&fixture.flash));
            power_off();
            check_after_cut(path, &before, &after, status);
            check_repetition(path, &after);
        }
    }
    print_message("%-40s %4llu steps\n", path->name, (unsigned long long)steps);
    flash_simulator_release(&image);
    fixture_stop(&fixture);
}

static void test_every_path_survives_a_cut_at_every_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++) {
        cut_path(&PATHS[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_path_survives_a_cut_at_every_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
