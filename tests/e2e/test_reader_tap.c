// The reader against the card: every variant of PACE, short and extended length, what a tap costs, and going
// on after an interruption.
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/document_internal.h"
#include "host/reader/suite.h"
#include "tests/e2e/issued_card.h"

#include <stdio.h>
#include <stdlib.h>

enum { IMAGE = 20480 - 80 }; // DG2 has 20 KB

static struct issued_card *new_card(const struct document_profile *profile, size_t image, uint8_t serial)
{
    struct issued_card *card = malloc(sizeof *card);
    assert_non_null(card);
    issued_card_start(card, profile, image, serial);
    return card;
}

static void free_card(struct issued_card *card)
{
    issued_card_stop(card);
    free(card);
}

static void short_length(struct issued_card *card)
{
    card->limits = (struct jumin_limits){.command_max = 261, .response_max = 258, .extended = false};
}

static void assert_file(const struct issued_card *card, const struct jumin_document *document, unsigned group)
{
    const uint8_t *bytes = NULL;
    size_t n = 0;
    const enum jumin_file file = group == 0 ? JUMIN_FILE_SOD : (enum jumin_file)(JUMIN_FILE_DG1 + group - 1);
    assert_int_equal(jumin_document_file(document, file, &bytes, &n), JUMIN_OK);
    assert_int_equal(n, card->lengths[group]);
    assert_memory_equal(bytes, card->files[group], n);
}

static struct jumin_document *read_card(struct jumin_reader *reader)
{
    struct jumin_document *document = NULL;
    const enum jumin_error error = jumin_reader_read(reader, &document);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_reader_detail(reader));
    }
    return document;
}

// --- Whole taps --------------------------------------------------------------------------------------------

static void assert_tap(struct issued_card *card, const struct jumin_pace_protocol *demanded)
{
    static const unsigned groups[] = {0, 1, 2, 11, 12, 14, 15};
    struct jumin_reader *reader = issued_card_reader(card);
    assert_int_equal(jumin_reader_set_pace(reader, demanded), JUMIN_OK);
    struct jumin_document *document = read_card(reader);
    struct jumin_pace_protocol run;
    assert_int_equal(jumin_document_pace(document, &run), JUMIN_OK);
    assert_int_equal(run.mapping, demanded->mapping);
    assert_int_equal(run.key_bits, demanded->key_bits);
    assert_int_equal(run.parameter, demanded->parameter);
    assert_int_equal(run.cipher, demanded->cipher);
    assert_int_equal(suite_cipher_of(document->evidence.chip_suite), demanded->cipher);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        assert_file(card, document, groups[i]);
    }
    assert_genuine(card, document);
    jumin_document_free(document);
    jumin_reader_free(reader);
}

static void assert_every_mapping(enum crypto_curve curve, enum secure_messaging_suite suite)
{
    const struct pace_protocol protocols[] = {
        {PACE_ECDH_GM, suite, curve}, {PACE_ECDH_IM, suite, curve}, {PACE_ECDH_CAM, suite, curve}};
    struct document_profile profile = document_usual;
    profile.protocols = protocols;
    profile.chip_authentication = &suite;
    profile.chip_curve = curve;
    profile.active_curve = curve;
    profile.announce_hash = false;
    struct issued_card *card = new_card(&profile, 2000, 1);
    for (size_t i = 0; i < 3; i++) {
        const struct jumin_pace_protocol demanded = {.mapping = (enum jumin_pace_mapping)protocols[i].mapping,
                                                     .key_bits = (unsigned)(8 * suite_key_length(suite)),
                                                     .parameter = pace_parameter_of_curve(curve),
                                                     .cipher = suite_cipher_of(suite)};
        short_length(card);
        assert_tap(card, &demanded);
        card->limits = (struct jumin_limits){.command_max = 65544, .response_max = 65538, .extended = true};
        assert_tap(card, &demanded);
    }
    free_card(card);
}

static void test_p256_with_aes_128_and_256(void **state)
{
    (void)state;
    assert_every_mapping(CRYPTO_P256, SUITE_AES_CBC_CMAC_128);
    assert_every_mapping(CRYPTO_P256, SUITE_AES_CBC_CMAC_256);
}

static void test_p384_with_aes_192_and_256(void **state)
{
    (void)state;
    assert_every_mapping(CRYPTO_P384, SUITE_AES_CBC_CMAC_192);
    assert_every_mapping(CRYPTO_P384, SUITE_AES_CBC_CMAC_256);
}

