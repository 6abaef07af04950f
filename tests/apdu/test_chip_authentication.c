// Chip Authentication version 1 against the card, both forms (9303-11 §6.2; ICAO TR "RF protocol and
// application test standard for eMRTD" Part 3, unit ISO7816_I).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "tests/apdu/document.h"
#include "tests/apdu/terminal.h"
#include "tests/unit/unit.h"

static struct card_fixture fixture;
static struct terminal terminal;
static struct document document;

static void start_with(const struct document_profile *profile)
{
    fixture_start(&fixture);
    document_personalize(&fixture, profile, &document);
    terminal_start(&terminal, &fixture);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
}

static void start(void)
{
    start_with(&document_usual);
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

// DO80 of id-CA-ECDH with this suite, DO84 unless negative.
static uint16_t set_template(enum secure_messaging_suite suite, int key_id)
{
    uint8_t oid[OID_CA_MAX], bytes[32];
    const uint8_t id = (uint8_t)key_id;
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put(&w, 0x80, span_of(oid, oid_ca_ecdh(suite, oid)));
    if (key_id >= 0) {
        tlv_put(&w, 0x84, span_of(&id, 1));
    }
    return terminal_send(&terminal, 0x00, 0x22, 0x41, 0xA4, writer_span(&w), 0);
}

static uint16_t set_key_agreement(struct span point, int key_id)
{
    uint8_t bytes[256];
    const uint8_t id = (uint8_t)key_id;
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put(&w, 0x91, point);
    if (key_id >= 0) {
        tlv_put(&w, 0x84, span_of(&id, 1));
    }
    return terminal_send(&terminal, 0x00, 0x22, 0x41, 0xA6, writer_span(&w), 0);
}

static struct span own_point(enum crypto_curve curve)
{
    terminal_make_ephemeral(&terminal, curve);
    return span_of(terminal.own_point, crypto_curve_point_length(curve));
}

static void assert_reads(void)
{
    assert_int_equal(terminal_read(&terminal, 1, 0, 1), SW_OK);
    assert_false(terminal.answered_plain);
    assert_span_hex(terminal.data, "61");
}

// The answer came under the old keys; from now on the new ones hold, with SSC 0.
static void assert_took_over(enum crypto_curve curve, enum secure_messaging_suite suite)
{
    assert_false(terminal.answered_plain);
    terminal_take_over(&terminal, curve, suite, document.chip_point);
    assert_reads();
    assert_true(security_satisfied(&fixture.card.security, SECURITY_PACE | SECURITY_CHIP_AUTHENTICATED));
}

// --- Good --------------------------------------------------------------------------------------------------

static void test_both_forms_work_on_every_curve_with_every_suite(void **state)
{
    (void)state;
    static const enum crypto_curve curves[] = {CRYPTO_P256, CRYPTO_P384, CRYPTO_BRAINPOOL_P256R1,
                                               CRYPTO_BRAINPOOL_P384R1};
    static const enum secure_messaging_suite suites[] = {SUITE_AES_CBC_CMAC_128, SUITE_AES_CBC_CMAC_192,
                                                         SUITE_AES_CBC_CMAC_256, SUITE_ARIA_CBC_CMAC_128,
                                                         SUITE_ARIA_CBC_CMAC_256};
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        for (size_t j = 0; j < sizeof suites / sizeof *suites; j++) {
            const enum secure_messaging_suite announced = suites[j];
            struct document_profile profile = document_usual;
            profile.chip_authentication = &announced;
            profile.chip_curve = curves[i];
            start_with(&profile);
            assert_int_equal(set_template(announced, DOCUMENT_KEY_ID), SW_OK);
            assert_int_equal(terminal_general_authenticate(&terminal, true, 0x80, own_point(curves[i])),
                             SW_OK);
            assert_span_hex(terminal.data, "7C00");
            assert_took_over(curves[i], announced);
            assert_int_equal(set_key_agreement(own_point(curves[i]), DOCUMENT_KEY_ID), SW_OK);
            assert_int_equal(terminal.data.n, 0);
            assert_took_over(curves[i], announced);
            fixture_stop(&fixture);
        }
    }
    start();
}

