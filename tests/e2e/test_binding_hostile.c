// Binding a phone when one end, or somebody between them, is not honest: reads, replays, reorders, swaps,
// relays, and asks for more.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/cbor.h"
#include "tests/e2e/binding_ends.h"
#include "tests/unit/unit.h"

// --- Hostile phones ----------------------------------------------------------------------------------------------

static bool contains(const struct letter *letter, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i + n <= letter->n; i++) {
        if (memcmp(letter->bytes + i, bytes, n) == 0) {
            return true;
        }
    }
    return false;
}

static void test_phone_reads_nothing_of_what_passes(void **state)
{
    (void)state;
    uint8_t key[JUMIN_DEVICE_KEY], thumbprint[JUMIN_DEVICE_THUMBPRINT];
    phone_key(0, key);
    assert_int_equal(jumin_device_thumbprint(key, thumbprint), JUMIN_OK);
    assert_int_equal(bind_phone(0), 1);
    for (size_t number = BINDING_COMMANDS; number <= BINDING_RESPONSES; number++) {
        assert_false(contains(&stage.letters[number], thumbprint, 8));
        for (size_t at = 0; at + 16 <= stage.card->issued.lengths[2]; at += 16) {
            assert_false(contains(&stage.letters[number], stage.card->issued.files[2] + at, 16));
        }
    }
    for (size_t number = BINDING_BEGIN; number <= BINDING_BOUND; number++) {
        assert_false(contains(&stage.letters[number], stage.card->issued.document.own_chip_point + 1, 8));
    }
}

static size_t victim;  // the message that a meddler changes
static size_t at_byte; // and where

static void flip_a_bit(size_t number, struct letter *letter)
{
    if (number == victim) {
        letter->bytes[at_byte % letter->n] ^= 1;
    }
}

// What the message on the card may say otherwise without harm: EF.CardAccess beside the PACE variants, which
// are compared with what is signed, and how long APDUs may be.
static bool is_harmless_in_card(size_t at)
{
    struct binding_card content;
    const struct letter *letter = &stage.letters[BINDING_CARD];
    const struct span session = span_of(letter->bytes + 3, BINDING_SESSION);
    assert_true(binding_read_card(span_of(letter->bytes, letter->n), session, &content));
    const size_t access = (size_t)(content.card_access.p - letter->bytes);
    const size_t limits = (size_t)(content.challenge.p - letter->bytes) + content.challenge.n;
    return (at >= access && at < access + content.card_access.n) || at >= limits;
}

// The outer Le of a protected command: the phone may fetch the answer in parts (ISO 7816-4 §10.4).
static bool is_outer_le(size_t at)
{
    struct binding_apdus commands;
    struct span command;
    const struct letter *letter = &stage.letters[BINDING_COMMANDS];
    const struct span session = span_of(letter->bytes + 3, BINDING_SESSION);
    assert_true(binding_read_apdus(span_of(letter->bytes, letter->n), BINDING_COMMANDS, session, &commands));
    while (binding_next_apdu(&commands, &command)) {
        struct apdu_command parsed;
        const size_t start_of = (size_t)(command.p - letter->bytes), end = start_of + command.n;
        if (at >= start_of && at < end) {
            assert_true(apdu_parse(command, &parsed));
            return at >= end - (parsed.extended ? 2 : 1);
        }
    }
    return false;
}

static bool is_harmless(size_t number, size_t at)
{
    return (number == BINDING_CARD && is_harmless_in_card(at)) ||
           (number == BINDING_COMMANDS && is_outer_le(at));
}

// The first message is the phone's own word, and what the second asks of the card is no more than the
// certificates give; the last only tells the phone the counter.
static void test_any_changed_bit_ends_the_session(void **state)
{
    (void)state;
    for (victim = BINDING_CARD; victim < BINDING_BOUND; victim++) {
        for (at_byte = 0;; at_byte++) {
            assert_int_equal(bind_phone(0), 1); // how long the message is
            const size_t n = stage.letters[victim].n;
            at_byte += at_byte == 0 ? 0 : n / 12;
            while (at_byte < n && is_harmless(victim, at_byte)) {
                at_byte++;
            }
            if (at_byte >= n) {
                break;
            }
            if (ends_survive(flip_a_bit)) {
                fail_msg("message %zu lived on with byte %zu of %zu changed", victim, at_byte, n);
            }
        }
    }
    assert_int_equal(bind_phone(1), 2);
}

