// Raw frames through the chip: how registers make them, and what the card says to them (UM0701-02 §7.3.9;
// ISO 14443-3, ISO 14443-4).
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "tests/unit/pn532_stage.h"

static struct pn532_stage stage;

// The field is on and nothing selected.
static int start(enum picc_type type)
{
    stage_start_with_card(&stage, type);
    assert_answer(&stage, "32 01 01", "33");
    stage.request_count = 0;
    return 0;
}

static int start_type_a(void **state)
{
    (void)state;
    return start(PICC_TYPE_A);
}

static int start_type_b(void **state)
{
    (void)state;
    return start(PICC_TYPE_B);
}

static void short_frame(const char *command, const char *answer)
{
    assert_answer(&stage, "08 633D 07", "09");
    assert_answer(&stage, command, answer);
    assert_answer(&stage, "08 633D 00", "09");
}

static void use_crc_of_the_host(void)
{
    assert_answer(&stage, "08 6302 00 6303 00", "09");
}

static void use_crc_of_the_chip(void)
{
    assert_answer(&stage, "08 6302 80 6303 80", "09");
}

// By hand, up to RATS with FSDI 8; the chip makes CRCs afterwards.
static void activate_by_hand(void)
{
    use_crc_of_the_host();
    short_frame("42 52", "43 00 04 00");
    assert_answer(&stage, "42 93 20", "43 00 08000001 09");
    use_crc_of_the_chip();
    assert_answer(&stage, "42 93 70 08000001 09", "43 00 20");
    assert_answer(&stage, "42 E0 80", "43 00 " STAGE_ATS);
}

// --- Type A ------------------------------------------------------------------------------------------------

static void test_anticollision_by_hand_with_the_hosts_own_crc(void **state)
{
    (void)state;
    use_crc_of_the_host();
    short_frame("42 26", "43 00 04 00");
    assert_answer(&stage, "42 93 20", "43 00 08000001 09");
    assert_answer(&stage, "42 93 40 08 00", "43 00 0001 09");
    assert_answer(&stage, "42 93 70 08000001 09 A507", "43 00 20 FC70");
    assert_answer(&stage, "42 E0 50 BCA5", "43 00 " STAGE_ATS " AAD6");
    assert_answer(&stage, "42 B2 67C7", "43 00 A3 6FC6");
}

static void test_the_standard_says_which_frames_have_a_crc(void **state)
{
    (void)state;
    use_crc_of_the_host();
    short_frame("42 26", "43 00 04 00");
    assert_answer(&stage, "42 93 70 08000001 09", "43 01");
    short_frame("42 26", "43 00 04 00");
    use_crc_of_the_chip();
    assert_answer(&stage, "42 93 20", "43 01");
}

static void test_a_card_that_is_being_powered_is_waited_for(void **state)
{
    (void)state;
    assert_answer(&stage, "08 6302 00 6303 00 633D 07", "09");
    assert_answer(&stage, "32 01 00", "33");
    picc_field(&stage.chip.picc, true);
    const uint8_t reqa[] = {0x00, 0x00, 0xFF, 0x03, 0xFD, 0xD4, 0x42, 0x26, 0xC4, 0x00};
    chip_receive(&stage.chip, span_of(reqa, sizeof reqa), stage.now);
    assert_host_gets(&stage, "00 00 FF 00 FF 00");
    stage_pump(&stage);
    assert_late_answer(&stage, "43 00 04 00");
}

static void test_a_wrong_crc_is_not_heard(void **state)
{
    (void)state;
    use_crc_of_the_host();
    short_frame("42 26", "43 00 04 00");
    assert_answer(&stage, "42 93 70 08000001 09 A508", "43 01");
    short_frame("42 26", "43 00 04 00"); // it fell back
}

static void test_an_answer_without_crc_is_a_wrong_one_where_a_crc_is_expected(void **state)
{
    (void)state;
    assert_answer(&stage, "08 6302 00 6303 80", "09");
    short_frame("42 26", "43 02");
}

