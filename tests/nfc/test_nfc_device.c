// The NFC transport over a libnfc that fails in every way it can: devices, waiting, connecting.
// SPDX-License-Identifier: Apache-2.0
#include "tests/nfc/nfc_stage.h"

#include "host/nfc/device.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        NFC_TEST(test_a_connection_string_is_needed),
        NFC_TEST(test_null_handles_are_refused),
        NFC_TEST(test_options_out_of_range_are_refused),
        NFC_TEST(test_devices_are_listed),
        NFC_TEST(test_all_devices_share_one_context),
        NFC_TEST(test_a_missing_device_is_no_reader),
        NFC_TEST(test_a_device_that_does_not_finish_its_start_is_not_used),
        NFC_TEST(test_a_wait_finds_the_card_and_describes_it),
        NFC_TEST(test_a_wait_finds_type_b),
        NFC_TEST(test_a_wait_ends_without_a_card),
        NFC_TEST(test_a_wait_can_be_cancelled),
        NFC_TEST(test_a_wait_sees_the_card_leave),
        NFC_TEST(test_connecting_starts_the_card_anew),
        NFC_TEST(test_the_card_has_the_time_that_the_standard_gives_it),
        NFC_TEST(test_a_card_that_leaves_at_once_was_none),
        NFC_TEST(test_connecting_without_a_card_says_so),
        NFC_TEST(test_a_card_without_iso_dep_is_not_supported),
        NFC_TEST(test_the_rate_is_the_highest_of_everybody),
        NFC_TEST(test_a_rate_that_does_not_work_out_is_left),
        NFC_TEST(test_type_b_connects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