static struct letter old; // of an earlier session

static void replay(size_t number, struct letter *letter)
{
    if (number == victim) {
        *letter = old;
    }
}

static void test_messages_of_another_session_are_refused(void **state)
{
    (void)state;
    for (victim = BINDING_CARD; victim < BINDING_BOUND; victim++) {
        assert_int_equal(bind_phone(0), 1);
        old = stage.letters[victim];
        assert_false(ends_survive(replay));
    }
}

// The session's name alone is no protection: the same content under the new session's name.
static void replay_under_new_name(size_t number, struct letter *letter)
{
    if (number == victim) {
        const struct letter fresh = *letter;
        *letter = old;
        memcpy(letter->bytes, fresh.bytes, 3 + BINDING_SESSION); // array, number, string head, session
    }
}

static void test_old_content_under_the_new_session_is_refused(void **state)
{
    (void)state;
    for (victim = BINDING_CARD; victim <= BINDING_RESPONSES; victim++) {
        assert_int_equal(bind_phone(0), 1);
        old = stage.letters[victim];
        assert_false(ends_survive(replay_under_new_name));
    }
    assert_int_equal(bind_phone(0), 1);
}

static size_t order[2]; // which two are exchanged; the same twice: it is dropped

static void reorder(size_t number, struct letter *letter)
{
    struct binding_apdus apdus;
    struct span list[64];
    size_t count = 0;
    if (number != victim) {
        return;
    }
    const struct letter whole = *letter;
    const struct span session = span_of(whole.bytes + 3, BINDING_SESSION);
    assert_true(
        binding_read_apdus(span_of(whole.bytes, whole.n), (enum binding_message)number, session, &apdus));
    while (binding_next_apdu(&apdus, &list[count])) {
        count++;
    }
    const struct span kept = list[order[0] % count];
    list[order[0] % count] = list[order[1] % count];
    list[order[1] % count] = kept;
    const size_t dropped = order[0] == order[1] ? order[0] % count : count;
    struct writer w = writer_of(letter->bytes, sizeof letter->bytes);
    binding_put_apdus(&w, (enum binding_message)number, session, dropped < count ? count - 1 : count);
    for (size_t i = 0; i < count; i++) {
        if (i != dropped) {
            cbor_put_bytes(&w, list[i]);
        }
    }
    letter->n = w.n;
}

static void test_reordered_and_missing_apdus_are_refused(void **state)
{
    (void)state;
    static const size_t orders[][2] = {{0, 1}, {1, 2}, {2, 3}, {0, 0}, {1, 1}, {3, 3}};
    for (victim = BINDING_COMMANDS; victim <= BINDING_RESPONSES; victim++) {
        for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
            memcpy(order, orders[i], sizeof order);
            assert_false(ends_survive(reorder));
        }
    }
}

// Passes a message to a pipe, which must take it, and keeps what it says.
static void feed(struct jumin_pipe *pipe, const struct letter *answer, struct letter *message)
{
    const uint8_t *bytes = NULL;
    size_t n = 0;
    if (jumin_pipe_next(pipe, answer != NULL ? answer->bytes : NULL, answer != NULL ? answer->n : 0, &bytes,
                        &n) != JUMIN_OK) {
        fail_msg("%s", jumin_pipe_detail(pipe));
    }
    memcpy(message->bytes, bytes, n);
    message->n = n;
}

static void serve(struct jumin_authenticator *authenticator, const struct letter *message,
                  struct letter *answer)
{
    const uint8_t *bytes = NULL;
    size_t n = 0;
    if (jumin_authenticator_next(authenticator, message->bytes, message->n, &bytes, &n) != JUMIN_OK) {
        fail_msg("%s", jumin_authenticator_detail(authenticator));
    }
    memcpy(answer->bytes, bytes, n);
    answer->n = n;
}

