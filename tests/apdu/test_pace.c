// PACE against the card: every mapping, curve and suite, passwords, and the published example (9303-11 §4.4).
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

static void start(const struct document_profile *profile)
{
    fixture_start(&fixture);
    document_personalize(&fixture, profile, &document);
    terminal_start(&terminal, &fixture);
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static const struct pace_protocol *const usual_gm = &document_protocols[DOCUMENT_GM];

// --- All that is offered -----------------------------------------------------------------------------------

static void check_chip_data(enum crypto_curve curve)
{
    uint8_t bytes[CRYPTO_FIELD_MAX + CRYPTO_BLOCK];
    struct writer w = writer_of(bytes, sizeof bytes);
    const size_t n = crypto_curve_point_length(curve);
    assert_true(pace_decrypt_chip_data(
        &terminal.sm.encryption, span_of(terminal.encrypted_chip_data, terminal.encrypted_chip_data_length),
        &w));
    assert_true(pace_verify_chip_data(curve, &terminal.random, writer_span(&w),
                                      span_of(document.generation_point, n),
                                      span_of(terminal.chip_mapping_point, n)));
}

static void run_all_on(enum crypto_curve curve)
{
    static const enum pace_mapping mappings[] = {PACE_ECDH_GM, PACE_ECDH_IM, PACE_ECDH_CAM};
    static const enum secure_messaging_suite suites[] = {SUITE_AES_CBC_CMAC_128, SUITE_AES_CBC_CMAC_192,
                                                         SUITE_AES_CBC_CMAC_256, SUITE_ARIA_CBC_CMAC_128,
                                                         SUITE_ARIA_CBC_CMAC_256};
    struct pace_protocol protocols[15];
    size_t count = 0;
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < sizeof suites / sizeof *suites; j++) {
            protocols[count++] = (struct pace_protocol){mappings[i], suites[j], curve};
        }
    }
    struct document_profile profile = document_usual;
    profile.protocols = protocols;
    profile.protocol_count = count;
    start(&profile);
    for (size_t i = 0; i < count; i++) {
        fixture_power_cycle(&fixture);
        terminal_start(&terminal, &fixture);
        assert_int_equal(terminal_pace(&terminal, &protocols[i], PACE_PASSWORD_CAN, span_of(DOCUMENT_CAN, 6)),
                         SW_OK);
        if (protocols[i].mapping == PACE_ECDH_CAM) {
            check_chip_data(curve);
        }
        assert_int_equal(terminal_read(&terminal, 0x1D, 0, 1), SW_OK);
        assert_span_hex(terminal.data, "30");
    }
}

static void test_every_mapping_and_suite_on_p256(void **state)
{
    (void)state;
    run_all_on(CRYPTO_P256);
}

static void test_every_mapping_and_suite_on_p384(void **state)
{
    (void)state;
    run_all_on(CRYPTO_P384);
}

static void test_every_mapping_and_suite_on_brainpool_p256r1(void **state)
{
    (void)state;
    run_all_on(CRYPTO_BRAINPOOL_P256R1);
}

static void test_every_mapping_and_suite_on_brainpool_p384r1(void **state)
{
    (void)state;
    run_all_on(CRYPTO_BRAINPOOL_P384R1);
}

static void test_every_password_opens_the_card(void **state)
{
    (void)state;
    start(&document_usual);
    assert_int_equal(terminal_pace(&terminal, usual_gm, PACE_PASSWORD_MRZ, document_mrz_password()), SW_OK);
    assert_int_equal(fixture.card.security.achieved.password, PACE_PASSWORD_MRZ);
    assert_int_equal(terminal_pace(&terminal, usual_gm, PACE_PASSWORD_CAN, span_of(DOCUMENT_CAN, 6)), SW_OK);
    assert_int_equal(fixture.card.security.achieved.password, PACE_PASSWORD_CAN);
    assert_int_equal(terminal_pace(&terminal, usual_gm, PACE_PASSWORD_PIN, span_of(DOCUMENT_PIN, 6)), SW_OK);
    assert_int_equal(fixture.card.security.achieved.password, PACE_PASSWORD_PIN);
    assert_int_equal(terminal_pace(&terminal, usual_gm, PACE_PASSWORD_PUK, span_of(DOCUMENT_PUK, 10)), SW_OK);
    assert_int_equal(fixture.card.security.achieved.password, PACE_PASSWORD_PUK);
}

