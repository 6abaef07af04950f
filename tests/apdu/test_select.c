// SELECT: applications, the MF, files; what it leaves and what it ends (ISO 7816-4 §11.2.2, GPC v2.3.1
// §11.9).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/card_fixture.h"

static struct card_fixture fixture;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static void install_emrtd(void)
{
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80E60C001C 07F04A554D494E00 07A0000002471001 07A0000002471001 0100 00 00 00",
                  "009000");
}

static void test_mf_is_current_after_power_on(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00A4020C022F01", "9000");
    fixture_send(&fixture, "00A4040000");
    fixture_power_cycle(&fixture);
    ASSERT_ANSWER(&fixture, "00A4020C022F01", "9000");
}

static void test_every_spelling_selects_the_mf(void **state)
{
    static const char *const spellings[] = {"00A4000C",
                                            "00A4000C023F00",
                                            "00A40000",
                                            "00A4000C00",
                                            "00A4030C",
                                            "00A4000C0000",
                                            "00A4040C08F04A554D494E0100"};
    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        fixture_send(&fixture, "00A4040000");
        if (i == 5) { // an extended Le that is cut off
            ASSERT_ANSWER(&fixture, spellings[i], "6700");
            continue;
        }
        ASSERT_ANSWER(&fixture, spellings[i], "9000");
        ASSERT_ANSWER(&fixture, "00A4020C022F01", "9000");
    }
    ASSERT_ANSWER(&fixture, "00A40000023F0000", "6F0A8408F04A554D494E01009000");
}

static void test_empty_name_selects_the_security_domain(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00A4040000", "6F108408A000000151000000A5049F6501FF9000");
    ASSERT_ANSWER(&fixture, "00A40400", "9000");
    ASSERT_ANSWER(&fixture, "00A4040C", "9000");
}

static void test_name_selects_an_application(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00A4040007D276000085010100", "6F098407D27600008501019000");
    ASSERT_ANSWER(&fixture, "00A4040007D2760000850101", "9000");
    ASSERT_ANSWER(&fixture, "00A4040C07D276000085010100", "9000");
    ASSERT_ANSWER(&fixture, "00A4040407D276000085010100", "62098407D27600008501019000");
    ASSERT_ANSWER(&fixture, "00A4040007D276000085010200", "6A82");
    ASSERT_ANSWER(&fixture, "00A4040008D27600008501010000", "6A82");
}

static void test_partial_name_selects_the_first_and_the_next(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00A4040007A000000151000000", "6F108408A000000151000000A5049F6501FF9000");
    ASSERT_ANSWER(&fixture, "00A4040005A00000015100", "6F108408A000000151000000A5049F6501FF9000");
    ASSERT_ANSWER(&fixture, "00A4040205A00000015100", "6A82");
    ASSERT_ANSWER(&fixture, "00A4040004D276000000", "6A82");
    install_emrtd();
    ASSERT_SECURE(&fixture, "80E60C001E 07F04A554D494E00 07D2760000850101 09A00000024710010102 0100 00 00",
                  "009000");
    ASSERT_ANSWER(&fixture, "00A4040006A0000002471000", "6F098407A00000024710019000");
    ASSERT_ANSWER(&fixture, "00A4040206A0000002471000", "6F0B8409A000000247100101029000");
    ASSERT_ANSWER(&fixture, "00A4040206A0000002471000", "6A82");
    // The exact name wins over the first that begins with it.
    ASSERT_ANSWER(&fixture, "00A4040007A000000247100100", "6F098407A00000024710019000");
    ASSERT_ANSWER(&fixture, "00A4040009A0000002471001010200", "6F0B8409A000000247100101029000");
}

static void test_failed_select_changes_nothing(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00A4040C07D2760000850101", "9000");
    ASSERT_ANSWER(&fixture, "00A4000C02E103", "9000");
    ASSERT_ANSWER(&fixture, "00A4040C07A0000002471001", "6A82");
    ASSERT_ANSWER(&fixture, "00A4000C02E105", "6A82");
    ASSERT_ANSWER(&fixture, "00B0000002", "000F9000");
}

static void test_file_is_selected_under_its_df_only(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00A4000C02E103", "6A82");
    ASSERT_ANSWER(&fixture, "00A40200022F0100",
                  "6F0B800200108201018302"
                  "2F019000");
    ASSERT_ANSWER(&fixture, "00A40204022F0100",
                  "620B800200108201018302"
                  "2F019000");
    ASSERT_ANSWER(&fixture, "00A4040C07D2760000850101", "9000");
    ASSERT_ANSWER(&fixture, "00A4020C022F01", "6A82");
    ASSERT_ANSWER(&fixture, "00A4020C02E103", "9000");
    ASSERT_ANSWER(&fixture, "00A4020C023F00", "6A82");
}