static void test_a_long_uid_is_found_in_levels(void **state)
{
    (void)state;
    memcpy(stage.uid, "\x04\xA1\xB2\xC3\xD4\xE5\xF6", 7);
    stage.uid_length = 7;
    assert_answer(&stage, "32 01 00", "33");
    assert_answer(&stage, "32 01 01", "33");
    use_crc_of_the_host();
    short_frame("42 26", "43 00 44 00");
    assert_answer(&stage, "42 93 20", "43 00 8804A1B2 9F");
    use_crc_of_the_chip();
    assert_answer(&stage, "42 93 70 8804A1B2 9F", "43 00 04");
    use_crc_of_the_host();
    assert_answer(&stage, "42 95 20", "43 00 C3D4E5F6 04");
    use_crc_of_the_chip();
    assert_answer(&stage, "42 95 70 C3D4E5F6 04", "43 00 20");
    assert_answer(&stage, "42 E0 80", "43 00 " STAGE_ATS);
}

static void test_a_halted_card_wants_to_be_woken_up(void **state)
{
    (void)state;
    use_crc_of_the_host();
    short_frame("42 26", "43 00 04 00");
    use_crc_of_the_chip();
    assert_answer(&stage, "42 93 70 08000001 09", "43 00 20");
    assert_answer(&stage, "42 50 00", "43 01");
    use_crc_of_the_host();
    short_frame("42 26", "43 01");
    short_frame("42 52", "43 00 04 00");
    assert_answer(&stage, "42 93 93", "43 01"); // it falls back to HALT
    short_frame("42 26", "43 01");
    short_frame("42 52", "43 00 04 00");
}

static void test_what_comes_out_of_turn_is_not_answered(void **state)
{
    (void)state;
    use_crc_of_the_host();
    assert_answer(&stage, "42 93 20", "43 01");
    short_frame("42 26", "43 00 04 00");
    assert_answer(&stage, "42 95 20", "43 01");
    short_frame("42 26", "43 00 04 00");
    short_frame("42 26", "43 01");
    short_frame("42 35", "43 01");
    use_crc_of_the_chip();
    assert_answer(&stage, "42 E0 80", "43 01");
    assert_answer(&stage, "42 30 00", "43 01"); // a read of MIFARE Ultralight
    assert_answer(&stage, "42", "43 01");       // a barcode would speak by itself
}

static void test_frames_of_another_type_are_not_heard(void **state)
{
    (void)state;
    assert_answer(&stage, "08 6302 83 6303 83", "09");
    assert_answer(&stage, "42 05 00 00", "43 01");
    assert_answer(&stage, "42 010B3F80", "43 01");
    assert_answer(&stage, "42 0600", "43 01");
    assert_answer(&stage, "08 6302 92 6303 92", "09");
    assert_answer(&stage, "42 0600FFFF0100", "43 01");
    use_crc_of_the_host();
    short_frame("42 26", "43 00 04 00");
}

static void test_frames_with_parity_as_data_are_not_heard(void **state)
{
    (void)state;
    use_crc_of_the_host();
    assert_answer(&stage, "08 630D 10", "09");
    short_frame("42 26", "43 01");
    assert_answer(&stage, "08 630D 00", "09");
    short_frame("42 26", "43 00 04 00");
}

static void test_without_a_field_nobody_answers(void **state)
{
    (void)state;
    assert_answer(&stage, "32 01 00", "33");
    use_crc_of_the_host();
    short_frame("42 26", "43 01");
}

// --- Type B ------------------------------------------------------------------------------------------------