static void test_puk_reads_nothing(void **state)
{
    (void)state;
    start(&document_usual);
    assert_int_equal(terminal_pace(&terminal, usual_gm, PACE_PASSWORD_PUK, span_of(DOCUMENT_PUK, 10)), SW_OK);
    assert_int_equal(terminal_select(&terminal, AID_EMRTD), SW_OK);
    assert_int_equal(terminal_read(&terminal, 1, 0, 4), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_read(&terminal, 1, 0, 4), SW_OK);
}

// --- 9303-11 App. G.1 --------------------------------------------------------------------------------------

static void expect(const char *command, const char *scripted, const char *answer)
{
    static uint8_t random[64];
    uint8_t bytes[512];
    fixture.next_random = unhex(scripted, random, sizeof random);
    fixture_transmit(&fixture, unhex(command, bytes, sizeof bytes));
    assert_span_hex(span_of(fixture.response, fixture.data.n + 2), answer);
    assert_int_equal(fixture.next_random.n, 0);
}

static void test_card_answers_the_published_example_byte_for_byte(void **state)
{
    (void)state;
    static const struct pace_protocol protocols[] = {
        {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, CRYPTO_BRAINPOOL_P256R1}};
    struct document_profile profile = document_usual;
    profile.protocols = protocols;
    profile.protocol_count = 1;
    start(&profile);
    expect("00B09C0000", "", "31143012060A04007F0007020204020202010202010D 9000");
    expect("0022C1A412 800A04007F00070202040202 830101 84010D", "", "9000");
    expect("10860000027C0000", "3F00C4D39D153F2B2A214A078D899B22",
           "7C128010 95A3A016522EE98D01E76CB6B98B42C3 9000");
    expect("1086000045 7C438141 04"
           "7ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
           "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D 00",
           "498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560",
           "7C438241 04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57"
           "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54 9000");
    expect("1086000045 7C438341 04"
           "2DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C"
           "3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462 00",
           "107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A",
           "7C438441 049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB"
           "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094 9000");
    expect("008600000C 7C0A8508 C2B0BD78D94BA866 00", "", "7C0A8608 3ABB9674BCE93C08 9000");
    assert_true(fixture.card.security.sm.active);
}

// --- Parameters --------------------------------------------------------------------------------------------

static const struct pace_protocol two_curves[] = {
    {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, CRYPTO_P256},
    {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, CRYPTO_P384},
    {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_256, CRYPTO_P384},
};

static void test_domain_parameters_are_needed_only_when_the_mechanism_has_several(void **state)
{
    (void)state;
    struct document_profile profile = document_usual;
    profile.protocols = two_curves;
    profile.protocol_count = 3;
    start(&profile);
    assert_int_equal(terminal_send_hex(&terminal, 0, 0x22, 0xC1, 0xA4, "800A04007F00070202040202830102", 0),
                     SW_WRONG_DATA);
    assert_int_equal(terminal_send_hex(&terminal, 0, 0x22, 0xC1, 0xA4, "800A04007F00070202040204830102", 0),
                     SW_OK);
    assert_int_equal(terminal_pace(&terminal, &two_curves[1], PACE_PASSWORD_CAN, span_of(DOCUMENT_CAN, 6)),
                     SW_OK);
    // A curve of the card's, but not offered with this mechanism.
    fixture_power_cycle(&fixture);
    assert_int_equal(terminal_send_plain(&terminal, "0022C1A412 800A04007F00070202040204 830102 84010C"),
                     SW_REFERENCED_DATA_NOT_FOUND);
}

static void test_chat_gives_no_right_and_does_no_harm(void **state)
{
    (void)state;
    start(&document_usual);
    assert_int_equal(terminal_set_at(&terminal, usual_gm, PACE_PASSWORD_CAN), SW_OK); // for the protocol
    assert_int_equal(terminal_send_hex(&terminal, 0, 0x22, 0xC1, 0xA4,
                                       "800A04007F00070202040202830102"
                                       "7F4C12 060904007F000703010202 53053E1FFFFFF7",
                                       0),
                     SW_OK);
    assert_int_equal(terminal_nonce(&terminal, span_of(DOCUMENT_CAN, 6)), SW_OK);
    assert_int_equal(terminal_map(&terminal), SW_OK);
    assert_int_equal(terminal_agree(&terminal), SW_OK);
    assert_int_equal(terminal_authenticate(&terminal), SW_OK); // with the token alone in the answer
    assert_int_equal(
        terminal_send_hex(&terminal, 0, 0x22, 0xC1, 0xA4, "800A04007F00070202040202830102 7F4C02 0600", 0),
        SW_WRONG_DATA);
}