static void test_file_without_right_is_the_same_whether_it_exists(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00A4020C02011D", "6982");
    install_emrtd();
    ASSERT_ANSWER(&fixture, "00A4040C07A0000002471001", "9000");
    ASSERT_ANSWER(&fixture, "00A4020C020101", "6982");
    fixture_begin_session(&fixture);
    ASSERT_PROTECTED(&fixture, "00A4020C020101", "6A82");
    ASSERT_PROTECTED(&fixture, "00A4020C020202", "6A82");
}

static void test_wrong_parameters_are_refused(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00A4010C023F00", "6A86");
    ASSERT_ANSWER(&fixture, "00A4080C022F00", "6A86");
    ASSERT_ANSWER(&fixture, "00A4040107D2760000850101", "6A86");
    ASSERT_ANSWER(&fixture, "00A4041007D2760000850101", "6A86");
    ASSERT_ANSWER(&fixture, "00A4000D023F00", "6A86");
    ASSERT_ANSWER(&fixture, "00A40008023F00", "6A86");
    ASSERT_ANSWER(&fixture, "00A4000C013F", "6700");
    ASSERT_ANSWER(&fixture, "00A4000C033F0000", "6700");
    ASSERT_ANSWER(&fixture, "00A4030C023F00", "6700");
    ASSERT_ANSWER(&fixture, "00A4020C", "6700");
    ASSERT_ANSWER(&fixture, "80A4040000", "6E00");
}

static void test_another_application_has_no_current_file_yet(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00A4020C022F00", "9000");
    ASSERT_ANSWER(&fixture, "00B0000001", "619000");
    ASSERT_ANSWER(&fixture, "00A4040C07D2760000850101", "9000");
    ASSERT_ANSWER(&fixture, "00B0000001", "6986");
    ASSERT_ANSWER(&fixture, "00A4000C023F00", "9000");
    ASSERT_ANSWER(&fixture, "00B0000001", "6986");
}

static void test_select_keeps_what_pace_achieved(void **state)
{
    (void)state;
    fixture_begin_session(&fixture);
    ASSERT_PROTECTED(&fixture, "00A4040C07D2760000850101", "9000");
    ASSERT_PROTECTED(&fixture, "00A40400", "9000");
    assert_true(fixture.card.security.sm.active);
    assert_int_equal(fixture.card.security.achieved.password, PACE_PASSWORD_CAN);
}

static void test_select_ends_the_secure_channel(void **state)
{
    (void)state;
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80F28002024F0000",
                  "E3264F08A0000001510000009F7001"
                  "01C503985E00C407F04A554D494E00CC08A000000151000000"
                  "9000");
    ASSERT_ANSWER(&fixture, "00A4040C07D2760000850101", "9000");
    assert_false(fixture.card.security.scp03.active);
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "00A4040C07D2760000850101", "9000");
    assert_false(fixture.card.security.scp03.active);
}

static void test_locked_application_is_not_selected(void **state)
{
    (void)state;
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80F0408007D2760000850101", "9000");
    ASSERT_ANSWER(&fixture, "00A4040C07D2760000850101", "6A82");
    fixture_open(&fixture);
    ASSERT_SECURE(&fixture, "80F0400007D2760000850101", "9000");
    ASSERT_ANSWER(&fixture, "00A4040C07D2760000850101", "9000");
}

static void test_directory_lists_the_installed(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00B09E0000", "61094F07D27600008501019000");
    install_emrtd();
    fixture_send(&fixture, "00A4000C");
    ASSERT_ANSWER(&fixture, "00B09E0000", "61094F07A000000247100161094F07D27600008501019000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_mf_is_current_after_power_on, start, stop),
        cmocka_unit_test_setup_teardown(test_every_spelling_selects_the_mf, start, stop),
        cmocka_unit_test_setup_teardown(test_empty_name_selects_the_security_domain, start, stop),
        cmocka_unit_test_setup_teardown(test_name_selects_an_application, start, stop),
        cmocka_unit_test_setup_teardown(test_partial_name_selects_the_first_and_the_next, start, stop),
        cmocka_unit_test_setup_teardown(test_failed_select_changes_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_file_is_selected_under_its_df_only, start, stop),
        cmocka_unit_test_setup_teardown(test_file_without_right_is_the_same_whether_it_exists, start, stop),
        cmocka_unit_test_setup_teardown(test_wrong_parameters_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_another_application_has_no_current_file_yet, start, stop),
        cmocka_unit_test_setup_teardown(test_select_keeps_what_pace_achieved, start, stop),
        cmocka_unit_test_setup_teardown(test_select_ends_the_secure_channel, start, stop),
        cmocka_unit_test_setup_teardown(test_locked_application_is_not_selected, start, stop),
        cmocka_unit_test_setup_teardown(test_directory_lists_the_installed, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
