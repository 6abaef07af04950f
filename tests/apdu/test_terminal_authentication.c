// Terminal Authentication version 2: what must be refused at MSE:Set AT and EXTERNAL AUTHENTICATE, and gives
// nothing (TR-03105-3.3, unit EAC2_ISO7816_K).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "tests/apdu/eac_card.h"
#include "tests/unit/unit.h"

static struct terminal *const terminal = &eac_card.terminal;
static struct eac_chain *chain; // of authentication terminals
static struct eac_trust before;

static int start(void **state)
{
    eac_card_start(state);
    chain = eac_card_chain(TERMINAL_AUTHENTICATION);
    before = eac_card_trust();
    eac_card_session(TERMINAL_AUTHENTICATION);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    return 0;
}

static const struct achieved *achieved(void)
{
    return &eac_card.fixture.card.security.achieved;
}

// Nothing was achieved, and Chip Authentication is closed.
static void assert_gives_nothing(void)
{
    assert_false(achieved()->terminal_authenticated);
    assert_int_equal(achieved()->effective, 0);
    assert_int_equal(eac_set_chip_authentication(terminal, DOCUMENT_KEY_ID),
                     SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(terminal_read(terminal, 0x1B, 0, 1),
                     SW_SECURITY_STATUS_NOT_SATISFIED); // EF.ChipSecurity
    assert_int_equal(terminal_select(terminal, AID_EID), SW_OK);
    assert_int_equal(terminal_read(terminal, 1, 0, 1), SW_SECURITY_STATUS_NOT_SATISFIED);
    eac_card_assert_unharmed(&before);
}

static uint16_t external_authenticate(struct span signature)
{
    return terminal_send(terminal, 0x00, 0x82, 0x00, 0x00, signature, 0);
}

// The last answer was `status` in the session, which gives nothing.
static void assert_refused(uint16_t status, uint16_t expected)
{
    assert_int_equal(status, expected);
    assert_false(terminal->answered_plain);
    assert_gives_nothing();
}

// --- Good --------------------------------------------------------------------------------------------------

static void test_chain_alone_gives_nothing(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    (void)state;
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    assert_gives_nothing();
}

// Whoever relays the challenge to the terminal asks for it before the certificates come.
static void test_challenge_may_come_before_the_chain(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    (void)state;
    eac_card_session(TERMINAL_AUTHENTICATION);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_external_authenticate(terminal, chain, challenge), SW_OK);
    assert_int_equal(eac_chip_authentication(terminal, &eac_card.document), SW_OK);
    eac_card_assert_unharmed(&before);
}

static void authenticate_with(struct span auxiliary_data)
{
    uint8_t challenge[TA_CHALLENGE];
    chain->auxiliary_data = auxiliary_data;
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    assert_int_equal(terminal_auxiliary_data(&eac_card.fixture.card).n, 0);
    assert_int_equal(eac_external_authenticate(terminal, chain, challenge), SW_OK);
}

static const char two_items[] =
    "67 25 7311 0609 04007F000703010401 5304 31393830 7310 0609 04007F000703010403 5303 020A01";

static void test_auxiliary_data_are_kept_for_the_session(void **state)
{
    uint8_t bytes[64];
    struct auxiliary_data item;
    (void)state;
    authenticate_with(unhex(two_items, bytes, sizeof bytes));
    assert_int_equal(eac_chip_authentication(terminal, &eac_card.document), SW_OK);
    assert_int_equal(terminal_select(terminal, AID_EID), SW_OK);
    struct span content = terminal_auxiliary_data(&eac_card.fixture.card);
    assert_int_equal(auxiliary_data_next(&content, &item), TLV_OBJECT);
    assert_true(span_equal(item.oid, OID_DATE_OF_BIRTH));
    assert_span_hex(item.data, "31393830");
    assert_int_equal(auxiliary_data_next(&content, &item), TLV_OBJECT);
    assert_true(span_equal(item.oid, OID_MUNICIPALITY));
    assert_int_equal(auxiliary_data_next(&content, &item), TLV_END);
    assert_int_equal(terminal_select(terminal, AID_MF), SW_OK);
    assert_int_equal(eac_pace_all(terminal, TERMINAL_AUTHENTICATION), SW_OK);
    assert_int_equal(terminal_auxiliary_data(&eac_card.fixture.card).n, 0);
    chain->auxiliary_data = span_of(NULL, 0);
    eac_card_assert_unharmed(&before);
}

