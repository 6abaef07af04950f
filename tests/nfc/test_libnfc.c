// A real libnfc in front of the simulated chip and card: what a transport over it relies on.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/nfc/chip_stage.h"

#define GET_CHALLENGE "00 84 00 00 08"
#define R_NAK "B2"

static struct chip_stage stage;

static int start(void **state)
{
    (void)state;
    chip_stage_start(&stage, "A");
    return 0;
}

static int start_type_b(void **state)
{
    (void)state;
    chip_stage_start(&stage, "B");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    chip_stage_stop(&stage);
    return 0;
}

static void select_card(nfc_baud_rate rate)
{
    assert_int_equal(chip_stage_select(&stage, NMT_ISO14443A, rate, NULL), 1);
}

static void open_and_select(void)
{
    chip_stage_open(&stage);
    select_card(NBR_106);
}

static void set_property(nfc_property property, bool value)
{
    assert_int_equal(nfc_device_set_property_bool(stage.device, property, value), 0);
}

// --- Cards -------------------------------------------------------------------------------------------------

static void test_a_card_is_selected_with_uid_and_ats(void **state)
{
    (void)state;
    nfc_target target;
    chip_stage_open(&stage);
    assert_int_equal(chip_stage_select(&stage, NMT_ISO14443A, NBR_106, &target), 1);
    const nfc_iso14443a_info *card = &target.nti.nai;
    assert_span_hex(span_of(card->abtAtqa, 2), "0004");
    assert_int_equal(card->btSak, 0x20);
    assert_int_equal(card->szUidLen, 4);
    assert_int_equal(card->abtUid[0], 0x08); // random: ISO 14443-3 §6.5.4
    assert_span_hex(span_of(card->abtAts, card->szAtsLen), "78 77 E0 02 80 31 F8 73 D4 01 E0");
}

static void test_the_uid_is_another_one_in_each_field(void **state)
{
    (void)state;
    nfc_target first, second, third;
    chip_stage_open(&stage);
    assert_int_equal(chip_stage_select(&stage, NMT_ISO14443A, NBR_106, &first), 1);
    assert_true(nfc_initiator_deselect_target(stage.device) >= 0);
    assert_int_equal(chip_stage_select(&stage, NMT_ISO14443A, NBR_106, &second), 1);
    assert_memory_equal(first.nti.nai.abtUid, second.nti.nai.abtUid, 4);
    set_property(NP_ACTIVATE_FIELD, false);
    set_property(NP_ACTIVATE_FIELD, true);
    assert_int_equal(chip_stage_select(&stage, NMT_ISO14443A, NBR_106, &third), 1);
    assert_memory_not_equal(first.nti.nai.abtUid, third.nti.nai.abtUid, 4);
}

static void test_one_card_is_listed(void **state)
{
    (void)state;
    const nfc_modulation modulation = {.nmt = NMT_ISO14443A, .nbr = NBR_106};
    nfc_target targets[4];
    chip_stage_open(&stage);
    assert_int_equal(nfc_initiator_list_passive_targets(stage.device, modulation, targets, 4), 1);
}

static void test_a_poll_finds_the_card_with_its_ats(void **state)
{
    (void)state;
    const nfc_modulation modulations[] = {{NMT_FELICA, NBR_212}, {NMT_ISO14443A, NBR_106}};
    nfc_target target;
    chip_stage_open(&stage);
    assert_int_equal(nfc_initiator_poll_target(stage.device, modulations, 2, 1, 1, &target), 1);
    assert_int_equal(target.nm.nmt, NMT_ISO14443A);
    assert_int_equal(target.nti.nai.szAtsLen, 11);
}

static void test_a_card_of_type_b_is_found_as_such_only(void **state)
{
    (void)state;
    nfc_target target;
    chip_stage_open(&stage);
    assert_int_equal(chip_stage_select(&stage, NMT_ISO14443A, NBR_106, NULL), 0);
    assert_int_equal(chip_stage_select(&stage, NMT_ISO14443B, NBR_106, &target), 1);
    assert_span_hex(span_of(target.nti.nbi.abtProtocolInfo, 3), "7781E5");
    chip_stage_assert_card_answers(&stage);
    assert_int_equal(nfc_initiator_target_is_present(stage.device, &target), 0);
    chip_stage_assert_card_answers(&stage);
}

// --- Exchanges ---------------------------------------------------------------------------------------------

static void test_apdus_reach_the_card(void **state)
{
    (void)state;
    open_and_select();
    for (int i = 0; i < 100; i++) {
        assert_int_equal(chip_stage_transceive(&stage, GET_CHALLENGE, CHIP_PATIENCE_MS), 10);
        assert_span_hex(span_of(stage.answer + 8, 2), "9000");
        chip_stage_assert_card_answers(&stage);
    }
}

