// A phone as a contactless card, command by command: what it answers, and what it refuses.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include <jumin/wallet_nfc.h>
#include <stdlib.h>

#define SELECT_TAG "00A4040007D276000085010100"
#define SELECT_DOCUMENT "00A4040007A000000248040000"
#define SELECT_CC "00A4000C02E103"
#define SELECT_NDEF "00A4000C02E104"

static const uint8_t engagement[] = {0xA0, 0xA0};

struct phone {
    struct jumin_wallet_nfc *nfc;
    enum jumin_wallet_nfc_event event;
    uint8_t response[70000];
    size_t capacity, length;
};

static void start(struct phone *phone, uint32_t command_max, uint32_t response_max)
{
    const struct jumin_wallet_nfc_options options = {engagement, sizeof engagement, command_max,
                                                     response_max};
    assert_int_equal(jumin_wallet_nfc_new(&phone->nfc, &options), JUMIN_OK);
    phone->capacity = sizeof phone->response;
}

static int set_up(void **state)
{
    static struct phone phone;
    start(&phone, 300, 256);
    *state = &phone;
    return 0;
}

static int tear_down(void **state)
{
    struct phone *phone = *state;
    jumin_wallet_nfc_free(phone->nfc);
    return 0;
}

static void send_bytes(struct phone *phone, struct span command)
{
    phone->event = jumin_wallet_nfc_command(phone->nfc, command.p, command.n, phone->response,
                                            phone->capacity, &phone->length);
}

static void assert_answer(struct phone *phone, const char *command, const char *response)
{
    uint8_t bytes[1000];
    send_bytes(phone, unhex(command, bytes, sizeof bytes));
    assert_int_equal(phone->event, JUMIN_WALLET_NFC_RESPONSE);
    assert_span_hex(span_of(phone->response, phone->length), response);
}

static void assert_message(struct phone *phone, const char *command, const char *message)
{
    uint8_t bytes[1000];
    struct span waiting;
    send_bytes(phone, unhex(command, bytes, sizeof bytes));
    assert_int_equal(phone->event, JUMIN_WALLET_NFC_MESSAGE);
    assert_int_equal(phone->length, 0);
    jumin_wallet_nfc_message(phone->nfc, &waiting.p, &waiting.n);
    assert_span_hex(waiting, message);
}

static void reply(struct phone *phone, struct span message, const char *response)
{
    assert_int_equal(jumin_wallet_nfc_reply(phone->nfc, message.p, message.n, phone->response,
                                            phone->capacity, &phone->length),
                     JUMIN_OK);
    assert_span_hex(span_of(phone->response, phone->length), response);
}

static void assert_nothing_waits(struct phone *phone)
{
    struct span waiting;
    jumin_wallet_nfc_message(phone->nfc, &waiting.p, &waiting.n);
    assert_int_equal(waiting.n, 0);
    assert_int_equal(jumin_wallet_nfc_reply(phone->nfc, engagement, sizeof engagement, phone->response,
                                            phone->capacity, &phone->length),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(phone->length, 0);
}

// --- Type 4 Tag --------------------------------------------------------------------------------------------

// Handover Select, engagement, and the carrier with its limits 300 and 256.
#define HANDOVER                                                                                             \
    "9102114873 15 d1020b6163 01036e6663 01046d646f63"                                                       \
    "1c1e0204 69736f2e6f72673a31383031333a646576696365656e676167656d656e74 6d646f63 a0a0"                    \
    "5c110903 69736f2e6f72673a31383031333a6e6663 6e6663 01 0301012c 03020100"

static void test_the_tag_is_read_as_any_other(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_TAG, "9000");
    assert_answer(phone, SELECT_CC, "9000");
    assert_answer(phone, "00B000000F", "000F 20 0100 012C 04 06 E104 0061 00 FF 9000");
    assert_answer(phone, SELECT_NDEF, "9000");
    assert_answer(phone, "00B0000002", "005F 9000");
    assert_answer(phone, "00B000025F", HANDOVER "9000");
    assert_answer(phone, "00B0000000", "005F" HANDOVER "9000");
    assert_answer(phone, "00B000600A", "00 6282"); // one byte is left
    assert_answer(phone, "00B0000061", "005F" HANDOVER "9000");
}

