// Faulty PACE: every case is refused, ends the run, and leaves a card that still opens (9303-11 §4.4; ICAO TR
// "RF protocol and application test standard for eMRTD" Part 3, unit ISO7816_P).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/mf.h"
#include "card/wire/lds.h"
#include "tests/apdu/document.h"
#include "tests/apdu/terminal.h"
#include "tests/unit/unit.h"

static struct card_fixture fixture;
static struct terminal terminal;
static struct document document;

static const struct pace_protocol *const gm = &document_protocols[DOCUMENT_GM];
static const struct pace_protocol *const im = &document_protocols[DOCUMENT_IM];

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

// Any error that a command's checks may have (ISO 7816-4 §5.1.3, table 6).
enum { CHECKING_ERROR = 0 };

static void assert_refused(const char *name, uint16_t status, uint16_t expected)
{
    if (expected == CHECKING_ERROR ? status < 0x6400 || status > 0x6FFF : status != expected) {
        fail_msg("%s: %04X in place of %04X", name, status, expected);
    }
    if (fixture.card.pace.step != PACE_IDLE || fixture.card.security.sm.active ||
        fixture.card.security.achieved.password != PACE_PASSWORD_NONE) {
        fail_msg("%s: the run goes on", name);
    }
}

// Nothing of the run may be left that its next command could use.
static void assert_run_is_over(const char *name)
{
    static const char *const next[] = {"10860000027C0000", "008600000C 7C0A8508 0000000000000000 00"};
    for (size_t i = 0; i < 2; i++) {
        if (terminal_send_plain(&terminal, next[i]) != SW_CONDITIONS_NOT_SATISFIED) {
            fail_msg("%s: the run goes on", name);
        }
    }
}

// Brings a run with the CAN to the command of `step`.
static void run_to(const struct pace_protocol *protocol, enum pace_step step)
{
    terminal_start(&terminal, &fixture);
    assert_int_equal(terminal_set_at(&terminal, protocol, PACE_PASSWORD_CAN), SW_OK);
    if (step > PACE_ENCRYPTED_NONCE) {
        assert_int_equal(terminal_nonce(&terminal, span_of(DOCUMENT_CAN, 6)), SW_OK);
    }
    if (step > PACE_MAP_NONCE) {
        assert_int_equal(terminal_map(&terminal), SW_OK);
    }
    if (step > PACE_KEY_AGREEMENT) {
        assert_int_equal(terminal_agree(&terminal), SW_OK);
    }
}

struct fault {
    const char *name;
    const char *command; // %P: a right public key (04 x y); %T: the right token
    uint16_t expected;
};

// --- MSE:Set AT --------------------------------------------------------------------------------------------

