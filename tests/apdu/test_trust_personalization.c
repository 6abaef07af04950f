// What the MF takes as trust points and as keys of Chip Authentication version 2, and when it is complete.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/emrtd.h"
#include "card/apps/mf.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"
#include "card/wire/security_infos.h"
#include "tests/apdu/eac_card.h"
#include "tests/unit/unit.h"

static struct card_fixture *const fixture = &eac_card.fixture;
static struct eac_chain *chain; // of authentication terminals
static struct test_holder other;

static int start(void **state)
{
    eac_card_start(state);
    chain = eac_card_chain(TERMINAL_AUTHENTICATION);
    return 0;
}

static int stop(void **state)
{
    test_holder_release(&other);
    return eac_card_stop(state);
}

// --- Trust points ------------------------------------------------------------------------------------------

static uint16_t put(uint16_t identifier, struct span content)
{
    return document_put(fixture, &mf_applet, identifier, content, NULL);
}

static uint16_t complete(void)
{
    return mf_applet.complete(&fixture->card);
}

// Whether the MF takes this certificate (7F4E and 5F37, or another tag around them) as trust point.
static uint16_t take_as(enum terminal_type type, uint32_t tag, struct span content)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    tlv_put(&w, tag, content);
    assert_int_equal(
        put((uint16_t)(DGI_TRUST_POINT_INSPECTION + type - TERMINAL_INSPECTION), writer_span(&w)), SW_OK);
    const struct eac_trust before = eac_card_trust();
    const uint16_t status = complete();
    if (status != SW_OK) {
        eac_card_assert_trust(&before);
        assert_int_equal(
            store_delete(&fixture->card.store, (uint16_t)(OBJECT_TRUST_CERTIFICATES + (unsigned)type)),
            STORE_OK);
    }
    return status;
}

static void test_good_certificate_is_taken(void **state)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    struct imported_key key;
    size_t length = 0;
    (void)state;
    assert_int_equal(take_as(TERMINAL_AUTHENTICATION, CVC_CERTIFICATE,
                             certificate_good(&chain->cvca_plan, &chain->cvca, bytes)),
                     SW_OK);
    assert_true(trust_point_read(&fixture->card.store, TERMINAL_AUTHENTICATION, TRUST_POINT_NEWER, &key));
    assert_true(span_equal(imported_key_reference(&key), chain->cvca_plan.holder));
    assert_true(span_equal(imported_key_point(&key), chain->cvca_plan.point));
    assert_true(key.authorization.rights == rights_of_type(TERMINAL_AUTHENTICATION));
    assert_int_equal(key.authorization.role, ROLE_CVCA);
    assert_int_equal(key.expiration, EAC_CVCA_END);
    // The certificate itself is needed no more.
    assert_int_equal(
        store_length(&fixture->card.store, OBJECT_TRUST_CERTIFICATES + TERMINAL_AUTHENTICATION, &length),
        STORE_NOT_FOUND);
}

static void test_certificate_of_another_type_is_refused(void **state)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    (void)state;
    const struct span good = certificate_good(&chain->cvca_plan, &chain->cvca, bytes);
    assert_int_equal(take_as(TERMINAL_INSPECTION, CVC_CERTIFICATE, good), SW_WRONG_DATA);
    assert_int_equal(take_as(TERMINAL_SIGNATURE, CVC_CERTIFICATE, good), SW_WRONG_DATA);
}

static void test_certificate_of_no_cvca_is_refused(void **state)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    struct cv_certificate plan = chain->cvca_plan;
    (void)state;
    assert_int_equal(take_as(TERMINAL_AUTHENTICATION, CVC_CERTIFICATE,
                             certificate_good(&chain->dv_plan, &chain->cvca, bytes)),
                     SW_WRONG_DATA);
    plan.authorization.role = ROLE_DV_DOMESTIC; // self-signed, but a DV's
    plan.has_parameters = false;
    assert_int_equal(
        take_as(TERMINAL_AUTHENTICATION, CVC_CERTIFICATE, certificate_good(&plan, &chain->cvca, bytes)),
        SW_WRONG_DATA);
}

static void test_link_certificate_is_no_first_trust_point(void **state)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    (void)state;
    test_holder_make(&other, "KRCVCAAT00002", CRYPTO_P256, CRYPTO_SHA256);
    const struct cv_certificate link =
        certificate_plan(&chain->cvca, &other, TERMINAL_AUTHENTICATION, ROLE_CVCA, 0, EAC_START, EAC_END);
    assert_int_equal(
        take_as(TERMINAL_AUTHENTICATION, CVC_CERTIFICATE, certificate_good(&link, &chain->cvca, bytes)),
        SW_WRONG_DATA);
}

