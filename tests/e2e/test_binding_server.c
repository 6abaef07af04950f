// The server's end of binding a phone takes no message that is not as it should be, believes no card that
// says something else, and is done when it is done; and the phone's end leaves its reader as it was.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "card/wire/status_word.h"
#include "host/mobile/cbor.h"
#include "host/reader/reader_internal.h"
#include "tests/e2e/binding_ends.h"
#include "tests/unit/unit.h"

enum { INS_READ_BINARY = 0xB0 };

static void expect_usual_error(meddler *meddle, enum jumin_error error)
{
    const struct jumin_authenticator_options options = usual_options();
    expect_server_error(&options, meddle, error);
}

// --- The first message -------------------------------------------------------------------------------------------

static struct binding_begin begun;

static void begin_instead(size_t number, struct letter *letter)
{
    if (number == BINDING_BEGIN) {
        struct writer w = writer_of(letter->bytes, sizeof letter->bytes);
        binding_put_begin(&w, &begun);
        letter->n = w.n;
    }
}

static void test_device_key_is_an_uncompressed_point_of_the_curve(void **state)
{
    (void)state;
    uint8_t key[JUMIN_DEVICE_KEY + 1] = {0};
    phone_key(0, key);
    const struct {
        size_t byte;
        uint8_t change;
        size_t n;
    } wrong[] = {
        {64, 0x01, 65}, // not on the curve
        {0, 0x02, 65},  // hybrid
        {0, 0x04, 65},  // nothing
        {0, 0x07, 33},  // compressed
        {0, 0x04, 1},   // infinity
        {0, 0x00, 64},  // too short
        {0, 0x00, 66},  // too long
        {0, 0x00, 0},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        key[wrong[i].byte] ^= wrong[i].change;
        begun = (struct binding_begin){.key = span_of(key, wrong[i].n)};
        expect_usual_error(begin_instead, JUMIN_ERROR_INPUT);
        key[wrong[i].byte] ^= wrong[i].change;
    }
    begun = (struct binding_begin){.key = span_of(key, JUMIN_DEVICE_KEY)};
    assert_true(ends_survive(begin_instead));
}

static void test_attestation_has_an_end(void **state)
{
    (void)state;
    static uint8_t attestation[JUMIN_ATTESTATION_MAX + 1];
    uint8_t key[JUMIN_DEVICE_KEY];
    phone_key(0, key);
    begun = (struct binding_begin){.key = span_of(key, sizeof key),
                                   .attestation = span_of(attestation, sizeof attestation)};
    expect_usual_error(begin_instead, JUMIN_ERROR_MALFORMED);
    begun.attestation.n--;
    assert_true(ends_survive(begin_instead));
}

// Whatever else its certificate gives, the server asks the card, and the holder, for nothing more.
static void test_server_with_more_rights_asks_for_this_one_alone(void **state)
{
    (void)state;
    const struct asked_rights asked = rights_asked_for();
    assert_int_equal(asked.authorization | asked.extensions, right_of(RIGHT_PROVISION_PHONE));
}

// --- The second: what the phone says of the card -----------------------------------------------------------------

static struct binding_card replaced; // what is not empty stands in the place of what the phone says

static void say_of_card(size_t number, struct letter *letter)
{
    struct binding_card content;
    if (number != BINDING_CARD) {
        return;
    }
    const struct letter whole = *letter;
    const struct span session = span_of(whole.bytes + 3, BINDING_SESSION);
    assert_true(binding_read_card(span_of(whole.bytes, whole.n), session, &content));
    content.identifier = replaced.identifier.p != NULL ? replaced.identifier : content.identifier;
    content.challenge = replaced.challenge.p != NULL ? replaced.challenge : content.challenge;
    for (size_t i = 0; i < BINDING_AUTHORITIES_MAX; i++) {
        content.authorities[i] =
            replaced.authorities[i].p != NULL ? replaced.authorities[i] : content.authorities[i];
    }
    struct writer w = writer_of(letter->bytes, sizeof letter->bytes);
    binding_put_card(&w, session, &content);
    letter->n = w.n;
}