static const struct fault set_at_faults[] = {
    {"P_4 class", "8022C1A412 800A04007F00070202040202 830102 84010C", SW_CLA_NOT_SUPPORTED},
    {"P1 P2", "0022C1B412 800A04007F00070202040202 830102 84010C", SW_WRONG_P1_P2},
    {"P_6 mechanism not offered", "0022C1A412 800A04007F00070202040204 830102 84010C", SW_WRONG_DATA},
    {"P_68 mechanism of no kind", "0022C1A412 800A04007F00070202040902 830102 84010C", SW_WRONG_DATA},
    {"DH, not offered", "0022C1A412 800A04007F00070202040102 830102 84010C", SW_WRONG_DATA},
    {"P_7 tag 06 inside DO80", "0022C1A414 800C060A04007F00070202040202 830102 84010C", SW_WRONG_DATA},
    {"P_77 tag 06 in place of 80", "0022C1A412 060A04007F00070202040202 830102 84010C", SW_WRONG_DATA},
    {"P_64 DO80 missing", "0022C1A406 830102 84010C", SW_WRONG_DATA},
    {"P_65 DO80 empty", "0022C1A408 8000 830102 84010C", SW_WRONG_DATA},
    {"P_66 DO80 one byte longer", "0022C1A413 800B04007F0007020204020200 830102 84010C", SW_WRONG_DATA},
    {"P_67 DO80 one byte shorter", "0022C1A411 800904007F000702020402 830102 84010C", SW_WRONG_DATA},
    {"DO80 twice", "0022C1A418 800A04007F00070202040202 800A04007F00070202040202", SW_WRONG_DATA},
    {"P_8 password 00", "0022C1A412 800A04007F00070202040202 830100 84010C", SW_REFERENCED_DATA_NOT_FOUND},
    {"P_8 password 05", "0022C1A412 800A04007F00070202040202 830105 84010C", SW_REFERENCED_DATA_NOT_FOUND},
    {"P_8 password FF", "0022C1A412 800A04007F00070202040202 8301FF 84010C", SW_REFERENCED_DATA_NOT_FOUND},
    {"P_69 DO83 missing", "0022C1A40F 800A04007F00070202040202 84010C", SW_WRONG_DATA},
    {"P_70 DO83 empty", "0022C1A411 800A04007F00070202040202 8300 84010C", SW_WRONG_DATA},
    {"P_72 DO83 of two bytes", "0022C1A413 800A04007F00070202040202 83020002 84010C", SW_WRONG_DATA},
    {"DO83 twice", "0022C1A412 800A04007F00070202040202 830102 830102", SW_WRONG_DATA},
    {"P_75 DO84 empty", "0022C1A411 800A04007F00070202040202 830102 8400", SW_WRONG_DATA},
    {"DO84 of two bytes", "0022C1A413 800A04007F00070202040202 830102 8402000C", SW_WRONG_DATA},
    {"P_9 parameters unknown", "0022C1A412 800A04007F00070202040202 830102 84011F",
     SW_REFERENCED_DATA_NOT_FOUND},
    {"P_9 parameters not offered", "0022C1A412 800A04007F00070202040202 830102 84010D",
     SW_REFERENCED_DATA_NOT_FOUND},
    {"P_71 list cut off", "0022C1A411 800A04007F00070202040202 830102 8401", SW_WRONG_DATA},
    {"P_71 list cut off in DO83", "0022C1A40E 800A04007F00070202040202 8301", SW_WRONG_DATA},
    {"unknown object", "0022C1A415 800A04007F00070202040202 830102 84010C 850100", SW_WRONG_DATA},
    {"no data", "0022C1A4", SW_WRONG_LENGTH},
};

static void test_faulty_set_at_begins_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof set_at_faults / sizeof set_at_faults[0]; i++) {
        const struct fault *fault = &set_at_faults[i];
        fixture_power_cycle(&fixture);
        assert_refused(fault->name, terminal_send_plain(&terminal, fault->command), fault->expected);
        assert_run_is_over(fault->name);
    }
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
}

static void test_faulty_set_at_forgets_an_earlier_good_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof set_at_faults / sizeof set_at_faults[0]; i++) {
        const struct fault *fault = &set_at_faults[i];
        run_to(gm, PACE_KEY_AGREEMENT);
        assert_refused(fault->name, terminal_send_plain(&terminal, fault->command), fault->expected);
        assert_run_is_over(fault->name);
    }
}

// What stands in EF.CardAccess all the same: version 1, 3DES, and parameters of no curve of the card.
static void test_what_the_card_cannot_run_is_not_offered(void **state)
{
    static const char infos[] = "3150"
                                "3012 060A 04007F00070202040202 020102 02010C"
                                "3012 060A 04007F00070202040204 020101 02010C"
                                "3012 060A 04007F00070202040201 020102 02010C"
                                "3012 060A 04007F00070202040203 020102 02010A";
    static const char *const commands[] = {
        "0022C1A412 800A04007F00070202040204 830102 84010C",
        "0022C1A412 800A04007F00070202040201 830102 84010C",
        "0022C1A412 800A04007F00070202040203 830102 84010A",
    };
    uint8_t bytes[128];
    (void)state;
    document_put_file(&fixture, &mf_applet, FID_CARD_ACCESS, unhex(infos, bytes, sizeof bytes));
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        assert_refused(commands[i], terminal_send_plain(&terminal, commands[i]), SW_WRONG_DATA);
        assert_run_is_over(commands[i]);
    }
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
}

