// libjumin's NFC transport over a real libnfc, in front of the simulated chip and card.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/nfc.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/nfc/chip_stage.h"

static struct chip_stage stage;
static struct jumin_nfc *nfc;
static struct jumin_transport *transport;

static void start_with(const char *type)
{
    char connection[JUMIN_NFC_CONNECTION_MAX];
    chip_stage_start(&stage, type);
    (void)snprintf(connection, sizeof connection, "pn532_uart:%s", stage.line);
    assert_int_equal(jumin_nfc_new(&nfc, connection), JUMIN_OK);
    transport = NULL;
}

static int start(void **state)
{
    (void)state;
    start_with("A");
    return 0;
}

static int start_type_b(void **state)
{
    (void)state;
    start_with("B");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    jumin_transport_free(transport);
    jumin_nfc_free(nfc);
    chip_stage_stop(&stage);
    return 0;
}

static void open_transport(enum jumin_nfc_mode mode, unsigned rate, int timeout_ms)
{
    const struct jumin_nfc_options options = {.mode = mode, .rate = rate, .timeout_ms = timeout_ms};
    jumin_transport_free(transport);
    transport = NULL;
    assert_int_equal(jumin_nfc_open(nfc, &options, &transport), JUMIN_OK);
}

static void connect_card(enum jumin_nfc_mode mode, unsigned rate)
{
    open_transport(mode, rate, 0);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
}

// SELECT MF.
static enum jumin_error exchange(void)
{
    static const uint8_t command[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};
    uint8_t response[258];
    size_t n = 0;
    const enum jumin_error error =
        jumin_transport_transmit(transport, command, sizeof command, response, sizeof response, &n);
    if (error == JUMIN_OK) {
        assert_span_hex(span_of(response, n), "9000");
    }
    return error;
}

static void await_card_back(void)
{
    chip_stage_await(&stage, "card left");
    chip_stage_order(&stage, "insert 1");
    chip_stage_await(&stage, "card came");
}

static const enum jumin_nfc_mode modes[] = {JUMIN_NFC_SHORT, JUMIN_NFC_EXTENDED};

static void test_a_card_is_found_and_answers(void **state)
{
    (void)state;
    struct jumin_nfc_card card;
    assert_int_equal(jumin_nfc_wait_card(nfc, CHIP_PATIENCE_MS, &card), JUMIN_OK);
    assert_int_equal(card.type, 'A');
    assert_int_equal(card.uid_length, 4);
    assert_true(card.iso_dep);
    assert_true(card.answer_length >= 4);
    assert_non_null(strstr(jumin_nfc_name(nfc), "pn532_uart"));
    for (size_t i = 0; i < 2; i++) {
        connect_card(modes[i], 0);
        assert_int_equal(exchange(), JUMIN_OK);
        assert_int_equal(exchange(), JUMIN_OK);
    }
}

static void test_every_rate_works(void **state)
{
    static const unsigned rates[] = {106, 212, 424, 848};
    (void)state;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        connect_card(JUMIN_NFC_SHORT, rates[i]);
        assert_int_equal(exchange(), JUMIN_OK);
    }
}

static void test_a_card_of_type_b_answers(void **state)
{
    (void)state;
    struct jumin_nfc_card card;
    struct jumin_limits limits;
    assert_int_equal(jumin_nfc_wait_card(nfc, CHIP_PATIENCE_MS, &card), JUMIN_OK);
    assert_int_equal(card.type, 'B');
    assert_true(card.iso_dep);
    for (size_t i = 0; i < 2; i++) {
        connect_card(modes[i], 0);
        assert_int_equal(exchange(), JUMIN_OK);
        jumin_transport_limits(transport, &limits);
        assert_false(limits.extended);
    }
}

