// Finding a card, selecting it and letting it go (UM0701-02 §7.3; ISO 14443-3).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/pn532_stage.h"

#define FOUND_A "4B 01 01 0004 20 04 08000001 " STAGE_ATS
#define FOUND_B "4B 01 01 50 08000001 E1F35E11 778185 01 01"

static struct pn532_stage stage;

static int start_type_a(void **state)
{
    (void)state;
    stage_start_with_card(&stage, PICC_TYPE_A);
    return 0;
}

static int start_type_b(void **state)
{
    (void)state;
    stage_start_with_card(&stage, PICC_TYPE_B);
    return 0;
}

static int start_without_card(void **state)
{
    (void)state;
    stage_start(&stage, PICC_TYPE_A);
    return 0;
}

static void forget_requests(void)
{
    stage.request_count = 0;
}

// --- Type A ------------------------------------------------------------------------------------------------

static void test_a_card_of_type_a_is_found_with_its_ats(void **state)
{
    (void)state;
    const enum link_type power_on = LINK_POWER_ON;
    stage_host_commands(&stage, "4A 01 00");
    assert_card_requests(&stage, 1, &power_on);
    assert_host_gets(&stage,
                     "00 00 FF 00 FF 00  00 00 FF 12 EE D5 4B 01 01 0004 20 04 08000001 " STAGE_ATS " B6 00");
}

static void test_longer_uids_are_shown_whole(void **state)
{
    (void)state;
    memcpy(stage.uid, "\x04\xA1\xB2\xC3\xD4\xE5\xF6\x07\x18\x29", 10);
    stage.uid_length = 7;
    assert_answer(&stage, "4A 01 00", "4B 01 01 0044 20 07 04A1B2C3D4E5F6 " STAGE_ATS);
    assert_answer(&stage, "32 01 00", "33");
    memcpy(stage.uid, "\x04\xA1\xB2\xC3\xD4\xE5\xF6\x07\x18\x29", 10);
    stage.uid_length = 10;
    assert_answer(&stage, "4A 01 00", "4B 01 01 0084 20 0A 04A1B2C3D4E5F6071829 " STAGE_ATS);
}

static void test_only_the_card_that_was_named_is_found(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 00 08000002", "4B 00");
    assert_answer(&stage, "4A 01 00 08000001", FOUND_A);
}

static void test_without_rats_no_ats_is_shown(void **state)
{
    (void)state;
    assert_answer(&stage, "12 04", "13");
    assert_answer(&stage, "4A 01 00", "4B 01 01 0004 20 04 08000001");
    assert_answer(&stage, "50 01 00", "51 00 " STAGE_ATS);
    assert_answer(&stage, "50 01 00", "51 27");
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
}

static void test_the_card_is_not_found_in_other_modulations(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 01 00FFFF0100", "4B 00");
    assert_answer(&stage, "4A 01 02 00FFFF0100", "4B 00");
    assert_answer(&stage, "4A 01 03 00", "4B 00");
    assert_answer(&stage, "4A 01 04", "4B 00");
    assert_answer(&stage, "4A 02 00", FOUND_A);
}

// --- Type B ------------------------------------------------------------------------------------------------

static void test_a_card_of_type_b_is_found_with_its_atqb(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 03 00", FOUND_B);
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
    assert_answer(&stage, "4A 01 00", "4B 00");
}

static void test_a_card_of_type_b_listens_to_its_family_only(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 03 10", "4B 00");
    assert_answer(&stage, "4A 01 03 E0", FOUND_B);
    assert_answer(&stage, "4A 01 03 E1", FOUND_B);
    assert_answer(&stage, "4A 01 03 E2", "4B 00");
}

// --- Tries -------------------------------------------------------------------------------------------------

static void test_a_search_without_card_ends_at_once(void **state)
{
    (void)state;
    assert_answer(&stage, "32 05 00 01 02", "33");
    assert_answer(&stage, "4A 01 00", "4B 00");
}