static void test_certificate_that_is_damaged_is_refused(void **state)
{
    static const struct certificate_edit edit = {EDIT_FLIP, 0, CVC_SIGNATURE, 0, {NULL, 0}};
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    (void)state;
    assert_int_equal(take_as(TERMINAL_AUTHENTICATION, CVC_CERTIFICATE,
                             certificate_make(&chain->cvca_plan, &chain->cvca, &edit, 1, bytes)),
                     SW_WRONG_DATA);
    const struct span good = certificate_good(&chain->cvca_plan, &chain->cvca, bytes);
    assert_int_equal(take_as(TERMINAL_AUTHENTICATION, CVC_CERTIFICATE, span_first(good, good.n - 1)),
                     SW_WRONG_DATA);
    assert_int_equal(take_as(TERMINAL_AUTHENTICATION, CVC_CERTIFICATE, span_of(NULL, 0)), SW_WRONG_DATA);
    assert_int_equal(take_as(TERMINAL_AUTHENTICATION, 0x7F20, good), SW_WRONG_DATA);
}

static void test_content_longer_than_any_certificate_is_refused(void **state)
{
    static const uint8_t bytes[CVC_MAX + 1] = {0};
    struct dgi_piece piece = {.identifier = DGI_TRUST_POINT_SIGNATURE, .length = CVC_MAX + 1};
    (void)state;
    assert_int_equal(put(DGI_TRUST_POINT_SIGNATURE, span_of(bytes, sizeof bytes)), SW_WRONG_DATA);
    piece.bytes = span_of(bytes, CVC_MAX);
    assert_int_equal(mf_applet.personalize(&fixture->card, &piece, NULL), SW_OK);
    piece.offset = CVC_MAX;
    piece.bytes = span_of(bytes, 1);
    assert_int_equal(mf_applet.personalize(&fixture->card, &piece, NULL), SW_WRONG_DATA);
}

// The content of DGI_RIGHTS_AUTHENTICATION.
static struct span rights_bytes(rights granted, uint8_t bytes[8])
{
    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(granted >> 8 * (7 - i));
    }
    return span_of(bytes, 8);
}

static rights trusted_rights(enum terminal_type type, enum trust_point_age age)
{
    struct imported_key key;
    assert_true(trust_point_read(&fixture->card.store, type, age, &key));
    return key.authorization.rights;
}

static void test_rights_of_a_type_are_bounded_on_this_card(void **state)
{
    const rights bound = right_of(RIGHT_AGE_VERIFICATION) | right_of(RIGHT_PROVISION_PHONE);
    uint8_t bytes[9] = {0};
    (void)state;
    assert_int_equal(put(DGI_RIGHTS_AUTHENTICATION, span_of(bytes, 7)), SW_WRONG_DATA);
    assert_int_equal(put(DGI_RIGHTS_AUTHENTICATION, span_of(bytes, 9)), SW_WRONG_DATA);
    assert_int_equal(put(DGI_RIGHTS_AUTHENTICATION, rights_bytes(bound, bytes)), SW_OK);
    assert_true(trusted_rights(TERMINAL_AUTHENTICATION, TRUST_POINT_NEWER) == bound);
    assert_true(trusted_rights(TERMINAL_INSPECTION, TRUST_POINT_NEWER) ==
                rights_of_type(TERMINAL_INSPECTION));
    assert_int_equal(mf_applet.remove(&fixture->card), SW_OK);
    size_t length = 0;
    assert_int_equal(
        store_length(&fixture->card.store, OBJECT_TERMINAL_RIGHTS + TERMINAL_AUTHENTICATION, &length),
        STORE_NOT_FOUND);
}

// Not even the CVCA widens them, by a link certificate with all rights of the type.
static void test_bounded_rights_are_all_that_a_terminal_gets(void **state)
{
    const rights bound = right_to_read(3) | right_of(RIGHT_AGE_VERIFICATION);
    struct terminal *terminal = &eac_card.terminal;
    uint8_t bytes[8];
    (void)state;
    assert_int_equal(put(DGI_RIGHTS_AUTHENTICATION, rights_bytes(bound, bytes)), SW_OK);
    for (int linked = 0; linked < 2; linked++) {
        eac_card_session(TERMINAL_AUTHENTICATION);
        if (linked == 1) {
            test_holder_make(&other, "KRCVCAAT00002", CRYPTO_P256, CRYPTO_SHA256);
            const struct cv_certificate link =
                certificate_plan(&chain->cvca, &other, TERMINAL_AUTHENTICATION, ROLE_CVCA,
                                 rights_of_type(TERMINAL_AUTHENTICATION), EAC_START, EAC_END);
            assert_int_equal(eac_import(terminal, &chain->cvca, &link), SW_OK);
        }
        assert_int_equal(eac_terminal_authentication(terminal, chain), SW_OK);
        assert_true(fixture->card.security.achieved.effective == bound);
        assert_int_equal(eac_chip_authentication(terminal, &eac_card.document), SW_OK);
        assert_int_equal(terminal_select(terminal, AID_EID), SW_OK);
        assert_int_equal(terminal_read(terminal, 3, 0, 1), SW_OK);
        assert_int_equal(terminal_read(terminal, 4, 0, 1), SW_SECURITY_STATUS_NOT_SATISFIED);
    }
    assert_true(trusted_rights(TERMINAL_AUTHENTICATION, TRUST_POINT_NEWER) == bound);
    assert_true(trusted_rights(TERMINAL_AUTHENTICATION, TRUST_POINT_OLDER) == bound);
}