// The phone shows the server one card, and gives the server's proof to another one, which it has opened too.
static void test_proof_for_one_card_is_none_for_another(void **state)
{
    (void)state;
    static struct letter message, answer, unseen;
    struct ends ends;
    struct jumin_pipe *other = NULL;
    uint8_t key[JUMIN_DEVICE_KEY], thumbprint[BINDING_THUMBPRINT];
    const uint8_t *bytes = NULL;
    size_t n = 0;
    const struct jumin_authenticator_options options = usual_options();
    struct eid_card *shown = stage.card, *second = eid_card_new(3);
    second->issued.fixture.random++; // no two cards draw the same
    struct jumin_reader *second_reader = eid_card_reader(second, JUMIN_PASSWORD_PIN);
    phone_key(0, key);
    assert_int_equal(jumin_pipe_new(&other, second_reader, key, NULL, 0), JUMIN_OK);
    ends_open(&ends, 0, &options);
    feed(ends.pipe, NULL, &message);
    feed(other, NULL, &unseen);
    serve(ends.authenticator, &message, &answer);
    feed(ends.pipe, &answer, &message);
    feed(other, &answer, &unseen);
    serve(ends.authenticator, &message, &answer);
    assert_int_equal(jumin_pipe_next(other, answer.bytes, answer.n, &bytes, &n),
                     JUMIN_ERROR_TERMINAL_REFUSED);
    jumin_pipe_free(other);
    ends_close(&ends);
    jumin_reader_free(second_reader);
    stage.card = second;
    assert_int_equal(binding_on_card(thumbprint), 0);
    stage.card = shown;
    eid_card_free(second);
}

// A device key that the phone swaps in the server's sight is another phone; behind it, it is nothing.
static void swap_key(size_t number, struct letter *letter)
{
    if (number == BINDING_BEGIN) {
        uint8_t mine[JUMIN_DEVICE_KEY], other[JUMIN_DEVICE_KEY];
        phone_key(0, mine);
        phone_key(1, other);
        for (size_t i = 0; i + sizeof mine <= letter->n; i++) {
            if (memcmp(letter->bytes + i, mine, sizeof mine) == 0) {
                memcpy(letter->bytes + i, other, sizeof other);
            }
        }
    }
}

static void test_swapped_key_is_the_one_that_the_server_has_seen(void **state)
{
    (void)state;
    struct ends ends;
    struct jumin_binding binding;
    uint8_t other[JUMIN_DEVICE_KEY], thumbprint[JUMIN_DEVICE_THUMBPRINT], on_card[BINDING_THUMBPRINT];
    const struct jumin_authenticator_options options = usual_options();
    ends_open(&ends, 0, &options);
    ends_run(&ends, swap_key);
    assert_int_equal(ends.server, JUMIN_OK);
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_OK);
    phone_key(1, other);
    assert_int_equal(jumin_device_thumbprint(other, thumbprint), JUMIN_OK);
    assert_memory_equal(binding.thumbprint, thumbprint, sizeof thumbprint);
    assert_int_equal(binding_on_card(on_card), 1);
    assert_memory_equal(on_card, thumbprint, sizeof thumbprint);
    ends_close(&ends);
}

// --- Hostile servers ---------------------------------------------------------------------------------------------

// Who stands in the server's place, or the server itself, asks the card for more than the holder was told.
static struct authorization asked_instead;

static void ask_instead(size_t number, struct letter *letter)
{
    uint8_t chat[32], extension[64];
    struct writer chat_writer = writer_of(chat, sizeof chat),
                  extension_writer = writer_of(extension, sizeof extension),
                  w = writer_of(letter->bytes, sizeof letter->bytes);
    struct binding_ask ask;
    struct span session;
    if (number != BINDING_ASK) {
        return;
    }
    const struct letter whole = *letter;
    assert_true(binding_read_ask(span_of(whole.bytes, whole.n), &session, &ask));
    chat_put(&chat_writer, &asked_instead);
    authorization_extension_put(&extension_writer, asked_instead.rights);
    ask.chat = writer_span(&chat_writer);
    ask.extensions = writer_span(&extension_writer);
    binding_put_ask(&w, session, &ask);
    letter->n = w.n;
}

