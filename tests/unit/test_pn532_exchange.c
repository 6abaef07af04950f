// Exchanges that the chip makes by itself: APDUs through InDataExchange (UM0701-02 §7.3.8).
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "tests/unit/pn532_stage.h"

static struct pn532_stage stage;
static char text[2 * APDU_RESPONSE_MAX + 64];

static int start(void **state)
{
    (void)state;
    stage_start_with_card(&stage, PICC_TYPE_A);
    stage_host_commands(&stage, "4A 01 00");
    chip_sent(&stage.chip, chip_out(&stage.chip).n);
    stage.request_count = 0;
    return 0;
}

// `prefix` and `n` bytes in hexadecimal: 00, 01, 02 … from `first` on.
static const char *counted(const char *prefix, size_t first, size_t n)
{
    size_t used = (size_t)snprintf(text, sizeof text, "%s", prefix);
    for (size_t i = 0; i < n; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%02X", (unsigned)((first + i) & 0xFF));
    }
    return text;
}

static void respond_counted(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        stage.response[i] = (uint8_t)i;
    }
    stage.response_length = n;
}

// --- APDUs -------------------------------------------------------------------------------------------------

static void test_an_apdu_reaches_the_card(void **state)
{
    (void)state;
    stage_host_sends(&stage, "00 00 FF 0F F1 D4 40 01 00A4040C07A0000002471001 36 00");
    assert_host_gets(&stage, "00 00 FF 00 FF 00  00 00 FF 05 FB D5 41 00 9000 5A 00");
    assert_card_command(&stage, "00A4040C07A0000002471001");
}

static void test_commands_of_every_length_pass_whole(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 262; n++) {
        assert_answer(&stage, counted("40 01 ", 0, n), "41 00 9000");
        assert_card_command(&stage, counted("", 0, n));
    }
}

static void test_responses_of_every_length_that_fits_pass_whole(void **state)
{
    (void)state;
    for (size_t n = 2; n <= 262; n++) {
        respond_counted(n);
        assert_answer(&stage, "40 01 00B0000000", counted("41 00 ", 0, n));
        stage.request_count = 0;
    }
}

static void test_the_rest_of_a_long_response_is_fetched(void **state)
{
    (void)state;
    respond_counted(600);
    assert_answer(&stage, "40 01 00B0000000", counted("41 40 ", 0, 262));
    assert_answer(&stage, "40 01", counted("41 40 ", 262, 262));
    assert_answer(&stage, "40 01", counted("41 00 ", 524, 76));
    assert_answer(&stage, "40 01", "41 10");
    assert_card_command(&stage, "00B0000000");
}

static void test_the_longest_response_passes_in_parts(void **state)
{
    (void)state;
    respond_counted(APDU_RESPONSE_MAX);
    assert_answer(&stage, "40 01 00B00000", counted("41 40 ", 0, 262));
    size_t got = 262;
    for (; got + 262 < APDU_RESPONSE_MAX; got += 262) {
        assert_answer(&stage, "40 01", counted("41 40 ", got, 262));
    }
    assert_answer(&stage, "40 01", counted("41 00 ", got, APDU_RESPONSE_MAX - got));
}

static void test_a_new_command_drops_the_rest(void **state)
{
    (void)state;
    respond_counted(300);
    assert_answer(&stage, "40 01 00B0000000", counted("41 40 ", 0, 262));
    stage_respond_with(&stage, "6A82");
    assert_answer(&stage, "40 01 00A40000", "41 00 6A82");
    assert_answer(&stage, "40 01", "41 10");
}

static void test_a_host_chains_to_nfc_dep_peers_only(void **state)
{
    (void)state;
    assert_answer(&stage, "40 41 00A4", "41 26");
    assert_answer(&stage, "40 02 00A4", "41 27");
    assert_card_requests(&stage, 0, NULL);
}

// --- Time --------------------------------------------------------------------------------------------------