// The card refuses the command, but it has to arrive for that.
static void test_long_commands_pass_under_extended_length(void **state)
{
    static uint8_t command[20000] = {0x00, 0xA4, 0x04, 0x0C, 0x00};
    uint8_t response[258];
    (void)state;
    connect_card(JUMIN_NFC_EXTENDED, 0);
    for (size_t lc = 256; lc < sizeof command - 7; lc = lc * 3 + 1) {
        size_t n = 0;
        command[5] = (uint8_t)(lc >> 8);
        command[6] = (uint8_t)lc;
        assert_int_equal(jumin_transport_transmit(transport, command, 7 + lc, response, sizeof response, &n),
                         JUMIN_OK);
        assert_int_equal(n, 2);
        assert_int_equal(response[0] & 0xF0, 0x60);
        assert_int_equal(exchange(), JUMIN_OK);
    }
}

static void test_a_lost_card_is_an_error_of_its_own(void **state)
{
    static const char *const faults[] = {"fault 1 lose-after 1 answer", "fault 1 lose-after 1 command"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        connect_card(modes[i / 2], 0);
        chip_stage_order(&stage, faults[i % 2]);
        assert_int_equal(exchange(), JUMIN_OK);
        assert_int_equal(exchange(), JUMIN_ERROR_CARD_REMOVED);
        assert_int_equal(exchange(), JUMIN_ERROR_NO_CARD);
        assert_int_equal(jumin_transport_connect(transport), JUMIN_ERROR_NO_CARD);
        await_card_back();
        assert_int_equal(jumin_nfc_wait_card(nfc, CHIP_PATIENCE_MS, NULL), JUMIN_OK);
        assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
        assert_int_equal(exchange(), JUMIN_OK);
    }
}

static void test_waits_end_as_the_card_does(void **state)
{
    (void)state;
    assert_int_equal(jumin_nfc_wait_removal(nfc, 0), JUMIN_ERROR_TIMEOUT);
    chip_stage_order(&stage, "remove 1");
    chip_stage_await(&stage, "card left");
    assert_int_equal(jumin_nfc_wait_removal(nfc, CHIP_PATIENCE_MS), JUMIN_OK);
    assert_int_equal(jumin_nfc_wait_card(nfc, 0, NULL), JUMIN_ERROR_TIMEOUT);
    chip_stage_order(&stage, "insert 1");
    assert_int_equal(jumin_nfc_wait_card(nfc, CHIP_PATIENCE_MS, NULL), JUMIN_OK);
}

// The card computes longer than the caller waits; what it answers then is nobody's.
static void test_a_late_answer_is_not_taken_for_the_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        open_transport(modes[i], 0, 50);
        assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
        assert_int_equal(kill(stage.simulator, SIGSTOP), 0);
        assert_int_not_equal(exchange(), JUMIN_OK);
        assert_int_equal(kill(stage.simulator, SIGCONT), 0);
        open_transport(modes[i], 0, CHIP_PATIENCE_MS);
        assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
        for (int n = 0; n < 3; n++) {
            assert_int_equal(exchange(), JUMIN_OK);
        }
    }
}

static void test_a_chip_that_is_gone_is_a_reader_removed(void **state)
{
    (void)state;
    connect_card(JUMIN_NFC_SHORT, 0);
    chip_stage_end_chip(&stage);
    assert_int_equal(exchange(), JUMIN_ERROR_READER_REMOVED);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_ERROR_NO_READER);
    chip_stage_start_chip(&stage, "A");
    chip_stage_await(&stage, "card came");
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_int_equal(exchange(), JUMIN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_card_is_found_and_answers, start, stop),
        cmocka_unit_test_setup_teardown(test_every_rate_works, start, stop),
        cmocka_unit_test_setup_teardown(test_a_card_of_type_b_answers, start_type_b, stop),
        cmocka_unit_test_setup_teardown(test_long_commands_pass_under_extended_length, start, stop),
        cmocka_unit_test_setup_teardown(test_a_lost_card_is_an_error_of_its_own, start, stop),
        cmocka_unit_test_setup_teardown(test_waits_end_as_the_card_does, start, stop),
        cmocka_unit_test_setup_teardown(test_a_late_answer_is_not_taken_for_the_next, start, stop),
        cmocka_unit_test_setup_teardown(test_a_chip_that_is_gone_is_a_reader_removed, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
