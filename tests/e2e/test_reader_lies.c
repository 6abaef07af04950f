// A card that lies, and cards that are odd: what the reader makes of answers that it should not get
// (conformance of inspection systems: TR-03105-5.1).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/mf.h"
#include "card/wire/personalization.h"
#include "card/wire/security_infos.h"
#include "tests/e2e/issued_card.h"

#include <stdlib.h>

enum {
    INS_READ_BINARY = 0xB0,
    INS_SELECT = 0xA4,
    INS_MSE = 0x22,
    INS_GENERAL_AUTHENTICATE = 0x86,
    INS_INTERNAL_AUTHENTICATE = 0x88,
    INS_GET_RESPONSE = 0xC0,
    SFI_DG1 = 0x81,
    SFI_DG2 = 0x82,
    SFI_DG14 = 0x8E,
    SFI_CARD_SECURITY = 0x9D,
};

static const struct span nothing = {NULL, 0};

static struct issued_card *new_card(issued_card_lie *lie)
{
    struct issued_card *card = malloc(sizeof *card);
    assert_non_null(card);
    issued_card_start(card, &document_usual, 3000, 1);
    card->lie = lie;
    return card;
}

static void free_card(struct issued_card *card)
{
    issued_card_stop(card);
    free(card);
}

// A read of this card with that mapping.
static enum jumin_error read_mapping(struct issued_card *card, enum jumin_pace_mapping mapping,
                                     struct jumin_document **document, char detail[256])
{
    struct jumin_reader *reader = issued_card_reader(card);
    const struct jumin_pace_protocol demanded = {.mapping = mapping};
    assert_int_equal(jumin_reader_set_pace(reader, &demanded), JUMIN_OK);
    const enum jumin_error error = jumin_reader_read(reader, document);
    strncpy(detail, jumin_reader_detail(reader), 255);
    detail[255] = '\0';
    jumin_reader_free(reader);
    return error;
}

static void assert_read_fails_with(issued_card_lie *lie, enum jumin_pace_mapping mapping,
                                   enum jumin_error error)
{
    struct issued_card *card = new_card(lie);
    struct jumin_document *document = NULL;
    char detail[256];
    const enum jumin_error got = read_mapping(card, mapping, &document, detail);
    if (got != error || document != NULL || detail[0] == '\0') {
        fail_msg("%s, not %s: %s", jumin_error_name(got), jumin_error_name(error), detail);
    }
    free_card(card);
}

static void assert_read_fails(issued_card_lie *lie, enum jumin_error error)
{
    assert_read_fails_with(lie, JUMIN_PACE_GM, error);
}

static void assert_read_works(issued_card_lie *lie)
{
    struct issued_card *card = new_card(lie);
    struct jumin_document *document = NULL;
    char detail[256];
    const enum jumin_error error = read_mapping(card, JUMIN_PACE_GM, &document, detail);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), detail);
    }
    assert_genuine(card, document);
    assert_int_not_equal(card->lies, 0);
    jumin_document_free(document);
    free_card(card);
}

static bool protected_command(const struct apdu_command *command)
{
    return (command->cla & CLA_SM_HEADER_AUTHENTICATED) == CLA_SM_HEADER_AUTHENTICATED;
}

// A data group's beginning; before PACE the same short identifiers name files of the MF.
static bool reads(const struct apdu_command *command, uint8_t p1)
{
    return command->ins == INS_READ_BINARY && command->p1 == p1 && protected_command(command);
}

static bool reads_card_access(const struct apdu_command *command)
{
    return command->ins == INS_READ_BINARY && command->p1 == 0x9C;
}

// --- Answers that are no answers --------------------------------------------------------------------------

static bool one_byte(struct issued_card *card, const struct apdu_command *command, struct writer *response)
{
    (void)card;
    (void)command;
    writer_put_u8(response, 0x90);
    return true;
}

static void test_answer_without_status_word_is_refused(void **state)
{
    (void)state;
    assert_read_fails(one_byte, JUMIN_ERROR_MALFORMED);
}

static bool cut_mac(struct issued_card *card, const struct apdu_command *command, struct writer *response)
{
    if (!reads(command, SFI_DG1)) {
        return false;
    }
    const struct span honest = issued_card_honest(card);
    writer_put(response, span_first(honest, honest.n - 3));
    writer_put_u16(response, SW_OK);
    return true;
}

static void test_truncated_protected_answer_is_refused(void **state)
{
    (void)state;
    assert_read_fails(cut_mac, JUMIN_ERROR_SECURE_MESSAGING);
}