static void test_sectors_of_the_terminal_certificate_are_kept_for_the_session(void **state)
{
    static const uint8_t first[32] = "first sector", second[32] = "second sector";
    const struct card *card = &eac_card.fixture.card;
    (void)state;
    chain->terminal_plan.sectors = (struct sector_hashes){{first, sizeof first}, {second, sizeof second}};
    eac_card_session(TERMINAL_AUTHENTICATION);
    assert_int_equal(terminal_sector(card, false).n, 0);
    assert_int_equal(eac_terminal_authentication(terminal, chain), SW_OK);
    assert_int_equal(eac_chip_authentication(terminal, &eac_card.document), SW_OK);
    assert_true(span_equal(terminal_sector(card, false), span_of(first, sizeof first)));
    assert_true(span_equal(terminal_sector(card, true), span_of(second, sizeof second)));
    chain->terminal_plan.sectors = (struct sector_hashes){{NULL, 0}, {NULL, 0}};
    eac_card_session(TERMINAL_AUTHENTICATION);
    assert_int_equal(eac_terminal_authentication(terminal, chain), SW_OK);
    assert_int_equal(terminal_sector(card, false).n, 0);
    assert_int_equal(terminal_sector(card, true).n, 0);
}

// --- MSE:Set AT --------------------------------------------------------------------------------------------

// Sends these objects in the place of a good template.
static uint16_t set_template(const char *objects)
{
    return terminal_send_hex(terminal, 0x00, 0x22, 0x81, 0xA4, objects, 0);
}

#define MECHANISM "800A04007F00070202020203"
#define REFERENCE "830D4B525445524D41543030303031"
#define KEY "91200102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"

static void test_faulty_templates_are_refused(void **state)
{
    static const struct {
        const char *objects;
        uint16_t status;
    } faults[] = {
        {REFERENCE KEY, SW_WRONG_DATA},                            // no mechanism
        {MECHANISM KEY, SW_WRONG_DATA},                            // no reference
        {MECHANISM REFERENCE, SW_WRONG_DATA},                      // no key
        {"8000" REFERENCE KEY, SW_WRONG_DATA},                     //
        {MECHANISM "8300" KEY, SW_WRONG_DATA},                     //
        {MECHANISM REFERENCE "9100", SW_WRONG_DATA},               //
        {"800A04007F00070202020204" REFERENCE KEY, SW_WRONG_DATA}, // SHA-384
        {"800A04007F00070202020102" REFERENCE KEY, SW_WRONG_DATA}, // RSA
        {"800A04007F00070202040202" REFERENCE KEY, SW_WRONG_DATA}, // PACE
        {"800904007F000702020202" REFERENCE KEY, SW_WRONG_DATA},   //
        {"060A04007F00070202020203" REFERENCE KEY, SW_WRONG_DATA}, //
        {MECHANISM "830D4B525445524D41543030303032" KEY, SW_REFERENCED_DATA_NOT_FOUND},
        {MECHANISM "830C4B525445524D415430303030" KEY, SW_REFERENCED_DATA_NOT_FOUND},
        {MECHANISM "830B4B52445641543030303031" KEY, SW_REFERENCED_DATA_NOT_FOUND},     // the DV
        {MECHANISM "830D4B524356434141543030303031" KEY, SW_REFERENCED_DATA_NOT_FOUND}, // the CVCA
        {MECHANISM MECHANISM REFERENCE KEY, SW_WRONG_DATA},                             //
        {MECHANISM REFERENCE REFERENCE KEY, SW_WRONG_DATA},                             //
        {MECHANISM REFERENCE KEY KEY, SW_WRONG_DATA},                                   //
        {MECHANISM REFERENCE KEY "840101", SW_WRONG_DATA},                              //
        {MECHANISM REFERENCE "9143"
                             "0000000000000000000000000000000000000000000000000000000000000000000000"
                             "0000000000000000000000000000000000000000000000000000000000000000",
         SW_WRONG_DATA},                                      // longer than any key
        {MECHANISM REFERENCE KEY "6700", SW_WRONG_DATA},      //
        {MECHANISM REFERENCE KEY "6702 7300", SW_WRONG_DATA}, // a template without OID
        {MECHANISM REFERENCE KEY "670D 730B 0609 04007F000703010401", SW_WRONG_DATA}, // … without data
        {MECHANISM REFERENCE KEY "6715 6713 7311 0609 04007F000703010401 5304 31393830", SW_WRONG_DATA},
        {MECHANISM REFERENCE KEY "6715 3013 7311 0609 04007F000703010401 5304 31393830", SW_WRONG_DATA},
        {MECHANISM REFERENCE KEY "6713 7311 0609 04007F000703010401 5304 31393830"
                                 "6713 7311 0609 04007F000703010401 5304 31393830",
         SW_WRONG_DATA},
        {MECHANISM REFERENCE "9120 01", SW_WRONG_DATA}, // cut off
    };
    uint8_t challenge[TA_CHALLENGE];
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        assert_int_equal(eac_set_template(terminal, chain), SW_OK); // which the faulty one takes back
        assert_int_equal(set_template(faults[i].objects), faults[i].status);
        assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
        assert_int_equal(eac_external_authenticate(terminal, chain, challenge), SW_CONDITIONS_NOT_SATISFIED);
        assert_false(achieved()->terminal_authenticated);
    }
    assert_gives_nothing();
}

