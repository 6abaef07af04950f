// Cards that give less, more or never enough: how long the reader asks, and what it puts together.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/lying_card.h"

static bool refuse_long_reads(struct issued_card *card, const struct apdu_command *command,
                              struct writer *response)
{
    if (!protected_command(command) || command->ins != INS_READ_BINARY || !command->extended) {
        return false;
    }
    card->lies++;
    writer_put_u16(response, SW_WRONG_LENGTH);
    return true;
}

static void test_naked_6700_on_a_long_read_makes_the_reader_read_shorter(void **state)
{
    (void)state;
    assert_read_works(refuse_long_reads);
}

// A card that takes an Le of 192 at most, and ends the session over a longer one.
static bool refuse_reads_over_192(struct issued_card *card, const struct apdu_command *command,
                                  struct writer *response)
{
    struct tlv le;
    const bool asks =
        protected_command(command) && command->ins == INS_READ_BINARY && tlv_find(command->data, 0x97, &le);
    if (!asks || (le.value.n == 1 && le.value.p[0] != 0 && le.value.p[0] <= 192)) {
        return false;
    }
    card->lies++;
    writer_put_u16(response, SW_WRONG_LENGTH);
    return true;
}

static void test_card_that_gives_192_bytes_at_most_is_read(void **state)
{
    (void)state;
    assert_read_works(refuse_reads_over_192);
}

static void test_interrupted_read_of_such_a_card_goes_on(void **state)
{
    (void)state;
    struct issued_card *card = new_card(refuse_reads_over_192);
    struct jumin_reader *reader = issued_card_reader(card);
    struct jumin_document *document = NULL;
    card->remove_before = 40;
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_CARD_REMOVED);
    const enum jumin_error error = jumin_reader_read(reader, &document);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_reader_detail(reader));
    }
    assert_genuine(card, document);
    jumin_document_free(document);
    jumin_reader_free(reader);
    free_card(card);
}

static bool refuse_every_read(struct issued_card *card, const struct apdu_command *command,
                              struct writer *response)
{
    if (!reads(command, SFI_DG2)) {
        return false;
    }
    assert_in_range(card->lies++, 0, 8); // not for ever
    writer_put_u16(response, SW_WRONG_LENGTH);
    return true;
}

static void test_card_that_refuses_every_length_is_given_up(void **state)
{
    (void)state;
    assert_read_fails(refuse_every_read, JUMIN_ERROR_SECURE_MESSAGING);
}

static bool wrong_le_for_ever(struct issued_card *card, const struct apdu_command *command,
                              struct writer *response)
{
    if (protected_command(command) || command->ins != INS_READ_BINARY) {
        return false;
    }
    assert_in_range(card->lies++, 0, 40);
    writer_put_u16(response, SW_WRONG_LE | 0x10);
    return true;
}

static void test_6cxx_without_end_is_given_up(void **state)
{
    (void)state;
    assert_read_fails(wrong_le_for_ever, JUMIN_ERROR_STATUS);
}

static bool wrong_le_once(struct issued_card *card, const struct apdu_command *command,
                          struct writer *response)
{
    if (!reads(command, SFI_DG1) || card->lies > 0) {
        return false;
    }
    card->lies++;
    issued_card_answer(card, command, nothing, SW_WRONG_LE | 0x5D, response);
    return true;
}

static void test_protected_6cxx_is_asked_again_with_the_right_length(void **state)
{
    (void)state;
    assert_read_works(wrong_le_once);
}

static bool more_for_ever(struct issued_card *card, const struct apdu_command *command,
                          struct writer *response)
{
    (void)command;
    assert_in_range(card->lies++, 0, 2000);
    writer_put_u8(response, 0x31);
    writer_put_u16(response, SW_BYTES_REMAINING | 1);
    return true;
}

static void test_61xx_without_end_is_given_up(void **state)
{
    (void)state;
    assert_read_fails(more_for_ever, JUMIN_ERROR_MALFORMED);
}

static bool more_of_nothing(struct issued_card *card, const struct apdu_command *command,
                            struct writer *response)
{
    (void)command;
    assert_in_range(card->lies++, 0, 2);
    writer_put_u16(response, SW_BYTES_REMAINING | 1);
    return true;
}

static void test_61xx_without_bytes_is_given_up(void **state)
{
    (void)state;
    assert_read_fails(more_of_nothing, JUMIN_ERROR_MALFORMED);
}

// The card's answers in parts of at most 100 bytes (ISO 7816-4 §5.3.4).
static bool in_parts(struct issued_card *card, const struct apdu_command *command, struct writer *response)
{
    static uint8_t kept[8192];
    static struct span rest;
    if (command->ins != INS_GET_RESPONSE) {
        const struct span honest = issued_card_honest(card);
        memcpy(kept, honest.p, honest.n);
        rest = span_of(kept, honest.n);
    }
    card->lies++;
    if (rest.n <= 102) {
        writer_put(response, rest);
        return true;
    }
    writer_put(response, span_first(rest, 100));
    rest = span_from(rest, 100);
    writer_put_u16(response, (uint16_t)(SW_BYTES_REMAINING | (rest.n - 2 > 255 ? 0 : rest.n - 2)));
    return true;
}