// --- Inside a session --------------------------------------------------------------------------------------

static void test_pace_inside_a_session_replaces_it(void **state)
{
    (void)state;
    start(&document_usual);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_pace(&terminal, &document_protocols[DOCUMENT_IM], PACE_PASSWORD_PIN,
                                   span_of(DOCUMENT_PIN, 6)),
                     SW_OK);
    assert_false(terminal.answered_plain);
    assert_int_equal(terminal_read(&terminal, 0x1D, 0, 1), SW_OK);
    assert_int_equal(fixture.card.security.achieved.password, PACE_PASSWORD_PIN);
}

static void test_failed_pace_inside_a_session_leaves_it(void **state)
{
    (void)state;
    start(&document_usual);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_pace(&terminal, usual_gm, PACE_PASSWORD_PIN, span_of("000000", 6)),
                     SW_RETRIES_LEFT | 2);
    assert_false(terminal.answered_plain);
    assert_int_equal(terminal_read(&terminal, 0x1D, 0, 1), SW_OK);
    assert_int_equal(fixture.card.security.achieved.password, PACE_PASSWORD_CAN);
}

static void test_a_run_does_not_outlive_the_session_it_began_under(void **state)
{
    (void)state;
    start(&document_usual);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    assert_int_equal(terminal_set_at(&terminal, usual_gm, PACE_PASSWORD_CAN), SW_OK);
    sm_end(&terminal.sm); // the next command is plain
    assert_int_equal(terminal_nonce(&terminal, span_of(DOCUMENT_CAN, 6)), SW_CONDITIONS_NOT_SATISFIED);
    assert_false(fixture.card.security.sm.active);
}

// --- What ends a run ---------------------------------------------------------------------------------------

static void run_to(enum pace_step step)
{
    assert_int_equal(terminal_set_at(&terminal, usual_gm, PACE_PASSWORD_CAN), SW_OK);
    if (step > PACE_ENCRYPTED_NONCE) {
        assert_int_equal(terminal_nonce(&terminal, span_of(DOCUMENT_CAN, 6)), SW_OK);
    }
    if (step > PACE_MAP_NONCE) {
        assert_int_equal(terminal_map(&terminal), SW_OK);
    }
    if (step > PACE_KEY_AGREEMENT) {
        assert_int_equal(terminal_agree(&terminal), SW_OK);
    }
    assert_int_equal(fixture.card.pace.step, step);
}

static uint16_t step_again(enum pace_step step)
{
    switch (step) {
    case PACE_ENCRYPTED_NONCE:
        return terminal_nonce(&terminal, span_of(DOCUMENT_CAN, 6));
    case PACE_MAP_NONCE:
        return terminal_map(&terminal);
    case PACE_KEY_AGREEMENT:
        return terminal_agree(&terminal);
    case PACE_MUTUAL_AUTHENTICATION:
        return terminal_authenticate(&terminal);
    case PACE_IDLE:
        break;
    }
    return SW_OK;
}

static void test_any_other_command_between_the_steps_ends_the_run(void **state)
{
    (void)state;
    static const char *const others[] = {
        "0084000008",               // GET CHALLENGE
        "00A40000023F00",           // SELECT
        "00B09C0000",               // READ BINARY
        "00A4040C07A0000002471001", // SELECT of the eMRTD application
        "00FF0000",                 // no such instruction
        "8086000002 7C00 00",       // no such class
        "0086000000",               // GENERAL AUTHENTICATE without data
        "1086000002 7C00",          // … without Le
        "1086010002 7C00 00",       // … with another P1
    };
    start(&document_usual);
    for (int step = PACE_ENCRYPTED_NONCE; step <= PACE_MUTUAL_AUTHENTICATION; step++) {
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
            fixture_power_cycle(&fixture);
            run_to((enum pace_step)step);
            terminal_send_plain(&terminal, others[i]);
            assert_int_equal(fixture.card.pace.step, PACE_IDLE);
            assert_int_equal(step_again((enum pace_step)step), SW_CONDITIONS_NOT_SATISFIED);
        }
    }
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
}