// As clients do that wrap them once too often: 67 {30 {67 {…}}}.
static void test_auxiliary_data_wrapped_twice_fail_cleanly(void **state)
{
    (void)state;
    assert_refused(
        set_template(MECHANISM REFERENCE KEY "6717 3015 6713 7311 0609 04007F000703010401 5304 31393830"),
        SW_WRONG_DATA);
}

static void test_auxiliary_data_that_are_too_long_are_refused(void **state)
{
    uint8_t data[TA_AUXILIARY_MAX], bytes[TA_AUXILIARY_MAX + 16];
    struct writer w = writer_of(bytes, sizeof bytes);
    (void)state;
    memset(data, 0x41, sizeof data);
    const size_t opened = tlv_open(&w, TAG_AUXILIARY_DATA);
    auxiliary_data_put(&w, OID_MUNICIPALITY, span_of(data, TA_AUXILIARY_MAX - 19));
    tlv_close(&w, opened);
    assert_int_equal(w.n, TA_AUXILIARY_MAX + 1);
    chain->auxiliary_data = writer_span(&w);
    assert_int_equal(eac_set_template(terminal, chain), SW_WRONG_DATA);
    w.n = 0;
    tlv_open(&w, TAG_AUXILIARY_DATA);
    auxiliary_data_put(&w, OID_MUNICIPALITY, span_of(data, TA_AUXILIARY_MAX - 20));
    tlv_close(&w, opened);
    assert_int_equal(w.n, TA_AUXILIARY_MAX);
    authenticate_with(writer_span(&w));
    chain->auxiliary_data = span_of(NULL, 0);
    eac_card_assert_unharmed(&before);
}

static void test_key_of_a_dv_authenticates_nobody(void **state)
{
    (void)state;
    eac_card_session(TERMINAL_AUTHENTICATION);
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    assert_refused(set_template(MECHANISM "830B4B52445641543030303031" KEY), SW_REFERENCED_DATA_NOT_FOUND);
}

static void test_template_without_a_chain_is_refused(void **state)
{
    (void)state;
    eac_card_session(TERMINAL_AUTHENTICATION);
    assert_refused(eac_set_template(terminal, chain), SW_REFERENCED_DATA_NOT_FOUND);
}

static void test_template_is_taken_back_by_another_certificate(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    (void)state;
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    assert_refused(eac_external_authenticate(terminal, chain, challenge), SW_CONDITIONS_NOT_SATISFIED);
}

// --- EXTERNAL AUTHENTICATE ---------------------------------------------------------------------------------

static void test_proof_without_a_template_is_refused(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    (void)state;
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    assert_refused(eac_external_authenticate(terminal, chain, challenge), SW_CONDITIONS_NOT_SATISFIED);
}

static void test_proof_without_a_challenge_is_refused(void **state)
{
    static const uint8_t challenge[TA_CHALLENGE] = {0};
    (void)state;
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_refused(eac_external_authenticate(terminal, chain, challenge), SW_CONDITIONS_NOT_SATISFIED);
}

static void test_first_of_two_challenges_is_refused(void **state)
{
    uint8_t first[TA_CHALLENGE], second[TA_CHALLENGE];
    (void)state;
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, first), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, second), SW_OK);
    assert_refused(eac_external_authenticate(terminal, chain, first), SW_AUTHENTICATION_FAILED);
}