static void test_a_search_with_infinite_tries_waits_for_the_card(void **state)
{
    (void)state;
    assert_waits(&stage, "4A 01 00");
    assert_int_equal(chip_deadline(&stage.chip), CHIP_NEVER);
    stage_card_comes(&stage);
    assert_late_answer(&stage, FOUND_A);
}

static void test_a_card_that_is_being_powered_is_waited_for(void **state)
{
    (void)state;
    assert_answer(&stage, "32 05 00 01 02", "33");
    chip_card_came(&stage.chip, 0);
    assert_answer(&stage, "32 01 00", "33");
    const uint8_t list[] = {0x00, 0x00, 0xFF, 0x04, 0xFC, 0xD4, 0x4A, 0x01, 0x00, 0xE1, 0x00};
    chip_receive(&stage.chip, span_of(list, sizeof list), 0);
    assert_host_gets(&stage, "00 00 FF 00 FF 00");
    stage_pump(&stage);
    assert_late_answer(&stage, FOUND_A);
}

static void test_a_poll_finds_the_card_under_the_name_that_was_asked_for(void **state)
{
    (void)state;
    assert_answer(&stage, "60 01 01 20 10", "61 01 20 0F 01 0004 20 04 08000001 " STAGE_ATS);
    assert_answer(&stage, "60 01 01 11 12 04 00", "61 01 20 0F 01 0004 20 04 08000001 " STAGE_ATS);
    assert_answer(&stage, "60 01 01 10", "61 01 10 09 01 0004 20 04 08000001");
}

static void test_a_poll_for_type_b_finds_type_b(void **state)
{
    (void)state;
    assert_answer(&stage, "60 01 01 20 23", "61 01 23 0F 01 50 08000001 E1F35E11 778185 01 01");
    assert_answer(&stage, "60 01 01 03", "61 01 23 0F 01 50 08000001 E1F35E11 778185 01 01");
}

static void test_a_poll_takes_its_time_when_there_is_no_card(void **state)
{
    (void)state;
    assert_waits(&stage, "60 02 03 20 10"); // 2 × 3 × 150 ms for each of two types
    stage_time_passes(&stage, 1799);
    assert_host_gets(&stage, "");
    stage_time_passes(&stage, 1);
    assert_late_answer(&stage, "61 00");
}

static void test_a_poll_ends_when_the_card_comes(void **state)
{
    (void)state;
    assert_waits(&stage, "60 FF 01 20 10");
    stage_time_passes(&stage, 1000000);
    assert_host_gets(&stage, "");
    stage_card_comes(&stage);
    assert_late_answer(&stage, "61 01 20 0F 01 0004 20 04 08000001 " STAGE_ATS);
}

// --- Sessions ----------------------------------------------------------------------------------------------

static void test_the_uid_stays_until_the_field_goes_off(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 00", FOUND_A);
    assert_answer(&stage, "44 00", "45 00");
    assert_answer(&stage, "4A 01 00", FOUND_A);
    assert_answer(&stage, "32 01 00", "33");
    assert_answer(&stage, "4A 01 00", "4B 01 01 0004 20 04 08000003 " STAGE_ATS);
}

static void test_a_card_that_is_selected_again_begins_anew(void **state)
{
    (void)state;
    const enum link_type expected[] = {LINK_POWER_ON, LINK_COMMAND, LINK_RESET};
    assert_answer(&stage, "4A 01 00", FOUND_A);
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
    assert_answer(&stage, "4A 01 00", FOUND_A);
    assert_card_requests(&stage, 3, expected);
}

static void test_a_card_that_was_not_used_is_not_reset(void **state)
{
    (void)state;
    const enum link_type power_on = LINK_POWER_ON;
    assert_answer(&stage, "12 04", "13");
    assert_answer(&stage, "4A 01 00", "4B 01 01 0004 20 04 08000001");
    assert_answer(&stage, "12 14", "13");
    assert_answer(&stage, "4A 01 00", FOUND_A);
    assert_card_requests(&stage, 1, &power_on);
}

