// The chip's commands that need no card, and how it takes and ends commands (UM0701-02 §6, §7).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/pn532_stage.h"

static struct pn532_stage stage;

static int start(void **state)
{
    (void)state;
    stage_start(&stage, PICC_TYPE_A);
    return 0;
}

// --- What libnfc says first --------------------------------------------------------------------------------

static void test_libnfc_opens_the_chip(void **state)
{
    (void)state;
    stage_host_sends(&stage, "55 55 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
    assert_host_gets(&stage, "");
    stage_host_sends(&stage, "00 00 FF 03 FD D4 14 01 17 00");
    assert_host_gets(&stage, "00 00 FF 00 FF 00  00 00 FF 02 FE D5 15 16 00");
    assert_answer(&stage, "00 00 6C69626E6663", "01 00 6C69626E6663");
    assert_answer(&stage, "02", "03 32 01 06 07");
    assert_answer(&stage, "12 14", "13");
}

static void test_libnfc_makes_the_chip_an_initiator(void **state)
{
    (void)state;
    assert_answer(&stage, "06 6302 6303 630D 6338 633D", "07 00 00 00 00 00");
    assert_answer(&stage, "08 6302 80 6303 80", "09");
    assert_answer(&stage, "32 01 00", "33");
    assert_answer(&stage, "32 01 01", "33");
    assert_answer(&stage, "32 05 FF FF FF", "33");
    assert_answer(&stage, "06 6302 6303 6305 6338 633C 633D", "07 80 80 00 00 00 00");
    assert_answer(&stage, "08 6305 40 633C 10", "09");
    assert_answer(&stage, "06 6305 633C", "07 40 10");
}

static void test_libnfc_closes_the_chip(void **state)
{
    (void)state;
    assert_answer(&stage, "32 01 01", "33");
    assert_answer(&stage, "52 00", "53 00");
    assert_answer(&stage, "32 01 00", "33");
    assert_answer(&stage, "16 F0", "17 00");
}

static void test_bytes_may_come_one_by_one(void **state)
{
    (void)state;
    uint8_t bytes[32];
    const struct span frame = unhex("00 00 FF 02 FE D4 02 2A 00", bytes, sizeof bytes);
    for (size_t i = 0; i < frame.n; i++) {
        assert_host_gets(&stage, i < 8 ? "" : "00 00 FF 00 FF 00  00 00 FF 06 FA D5 03 32 01 06 07 E8 00");
        chip_receive(&stage.chip, span_of(frame.p + i, 1), stage.now);
    }
}

// --- The chip itself ---------------------------------------------------------------------------------------

static void test_registers_keep_what_is_written(void **state)
{
    (void)state;
    assert_answer(&stage, "08 6302 83 FFB0 55 1234 77", "09");
    assert_answer(&stage, "06 6302 FFB0 1234", "07 83 55 00");
}

static void test_the_number_of_received_bits_is_read_only(void **state)
{
    (void)state;
    assert_answer(&stage, "08 633C FF", "09");
    assert_answer(&stage, "06 633C", "07 F8");
}

static void test_self_tests_pass(void **state)
{
    (void)state;
    assert_answer(&stage, "00 01", "01 00");
    assert_answer(&stage, "00 02", "01 00");
    assert_answer(&stage, "00 07 20", "01 00");
    assert_answer(&stage, "00 04", "01 80");
    assert_answer(&stage, "00 06", "01 27"); // no card whose attention could be asked for
    assert_waits(&stage, "00 05");
    assert_syntax_error(&stage, "00 03");
}

static void test_ports_keep_the_bits_they_have(void **state)
{
    (void)state;
    assert_answer(&stage, "0C", "0D 00 00 00");
    assert_answer(&stage, "0E FF 00", "0F");
    assert_answer(&stage, "0E 00 FF", "0F");
    assert_answer(&stage, "0C", "0D 3F 06 00");
}

static void test_the_general_status_tells_the_last_error(void **state)
{
    (void)state;
    assert_answer(&stage, "04", "05 00 00 00 00");
    assert_answer(&stage, "40 01 00", "41 27");
    assert_answer(&stage, "04", "05 27 00 00 00");
}

static void test_there_is_no_initiator_and_no_peer(void **state)
{
    (void)state;
    static const char *const commands[] = {"86", "88", "8A", "8E 00", "90 00", "92 00", "94 00"};
    static const char *const answers[] = {"87 27", "89 27", "8B 27", "8F 27", "91 27", "93 27", "95 27"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        assert_answer(&stage, commands[i], answers[i]);
    }
    assert_waits(&stage,
                 "8C 00 0800123456 20 01FE0123456789AB C0C1C2C3C4C5C6C7 FFFF 00112233445566778899 00 00");
    assert_waits(&stage, "56 00 00 00"); // infinite tries
    assert_answer(&stage, "32 05 00 01 02", "33");
    assert_answer(&stage, "56 00 00 00", "57 01");
    assert_answer(&stage, "46 00 00", "47 01");
}

// --- Syntax ------------------------------------------------------------------------------------------------

static void test_what_is_no_command_gets_the_error_frame(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "01",
        "FE",
        "00",
        "02 00",
        "06 63",
        "06",
        "08 6302",
        "08 6302 8063",
        "0E 00",
        "10",
        "10 09",
        "12",
        "12 00 00",
        "14",
        "14 00",
        "14 05",
        "16",
        "32 01",
        "32 01 00 00",
        "32 02 00 00",
        "32 02 00 00 11",
        "32 03 00",
        "32 05 00 00",
        "4A 01",
        "4A 00 00",
        "4A 03 00",
        "4A 01 05",
        "4A 01 03",
        "44",
        "4E 01 01",
        "60 01 01",
        "60 00 01 20",
        "60 01 00 20",
        "60 01 10 20",
        "58",
        "52",
        "54",
        "8C 00",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_syntax_error(&stage, wrong[i]);
    }
    assert_answer(&stage, "02", "03 32 01 06 07");
}

