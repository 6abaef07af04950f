// The reader driver's parsers: frames, answer to select, control codes.
// SPDX-License-Identifier: Apache-2.0
#include "pcsc/ifd/ats.h"
#include "pcsc/ifd/features.h"
#include "pcsc/ifd/protocol.h"
#include "tests/unit/unit.h"

// --- Frames ------------------------------------------------------------------------------------------------

static struct link_inbox inbox;

static int empty_inbox(void **state)
{
    (void)state;
    memset(&inbox, 0, sizeof inbox);
    return 0;
}

static void receive(const void *bytes, size_t n)
{
    size_t room = 0;
    uint8_t *to = link_room(&inbox, &room);
    assert_true(n <= room);
    memcpy(to, bytes, n);
    link_filled(&inbox, n);
}

static void test_a_frame_is_given_out_when_its_last_byte_came(void **state)
{
    (void)state;
    uint8_t frame[LINK_HEADER + 2];
    link_header(frame, LINK_RESPONSE, 7, 2);
    frame[LINK_HEADER] = 0x90;
    frame[LINK_HEADER + 1] = 0x00;
    struct link_message message;
    for (size_t i = 0; i < sizeof frame; i++) {
        assert_int_equal(link_next(&inbox, &message), LINK_MORE);
        receive(frame + i, 1);
    }
    assert_int_equal(link_next(&inbox, &message), LINK_MESSAGE);
    assert_int_equal(message.type, LINK_RESPONSE);
    assert_int_equal(message.sequence, 7);
    assert_int_equal(message.payload.n, 2);
    assert_memory_equal(message.payload.p, "\x90\x00", 2);
    assert_int_equal(link_next(&inbox, &message), LINK_MORE);
}

static void test_frames_received_together_are_given_out_one_by_one(void **state)
{
    (void)state;
    uint8_t frames[2 * LINK_HEADER + 1];
    link_header(frames, LINK_WAITING_TIME, 1, 1);
    frames[LINK_HEADER] = 59;
    link_header(frames + LINK_HEADER + 1, LINK_POWER_OFF, 2, 0);
    receive(frames, sizeof frames);
    struct link_message message;
    assert_int_equal(link_next(&inbox, &message), LINK_MESSAGE);
    assert_int_equal(message.type, LINK_WAITING_TIME);
    assert_int_equal(message.payload.n, 1);
    assert_int_equal(message.payload.p[0], 59);
    assert_int_equal(link_next(&inbox, &message), LINK_MESSAGE);
    assert_int_equal(message.type, LINK_POWER_OFF);
    assert_int_equal(message.payload.n, 0);
}

static void test_the_longest_frame_fits_and_a_longer_one_is_broken(void **state)
{
    (void)state;
    uint8_t header[LINK_HEADER];
    struct link_message message;
    link_header(header, LINK_COMMAND, 1, LINK_PAYLOAD_MAX);
    receive(header, sizeof header);
    assert_int_equal(link_next(&inbox, &message), LINK_MORE);
    size_t room = 0;
    link_room(&inbox, &room);
    assert_int_equal(room, LINK_PAYLOAD_MAX);
    link_filled(&inbox, room);
    assert_int_equal(link_next(&inbox, &message), LINK_MESSAGE);
    assert_int_equal(message.payload.n, LINK_PAYLOAD_MAX);

    link_header(header, LINK_COMMAND, 1, LINK_PAYLOAD_MAX + 1);
    receive(header, sizeof header);
    assert_int_equal(link_next(&inbox, &message), LINK_BROKEN);
}

static void test_a_frame_without_type_and_sequence_is_broken(void **state)
{
    (void)state;
    struct link_message message;
    receive("\0\0\0\1\4", 5);
    assert_int_equal(link_next(&inbox, &message), LINK_BROKEN);
}

// --- Answer to select --------------------------------------------------------------------------------------

static void assert_ats(const char *bytes, size_t n, size_t historical, uint32_t waiting_time_ms)
{
    struct ats ats;
    assert_true(ats_parse(span_of(bytes, n), &ats));
    assert_int_equal(ats.historical.n, historical);
    assert_int_equal(ats.waiting_time_ms, waiting_time_ms);
}