static void test_the_longest_command_that_libnfc_takes_passes(void **state)
{
    (void)state;
    uint8_t command[262] = {0x00, 0xA4, 0x04, 0x0C, 0xFF};
    open_and_select();
    assert_int_equal(nfc_initiator_transceive_bytes(stage.device, command, sizeof command, stage.answer,
                                                    sizeof stage.answer, CHIP_PATIENCE_MS),
                     2);
    assert_int_equal(stage.answer[0] >> 4, 6);
    chip_stage_assert_card_answers(&stage);
}

static void test_higher_rates_work(void **state)
{
    (void)state;
    static const nfc_baud_rate rates[] = {NBR_424, NBR_212, NBR_106};
    chip_stage_open(&stage);
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        select_card(rates[i]);
        chip_stage_assert_card_answers(&stage);
        assert_int_equal(nfc_initiator_target_is_present(stage.device, NULL), 0);
        chip_stage_assert_card_answers(&stage);
    }
}

static void test_a_deselected_card_is_woken_by_the_next_command(void **state)
{
    (void)state;
    open_and_select();
    chip_stage_assert_card_answers(&stage);
    assert_true(nfc_initiator_deselect_target(stage.device) >= 0);
    chip_stage_assert_card_answers(&stage);
}

static void test_the_host_speaks_iso_dep_itself(void **state)
{
    (void)state;
    chip_stage_open(&stage);
    set_property(NP_AUTO_ISO14443_4, false);
    set_property(NP_EASY_FRAMING, false);
    select_card(NBR_106);
    assert_int_equal(chip_stage_transceive(&stage, "E0 80", -1), 12);
    assert_int_equal(chip_stage_transceive(&stage, "02 00 A4 00 0C 02 3F 00", -1), 3);
    assert_span_hex(span_of(stage.answer, 3), "02 9000");
    assert_int_equal(chip_stage_transceive(&stage, R_NAK, -1), 3);
    assert_span_hex(span_of(stage.answer, 3), "02 9000");
    assert_int_equal(chip_stage_transceive(&stage, "C2", -1), 1);
    assert_true(chip_stage_transceive(&stage, "03 00 A4 00 0C 02 3F 00", -1) < 0);
}

// --- Loss --------------------------------------------------------------------------------------------------

static void test_presence_is_told(void **state)
{
    (void)state;
    open_and_select();
    assert_int_equal(nfc_initiator_target_is_present(stage.device, NULL), 0);
    chip_stage_order(&stage, "remove 1");
    chip_stage_await(&stage, "card left");
    assert_int_equal(nfc_initiator_target_is_present(stage.device, NULL), NFC_ETGRELEASED);
    assert_int_equal(chip_stage_select(&stage, NMT_ISO14443A, NBR_106, NULL), 0);
}

static void test_a_card_lost_in_an_exchange_is_a_failure_over_the_air(void **state)
{
    (void)state;
    static const char *const faults[] = {"fault 1 lose-after 1 answer", "fault 1 lose-after 1 command"};
    chip_stage_open(&stage);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        select_card(NBR_106);
        chip_stage_order(&stage, faults[i]);
        chip_stage_assert_card_answers(&stage);
        assert_int_equal(chip_stage_transceive(&stage, GET_CHALLENGE, CHIP_PATIENCE_MS), NFC_ERFTRANS);
        assert_int_equal(chip_stage_select(&stage, NMT_ISO14443A, NBR_106, NULL), 0);
        chip_stage_await(&stage, "card left");
        chip_stage_order(&stage, "insert 1");
        chip_stage_await(&stage, "card came");
    }
    select_card(NBR_106);
    chip_stage_assert_card_answers(&stage);
}

static void test_a_stale_answer_is_not_taken_for_the_next(void **state)
{
    (void)state;
    open_and_select();
    assert_int_equal(kill(stage.simulator, SIGSTOP), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(chip_stage_transceive(&stage, GET_CHALLENGE, 20), NFC_ETIMEOUT);
    }
    assert_int_equal(kill(stage.simulator, SIGCONT), 0);
    chip_stage_assert_card_answers(&stage);
    assert_int_equal(chip_stage_transceive(&stage, GET_CHALLENGE, CHIP_PATIENCE_MS), 10);
}

// --- Hosts -------------------------------------------------------------------------------------------------

static void test_one_host_comes_after_the_other(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        open_and_select();
        chip_stage_assert_card_answers(&stage);
        chip_stage_close(&stage);
        chip_stage_await(&stage, "host left");
    }
}

// It dies with the card selected and a command under way.
static void test_a_host_that_dies_leaves_the_chip_to_the_next(void **state)
{
    (void)state;
    int status = 0;
    const pid_t host = fork();
    if (host == 0) {
        open_and_select();
        assert_int_equal(kill(stage.simulator, SIGSTOP), 0);
        (void)chip_stage_transceive(&stage, GET_CHALLENGE, 20);
        _exit(0);
    }
    assert_int_equal(waitpid(host, &status, 0), host);
    assert_int_equal(status, 0);
    chip_stage_await(&stage, "field on");
    chip_stage_await(&stage, "field off");
    chip_stage_await(&stage, "host left");
    assert_int_equal(kill(stage.simulator, SIGCONT), 0);
    open_and_select();
    chip_stage_assert_card_answers(&stage);
}

