// The NFC transport over a libnfc that fails in every way it can.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include <jumin/nfc.h>
#include <limits.h>

#include "host/nfc/device.h"
#include "tests/nfc/fake_libnfc.h"

static struct jumin_nfc *nfc;
static struct jumin_transport *transport;

static int start(void **state)
{
    (void)state;
    fake_reset();
    nfc = NULL;
    transport = NULL;
    return jumin_nfc_new(&nfc, "pn532_fake:there") == JUMIN_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    jumin_transport_free(transport);
    jumin_nfc_free(nfc);
    return fake.open || fake.contexts > 0 ? -1 : 0;
}

static void open_with(enum jumin_nfc_mode mode, unsigned rate, int timeout_ms)
{
    const struct jumin_nfc_options options = {.mode = mode, .rate = rate, .timeout_ms = timeout_ms};
    assert_int_equal(jumin_nfc_open(nfc, &options, &transport), JUMIN_OK);
}

static void connect_short(void)
{
    open_with(JUMIN_NFC_SHORT, 0, 0);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
}

static void connect_extended(void)
{
    open_with(JUMIN_NFC_EXTENDED, 0, 0);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
}

static uint8_t response[FAKE_APDU_MAX];
static size_t response_length;

static enum jumin_error transmit(size_t n)
{
    static uint8_t command[FAKE_APDU_MAX] = {0x00, 0xA4};
    for (size_t i = 2; i < n; i++) {
        command[i] = (uint8_t)(i * 7);
    }
    const enum jumin_error error =
        jumin_transport_transmit(transport, command, n, response, sizeof response, &response_length);
    if (error == JUMIN_OK) {
        assert_int_equal(fake.command_length, n);
        assert_memory_equal(fake.command, command, n);
        assert_int_equal(response_length, fake.response_length);
        assert_memory_equal(response, fake.response, response_length);
    }
    return error;
}

// --- Devices -----------------------------------------------------------------------------------------------

