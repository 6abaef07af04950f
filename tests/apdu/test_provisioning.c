// Binding a phone to the card: who may, that it is one step, and that the counter never goes back.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/emrtd.h"
#include "card/apps/provisioning.h"
#include "card/core/select.h"
#include "card/wire/provisioning.h"
#include "tests/apdu/eid_document.h"

#define PHONE_A "A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1"
#define PHONE_B "B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2"
#define BIND(phone) "8010000020" phone "00"
#define READ_BINDING "8012000000"
#define UNBIND "80140000"

static struct card_fixture fixture;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

// The state that the protocols leave, with the application current.
static void begin_as(enum pace_password password, enum eid_progress progress, rights effective)
{
    eid_begin(&fixture, progress, TERMINAL_AUTHENTICATION, effective);
    fixture.card.security.achieved.password = progress == EID_NOTHING ? PACE_PASSWORD_NONE : password;
    select_application(&fixture.card, &provisioning_applet);
}

static void begin(void)
{
    begin_as(PACE_PASSWORD_PIN, EID_COMPLETE, right_of(RIGHT_PROVISION_PHONE));
}

static void test_phone_is_bound_and_read(void **state)
{
    (void)state;
    begin();
    ASSERT_PROTECTED(&fixture, READ_BINDING, "6A88");
    ASSERT_PROTECTED(&fixture, BIND(PHONE_A), PHONE_A "000000019000");
    ASSERT_PROTECTED(&fixture, READ_BINDING, PHONE_A "000000019000");
    fixture_power_cycle(&fixture);
    begin();
    ASSERT_PROTECTED(&fixture, READ_BINDING, PHONE_A "000000019000");
}

static void test_same_phone_again_changes_nothing(void **state)
{
    (void)state;
    begin();
    ASSERT_PROTECTED(&fixture, BIND(PHONE_A), PHONE_A "000000019000");
    flash_simulator_count_from_zero(&fixture.flash);
    ASSERT_PROTECTED(&fixture, BIND(PHONE_A), PHONE_A "000000019000");
    assert_int_equal(flash_simulator_steps(&fixture.flash), 0);
}

static void test_second_phone_ends_the_first(void **state)
{
    (void)state;
    begin();
    ASSERT_PROTECTED(&fixture, BIND(PHONE_A), PHONE_A "000000019000");
    ASSERT_PROTECTED(&fixture, BIND(PHONE_B), PHONE_B "000000029000");
    ASSERT_PROTECTED(&fixture, READ_BINDING, PHONE_B "000000029000");
    ASSERT_PROTECTED(&fixture, BIND(PHONE_A), PHONE_A "000000039000");
}

static void test_counter_goes_on_after_unbinding_and_deleting(void **state)
{
    (void)state;
    begin();
    ASSERT_PROTECTED(&fixture, UNBIND, "9000");
    ASSERT_PROTECTED(&fixture, BIND(PHONE_A), PHONE_A "000000019000");
    ASSERT_PROTECTED(&fixture, UNBIND, "9000");
    ASSERT_PROTECTED(&fixture, READ_BINDING, "6A88");
    ASSERT_PROTECTED(&fixture, BIND(PHONE_A), PHONE_A "000000029000");
    assert_int_equal(provisioning_applet.remove(&fixture.card), SW_OK);
    ASSERT_PROTECTED(&fixture, READ_BINDING, "6A88");
    ASSERT_PROTECTED(&fixture, BIND(PHONE_B), PHONE_B "000000039000");
}

static void test_counter_does_not_wrap(void **state)
{
    (void)state;
    uint8_t last[BINDING_COUNTER + BINDING_THUMBPRINT] = {0xFF, 0xFF, 0xFF, 0xFF};
    begin();
    assert_int_equal(store_write(&fixture.card.store, OBJECT_BINDING, span_of(last, sizeof last)), STORE_OK);
    ASSERT_PROTECTED(&fixture, BIND(PHONE_A), "6A84");
    assert_int_equal(store_write(&fixture.card.store, OBJECT_BINDING, span_of(last, 3)), STORE_OK);
    ASSERT_PROTECTED(&fixture, BIND(PHONE_A), "6581");
}

static void test_thumbprint_of_another_length_is_refused(void **state)
{
    (void)state;
    begin();
    ASSERT_PROTECTED(&fixture, "801000001FA1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A100",
                     "6A80");
    ASSERT_PROTECTED(&fixture, "8010000021" PHONE_A "A100", "6A80");
    ASSERT_PROTECTED(&fixture, "8010000000", "6700");
    ASSERT_PROTECTED(&fixture, READ_BINDING, "6A88");
}

// Everything but the one way there is: every command is refused, and nothing is bound.
static void assert_refused(void)
{
    static const char *const commands[] = {BIND(PHONE_B), READ_BINDING, UNBIND};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (fixture.session.active) {
            ASSERT_PROTECTED(&fixture, commands[i], "6982");
        }
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        ASSERT_ANSWER(&fixture, commands[i], "6982");
    }
}