static void test_brainpool_p256r1_with_aes_128_and_256(void **state)
{
    (void)state;
    assert_every_mapping(CRYPTO_BRAINPOOL_P256R1, SUITE_AES_CBC_CMAC_128);
    assert_every_mapping(CRYPTO_BRAINPOOL_P256R1, SUITE_AES_CBC_CMAC_256);
}

static void test_brainpool_p384r1_with_aes_256(void **state)
{
    (void)state;
    assert_every_mapping(CRYPTO_BRAINPOOL_P384R1, SUITE_AES_CBC_CMAC_256);
}

static void test_aria_128_and_256_on_two_curves(void **state)
{
    (void)state;
    assert_every_mapping(CRYPTO_P256, SUITE_ARIA_CBC_CMAC_128);
    assert_every_mapping(CRYPTO_BRAINPOOL_P384R1, SUITE_ARIA_CBC_CMAC_256);
}

static enum secure_messaging_suite chip_suite_after(struct issued_card *card, enum jumin_cipher cipher)
{
    const struct jumin_pace_protocol demanded = {.cipher = cipher};
    struct jumin_reader *reader = issued_card_reader(card);
    struct jumin_pace_protocol run;
    assert_int_equal(jumin_reader_set_pace(reader, &demanded), JUMIN_OK);
    struct jumin_document *document = read_card(reader);
    assert_int_equal(jumin_document_pace(document, &run), JUMIN_OK);
    assert_int_equal(run.cipher, cipher == JUMIN_CIPHER_ANY ? JUMIN_CIPHER_AES : cipher);
    assert_genuine(card, document);
    const enum secure_messaging_suite suite = document->evidence.chip_suite;
    jumin_document_free(document);
    jumin_reader_free(reader);
    return suite;
}

static void test_card_with_both_ciphers_goes_on_with_the_one_of_pace(void **state)
{
    (void)state;
    const struct pace_protocol protocols[] = {{PACE_ECDH_GM, SUITE_ARIA_CBC_CMAC_256, CRYPTO_P256},
                                              {PACE_ECDH_GM, SUITE_AES_CBC_CMAC_256, CRYPTO_P256},
                                              {PACE_ECDH_CAM, SUITE_AES_CBC_CMAC_128, CRYPTO_P256}};
    const enum secure_messaging_suite suites[] = {SUITE_ARIA_CBC_CMAC_128, SUITE_AES_CBC_CMAC_128,
                                                  SUITE_ARIA_CBC_CMAC_256};
    struct document_profile profile = document_usual;
    profile.protocols = protocols;
    profile.chip_authentication = suites;
    profile.chip_authentication_count = 3;
    struct issued_card *card = new_card(&profile, 500, 1);
    assert_int_equal(chip_suite_after(card, JUMIN_CIPHER_ANY), SUITE_AES_CBC_CMAC_128);
    assert_int_equal(chip_suite_after(card, JUMIN_CIPHER_AES), SUITE_AES_CBC_CMAC_128);
    assert_int_equal(chip_suite_after(card, JUMIN_CIPHER_ARIA), SUITE_ARIA_CBC_CMAC_256);
    free_card(card);
}

static void test_cipher_that_the_card_does_not_offer_is_not_replaced(void **state)
{
    (void)state;
    const struct jumin_pace_protocol demanded = {.cipher = JUMIN_CIPHER_ARIA};
    struct issued_card *card = new_card(&document_usual, 500, 1);
    struct jumin_reader *reader = issued_card_reader(card);
    struct jumin_document *document = NULL;
    assert_int_equal(jumin_reader_set_pace(reader, &demanded), JUMIN_OK);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_NOT_SUPPORTED);
    jumin_document_free(document);
    jumin_reader_free(reader);
    free_card(card);
}

// Documents that offer nothing but the integrated mapping exist.
static void test_the_only_variant_is_chosen(void **state)
{
    (void)state;
    static const enum pace_mapping mappings[] = {PACE_ECDH_IM, PACE_ECDH_GM};
    for (size_t i = 0; i < sizeof mappings / sizeof *mappings; i++) {
        const struct pace_protocol only = {mappings[i], SUITE_AES_CBC_CMAC_128, CRYPTO_P256};
        struct document_profile profile = document_usual;
        profile.protocols = &only;
        profile.protocol_count = 1;
        struct issued_card *card = new_card(&profile, 500, 1);
        struct jumin_reader *reader = issued_card_reader(card);
        struct jumin_document *document = NULL;
        struct jumin_pace_protocol run;
        assert_int_equal(jumin_reader_read(reader, &document), JUMIN_OK);
        assert_int_equal(jumin_document_pace(document, &run), JUMIN_OK);
        assert_int_equal(run.mapping, mappings[i]);
        assert_int_equal(jumin_document_access(document), JUMIN_ACCESS_PACE);
        assert_genuine(card, document);
        jumin_document_free(document);
        jumin_reader_free(reader);
        free_card(card);
    }
}