static void test_server_signs_nothing_of_another_length(void **state)
{
    (void)state;
    static const uint8_t bytes[TA_IDENTIFIER_MAX + 1] = {1};
    static const size_t challenges[] = {0, TA_CHALLENGE - 1, TA_CHALLENGE + 1};
    static const size_t identifiers[] = {0, TA_IDENTIFIER_MAX + 1};
    for (size_t i = 0; i < sizeof challenges / sizeof *challenges; i++) {
        replaced = (struct binding_card){.challenge = span_of(bytes, challenges[i])};
        expect_usual_error(say_of_card, JUMIN_ERROR_MALFORMED);
    }
    for (size_t i = 0; i < sizeof identifiers / sizeof *identifiers; i++) {
        replaced = (struct binding_card){.identifier = span_of(bytes, identifiers[i])};
        expect_usual_error(say_of_card, JUMIN_ERROR_MALFORMED);
    }
    assert_nothing_is_bound();
}

static void test_trust_point_is_one_of_both_or_unknown(void **state)
{
    (void)state;
    static const uint8_t unknown[] = "KRCVCAAT99999", control[] = "KRCVCA\n\x1B[2J9999";
    const struct span name = stage.card->chain.cvca_plan.holder, other = span_of(unknown, 13);
    replaced = (struct binding_card){.authorities = {other, name}};
    assert_true(ends_survive(say_of_card));
    replaced = (struct binding_card){.authorities = {other, other}};
    expect_usual_error(say_of_card, JUMIN_ERROR_SIGNER_UNKNOWN);
    replaced = (struct binding_card){.authorities = {span_of(control, 15), name}};
    expect_usual_error(say_of_card, JUMIN_ERROR_MALFORMED);
}

// --- The fourth: what the card says ------------------------------------------------------------------------------

// The card's own answer to the first command of this kind, protected as it should be.
static struct {
    uint8_t ins;
    struct span data;
    uint16_t status;
} answered;

static bool answer_otherwise(struct issued_card *card, const struct apdu_command *command,
                             struct writer *response)
{
    const bool sealed = card->fixture.card.security.achieved.chip_authenticated;
    if (!sealed || command->ins != answered.ins) {
        return false;
    }
    issued_card_answer(card, command, answered.data, answered.status, response);
    return true;
}

static void expect_from_card(uint8_t ins, struct span data, uint16_t status, enum jumin_error error)
{
    answered.ins = ins;
    answered.data = data;
    answered.status = status;
    stage.card->issued.lie = answer_otherwise;
    expect_usual_error(no_meddler, error);
    stage.card->issued.lie = NULL;
}

static void test_refusals_of_the_card_are_told(void **state)
{
    (void)state;
    const struct span none = span_of(NULL, 0);
    expect_from_card(INS_BIND_DEVICE, none, SW_SECURITY_STATUS_NOT_SATISFIED, JUMIN_ERROR_ACCESS_DENIED);
    expect_from_card(INS_BIND_DEVICE, none, SW_MEMORY_FAILURE, JUMIN_ERROR_STATUS);
    expect_from_card(INS_READ_BINARY, none, SW_SECURITY_STATUS_NOT_SATISFIED, JUMIN_ERROR_ACCESS_DENIED);
    expect_from_card(INS_READ_BINARY, none, SW_FILE_NOT_FOUND, JUMIN_ERROR_NO_SUCH_FILE);
}

