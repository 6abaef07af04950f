// Copies of a card, which lack its keys or hide them, are named as what they are.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/mf.h"
#include "card/wire/personalization.h"
#include "tests/e2e/lying_card.h"

static struct jumin_report *read_and_verify(issued_card_lie *lie, enum jumin_pace_mapping mapping)
{
    struct issued_card *card = new_card(lie);
    struct jumin_document *document = NULL;
    struct jumin_report *report = NULL;
    char detail[256];
    const enum jumin_error error = read_mapping(card, mapping, &document, detail);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), detail);
    }
    assert_int_equal(jumin_document_verify(document, card->trust, ISSUED_NOW, &report), JUMIN_OK);
    jumin_document_free(document);
    free_card(card);
    return report;
}

static void assert_cloned(issued_card_lie *lie, enum jumin_pace_mapping mapping, enum jumin_check_kind kind)
{
    struct jumin_report *report = read_and_verify(lie, mapping);
    const struct jumin_check *check = report_find(report, kind, 0);
    assert_int_equal(check->verdict, JUMIN_FAILED);
    assert_int_equal(check->error, JUMIN_ERROR_CLONED);
    assert_int_equal(jumin_report_chip(report), JUMIN_FAILED);
    assert_int_equal(jumin_report_verdict(report), JUMIN_FAILED);
    jumin_report_free(report);
}

static bool chip_without_its_key(struct issued_card *card, const struct apdu_command *command,
                                 struct writer *response)
{
    if (command->ins != INS_GENERAL_AUTHENTICATE || !protected_command(command)) {
        return false;
    }
    issued_card_answer(card, command, span_of("\x7C\x00", 2), SW_OK, response); // and keeps the old keys
    return true;
}

static void test_copy_that_fails_chip_authentication_is_named(void **state)
{
    (void)state;
    assert_read_fails(chip_without_its_key, JUMIN_ERROR_CLONED);
}

// Nothing is left to read once DG14 is there: the proof still takes an answer under the new keys.
static void test_copy_is_named_though_only_its_key_is_read(void **state)
{
    (void)state;
    struct issued_card *card = new_card(chip_without_its_key);
    struct jumin_reader *reader = issued_card_reader(card);
    struct jumin_document *document = NULL;
    const struct jumin_pace_protocol demanded = {.mapping = JUMIN_PACE_GM};
    assert_int_equal(jumin_reader_set_pace(reader, &demanded), JUMIN_OK);
    assert_int_equal(jumin_reader_set_groups(reader, 1U << 14), JUMIN_OK);
    assert_int_equal(jumin_reader_set_active_authentication(reader, false), JUMIN_OK);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_CLONED);
    jumin_reader_free(reader);
    free_card(card);
}

static bool wrong_signature(struct issued_card *card, const struct apdu_command *command,
                            struct writer *response)
{
    static const uint8_t signature[64] = {0x12, 0x34};
    if (command->ins != INS_INTERNAL_AUTHENTICATE) {
        return false;
    }
    issued_card_answer(card, command, span_of(signature, sizeof signature), SW_OK, response);
    return true;
}

static void test_copy_that_fails_active_authentication_is_named(void **state)
{
    (void)state;
    assert_cloned(wrong_signature, JUMIN_PACE_GM, JUMIN_CHECK_ACTIVE_AUTHENTICATION);
}

static bool hides_dg14(struct issued_card *card, const struct apdu_command *command, struct writer *response)
{
    if (!reads(command, SFI_DG14)) {
        return false;
    }
    issued_card_answer(card, command, nothing, SW_FILE_NOT_FOUND, response);
    return true;
}

static void test_copy_that_hides_its_chip_key_is_named(void **state)
{
    (void)state;
    assert_cloned(hides_dg14, JUMIN_PACE_GM, JUMIN_CHECK_CHIP_AUTHENTICATION);
}

static bool denies_dg14(struct issued_card *card, const struct apdu_command *command, struct writer *response)
{
    if (!reads(command, SFI_DG14)) {
        return false;
    }
    issued_card_answer(card, command, nothing, SW_SECURITY_STATUS_NOT_SATISFIED, response);
    return true;
}

// DG14 and DG15 take no more than PACE: a refusal hides them as well as their absence.
static void test_copy_that_denies_its_chip_key_is_named(void **state)
{
    (void)state;
    assert_cloned(denies_dg14, JUMIN_PACE_GM, JUMIN_CHECK_CHIP_AUTHENTICATION);
}

static bool hides_card_security(struct issued_card *card, const struct apdu_command *command,
                                struct writer *response)
{
    // In the MF; in the application the same short identifier is that of EF.SOD.
    if (!reads(command, SFI_CARD_SECURITY) || card->lies++ > 0) {
        return false;
    }
    issued_card_answer(card, command, nothing, SW_FILE_NOT_FOUND, response);
    return true;
}

static void test_copy_that_hides_the_key_of_chip_mapping_is_named(void **state)
{
    (void)state;
    assert_cloned(hides_card_security, JUMIN_PACE_CAM, JUMIN_CHECK_PACE_CHIP);
}

static void test_copy_with_another_generation_key_is_named(void **state)
{
    (void)state;
    struct issued_card *card = new_card(NULL);
    struct jumin_document *document = NULL;
    struct jumin_report *report = NULL;
    uint8_t content[2 + 32] = {DOCUMENT_KEY_ID, 12};
    char detail[256];
    memset(content + 2, 0x77, 32);
    assert_int_equal(store_begin(&card->fixture.card.store), STORE_OK);
    assert_int_equal(
        document_put(&card->fixture, &mf_applet, DGI_GENERATION_KEY, span_of(content, sizeof content), NULL),
        SW_OK);
    assert_int_equal(store_commit(&card->fixture.card.store), STORE_OK);
    assert_int_equal(read_mapping(card, JUMIN_PACE_CAM, &document, detail), JUMIN_OK);
    assert_int_equal(jumin_document_verify(document, card->trust, ISSUED_NOW, &report), JUMIN_OK);
    assert_int_equal(report_find(report, JUMIN_CHECK_PACE_CHIP, 0)->error, JUMIN_ERROR_CLONED);
    assert_int_equal(jumin_report_chip(report), JUMIN_FAILED);
    jumin_report_free(report);
    jumin_document_free(document);
    free_card(card);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copy_that_fails_chip_authentication_is_named),
        cmocka_unit_test(test_copy_is_named_though_only_its_key_is_read),
        cmocka_unit_test(test_copy_that_fails_active_authentication_is_named),
        cmocka_unit_test(test_copy_that_hides_its_chip_key_is_named),
        cmocka_unit_test(test_copy_that_denies_its_chip_key_is_named),
        cmocka_unit_test(test_copy_that_hides_the_key_of_chip_mapping_is_named),
        cmocka_unit_test(test_copy_with_another_generation_key_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
