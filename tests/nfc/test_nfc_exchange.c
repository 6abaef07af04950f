// What goes over a libnfc that fails in every way it can: commands under short and extended length.
// SPDX-License-Identifier: Apache-2.0
#include "tests/nfc/nfc_stage.h"

#include <limits.h>

#include "host/nfc/device.h"

// --- Short length ------------------------------------------------------------------------------------------

static void test_short_length_only(void **state)
{
    (void)state;
    struct jumin_limits limits;
    connect_short();
    jumin_transport_limits(transport, &limits);
    assert_int_equal(limits.command_max, 261);
    assert_int_equal(limits.response_max, 258);
    assert_false(limits.extended);
    assert_int_equal(transmit(261), JUMIN_OK);
    assert_int_equal(transmit(262), JUMIN_ERROR_TOO_LONG);
}

static void test_no_command_reaches_libnfc_that_is_too_long_for_it(void **state)
{
    static const uint8_t command[NFC_SEND_MAX + 1];
    uint8_t answer[NFC_RECEIVE_MAX];
    size_t n = 0;
    (void)state;
    connect_short();
    fake.exchanges = 0;
    assert_int_equal(nfc_device_exchange(nfc, false, span_of(command, sizeof command), 1000, answer, &n),
                     JUMIN_ERROR_TOO_LONG);
    assert_int_equal(fake.exchanges, 0);
    assert_int_equal(nfc_device_exchange(nfc, false, span_of(command, NFC_SEND_MAX), 1000, answer, &n),
                     JUMIN_OK);
}

static void test_a_card_has_time_to_compute(void **state)
{
    (void)state;
    connect_short();
    assert_int_equal(transmit(5), JUMIN_OK);
    assert_in_range(fake.last_timeout, 5000, 60000);
    jumin_transport_free(transport);
    open_with(JUMIN_NFC_SHORT, 0, 7777);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_int_equal(transmit(5), JUMIN_OK);
    assert_int_equal(fake.last_timeout, 7777);
}

static void test_a_card_that_left_is_an_error_of_its_own(void **state)
{
    (void)state;
    connect_short();
    fake.leaves = true;
    assert_int_equal(transmit(5), JUMIN_ERROR_CARD_REMOVED);
    assert_int_equal(transmit(5), JUMIN_ERROR_NO_CARD);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_ERROR_NO_CARD);
    fake.leaves = false;
    fake.card.there = true;
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_int_equal(transmit(5), JUMIN_OK);
}

static void test_a_card_that_left_is_told_from_a_disturbance(void **state)
{
    (void)state;
    connect_short();
    fake.leaves = true;
    fake.next_code = NFC_ECHIP;
    assert_int_equal(transmit(5), JUMIN_ERROR_CARD_REMOVED);
}

static void test_a_disturbed_exchange_is_a_failure_of_the_link(void **state)
{
    static const int codes[] = {NFC_ERFTRANS, NFC_ECHIP, NFC_EOVFLOW, NFC_EINVARG};
    (void)state;
    connect_short();
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        fake.next_code = codes[i];
        assert_int_equal(transmit(5), JUMIN_ERROR_LINK);
        assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
        assert_int_equal(transmit(5), JUMIN_OK);
    }
    assert_int_equal(fake.opens, 1);
}

static void test_an_answer_longer_than_the_chip_passes_on_is_a_failure(void **state)
{
    (void)state;
    connect_short();
    fake.response_length = 264;
    assert_int_equal(transmit(5), JUMIN_ERROR_LINK);
}

static void test_an_answer_longer_than_the_buffer_is_refused(void **state)
{
    static const uint8_t command[] = {0x00, 0xB0, 0x00, 0x00, 0x00};
    size_t n = 0;
    (void)state;
    connect_short();
    fake.response_length = 20;
    assert_int_equal(jumin_transport_transmit(transport, command, sizeof command, response, 19, &n),
                     JUMIN_ERROR_TOO_LONG);
    assert_int_equal(n, 0);
}

static void test_after_a_timeout_no_late_answer_is_taken(void **state)
{
    (void)state;
    connect_short();
    fake.next_code = NFC_ETIMEOUT;
    assert_int_equal(transmit(5), JUMIN_ERROR_TIMEOUT);
    const unsigned exchanges = fake.exchanges;
    assert_int_equal(transmit(5), JUMIN_ERROR_NO_CARD);
    assert_int_equal(fake.exchanges, exchanges);
    assert_int_equal(fake.opens, 1);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_int_equal(fake.opens, 2);
    assert_int_equal(transmit(5), JUMIN_OK);
}

static void test_a_device_that_was_unplugged_is_opened_anew(void **state)
{
    (void)state;
    connect_short();
    fake.device_there = false;
    assert_int_equal(transmit(5), JUMIN_ERROR_READER_REMOVED);
    assert_false(fake.open);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_ERROR_NO_READER);
    fake.device_there = true;
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_int_equal(transmit(5), JUMIN_OK);
}

// --- Extended length ---------------------------------------------------------------------------------------

static void fill_response(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fake.response[i] = (uint8_t)(i * 13);
    }
    fake.response_length = n;
}

static void test_the_host_carries_extended_length(void **state)
{
    (void)state;
    struct jumin_limits limits;
    connect_extended();
    jumin_transport_limits(transport, &limits);
    assert_true(limits.extended);
    assert_int_equal(limits.command_max, 65544);
    assert_int_equal(limits.response_max, 65538);
    fill_response(20482);
    assert_int_equal(transmit(3009), JUMIN_OK);
    fill_response(65538);
    assert_int_equal(transmit(65544), JUMIN_OK);
    fill_response(2);
    assert_int_equal(transmit(5), JUMIN_OK);
    assert_int_equal(fake.presence_checks, 0); // it would take the chip out of raw frames
}