static void test_reads_outside_of_the_file_are_refused(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_TAG, "9000");
    assert_answer(phone, "00B0000002", "6986"); // no file yet
    assert_answer(phone, SELECT_NDEF, "9000");
    assert_answer(phone, "00B0006101", "6B00");
    assert_answer(phone, "00B07FFF01", "6B00");
    assert_answer(phone, "00B0800001", "6A86"); // a short identifier
    assert_answer(phone, "00B00000", "6700");
    assert_answer(phone, "00B00000010000", "6700");
}

static void test_what_is_not_there_is_not_selected(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_CC, "6A82"); // no application yet
    assert_answer(phone, SELECT_TAG, "9000");
    assert_answer(phone, "00A4000C02E105", "6A82");
    assert_answer(phone, "00A4000C01E1", "6A82");
    assert_answer(phone, "00A4040007D276000085010000", "6A82");
    assert_answer(phone, "00A4040006D2760000850100", "6A82");
    assert_answer(phone, "00A40400", "6A82");
    assert_answer(phone, "00A4020C02E103", "6A86");
    assert_answer(phone, "00A4000402E103", "6A86");
    assert_answer(phone, SELECT_CC, "9000"); // the tag is still there
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_answer(phone, SELECT_CC, "6A82");
    assert_answer(phone, "00B000000F", "6986");
}

static void test_the_tag_cannot_be_written(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_TAG, "9000");
    assert_answer(phone, SELECT_NDEF, "9000");
    assert_answer(phone, "00D60000020000", "6D00");
}

// --- Messages ----------------------------------------------------------------------------------------------

static void test_a_message_in_one_command(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_message(phone, "00C3000005 5303 A1A2A3 00", "A1A2A3");
    reply(phone, span_of("\x01\x02", 2), "5302 0102 9000");
    assert_nothing_waits(phone);
}

static void test_a_message_in_several_commands(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_answer(phone, "10C3000002 5303", "9000");
    assert_answer(phone, "10C3000001 A1", "9000");
    assert_message(phone, "00C3000002 A2A3 00", "A1A2A3");
    reply(phone, span_of("\x01", 1), "5301 01 9000");
}

static void test_the_answer_is_fetched_in_parts(void **state)
{
    struct phone *phone = *state;
    static uint8_t answer[600];
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_message(phone, "00C3000003 5301 A1 0A", "A1");
    reply(phone, span_of(answer, 300), "5382012C 000000000000 6100"); // 294 are left
    assert_answer(phone, "00C0000004", "00000000 6100");              // 290
    uint8_t fetch[] = {0x00, 0xC0, 0x00, 0x00, 0xF0};
    send_bytes(phone, span_of(fetch, sizeof fetch));
    assert_int_equal(phone->length, 0xF0 + 2);
    assert_memory_equal(phone->response + 0xF0, "\x61\x32", 2); // 50
    fetch[4] = 0x00;
    send_bytes(phone, span_of(fetch, sizeof fetch));
    assert_int_equal(phone->length, 50 + 2);
    assert_memory_equal(phone->response + 50, "\x90\x00", 2);
    assert_answer(phone, "00C0000000", "6985");
}

static void test_255_bytes_that_are_left_are_told_and_256_are_many(void **state)
{
    struct phone *phone = *state;
    static uint8_t answer[600];
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_message(phone, "00C3000003 5301 A1 03", "A1");
    reply(phone, span_of(answer, 255), "5381FF 61FF");
    assert_message(phone, "00C3000003 5301 A1 04", "A1");
    reply(phone, span_of(answer, 256), "53820100 6100");
}

static void test_without_le_the_answer_waits_to_be_fetched(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_message(phone, "00C3000003 5301 A1", "A1");
    reply(phone, span_of("\x01", 1), "6103");
    assert_answer(phone, "00C0000003", "530101 9000");
}

