// What readers in the field send although no standard asks for it, or in an order of their own: the card
// takes it, and the tap goes on.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "tests/apdu/document.h"
#include "tests/apdu/terminal.h"

static struct card_fixture fixture;
static struct terminal terminal;
static struct document document;

static const char challenge[] = "F173589974BF40C6";

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
    sm_end(&terminal.sm);
    sm_end(&terminal.next);
    fixture_stop(&fixture);
    return 0;
}

static void assert_works(uint16_t status)
{
    assert_int_equal(status, SW_OK);
    assert_false(terminal.answered_plain && terminal.sm.active);
}

static void open_application(void)
{
    assert_works(terminal_pace_can(&terminal));
    assert_works(terminal_select(&terminal, AID_EMRTD));
}

// --- Before PACE -------------------------------------------------------------------------------------------

static void test_short_identifiers_are_read_before_any_select(void **state)
{
    (void)state;
    uint8_t whole[64];
    assert_true(terminal_send_plain(&terminal, "00B09C0000") == SW_END_OF_FILE ||
                terminal_send_plain(&terminal, "00B09C0000") == SW_OK);
    const size_t n = terminal.data.n;
    assert_in_range(n, 20, sizeof whole);
    memcpy(whole, terminal.data.p, n);
    // The file is current from now on: some read its header first, and go on by offset.
    assert_int_equal(terminal_send_plain(&terminal, "00B09C0004"), SW_OK);
    assert_memory_equal(terminal.data.p, whole, 4);
    assert_int_equal(terminal_send_plain(&terminal, "00B0000404"), SW_OK);
    assert_memory_equal(terminal.data.p, whole + 4, 4);
}

static void test_card_access_is_found_by_every_way_of_selecting(void **state)
{
    (void)state;
    static const char *const ways[][3] = {
        {"00A4020C02011C", NULL, NULL},
        {"00A4020C02011C00", NULL, NULL}, // with an Le that is not due
        {"00A4000002011C", NULL, NULL},
        {"00A4000C023F00", "00A4020C02011C", NULL},
        {"00A40000023F0000", "00A4020C02011C", NULL},
        {"00A4000C", "00A4020C02011C", NULL},
        {"00A4040C07A0000002471001", "00A4000C023F00", "00A4020C02011C"}, // too early in the application
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        fixture_power_cycle(&fixture);
        for (size_t j = 0; j < 3 && ways[i][j] != NULL; j++) {
            print_message("%s\n", ways[i][j]);
            assert_int_equal(terminal_send_plain(&terminal, ways[i][j]) & 0xFF00, SW_OK);
        }
        assert_int_equal(terminal_send_plain(&terminal, "00B0000004"), SW_OK);
        assert_int_equal(terminal.data.p[0], 0x31);
    }
}

// A reader that knows BAC only: it learns that this card does not, and PACE still works.
static void test_reader_of_old_documents_is_refused_and_pace_works_after_it(void **state)
{
    (void)state;
    assert_int_equal(terminal_send_plain(&terminal, "00A4040C07A0000002471001"), SW_OK);
    (void)terminal_send_plain(&terminal, "0084000008");
    assert_int_not_equal(
        terminal_send_plain(&terminal, "0082000028"
                                       "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2"
                                       "5F1448EEA8AD90A728"),
        SW_OK);
    assert_false(fixture.card.security.sm.active);
    assert_int_equal(terminal_send_plain(&terminal, "00A4000C023F00"), SW_OK);
    open_application();
}

// --- PACE --------------------------------------------------------------------------------------------------

// MSE:Set AT answers nothing; many readers put an Le behind it all the same.
static void test_le_behind_mse_is_passed_over(void **state)
{
    (void)state;
    const struct span can = span_of(DOCUMENT_CAN, 6);
    terminal.protocol = document_protocols[DOCUMENT_GM];
    terminal.oid_length = oid_pace(PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, terminal.oid);
    assert_works(terminal_send_plain(&terminal, "0022C1A40F 800A04007F00070202040202 830102 00"));
    assert_works(terminal_nonce(&terminal, can));
    assert_works(terminal_map(&terminal));
    assert_works(terminal_agree(&terminal));
    assert_works(terminal_authenticate(&terminal));
    assert_works(terminal_select(&terminal, AID_EMRTD));
}

// --- Under secure messaging --------------------------------------------------------------------------------