static void test_strongest_variant_is_chosen(void **state)
{
    (void)state;
    const struct pace_protocol protocols[] = {{PACE_ECDH_GM, SUITE_AES_CBC_CMAC_256, CRYPTO_P384},
                                              {PACE_ECDH_CAM, SUITE_AES_CBC_CMAC_128, CRYPTO_P256},
                                              {PACE_ECDH_IM, SUITE_AES_CBC_CMAC_256, CRYPTO_P256}};
    struct document_profile profile = document_usual;
    profile.protocols = protocols;
    struct issued_card *card = new_card(&profile, 500, 1);
    struct jumin_reader *reader = issued_card_reader(card);
    struct jumin_document *document = read_card(reader);
    struct jumin_pace_protocol run;
    assert_int_equal(jumin_document_pace(document, &run), JUMIN_OK);
    assert_int_equal(run.mapping, JUMIN_PACE_CAM);
    jumin_document_free(document);
    jumin_reader_free(reader);
    free_card(card);
}

static void test_mrz_and_pin_open_the_card_too(void **state)
{
    (void)state;
    struct issued_card *card = new_card(&document_usual, 500, 1);
    struct jumin_reader *reader = issued_card_reader(card);
    assert_int_equal(jumin_reader_set_mrz(reader, "T22000129", "640812", "101031"), JUMIN_OK);
    jumin_document_free(read_card(reader));
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_MRZ,
                                               "IDKORT220001293<<<<<<<<<<<<<<<\n"
                                               "6408125M1010318KOR<<<<<<<<<<<6\n"
                                               "HONG<<GIL<DONG<<<<<<<<<<<<<<<<\n"),
                     JUMIN_OK);
    jumin_document_free(read_card(reader));
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_MRZ, DOCUMENT_MRZ), JUMIN_OK);
    jumin_document_free(read_card(reader));
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_PIN, DOCUMENT_PIN), JUMIN_OK);
    jumin_document_free(read_card(reader));
    jumin_reader_free(reader);
    free_card(card);
}

static void test_person_and_portrait_are_those_that_were_issued(void **state)
{
    (void)state;
    struct issued_card *card = new_card(&document_usual, 3000, 1);
    struct jumin_reader *reader = issued_card_reader(card);
    struct jumin_document *document = read_card(reader);
    struct jumin_mrz mrz;
    assert_int_equal(jumin_document_mrz(document, &mrz), JUMIN_OK);
    assert_string_equal(mrz.primary_name, "HONG");
    assert_string_equal(mrz.secondary_name, "GIL DONG");
    assert_string_equal(mrz.document_number, "T22000129");
    struct jumin_portrait portrait;
    assert_int_equal(jumin_document_portrait(document, &portrait), JUMIN_OK);
    assert_int_equal(portrait.n, 3000);
    assert_int_equal(portrait.width, 413);
    assert_int_equal(portrait.height, 531);
    struct jumin_person person;
    assert_int_equal(jumin_document_person(document, &person), JUMIN_OK);
    assert_string_equal(person.full_name, "홍길동");
    assert_int_equal(person.other_name_count, 1);
    assert_string_equal(person.other_names[0], "洪吉童");
    struct jumin_issue issue;
    assert_int_equal(jumin_document_issue(document, &issue), JUMIN_OK);
    assert_string_equal(issue.authority, "세종특별자치시장");
    assert_string_equal(issue.date, "20260601");
    jumin_document_free(document);
    jumin_reader_free(reader);
    free_card(card);
}

// --- What a tap costs --------------------------------------------------------------------------------------

static unsigned cost_of_tap(struct issued_card *card, enum jumin_pace_mapping mapping)
{
    struct jumin_reader *reader = issued_card_reader(card);
    const struct jumin_pace_protocol demanded = {.mapping = mapping};
    assert_int_equal(jumin_reader_set_pace(reader, &demanded), JUMIN_OK);
    assert_int_equal(jumin_reader_set_groups(reader, 1U << 1 | 1U << 2 | 1U << 11 | 1U << 14 | 1U << 15),
                     JUMIN_OK);
    struct jumin_document *document = read_card(reader);
    assert_genuine(card, document);
    struct jumin_reader_cost cost;
    jumin_reader_cost(reader, &cost);
    print_message("%u APDUs, %zu bytes sent, %zu received\n", cost.commands, cost.sent, cost.received);
    assert_int_equal(cost.commands, card->commands);
    jumin_document_free(document);
    jumin_reader_free(reader);
    return cost.commands;
}

