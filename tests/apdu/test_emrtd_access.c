// Who may read what of the eMRTD, and what ends a session (9303-11 §4.2, §9.8; ICAO TR "RF protocol and
// application test standard for eMRTD" Part 3, units ISO7816_A to E, O, Q, S, T, U).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/emrtd.h"
#include "card/apps/mf.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"
#include "tests/apdu/document.h"
#include "tests/apdu/terminal.h"
#include "tests/unit/unit.h"

static struct card_fixture fixture;
static struct terminal terminal;
static struct document document;

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    document_personalize(&fixture, &document_usual, &document);
    terminal_start(&terminal, &fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

// The files of the application: with content in the tests' document, or not.
static const struct {
    uint16_t identifier;
    uint8_t short_identifier, tag;
    bool exists;
} files[] = {
    {FID_COM, 0x1E, LDS_COM, true},      {FID_SOD, 0x1D, LDS_SOD, true},
    {FID_DG1, 1, LDS_DG1, true},         {FID_DG1 + 1, 2, LDS_DG2, true},
    {FID_DG1 + 10, 11, LDS_DG11, false}, {FID_DG1 + 11, 12, LDS_DG12, false},
    {FID_DG1 + 13, 14, LDS_DG14, true},  {FID_DG1 + 14, 15, LDS_DG15, true},
};

enum { FILES = sizeof files / sizeof files[0] };

static uint16_t read_odd(uint8_t p1, uint8_t p2)
{
    return terminal_send_hex(&terminal, 0x00, 0xB1, p1, p2, "540100", 16);
}

static void open_application(void)
{
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
}

// --- Before PACE -------------------------------------------------------------------------------------------

static void test_application_is_selected_freely_and_says_nothing(void **state)
{
    (void)state;
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    assert_int_equal(terminal.data.n, 0);
}

static void test_no_file_of_the_application_is_read_before_pace(void **state)
{
    (void)state;
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    for (size_t i = 0; i < FILES; i++) {
        const uint16_t selected = terminal_select_file(&terminal, files[i].identifier);
        assert_true(selected == SW_OK || selected == SW_SECURITY_STATUS_NOT_SATISFIED ||
                    (!files[i].exists && selected == SW_FILE_NOT_FOUND));
        assert_true(terminal_send(&terminal, 0x00, 0xB0, 0, 0, span_of(NULL, 0), 1) >= 0x6900);
        assert_int_equal(terminal.data.n, 0);
        const uint16_t read = terminal_read(&terminal, files[i].short_identifier, 0, 1);
        assert_true(read == SW_SECURITY_STATUS_NOT_SATISFIED ||
                    (!files[i].exists && read == SW_FILE_NOT_FOUND));
        assert_int_equal(terminal.data.n, 0);
        assert_true(read_odd((uint8_t)(files[i].identifier >> 8), (uint8_t)files[i].identifier) >= 0x6900);
        assert_int_equal(terminal.data.n, 0);
        assert_true(read_odd(0, files[i].short_identifier) >= 0x6900);
        assert_int_equal(terminal.data.n, 0);
    }
}

static void test_files_of_the_mf_before_pace(void **state)
{
    (void)state;
    static const struct {
        uint16_t identifier;
        uint8_t short_identifier;
        const char *first; // bytes; NULL: not readable
    } mf_files[] = {
        {FID_CARD_ACCESS, 0x1C, "31"},
        {FID_DIR, 0x1E, "61"},
        {FID_ATR_INFO, 0x01, "47"},
        {FID_CARD_SECURITY, 0x1D, NULL},
    };
    for (size_t i = 0; i < sizeof mf_files / sizeof mf_files[0]; i++) {
        const bool readable = mf_files[i].first != NULL;
        const uint16_t expected = readable ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED;
        fixture_power_cycle(&fixture);
        assert_int_equal(terminal_read(&terminal, mf_files[i].short_identifier, 0, 1), expected);
        assert_span_hex(terminal.data, readable ? mf_files[i].first : "");
        assert_int_equal(read_odd(0, mf_files[i].short_identifier), expected);
        assert_int_equal(read_odd((uint8_t)(mf_files[i].identifier >> 8), (uint8_t)mf_files[i].identifier),
                         expected);
        fixture_power_cycle(&fixture);
        const uint16_t selected = terminal_select_file(&terminal, mf_files[i].identifier);
        assert_true(selected == SW_OK || !readable);
        assert_true((terminal_send(&terminal, 0x00, 0xB0, 0, 0, span_of(NULL, 0), 1) == SW_OK) == readable);
        assert_span_hex(terminal.data, readable ? mf_files[i].first : "");
    }
}

static void test_atr_info_tells_the_longest_command_and_response(void **state)
{
    (void)state;
    struct tlv object;
    assert_int_equal(terminal_read(&terminal, 0x01, 0, LE_ALL), SW_OK);
    struct span info = terminal.data;
    assert_true(tlv_expect(&info, 0x47, &object));
    assert_int_equal(object.value.n, 3);
    assert_int_equal(object.value.p[2] & 0xE0, 0xE0); // chaining, extended length, its limits here
    assert_true(tlv_expect(&info, 0x7F66, &object));
    struct span lengths = object.value;
    assert_true(tlv_expect(&lengths, 0x02, &object));
    assert_int_equal(object.value.p[0] << 8 | object.value.p[1], CARD_COMMAND_MAX);
    assert_true(tlv_expect(&lengths, 0x02, &object));
    assert_int_equal(object.value.p[0] << 8 | object.value.p[1], CARD_RESPONSE_MAX);
    assert_int_equal(info.n + lengths.n, 0);
}

// --- After PACE --------------------------------------------------------------------------------------------

static void test_every_file_is_read_after_pace(void **state)
{
    (void)state;
    open_application();
    for (size_t i = 0; i < FILES; i++) {
        const uint16_t found = files[i].exists ? SW_OK : SW_FILE_NOT_FOUND;
        assert_int_equal(terminal_read(&terminal, files[i].short_identifier, 0, 1), found);
        assert_int_equal(terminal.data.n, files[i].exists ? 1 : 0);
        assert_int_equal(terminal_select_file(&terminal, files[i].identifier), found);
        if (files[i].exists) {
            assert_int_equal(terminal_send(&terminal, 0x00, 0xB0, 0, 0, span_of(NULL, 0), 1), SW_OK);
            assert_int_equal(terminal.data.p[0], files[i].tag);
        }
        assert_int_equal(read_odd(0, files[i].short_identifier), found);
        assert_false(terminal.answered_plain);
    }
}

static void test_card_security_is_read_after_pace(void **state)
{
    (void)state;
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_read(&terminal, 0x1D, 0, LE_ALL), SW_OK);
    assert_span_hex(terminal.data, "3003020103");
    assert_int_equal(terminal_select_file(&terminal, FID_CARD_SECURITY), SW_OK);
    assert_int_equal(read_odd(0x01, 0x1D), SW_END_OF_FILE);
}