static bool wrong_mac(struct issued_card *card, const struct apdu_command *command, struct writer *response)
{
    if (!reads(command, SFI_DG1)) {
        return false;
    }
    writer_put(response, issued_card_honest(card));
    response->p[response->n - 3] ^= 1; // the last byte of DO8E
    return true;
}

static void test_wrong_mac_is_refused(void **state)
{
    (void)state;
    assert_read_fails(wrong_mac, JUMIN_ERROR_SECURE_MESSAGING);
}

static bool swapped_answers(struct issued_card *card, const struct apdu_command *command,
                            struct writer *response)
{
    static uint8_t kept[4096];
    static size_t n;
    if (!protected_command(command) || command->ins != INS_READ_BINARY) {
        return false;
    }
    const struct span honest = issued_card_honest(card);
    if (card->lies++ == 0) {
        memcpy(kept, honest.p, honest.n);
        n = honest.n;
    }
    writer_put(response, span_of(kept, n)); // the same answer again and again
    return true;
}

static void test_replayed_answer_is_refused(void **state)
{
    (void)state;
    assert_read_fails(swapped_answers, JUMIN_ERROR_SECURE_MESSAGING);
}

static bool naked_refusal(struct issued_card *card, const struct apdu_command *command,
                          struct writer *response)
{
    if (card->lies > 0) {
        // Nothing comes under the session that ended with an answer in plain.
        assert_false(protected_command(command));
    }
    if (!reads(command, SFI_DG1)) {
        return false;
    }
    card->lies++;
    writer_put_u16(response, SW_SECURITY_STATUS_NOT_SATISFIED);
    return true;
}

static void test_naked_refusal_ends_the_session(void **state)
{
    (void)state;
    assert_read_fails(naked_refusal, JUMIN_ERROR_SECURE_MESSAGING);
}

static bool naked_success(struct issued_card *card, const struct apdu_command *command,
                          struct writer *response)
{
    (void)card;
    if (!reads(command, SFI_DG1)) {
        return false;
    }
    writer_put(response, span_of("\x61\x02\x5F\x1F", 4));
    writer_put_u16(response, SW_OK);
    return true;
}

static void test_naked_success_is_refused(void **state)
{
    (void)state;
    assert_read_fails(naked_success, JUMIN_ERROR_SECURE_MESSAGING);
}

// --- Lengths ----------------------------------------------------------------------------------------------

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

// --- EF.CardAccess ----------------------------------------------------------------------------------------

static bool odd_card_access(struct issued_card *card, const struct apdu_command *command,
                            struct writer *response)
{
    static const char extra[] = "300F060A04007F00070202040301020102"        // DH, which nobody here speaks
                                "300D060804007F0007020202020102"            // TerminalAuthenticationInfo
                                "300806062A0304050607"                      // nobody knows
                                "3012060A04007F00070202040202020102020163"; // an unknown curve
    uint8_t bytes[128], content[512], odd[512];
    if (!reads_card_access(command)) {
        return false;
    }
    card->lies++;
    struct writer w = writer_of(content, sizeof content);
    struct writer set = writer_of(odd, sizeof odd);
    writer_put(&w, unhex(extra, bytes, sizeof bytes));
    for (size_t i = 0; i < document_usual.protocol_count; i++) {
        put_pace_info(&w, &document_usual.protocols[i]);
    }
    tlv_put(&set, 0x31, writer_span(&w));
    writer_put(response, writer_span(&set));
    writer_put_u16(response, SW_OK);
    return true;
}

static void test_unusual_entries_of_card_access_are_passed_over(void **state)
{
    (void)state;
    struct issued_card *card = new_card(odd_card_access);
    struct jumin_document *document = NULL;
    struct jumin_report *report = NULL;
    char detail[256];
    assert_int_equal(read_mapping(card, JUMIN_PACE_ANY, &document, detail), JUMIN_OK);
    // … but they are not what the issuer signed.
    assert_int_equal(jumin_document_verify(document, card->trust, ISSUED_NOW, &report), JUMIN_OK);
    assert_int_equal(report_find(report, JUMIN_CHECK_CARD_ACCESS, 0)->verdict, JUMIN_FAILED);
    jumin_report_free(report);
    jumin_document_free(document);
    free_card(card);
}

static bool no_card_access(struct issued_card *card, const struct apdu_command *command,
                           struct writer *response)
{
    (void)card;
    if (!reads_card_access(command)) {
        return false;
    }
    writer_put_u16(response, SW_FILE_NOT_FOUND);
    return true;
}