static void test_frames_that_are_lost_are_asked_for_again(void **state)
{
    (void)state;
    connect_extended();
    fill_response(5000);
    for (unsigned lost = 1; lost < ISO_DEP_TRIES - 1; lost++) {
        fake.lost_frames = lost;
        assert_int_equal(transmit(1000), JUMIN_OK);
    }
    fake.lost_frames = ISO_DEP_TRIES;
    assert_int_equal(transmit(1000), JUMIN_ERROR_CARD_REMOVED);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_int_equal(transmit(1000), JUMIN_OK);
}

static void test_the_chip_waits_as_long_as_the_card_may_take(void **state)
{
    (void)state;
    fake.card.fwi = 8; // 77.3 ms
    fake.waits = 1;    // twice that
    connect_extended();
    assert_int_equal(transmit(5), JUMIN_OK);
    assert_int_equal(fake.timeout_com, 2 * 155); // libnfc takes the power of two below
    assert_true(fake.last_timeout > 155);
}

// ISO 14443-4 §7.3: the next block has the card's own waiting time again. Else a card that leaves later would
// be missed for long.
static void test_more_time_is_for_one_block(void **state)
{
    (void)state;
    fake.card.fwi = 8;
    fake.waits = 1;
    connect_extended();
    assert_int_equal(transmit(5), JUMIN_OK);
    assert_int_equal(transmit(5), JUMIN_OK);
    assert_int_equal(fake.timeout_com, 2 * 78);
    assert_in_range(fake.last_timeout, 78, 78 + 1000);
    fake.card.fwi = 4;
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_int_equal(transmit(5), JUMIN_OK);
    assert_int_equal(fake.timeout_com, 2 * 51);
}

// Its waiting time may be longer than the caller's patience; gone it is all the same.
static void test_a_card_that_falls_silent_has_left(void **state)
{
    (void)state;
    open_with(JUMIN_NFC_EXTENDED, 0, 1);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    fake.lost_frames = 1;
    fake.loss_takes = 3;
    assert_int_equal(transmit(5), JUMIN_ERROR_CARD_REMOVED);
}

static void test_a_card_that_asks_for_time_for_ever_is_left(void **state)
{
    (void)state;
    open_with(JUMIN_NFC_EXTENDED, 0, 10);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    fake.waits = UINT_MAX;
    assert_int_equal(transmit(5), JUMIN_ERROR_TIMEOUT);
    fake.waits = 0;
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_int_equal(transmit(5), JUMIN_OK);
}

static void test_a_card_that_leaves_under_extended_length(void **state)
{
    (void)state;
    connect_extended();
    fake.leaves = true;
    assert_int_equal(transmit(1000), JUMIN_ERROR_CARD_REMOVED);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_ERROR_NO_CARD);
}

static void test_a_long_answer_under_extended_length_is_refused(void **state)
{
    static const uint8_t command[] = {0x00, 0xB0, 0x00, 0x00, 0x00};
    size_t n = 0;
    (void)state;
    connect_extended();
    fill_response(1000);
    assert_int_equal(jumin_transport_transmit(transport, command, sizeof command, response, 999, &n),
                     JUMIN_ERROR_TOO_LONG);
    assert_int_equal(n, 0);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_int_equal(transmit(5), JUMIN_OK);
}

static void test_type_b_has_short_length_always(void **state)
{
    (void)state;
    struct jumin_limits limits;
    fake.card.type = 'B';
    connect_extended();
    jumin_transport_limits(transport, &limits);
    assert_false(limits.extended);
    assert_int_equal(transmit(5), JUMIN_OK);
}

static void test_one_device_serves_both_modes(void **state)
{
    (void)state;
    connect_extended();
    assert_int_equal(transmit(500), JUMIN_OK);
    jumin_transport_free(transport);
    connect_short();
    assert_int_equal(transmit(200), JUMIN_OK);
    jumin_transport_free(transport);
    connect_extended();
    assert_int_equal(transmit(500), JUMIN_OK);
    assert_int_equal(fake.opens, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NFC_TEST(test_short_length_only),
        NFC_TEST(test_no_command_reaches_libnfc_that_is_too_long_for_it),
        NFC_TEST(test_a_card_has_time_to_compute),
        NFC_TEST(test_a_card_that_left_is_an_error_of_its_own),
        NFC_TEST(test_a_card_that_left_is_told_from_a_disturbance),
        NFC_TEST(test_a_disturbed_exchange_is_a_failure_of_the_link),
        NFC_TEST(test_an_answer_longer_than_the_chip_passes_on_is_a_failure),
        NFC_TEST(test_an_answer_longer_than_the_buffer_is_refused),
        NFC_TEST(test_after_a_timeout_no_late_answer_is_taken),
        NFC_TEST(test_a_device_that_was_unplugged_is_opened_anew),
        NFC_TEST(test_the_host_carries_extended_length),
        NFC_TEST(test_frames_that_are_lost_are_asked_for_again),
        NFC_TEST(test_the_chip_waits_as_long_as_the_card_may_take),
        NFC_TEST(test_more_time_is_for_one_block),
        NFC_TEST(test_a_card_that_falls_silent_has_left),
        NFC_TEST(test_a_card_that_asks_for_time_for_ever_is_left),
        NFC_TEST(test_a_card_that_leaves_under_extended_length),
        NFC_TEST(test_a_long_answer_under_extended_length_is_refused),
        NFC_TEST(test_type_b_has_short_length_always),
        NFC_TEST(test_one_device_serves_both_modes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