static void test_interface_bytes_are_not_historical(void **state)
{
    (void)state;
    // FWI 4: 4.8 ms, 8: 77.3 ms, 14: 4949 ms (ISO 14443-4 §7.2); without TB(1) it is 4.
    assert_ats("\0\1", 2, 0, 5);                        // TL alone
    assert_ats("\0\2\x08", 3, 0, 5);                    // T0 alone
    assert_ats("\0\3\x28\xE0", 4, 0, 4950);             // TB(1): FWI 14
    assert_ats("\0\3\x28\x80", 4, 0, 78);               // FWI 8
    assert_ats("\0\3\x28\xF0", 4, 0, 5);                // FWI 15 is reserved
    assert_ats("\0\6\x78\x80\xE0\x02\xAA", 7, 1, 4950); // TA TB TC, one historical byte
    assert_ats("\4\x08\1\2\3\3\x08\xAA", 8, 1, 5);      // behind a UID
}

static void test_malformed_answers_to_select_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {
        {"", 0},                                 // nothing
        {"\4\x08\1\2", 4},                       // UID cut
        {"\xB\1\2\3\4\5\6\7\x8\x9\xA\xB\1", 13}, // UID of 11 bytes
        {"\0", 1},                               // no TL
        {"\0\0", 2},                             // TL does not count itself
        {"\0\3\x08", 3},                         // TL longer
        {"\0\2\x08\xAA", 4},                     // TL shorter
        {"\0\2\x10", 3},                         // TA missing
        {"\0\3\x30\x80", 4},                     // TB missing
        {"\0\4\x70\x80\xE0", 5},                 // TC missing
        {"\0\x12\0"
         "0123456789ABCDEF",
         19}, // 16 historical bytes
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ats ats;
        assert_false(ats_parse(span_of(bad[i].bytes, bad[i].n), &ats));
    }
}

static void test_atr_is_that_of_pcsc_part_3(void **state)
{
    (void)state;
    uint8_t atr[ATS_ATR_MAX];
    // No historical bytes.
    assert_int_equal(ats_to_atr(span_of(NULL, 0), atr), 5);
    assert_memory_equal(atr, "\x3B\x80\x80\x01\x01", 5);
    // The storage card example of PC/SC-3 supplement: MIFARE Classic 1K.
    const char *mifare = "\x80\x4F\x0C\xA0\x00\x00\x03\x06\x03\x00\x01\x00\x00\x00\x00";
    assert_int_equal(ats_to_atr(span_of(mifare, 15), atr), 20);
    assert_memory_equal(
        atr, "\x3B\x8F\x80\x01\x80\x4F\x0C\xA0\x00\x00\x03\x06\x03\x00\x01\x00\x00\x00\x00\x6A", 20);
}

// --- Features ----------------------------------------------------------------------------------------------

enum { GET_FEATURE_REQUEST = 0x42000D48, GET_TLV_PROPERTIES = 0x42330012, EXECUTE_PACE = 0x42330020 };

static void assert_control(uint32_t code, const char *in, size_t n, const char *expected, size_t expected_n)
{
    uint8_t out[64];
    struct writer w = writer_of(out, sizeof out);
    assert_int_equal(features_control(code, span_of(in, n), &w), FEATURES_OK);
    assert_int_equal(w.n, expected_n);
    assert_memory_equal(out, expected, expected_n);
}

static void test_features_are_listed_with_their_control_codes(void **state)
{
    (void)state;
    assert_control(GET_FEATURE_REQUEST, "", 0, "\x20\x04\x42\x33\x00\x20\x12\x04\x42\x33\x00\x12", 12);
    assert_control(GET_TLV_PROPERTIES, "", 0, "\x0A\x04\x00\x00\x01\x00", 6);
}

static void test_pace_is_reported_as_absent(void **state)
{
    (void)state;
    assert_control(EXECUTE_PACE, "\1\0\0", 3, "\0\0\0\0\1\0\0", 7);
    // EstablishPACEChannel with the CAN, DestroyPACEChannel, and a function that nobody knows.
    assert_control(EXECUTE_PACE,
                   "\2\x0B\0\2\0\6"
                   "123456"
                   "\0\0",
                   14, "\2\0\0\xD0\0\0", 6);
    assert_control(EXECUTE_PACE, "\3\0\0", 3, "\2\0\0\xD0\0\0", 6);
    assert_control(EXECUTE_PACE, "\xFF\0\0", 3, "\2\0\0\xD0\0\0", 6);
}