static void test_card_without_pace_is_not_supported(void **state)
{
    (void)state;
    assert_read_fails(no_card_access, JUMIN_ERROR_NOT_SUPPORTED);
}

static bool no_short_identifiers(struct issued_card *card, const struct apdu_command *command,
                                 struct writer *response)
{
    if (command->ins != INS_READ_BINARY || (command->p1 & 0x80) == 0) {
        return false;
    }
    card->lies++;
    issued_card_answer(card, command, nothing, SW_WRONG_P1_P2, response);
    return true;
}

static void test_card_without_short_identifiers_is_read_by_select(void **state)
{
    (void)state;
    assert_read_works(no_short_identifiers);
}

// --- PACE -------------------------------------------------------------------------------------------------

static unsigned pace_step(const struct apdu_command *command)
{
    if (command->ins != INS_GENERAL_AUTHENTICATE || protected_command(command) || command->data.n < 2) {
        return 0;
    }
    switch (command->data.n > 2 ? command->data.p[2] : 0) {
    case 0x81:
        return 2;
    case 0x83:
        return 3;
    case 0x85:
        return 4;
    default:
        return 1;
    }
}

// Sends the terminal's own key back, for mapping (step 2) or key agreement (step 3).
static bool mirror(const struct apdu_command *command, unsigned step, struct writer *response)
{
    if (pace_step(command) != step) {
        return false;
    }
    writer_put(response, command->data);
    response->p[2]++; // 81 becomes 82, 83 becomes 84
    writer_put_u16(response, SW_OK);
    return true;
}

static bool mirror_mapping(struct issued_card *card, const struct apdu_command *command,
                           struct writer *response)
{
    (void)card;
    return mirror(command, 2, response);
}

static bool mirror_ephemeral(struct issued_card *card, const struct apdu_command *command,
                             struct writer *response)
{
    (void)card;
    return mirror(command, 3, response);
}

static void test_keys_equal_to_our_own_are_refused(void **state)
{
    (void)state;
    assert_read_fails(mirror_mapping, JUMIN_ERROR_MALFORMED);
    assert_read_fails(mirror_ephemeral, JUMIN_ERROR_MALFORMED);
}

// Each wrong key in its turn: off the curve, infinity, one byte short, out of range.
static unsigned wrong_key;

static bool wrong_ephemeral(struct issued_card *card, const struct apdu_command *command,
                            struct writer *response)
{
    uint8_t point[65];
    if (pace_step(command) != 3) {
        return false;
    }
    const struct span honest = issued_card_honest(card);
    memcpy(point, honest.p + 4, sizeof point);
    size_t n = sizeof point;
    point[64] ^= wrong_key == 0 ? 1 : 0;
    if (wrong_key == 1 || wrong_key == 2) {
        memset(point + 1, wrong_key == 1 ? 0x00 : 0xFF, 64);
    }
    n -= wrong_key == 3 ? 1 : 0;
    const size_t template = tlv_open(response, 0x7C);
    tlv_put(response, 0x84, span_of(point, n));
    tlv_close(response, template);
    writer_put_u16(response, SW_OK);
    return true;
}

static void test_keys_that_are_no_points_are_refused(void **state)
{
    (void)state;
    for (wrong_key = 0; wrong_key < 4; wrong_key++) {
        assert_read_fails(wrong_ephemeral, JUMIN_ERROR_MALFORMED);
    }
}

static bool wrong_token(struct issued_card *card, const struct apdu_command *command, struct writer *response)
{
    if (pace_step(command) != 4) {
        return false;
    }
    writer_put(response, issued_card_honest(card));
    response->p[5] ^= 1;
    return true;
}

static void test_wrong_token_of_the_card_is_refused(void **state)
{
    (void)state;
    assert_read_fails(wrong_token, JUMIN_ERROR_SECURE_MESSAGING);
}

static unsigned step_to_spoil;
static uint8_t spoil_at; // offset of the byte that is changed

static bool spoil_step(struct issued_card *card, const struct apdu_command *command, struct writer *response)
{
    if (pace_step(command) != step_to_spoil) {
        return false;
    }
    writer_put(response, issued_card_honest(card));
    response->p[spoil_at] ^= 0x10; // 7C becomes 6C, 80 becomes 90, a length another
    return true;
}