static void test_type_b_by_hand(void **state)
{
    (void)state;
    assert_answer(&stage, "42 05 00 00", "43 01"); // as type A
    assert_answer(&stage, "08 6302 83 6303 83", "09");
    assert_answer(&stage, "42 1D 08000001 00 08 01 00", "43 01");
    assert_answer(&stage, "42 05 00 00", "43 00 50 08000001 E1F35E11 778185");
    assert_answer(&stage, "42 1D 08000002 00 08 01 00", "43 01"); // another card is meant
    assert_answer(&stage, "42 1D 08000001 00 08 01 05", "43 00 05");
    assert_answer(&stage, "42 0A 05 00A4", "43 00 0A 05 9000");
    assert_answer(&stage, "42 CA 05", "43 00 CA 05");
    assert_answer(&stage, "42 05 00 00", "43 01"); // it halts
    assert_answer(&stage, "42 05 00 08", "43 00 50 08000001 E1F35E11 778185");
    assert_answer(&stage, "42 50 08000001", "43 00 00");
    assert_answer(&stage, "42 05 00 00", "43 01");
}

static void test_type_b_agrees_on_rates_in_attrib(void **state)
{
    (void)state;
    assert_answer(&stage, "08 6302 83 6303 83", "09");
    assert_answer(&stage, "42 05 00 00", "43 00 50 08000001 E1F35E11 778185");
    assert_answer(&stage, "42 1D 08000001 00 68 01 00", "43 00 00"); // 212 from, 424 to the card
    assert_answer(&stage, "42 0A 00 00A4", "43 01");
    assert_answer(&stage, "08 6302 A3 6303 93", "09");
    assert_answer(&stage, "42 0A 00 00A4", "43 00 0A 00 9000");
}

static void test_crc_of_type_b_by_the_host(void **state)
{
    (void)state;
    assert_answer(&stage, "08 6302 03 6303 03", "09");
    assert_answer(&stage, "42 05 00 00 71FF", "43 00 50 08000001 E1F35E11 778185 4CEF");
}

// --- ISO-DEP by the host -----------------------------------------------------------------------------------

static void test_the_host_speaks_iso_dep_itself(void **state)
{
    (void)state;
    activate_by_hand();
    assert_answer(&stage, "42 02 00A4040C", "43 00 02 9000");
    assert_card_command(&stage, "00A4040C");
    assert_answer(&stage, "42 13 00A4", "43 00 A3"); // chained
    assert_answer(&stage, "42 02 040C", "43 00 02 9000");
    assert_card_command(&stage, "00A4040C");
    assert_answer(&stage, "42 C2", "43 00 C2");
    assert_answer(&stage, "42 02 00A4040C", "43 01");
}

// `prefix` and `n` bytes 5A in hexadecimal.
static const char *filled(const char *prefix, size_t n)
{
    static char text[1200];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", prefix);
    for (size_t i = 0; i < n; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "5A");
    }
    return text;
}

static void test_the_hosts_frame_size_counts(void **state)
{
    (void)state;
    activate_by_hand();
    memset(stage.response, 0x5A, sizeof stage.response);
    stage.response_length = 300;
    assert_answer(&stage, "42 02 00B00000", filled("43 00 12 ", 253));
    assert_answer(&stage, "42 A3", filled("43 00 03 ", 47));
}

static void test_the_host_grants_time_itself(void **state)
{
    (void)state;
    activate_by_hand();
    stage.card_is_mute = true;
    assert_waits(&stage, "42 02 00A4040C");
    stage_card_says(&stage, LINK_WAITING_TIME, "01");
    assert_late_answer(&stage, "43 00 F2 01");
    stage_card_says(&stage, LINK_RESPONSE, "9000"); // before the host has granted it
    assert_host_gets(&stage, "");
    assert_answer(&stage, "42 F2 01", "43 00 02 9000");
}