static void test_a_card_is_waited_for_as_long_as_its_waiting_time(void **state)
{
    (void)state;
    stage.card_is_mute = true;
    assert_waits(&stage, "40 01 00A4");
    for (int tries = 1; tries <= ISO_DEP_TRIES; tries++) {
        assert_int_equal(chip_deadline(&stage.chip), stage.now + 78); // FWI 8
        assert_host_gets(&stage, "");
        stage_time_passes(&stage, 78);
    }
    assert_late_answer(&stage, "41 01");
}

static void test_a_card_may_ask_for_more_time(void **state)
{
    (void)state;
    stage.card_is_mute = true;
    assert_waits(&stage, "40 01 00A4");
    for (int i = 0; i < 5; i++) {
        stage_card_says(&stage, LINK_WAITING_TIME, "0A");
        assert_in_range(chip_deadline(&stage.chip), stage.now + 773, stage.now + 774);
        stage_time_passes(&stage, 700);
        assert_host_gets(&stage, "");
    }
    stage_card_says(&stage, LINK_RESPONSE, "9000");
    assert_late_answer(&stage, "41 00 9000");
}

static void test_a_late_answer_is_not_lost(void **state)
{
    (void)state;
    stage.card_is_mute = true;
    assert_waits(&stage, "40 01 00A4");
    stage_time_passes(&stage, 78 + 40);
    stage_card_says(&stage, LINK_RESPONSE, "9000");
    assert_late_answer(&stage, "41 00 9000");
    stage.card_is_mute = false;
    stage_respond_with(&stage, "6A82");
    assert_answer(&stage, "40 01 00A4", "41 00 6A82");
}

// --- Hosts that do not wait --------------------------------------------------------------------------------

static void test_an_exchange_that_nobody_waits_for_ends_before_the_next(void **state)
{
    (void)state;
    stage.card_is_mute = true;
    assert_waits(&stage, "40 01 00A401");
    assert_waits(&stage, "40 01 00A402");
    assert_card_command(&stage, "00A401");
    stage.card_is_mute = false;
    stage_respond_with(&stage, "6A82");
    stage_card_says(&stage, LINK_RESPONSE, "9000"); // to the first
    assert_late_answer(&stage, "41 00 6A82");
    assert_card_command(&stage, "00A402");
}

static void test_an_aborted_exchange_leaves_the_card_in_step(void **state)
{
    (void)state;
    stage.card_is_mute = true;
    for (int i = 0; i < 3; i++) {
        assert_waits(&stage, "40 01 00A401");
        stage_host_sends(&stage, "00 00 FF 00 FF 00");
        stage_card_says(&stage, LINK_RESPONSE, "6A82");
        assert_host_gets(&stage, "");
    }
    stage.card_is_mute = false;
    assert_answer(&stage, "40 01 00A402", "41 00 9000");
}

static void test_the_response_that_nobody_waited_for_is_not_kept(void **state)
{
    (void)state;
    stage.card_is_mute = true;
    assert_waits(&stage, "40 01 00A401");
    stage_host_sends(&stage, "00 00 FF 00 FF 00");
    stage_card_says(&stage, LINK_RESPONSE, "6A82");
    assert_answer(&stage, "40 01", "41 10");
}

static void test_a_raw_frame_waits_for_the_end_of_an_abandoned_exchange(void **state)
{
    (void)state;
    stage.card_is_mute = true;
    assert_waits(&stage, "40 01 00A401");
    assert_waits(&stage, "42 B2");
    stage_card_says(&stage, LINK_RESPONSE, "9000");
    assert_late_answer(&stage, "43 00 02 9000");
}

static void test_a_search_waits_for_the_end_of_an_abandoned_exchange(void **state)
{
    (void)state;
    stage.card_is_mute = true;
    assert_waits(&stage, "40 01 00A401");
    assert_waits(&stage, "4A 01 00");
    stage_card_says(&stage, LINK_RESPONSE, "9000");
    assert_late_answer(&stage, "4B 01 01 0004 20 04 08000001 " STAGE_ATS);
}

