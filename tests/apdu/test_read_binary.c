// READ BINARY in both forms, on the files that anybody may read and on one that needs PACE (ISO 7816-4
// §11.3.3; units ISO7816_E, O, Q, S, T and U of the ICAO test standard for eMRTD).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/card_fixture.h"

static struct card_fixture fixture;

// EF.CardAccess and EF.CardSecurity stand in the card as if personalized.
static void write_file(uint16_t object, size_t n)
{
    uint8_t bytes[3000];
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (uint8_t)(i % 251);
    }
    assert_int_equal(store_write(&fixture.card.store, object, span_of(bytes, n)), STORE_OK);
}

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    write_file(OBJECT_MF_FILES + 0x1C, 20);
    write_file(OBJECT_MF_FILES + 0x1D, 3000);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static void test_atr_info_tells_the_limits(void **state)
{
    (void)state;
    const char *const content = "4703D401E07F660802020809020210269000"; // 2057 and 4134 bytes
    ASSERT_ANSWER(&fixture, "00B0810000", content);
    ASSERT_ANSWER(&fixture, "00A4020C022F01", "9000");
    ASSERT_ANSWER(&fixture, "00B0000000", content);
    assert_int_equal(CARD_COMMAND_MAX, 0x0809);
    assert_int_equal(CARD_RESPONSE_MAX, 0x1026);
}

static void test_offset_reads_the_current_file(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00B0000004", "6986");
    ASSERT_ANSWER(&fixture, "00A4020C02011C", "9000");
    ASSERT_ANSWER(&fixture, "00B0000004", "000102039000");
    ASSERT_ANSWER(&fixture, "00B0000F05", "0F101112139000");
    ASSERT_ANSWER(&fixture, "00B0001300", "139000");
}

static void test_short_identifier_reads_and_makes_current(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00B09C0002", "00019000");
    ASSERT_ANSWER(&fixture, "00B09C1002", "10119000");
    ASSERT_ANSWER(&fixture, "00B0001202", "12139000");
    ASSERT_ANSWER(&fixture, "00B0850000", "6A82");
    ASSERT_ANSWER(&fixture, "00B0800000", "6A82");
    ASSERT_ANSWER(&fixture, "00B0BC0000", "6A86");
    ASSERT_ANSWER(&fixture, "00B0DC0000", "6A86");
    ASSERT_ANSWER(&fixture, "00B0001202", "12139000");
}

static void test_end_of_file_is_told(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00B09C1005", "101112136282");
    ASSERT_ANSWER(&fixture, "00B09C1000", "101112139000");
    ASSERT_ANSWER(&fixture, "00B09C100000", "6700");
    ASSERT_ANSWER(&fixture, "00B09C1000000A00", "6700");
    ASSERT_ANSWER(&fixture, "00B09C1000 0005", "101112136282");
    ASSERT_ANSWER(&fixture, "00B09C1000 0000", "101112139000");
    ASSERT_ANSWER(&fixture, "00B09C1400", "6B00");
    ASSERT_ANSWER(&fixture, "00B0001401", "6B00");
    ASSERT_ANSWER(&fixture, "00B07FFF01", "6B00");
}

static void test_odd_instruction_reads_data_objects(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00B1001C03 540100 04", "530200019000");
    ASSERT_ANSWER(&fixture, "00B1011C03 540110 04", "530210119000");
    ASSERT_ANSWER(&fixture, "00B1000004 54020012 04", "530212139000");
    ASSERT_ANSWER(&fixture, "00B1000006 540400000012 00", "530212139000");
    ASSERT_ANSWER(&fixture, "00B1000003 540112 05", "530212136282");
    ASSERT_ANSWER(&fixture, "00B1000003 540114 05", "6B00");
    ASSERT_ANSWER(&fixture, "00B1000006 5404FFFFFFFF 05", "6B00");
    ASSERT_ANSWER(&fixture, "00B1000003 540100 02", "6700");
}

static void test_odd_instruction_refuses_what_is_no_offset(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00B1001C03 550100 04", "6A80");
    ASSERT_ANSWER(&fixture, "00B1001C02 5400 04", "6A80");
    ASSERT_ANSWER(&fixture, "00B1001C07 54050000000000 04", "6A80");
    ASSERT_ANSWER(&fixture, "00B1001C04 54010000 04", "6A80");
    ASSERT_ANSWER(&fixture, "00B1001C03 540200 04", "6A80");
    ASSERT_ANSWER(&fixture, "00B1012103 540100 04", "6A82");
    ASSERT_ANSWER(&fixture, "00B1000503 540100 04", "6A82");
    ASSERT_ANSWER(&fixture, "00B1000003 540100 04", "6986");
    ASSERT_ANSWER(&fixture, "00B1001C03 540100", "6700");
    ASSERT_ANSWER(&fixture, "00B1001C00", "6700");
}