static void test_le_behind_select_is_passed_over(void **state)
{
    (void)state;
    assert_works(terminal_pace_can(&terminal));
    for (uint8_t p2 = 0; p2 <= 0x0C; p2 += 0x0C) {
        assert_works(terminal_send(&terminal, 0, 0xA4, 0x04, p2, AID_EMRTD, LE_ALL) & 0xFF00);
        assert_works(terminal_send_hex(&terminal, 0, 0xA4, 0x02, p2, "0101", LE_ALL) & 0xFF00);
        assert_works(terminal_send(&terminal, 0, 0xB0, 0, 0, span_of(NULL, 0), 1));
        assert_span_hex(terminal.data, "61");
    }
}

static void test_application_is_selected_again_and_again(void **state)
{
    (void)state;
    open_application();
    for (int i = 0; i < 3; i++) {
        assert_works(terminal_select(&terminal, AID_EMRTD));
        assert_works(terminal_read(&terminal, 0x1E, 0, 1)); // EF.COM: 00B09E00, as some begin
        assert_span_hex(terminal.data, "60");
    }
}

static void test_everything_is_read_again_after_chip_authentication(void **state)
{
    (void)state;
    static const uint8_t files[] = {0x1E, 0x1D, 1, 2, 14, 15};
    open_application();
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof files; i++) {
            assert_works(terminal_read(&terminal, files[i], 0, 4));
        }
        assert_works(terminal_send_hex(&terminal, 0, 0x22, 0x41, 0xA4, "800A04007F00070202030202", LE_ALL));
        terminal_make_ephemeral(&terminal, CRYPTO_P256);
        assert_works(terminal_general_authenticate(&terminal, true, 0x80, span_of(terminal.own_point, 65)));
        terminal_take_over(&terminal, CRYPTO_P256, SUITE_AES_CBC_CMAC_128, document.chip_point);
        assert_works(terminal_select(&terminal, AID_EMRTD));
    }
}

// As much as fits one short answer, over the end of a file, and single bytes: all of them leave the session.
static void test_reads_of_any_size_leave_the_session(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {223, 192, 160, 128, 112, 4, 1};
    open_application();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_works(terminal_read(&terminal, 2, 0, sizes[i]));
        assert_int_equal(terminal.data.n, sizes[i]);
        const uint16_t status = terminal_read(&terminal, 1, 0, sizes[i]);
        assert_true(status == SW_OK || status == SW_END_OF_FILE);
        assert_false(terminal.answered_plain);
    }
}

// Some take every status word with the bits of 6700 for a wrong length: there must be no 6F00 where a file is
// read, and nothing in plain.
static void test_no_read_is_answered_with_an_error_without_a_name(void **state)
{
    (void)state;
    open_application();
    for (unsigned p1 = 0; p1 <= 0xFF; p1 += 3) {
        for (unsigned p2 = 0; p2 <= 0xFF; p2 += 51) {
            const uint16_t status =
                terminal_send(&terminal, 0, 0xB0, (uint8_t)p1, (uint8_t)p2, span_of(NULL, 0), LE_ALL);
            assert_int_not_equal(status, SW_NO_PRECISE_DIAGNOSIS);
            assert_int_not_equal(status, SW_WRONG_LENGTH);
            assert_false(terminal.answered_plain);
        }
    }
}

// Without DO97 there is nothing to answer with: some cards say how much it would have been, and readers ask
// again.
static void test_internal_authenticate_without_le_is_asked_for_again(void **state)
{
    (void)state;
    open_application();
    const uint16_t status = terminal_send_hex(&terminal, 0, 0x88, 0, 0, challenge, 0);
    assert_false(terminal.answered_plain);
    assert_true(status == SW_OK || status == SW_WRONG_LENGTH || (status & 0xFF00) == SW_WRONG_LE);
    assert_works(terminal_send_hex(&terminal, 0, 0x88, 0, 0, challenge, LE_ALL));
    assert_int_equal(terminal.data.n, 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_short_identifiers_are_read_before_any_select, start, stop),
        cmocka_unit_test_setup_teardown(test_card_access_is_found_by_every_way_of_selecting, start, stop),
        cmocka_unit_test_setup_teardown(test_reader_of_old_documents_is_refused_and_pace_works_after_it,
                                        start, stop),
        cmocka_unit_test_setup_teardown(test_le_behind_mse_is_passed_over, start, stop),
        cmocka_unit_test_setup_teardown(test_le_behind_select_is_passed_over, start, stop),
        cmocka_unit_test_setup_teardown(test_application_is_selected_again_and_again, start, stop),
        cmocka_unit_test_setup_teardown(test_everything_is_read_again_after_chip_authentication, start, stop),
        cmocka_unit_test_setup_teardown(test_reads_of_any_size_leave_the_session, start, stop),
        cmocka_unit_test_setup_teardown(test_no_read_is_answered_with_an_error_without_a_name, start, stop),
        cmocka_unit_test_setup_teardown(test_internal_authenticate_without_le_is_asked_for_again, start,
                                        stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
