// PACE with a CHAT: terminal types and the passwords that they use, the names of trust points, and faulty
// CHATs and extensions (TR-03110-2 §2.3.2.1, TR-03110-3 §B.1; TR-03105-3.3, unit EAC2_ISO7816_H).
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "tests/apdu/eac_card.h"
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

static void test_each_type_uses_its_passwords(void **state)
{
    static const bool fits[TERMINAL_TYPES + 1][PACE_PASSWORD_PUK + 1] = {
        [TERMINAL_NONE] = {false, true, true, true, true},
        [TERMINAL_INSPECTION] = {false, true, true, false, false},
        [TERMINAL_AUTHENTICATION] = {false, false, true, true, false},
        [TERMINAL_SIGNATURE] = {false, false, true, true, true},
    };
    (void)state;
    for (int type = TERMINAL_NONE; type <= TERMINAL_SIGNATURE; type++) {
        for (int password = PACE_PASSWORD_MRZ; password <= PACE_PASSWORD_PUK; password++) {
            power_cycle();
            const uint16_t status =
                eac_pace(terminal, (enum terminal_type)type, 0, (enum pace_password)password);
            assert_int_equal(status, fits[type][password] ? SW_OK : SW_WRONG_DATA);
            assert_int_equal(achieved()->asked.type, fits[type][password] ? type : TERMINAL_NONE);
            assert_int_equal(achieved()->effective, 0);
        }
    }
}

static void test_trust_points_are_named_to_those_who_name_their_type(void **state)
{
    (void)state;
    for (int type = TERMINAL_INSPECTION; type <= TERMINAL_SIGNATURE; type++) {
        eac_card_session((enum terminal_type)type);
        assert_true(span_equal(span_of(terminal->trust_points[0], terminal->trust_point_lengths[0]),
                               eac_card_chain((enum terminal_type)type)->cvca_plan.holder));
    }
    power_cycle();
    assert_int_equal(terminal_pace_can(terminal), SW_OK);
    assert_int_equal(terminal->trust_point_lengths[0] + terminal->trust_point_lengths[1], 0);
}

static void test_trust_points_are_named_with_every_mapping(void **state)
{
    (void)state;
    for (size_t i = DOCUMENT_GM; i <= DOCUMENT_CAM; i++) {
        power_cycle();
        terminal->asked = (struct authorization){.type = TERMINAL_INSPECTION};
        assert_int_equal(
            terminal_pace(terminal, &document_protocols[i], PACE_PASSWORD_CAN, span_of(DOCUMENT_CAN, 6)),
            SW_OK);
        assert_int_not_equal(terminal->trust_point_lengths[0], 0);
        assert_int_equal(terminal->encrypted_chip_data_length > 0, i == DOCUMENT_CAM);
        // The chip's key of this very run identifies it afterwards.
        const struct span key = comp_point(CRYPTO_P256, span_of(terminal->chip_point, 65));
        assert_true(span_equal(span_of(achieved()->identifier, achieved()->identifier_length), key));
    }
}

static void test_card_without_trust_points_names_none(void **state)
{
    eac_card_stop(state);
    fixture_start(&eac_card.fixture);
    eac_personalize(&eac_card.fixture, NULL, 0, &eac_card.document);
    eac_card_session(TERMINAL_AUTHENTICATION);
    assert_int_equal(terminal->trust_point_lengths[0] + terminal->trust_point_lengths[1], 0);
    assert_int_equal(eac_set_dst(terminal, span_of("KRCVCAAT00001", 13)), SW_REFERENCED_DATA_NOT_FOUND);
}

