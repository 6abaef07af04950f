// A card that lies, and cards that are odd: what the reader makes of answers that it should not get
// (conformance of inspection systems: TR-03105-5.1).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/security_infos.h"
#include "tests/e2e/lying_card.h"

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
        cmocka_unit_test(test_unusual_entries_of_card_access_are_passed_over),
        cmocka_unit_test(test_card_without_pace_is_not_supported),
        cmocka_unit_test(test_card_without_short_identifiers_is_read_by_select),
        cmocka_unit_test(test_keys_equal_to_our_own_are_refused),
        cmocka_unit_test(test_keys_that_are_no_points_are_refused),
        cmocka_unit_test(test_wrong_token_of_the_card_is_refused),
        cmocka_unit_test(test_answers_with_other_tags_or_lengths_are_refused),
        cmocka_unit_test(test_chip_data_without_chip_mapping_is_refused),
        cmocka_unit_test(test_chip_mapping_without_chip_data_is_refused),
        cmocka_unit_test(test_select_and_mse_go_without_le),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