static void test_tap_costs_at_most_42_extended_apdus(void **state)
{
    (void)state;
    struct issued_card *card = new_card(&document_usual, IMAGE, 1);
    assert_in_range(cost_of_tap(card, JUMIN_PACE_ANY), 1, 42); // CAM, with EF.CardSecurity
    card->commands = 0;
    assert_in_range(cost_of_tap(card, JUMIN_PACE_GM), 1, 40);
    free_card(card);
}

static void test_tap_costs_at_most_120_short_apdus(void **state)
{
    (void)state;
    struct issued_card *card = new_card(&document_usual, IMAGE, 1);
    short_length(card);
    assert_in_range(cost_of_tap(card, JUMIN_PACE_GM), 1, 120);
    card->commands = 0;
    assert_in_range(cost_of_tap(card, JUMIN_PACE_CAM), 1, 124); // EF.CardSecurity comes on top
    free_card(card);
}

// --- Interruptions -----------------------------------------------------------------------------------------

static void interrupt_everywhere(struct issued_card *card)
{
    struct jumin_reader *reader = issued_card_reader(card);
    jumin_document_free(read_card(reader));
    const unsigned all = card->commands;
    for (unsigned at = 1; at <= all; at++) {
        struct jumin_document *document = NULL;
        card->commands = 0;
        card->remove_before = at;
        assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_CARD_REMOVED);
        assert_null(document);
        assert_string_not_equal(jumin_reader_detail(reader), "");
        document = read_card(reader);
        // What was read is not read again, but for what a new session takes.
        assert_in_range(card->commands, all, all + 13);
        assert_file(card, document, 2);
        assert_genuine(card, document);
        jumin_document_free(document);
    }
    jumin_reader_free(reader);
}

static void test_read_goes_on_after_the_card_left_at_any_apdu(void **state)
{
    (void)state;
    struct issued_card *card = new_card(&document_usual, 4000, 1);
    interrupt_everywhere(card);
    free_card(card);
}

static void test_short_read_goes_on_after_the_card_left_at_any_apdu(void **state)
{
    (void)state;
    struct issued_card *card = new_card(&document_usual, 1500, 1);
    short_length(card);
    interrupt_everywhere(card);
    free_card(card);
}

static void test_another_card_does_not_go_on_with_the_read(void **state)
{
    (void)state;
    struct issued_card *first = new_card(&document_usual, 4000, 1);
    struct issued_card *second = new_card(&document_usual, 4000, 2);
    struct jumin_reader *reader = issued_card_reader(first);
    struct jumin_document *document = NULL;
    first->remove_before = 22; // in the middle of DG2
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_CARD_REMOVED);
    first->stand_in = second;
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_OTHER_CARD);
    assert_null(document);
    jumin_reader_free(reader);
    free_card(first);
    free_card(second);
}

struct progress_seen {
    unsigned calls;
    unsigned cancel_at;
    size_t last_done;
};

static bool count_progress(void *context, enum jumin_step step, const char *name, size_t done, size_t total)
{
    struct progress_seen *seen = context;
    assert_non_null(name);
    assert_in_range(step, JUMIN_STEP_CONNECT, JUMIN_STEP_ACTIVE_AUTHENTICATION);
    assert_true(done <= total);
    seen->calls++;
    seen->last_done = done;
    return seen->calls != seen->cancel_at;
}

static void test_progress_is_told_at_every_apdu_and_can_cancel(void **state)
{
    (void)state;
    struct issued_card *card = new_card(&document_usual, 4000, 1);
    struct jumin_reader *reader = issued_card_reader(card);
    struct progress_seen seen = {0};
    struct jumin_document *document = NULL;
    assert_int_equal(jumin_reader_set_progress(reader, count_progress, &seen), JUMIN_OK);
    jumin_document_free(read_card(reader));
    assert_int_equal(seen.calls, card->commands + 1); // and once for connecting
    const unsigned all = seen.calls;
    for (unsigned at = 1; at <= all; at += 3) {
        seen = (struct progress_seen){.cancel_at = at};
        assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_CANCELLED);
        assert_int_equal(seen.calls, at);
    }
    jumin_reader_free(reader);
    free_card(card);
}

static void test_wrong_can_is_told_as_such(void **state)
{
    (void)state;
    struct issued_card *card = new_card(&document_usual, 500, 1);
    struct jumin_reader *reader = issued_card_reader(card);
    struct jumin_document *document = NULL;
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, "999999"), JUMIN_OK);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_WRONG_PASSWORD);
    assert_non_null(strstr(jumin_reader_detail(reader), "CAN"));
    jumin_reader_free(reader);
    free_card(card);
}