static void test_date_begins_with_the_newest_of_them(void **state)
{
    static const cvc_date dates[TERMINAL_TYPES] = {260101, 260301, 260201};
    for (size_t i = 0; i < TERMINAL_TYPES; i++) {
        eac_card.chains[i].cvca_plan.effective = dates[i];
    }
    (void)state;
    fixture_stop(fixture);
    fixture_start(fixture);
    eac_personalize(fixture, eac_card.chains, TERMINAL_TYPES, &eac_card.document);
    assert_int_equal(current_date(&fixture->card.store), 260301);
}

// Terminals whose certificates ran out before there was this card never open it (TR-03110-3 §2.5).
static void test_date_is_not_before_the_day_of_personalization(void **state)
{
    static const uint8_t no_day[] = {2, 6, 1, 3, 0, 1};
    uint8_t bytes[CVC_DATE];
    (void)state;
    cvc_date_put(EAC_END, bytes);
    assert_int_equal(put(DGI_CURRENT_DATE, span_of(no_day, sizeof no_day)), SW_WRONG_DATA);
    assert_int_equal(put(DGI_CURRENT_DATE, span_of(bytes, sizeof bytes - 1)), SW_WRONG_DATA);
    assert_int_equal(put(DGI_CURRENT_DATE, span_of(bytes, sizeof bytes)), SW_OK);
    assert_int_equal(
        take_as(TERMINAL_AUTHENTICATION, CVC_CERTIFICATE,
                certificate_good(&chain->cvca_plan, &chain->cvca, (uint8_t[TEST_CERTIFICATE_MAX]){0})),
        SW_OK);
    assert_int_equal(current_date(&fixture->card.store), EAC_END);
    cvc_date_put(EAC_BEFORE, bytes);
    assert_int_equal(put(DGI_CURRENT_DATE, span_of(bytes, sizeof bytes)), SW_OK);
    assert_int_equal(current_date(&fixture->card.store), EAC_END);
}

static void test_removal_leaves_no_trust(void **state)
{
    (void)state;
    assert_int_equal(trust_points_update(&fixture->card.store, NULL, 260601), STORE_OK);
    assert_int_equal(mf_applet.remove(&fixture->card), SW_OK);
    const struct eac_trust none = eac_card_trust();
    for (size_t i = 0; i < none.n; i++) {
        assert_int_equal(none.bytes[i], 0); // no object
    }
    size_t length = 0;
    static const uint16_t others[] = {OBJECT_CHIP_KEY, OBJECT_GENERATION_KEY, OBJECT_MF_FILES + 0x1B};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(store_length(&fixture->card.store, others[i], &length), STORE_NOT_FOUND);
    }
}

// It belongs to the card, as EF.DIR does.
static void test_ef_cvca_is_neither_personalized_nor_removed_with_its_application(void **state)
{
    size_t length = 0;
    (void)state;
    assert_int_equal(emrtd_applet.remove(&fixture->card), SW_OK);
    assert_int_equal(store_length(&fixture->card.store, OBJECT_CVCA, &length), STORE_OK);
    fixture_open(fixture);
    assert_int_equal(fixture_secure(fixture, "80E4000009 4F07A000000247100100"), SW_OK);
    assert_int_equal(
        fixture_secure(fixture,
                       "80E60C001C 07F04A554D494E00 07A0000002471001 07A0000002471001 0100 00 00 00"),
        SW_OK);
    assert_int_equal(fixture_secure(fixture, "80E620000D 00 00 07A0000002471001 00 00 00 00"), SW_OK);
    assert_int_equal(fixture_secure(fixture, "80E2080005 011C02420000"), SW_REFERENCED_DATA_NOT_FOUND);
}

// --- Keys of Chip Authentication version 2 -----------------------------------------------------------------

static uint16_t complete_without(uint16_t object)
{
    assert_int_equal(store_delete(&fixture->card.store, object), STORE_OK);
    return complete();
}

