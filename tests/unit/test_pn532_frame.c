// Frames on the chip's serial line (UM0701-02 §6.2.1), and checksums on the air.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"
#include "tools/pn532/crc.h"
#include "tools/pn532/frame.h"

static struct frame_parser parser;
static uint8_t buffer[1024];

static int start(void **state)
{
    (void)state;
    memset(&parser, 0, sizeof parser);
    return 0;
}

// What the bytes come to: the last event that is not nothing; all events are counted in `*count`.
static enum frame_event take(struct span bytes, unsigned *count)
{
    enum frame_event last = FRAME_NOTHING;
    *count = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        const enum frame_event event = frame_take(&parser, bytes.p[i]);
        if (event != FRAME_NOTHING) {
            last = event;
            (*count)++;
        }
    }
    return last;
}

static enum frame_event take_hex(const char *text)
{
    unsigned count = 0;
    const enum frame_event event = take(unhex(text, buffer, sizeof buffer), &count);
    assert_true(count <= 1);
    return event;
}

static void assert_command(const char *frame, const char *data)
{
    assert_int_equal(take_hex(frame), FRAME_COMMAND);
    assert_span_hex(frame_data(&parser), data);
}

// --- From the host -----------------------------------------------------------------------------------------

static void test_a_command_is_found_in_its_frame(void **state)
{
    (void)state;
    assert_command("00 00 FF 03 FD D4 14 01 17 00", "14 01");
    assert_command("00 00 FF 04 FC D4 4A 01 00 E1 00", "4A 01 00");
    assert_command("00 00 FF 0F F1 D4 40 01 00A4040C07A0000002471001 36 00",
                   "40 01 00A4040C07A0000002471001");
    assert_command("00 00 FF 02 FE D4 02 2A 00", "02");
}

static void test_the_wake_up_before_a_frame_is_passed_over(void **state)
{
    (void)state;
    assert_command("55 55 00 00 00 00 00 00 00 00 00 00 00 00 00 00  00 00 FF 03 FD D4 14 01 17 00", "14 01");
}

static void test_bytes_of_anything_else_are_passed_over(void **state)
{
    (void)state;
    assert_command("A5 00 01 FF FF 00 55 00 00 FF 02 FE D4 02 2A", "02");
}

static void test_acknowledgements_are_told_apart_from_frames(void **state)
{
    (void)state;
    assert_int_equal(take_hex("00 00 FF 00 FF 00"), FRAME_ACK);
    assert_int_equal(take_hex("00 00 FF FF 00 00"), FRAME_NACK);
    assert_command("00 00 FF 02 FE D4 02 2A 00", "02");
}

static void test_a_wrong_checksum_makes_no_command(void **state)
{
    (void)state;
    assert_int_equal(take_hex("00 00 FF 03 FC D4 14 01 17 00"), FRAME_NOTHING); // of the length
    assert_int_equal(take_hex("00 00 FF 03 FD D4 14 01 18 00"), FRAME_NOTHING); // of the data
    assert_int_equal(take_hex("00 00 FF 03 FD D5 14 01 16 00"), FRAME_NOTHING); // from a chip
    assert_int_equal(take_hex("00 00 FF FF FF 01 08 F6"), FRAME_NOTHING);       // of an extended length
    assert_command("00 00 FF 02 FE D4 02 2A 00", "02");
}

static void test_the_next_frame_begins_where_a_broken_one_ends(void **state)
{
    (void)state;
    assert_command("00 00 FF 07 00 FF 02 FE D4 02 2A 00", "02");
    assert_command("00 FF 02 FE 00 FF 02 FE D4 02 2A 00", "02");
}

// An extended frame around `n` bytes of data, all 5A.
static struct span extended(size_t n)
{
    struct writer w = writer_of(buffer, sizeof buffer);
    const size_t length = n + 1;
    const uint8_t header[] = {0x00,
                              0x00,
                              0xFF,
                              0xFF,
                              0xFF,
                              (uint8_t)(length >> 8),
                              (uint8_t)length,
                              (uint8_t)(0 - (length >> 8) - length),
                              0xD4};
    uint8_t sum = 0xD4;
    writer_put(&w, span_of(header, sizeof header));
    for (size_t i = 0; i < n; i++) {
        writer_put_u8(&w, 0x5A);
        sum = (uint8_t)(sum + 0x5A);
    }
    writer_put_u8(&w, (uint8_t)-sum);
    writer_put_u8(&w, 0x00);
    return writer_span(&w);
}