static void test_password_that_the_card_has_not_is_not_found(void **state)
{
    (void)state;
    assert_int_equal(store_delete(&fixture.card.store, OBJECT_PASSWORD + PACE_PASSWORD_PUK), STORE_OK);
    assert_refused("no PUK", terminal_set_at(&terminal, gm, PACE_PASSWORD_PUK), SW_REFERENCED_DATA_NOT_FOUND);
    assert_run_is_over("no PUK");
}

// --- GENERAL AUTHENTICATE ----------------------------------------------------------------------------------

static const struct fault nonce_faults[] = {
    {"P_11 outer tag", "1086000002 7D00 00", SW_WRONG_DATA},
    {"P_12 template missing", "1086000002 8100 00", SW_WRONG_DATA},
    {"P_13 object inside", "1086000005 7C038101AA 00", SW_WRONG_DATA},
    {"object behind", "1086000004 7C008100 00", SW_WRONG_DATA},
    {"P_54 chaining bit missing", "0086000002 7C00 00", SW_CONDITIONS_NOT_SATISFIED},
    {"length too long", "1086000002 7C01 00", SW_WRONG_DATA},
    {"class", "9086000002 7C00 00", SW_CLA_NOT_SUPPORTED},
    {"P1", "1086010002 7C00 00", SW_WRONG_P1_P2},
    {"no data", "1086000000", SW_WRONG_LENGTH},
};

static const struct fault map_faults[] = {
    {"P_15 outer tag", "1086000045 7D438141%P 00", SW_WRONG_DATA},
    {"P_16 template missing", "1086000043 8141%P 00", SW_WRONG_DATA},
    {"P_17 inner tag", "1086000045 7C438241%P 00", SW_WRONG_DATA},
    {"P_18 object more", "1086000047 7C458141%P 8500 00", SW_WRONG_DATA},
    {"P_55 chaining bit missing", "0086000045 7C438141%P 00", SW_CONDITIONS_NOT_SATISFIED},
    {"class", "9086000045 7C438141%P 00", SW_CLA_NOT_SUPPORTED},
    {"template empty", "1086000002 7C00 00", SW_WRONG_DATA},
    {"key of the next step", "1086000045 7C438341%P 00", SW_WRONG_DATA},
    {"token of the last step", "008600000C 7C0A8508 0000000000000000 00", SW_CONDITIONS_NOT_SATISFIED},
};

static const struct fault agree_faults[] = {
    {"P_19 outer tag", "1086000045 7D438341%P 00", SW_WRONG_DATA},
    {"P_20 template missing", "1086000043 8341%P 00", SW_WRONG_DATA},
    {"P_21 inner tag", "1086000045 7C438441%P 00", SW_WRONG_DATA},
    {"P_22 object more", "1086000047 7C458341%P 8500 00", SW_WRONG_DATA},
    {"P_56 chaining bit missing", "0086000045 7C438341%P 00", SW_CONDITIONS_NOT_SATISFIED},
    {"class", "9086000045 7C438341%P 00", SW_CLA_NOT_SUPPORTED},
    {"template empty", "1086000002 7C00 00", SW_WRONG_DATA},
    {"key of the step before", "1086000045 7C438141%P 00", SW_WRONG_DATA},
    {"token of the last step", "008600000C 7C0A8508 0000000000000000 00", SW_CONDITIONS_NOT_SATISFIED},
};

static const struct fault token_faults[] = {
    {"P_31 outer tag", "008600000C 7D0A8508%T 00", SW_WRONG_DATA},
    {"P_32 template missing", "008600000A 8508%T 00", SW_WRONG_DATA},
    {"P_33 inner tag", "008600000C 7C0A8608%T 00", SW_WRONG_DATA},
    {"P_34 object more", "008600000E 7C0C8508%T 8600 00", SW_WRONG_DATA},
    {"P_35 wrong token", "008600000C 7C0A8508 0000000000000000 00", SW_AUTHENTICATION_FAILED},
    {"P_36 token of one byte", "0086000005 7C038501AA 00", SW_WRONG_DATA},
    {"token of no bytes", "0086000004 7C028500 00", SW_WRONG_DATA},
    {"token with a byte more", "008600000D 7C0B8509%T00 00", SW_WRONG_DATA},
    {"P_57 chaining bit set", "108600000C 7C0A8508%T 00", SW_LAST_COMMAND_EXPECTED},
    {"class", "808600000C 7C0A8508%T 00", SW_CLA_NOT_SUPPORTED},
    {"template empty", "0086000002 7C00 00", SW_WRONG_DATA},
};