static void test_answers_in_parts_are_put_together(void **state)
{
    (void)state;
    assert_read_works(in_parts);
}

static bool too_much(struct issued_card *card, const struct apdu_command *command, struct writer *response)
{
    static const uint8_t bytes[2000] = {0x61, 0x5B};
    if (!reads(command, SFI_DG1)) {
        return false;
    }
    issued_card_answer(card, command, span_of(bytes, sizeof bytes), SW_OK, response);
    return true;
}

static void test_more_bytes_than_asked_for_are_refused(void **state)
{
    (void)state;
    assert_read_fails(too_much, JUMIN_ERROR_MALFORMED);
}

static bool huge_portrait(struct issued_card *card, const struct apdu_command *command,
                          struct writer *response)
{
    if (!reads(command, SFI_DG2)) {
        return false;
    }
    issued_card_answer(card, command, span_of("\x75\x84\x7F\xFF\xFF\xFF\x7F\x61", 8), SW_OK, response);
    return true;
}

static void test_huge_length_of_dg2_is_refused(void **state)
{
    (void)state;
    assert_read_fails(huge_portrait, JUMIN_ERROR_MALFORMED);
}

static bool empty_portrait(struct issued_card *card, const struct apdu_command *command,
                           struct writer *response)
{
    if (!reads(command, SFI_DG2)) {
        return false;
    }
    issued_card_answer(card, command, span_of("\x75\x00", 2), SW_OK, response);
    return true;
}

static void test_empty_dg2_is_read_and_fails_its_hash(void **state)
{
    (void)state;
    struct issued_card *card = new_card(empty_portrait);
    struct jumin_document *document = NULL;
    struct jumin_report *report = NULL;
    struct jumin_portrait portrait;
    char detail[256];
    assert_int_equal(read_mapping(card, JUMIN_PACE_GM, &document, detail), JUMIN_OK);
    assert_int_equal(jumin_document_portrait(document, &portrait), JUMIN_ERROR_MALFORMED);
    assert_null(portrait.image);
    assert_int_equal(jumin_document_verify(document, card->trust, ISSUED_NOW, &report), JUMIN_OK);
    assert_int_equal(report_find(report, JUMIN_CHECK_GROUP_HASH, 2)->error, JUMIN_ERROR_HASH);
    assert_int_equal(jumin_report_verdict(report), JUMIN_FAILED);
    jumin_report_free(report);
    jumin_document_free(document);
    free_card(card);
}

static bool file_ends_early(struct issued_card *card, const struct apdu_command *command,
                            struct writer *response)
{
    if (!protected_command(command) || command->ins != INS_READ_BINARY || (command->p1 & 0x80) != 0) {
        return false;
    }
    assert_in_range(card->lies++, 0, 1);
    issued_card_answer(card, command, nothing, SW_OK, response);
    return true;
}

static void test_file_that_ends_before_its_length_is_refused(void **state)
{
    (void)state;
    assert_read_fails(file_ends_early, JUMIN_ERROR_MALFORMED);
}

// At most 100 bytes at a time, whatever was asked for.
static bool few_bytes(struct issued_card *card, const struct apdu_command *command, struct writer *response)
{
    static unsigned group;
    if (!protected_command(command) || command->ins != INS_READ_BINARY) {
        return false;
    }
    if ((command->p1 & 0x80) != 0) {
        group = (command->p1 & 0x1F) == 0x1D ? 0 : command->p1 & 0x1F;
        return false;
    }
    card->lies++;
    const struct span file = span_of(card->files[group], card->lengths[group]);
    const struct span from = span_from(file, (size_t)command->p1 << 8 | command->p2);
    issued_card_answer(card, command, span_first(from, 100), SW_OK, response);
    return true;
}

static void test_fewer_bytes_than_asked_for_are_gone_on_from(void **state)
{
    (void)state;
    assert_read_works(few_bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_naked_6700_on_a_long_read_makes_the_reader_read_shorter),
        cmocka_unit_test(test_card_that_gives_192_bytes_at_most_is_read),
        cmocka_unit_test(test_interrupted_read_of_such_a_card_goes_on),
        cmocka_unit_test(test_card_that_refuses_every_length_is_given_up),
        cmocka_unit_test(test_6cxx_without_end_is_given_up),
        cmocka_unit_test(test_protected_6cxx_is_asked_again_with_the_right_length),
        cmocka_unit_test(test_61xx_without_end_is_given_up),
        cmocka_unit_test(test_61xx_without_bytes_is_given_up),
        cmocka_unit_test(test_answers_in_parts_are_put_together),
        cmocka_unit_test(test_more_bytes_than_asked_for_are_refused),
        cmocka_unit_test(test_huge_length_of_dg2_is_refused),
        cmocka_unit_test(test_empty_dg2_is_read_and_fails_its_hash),
        cmocka_unit_test(test_file_that_ends_before_its_length_is_refused),
        cmocka_unit_test(test_fewer_bytes_than_asked_for_are_gone_on_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