static void test_the_chip_waits_for_a_raw_answer_as_long_as_it_was_told(void **state)
{
    (void)state;
    activate_by_hand();
    stage.card_is_mute = true;
    assert_waits(&stage, "42 02 00A4");
    stage_time_passes(&stage, 51); // 51.2 ms unless told otherwise
    assert_host_gets(&stage, "");
    stage_time_passes(&stage, 1);
    assert_late_answer(&stage, "43 01");
    assert_answer(&stage, "32 02 00 0B 10", "33");
    assert_waits(&stage, "42 B2"); // the card computes and does not hear it
    stage_time_passes(&stage, 3276);
    stage_card_says(&stage, LINK_RESPONSE, "9000");
    assert_late_answer(&stage, "43 00 02 9000");
    assert_answer(&stage, "32 02 00 0B 00", "33"); // no limit
    assert_waits(&stage, "42 03 00A4");
    stage_time_passes(&stage, 1000000);
    assert_host_gets(&stage, "");
}

static void test_a_card_that_computes_does_not_hear(void **state)
{
    (void)state;
    activate_by_hand();
    stage.card_is_mute = true;
    assert_waits(&stage, "42 02 00A401");
    assert_waits(&stage, "42 03 00A402");
    assert_card_command(&stage, "00A401");
    stage_card_says(&stage, LINK_RESPONSE, "9000");
    assert_late_answer(&stage, "43 00 02 9000");
}

static void test_a_card_that_begins_anew_does_not_hear(void **state)
{
    (void)state;
    const enum link_type reset = LINK_RESET;
    const uint8_t rats[] = {0x00, 0x00, 0xFF, 0x04, 0xFC, 0xD4, 0x42, 0xE0, 0x80, 0x8A, 0x00};
    activate_by_hand();
    assert_answer(&stage, "42 C2", "43 00 C2");
    use_crc_of_the_host();
    short_frame("42 52", "43 00 04 00");
    use_crc_of_the_chip();
    assert_answer(&stage, "42 93 70 08000001 09", "43 00 20");
    for (int i = 0; i < 2; i++) {
        chip_receive(&stage.chip, span_of(rats, sizeof rats), stage.now);
        assert_host_gets(&stage, "00 00 FF 00 FF 00");
    }
    assert_card_requests(&stage, 1, &reset);
    stage_pump(&stage);
    assert_late_answer(&stage, "43 00 " STAGE_ATS);
}

static void test_an_answer_that_nobody_heard_is_gone(void **state)
{
    (void)state;
    activate_by_hand();
    stage.card_is_mute = true;
    assert_waits(&stage, "42 02 00A4");
    stage_host_sends(&stage, "00 00 FF 00 FF 00");
    stage_card_says(&stage, LINK_RESPONSE, "6A82");
    assert_answer(&stage, "42 E2 00", "43 01");
}

static void test_an_answer_that_nobody_heard_is_asked_for_again(void **state)
{
    (void)state;
    activate_by_hand();
    stage.card_is_mute = true;
    assert_waits(&stage, "42 02 00A4");
    stage_host_sends(&stage, "00 00 FF 00 FF 00");
    stage_card_says(&stage, LINK_RESPONSE, "6A82");
    assert_host_gets(&stage, "");
    assert_answer(&stage, "42 B2", "43 00 02 6A82");
}

static void test_a_card_in_a_session_of_the_host_does_not_hear_the_chips_search(void **state)
{
    (void)state;
    activate_by_hand();
    assert_answer(&stage, "4A 01 00", "4B 00");
    assert_answer(&stage, "42 C2", "43 00 C2");
    assert_answer(&stage, "4A 01 00", "4B 01 01 0004 20 04 08000001 " STAGE_ATS);
}

static void test_a_card_leaves_while_the_host_speaks_with_it(void **state)
{
    (void)state;
    activate_by_hand();
    stage.card_is_mute = true;
    assert_waits(&stage, "42 02 00A4");
    stage_card_leaves(&stage);
    assert_late_answer(&stage, "43 01");
}