static void expect_ask_refused(enum terminal_type type, rights asked)
{
    struct ends ends;
    const struct jumin_authenticator_options options = usual_options();
    asked_instead = (struct authorization){type, ROLE_TERMINAL, asked};
    ends_open(&ends, 0, &options);
    stage.card->issued.commands = 0;
    ends_run(&ends, ask_instead);
    assert_int_equal(ends.phone, JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(stage.card->issued.commands, 0);
    ends_close(&ends);
}

static void test_server_that_asks_for_more_than_binding_is_refused(void **state)
{
    (void)state;
    const rights bind = right_of(RIGHT_PROVISION_PHONE);
    const rights name = right_of(RIGHT_PRIVILEGED_TERMINAL);
    static const enum right_bit more[] = {RIGHT_READ_DG1, RIGHT_WRITE_DG17, RIGHT_PIN_MANAGEMENT,
                                          RIGHT_RESTRICTED_IDENTIFICATION, RIGHT_CAN_ALLOWED};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        expect_ask_refused(TERMINAL_AUTHENTICATION, bind | right_of(more[i]));
        expect_ask_refused(TERMINAL_AUTHENTICATION, bind | name | right_of(more[i]));
    }
    expect_ask_refused(TERMINAL_INSPECTION, bind);
    expect_ask_refused(TERMINAL_INSPECTION, bind | name);
    asked_instead = (struct authorization){TERMINAL_AUTHENTICATION, ROLE_TERMINAL, bind};
    assert_true(ends_survive(ask_instead));
    asked_instead.rights |= name;
    assert_true(ends_survive(ask_instead));
}

static void test_server_that_does_not_ask_to_bind_is_refused(void **state)
{
    (void)state;
    expect_ask_refused(TERMINAL_AUTHENTICATION, 0);
    expect_ask_refused(TERMINAL_AUTHENTICATION, right_of(RIGHT_PRIVILEGED_TERMINAL));
}

// A command among those that only the card can read: one that it would take from anybody, or none at all.
static const char *slipped;

static void slip_in(size_t number, struct letter *letter)
{
    uint8_t bytes[64];
    if (number == BINDING_COMMANDS) {
        const struct letter whole = *letter;
        struct writer w = writer_of(letter->bytes, sizeof letter->bytes);
        binding_put_apdus(&w, BINDING_COMMANDS, span_of(whole.bytes + 3, BINDING_SESSION), 1);
        cbor_put_bytes(&w, unhex(slipped, bytes, sizeof bytes));
        letter->n = w.n;
        stage.card->issued.commands = 0;
    }
}

static void test_phone_passes_on_protected_commands_only(void **state)
{
    (void)state;
    static const char *const commands[] = {"0022C1A40F800A04007F00070202040202830103", "0084000008", "0C8400",
                                           "0C84000005FF", ""};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct ends ends;
        const struct jumin_authenticator_options options = usual_options();
        slipped = commands[i];
        ends_open(&ends, 0, &options);
        ends_run(&ends, slip_in);
        assert_int_equal(ends.phone, JUMIN_ERROR_MALFORMED);
        assert_int_equal(stage.card->issued.commands, 0);
        ends_close(&ends);
    }
    assert_nothing_is_bound();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_phone_reads_nothing_of_what_passes, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_any_changed_bit_ends_the_session, binding_start, binding_stop),
        cmocka_unit_test_setup_teardown(test_messages_of_another_session_are_refused, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_old_content_under_the_new_session_is_refused, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_reordered_and_missing_apdus_are_refused, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_proof_for_one_card_is_none_for_another, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_swapped_key_is_the_one_that_the_server_has_seen, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_server_that_asks_for_more_than_binding_is_refused, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_server_that_does_not_ask_to_bind_is_refused, binding_start,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_phone_passes_on_protected_commands_only, binding_start,
                                        binding_stop),
        // The same where the issuer learns which card it is
        cmocka_unit_test_setup_teardown(test_phone_reads_nothing_of_what_passes, binding_start_naming,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_any_changed_bit_ends_the_session, binding_start_naming,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_messages_of_another_session_are_refused, binding_start_naming,
                                        binding_stop),
        cmocka_unit_test_setup_teardown(test_old_content_under_the_new_session_is_refused,
                                        binding_start_naming, binding_stop),
        cmocka_unit_test_setup_teardown(test_reordered_and_missing_apdus_are_refused, binding_start_naming,
                                        binding_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