static void test_card_that_says_something_else_is_not_believed(void **state)
{
    (void)state;
    uint8_t bytes[2048] = {0}, key[JUMIN_DEVICE_KEY];
    const size_t right = BINDING_THUMBPRINT + BINDING_COUNTER;
    const size_t lengths[] = {0, right - 1, right + 1};
    phone_key(0, key);
    assert_int_equal(jumin_device_thumbprint(key, bytes), JUMIN_OK);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        expect_from_card(INS_BIND_DEVICE, span_of(bytes, lengths[i]), SW_OK, JUMIN_ERROR_MALFORMED);
    }
    bytes[BINDING_THUMBPRINT - 1] ^= 1; // another phone
    expect_from_card(INS_BIND_DEVICE, span_of(bytes, right), SW_OK, JUMIN_ERROR_MALFORMED);
    expect_from_card(INS_READ_BINARY, span_of(bytes, 1025), SW_OK, JUMIN_ERROR_MALFORMED);
}

static size_t answers_more; // than there are; the last one stands again for each
static size_t answers_less;

static void change_count(size_t number, struct letter *letter)
{
    struct binding_apdus apdus;
    struct span apdu = span_of(NULL, 0);
    if (number != BINDING_RESPONSES) {
        return;
    }
    const struct letter whole = *letter;
    const struct span session = span_of(whole.bytes + 3, BINDING_SESSION);
    struct writer w = writer_of(letter->bytes, sizeof letter->bytes);
    assert_true(binding_read_apdus(span_of(whole.bytes, whole.n), BINDING_RESPONSES, session, &apdus));
    binding_put_apdus(&w, BINDING_RESPONSES, session, apdus.count + answers_more - answers_less);
    while (apdus.count > answers_less && binding_next_apdu(&apdus, &apdu)) {
        cbor_put_bytes(&w, apdu);
    }
    for (size_t i = 0; i < answers_more; i++) {
        cbor_put_bytes(&w, apdu);
    }
    letter->n = w.n;
}

static void test_as_many_answers_as_commands_are_taken(void **state)
{
    (void)state;
    answers_less = 0;
    answers_more = 1;
    expect_usual_error(change_count, JUMIN_ERROR_MALFORMED);
    answers_more = 0;
    assert_true(ends_survive(change_count));
}

// The card has bound the phone, and the server does not know; the phone comes again.
static void test_lost_answer_is_made_good_by_coming_again(void **state)
{
    (void)state;
    uint8_t thumbprint[BINDING_THUMBPRINT];
    answers_less = 1;
    answers_more = 0;
    expect_usual_error(change_count, JUMIN_ERROR_MALFORMED);
    assert_int_equal(binding_on_card(thumbprint), 1);
    assert_int_equal(bind_phone(0), 1);
}

// --- The end -----------------------------------------------------------------------------------------------------

static size_t cut; // the message that loses its last byte

static void cut_short(size_t number, struct letter *letter)
{
    letter->n -= number == cut ? 1 : 0;
}

static void test_failed_session_is_over(void **state)
{
    (void)state;
    struct ends ends;
    struct jumin_binding binding;
    const uint8_t *bytes = NULL;
    size_t n = 0;
    const struct jumin_authenticator_options options = usual_options();
    ends_open(&ends, 0, &options);
    cut = BINDING_CHIP;
    ends_run(&ends, cut_short);
    assert_int_equal(ends.server, JUMIN_ERROR_MALFORMED);
    stage.letters[BINDING_CHIP].n++; // whole again
    assert_int_equal(jumin_authenticator_next(ends.authenticator, stage.letters[BINDING_CHIP].bytes,
                                              stage.letters[BINDING_CHIP].n, &bytes, &n),
                     JUMIN_ERROR_ARGUMENT);
    assert_null(bytes);
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_ERROR_ARGUMENT);
    ends_close(&ends);
}