static void test_an_extended_frame_holds_264_bytes_of_data_and_no_more(void **state)
{
    (void)state;
    unsigned count = 0;
    for (size_t n = 1; n <= FRAME_DATA_MAX; n++) {
        assert_int_equal(take(extended(n), &count), FRAME_COMMAND);
        assert_int_equal(frame_data(&parser).n, n);
    }
    assert_int_equal(take(extended(FRAME_DATA_MAX + 1), &count), FRAME_NOTHING);
    assert_command("00 00 FF 02 FE D4 02 2A 00", "02");
}

static void test_a_frame_without_command_is_one_all_the_same(void **state)
{
    (void)state;
    assert_command("00 00 FF 01 FF D4 2C 00", "");
}

// --- To the host -------------------------------------------------------------------------------------------

static void test_answers_are_framed_for_the_host(void **state)
{
    (void)state;
    uint8_t bytes[FRAME_MAX], data[32];
    struct writer w = writer_of(bytes, sizeof bytes);
    frame_put_ack(&w);
    frame_put_answer(&w, unhex("15", data, sizeof data));
    assert_span_hex(writer_span(&w), "00 00 FF 00 FF 00  00 00 FF 02 FE D5 15 16 00");
    w = writer_of(bytes, sizeof bytes);
    frame_put_answer(&w, unhex("41 00 9000", data, sizeof data));
    assert_span_hex(writer_span(&w), "00 00 FF 05 FB D5 41 00 9000 5A 00");
    w = writer_of(bytes, sizeof bytes);
    frame_put_error(&w);
    assert_span_hex(writer_span(&w), "00 00 FF 01 FF 7F 81 00");
}

static void test_a_long_answer_gets_an_extended_frame(void **state)
{
    (void)state;
    static const size_t lengths[] = {254, 255, FRAME_DATA_MAX};
    static const char *const heads[] = {"0000FF FF01 D5", "0000FF FFFF 0100 FF D5", "0000FF FFFF 0109 F6 D5"};
    uint8_t bytes[FRAME_MAX];
    memset(buffer, 0x5A, sizeof buffer);
    for (size_t i = 0; i < 3; i++) {
        struct writer w = writer_of(bytes, sizeof bytes);
        frame_put_answer(&w, span_of(buffer, lengths[i]));
        assert_false(w.overflow);
        const size_t head = i == 0 ? 6 : 9;
        assert_span_hex(span_first(writer_span(&w), head), heads[i]);
        assert_int_equal(w.n, head + lengths[i] + 2);
    }
}

// --- On the air --------------------------------------------------------------------------------------------

// ISO 14443-3 Annex B.
static void test_checksums_are_those_of_the_standard(void **state)
{
    (void)state;
    assert_int_equal(crc_a(span_of("\x00\x00", 2)), 0x1EA0);
    assert_int_equal(crc_a(span_of("\x12\x34", 2)), 0xCF26);
    assert_int_equal(crc_b(span_of("\x00\x00\x00", 3)), 0xC6CC);
    assert_int_equal(crc_b(span_of("\x0F\xAA\xFF", 3)), 0xD1FC);
    assert_int_equal(crc_b(span_of("\x0A\x12\x34\x56", 4)), 0xF62C);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_command_is_found_in_its_frame, start),
        cmocka_unit_test_setup(test_the_wake_up_before_a_frame_is_passed_over, start),
        cmocka_unit_test_setup(test_bytes_of_anything_else_are_passed_over, start),
        cmocka_unit_test_setup(test_acknowledgements_are_told_apart_from_frames, start),
        cmocka_unit_test_setup(test_a_wrong_checksum_makes_no_command, start),
        cmocka_unit_test_setup(test_the_next_frame_begins_where_a_broken_one_ends, start),
        cmocka_unit_test_setup(test_an_extended_frame_holds_264_bytes_of_data_and_no_more, start),
        cmocka_unit_test_setup(test_a_frame_without_command_is_one_all_the_same, start),
        cmocka_unit_test_setup(test_answers_are_framed_for_the_host, start),
        cmocka_unit_test_setup(test_a_long_answer_gets_an_extended_frame, start),
        cmocka_unit_test(test_checksums_are_those_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