static void test_without_a_target_its_commands_are_out_of_place(void **state)
{
    (void)state;
    static const char *const commands[] = {"40 01 00A4", "4E 01 01 01", "50 01 00",
                                           "54 01",      "44 01",       "52 01"};
    static const char *const answers[] = {"41 27", "4F 27", "51 27", "55 27", "45 27", "53 27"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        assert_answer(&stage, commands[i], answers[i]);
    }
    assert_answer(&stage, "44 00", "45 00");
}

// --- Ends of commands --------------------------------------------------------------------------------------

static void test_a_new_command_ends_the_one_that_waits(void **state)
{
    (void)state;
    assert_waits(&stage, "4A 01 00");
    assert_answer(&stage, "02", "03 32 01 06 07");
    stage_card_comes(&stage);
    assert_host_gets(&stage, "");
}

static void test_an_ack_ends_the_command_without_answer(void **state)
{
    (void)state;
    assert_waits(&stage, "4A 01 00");
    stage_host_sends(&stage, "00 00 FF 00 FF 00");
    stage_card_comes(&stage);
    assert_host_gets(&stage, "");
    assert_answer(&stage, "02", "03 32 01 06 07");
}

static void test_an_answer_that_was_not_fetched_is_dropped(void **state)
{
    (void)state;
    stage_host_commands(&stage, "02");
    assert_answer(&stage, "12 14", "13");
    stage_host_commands(&stage, "02");
    stage_host_sends(&stage, "00 00 FF 00 FF 00");
    assert_host_gets(&stage, "");
}

static void test_a_nack_repeats_the_answer(void **state)
{
    (void)state;
    stage_host_sends(&stage, "00 00 FF FF 00 00");
    assert_host_gets(&stage, "");
    assert_answer(&stage, "12 14", "13");
    for (int i = 0; i < 3; i++) {
        stage_host_sends(&stage, "00 00 FF FF 00 00");
        assert_late_answer(&stage, "13");
    }
    assert_waits(&stage, "4A 01 00");
    stage_host_sends(&stage, "00 00 FF FF 00 00");
    assert_host_gets(&stage, "");
}

static void test_a_reset_forgets_what_the_last_host_set(void **state)
{
    (void)state;
    assert_answer(&stage, "08 6302 83", "09");
    assert_answer(&stage, "32 05 00 01 02", "33");
    stage_host_sends(&stage, "00 00 FF 09 F7 D4 00 00");
    chip_reset(&stage.chip, stage.now);
    assert_answer(&stage, "06 6302", "07 00");
    assert_waits(&stage, "4A 01 00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_libnfc_opens_the_chip, start),
        cmocka_unit_test_setup(test_libnfc_makes_the_chip_an_initiator, start),
        cmocka_unit_test_setup(test_libnfc_closes_the_chip, start),
        cmocka_unit_test_setup(test_bytes_may_come_one_by_one, start),
        cmocka_unit_test_setup(test_registers_keep_what_is_written, start),
        cmocka_unit_test_setup(test_the_number_of_received_bits_is_read_only, start),
        cmocka_unit_test_setup(test_self_tests_pass, start),
        cmocka_unit_test_setup(test_ports_keep_the_bits_they_have, start),
        cmocka_unit_test_setup(test_the_general_status_tells_the_last_error, start),
        cmocka_unit_test_setup(test_there_is_no_initiator_and_no_peer, start),
        cmocka_unit_test_setup(test_what_is_no_command_gets_the_error_frame, start),
        cmocka_unit_test_setup(test_without_a_target_its_commands_are_out_of_place, start),
        cmocka_unit_test_setup(test_a_new_command_ends_the_one_that_waits, start),
        cmocka_unit_test_setup(test_an_ack_ends_the_command_without_answer, start),
        cmocka_unit_test_setup(test_an_answer_that_was_not_fetched_is_dropped, start),
        cmocka_unit_test_setup(test_a_nack_repeats_the_answer, start),
        cmocka_unit_test_setup(test_a_reset_forgets_what_the_last_host_set, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