static void append_hex(char **to, struct span bytes)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < bytes.n; i++) {
        *(*to)++ = digits[bytes.p[i] >> 4];
        *(*to)++ = digits[bytes.p[i] & 15];
    }
}

// The command with its placeholders filled in.
static const char *filled_in(const char *command)
{
    static char text[1024];
    char *to = text;
    const size_t n = crypto_curve_point_length(terminal.protocol.curve);
    for (; *command != '\0'; command++) {
        if (*command != '%') {
            *to++ = *command;
            continue;
        }
        command++;
        if (*command == 'P') {
            terminal_make_ephemeral(&terminal, terminal.protocol.curve);
            append_hex(&to, span_of(terminal.own_point, n));
        } else {
            uint8_t token[PACE_TOKEN];
            assert_true(pace_token(&terminal.next.mac, span_of(terminal.oid, terminal.oid_length),
                                   span_of(terminal.chip_point, n), token));
            append_hex(&to, span_of(token, sizeof token));
        }
    }
    *to = '\0';
    return text;
}

static void check_faults(enum pace_step step, const struct fault *faults, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fixture_power_cycle(&fixture);
        run_to(gm, step);
        assert_refused(faults[i].name, terminal_send_plain(&terminal, filled_in(faults[i].command)),
                       faults[i].expected);
        assert_run_is_over(faults[i].name);
    }
    terminal_start(&terminal, &fixture);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
}

static void test_faulty_step_1_ends_the_run(void **state)
{
    (void)state;
    check_faults(PACE_ENCRYPTED_NONCE, nonce_faults, sizeof nonce_faults / sizeof nonce_faults[0]);
}

static void test_faulty_step_2_ends_the_run(void **state)
{
    (void)state;
    check_faults(PACE_MAP_NONCE, map_faults, sizeof map_faults / sizeof map_faults[0]);
}

static void test_faulty_step_3_ends_the_run(void **state)
{
    (void)state;
    check_faults(PACE_KEY_AGREEMENT, agree_faults, sizeof agree_faults / sizeof agree_faults[0]);
}

static void test_faulty_step_4_ends_the_run(void **state)
{
    (void)state;
    check_faults(PACE_MUTUAL_AUTHENTICATION, token_faults, sizeof token_faults / sizeof token_faults[0]);
}

static void test_chips_own_token_sent_back_is_wrong(void **state)
{
    (void)state;
    uint8_t token[PACE_TOKEN];
    run_to(gm, PACE_MUTUAL_AUTHENTICATION);
    assert_true(pace_token(&terminal.next.mac, span_of(terminal.oid, terminal.oid_length),
                           span_of(terminal.own_point, crypto_curve_point_length(gm->curve)), token));
    assert_refused("reflection", terminal_send_token(&terminal, span_of(token, sizeof token)),
                   SW_AUTHENTICATION_FAILED);
}

// --- Keys: P_23 to P_30 -----------------------------------------------------------------------------------