static void test_a_target_without_iso_dep_gets_plain_frames(void **state)
{
    (void)state;
    assert_answer(&stage, "12 04", "13");
    assert_answer(&stage, "4A 01 00", "4B 01 01 0004 20 04 08000001");
    assert_answer(&stage, "40 01 E0 80", "41 00 " STAGE_ATS);
    assert_answer(&stage, "40 01 02 00A4", "41 00 02 9000");
    assert_answer(&stage, "40 01 C2", "41 00 C2");
    assert_answer(&stage, "40 01 30 00", "41 01");
}

// --- Register by register ----------------------------------------------------------------------------------

static void test_a_frame_is_sent_and_received_register_by_register(void **state)
{
    (void)state;
    assert_answer(&stage, "08 6302 00 6303 00", "09");
    assert_answer(&stage, "08 631A 80 631B 00 631C FF 631D FF", "09");
    assert_answer(&stage, "06 633A", "07 00");
    assert_answer(&stage, "08 6331 0C 633A 80 6339 26 633D 87", "09");
    assert_answer(&stage, "06 633A 633D", "07 02 07");
    assert_answer(&stage, "06 6339 6339 633A 6339", "07 04 00 00 00");
    assert_answer(&stage, "06 631E 631F", "07 F8 EB"); // 1172 + 5 · 128 periods of the carrier before FFFF
}

static void test_registers_send_nothing_to_a_card_that_is_being_powered(void **state)
{
    (void)state;
    assert_answer(&stage, "08 6302 00 6303 00", "09");
    assert_answer(&stage, "32 01 00", "33");
    picc_field(&stage.chip.picc, true);
    assert_answer(&stage, "08 633D 00", "09"); // sends nothing
    picc_field(&stage.chip.picc, false);
    picc_field(&stage.chip.picc, true);
    const uint8_t reqa[] = {0x00, 0x00, 0xFF, 0x0E, 0xF2, 0xD4, 0x08, 0x63, 0x31, 0x0C, 0x63,
                            0x3A, 0x80, 0x63, 0x39, 0x26, 0x63, 0x3D, 0x87, 0x7E, 0x00};
    chip_receive(&stage.chip, span_of(reqa, sizeof reqa), stage.now);
    assert_host_gets(&stage, "00 00 FF 00 FF 00");
    stage_pump(&stage);
    assert_late_answer(&stage, "09");
    assert_answer(&stage, "06 633A 6339 6339", "07 02 04 00");
}

static void test_without_the_transceive_command_nothing_is_sent(void **state)
{
    (void)state;
    assert_answer(&stage, "08 6302 00 6303 00", "09");
    assert_answer(&stage, "08 6331 00 6339 26 633D 87", "09");
    assert_answer(&stage, "06 633A", "07 01");
    assert_answer(&stage, "08 633A 80", "09");
    assert_answer(&stage, "06 633A", "07 00");
}

static void test_an_answer_comes_into_the_fifo_when_it_is_there(void **state)
{
    (void)state;
    activate_by_hand();
    stage.card_is_mute = true;
    assert_answer(&stage, "08 6331 0C 633A 80 6339 02 6339 00 6339 A4 633D 80", "09");
    assert_answer(&stage, "06 633A", "07 00");
    stage_card_says(&stage, LINK_RESPONSE, "9000");
    assert_answer(&stage, "06 633A 6339 6339 6339", "07 03 02 90 00");
}

static void test_an_answer_goes_to_the_command_that_waits_for_it(void **state)
{
    (void)state;
    activate_by_hand();
    stage.card_is_mute = true;
    assert_answer(&stage, "08 6331 0C 6339 02 6339 00 6339 A4 633D 80", "09");
    assert_answer(&stage, "08 633D 00", "09");
    assert_waits(&stage, "42 B2");
    stage_card_says(&stage, LINK_RESPONSE, "9000");
    assert_late_answer(&stage, "43 00 02 9000");
    assert_answer(&stage, "06 633A", "07 00");
}