static void test_errors_inside_a_session_are_protected_and_leave_it(void **state)
{
    (void)state;
    open_application();
    assert_int_equal(terminal_select_file(&terminal, 0x0202), SW_FILE_NOT_FOUND); // D_23
    assert_false(terminal.answered_plain);
    assert_int_equal(terminal_read(&terminal, 1, 0xFF, 1), SW_WRONG_OFFSET);
    assert_false(terminal.answered_plain);
    assert_int_equal(terminal_send(&terminal, 0x00, 0xFF, 0, 0, span_of(NULL, 0), 0), SW_INS_NOT_SUPPORTED);
    assert_false(terminal.answered_plain);
    assert_int_equal(terminal_send_hex(&terminal, 0x00, 0x22, 0x41, 0xB6, "8301FF", 0), SW_WRONG_P1_P2);
    assert_false(terminal.answered_plain);
    assert_int_equal(terminal_read(&terminal, 1, 0, 1), SW_OK);
}

static void test_application_selected_again_under_the_session_keeps_it(void **state)
{
    (void)state;
    open_application();
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    assert_false(terminal.answered_plain);
    assert_int_equal(terminal_read(&terminal, 1, 0, 1), SW_OK);
}

static void test_plain_command_ends_the_session(void **state)
{
    (void)state;
    static const char *const plain[] = {
        "00B0810001",               // READ BINARY of DG1
        "00A4040C07A0000002471001", // SELECT
        "0084000008",               // GET CHALLENGE
        "00FF0000",                 // no such instruction
        "00",                       // no command at all
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        fixture_power_cycle(&fixture);
        terminal_start(&terminal, &fixture);
        open_application();
        terminal_send_plain(&terminal, plain[i]);
        assert_false(fixture.card.security.sm.active);
        assert_true(terminal_read(&terminal, 1, 0, 1) >= 0x6900);
        assert_true(terminal.answered_plain);
    }
}

static void test_session_does_not_outlive_the_field(void **state)
{
    (void)state;
    open_application();
    fixture_power_cycle(&fixture);
    assert_true(terminal_read(&terminal, 1, 0, 1) >= 0x6900);
    assert_true(terminal.answered_plain);
}

// --- Personalization ---------------------------------------------------------------------------------------

// Whether the application is complete without this object.
static uint16_t completed_without(const struct document_profile *profile, uint16_t missing)
{
    fixture_stop(&fixture);
    fixture_start(&fixture);
    document_personalize(&fixture, profile, &document);
    assert_int_equal(store_delete(&fixture.card.store, missing), STORE_OK);
    return emrtd_applet.complete(&fixture.card);
}