// The phone that repeats its last message, because the answer was lost, does not undo what was done.
static void test_message_behind_the_last_one_changes_nothing(void **state)
{
    (void)state;
    struct ends ends;
    struct jumin_binding binding;
    const uint8_t *bytes = NULL;
    size_t n = 0;
    const struct jumin_authenticator_options options = usual_options();
    ends_open(&ends, 0, &options);
    ends_run(&ends, no_meddler);
    assert_int_equal(jumin_authenticator_next(ends.authenticator, stage.letters[BINDING_RESPONSES].bytes,
                                              stage.letters[BINDING_RESPONSES].n, &bytes, &n),
                     JUMIN_ERROR_ARGUMENT);
    assert_null(bytes);
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_OK);
    assert_int_equal(binding.counter, 1);
    ends_close(&ends);
}

static void test_misuse_is_refused(void **state)
{
    (void)state;
    uint8_t key[JUMIN_DEVICE_KEY];
    struct jumin_authenticator *authenticator = NULL;
    struct jumin_pipe *pipe = NULL;
    struct jumin_authenticator_options options = usual_options();
    options.portrait = 32768;
    assert_int_equal(jumin_authenticator_new(&authenticator, &options), JUMIN_ERROR_ARGUMENT);
    assert_null(authenticator);
    phone_key(0, key);
    key[1] ^= 1;
    assert_int_equal(jumin_pipe_new(&pipe, stage.reader, key, NULL, 0), JUMIN_ERROR_ARGUMENT);
    assert_null(pipe);
}

// --- The phone's reader ------------------------------------------------------------------------------------------

// A session that ends after so many messages, by a pipe that is given up.
static void give_up_after(size_t messages)
{
    struct ends ends;
    const uint8_t *bytes = NULL;
    size_t n = 0;
    const struct jumin_authenticator_options options = usual_options();
    ends_open(&ends, 0, &options);
    for (size_t i = 0; i < messages; i++) {
        assert_int_equal(jumin_pipe_next(ends.pipe, bytes, n, &bytes, &n), JUMIN_OK);
        assert_int_equal(jumin_authenticator_next(ends.authenticator, bytes, n, &bytes, &n), JUMIN_OK);
    }
    assert_true(messages < 3 || !stage.reader->channel.sm.active); // the server alone has the keys then
    ends_close(&ends);
}

static void fail_at(size_t number)
{
    struct ends ends;
    const struct jumin_authenticator_options options = usual_options();
    cut = number;
    ends_open(&ends, 0, &options);
    ends_run(&ends, cut_short);
    assert_int_equal(number % 2 == 0 ? ends.phone : ends.server, JUMIN_ERROR_MALFORMED);
    assert_true(number % 2 != 0 || !stage.reader->channel.sm.active);
    ends_close(&ends);
}

static void assert_reads_as_before(void)
{
    struct jumin_document *document = NULL;
    assert_false(stage.reader->channel.sm.active);
    assert_int_equal(stage.reader->asked.type, TERMINAL_NONE);
    if (jumin_reader_read(stage.reader, &document) != JUMIN_OK) {
        fail_msg("%s", jumin_reader_detail(stage.reader));
    }
    jumin_document_free(document);
}

static void test_reader_reads_as_before_however_the_session_has_ended(void **state)
{
    (void)state;
    for (size_t messages = 0; messages <= 4; messages++) {
        give_up_after(messages);
        assert_reads_as_before();
    }
    for (size_t number = BINDING_BEGIN; number <= BINDING_BOUND; number++) {
        fail_at(number);
        assert_reads_as_before();
    }
    assert_int_equal(bind_phone(0), 1);
    assert_reads_as_before();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_device_key_is_an_uncompressed_point_of_the_curve, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_attestation_has_an_end, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_server_with_more_rights_asks_for_this_one_alone, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_server_signs_nothing_of_another_length, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_trust_point_is_one_of_both_or_unknown, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_refusals_of_the_card_are_told, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_card_that_says_something_else_is_not_believed, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_as_many_answers_as_commands_are_taken, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_lost_answer_is_made_good_by_coming_again, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_failed_session_is_over, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_message_behind_the_last_one_changes_nothing, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_misuse_is_refused, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_reader_reads_as_before_however_the_session_has_ended,
                                        binding_start, binding_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