static void test_no_response_is_longer_than_the_phone_says(void **state)
{
    struct phone *phone = *state;
    static uint8_t answer[600];
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_message(phone, "00C300000000 03 5301 A1 0000", "A1"); // 65,536 bytes are asked for
    assert_int_equal(
        jumin_wallet_nfc_reply(phone->nfc, answer, 600, phone->response, phone->capacity, &phone->length),
        JUMIN_OK);
    assert_int_equal(phone->length, 256 + 2);
}

static void test_a_small_buffer_gets_a_part(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_message(phone, "00C3000003 5301 A1 00", "A1");
    phone->capacity = 4;
    reply(phone, span_of("\x01\x02", 2), "5302 6102");
    phone->capacity = 2;
    assert_answer(phone, "00C0000000", "6102");
    phone->capacity = 4;
    assert_answer(phone, "00C0000000", "0102 9000");
}

static void test_messages_that_are_no_object_53_are_refused(void **state)
{
    struct phone *phone = *state;
    static const char *const wrong[] = {
        "00C3000003 5401 A1 00", "00C3000003 5302 A1 00", "00C3000004 5301 A1 00 00",
        "00C3000002 5300 00",    "00C3000001 53 00",
    };
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_answer(phone, wrong[i], "6A80");
        assert_nothing_waits(phone);
    }
    assert_answer(phone, "00C30000", "6700");
    assert_answer(phone, "00C3000000", "6700");
    assert_answer(phone, "00C3010003 5301 A1 00", "6A86");
    assert_answer(phone, "00C3000103 5301 A1 00", "6A86");
}

static void test_a_refused_link_ends_the_chain(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_answer(phone, "10C3000002 5303", "9000");
    assert_answer(phone, "10C3000101 A1", "6A86");
    assert_answer(phone, "00C3000002 A2A3 00", "6A80");
}

static void test_another_command_ends_the_chain(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_answer(phone, "10C3000002 5303", "9000");
    assert_answer(phone, "00B0000001", "6986");
    assert_answer(phone, "00C3000003 A1A2A3 00", "6A80");
}

static void test_a_link_longer_than_the_phone_takes_is_refused(void **state)
{
    struct phone *phone = *state;
    uint8_t command[7 + 301] = {0x10, 0xC3, 0x00, 0x00, 0x00, 0x01, 0x2C, 0x53, 0x82, 0x10, 0x00};
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    send_bytes(phone, span_of(command, 7 + 300));
    assert_span_hex(span_of(phone->response, phone->length), "9000");
    command[6] = 0x2D;
    send_bytes(phone, span_of(command, 7 + 301));
    assert_span_hex(span_of(phone->response, phone->length), "6700");
}

static void test_a_message_that_is_too_long_is_refused(void **state)
{
    struct phone *phone = *state;
    uint8_t link[5 + 255] = {0x10, 0xC3, 0x00, 0x00, 0xFF, 0x53, 0x83, 0x01, 0x00, 0x00};
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    for (size_t sent = 255; sent <= 65536; sent += 255) {
        send_bytes(phone, span_of(link, sizeof link));
        assert_span_hex(span_of(phone->response, phone->length), "9000");
    }
    send_bytes(phone, span_of(link, sizeof link));
    assert_span_hex(span_of(phone->response, phone->length), "6700");
}

static void test_a_new_command_gives_a_waiting_message_up(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_message(phone, "00C3000003 5301 A1 00", "A1");
    assert_answer(phone, "00C0000000", "6985");
    assert_nothing_waits(phone);
    assert_message(phone, "00C3000003 5301 A1 00", "A1");
    assert_message(phone, "00C3000003 5301 A2 00", "A2");
    reply(phone, span_of("\x01", 1), "530101 9000");
}

static void test_a_new_message_gives_the_rest_of_the_answer_up(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_message(phone, "00C3000003 5301 A1 01", "A1");
    reply(phone, span_of("\x01\x02", 2), "53 6103");
    assert_message(phone, "00C3000003 5301 A2 00", "A2");
    reply(phone, span_of("\x03", 1), "530103 9000");
    assert_answer(phone, "00C0000000", "6985");
}