static void test_application_is_complete_only_with_all_that_it_announces(void **state)
{
    (void)state;
    const struct document_profile *usual = &document_usual;
    const uint16_t incomplete = SW_CONDITIONS_NOT_SATISFIED;
    struct document_profile plain = document_usual;
    plain.chip_authentication_count = 0;
    plain.active_authentication = false;
    plain.announce_hash = false;
    assert_int_equal(completed_without(usual, OBJECT_EMRTD_FILES + 2), SW_OK); // a card without portrait
    assert_int_equal(completed_without(usual, OBJECT_EMRTD_FILES + 1), incomplete);
    assert_int_equal(completed_without(usual, OBJECT_EMRTD_FILES + 0x1D), incomplete);
    assert_int_equal(completed_without(usual, OBJECT_EMRTD_FILES + 0x1E), incomplete);
    assert_int_equal(completed_without(usual, OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY), incomplete);
    assert_int_equal(completed_without(usual, OBJECT_EMRTD_ACTIVE_AUTHENTICATION_KEY), incomplete);
    assert_int_equal(completed_without(usual, OBJECT_EMRTD_FILES + 15), incomplete); // hash announced, no key
    assert_int_equal(completed_without(&plain, OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY), SW_OK);
    assert_int_equal(completed_without(&plain, OBJECT_EMRTD_FILES + 14), SW_OK);
}

static void test_dg14_of_another_key_is_not_complete(void **state)
{
    (void)state;
    uint8_t bytes[512];
    struct writer w = writer_of(bytes, sizeof bytes);
    const size_t dg14 = tlv_open(&w, LDS_DG14);
    const size_t set = tlv_open(&w, 0x31);
    put_chip_authentication_info(&w, SUITE_AES_CBC_CMAC_128, 1, DOCUMENT_KEY_ID + 1);
    tlv_close(&w, set);
    tlv_close(&w, dg14);
    document_put_file(&fixture, &emrtd_applet, FID_DG1 + 13, writer_span(&w));
    assert_int_equal(emrtd_applet.complete(&fixture.card), SW_CONDITIONS_NOT_SATISFIED);
    document_put_file(&fixture, &emrtd_applet, FID_DG1 + 13, span_of(bytes, w.n - 1));
    assert_int_equal(emrtd_applet.complete(&fixture.card), SW_CONDITIONS_NOT_SATISFIED);
}

static void test_key_generation_takes_only_known_curves(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "01", "0109", "0112", "010C00"};
    uint8_t bytes[8], answer[200];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct writer response = writer_of(answer, sizeof answer);
        assert_int_equal(document_put(&fixture, &emrtd_applet, DGI_GENERATE_CHIP_AUTHENTICATION_KEY,
                                      unhex(bad[i], bytes, sizeof bytes), &response),
                         SW_WRONG_DATA);
        assert_int_equal(response.n, 0);
    }
}

static void test_removal_leaves_neither_files_nor_keys(void **state)
{
    (void)state;
    size_t length = 0;
    assert_int_equal(emrtd_applet.remove(&fixture.card), SW_OK);
    for (unsigned id = OBJECT_EMRTD_FILES; id <= OBJECT_EMRTD_FILES + 0x1F; id++) {
        assert_int_equal(store_length(&fixture.card.store, (uint16_t)id, &length), STORE_NOT_FOUND);
    }
    assert_int_equal(store_length(&fixture.card.store, OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY, &length),
                     STORE_NOT_FOUND);
    assert_int_equal(store_length(&fixture.card.store, OBJECT_EMRTD_ACTIVE_AUTHENTICATION_KEY, &length),
                     STORE_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_application_is_selected_freely_and_says_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_no_file_of_the_application_is_read_before_pace, start, stop),
        cmocka_unit_test_setup_teardown(test_files_of_the_mf_before_pace, start, stop),
        cmocka_unit_test_setup_teardown(test_atr_info_tells_the_longest_command_and_response, start, stop),
        cmocka_unit_test_setup_teardown(test_every_file_is_read_after_pace, start, stop),
        cmocka_unit_test_setup_teardown(test_card_security_is_read_after_pace, start, stop),
        cmocka_unit_test_setup_teardown(test_errors_inside_a_session_are_protected_and_leave_it, start, stop),
        cmocka_unit_test_setup_teardown(test_application_selected_again_under_the_session_keeps_it, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_plain_command_ends_the_session, start, stop),
        cmocka_unit_test_setup_teardown(test_session_does_not_outlive_the_field, start, stop),
        cmocka_unit_test_setup_teardown(test_application_is_complete_only_with_all_that_it_announces, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_dg14_of_another_key_is_not_complete, start, stop),
        cmocka_unit_test_setup_teardown(test_key_generation_takes_only_known_curves, start, stop),
        cmocka_unit_test_setup_teardown(test_removal_leaves_neither_files_nor_keys, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
