// The APDU codec: all seven cases at every boundary of Lc and Le (ISO 7816-3 §12.1.3).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/apdu.h"

static uint8_t content[70000];
static uint8_t coded[70000];

static const struct {
    size_t lc;
    uint32_t ne;
    bool extended; // asked for
    enum apdu_case expected;
    const char *length_bytes; // the bytes behind the header, without the data
} cases[] = {
    {0, 0, false, APDU_CASE_1, ""},
    {0, 0, true, APDU_CASE_1, ""},
    {0, 1, false, APDU_CASE_2S, "01"},
    {0, 255, false, APDU_CASE_2S, "FF"},
    {0, 256, false, APDU_CASE_2S, "00"},
    {0, 1, true, APDU_CASE_2E, "000001"},
    {0, 256, true, APDU_CASE_2E, "000100"},
    {0, 257, false, APDU_CASE_2E, "000101"},
    {0, 65535, false, APDU_CASE_2E, "00FFFF"},
    {0, 65536, false, APDU_CASE_2E, "000000"},
    {1, 0, false, APDU_CASE_3S, "01"},
    {255, 0, false, APDU_CASE_3S, "FF"},
    {1, 0, true, APDU_CASE_3E, "000001"},
    {255, 0, true, APDU_CASE_3E, "0000FF"},
    {256, 0, false, APDU_CASE_3E, "000100"},
    {257, 0, false, APDU_CASE_3E, "000101"},
    {65535, 0, false, APDU_CASE_3E, "00FFFF"},
    {1, 1, false, APDU_CASE_4S, "01 01"},
    {1, 256, false, APDU_CASE_4S, "01 00"},
    {255, 255, false, APDU_CASE_4S, "FF FF"},
    {255, 256, false, APDU_CASE_4S, "FF 00"},
    {1, 1, true, APDU_CASE_4E, "000001 0001"},
    {255, 257, false, APDU_CASE_4E, "0000FF 0101"},
    {256, 1, false, APDU_CASE_4E, "000100 0001"},
    {256, 256, false, APDU_CASE_4E, "000100 0100"},
    {65535, 65535, false, APDU_CASE_4E, "00FFFF FFFF"},
    {65535, 65536, false, APDU_CASE_4E, "00FFFF 0000"},
};
enum { CASES = sizeof cases / sizeof cases[0] };

static struct apdu_command command_of(size_t i)
{
    return (struct apdu_command){.cla = 0x10,
                                 .ins = 0xA4,
                                 .p1 = 0x04,
                                 .p2 = 0x0C,
                                 .data = span_of(content, cases[i].lc),
                                 .ne = cases[i].ne,
                                 .extended = cases[i].extended};
}

static struct span code(const struct apdu_command *command)
{
    struct writer w = writer_of(coded, sizeof coded);
    apdu_put(&w, command);
    assert_false(w.overflow);
    return writer_span(&w);
}

static void test_every_case_is_coded_as_the_standard_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        const struct apdu_command command = command_of(i);
        const struct span apdu = code(&command);
        assert_int_equal(apdu_case_of(&command), cases[i].expected);
        assert_memory_equal(apdu.p, "\x10\xA4\x04\x0C", 4);

        uint8_t buffer[5];
        const struct span lengths = unhex(cases[i].length_bytes, buffer, sizeof buffer);
        assert_int_equal(apdu.n, 4 + lengths.n + cases[i].lc);
        const bool has_le = cases[i].ne > 0;
        const bool is_extended = lengths.n > 2;
        const size_t le_bytes = !has_le ? 0 : cases[i].lc == 0 ? lengths.n : is_extended ? 2 : 1;
        const size_t before = lengths.n - le_bytes;
        assert_memory_equal(apdu.p + 4, lengths.p, before);
        assert_memory_equal(apdu.p + 4 + before, content, cases[i].lc);
        assert_memory_equal(apdu.p + apdu.n - le_bytes, lengths.p + before, le_bytes);
    }
}

static void test_every_case_is_parsed_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        const struct apdu_command command = command_of(i);
        struct apdu_command parsed;
        assert_true(apdu_parse(code(&command), &parsed));
        assert_int_equal(parsed.cla, 0x10);
        assert_int_equal(parsed.ins, 0xA4);
        assert_int_equal(parsed.p1, 0x04);
        assert_int_equal(parsed.p2, 0x0C);
        assert_true(span_equal(parsed.data, command.data));
        assert_int_equal(parsed.ne, cases[i].ne);
        assert_int_equal(apdu_case_of(&parsed), cases[i].expected);
        assert_int_equal(parsed.extended, cases[i].expected == APDU_CASE_2E ||
                                              cases[i].expected == APDU_CASE_3E ||
                                              cases[i].expected == APDU_CASE_4E);
    }
}

// A cut or lengthened APDU may happen to be another case, but never one with other data or out of bounds.
static void test_cut_apdus_are_refused_or_are_another_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        const struct apdu_command command = command_of(i);
        const struct span apdu = code(&command);
        const size_t step = apdu.n > 1000 ? 997 : 1;
        for (size_t n = 0; n < apdu.n; n += step) {
            struct apdu_command parsed;
            if (!apdu_parse(span_first(apdu, n), &parsed)) {
                continue;
            }
            const bool is_case_1 = n == 4;
            const bool is_case_2 = (n == 5 || (n == 7 && apdu.p[4] == 0)) && parsed.data.n == 0;
            const bool lost_le = parsed.ne == 0 && parsed.data.n == command.data.n;
            assert_true(is_case_1 || is_case_2 || lost_le);
        }
    }
}