static void test_pace_input_with_wrong_lengths_gets_an_error_of_its_format(void **state)
{
    (void)state;
    assert_control(EXECUTE_PACE, "", 0, "\1\0\0\xD0\0\0", 6);
    assert_control(EXECUTE_PACE, "\1", 1, "\1\0\0\xD0\0\0", 6);
    assert_control(EXECUTE_PACE, "\1\0", 2, "\1\0\0\xD0\0\0", 6);
    assert_control(EXECUTE_PACE, "\1\1\0", 3, "\1\0\0\xD0\0\0", 6);
    assert_control(EXECUTE_PACE, "\2\xFF\xFF\1", 4, "\1\0\0\xD0\0\0", 6);
}

static void test_other_control_codes_and_small_buffers_are_refused(void **state)
{
    (void)state;
    uint8_t out[11];
    struct writer w = writer_of(out, sizeof out);
    assert_int_equal(features_control(0x42330006, span_of("", 0), &w), FEATURES_UNKNOWN);
    assert_int_equal(features_control(GET_FEATURE_REQUEST, span_of("", 0), &w), FEATURES_NO_SPACE);
}

static void assert_reader_command(const char *command, size_t n, const char *expected, size_t expected_n)
{
    uint8_t out[64];
    struct writer w = writer_of(out, sizeof out);
    assert_true(
        features_reader_command(span_of(command, n), span_of("\x08\1\2\3", 4), span_of("HIST", 4), &w));
    assert_int_equal(w.n, expected_n);
    assert_memory_equal(out, expected, expected_n);
}

static void test_reader_itself_tells_uid_and_historical_bytes(void **state)
{
    (void)state;
    assert_reader_command("\xFF\xCA\0\0\0", 5, "\x08\1\2\3\x90\0", 6);
    assert_reader_command("\xFF\xCA\1\0\0", 5, "HIST\x90\0", 6);
    assert_reader_command("\xFF\xCA\0\0\3", 5, "\x6C\4", 2);
    assert_reader_command("\xFF\xCA\0\0\5", 5, "\x08\1\2\3\x62\x82", 6);
    assert_reader_command("\xFF\xCA\2\0\0", 5, "\x6A\x81", 2);
    assert_reader_command("\xFF\xB0\0\0", 4, "\x6A\x81", 2);
}

static void test_the_card_gets_all_other_commands(void **state)
{
    (void)state;
    struct writer none = writer_of(NULL, 0);
    assert_false(features_reader_command(span_of("\0\xCA\0\0\0", 5), span_of("", 0), span_of("", 0), &none));
    assert_false(features_reader_command(span_of("\xFF\xCA\0", 3), span_of("", 0), span_of("", 0), &none));
    assert_int_equal(none.n, 0);
    assert_false(none.overflow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_frame_is_given_out_when_its_last_byte_came, empty_inbox),
        cmocka_unit_test_setup(test_frames_received_together_are_given_out_one_by_one, empty_inbox),
        cmocka_unit_test_setup(test_the_longest_frame_fits_and_a_longer_one_is_broken, empty_inbox),
        cmocka_unit_test_setup(test_a_frame_without_type_and_sequence_is_broken, empty_inbox),
        cmocka_unit_test(test_interface_bytes_are_not_historical),
        cmocka_unit_test(test_malformed_answers_to_select_are_refused),
        cmocka_unit_test(test_atr_is_that_of_pcsc_part_3),
        cmocka_unit_test(test_features_are_listed_with_their_control_codes),
        cmocka_unit_test(test_pace_is_reported_as_absent),
        cmocka_unit_test(test_pace_input_with_wrong_lengths_gets_an_error_of_its_format),
        cmocka_unit_test(test_other_control_codes_and_small_buffers_are_refused),
        cmocka_unit_test(test_reader_itself_tells_uid_and_historical_bytes),
        cmocka_unit_test(test_the_card_gets_all_other_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