static void test_challenge_of_another_length_is_none(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    (void)state;
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    assert_int_equal(terminal_send(terminal, 0, 0x84, 0, 0, span_of(NULL, 0), 4), SW_OK);
    assert_refused(eac_external_authenticate(terminal, chain, challenge), SW_CONDITIONS_NOT_SATISFIED);
}

static void test_challenge_from_before_the_session_is_none(void **state)
{
    (void)state;
    fixture_power_cycle(&eac_card.fixture);
    terminal_start(terminal, &eac_card.fixture);
    assert_int_equal(fixture_send(&eac_card.fixture, "0084000008"), SW_OK);
    assert_false(eac_card.fixture.card.terminal_authentication.has_challenge);
    uint8_t challenge[TA_CHALLENGE];
    memcpy(challenge, eac_card.fixture.data.p, sizeof challenge);
    assert_int_equal(eac_pace_all(terminal, TERMINAL_AUTHENTICATION), SW_OK);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_refused(eac_external_authenticate(terminal, chain, challenge), SW_CONDITIONS_NOT_SATISFIED);
}

static void test_challenge_serves_one_proof_alone(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    static const uint8_t signature[64] = {1};
    (void)state;
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    assert_int_equal(external_authenticate(span_of(signature, sizeof signature)), SW_AUTHENTICATION_FAILED);
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_refused(eac_external_authenticate(terminal, chain, challenge), SW_CONDITIONS_NOT_SATISFIED);
}

// The terminal's key stays (9303-11 §7.1.4.3.7), so that it may try again with a new challenge.
static void test_terminal_may_try_again_after_a_wrong_proof(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    static const uint8_t signature[64] = {1};
    (void)state;
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    assert_int_equal(external_authenticate(span_of(signature, sizeof signature)), SW_AUTHENTICATION_FAILED);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK); // without a template it is no use
    assert_int_equal(eac_external_authenticate(terminal, chain, challenge), SW_CONDITIONS_NOT_SATISFIED);
    authenticate_with(span_of(NULL, 0));
    eac_card_assert_unharmed(&before);
}

static void test_signatures_of_another_form_are_refused(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    static const uint8_t bytes[200] = {1, [63] = 1};
    static const size_t lengths[] = {1, 8, 63, 64, 65, 96, 200};
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_int_equal(eac_set_template(terminal, chain), SW_OK);
        assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
        assert_int_equal(external_authenticate(span_of(bytes, lengths[i])), SW_AUTHENTICATION_FAILED);
    }
    assert_gives_nothing();
}

static void test_proof_in_another_class_or_with_parameters_is_refused(void **state)
{
    static const uint8_t signature[64] = {1};
    const struct span span = span_of(signature, sizeof signature);
    (void)state;
    eac_card_assert_refused(terminal_send(terminal, 0x80, 0x82, 0, 0, span, 0));
    eac_card_assert_refused(terminal_send(terminal, 0x00, 0x82, 0, 1, span, 0));
    eac_card_assert_refused(terminal_send(terminal, 0x00, 0x82, 1, 0, span, 0));
    eac_card_assert_refused(terminal_send(terminal, 0x00, 0x82, 0, 0, span_of(NULL, 0), 0));
    assert_gives_nothing();
}