static void test_the_fifo_holds_64_bytes(void **state)
{
    (void)state;
    activate_by_hand();
    memset(stage.response, 0x5A, sizeof stage.response);
    stage.response_length = 100;
    assert_answer(&stage, "08 6331 0C 6339 02 6339 00 6339 B0 633D 80", "09");
    assert_answer(&stage, "06 633A", "07 40");
    for (int i = 0; i < 100; i++) {
        assert_answer(&stage, "08 6339 00", "09");
    }
    assert_answer(&stage, "06 633A 6339", "07 40 02");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_anticollision_by_hand_with_the_hosts_own_crc, start_type_a),
        cmocka_unit_test_setup(test_the_standard_says_which_frames_have_a_crc, start_type_a),
        cmocka_unit_test_setup(test_a_card_that_is_being_powered_is_waited_for, start_type_a),
        cmocka_unit_test_setup(test_a_wrong_crc_is_not_heard, start_type_a),
        cmocka_unit_test_setup(test_an_answer_without_crc_is_a_wrong_one_where_a_crc_is_expected,
                               start_type_a),
        cmocka_unit_test_setup(test_a_long_uid_is_found_in_levels, start_type_a),
        cmocka_unit_test_setup(test_a_halted_card_wants_to_be_woken_up, start_type_a),
        cmocka_unit_test_setup(test_what_comes_out_of_turn_is_not_answered, start_type_a),
        cmocka_unit_test_setup(test_frames_of_another_type_are_not_heard, start_type_a),
        cmocka_unit_test_setup(test_frames_with_parity_as_data_are_not_heard, start_type_a),
        cmocka_unit_test_setup(test_without_a_field_nobody_answers, start_type_a),
        cmocka_unit_test_setup(test_type_b_by_hand, start_type_b),
        cmocka_unit_test_setup(test_type_b_agrees_on_rates_in_attrib, start_type_b),
        cmocka_unit_test_setup(test_crc_of_type_b_by_the_host, start_type_b),
        cmocka_unit_test_setup(test_the_host_speaks_iso_dep_itself, start_type_a),
        cmocka_unit_test_setup(test_the_hosts_frame_size_counts, start_type_a),
        cmocka_unit_test_setup(test_the_host_grants_time_itself, start_type_a),
        cmocka_unit_test_setup(test_the_chip_waits_for_a_raw_answer_as_long_as_it_was_told, start_type_a),
        cmocka_unit_test_setup(test_a_card_that_computes_does_not_hear, start_type_a),
        cmocka_unit_test_setup(test_a_card_that_begins_anew_does_not_hear, start_type_a),
        cmocka_unit_test_setup(test_an_answer_that_nobody_heard_is_gone, start_type_a),
        cmocka_unit_test_setup(test_an_answer_that_nobody_heard_is_asked_for_again, start_type_a),
        cmocka_unit_test_setup(test_a_card_in_a_session_of_the_host_does_not_hear_the_chips_search,
                               start_type_a),
        cmocka_unit_test_setup(test_a_card_leaves_while_the_host_speaks_with_it, start_type_a),
        cmocka_unit_test_setup(test_a_target_without_iso_dep_gets_plain_frames, start_type_a),
        cmocka_unit_test_setup(test_a_frame_is_sent_and_received_register_by_register, start_type_a),
        cmocka_unit_test_setup(test_registers_send_nothing_to_a_card_that_is_being_powered, start_type_a),
        cmocka_unit_test_setup(test_without_the_transceive_command_nothing_is_sent, start_type_a),
        cmocka_unit_test_setup(test_an_answer_comes_into_the_fifo_when_it_is_there, start_type_a),
        cmocka_unit_test_setup(test_an_answer_goes_to_the_command_that_waits_for_it, start_type_a),
        cmocka_unit_test_setup(test_the_fifo_holds_64_bytes, start_type_a),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