static void test_a_connection_string_is_needed(void **state)
{
    (void)state;
    char text[JUMIN_NFC_CONNECTION_MAX + 1];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct jumin_nfc *other = NULL;
    assert_int_equal(jumin_nfc_new(&other, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_nfc_new(&other, ""), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_nfc_new(&other, text), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_nfc_new(NULL, "pn532_fake:there"), JUMIN_ERROR_ARGUMENT);
    assert_null(other);
}

static void test_null_handles_are_refused(void **state)
{
    (void)state;
    assert_int_equal(jumin_nfc_wait_card(NULL, 0, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_nfc_wait_removal(NULL, 0), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_nfc_open(NULL, NULL, &transport), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_nfc_open(nfc, NULL, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_nfc_list(NULL, 0, NULL), JUMIN_ERROR_ARGUMENT);
    assert_string_equal(jumin_nfc_detail(NULL), "");
    assert_string_equal(jumin_nfc_name(NULL), "");
    jumin_nfc_cancel(NULL);
    jumin_nfc_free(NULL);
}

static void test_options_out_of_range_are_refused(void **state)
{
    (void)state;
    const struct jumin_nfc_options wrong[] = {
        {.rate = 100}, {.timeout_ms = -1}, {.mode = (enum jumin_nfc_mode)2}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(jumin_nfc_open(nfc, &wrong[i], &transport), JUMIN_ERROR_ARGUMENT);
        assert_null(transport);
    }
}

static void test_devices_are_listed(void **state)
{
    (void)state;
    char connections[2][JUMIN_NFC_CONNECTION_MAX];
    size_t count = 9;
    assert_int_equal(jumin_nfc_list(connections, 2, &count), JUMIN_OK);
    assert_int_equal(count, 1);
    assert_string_equal(connections[0], "pn532_fake:usb");
    assert_int_equal(fake.contexts, 0);
}

static void test_all_devices_share_one_context(void **state)
{
    (void)state;
    size_t count = 0;
    connect_short();
    assert_int_equal(fake.contexts, 1);
    char connections[1][JUMIN_NFC_CONNECTION_MAX];
    assert_int_equal(jumin_nfc_list(connections, 1, &count), JUMIN_OK);
    assert_int_equal(fake.contexts, 1);
    assert_int_equal(fake.contexts_made, 1);
    assert_int_equal(transmit(5), JUMIN_OK);
}

static void test_a_missing_device_is_no_reader(void **state)
{
    (void)state;
    fake.device_there = false;
    open_with(JUMIN_NFC_SHORT, 0, 0);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_ERROR_NO_READER);
    assert_non_null(strstr(jumin_transport_detail(transport), "pn532_fake:there"));
    assert_int_equal(fake.contexts, 0);
}

static void test_a_device_that_does_not_finish_its_start_is_not_used(void **state)
{
    (void)state;
    fake.starts = false;
    assert_int_equal(jumin_nfc_wait_card(nfc, 0, NULL), JUMIN_ERROR_NO_READER);
    assert_int_equal(fake.opens, 1);
    assert_int_equal(fake.closes, 1);
    fake.starts = true;
    assert_int_equal(jumin_nfc_wait_card(nfc, 0, NULL), JUMIN_OK);
    assert_string_equal(jumin_nfc_name(nfc), "a fake PN532");
}

// --- Waiting -----------------------------------------------------------------------------------------------

static void test_a_wait_finds_the_card_and_describes_it(void **state)
{
    (void)state;
    struct jumin_nfc_card card;
    fake.looks_before = 1;
    assert_int_equal(jumin_nfc_wait_card(nfc, -1, &card), JUMIN_OK);
    assert_int_equal(card.type, 'A');
    assert_true(card.iso_dep);
    assert_span_hex(span_of(card.uid, card.uid_length), "08A1B2C3");
    assert_span_hex(span_of(card.answer, card.answer_length), "78334002");
}

static void test_a_wait_finds_type_b(void **state)
{
    (void)state;
    struct jumin_nfc_card card;
    fake.card.type = 'B';
    assert_int_equal(jumin_nfc_wait_card(nfc, 0, &card), JUMIN_OK);
    assert_int_equal(card.type, 'B');
    assert_true(card.iso_dep);
    assert_span_hex(span_of(card.uid, card.uid_length), "08A1B2C3");
    assert_span_hex(span_of(card.answer, card.answer_length), "00000000338100");
}

static void test_a_wait_ends_without_a_card(void **state)
{
    (void)state;
    fake.card.there = false;
    assert_int_equal(jumin_nfc_wait_card(nfc, 0, NULL), JUMIN_ERROR_TIMEOUT);
    assert_false(fake.infinite);
    fake.select_times_out = true; // a chip that stays silent
    assert_int_equal(jumin_nfc_wait_card(nfc, 0, NULL), JUMIN_ERROR_TIMEOUT);
    assert_int_equal(jumin_nfc_wait_card(nfc, 0, NULL), JUMIN_ERROR_TIMEOUT);
    assert_int_equal(fake.opens, 1);
}

static void test_a_wait_can_be_cancelled(void **state)
{
    (void)state;
    fake.card.there = false;
    jumin_nfc_cancel(nfc);
    assert_int_equal(jumin_nfc_wait_card(nfc, -1, NULL), JUMIN_ERROR_CANCELLED);
    assert_int_equal(jumin_nfc_wait_card(nfc, 0, NULL), JUMIN_ERROR_TIMEOUT);
}

static void test_a_wait_sees_the_card_leave(void **state)
{
    (void)state;
    assert_int_equal(jumin_nfc_wait_removal(nfc, 0), JUMIN_ERROR_TIMEOUT);
    fake.card.there = false;
    assert_int_equal(jumin_nfc_wait_removal(nfc, 0), JUMIN_OK);
    fake.device_there = false;
    assert_int_equal(jumin_nfc_wait_removal(nfc, 0), JUMIN_ERROR_READER_REMOVED);
    assert_int_equal(jumin_nfc_wait_removal(nfc, 0), JUMIN_ERROR_NO_READER);
}

// --- Connecting --------------------------------------------------------------------------------------------

static void test_connecting_starts_the_card_anew(void **state)
{
    (void)state;
    connect_short();
    const unsigned before = fake.fields_off;
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_true(fake.fields_off > before);
    jumin_transport_disconnect(transport);
    assert_false(fake.field);
    assert_int_equal(transmit(5), JUMIN_ERROR_NO_CARD);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_int_equal(transmit(5), JUMIN_OK);
}

// ISO 14443-3 §5.2: 5.1 ms and 5 ms; ISO 14443-4 §5.2.5: here 38.7 ms.
static void test_the_card_has_the_time_that_the_standard_gives_it(void **state)
{
    (void)state;
    connect_short();
    assert_true(fake.field_pause >= 5100000);
    assert_true(fake.warm_up >= 5000000);
    jumin_transport_free(transport);
    fake.card.sfgi = 7;
    connect_extended();
    assert_int_equal(transmit(5), JUMIN_OK);
    assert_true(fake.guard >= 38700000);
    fake.card.sfgi = 15; // reserved: none
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    assert_int_equal(transmit(5), JUMIN_OK);
    assert_true(fake.guard < 5000000);
}

static void test_a_card_that_leaves_at_once_was_none(void **state)
{
    (void)state;
    fake.leaves = true;
    open_with(JUMIN_NFC_EXTENDED, 0, 0);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_ERROR_NO_CARD);
}

static void test_connecting_without_a_card_says_so(void **state)
{
    (void)state;
    fake.card.there = false;
    open_with(JUMIN_NFC_SHORT, 0, 0);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_ERROR_NO_CARD);
}