static void test_key_reference_may_be_left_out(void **state)
{
    (void)state;
    start();
    assert_int_equal(set_template(SUITE_AES_CBC_CMAC_128, -1), SW_OK);
    assert_int_equal(terminal_general_authenticate(&terminal, true, 0x80, own_point(CRYPTO_P256)), SW_OK);
    assert_took_over(CRYPTO_P256, SUITE_AES_CBC_CMAC_128);
    assert_int_equal(set_key_agreement(own_point(CRYPTO_P256), -1), SW_OK);
    assert_took_over(CRYPTO_P256, SUITE_AES_CBC_CMAC_128);
}

static void test_aria_and_aes_of_the_same_key_are_told_apart(void **state)
{
    (void)state;
    static const enum secure_messaging_suite both[] = {SUITE_AES_CBC_CMAC_256, SUITE_ARIA_CBC_CMAC_256};
    struct document_profile profile = document_usual;
    profile.chip_authentication = both;
    profile.chip_authentication_count = 2;
    start_with(&profile);
    assert_int_equal(set_template(SUITE_ARIA_CBC_CMAC_128, -1), SW_WRONG_DATA);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(set_template(both[i % 2], -1), SW_OK);
        assert_int_equal(terminal_general_authenticate(&terminal, true, 0x80, own_point(CRYPTO_P256)), SW_OK);
        assert_took_over(CRYPTO_P256, both[i % 2]);
    }
}