static void test_answers_with_other_tags_or_lengths_are_refused(void **state)
{
    (void)state;
    for (step_to_spoil = 1; step_to_spoil <= 4; step_to_spoil++) {
        for (spoil_at = 0; spoil_at < 4; spoil_at++) {
            struct issued_card *card = new_card(spoil_step);
            struct jumin_document *document = NULL;
            char detail[256];
            const enum jumin_error error = read_mapping(card, JUMIN_PACE_GM, &document, detail);
            assert_true(error == JUMIN_ERROR_MALFORMED || error == JUMIN_ERROR_SECURE_MESSAGING);
            assert_null(document);
            free_card(card);
        }
    }
}

static bool extra_chip_data(struct issued_card *card, const struct apdu_command *command,
                            struct writer *response)
{
    uint8_t bytes[64];
    if (pace_step(command) != 4) {
        return false;
    }
    const struct span honest = issued_card_honest(card);
    memcpy(bytes, honest.p + 2, honest.n - 4);
    const size_t template = tlv_open(response, 0x7C);
    writer_put(response, span_of(bytes, honest.n - 4));
    tlv_put(response, 0x8A, span_of(bytes, 16));
    tlv_close(response, template);
    writer_put_u16(response, SW_OK);
    return true;
}

static void test_chip_data_without_chip_mapping_is_refused(void **state)
{
    (void)state;
    assert_read_fails_with(extra_chip_data, JUMIN_PACE_GM, JUMIN_ERROR_MALFORMED);
    assert_read_fails_with(extra_chip_data, JUMIN_PACE_IM, JUMIN_ERROR_MALFORMED);
}

static bool no_chip_data(struct issued_card *card, const struct apdu_command *command,
                         struct writer *response)
{
    if (pace_step(command) != 4) {
        return false;
    }
    const struct span honest = issued_card_honest(card);
    const size_t template = tlv_open(response, 0x7C);
    writer_put(response, span_of(honest.p + 2, 10)); // DO86 alone
    tlv_close(response, template);
    writer_put_u16(response, SW_OK);
    return true;
}

static void test_chip_mapping_without_chip_data_is_refused(void **state)
{
    (void)state;
    assert_read_fails_with(no_chip_data, JUMIN_PACE_CAM, JUMIN_ERROR_MALFORMED);
}

// --- Copies -----------------------------------------------------------------------------------------------

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

// --- What some documents refuse ---------------------------------------------------------------------------

static bool no_superfluous_le(struct issued_card *card, const struct apdu_command *command,
                              struct writer *response)
{
    (void)response;
    const bool without_answer = command->ins == INS_SELECT || command->ins == INS_MSE;
    if (without_answer && !protected_command(command)) {
        assert_int_equal(command->ne, 0);
        card->lies++;
    }
    struct tlv le;
    if (without_answer && protected_command(command)) {
        assert_false(tlv_find(command->data, 0x97, &le));
        card->lies++;
    }
    return false;
}

static void test_select_and_mse_go_without_le(void **state)
{
    (void)state;
    assert_read_works(no_superfluous_le);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer_without_status_word_is_refused),
        cmocka_unit_test(test_truncated_protected_answer_is_refused),
        cmocka_unit_test(test_wrong_mac_is_refused),
        cmocka_unit_test(test_replayed_answer_is_refused),
        cmocka_unit_test(test_naked_refusal_ends_the_session),
        cmocka_unit_test(test_naked_success_is_refused),
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
        cmocka_unit_test(test_unusual_entries_of_card_access_are_passed_over),
        cmocka_unit_test(test_card_without_pace_is_not_supported),
        cmocka_unit_test(test_card_without_short_identifiers_is_read_by_select),
        cmocka_unit_test(test_keys_equal_to_our_own_are_refused),
        cmocka_unit_test(test_keys_that_are_no_points_are_refused),
        cmocka_unit_test(test_wrong_token_of_the_card_is_refused),
        cmocka_unit_test(test_answers_with_other_tags_or_lengths_are_refused),
        cmocka_unit_test(test_chip_data_without_chip_mapping_is_refused),
        cmocka_unit_test(test_chip_mapping_without_chip_data_is_refused),
        cmocka_unit_test(test_copy_that_fails_chip_authentication_is_named),
        cmocka_unit_test(test_copy_is_named_though_only_its_key_is_read),
        cmocka_unit_test(test_copy_that_fails_active_authentication_is_named),
        cmocka_unit_test(test_copy_that_hides_its_chip_key_is_named),
        cmocka_unit_test(test_copy_that_denies_its_chip_key_is_named),
        cmocka_unit_test(test_copy_that_hides_the_key_of_chip_mapping_is_named),
        cmocka_unit_test(test_copy_with_another_generation_key_is_named),
        cmocka_unit_test(test_select_and_mse_go_without_le),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