static void test_equal_ephemeral_keys_are_refused(void **state)
{
    (void)state;
    start(&document_usual);
    run_to(PACE_KEY_AGREEMENT);
    const size_t n = crypto_curve_point_length(usual_gm->curve);
    assert_true(pace_generate_ephemeral(usual_gm->curve, &terminal.random, span_of(terminal.generator, n),
                                        terminal.secret, terminal.own_point));
    fixture.next_random = span_of(terminal.secret, crypto_curve_length(usual_gm->curve));
    assert_int_equal(terminal_general_authenticate(&terminal, false, 0x83, span_of(terminal.own_point, n)),
                     SW_WRONG_DATA);
    assert_int_equal(fixture.next_random.n, 0);
    assert_int_equal(fixture.card.pace.step, PACE_IDLE);
}

static void test_failing_random_source_ends_the_run(void **state)
{
    (void)state;
    start(&document_usual);
    for (size_t calls = 0;; calls++) {
        fixture_power_cycle(&fixture);
        terminal_start(&terminal, &fixture);
        fixture.random_calls = calls;
        const uint16_t status = terminal_pace_can(&terminal);
        fixture.random_calls = SIZE_MAX;
        if (status == SW_OK) {
            assert_true(calls > 3);
            break;
        }
        assert_true(status >= 0x6400);
        assert_int_equal(fixture.card.pace.step, PACE_IDLE);
        assert_false(fixture.card.security.sm.active);
    }
}

// --- Privacy -----------------------------------------------------------------------------------------------

// Two persons' cards of one profile, up to where the password is needed: only random bytes differ.
static void test_nothing_up_to_the_nonce_tells_two_cards_apart(void **state)
{
    (void)state;
    static struct card_fixture other;
    static const char *const commands[] = {"00B09C0000",
                                           "00B0810000",
                                           "00B09E0000",
                                           "0022C1A40F 800A04007F00070202040202 830101",
                                           "0022C1A40F 800A04007F00070202040202 830102",
                                           "0022C1A40F 800A04007F00070202040202 830103",
                                           "0022C1A40F 800A04007F00070202040202 830104"};
    const struct card_factory factory = fixture_factory(2, 16);
    start(&document_usual);
    fixture_start_as(&other, &factory);
    document_personalize(&other, &document_usual, &document);
    assert_int_equal(
        store_write(&other.card.store, OBJECT_PASSWORD + PACE_PASSWORD_CAN, span_of("777777", 6)), STORE_OK);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        assert_int_equal(fixture_send(&fixture, commands[i]), fixture_send(&other, commands[i]));
        assert_true(span_equal(fixture.data, other.data));
    }
    assert_int_equal(fixture_send(&fixture, "10860000027C0000"), SW_OK);
    assert_int_equal(fixture_send(&other, "10860000027C0000"), SW_OK);
    assert_int_equal(fixture.data.n, other.data.n);
    assert_memory_equal(fixture.data.p, other.data.p, 4);              // 7C 12 80 10
    assert_memory_not_equal(fixture.data.p + 4, other.data.p + 4, 16); // z
    fixture_stop(&other);
}

// --- Personalization ---------------------------------------------------------------------------------------

// Whether the MF is complete with this EF.CardAccess, and without what `missing` names.
static uint16_t completed(const struct pace_protocol *protocols, size_t count, uint16_t missing)
{
    uint8_t bytes[512];
    struct writer w = writer_of(bytes, sizeof bytes);
    struct document_profile profile = document_usual;
    profile.protocols = protocols;
    profile.protocol_count = count;
    fixture_stop(&fixture);
    start(&document_usual);
    document_put_file(&fixture, &mf_applet, FID_CARD_ACCESS, document_card_access(&profile, &w));
    if (missing != 0) {
        assert_int_equal(store_delete(&fixture.card.store, missing), STORE_OK);
    }
    return mf_applet.complete(&fixture.card);
}