static void test_nobody_else_binds(void **state)
{
    (void)state;
    const rights provision = right_of(RIGHT_PROVISION_PHONE);
    begin();
    ASSERT_PROTECTED(&fixture, BIND(PHONE_A), PHONE_A "000000019000");
    for (unsigned progress = EID_NOTHING; progress < EID_COMPLETE; progress++) {
        begin_as(PACE_PASSWORD_PIN, (enum eid_progress)progress, provision);
        assert_refused();
    }
    static const enum pace_password others[] = {PACE_PASSWORD_MRZ, PACE_PASSWORD_CAN, PACE_PASSWORD_PUK};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        begin_as(others[i], EID_COMPLETE, provision);
        assert_refused();
    }
    for (unsigned bit = 0; bit < 64; bit++) {
        if (bit != RIGHT_PROVISION_PHONE) {
            begin_as(PACE_PASSWORD_PIN, EID_COMPLETE, (rights)1 << bit);
            assert_refused();
        }
    }
    begin();
    ASSERT_PROTECTED(&fixture, READ_BINDING, PHONE_A "000000019000");
}

// The issuer compares the holder with the portrait, once it alone shares keys with the card. The rule comes
// before the file, which is not on this card.
static void test_travel_document_opens_to_who_may_bind_and_to_no_phone(void **state)
{
    (void)state;
    for (unsigned progress = EID_PACE; progress < EID_PROGRESSES; progress++) {
        begin_as(PACE_PASSWORD_PIN, (enum eid_progress)progress, right_of(RIGHT_PROVISION_PHONE));
        select_application(&fixture.card, &emrtd_applet);
        ASSERT_PROTECTED(&fixture, "00B0820001", progress == EID_COMPLETE ? "6A82" : "6982");
    }
    for (unsigned bit = 0; bit < RIGHT_INSPECTION_READ_DG3; bit++) {
        begin_as(PACE_PASSWORD_PIN, EID_COMPLETE, (rights)1 << bit);
        select_application(&fixture.card, &emrtd_applet);
        ASSERT_PROTECTED(&fixture, "00B0820001", "6982");
    }
}

// What an observer of the card finds: the counter and the phone, in one piece.
static void observe(uint8_t binding[BINDING_THUMBPRINT + BINDING_COUNTER])
{
    begin();
    assert_int_equal(fixture_protect(&fixture, READ_BINDING), SW_OK);
    assert_int_equal(fixture.data.n, BINDING_THUMBPRINT + BINDING_COUNTER);
    memcpy(binding, fixture.data.p, fixture.data.n);
}

// A command on a card with a phone, with the power cut after `steps` steps. False: all steps had happened
// before.
static bool send_with_cut(const char *command, uint64_t steps, enum flash_tear tear)
{
    fixture_stop(&fixture);
    fixture_start(&fixture);
    begin();
    ASSERT_PROTECTED(&fixture, BIND(PHONE_A), PHONE_A "000000019000");
    flash_simulator_cut_after(&fixture.flash, steps, tear, steps);
    (void)fixture_protect(&fixture, command);
    return flash_simulator_power_on(&fixture.flash);
}

static void test_power_cut_leaves_one_phone_or_the_other(void **state)
{
    (void)state;
    uint8_t before[BINDING_THUMBPRINT + BINDING_COUNTER], after[sizeof before], seen[sizeof before];
    unhex(PHONE_A "00000001", before, sizeof before);
    unhex(PHONE_B "00000002", after, sizeof after);
    for (unsigned tear = FLASH_TEAR_NONE; tear < FLASH_TEARS; tear++) {
        uint64_t steps = 0;
        while (send_with_cut(BIND(PHONE_B), steps, (enum flash_tear)tear)) {
            fixture_power_cycle(&fixture);
            observe(seen);
            assert_true(memcmp(seen, before, sizeof seen) == 0 || memcmp(seen, after, sizeof seen) == 0);
            // The phone comes again, as it has had no answer.
            ASSERT_PROTECTED(&fixture, BIND(PHONE_B), PHONE_B "000000029000");
            steps++;
        }
        assert_true(steps > 2);
    }
}

static void test_power_cut_while_unbinding_leaves_the_counter(void **state)
{
    (void)state;
    for (unsigned tear = FLASH_TEAR_NONE; tear < FLASH_TEARS; tear++) {
        uint64_t steps = 0;
        while (send_with_cut(UNBIND, steps, (enum flash_tear)tear)) {
            fixture_power_cycle(&fixture);
            begin();
            if (fixture_protect(&fixture, READ_BINDING) != SW_REFERENCED_DATA_NOT_FOUND) {
                ASSERT_PROTECTED(&fixture, READ_BINDING, PHONE_A "000000019000");
            }
            ASSERT_PROTECTED(&fixture, BIND(PHONE_B), PHONE_B "000000029000");
            steps++;
        }
        assert_true(steps > 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_phone_is_bound_and_read, start, stop),
        cmocka_unit_test_setup_teardown(test_same_phone_again_changes_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_second_phone_ends_the_first, start, stop),
        cmocka_unit_test_setup_teardown(test_counter_goes_on_after_unbinding_and_deleting, start, stop),
        cmocka_unit_test_setup_teardown(test_counter_does_not_wrap, start, stop),
        cmocka_unit_test_setup_teardown(test_thumbprint_of_another_length_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_nobody_else_binds, start, stop),
        cmocka_unit_test_setup_teardown(test_travel_document_opens_to_who_may_bind_and_to_no_phone, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_power_cut_leaves_one_phone_or_the_other, start, stop),
        cmocka_unit_test_setup_teardown(test_power_cut_while_unbinding_leaves_the_counter, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