static void test_file_behind_pace_is_closed_in_every_form(void **state)
{
    static const char *const forms[] = {"00A4020C02011D", "00B09D0040", "00B1001D03 540100 40",
                                        "00B1011D03 540100 40"};
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        ASSERT_ANSWER(&fixture, forms[i], "6982");
    }
    fixture_begin_session(&fixture);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        assert_int_equal(fixture_protect(&fixture, forms[i]), SW_OK);
        assert_true(fixture.was_protected);
    }
    // In plain it is closed again, also where it was current.
    ASSERT_ANSWER(&fixture, "00B0000000", "6982");
}

static void test_extended_length_reads_as_much_as_fits(void **state)
{
    (void)state;
    fixture_begin_session(&fixture);
    assert_int_equal(fixture_protect(&fixture, "00B09D00000000"), SW_OK);
    assert_int_equal(fixture.data.n, 3000);
    assert_int_equal(fixture_protect(&fixture, "00B000000003E8"), SW_OK);
    assert_int_equal(fixture.data.n, 1000);
    assert_int_equal(fixture_protect(&fixture, "00B00B000003E8"), SW_END_OF_FILE);
    assert_int_equal(fixture.data.n, 3000 - 0x0B00);
    assert_int_equal(fixture.data.p[0], 0x0B00 % 251);
    assert_int_equal(fixture_protect(&fixture, "00B1001D000003 540100 0103"), SW_OK);
    assert_int_equal(fixture.data.n, 0x103 - 1);
}

static void test_longest_answer_fits_its_buffers(void **state)
{
    (void)state;
    uint8_t bytes[8000] = {0x5A};
    assert_int_equal(store_write(&fixture.card.store, OBJECT_MF_FILES + 0x1D, span_of(bytes, sizeof bytes)),
                     STORE_OK);
    fixture_begin_session(&fixture);
    assert_int_equal(fixture_protect(&fixture, "00B09D00000000"), SW_OK);
    assert_int_equal(fixture.data.n, CARD_RESPONSE_DATA_MAX);
    assert_int_equal(fixture.data.p[0], 0x5A);
    assert_int_equal(fixture_protect(&fixture, "00B1001D000003 540100 0000"), SW_OK);
    assert_int_equal(fixture.data.n, CARD_RESPONSE_DATA_MAX);
}

static void test_tag_file_is_read_as_phones_do(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00A4040007D276000085010100", "6F098407D27600008501019000");
    ASSERT_ANSWER(&fixture, "00A4000C02E103", "9000");
    ASSERT_ANSWER(&fixture, "00B000000F", "000F2000FF00FF0406E104001800FF9000");
    ASSERT_ANSWER(&fixture, "00A4000C02E104", "9000");
    ASSERT_ANSWER(&fixture, "00B0000002", "00169000");
    // One record: well-known type "U", https:// and the address.
    ASSERT_ANSWER(&fixture, "00B0000216",
                  "D101125504"
                  "6A756D696E2E6578616D706C652F617070"
                  "9000");
    ASSERT_ANSWER(&fixture, "00D6000001FF", "6D00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_atr_info_tells_the_limits, start, stop),
        cmocka_unit_test_setup_teardown(test_offset_reads_the_current_file, start, stop),
        cmocka_unit_test_setup_teardown(test_short_identifier_reads_and_makes_current, start, stop),
        cmocka_unit_test_setup_teardown(test_end_of_file_is_told, start, stop),
        cmocka_unit_test_setup_teardown(test_odd_instruction_reads_data_objects, start, stop),
        cmocka_unit_test_setup_teardown(test_odd_instruction_refuses_what_is_no_offset, start, stop),
        cmocka_unit_test_setup_teardown(test_file_behind_pace_is_closed_in_every_form, start, stop),
        cmocka_unit_test_setup_teardown(test_extended_length_reads_as_much_as_fits, start, stop),
        cmocka_unit_test_setup_teardown(test_longest_answer_fits_its_buffers, start, stop),
        cmocka_unit_test_setup_teardown(test_tag_file_is_read_as_phones_do, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