static void test_set_at_chooses_among_several_suites_and_kat_cannot(void **state)
{
    (void)state;
    static const enum secure_messaging_suite both[] = {SUITE_AES_CBC_CMAC_128, SUITE_AES_CBC_CMAC_256};
    struct document_profile profile = document_usual;
    profile.chip_authentication = both;
    profile.chip_authentication_count = 2;
    start_with(&profile);
    assert_int_equal(set_key_agreement(own_point(CRYPTO_P256), -1), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(set_template(SUITE_AES_CBC_CMAC_256, -1), SW_OK);
    assert_int_equal(terminal_general_authenticate(&terminal, true, 0x80, own_point(CRYPTO_P256)), SW_OK);
    assert_took_over(CRYPTO_P256, SUITE_AES_CBC_CMAC_256);
}

static void test_old_keys_are_refused_afterwards(void **state)
{
    (void)state;
    start();
    assert_int_equal(set_key_agreement(own_point(CRYPTO_P256), -1), SW_OK);
    assert_int_equal(terminal_read(&terminal, 1, 0, 1), SW_SM_OBJECTS_INCORRECT);
    assert_true(terminal.answered_plain);
    assert_false(fixture.card.security.sm.active);
    assert_false(fixture.card.security.achieved.chip_authenticated);
}

static void test_pace_afterwards_takes_chip_authentication_back(void **state)
{
    (void)state;
    start();
    assert_int_equal(set_key_agreement(own_point(CRYPTO_P256), -1), SW_OK);
    assert_took_over(CRYPTO_P256, SUITE_AES_CBC_CMAC_128);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_false(fixture.card.security.achieved.chip_authenticated);
    assert_reads();
}

static void test_works_after_pace_with_chip_authentication_mapping(void **state)
{
    (void)state;
    start();
    fixture_power_cycle(&fixture);
    terminal_start(&terminal, &fixture);
    assert_int_equal(terminal_pace(&terminal, &document_protocols[DOCUMENT_CAM], PACE_PASSWORD_CAN,
                                   span_of(DOCUMENT_CAN, 6)),
                     SW_OK);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    assert_int_equal(set_template(SUITE_AES_CBC_CMAC_128, DOCUMENT_KEY_ID), SW_OK);
    assert_int_equal(terminal_general_authenticate(&terminal, true, 0x80, own_point(CRYPTO_P256)), SW_OK);
    assert_took_over(CRYPTO_P256, SUITE_AES_CBC_CMAC_128);
}

// --- Bad ---------------------------------------------------------------------------------------------------

static void assert_refused(uint16_t status, uint16_t expected)
{
    assert_int_equal(status, expected);
    assert_int_equal(fixture.card.chip_authentication.version, 0);
    assert_false(fixture.card.security.achieved.chip_authenticated);
    assert_reads(); // the old session goes on
}

static void test_faulty_templates_are_refused_and_the_session_goes_on(void **state)
{
    (void)state;
    static const struct {
        uint8_t p2;
        const char *data;
        uint16_t expected;
    } faults[] = {
        {0xA4, "800A04007F00070202030203 840101", SW_WRONG_DATA}, // suite not announced
        {0xA4, "800A04007F00070202030102 840101", SW_WRONG_DATA}, // DH
        {0xA4, "800A04007F00070202040202 840101", SW_WRONG_DATA}, // PACE
        {0xA4, "840101", SW_WRONG_DATA},
        {0xA4, "8000 840101", SW_WRONG_DATA},
        {0xA4, "060A04007F00070202030202 840101", SW_WRONG_DATA},
        {0xA4, "800A04007F00070202030202 840102", SW_REFERENCED_DATA_NOT_FOUND},
        {0xA4, "800A04007F00070202030202 8400", SW_WRONG_DATA},
        {0xA4, "800A04007F00070202030202 84020001", SW_WRONG_DATA},
        {0xA4, "800A04007F00070202030202 840101 840101", SW_WRONG_DATA},
        {0xA4, "800A04007F00070202030202 8401", SW_WRONG_DATA},
        {0xA4, "800A04007F00070202030202 910101", SW_WRONG_DATA},
        {0xA6, "840101", SW_WRONG_DATA},
        {0xA6, "9100", SW_WRONG_DATA},
        {0xA5, "800A04007F00070202030202 840101", SW_WRONG_P1_P2},
    };
    start();
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        assert_refused(terminal_send_hex(&terminal, 0, 0x22, 0x41, faults[i].p2, faults[i].data, 0),
                       faults[i].expected);
    }
}

static const char *const bad_points[] = {
    "00",
    "040000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000",
    "04FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
    "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F4",
    "036B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296",
    "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51",
    "047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
    "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D",
};

static void test_bad_keys_are_refused_and_the_session_goes_on(void **state)
{
    (void)state;
    uint8_t bytes[128];
    start();
    for (size_t i = 0; i < sizeof bad_points / sizeof bad_points[0]; i++) {
        const struct span point = unhex(bad_points[i], bytes, sizeof bytes);
        assert_refused(set_key_agreement(point, DOCUMENT_KEY_ID), SW_WRONG_DATA);
        assert_int_equal(set_template(SUITE_AES_CBC_CMAC_128, DOCUMENT_KEY_ID), SW_OK);
        assert_refused(terminal_general_authenticate(&terminal, true, 0x80, point), SW_WRONG_DATA);
    }
    assert_int_equal(set_key_agreement(own_point(CRYPTO_P256), DOCUMENT_KEY_ID), SW_OK);
    assert_took_over(CRYPTO_P256, SUITE_AES_CBC_CMAC_128);
}

static void test_wrong_key_reference_is_refused(void **state)
{
    (void)state;
    start();
    assert_refused(set_key_agreement(own_point(CRYPTO_P256), 2), SW_REFERENCED_DATA_NOT_FOUND);
}