static void test_the_first_link_of_a_new_message_gives_the_old_answer_up(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_message(phone, "00C3000003 5301 A1 01", "A1");
    reply(phone, span_of("\x01\x02", 2), "53 6103");
    assert_answer(phone, "10C3000002 5301", "9000");
    assert_answer(phone, "00C0000000", "6985");
}

static void test_field_off_forgets_all_but_the_engagement(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_message(phone, "00C3000003 5301 A1 01", "A1");
    jumin_wallet_nfc_reset(phone->nfc);
    assert_nothing_waits(phone);
    assert_answer(phone, "00C3000003 5301 A1 01", "6D00");
    assert_answer(phone, "00C0000000", "6D00");
    assert_answer(phone, SELECT_TAG, "9000");
    assert_answer(phone, SELECT_NDEF, "9000");
    assert_answer(phone, "00B0000002", "005F 9000");
}

static void test_other_classes_and_bytes_that_are_no_command_are_refused(void **state)
{
    struct phone *phone = *state;
    assert_answer(phone, SELECT_DOCUMENT, "9000");
    assert_answer(phone, "80C3000003 5301 A1 00", "6E00");
    assert_answer(phone, "01A4040007A000000248040000", "6E00");
    assert_answer(phone, "10A4040007A000000248040000", "6E00");
    assert_answer(phone, "00840000", "6D00");
    assert_answer(phone, "", "6700");
    assert_answer(phone, "00C300", "6700");
    assert_answer(phone, "00C3000005 01", "6700");
    assert_answer(phone, "00C0000100", "6A86");
    assert_answer(phone, "00C0000001 00", "6700");
}

static void test_limits_out_of_range_are_refused(void **state)
{
    (void)state;
    static const uint8_t long_engagement[1025];
    static const struct jumin_wallet_nfc_options wrong[] = {
        {engagement, 1, 254, 256},   {engagement, 1, 65536, 256},         {engagement, 1, 255, 255},
        {engagement, 1, 255, 65537}, {long_engagement, 1025, 255, 65536}, {NULL, 1, 255, 256},
    };
    struct jumin_wallet_nfc *nfc = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(jumin_wallet_nfc_new(&nfc, &wrong[i]), JUMIN_ERROR_ARGUMENT);
    }
    assert_int_equal(jumin_wallet_nfc_new(&nfc, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_wallet_nfc_new(NULL, &wrong[0]), JUMIN_ERROR_ARGUMENT);
    assert_null(nfc);
    jumin_wallet_nfc_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_the_tag_is_read_as_any_other),
        TEST(test_reads_outside_of_the_file_are_refused),
        TEST(test_what_is_not_there_is_not_selected),
        TEST(test_the_tag_cannot_be_written),
        TEST(test_a_message_in_one_command),
        TEST(test_a_message_in_several_commands),
        TEST(test_the_answer_is_fetched_in_parts),
        TEST(test_255_bytes_that_are_left_are_told_and_256_are_many),
        TEST(test_without_le_the_answer_waits_to_be_fetched),
        TEST(test_no_response_is_longer_than_the_phone_says),
        TEST(test_a_small_buffer_gets_a_part),
        TEST(test_messages_that_are_no_object_53_are_refused),
        TEST(test_a_refused_link_ends_the_chain),
        TEST(test_another_command_ends_the_chain),
        TEST(test_a_link_longer_than_the_phone_takes_is_refused),
        TEST(test_a_message_that_is_too_long_is_refused),
        TEST(test_a_new_command_gives_a_waiting_message_up),
        TEST(test_a_new_message_gives_the_rest_of_the_answer_up),
        TEST(test_the_first_link_of_a_new_message_gives_the_old_answer_up),
        TEST(test_field_off_forgets_all_but_the_engagement),
        TEST(test_other_classes_and_bytes_that_are_no_command_are_refused),
#undef TEST
        cmocka_unit_test(test_limits_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