static void test_own_key_and_its_file_come_together(void **state)
{
    (void)state;
    assert_int_equal(complete(), SW_OK);
    assert_int_equal(complete_without(OBJECT_MF_FILES + 0x1B), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(complete_without(OBJECT_CHIP_KEY), SW_CONDITIONS_NOT_SATISFIED); // still announced
    document_put_file(fixture, &mf_applet, FID_CHIP_SECURITY, span_of("\x30\x03\x02\x01\x05", 5));
    assert_int_equal(complete(), SW_CONDITIONS_NOT_SATISFIED); // the file without the key
}

static void test_generation_key_that_is_announced_must_be_there(void **state)
{
    (void)state;
    assert_int_equal(complete_without(OBJECT_MF_FILES + 0x1D), SW_CONDITIONS_NOT_SATISFIED);
    document_put_file(fixture, &mf_applet, FID_CARD_SECURITY, span_of("\x30\x03\x02\x01\x05", 5));
    assert_int_equal(complete(), SW_OK);
    assert_int_equal(complete_without(OBJECT_GENERATION_KEY), SW_CONDITIONS_NOT_SATISFIED);
}

static void test_keys_of_the_same_name_are_refused(void **state)
{
    static const uint8_t content[] = {DOCUMENT_KEY_ID, 0x0C};
    uint8_t answer[128];
    struct writer response = writer_of(answer, sizeof answer);
    (void)state;
    assert_int_equal(
        document_put(fixture, &mf_applet, DGI_GENERATE_CHIP_KEY, span_of(content, sizeof content), &response),
        SW_OK);
    assert_int_equal(complete(), SW_CONDITIONS_NOT_SATISFIED);
}

// EF.CardAccess with PACE, and what `version` and `key_id` say of Chip Authentication.
static void announce(int version, int key_id, bool privileged)
{
    uint8_t bytes[256];
    struct writer w = writer_of(bytes, sizeof bytes);
    const size_t set = tlv_open(&w, 0x31);
    put_pace_info(&w, &document_protocols[DOCUMENT_GM]);
    if (privileged) {
        const struct privileged_terminal_info opened = put_privileged_terminal_info_begin(&w);
        put_chip_authentication_info(&w, SUITE_AES_CBC_CMAC_128, version, key_id);
        put_privileged_terminal_info_end(&w, opened);
    } else {
        put_chip_authentication_info(&w, SUITE_AES_CBC_CMAC_128, version, key_id);
    }
    tlv_close(&w, set);
    document_put_file(fixture, &mf_applet, FID_CARD_ACCESS, writer_span(&w));
}

static void test_only_what_the_card_can_do_is_announced(void **state)
{
    (void)state;
    announce(2, DOCUMENT_KEY_ID, false);
    assert_int_equal(complete(), SW_OK);
    announce(2, -1, false);
    assert_int_equal(complete(), SW_OK);
    announce(2, DOCUMENT_CHIP_KEY_ID, true);
    assert_int_equal(complete(), SW_OK);
    announce(1, DOCUMENT_KEY_ID, false);
    assert_int_equal(complete(), SW_CONDITIONS_NOT_SATISFIED);
    announce(3, DOCUMENT_KEY_ID, false);
    assert_int_equal(complete(), SW_CONDITIONS_NOT_SATISFIED);
    announce(2, 7, false);
    assert_int_equal(complete(), SW_CONDITIONS_NOT_SATISFIED);
    announce(2, DOCUMENT_CHIP_KEY_ID, false); // which is not for all
    assert_int_equal(complete(), SW_CONDITIONS_NOT_SATISFIED);
    announce(2, DOCUMENT_KEY_ID, true);
    assert_int_equal(complete(), SW_CONDITIONS_NOT_SATISFIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_good_certificate_is_taken, start, stop),
        cmocka_unit_test_setup_teardown(test_certificate_of_another_type_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_certificate_of_no_cvca_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_link_certificate_is_no_first_trust_point, start, stop),
        cmocka_unit_test_setup_teardown(test_certificate_that_is_damaged_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_content_longer_than_any_certificate_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_rights_of_a_type_are_bounded_on_this_card, start, stop),
        cmocka_unit_test_setup_teardown(test_bounded_rights_are_all_that_a_terminal_gets, start, stop),
        cmocka_unit_test_setup_teardown(test_date_begins_with_the_newest_of_them, start, stop),
        cmocka_unit_test_setup_teardown(test_date_is_not_before_the_day_of_personalization, start, stop),
        cmocka_unit_test_setup_teardown(test_removal_leaves_no_trust, start, stop),
        cmocka_unit_test_setup_teardown(test_ef_cvca_is_neither_personalized_nor_removed_with_its_application,
                                        start, stop),
        cmocka_unit_test_setup_teardown(test_own_key_and_its_file_come_together, start, stop),
        cmocka_unit_test_setup_teardown(test_generation_key_that_is_announced_must_be_there, start, stop),
        cmocka_unit_test_setup_teardown(test_keys_of_the_same_name_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_only_what_the_card_can_do_is_announced, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