static void test_wrong_pin_counts_down_to_suspended(void **state)
{
    (void)state;
    struct issued_card *card = new_card(&document_usual, 500, 1);
    struct jumin_reader *reader = issued_card_reader(card);
    struct jumin_document *document = NULL;
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_PIN, "000000"), JUMIN_OK);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_WRONG_PASSWORD);
    assert_non_null(strstr(jumin_reader_detail(reader), "2 tries left"));
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_WRONG_PASSWORD);
    assert_non_null(strstr(jumin_reader_detail(reader), "1 try left"));
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_PASSWORD_SUSPENDED);
    assert_non_null(strstr(jumin_reader_detail(reader), "CAN"));
    jumin_reader_free(reader);
    free_card(card);
}

static void test_inspection_needs_no_password(void **state)
{
    (void)state;
    struct issued_card *card = new_card(&document_usual, 500, 1);
    struct jumin_reader *reader = NULL;
    struct jumin_document *document = NULL;
    const uint8_t *bytes = NULL;
    size_t n = 0;
    assert_int_equal(jumin_reader_new(&reader, card->transport), JUMIN_OK);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_inspect(reader, &document), JUMIN_OK);
    assert_int_equal(jumin_document_file(document, JUMIN_FILE_CARD_ACCESS, &bytes, &n), JUMIN_OK);
    assert_int_equal(jumin_document_file(document, JUMIN_FILE_ATR_INFO, &bytes, &n), JUMIN_OK);
    assert_int_equal(jumin_document_file(document, JUMIN_FILE_SOD, &bytes, &n), JUMIN_ERROR_NO_SUCH_FILE);
    jumin_document_free(document);
    jumin_reader_free(reader);
    free_card(card);
}

static void test_commands_after_the_read_go_under_its_session(void **state)
{
    (void)state;
    static const uint8_t get_challenge[] = {0x00, 0x84, 0x00, 0x00, 0x08};
    uint8_t response[64];
    size_t n = 0;
    struct issued_card *card = new_card(&document_usual, 500, 1);
    struct jumin_reader *reader = issued_card_reader(card);
    assert_int_equal(
        jumin_reader_transmit(reader, get_challenge, sizeof get_challenge, response, sizeof response, &n),
        JUMIN_ERROR_ARGUMENT);
    jumin_document_free(read_card(reader));
    assert_int_equal(
        jumin_reader_transmit(reader, get_challenge, sizeof get_challenge, response, sizeof response, &n),
        JUMIN_OK);
    assert_int_equal(n, 10);
    assert_int_equal(response[8] << 8 | response[9], SW_OK);
    assert_string_equal(card->log[(card->commands - 1) % 128], "0C840000");
    jumin_reader_free(reader);
    free_card(card);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_p256_with_aes_128_and_256),
        cmocka_unit_test(test_p384_with_aes_192_and_256),
        cmocka_unit_test(test_brainpool_p256r1_with_aes_128_and_256),
        cmocka_unit_test(test_brainpool_p384r1_with_aes_256),
        cmocka_unit_test(test_aria_128_and_256_on_two_curves),
        cmocka_unit_test(test_card_with_both_ciphers_goes_on_with_the_one_of_pace),
        cmocka_unit_test(test_cipher_that_the_card_does_not_offer_is_not_replaced),
        cmocka_unit_test(test_the_only_variant_is_chosen),
        cmocka_unit_test(test_strongest_variant_is_chosen),
        cmocka_unit_test(test_mrz_and_pin_open_the_card_too),
        cmocka_unit_test(test_person_and_portrait_are_those_that_were_issued),
        cmocka_unit_test(test_tap_costs_at_most_42_extended_apdus),
        cmocka_unit_test(test_tap_costs_at_most_120_short_apdus),
        cmocka_unit_test(test_read_goes_on_after_the_card_left_at_any_apdu),
        cmocka_unit_test(test_short_read_goes_on_after_the_card_left_at_any_apdu),
        cmocka_unit_test(test_another_card_does_not_go_on_with_the_read),
        cmocka_unit_test(test_progress_is_told_at_every_apdu_and_can_cancel),
        cmocka_unit_test(test_wrong_can_is_told_as_such),
        cmocka_unit_test(test_wrong_pin_counts_down_to_suspended),
        cmocka_unit_test(test_inspection_needs_no_password),
        cmocka_unit_test(test_commands_after_the_read_go_under_its_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