static void test_rights_asked_for_are_kept_for_the_session(void **state)
{
    (void)state;
    power_cycle();
    assert_int_equal(eac_pace(terminal, TERMINAL_AUTHENTICATION,
                              right_to_read(8) | right_of(RIGHT_PROVISION_PHONE), PACE_PASSWORD_PIN),
                     SW_OK);
    assert_true(achieved()->asked.rights == (right_to_read(8) | right_of(RIGHT_PROVISION_PHONE)));
    assert_int_equal(terminal_pace_can(terminal), SW_OK); // still with the CHAT that the terminal holds
    terminal->asked = (struct authorization){.type = TERMINAL_NONE};
    assert_int_equal(terminal_pace_can(terminal), SW_OK);
    assert_int_equal(achieved()->asked.type, TERMINAL_NONE);
    assert_int_equal(achieved()->asked.rights, 0);
}

#define PACE "800A04007F00070202040202 830103 84010C"
#define CHAT "7F4C12 0609 04007F000703010202 5305 0000000100"
#define EXTENSION "731A 0615 6981FABC8FD7D3A6A2ACCF8E86DBE8AB8EA1B51301 530101"

// MSE:Set AT with these objects.
static uint16_t set_template(const char *objects)
{
    char command[512];
    uint8_t bytes[256];
    const size_t n = unhex(objects, bytes, sizeof bytes).n;
    assert_true((size_t)snprintf(command, sizeof command, "0022C1A4%02X%s", (unsigned)n, objects) <
                sizeof command);
    return fixture_send(&eac_card.fixture, command);
}

// Reserved bits say nothing; roles other than the terminal's neither.
static void test_bits_that_mean_nothing_are_passed_over(void **state)
{
    (void)state;
    assert_int_equal(set_template(PACE "7F4C12 0609 04007F000703010202 5305 FFFFFFFFFF"), SW_OK);
    assert_true(eac_card.fixture.card.pace.asked.rights ==
                (rights_of_type(TERMINAL_AUTHENTICATION) & ~right_of(RIGHT_PROVISION_PHONE)));
}

static void test_faulty_chats_and_extensions_are_refused(void **state)
{
    static const char *const faults[] = {
        PACE "7F4C00",
        PACE "7F4C0B 0609 04007F000703010202",
        PACE "7F4C07 5305 0000000100",
        PACE "7F4C12 5305 0000000100 0609 04007F000703010202",
        PACE "7F4C11 0609 04007F000703010202 5304 00000100",
        PACE "7F4C13 0609 04007F000703010202 5306 000000000100",
        PACE "7F4C12 0609 04007F000703010201 5305 0000000100", // an inspection system has one byte
        PACE "7F4C12 0609 04007F000703010204 5305 0000000100", // unknown type
        PACE "7F4C12 0609 04007F000703010302 5305 0000000100",
        PACE "7F4C13 0609 04007F000703010202 5305 0000000100 00",
        PACE "7F4C 05 0609 0400",
        PACE CHAT CHAT,
        PACE "6500",
        PACE CHAT "6501",
        PACE CHAT "6502 7300",
        PACE CHAT "6503 530101",
        PACE CHAT "651C" EXTENSION "651C" EXTENSION,
        PACE CHAT "6538" EXTENSION EXTENSION,
        PACE "651C" EXTENSION CHAT, // before what it extends
        PACE "651C" EXTENSION,
        PACE CHAT "5F2001 41",
    };
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        assert_int_equal(set_template(faults[i]), SW_WRONG_DATA);
        assert_int_equal(eac_card.fixture.card.pace.step, PACE_IDLE);
    }
    // What they are variants of.
    assert_int_equal(set_template(PACE CHAT "651C" EXTENSION), SW_OK);
    assert_true(eac_card.fixture.card.pace.asked.rights ==
                (right_to_read(1) | right_of(RIGHT_PROVISION_PHONE)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_type_uses_its_passwords, eac_card_start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_trust_points_are_named_to_those_who_name_their_type,
                                        eac_card_start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_trust_points_are_named_with_every_mapping, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_card_without_trust_points_names_none, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_rights_asked_for_are_kept_for_the_session, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_bits_that_mean_nothing_are_passed_over, eac_card_start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_faulty_chats_and_extensions_are_refused, eac_card_start,
                                        eac_card_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