static void test_a_card_without_iso_dep_is_not_supported(void **state)
{
    (void)state;
    fake.card.iso_dep = false;
    open_with(JUMIN_NFC_SHORT, 0, 0);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_ERROR_NOT_SUPPORTED);
    assert_int_equal(transmit(5), JUMIN_ERROR_NO_CARD);
}

static void test_the_rate_is_the_highest_of_everybody(void **state)
{
    const struct {
        uint8_t card;
        unsigned wanted;
        nfc_baud_rate rate;
    } cases[] = {
        {0x33, 0, NBR_424},   {0x77, 0, NBR_424}, {0x77, 848, NBR_424}, {0x33, 212, NBR_212},
        {0x33, 106, NBR_106}, {0x11, 0, NBR_212}, {0x00, 0, NBR_106},   {0xB3, 0, NBR_424},
        {0x22, 212, NBR_106}, {0x31, 0, NBR_212},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fake.card.rates = cases[i].card;
        open_with(JUMIN_NFC_SHORT, cases[i].wanted, 0);
        assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
        assert_int_equal(fake.rate, cases[i].rate);
        jumin_transport_free(transport);
        transport = NULL;
    }
}

static void test_a_rate_that_does_not_work_out_is_left(void **state)
{
    (void)state;
    fake.card.refuses_rate = true;
    connect_short();
    assert_int_equal(fake.rate, NBR_106);
    assert_int_equal(transmit(5), JUMIN_OK);
}

static void test_type_b_connects(void **state)
{
    (void)state;
    fake.card.type = 'B';
    connect_short();
    assert_int_equal(fake.rate, NBR_106); // this device knows no other for type B
    assert_int_equal(transmit(5), JUMIN_OK);
}

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
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        TEST(test_a_connection_string_is_needed),
        TEST(test_null_handles_are_refused),
        TEST(test_options_out_of_range_are_refused),
        TEST(test_devices_are_listed),
        TEST(test_all_devices_share_one_context),
        TEST(test_a_missing_device_is_no_reader),
        TEST(test_a_device_that_does_not_finish_its_start_is_not_used),
        TEST(test_a_wait_finds_the_card_and_describes_it),
        TEST(test_a_wait_finds_type_b),
        TEST(test_a_wait_ends_without_a_card),
        TEST(test_a_wait_can_be_cancelled),
        TEST(test_a_wait_sees_the_card_leave),
        TEST(test_connecting_starts_the_card_anew),
        TEST(test_the_card_has_the_time_that_the_standard_gives_it),
        TEST(test_a_card_that_leaves_at_once_was_none),
        TEST(test_connecting_without_a_card_says_so),
        TEST(test_a_card_without_iso_dep_is_not_supported),
        TEST(test_the_rate_is_the_highest_of_everybody),
        TEST(test_a_rate_that_does_not_work_out_is_left),
        TEST(test_type_b_connects),
        TEST(test_short_length_only),
        TEST(test_no_command_reaches_libnfc_that_is_too_long_for_it),
        TEST(test_a_card_has_time_to_compute),
        TEST(test_a_card_that_left_is_an_error_of_its_own),
        TEST(test_a_card_that_left_is_told_from_a_disturbance),
        TEST(test_a_disturbed_exchange_is_a_failure_of_the_link),
        TEST(test_an_answer_longer_than_the_chip_passes_on_is_a_failure),
        TEST(test_an_answer_longer_than_the_buffer_is_refused),
        TEST(test_after_a_timeout_no_late_answer_is_taken),
        TEST(test_a_device_that_was_unplugged_is_opened_anew),
        TEST(test_the_host_carries_extended_length),
        TEST(test_frames_that_are_lost_are_asked_for_again),
        TEST(test_the_chip_waits_as_long_as_the_card_may_take),
        TEST(test_more_time_is_for_one_block),
        TEST(test_a_card_that_falls_silent_has_left),
        TEST(test_a_card_that_asks_for_time_for_ever_is_left),
        TEST(test_a_card_that_leaves_under_extended_length),
        TEST(test_a_long_answer_under_extended_length_is_refused),
        TEST(test_type_b_has_short_length_always),
        TEST(test_one_device_serves_both_modes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