// --- The line ----------------------------------------------------------------------------------------------

static const uint8_t firmware_version[] = {0x55, 0x55, 0x00, 0x00, 0x00, 0x00, 0x00,
                                           0xFF, 0x02, 0xFE, 0xD4, 0x02, 0x2A, 0x00};

static int open_line(void)
{
    const int host = open(stage.line, O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(host >= 0);
    return host;
}

static void assert_line_says(int host, const char *bytes)
{
    uint8_t answer[64], expected[64];
    const struct span wanted = unhex(bytes, expected, sizeof expected);
    struct pollfd watched = {.fd = host, .events = POLLIN};
    for (size_t got = 0; got < wanted.n;) {
        assert_int_equal(poll(&watched, 1, CHIP_PATIENCE_MS), 1);
        const ssize_t n = read(host, answer + got, wanted.n - got);
        assert_true(n > 0);
        got += (size_t)n;
    }
    assert_memory_equal(answer, wanted.p, wanted.n);
}

static void assert_firmware_version(int host)
{
    assert_line_says(host, "00 00 FF 00 FF 00  00 00 FF 06 FA D5 03 32 01 06 07 E8 00");
}

static void test_a_line_left_in_another_mode_is_made_raw_again(void **state)
{
    (void)state;
    struct termios settings;
    const int first = open_line();
    chip_stage_await(&stage, "host came");
    assert_int_equal(tcgetattr(first, &settings), 0);
    settings.c_lflag |= ICANON | ECHO | ISIG;
    settings.c_iflag |= ICRNL | IXON;
    assert_int_equal(tcsetattr(first, TCSANOW, &settings), 0);
    close(first);
    chip_stage_await(&stage, "host left");
    const int second = open_line();
    assert_int_equal(write(second, firmware_version, sizeof firmware_version), sizeof firmware_version);
    assert_firmware_version(second);
    close(second);
}

static void test_bytes_may_come_one_by_one(void **state)
{
    (void)state;
    const int host = open_line();
    for (size_t i = 0; i < sizeof firmware_version; i++) {
        assert_int_equal(write(host, firmware_version + i, 1), 1);
        assert_int_equal(tcdrain(host), 0);
    }
    assert_firmware_version(host);
    close(host);
}

// What libnfc sends when its caller aborts.
static void test_an_endless_search_is_aborted(void **state)
{
    (void)state;
    static const uint8_t poll_felica[] = {0x00, 0x00, 0xFF, 0x05, 0xFB, 0xD4,
                                          0x60, 0xFF, 0x01, 0x11, 0xBB, 0x00};
    static const uint8_t ack[] = {0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00};
    const int host = open_line();
    assert_int_equal(write(host, poll_felica, sizeof poll_felica), sizeof poll_felica);
    assert_line_says(host, "00 00 FF 00 FF 00");
    assert_int_equal(write(host, ack, sizeof ack), sizeof ack);
    assert_int_equal(write(host, firmware_version, sizeof firmware_version), sizeof firmware_version);
    assert_firmware_version(host);
    close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_card_is_selected_with_uid_and_ats, start, stop),
        cmocka_unit_test_setup_teardown(test_the_uid_is_another_one_in_each_field, start, stop),
        cmocka_unit_test_setup_teardown(test_one_card_is_listed, start, stop),
        cmocka_unit_test_setup_teardown(test_a_poll_finds_the_card_with_its_ats, start, stop),
        cmocka_unit_test_setup_teardown(test_a_card_of_type_b_is_found_as_such_only, start_type_b, stop),
        cmocka_unit_test_setup_teardown(test_apdus_reach_the_card, start, stop),
        cmocka_unit_test_setup_teardown(test_the_longest_command_that_libnfc_takes_passes, start, stop),
        cmocka_unit_test_setup_teardown(test_higher_rates_work, start, stop),
        cmocka_unit_test_setup_teardown(test_a_deselected_card_is_woken_by_the_next_command, start, stop),
        cmocka_unit_test_setup_teardown(test_the_host_speaks_iso_dep_itself, start, stop),
        cmocka_unit_test_setup_teardown(test_presence_is_told, start, stop),
        cmocka_unit_test_setup_teardown(test_a_card_lost_in_an_exchange_is_a_failure_over_the_air, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_a_stale_answer_is_not_taken_for_the_next, start, stop),
        cmocka_unit_test_setup_teardown(test_one_host_comes_after_the_other, start, stop),
        cmocka_unit_test_setup_teardown(test_a_host_that_dies_leaves_the_chip_to_the_next, start, stop),
        cmocka_unit_test_setup_teardown(test_a_line_left_in_another_mode_is_made_raw_again, start, stop),
        cmocka_unit_test_setup_teardown(test_bytes_may_come_one_by_one, start, stop),
        cmocka_unit_test_setup_teardown(test_an_endless_search_is_aborted, start, stop),
    };
    return cmocka_run_group_tests_name("libnfc", tests, NULL, NULL);
}