static void test_faulty_general_authenticate_is_refused_and_the_session_goes_on(void **state)
{
    (void)state;
    start();
    const struct span point = own_point(CRYPTO_P256);
    assert_refused(terminal_general_authenticate(&terminal, true, 0x80, point), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(set_template(SUITE_AES_CBC_CMAC_128, DOCUMENT_KEY_ID), SW_OK);
    assert_refused(terminal_general_authenticate(&terminal, false, 0x80, point), SW_LAST_COMMAND_EXPECTED);
    assert_int_equal(set_template(SUITE_AES_CBC_CMAC_128, DOCUMENT_KEY_ID), SW_OK);
    assert_refused(terminal_general_authenticate(&terminal, true, 0x81, point), SW_WRONG_DATA);
    assert_int_equal(set_template(SUITE_AES_CBC_CMAC_128, DOCUMENT_KEY_ID), SW_OK);
    assert_refused(terminal_general_authenticate(&terminal, true, 0, point), SW_WRONG_DATA);
    assert_int_equal(set_template(SUITE_AES_CBC_CMAC_128, DOCUMENT_KEY_ID), SW_OK);
    assert_reads(); // another command in between
    assert_refused(terminal_general_authenticate(&terminal, true, 0x80, point), SW_CONDITIONS_NOT_SATISFIED);
}

static void test_needs_a_session(void **state)
{
    (void)state;
    start();
    fixture_power_cycle(&fixture);
    terminal_start(&terminal, &fixture);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    assert_int_equal(set_template(SUITE_AES_CBC_CMAC_128, DOCUMENT_KEY_ID), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(set_key_agreement(own_point(CRYPTO_P256), DOCUMENT_KEY_ID),
                     SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(fixture.card.chip_authentication.version, 0);
}

static void test_plain_general_authenticate_ends_the_session(void **state)
{
    (void)state;
    start();
    assert_int_equal(set_template(SUITE_AES_CBC_CMAC_128, DOCUMENT_KEY_ID), SW_OK);
    sm_end(&terminal.sm);
    assert_int_equal(terminal_general_authenticate(&terminal, true, 0x80, own_point(CRYPTO_P256)),
                     SW_CONDITIONS_NOT_SATISFIED);
    assert_false(fixture.card.security.sm.active);
    assert_false(fixture.card.security.next.active);
}

static void test_belongs_to_the_emrtd_application(void **state)
{
    (void)state;
    start();
    fixture_power_cycle(&fixture);
    terminal_start(&terminal, &fixture);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK); // the MF is current
    assert_in_range(set_template(SUITE_AES_CBC_CMAC_128, DOCUMENT_KEY_ID), 0x6400, 0x6FFF);
    assert_in_range(set_key_agreement(own_point(CRYPTO_P256), DOCUMENT_KEY_ID), 0x6400, 0x6FFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_both_forms_work_on_every_curve_with_every_suite, stop),
        cmocka_unit_test_teardown(test_key_reference_may_be_left_out, stop),
        cmocka_unit_test_teardown(test_aria_and_aes_of_the_same_key_are_told_apart, stop),
        cmocka_unit_test_teardown(test_set_at_chooses_among_several_suites_and_kat_cannot, stop),
        cmocka_unit_test_teardown(test_old_keys_are_refused_afterwards, stop),
        cmocka_unit_test_teardown(test_pace_afterwards_takes_chip_authentication_back, stop),
        cmocka_unit_test_teardown(test_works_after_pace_with_chip_authentication_mapping, stop),
        cmocka_unit_test_teardown(test_faulty_templates_are_refused_and_the_session_goes_on, stop),
        cmocka_unit_test_teardown(test_bad_keys_are_refused_and_the_session_goes_on, stop),
        cmocka_unit_test_teardown(test_wrong_key_reference_is_refused, stop),
        cmocka_unit_test_teardown(test_faulty_general_authenticate_is_refused_and_the_session_goes_on, stop),
        cmocka_unit_test_teardown(test_needs_a_session, stop),
        cmocka_unit_test_teardown(test_plain_general_authenticate_ends_the_session, stop),
        cmocka_unit_test_teardown(test_belongs_to_the_emrtd_application, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