static void test_the_field_goes_off_in_the_middle_of_an_exchange(void **state)
{
    (void)state;
    stage.card_is_mute = true;
    assert_waits(&stage, "40 01 00A401");
    assert_answer(&stage, "32 01 00", "33");
    stage.card_is_mute = false;
    assert_answer(&stage, "4A 01 00", "4B 01 01 0004 20 04 08000002 " STAGE_ATS);
    assert_answer(&stage, "40 01 00A402", "41 00 9000");
}

static void test_a_card_that_leaves_in_an_exchange_is_a_timeout_at_once(void **state)
{
    (void)state;
    stage.card_is_mute = true;
    assert_waits(&stage, "40 01 00A401");
    stage_card_leaves(&stage);
    assert_late_answer(&stage, "41 01");
}

// --- Presence ----------------------------------------------------------------------------------------------

static void test_presence_is_asked_for_without_disturbing_the_exchange(void **state)
{
    (void)state;
    assert_answer(&stage, "42 B2", "43 00 A3"); // R(ACK) with the card's block number, 1 at first
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
    assert_answer(&stage, "42 B2", "43 00 02 9000"); // the last block again
    assert_answer(&stage, "00 06", "01 00");
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
    assert_answer(&stage, "42 B2", "43 00 A3");
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
}

static int start_type_b(void **state)
{
    (void)state;
    stage_start_with_card(&stage, PICC_TYPE_B);
    stage_host_commands(&stage, "4A 01 03 00");
    chip_sent(&stage.chip, chip_out(&stage.chip).n);
    return 0;
}

static void test_presence_of_a_card_of_type_b_is_asked_for_with_its_cid(void **state)
{
    (void)state;
    assert_answer(&stage, "42 BA 01", "43 00 AB 01");
    assert_answer(&stage, "40 01 00A4", "41 00 9000");
    assert_answer(&stage, "42 BA 01", "43 00 0A 01 9000");
    assert_answer(&stage, "42 BA 02", "43 01");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_an_apdu_reaches_the_card, start),
        cmocka_unit_test_setup(test_commands_of_every_length_pass_whole, start),
        cmocka_unit_test_setup(test_responses_of_every_length_that_fits_pass_whole, start),
        cmocka_unit_test_setup(test_the_rest_of_a_long_response_is_fetched, start),
        cmocka_unit_test_setup(test_the_longest_response_passes_in_parts, start),
        cmocka_unit_test_setup(test_a_new_command_drops_the_rest, start),
        cmocka_unit_test_setup(test_a_host_chains_to_nfc_dep_peers_only, start),
        cmocka_unit_test_setup(test_a_card_is_waited_for_as_long_as_its_waiting_time, start),
        cmocka_unit_test_setup(test_a_card_may_ask_for_more_time, start),
        cmocka_unit_test_setup(test_a_late_answer_is_not_lost, start),
        cmocka_unit_test_setup(test_an_exchange_that_nobody_waits_for_ends_before_the_next, start),
        cmocka_unit_test_setup(test_an_aborted_exchange_leaves_the_card_in_step, start),
        cmocka_unit_test_setup(test_the_response_that_nobody_waited_for_is_not_kept, start),
        cmocka_unit_test_setup(test_a_raw_frame_waits_for_the_end_of_an_abandoned_exchange, start),
        cmocka_unit_test_setup(test_a_search_waits_for_the_end_of_an_abandoned_exchange, start),
        cmocka_unit_test_setup(test_the_field_goes_off_in_the_middle_of_an_exchange, start),
        cmocka_unit_test_setup(test_a_card_that_leaves_in_an_exchange_is_a_timeout_at_once, start),
        cmocka_unit_test_setup(test_presence_is_asked_for_without_disturbing_the_exchange, start),
        cmocka_unit_test_setup(test_presence_of_a_card_of_type_b_is_asked_for_with_its_cid, start_type_b),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
