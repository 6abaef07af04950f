// A card that lies to a terminal (TR-03110-2 §3; TR-03105-5.1 units D, E).
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/eid_scene.h"

#include "card/apps/mf.h"
#include "card/wire/personalization.h"

enum {
    INS_GENERAL_AUTHENTICATE = 0x86,
    INS_READ_BINARY = 0xB0,
    SFI_CARD_SECURITY = 0x9D,
    SFI_CARD_ACCESS = 0x9C,
};

// Whether any command began so.
static bool was_sent(const struct scene *scene, const char *instruction)
{
    for (unsigned i = 0; i < scene->card->issued.commands && i < 128; i++) {
        if (strncmp(scene->card->issued.log[i] + 2, instruction, 2) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_protected(const struct apdu_command *command)
{
    return (command->cla & CLA_SM_HEADER_AUTHENTICATED) == CLA_SM_HEADER_AUTHENTICATED;
}

// --- PACE ----------------------------------------------------------------------------------------------------

static bool is_token(const struct apdu_command *command)
{
    return command->ins == INS_GENERAL_AUTHENTICATE && command->cla == 0x00;
}

// The honest token, and these objects behind it.
static void answer_token(struct issued_card *card, struct span behind, struct writer *response)
{
    struct span honest = issued_card_honest(card);
    struct tlv template, token;
    assert_true(tlv_expect(&honest, 0x7C, &template));
    assert_true(tlv_expect(&template.value, 0x86, &token));
    const size_t opened = tlv_open(response, 0x7C);
    writer_put(response, token.whole);
    writer_put(response, behind);
    tlv_close(response, opened);
    writer_put_u16(response, SW_OK);
}

static bool names_no_trust_point(struct issued_card *card, const struct apdu_command *command,
                                 struct writer *response)
{
    if (!is_token(command)) {
        return false;
    }
    answer_token(card, span_of(NULL, 0), response);
    return true;
}

static void test_card_without_trust_points_is_refused(void **state)
{
    (void)state;
    assert_lie_is_found(names_no_trust_point, JUMIN_ERROR_MALFORMED);
}

static bool names_with_escapes(struct issued_card *card, const struct apdu_command *command,
                               struct writer *response)
{
    if (!is_token(command)) {
        return false;
    }
    answer_token(card, span_of("\x87\x0BKR\x1B[31m0001", 13), response);
    return true;
}

static void test_trust_point_with_control_characters_is_refused(void **state)
{
    (void)state;
    assert_lie_is_found(names_with_escapes, JUMIN_ERROR_MALFORMED);
}

static bool names_strangers(struct issued_card *card, const struct apdu_command *command,
                            struct writer *response)
{
    if (!is_token(command)) {
        return false;
    }
    answer_token(card,
                 span_of("\x87\x0B"
                         "DECVCA00001",
                         13),
                 response);
    return true;
}

static void test_card_that_trusts_strangers_gets_no_certificates(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    scene.card->issued.lie = names_strangers;
    assert_open_fails(&scene, JUMIN_ERROR_SIGNER_UNKNOWN);
    assert_non_null(strstr(jumin_reader_detail(scene.reader), "DECVCA00001"));
    assert_false(was_sent(&scene, "2A"));
    scene_end(&scene);
}

static bool names_strangers_first(struct issued_card *card, const struct apdu_command *command,
                                  struct writer *response)
{
    if (!is_token(command)) {
        return false;
    }
    answer_token(card,
                 span_of("\x87\x0B"
                         "DECVCA00001"
                         "\x88\x0D"
                         "KRCVCAAT00001",
                         28),
                 response);
    return true;
}

static void test_older_trust_point_serves_when_the_newer_one_does_not(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    scene.card->issued.lie = names_strangers_first;
    assert_open_works(&scene);
    scene_end(&scene);
}

// --- EF.CardAccess and EF.CardSecurity -----------------------------------------------------------------------

static void test_untrusted_card_gets_neither_certificate_nor_signature(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    scene.request.trust = NULL;
    assert_open_fails(&scene, JUMIN_ERROR_SIGNER_UNKNOWN);
    assert_false(was_sent(&scene, "2A"));
    assert_false(was_sent(&scene, "82"));
    scene_end(&scene);
}

static void test_card_of_an_expired_signer_is_refused(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    scene.request.time = ISSUED_NOW + 20LL * 366 * 86400;
    assert_open_fails(&scene, JUMIN_ERROR_NOT_VALID_NOW);
    assert_false(was_sent(&scene, "2A"));
    scene_end(&scene);
}

// The last byte of the file is one of its signature.
static void test_card_security_with_a_wrong_signature_is_refused(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    struct store *store = &scene.card->issued.fixture.card.store;
    static uint8_t file[4096];
    size_t n = 0;
    assert_int_equal(store_length(store, OBJECT_MF_FILES + 0x1D, &n), STORE_OK);
    assert_int_equal(store_read(store, OBJECT_MF_FILES + 0x1D, 0, file, n), STORE_OK);
    file[n - 1] ^= 1;
    assert_int_equal(store_write(store, OBJECT_MF_FILES + 0x1D, span_of(file, n)), STORE_OK);
    assert_open_fails(&scene, JUMIN_ERROR_SIGNATURE);
    assert_false(was_sent(&scene, "2A"));
    scene_end(&scene);
}

static bool hides_card_security(struct issued_card *card, const struct apdu_command *command,
                                struct writer *response)
{
    if (command->ins != INS_READ_BINARY || command->p1 != SFI_CARD_SECURITY || !is_protected(command)) {
        return false;
    }
    issued_card_answer(card, command, span_of(NULL, 0), SW_FILE_NOT_FOUND, response);
    return true;
}

static void test_card_without_card_security_is_refused(void **state)
{
    (void)state;
    assert_lie_is_found(hides_card_security, JUMIN_ERROR_NO_SUCH_FILE);
}

// IM is offered in place of the GM that is signed.
static bool offers_another_mapping(struct issued_card *card, const struct apdu_command *command,
                                   struct writer *response)
{
    if (command->ins != INS_READ_BINARY || command->p1 != SFI_CARD_ACCESS) {
        return false;
    }
    struct document_profile profile = document_usual;
    profile.protocol_count = 2;
    (void)card;
    uint8_t bytes[256];
    struct writer w = writer_of(bytes, sizeof bytes);
    writer_put(response, document_card_access(&profile, &w));
    writer_put_u16(response, SW_OK);
    return true;
}

static void test_card_access_that_offers_more_than_is_signed_is_refused(void **state)
{
    (void)state;
    assert_lie_is_found(offers_another_mapping, JUMIN_ERROR_HASH);
}

// --- Chip Authentication ---------------------------------------------------------------------------------------

static bool is_agreement(const struct apdu_command *command)
{
    return command->ins == INS_GENERAL_AUTHENTICATE && is_protected(command);
}

#define AGREEMENT_LIE(name, data)                                                                            \
    static bool name(struct issued_card *card, const struct apdu_command *command, struct writer *response)  \
    {                                                                                                        \
        uint8_t bytes[64];                                                                                   \
        if (!is_agreement(command)) {                                                                        \
            return false;                                                                                    \
        }                                                                                                    \
        issued_card_answer(card, command, unhex(data, bytes, sizeof bytes), SW_OK, response);                \
        return true;                                                                                         \
    }

AGREEMENT_LIE(wrong_token, "7C14810801020304050607088208A0A1A2A3A4A5A6A7")
AGREEMENT_LIE(no_nonce, "7C0A8208A0A1A2A3A4A5A6A7")
AGREEMENT_LIE(short_nonce, "7C138107010203040506078208A0A1A2A3A4A5A6A7")
AGREEMENT_LIE(no_token, "7C0A81080102030405060708")
AGREEMENT_LIE(short_token, "7C13810801020304050607088207A0A1A2A3A4A5A6")
AGREEMENT_LIE(nothing_agreed, "7C00")
AGREEMENT_LIE(one_object_more, "7C17810801020304050607088208A0A1A2A3A4A5A6A7830101")
AGREEMENT_LIE(no_template, "810801020304050607088208A0A1A2A3A4A5A6A7")

static void test_wrong_token_shows_a_copied_chip(void **state)
{
    (void)state;
    assert_lie_is_found(wrong_token, JUMIN_ERROR_CLONED);
}

static void test_agreement_without_its_objects_is_refused(void **state)
{
    (void)state;
    issued_card_lie *const lies[] = {no_nonce,       short_nonce,     no_token,   short_token,
                                     nothing_agreed, one_object_more, no_template};
    struct scene scene = scene_begin();
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        scene.card->issued.lie = lies[i];
        assert_open_fails(&scene, JUMIN_ERROR_MALFORMED);
    }
    scene_end(&scene);
}

// The chip has a key, and not the one that the issuer has signed.
static void test_chip_with_another_key_is_a_copy(void **state)
{
    (void)state;
    struct scene scene = scene_begin();
    struct card_fixture *fixture = &scene.card->issued.fixture;
    uint8_t content[2 + 32] = {DOCUMENT_KEY_ID, pace_parameter_of_curve(CRYPTO_P256), 0x42};
    assert_int_equal(store_begin(&fixture->card.store), STORE_OK);
    assert_int_equal(
        document_put(fixture, &mf_applet, DGI_GENERATION_KEY, span_of(content, sizeof content), NULL), SW_OK);
    assert_int_equal(store_commit(&fixture->card.store), STORE_OK);
    assert_open_fails(&scene, JUMIN_ERROR_CLONED);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_card_without_trust_points_is_refused),
        cmocka_unit_test(test_trust_point_with_control_characters_is_refused),
        cmocka_unit_test(test_card_that_trusts_strangers_gets_no_certificates),
        cmocka_unit_test(test_older_trust_point_serves_when_the_newer_one_does_not),
        cmocka_unit_test(test_untrusted_card_gets_neither_certificate_nor_signature),
        cmocka_unit_test(test_card_of_an_expired_signer_is_refused),
        cmocka_unit_test(test_card_security_with_a_wrong_signature_is_refused),
        cmocka_unit_test(test_card_without_card_security_is_refused),
        cmocka_unit_test(test_card_access_that_offers_more_than_is_signed_is_refused),
        cmocka_unit_test(test_wrong_token_shows_a_copied_chip),
        cmocka_unit_test(test_agreement_without_its_objects_is_refused),
        cmocka_unit_test(test_chip_with_another_key_is_a_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