static void test_proof_in_plain_ends_the_session(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    (void)state;
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    sm_end(&terminal->sm);
    assert_int_equal(eac_external_authenticate(terminal, chain, challenge), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_false(eac_card.fixture.card.security.sm.active);
    assert_false(achieved()->terminal_authenticated);
    eac_card_assert_unharmed(&before);
}

// The proof is bound to this session's PACE …
static void test_proof_for_another_session_is_refused(void **state)
{
    uint8_t challenge[TA_CHALLENGE], former_point[CRYPTO_POINT_MAX];
    (void)state;
    memcpy(former_point, terminal->chip_point, sizeof former_point);
    assert_int_equal(eac_pace_all(terminal, TERMINAL_AUTHENTICATION), SW_OK);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    memcpy(terminal->chip_point, former_point, sizeof former_point);
    assert_refused(eac_external_authenticate(terminal, chain, challenge), SW_AUTHENTICATION_FAILED);
}

// … to the ephemeral key …
static void test_proof_for_another_ephemeral_key_is_refused(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    (void)state;
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    terminal_make_ephemeral(terminal, CRYPTO_P256);
    assert_refused(eac_external_authenticate(terminal, chain, challenge), SW_AUTHENTICATION_FAILED);
}

// … and to the auxiliary data.
static void test_proof_for_other_auxiliary_data_is_refused(void **state)
{
    uint8_t challenge[TA_CHALLENGE], bytes[64];
    (void)state;
    chain->auxiliary_data = unhex(two_items, bytes, sizeof bytes);
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    bytes[chain->auxiliary_data.n - 1] ^= 1;
    const uint16_t status = eac_external_authenticate(terminal, chain, challenge);
    chain->auxiliary_data = span_of(NULL, 0);
    assert_refused(status, SW_AUTHENTICATION_FAILED);
    assert_int_equal(terminal_auxiliary_data(&eac_card.fixture.card).n, 0);
}

static void test_proof_by_another_key_is_refused(void **state)
{
    uint8_t challenge[TA_CHALLENGE];
    (void)state;
    assert_int_equal(eac_set_template(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    struct eac_chain impostor = *chain;
    impostor.terminal = chain->dv;
    assert_refused(eac_external_authenticate(terminal, &impostor, challenge), SW_AUTHENTICATION_FAILED);
}

// TR-03110-2 §3.3.2, 9303-11 §7.1.3
// K_13 to K_15: certificates come as before, but whoever has authenticated itself stays who it is.
static void test_terminal_authenticates_itself_once_in_a_session(void **state)
{
    static const uint8_t first[32] = "first sector", other[32] = "sector of another";
    const struct card *card = &eac_card.fixture.card;
    uint8_t bytes[64], challenge[TA_CHALLENGE];
    (void)state;
    chain->terminal_plan.sectors.first = span_of(first, sizeof first);
    eac_card_session(TERMINAL_AUTHENTICATION);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    authenticate_with(unhex(two_items, bytes, sizeof bytes));
    const struct achieved had = *achieved();

    chain->terminal_plan.sectors = (struct sector_hashes){{other, sizeof other}, {other, sizeof other}};
    chain->auxiliary_data = span_of(NULL, 0);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(eac_get_challenge(terminal, challenge), SW_OK);
    assert_int_equal(eac_external_authenticate(terminal, chain, challenge), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(eac_chip_authentication(terminal, &eac_card.document), SW_OK);
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(eac_set_template(terminal, chain), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_true(achieved()->terminal_authenticated && achieved()->chip_authenticated);
    assert_true(achieved()->effective == had.effective);
    assert_memory_equal(achieved()->terminal_key, had.terminal_key, sizeof had.terminal_key);
    assert_int_equal(terminal_auxiliary_data(card).n, 0x25);
    assert_true(span_equal(terminal_sector(card, false), span_of(first, sizeof first)));
    assert_int_equal(terminal_sector(card, true).n, 0);
}

static void test_terminal_that_named_no_type_is_refused(void **state)
{
    static const uint8_t signature[64] = {1};
    (void)state;
    fixture_power_cycle(&eac_card.fixture);
    terminal_start(terminal, &eac_card.fixture);
    assert_int_equal(terminal_pace_can(terminal), SW_OK);
    assert_int_equal(eac_set_template(terminal, chain), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_refused(external_authenticate(span_of(signature, sizeof signature)), SW_CONDITIONS_NOT_SATISFIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_chain_alone_gives_nothing, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_challenge_may_come_before_the_chain, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_auxiliary_data_are_kept_for_the_session, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_sectors_of_the_terminal_certificate_are_kept_for_the_session,
                                        start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_faulty_templates_are_refused, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_auxiliary_data_wrapped_twice_fail_cleanly, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_auxiliary_data_that_are_too_long_are_refused, start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_key_of_a_dv_authenticates_nobody, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_template_without_a_chain_is_refused, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_template_is_taken_back_by_another_certificate, start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_proof_without_a_template_is_refused, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_proof_without_a_challenge_is_refused, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_first_of_two_challenges_is_refused, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_challenge_of_another_length_is_none, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_challenge_from_before_the_session_is_none, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_challenge_serves_one_proof_alone, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_terminal_may_try_again_after_a_wrong_proof, start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_signatures_of_another_form_are_refused, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_proof_in_another_class_or_with_parameters_is_refused, start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_proof_in_plain_ends_the_session, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_proof_for_another_session_is_refused, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_proof_for_another_ephemeral_key_is_refused, start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_proof_for_other_auxiliary_data_is_refused, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_proof_by_another_key_is_refused, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_terminal_authenticates_itself_once_in_a_session, start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_terminal_that_named_no_type_is_refused, start, eac_card_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