static void test_a_deselected_card_is_selected_by_the_next_exchange(void **state)
{
    (void)state;
    const enum link_type expected[] = {LINK_RESET, LINK_COMMAND};
    assert_answer(&stage, "4A 01 00", FOUND_A);
    assert_answer(&stage, "44 01", "45 00");
    forget_requests();
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
    assert_card_requests(&stage, 2, expected);
    assert_answer(&stage, "44 00", "45 00");
    assert_answer(&stage, "54 01", "55 00");
    assert_answer(&stage, "54 01", "55 00");
}

static void test_a_deselected_card_of_type_b_is_selected_again(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 03 00", FOUND_B);
    assert_answer(&stage, "44 01", "45 00");
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
}

static void test_a_released_card_is_no_target_any_more(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 00", FOUND_A);
    assert_answer(&stage, "52 01", "53 00");
    assert_answer(&stage, "40 01 00A4", "41 27");
    assert_answer(&stage, "04", "05 27 00 00 00");
}

static void test_the_general_status_tells_the_target_and_its_rates(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 00", FOUND_A);
    assert_answer(&stage, "04", "05 00 00 01 01 00 00 00 00");
    assert_answer(&stage, "4E 01 02 01", "4F 00");
    assert_answer(&stage, "04", "05 00 00 01 01 01 02 00 00");
}

// --- Bit rates ---------------------------------------------------------------------------------------------

static void test_higher_rates_are_agreed_on_and_used(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 00", FOUND_A);
    assert_answer(&stage, "06 6302 6303", "07 80 80");
    assert_answer(&stage, "4E 01 02 02", "4F 00");
    assert_answer(&stage, "06 6302 6303", "07 A0 A0");
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
    assert_answer(&stage, "42 B2", "43 00 02 9000"); // presence, at the new rate: the last block again
    assert_answer(&stage, "4A 01 00", FOUND_A);
    assert_answer(&stage, "06 6302 6303", "07 80 80");
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
}

static void test_rates_are_agreed_on_before_the_first_block_only(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 00", FOUND_A);
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
    assert_answer(&stage, "4E 01 01 01", "4F 01");
}

static void test_the_chip_ends_at_424(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 00", FOUND_A);
    assert_answer(&stage, "4E 01 03 03", "4F 10");
}

static void test_type_b_has_no_pps(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 03 00", FOUND_B);
    assert_answer(&stage, "4E 01 01 01", "4F 26");
}

// --- Loss --------------------------------------------------------------------------------------------------

static void test_a_card_that_left_does_not_answer(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 00", FOUND_A);
    stage_card_leaves(&stage);
    assert_answer(&stage, "40 01 00A4", "41 01");
    assert_answer(&stage, "42 B2", "43 01");
    assert_answer(&stage, "00 06", "01 01");
    assert_answer(&stage, "44 00", "45 00");
    assert_answer(&stage, "54 01", "55 01");
    assert_answer(&stage, "4A 01 00", "4B 00");
}

static void test_a_card_that_left_while_it_was_selected_is_not_found(void **state)
{
    (void)state;
    const uint8_t list[] = {0x00, 0x00, 0xFF, 0x04, 0xFC, 0xD4, 0x4A, 0x01, 0x00, 0xE1, 0x00};
    assert_answer(&stage, "4A 01 00", FOUND_A);
    chip_receive(&stage.chip, span_of(list, sizeof list), 0); // and the card is being reset
    assert_host_gets(&stage, "00 00 FF 00 FF 00");
    stage_card_leaves(&stage);
    assert_late_answer(&stage, "4B 00");
    assert_answer(&stage, "40 01 00A4", "41 27");
}

static void test_a_card_that_came_back_has_to_be_selected_again(void **state)
{
    (void)state;
    assert_answer(&stage, "4A 01 00", FOUND_A);
    stage_card_leaves(&stage);
    stage_card_comes(&stage);
    assert_answer(&stage, "40 01 00A4", "41 01");
    assert_answer(&stage, "4A 01 00", "4B 01 01 0004 20 04 08000002 " STAGE_ATS);
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
}