static void test_what_is_none_of_the_seven_cases_is_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",
        "00A404",                       // header cut off
        "00A40400 02 3F",               // data cut off
        "00A40400 02 3F00 00 00",       // byte behind Le
        "00A40400 01 3F00 00",          // likewise
        "00A40400 00 01",               // extended marker, one length byte
        "00A40400 00 02 3F00",          // short data with extended marker
        "00A40400 00 02 3F00 00",       // likewise, with Le
        "00A40400 00 0000 3F",          // extended Lc 0
        "00A40400 00 0000 0000",        // likewise
        "00A40400 00 0002 3F",          // extended data cut off
        "00A40400 00 0002 3F00 00",     // short Le behind extended Lc
        "00A40400 00 0002 3F00 000000", // three Le bytes behind extended Lc
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        uint8_t bytes[16];
        struct apdu_command command;
        assert_false(apdu_parse(unhex(refused[i], bytes, sizeof bytes), &command));
    }
}

static void test_extended_lc_stands_in_bytes_5_and_6(void **state)
{
    (void)state;
    uint8_t bytes[16];
    struct apdu_command command;
    assert_true(apdu_parse(unhex("00A40400 00 0003 0102FF 0004", bytes, sizeof bytes), &command));
    assert_span_hex(command.data, "0102FF");
    assert_int_equal(command.ne, 4);
    assert_true(command.extended);
}

static void test_too_long_commands_are_not_coded(void **state)
{
    (void)state;
    const struct apdu_command data_too_long = {.data = span_of(content, 65536)};
    const struct apdu_command ne_too_large = {.ne = 65537};
    struct writer w = writer_of(coded, sizeof coded);
    apdu_put(&w, &data_too_long);
    assert_true(w.overflow);
    w = writer_of(coded, sizeof coded);
    apdu_put(&w, &ne_too_large);
    assert_true(w.overflow);
    const struct apdu_command fits = {.data = span_of(content, 10)};
    w = writer_of(coded, 14);
    apdu_put(&w, &fits);
    assert_true(w.overflow);
}

static void test_response_is_split_into_data_and_status(void **state)
{
    (void)state;
    uint8_t bytes[8];
    struct span data;
    uint16_t status;
    assert_true(apdu_response_parse(unhex("0102 6C10", bytes, sizeof bytes), &data, &status));
    assert_span_hex(data, "0102");
    assert_int_equal(status, 0x6C10);
    assert_true(apdu_response_parse(unhex("9000", bytes, sizeof bytes), &data, &status));
    assert_int_equal(data.n, 0);
    assert_int_equal(status, SW_OK);
    assert_false(apdu_response_parse(unhex("90", bytes, sizeof bytes), &data, &status));
    assert_false(apdu_response_parse(span_of(NULL, 0), &data, &status));
    assert_true(apdu_response_parse(span_of(content, APDU_RESPONSE_MAX), &data, &status));
    assert_int_equal(data.n, 65536);
    assert_false(apdu_response_parse(span_of(content, APDU_RESPONSE_MAX + 1), &data, &status));
}

static void test_instructions_have_the_name_of_their_class(void **state)
{
    (void)state;
    assert_string_equal(apdu_instruction_name(0x00, 0xA4), "SELECT");
    assert_string_equal(apdu_instruction_name(0x0C, 0xB0), "READ BINARY");
    assert_string_equal(apdu_instruction_name(0x10, 0x86), "GENERAL AUTHENTICATE");
    assert_string_equal(apdu_instruction_name(0x80, 0x50), "INITIALIZE UPDATE");
    assert_string_equal(apdu_instruction_name(0x84, 0xE6), "INSTALL");
    assert_string_equal(apdu_instruction_name(0x00, 0xE6), "TERMINATE DF");
    assert_string_equal(apdu_instruction_name(0x00, 0x50), "unknown instruction");
}

static void test_every_status_word_has_a_text(void **state)
{
    (void)state;
    for (uint32_t status = 0; status <= 0xFFFF; status++) {
        const char *text = status_word_text((uint16_t)status);
        assert_non_null(text);
        assert_true(text[0] != '\0');
    }
    assert_string_equal(status_word_text(SW_OK), "success");
    assert_string_equal(status_word_text(0x6700), "wrong length");
    assert_string_equal(status_word_text(0x63C1), "verification failed, 1 try left");
    assert_string_equal(status_word_text(0x63C7), "verification failed, tries left in the last digit");
    assert_string_equal(status_word_text(0x6982), "security status not satisfied");
    assert_string_equal(status_word_text(0x69FF), "command not allowed");
    assert_string_equal(status_word_text(0x9001), "unknown status word");
}

int main(void)
{
    for (size_t i = 0; i < sizeof content; i++) {
        content[i] = (uint8_t)(i * 7 + 1);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_case_is_coded_as_the_standard_says),
        cmocka_unit_test(test_every_case_is_parsed_back),
        cmocka_unit_test(test_cut_apdus_are_refused_or_are_another_case),
        cmocka_unit_test(test_what_is_none_of_the_seven_cases_is_refused),
        cmocka_unit_test(test_extended_lc_stands_in_bytes_5_and_6),
        cmocka_unit_test(test_too_long_commands_are_not_coded),
        cmocka_unit_test(test_response_is_split_into_data_and_status),
        cmocka_unit_test(test_instructions_have_the_name_of_their_class),
        cmocka_unit_test(test_every_status_word_has_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