static void test_mf_is_complete_only_with_all_that_card_access_offers(void **state)
{
    (void)state;
    const struct pace_protocol *usual = document_usual.protocols;
    const struct pace_protocol other_curve[] = {
        {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, CRYPTO_P256},
        {PACE_ECDH_CAM, SUITE_AES_CBC_CMAC_128, CRYPTO_P384},
    };
    const struct pace_protocol foreign_curve[] = {{PACE_ECDH_GM, SUITE_AES_CBC_CMAC_128, CRYPTO_P521}};
    start(&document_usual);
    assert_int_equal(completed(usual, 3, 0), SW_OK);
    assert_int_equal(completed(usual, 3, OBJECT_PASSWORD + PACE_PASSWORD_CAN), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(completed(usual, 3, OBJECT_PASSWORD + PACE_PASSWORD_PIN), SW_OK);
    assert_int_equal(completed(usual, 3, OBJECT_GENERATION_KEY), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(completed(usual, 2, OBJECT_GENERATION_KEY), SW_OK);
    assert_int_equal(completed(usual, 3, OBJECT_MF_FILES + 0x1D), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(completed(usual, 3, OBJECT_MF_FILES + 0x1C), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(completed(usual, 0, 0), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(completed(usual + 2, 1, 0), SW_CONDITIONS_NOT_SATISFIED); // CAM alone
    assert_int_equal(completed(other_curve, 2, 0), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(completed(foreign_curve, 1, 0), SW_CONDITIONS_NOT_SATISFIED);
}

static void test_mf_refuses_passwords_and_keys_that_are_none(void **state)
{
    (void)state;
    static const struct {
        uint16_t identifier;
        const char *content;
    } bad[] = {
        {DGI_PASSWORD_MRZ, "00"},
        {DGI_PASSWORD_CAN, ""},
        {DGI_PASSWORD_CAN, "3132333435"},
        {DGI_PASSWORD_PIN, "31323334353A"},
        {DGI_PASSWORD_PIN, "3132333435363738393031323334353637"},
        {DGI_PIN_TRIES, ""},
        {DGI_PIN_TRIES, "01"},
        {DGI_PIN_TRIES, "10"},
        {DGI_GENERATION_KEY, "01"},
        {DGI_GENERATION_KEY, "010C"},
        {DGI_GENERATION_KEY, "010C 0000000000000000000000000000000000000000000000000000000000000000"},
        {DGI_GENERATION_KEY, "010C FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"},
        {DGI_GENERATION_KEY, "0109 0101010101010101010101010101010101010101010101010101010101010101"},
    };
    start(&document_usual);
    uint8_t bytes[64];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(document_put(&fixture, &mf_applet, bad[i].identifier,
                                      unhex(bad[i].content, bytes, sizeof bytes), NULL),
                         SW_WRONG_DATA);
    }
    assert_int_equal(document_put(&fixture, &mf_applet, 0x9101, span_of(bytes, 2), NULL),
                     SW_REFERENCED_DATA_NOT_FOUND);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_every_mapping_and_suite_on_p256, stop),
        cmocka_unit_test_teardown(test_every_mapping_and_suite_on_p384, stop),
        cmocka_unit_test_teardown(test_every_mapping_and_suite_on_brainpool_p256r1, stop),
        cmocka_unit_test_teardown(test_every_mapping_and_suite_on_brainpool_p384r1, stop),
        cmocka_unit_test_teardown(test_every_password_opens_the_card, stop),
        cmocka_unit_test_teardown(test_puk_reads_nothing, stop),
        cmocka_unit_test_teardown(test_card_answers_the_published_example_byte_for_byte, stop),
        cmocka_unit_test_teardown(test_domain_parameters_are_needed_only_when_the_mechanism_has_several,
                                  stop),
        cmocka_unit_test_teardown(test_chat_gives_no_right_and_does_no_harm, stop),
        cmocka_unit_test_teardown(test_pace_inside_a_session_replaces_it, stop),
        cmocka_unit_test_teardown(test_failed_pace_inside_a_session_leaves_it, stop),
        cmocka_unit_test_teardown(test_a_run_does_not_outlive_the_session_it_began_under, stop),
        cmocka_unit_test_teardown(test_any_other_command_between_the_steps_ends_the_run, stop),
        cmocka_unit_test_teardown(test_equal_ephemeral_keys_are_refused, stop),
        cmocka_unit_test_teardown(test_failing_random_source_ends_the_run, stop),
        cmocka_unit_test_teardown(test_nothing_up_to_the_nonce_tells_two_cards_apart, stop),
        cmocka_unit_test_teardown(test_mf_is_complete_only_with_all_that_card_access_offers, stop),
        cmocka_unit_test_teardown(test_mf_refuses_passwords_and_keys_that_are_none, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