static void test_a_card_that_says_what_it_must_not_is_reported(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "05 0102030405 06 787780028000", "04 08000001",
                                        "04 08000001 05 787780028000", "00 06 7877800280"};
    uint8_t bytes[64];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(chip_card_message(&stage.chip, LINK_SELECTED, unhex(wrong[i], bytes, sizeof bytes), 0));
    }
    assert_false(chip_card_message(&stage.chip, LINK_WAITING_TIME, span_of("\x3C", 1), 0));
    assert_false(chip_card_message(&stage.chip, LINK_WAITING_TIME, span_of("\x00", 1), 0));
    assert_false(chip_card_message(&stage.chip, LINK_POWER_ON, span_of(NULL, 0), 0));
    assert_true(chip_card_message(&stage.chip, LINK_RESPONSE, span_of("\x90\x00", 2), 0)); // too late for any
    assert_answer(&stage, "4A 01 00", FOUND_A);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_card_of_type_a_is_found_with_its_ats, start_type_a),
        cmocka_unit_test_setup(test_longer_uids_are_shown_whole, start_type_a),
        cmocka_unit_test_setup(test_only_the_card_that_was_named_is_found, start_type_a),
        cmocka_unit_test_setup(test_without_rats_no_ats_is_shown, start_type_a),
        cmocka_unit_test_setup(test_the_card_is_not_found_in_other_modulations, start_type_a),
        cmocka_unit_test_setup(test_a_card_of_type_b_is_found_with_its_atqb, start_type_b),
        cmocka_unit_test_setup(test_a_card_of_type_b_listens_to_its_family_only, start_type_b),
        cmocka_unit_test_setup(test_a_search_without_card_ends_at_once, start_without_card),
        cmocka_unit_test_setup(test_a_search_with_infinite_tries_waits_for_the_card, start_without_card),
        cmocka_unit_test_setup(test_a_card_that_is_being_powered_is_waited_for, start_without_card),
        cmocka_unit_test_setup(test_a_poll_finds_the_card_under_the_name_that_was_asked_for, start_type_a),
        cmocka_unit_test_setup(test_a_poll_for_type_b_finds_type_b, start_type_b),
        cmocka_unit_test_setup(test_a_poll_takes_its_time_when_there_is_no_card, start_without_card),
        cmocka_unit_test_setup(test_a_poll_ends_when_the_card_comes, start_without_card),
        cmocka_unit_test_setup(test_the_uid_stays_until_the_field_goes_off, start_type_a),
        cmocka_unit_test_setup(test_a_card_that_is_selected_again_begins_anew, start_type_a),
        cmocka_unit_test_setup(test_a_card_that_was_not_used_is_not_reset, start_type_a),
        cmocka_unit_test_setup(test_a_deselected_card_is_selected_by_the_next_exchange, start_type_a),
        cmocka_unit_test_setup(test_a_deselected_card_of_type_b_is_selected_again, start_type_b),
        cmocka_unit_test_setup(test_a_released_card_is_no_target_any_more, start_type_a),
        cmocka_unit_test_setup(test_the_general_status_tells_the_target_and_its_rates, start_type_a),
        cmocka_unit_test_setup(test_higher_rates_are_agreed_on_and_used, start_type_a),
        cmocka_unit_test_setup(test_rates_are_agreed_on_before_the_first_block_only, start_type_a),
        cmocka_unit_test_setup(test_the_chip_ends_at_424, start_type_a),
        cmocka_unit_test_setup(test_type_b_has_no_pps, start_type_b),
        cmocka_unit_test_setup(test_a_card_that_left_does_not_answer, start_type_a),
        cmocka_unit_test_setup(test_a_card_that_left_while_it_was_selected_is_not_found, start_type_a),
        cmocka_unit_test_setup(test_a_card_that_came_back_has_to_be_selected_again, start_type_a),
        cmocka_unit_test_setup(test_a_card_that_says_what_it_must_not_is_reported, start_type_a),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