static const struct {
    const char *name;
    const char *point;
} bad_points[] = {
    {"empty", ""},
    {"infinity", "00"},
    {"(0, 0)", "04"
               "0000000000000000000000000000000000000000000000000000000000000000"
               "0000000000000000000000000000000000000000000000000000000000000000"},
    {"x = p", "04"
              "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF"
              "66485C780E2F83D72433BD5D84A06BB6541C2AF31DAE871728BF856A174F93F4"},
    {"y above p", "04"
                  "0000000000000000000000000000000000000000000000000000000000000000"
                  "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"},
    // The generator of P-256, y changed in its last bit.
    {"off the curve", "04"
                      "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
                      "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F4"},
    {"compressed", "036B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"},
    {"hybrid", "07"
               "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
               "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"},
    {"a byte short", "04"
                     "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
                     "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51"},
    {"a byte long", "04"
                    "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
                    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F500"},
    // 9303-11 App. G.1
    {"of another curve of the same size", "04"
                                          "7ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
                                          "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D"},
};

static void check_bad_points(enum pace_step step, uint8_t tag)
{
    uint8_t bytes[128];
    for (size_t i = 0; i < sizeof bad_points / sizeof bad_points[0]; i++) {
        fixture_power_cycle(&fixture);
        run_to(gm, step);
        const struct span point = unhex(bad_points[i].point, bytes, sizeof bytes);
        assert_refused(bad_points[i].name, terminal_general_authenticate(&terminal, false, tag, point),
                       SW_WRONG_DATA);
        assert_run_is_over(bad_points[i].name);
    }
    terminal_start(&terminal, &fixture);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
}

static void test_bad_mapping_keys_are_refused(void **state)
{
    (void)state;
    check_bad_points(PACE_MAP_NONCE, 0x81);
}

static void test_bad_ephemeral_keys_are_refused(void **state)
{
    (void)state;
    check_bad_points(PACE_KEY_AGREEMENT, 0x83);
}

static void test_second_nonce_of_another_length_is_refused(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 15, 17, 24, 32};
    const uint8_t t[32] = {1};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        fixture_power_cycle(&fixture);
        run_to(im, PACE_MAP_NONCE);
        assert_refused("t", terminal_general_authenticate(&terminal, false, 0x81, span_of(t, lengths[i])),
                       SW_WRONG_DATA);
    }
}

// --- After success -----------------------------------------------------------------------------------------

static void assert_session_is_dead(void)
{
    assert_false(fixture.card.security.sm.active);
    assert_int_equal(fixture.card.security.achieved.password, PACE_PASSWORD_NONE);
    assert_true(terminal_read(&terminal, 0x1D, 0, 1) >= 0x6400);
    assert_true(terminal.answered_plain);
}

static void test_p3_plain_command_ends_secure_messaging(void **state)
{
    (void)state;
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_send_plain(&terminal, "00B09D0001"), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_session_is_dead();
}

static void test_p79_wrong_send_sequence_counter_ends_secure_messaging(void **state)
{
    (void)state;
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    terminal.sm.ssc[CRYPTO_BLOCK - 1] += 2;
    assert_int_equal(terminal_read(&terminal, 0x1D, 0, 1), SW_SM_OBJECTS_INCORRECT);
    assert_session_is_dead();
}

static void test_p80_select_without_its_data_object_selects_nothing(void **state)
{
    (void)state;
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    const uint16_t status = terminal_send(&terminal, 0x00, 0xA4, 0x02, 0x0C, span_of(NULL, 0), 0);
    assert_in_range(status, 0x6400, 0x6FFF);
    assert_int_equal(terminal_send(&terminal, 0x00, 0xB0, 0, 0, span_of(NULL, 0), 1), SW_NO_CURRENT_FILE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_faulty_set_at_begins_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_faulty_set_at_forgets_an_earlier_good_one, start, stop),
        cmocka_unit_test_setup_teardown(test_what_the_card_cannot_run_is_not_offered, start, stop),
        cmocka_unit_test_setup_teardown(test_password_that_the_card_has_not_is_not_found, start, stop),
        cmocka_unit_test_setup_teardown(test_faulty_step_1_ends_the_run, start, stop),
        cmocka_unit_test_setup_teardown(test_faulty_step_2_ends_the_run, start, stop),
        cmocka_unit_test_setup_teardown(test_faulty_step_3_ends_the_run, start, stop),
        cmocka_unit_test_setup_teardown(test_faulty_step_4_ends_the_run, start, stop),
        cmocka_unit_test_setup_teardown(test_chips_own_token_sent_back_is_wrong, start, stop),
        cmocka_unit_test_setup_teardown(test_bad_mapping_keys_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_bad_ephemeral_keys_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_second_nonce_of_another_length_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_p3_plain_command_ends_secure_messaging, start, stop),
        cmocka_unit_test_setup_teardown(test_p79_wrong_send_sequence_counter_ends_secure_messaging, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_p80_select_without_its_data_object_selects_nothing, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
