// A phone is bound to a card by the issuer's server, through the phone: honest ones, and ones that read,
// replay, reorder, swap and relay.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/provisioning.h"
#include "card/core/registry.h"
#include "card/wire/provisioning.h"
#include "host/mobile/binding_messages.h"
#include "host/mobile/cbor.h"
#include "tests/apdu/document.h"
#include "tests/e2e/eid_card.h"
#include "tests/unit/unit.h"
#include <jumin/binding.h>

#include <stdlib.h>

enum { MESSAGE_MAX = BINDING_MESSAGE_MAX, PORTRAIT_MAX = 6000 };

// A message on its way.
struct letter {
    uint8_t bytes[MESSAGE_MAX];
    size_t n;
};

static struct eid_card *card;
static struct jumin_terminal *issuer;
static struct jumin_reader *reader;
static struct letter letters[BINDING_BOUND + 1]; // of the last session, by their number

// --- The two ends ------------------------------------------------------------------------------------------------

struct ends {
    struct jumin_pipe *pipe;
    struct jumin_authenticator *authenticator;
    enum jumin_error phone, server; // how they ended
};

// Points of P-256: the generator and its double, as device keys of two phones.
static const char *const phones[] = {
    "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
    "047CF27B188D034F7E8A52380304B51AC3C08969E277F21B35A60B48FC47669978"
    "07775510DB8ED040293D9AC69F7430DBBA7DADE63CE982299E04B79D227873D1",
};

static void phone_key(size_t phone, uint8_t key[JUMIN_DEVICE_KEY])
{
    unhex(phones[phone], key, JUMIN_DEVICE_KEY);
}

static struct jumin_authenticator_options usual_options(void)
{
    return (struct jumin_authenticator_options){
        .terminal = issuer, .trust = card->issued.trust, .time = ISSUED_NOW, .portrait = PORTRAIT_MAX};
}

static void open_ends(struct ends *ends, size_t phone, const struct jumin_authenticator_options *options)
{
    uint8_t key[JUMIN_DEVICE_KEY];
    phone_key(phone, key);
    memset(ends, 0, sizeof *ends);
    assert_int_equal(jumin_pipe_new(&ends->pipe, reader, key, (const uint8_t *)"attested", 8), JUMIN_OK);
    assert_int_equal(jumin_authenticator_new(&ends->authenticator, options), JUMIN_OK);
}

static void close_ends(struct ends *ends)
{
    jumin_pipe_free(ends->pipe);
    jumin_authenticator_free(ends->authenticator);
}

static void keep(size_t number, const uint8_t *bytes, size_t n)
{
    assert_true(n <= MESSAGE_MAX);
    memcpy(letters[number].bytes, bytes, n);
    letters[number].n = n;
}

// Somebody between the two, or the phone itself when it is not honest: may change a message by its number.
typedef void meddler(size_t number, struct letter *letter);

static void no_meddler(size_t number, struct letter *letter)
{
    (void)number;
    (void)letter;
}

// Runs the eight messages until one end gives up.
static void run(struct ends *ends, meddler *meddle)
{
    const uint8_t *bytes = NULL;
    size_t n = 0;
    for (size_t number = BINDING_BEGIN; number <= BINDING_BOUND; number += 2) {
        ends->phone = jumin_pipe_next(ends->pipe, bytes, n, &bytes, &n);
        if (ends->phone != JUMIN_OK) {
            return;
        }
        keep(number, bytes, n);
        meddle(number, &letters[number]);
        ends->server = jumin_authenticator_next(ends->authenticator, letters[number].bytes, letters[number].n,
                                                &bytes, &n);
        if (ends->server != JUMIN_OK) {
            return;
        }
        keep(number + 1, bytes, n);
        meddle(number + 1, &letters[number + 1]);
        bytes = letters[number + 1].bytes;
        n = letters[number + 1].n;
    }
    ends->phone = jumin_pipe_next(ends->pipe, bytes, n, &bytes, &n);
}

static uint32_t bind_phone(size_t phone)
{
    struct ends ends;
    struct jumin_binding binding;
    const struct jumin_authenticator_options options = usual_options();
    open_ends(&ends, phone, &options);
    run(&ends, no_meddler);
    if (ends.phone != JUMIN_OK || ends.server != JUMIN_OK) {
        fail_msg("phone: %s; server: %s", jumin_pipe_detail(ends.pipe),
                 jumin_authenticator_detail(ends.authenticator));
    }
    assert_true(jumin_pipe_finished(ends.pipe));
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_OK);
    assert_int_equal(jumin_pipe_counter(ends.pipe), binding.counter);
    close_ends(&ends);
    return binding.counter;
}

// What stands on the card: the counter, 0 when no phone was ever bound; `thumbprint` of the phone.
static uint32_t binding_on_card(uint8_t thumbprint[BINDING_THUMBPRINT])
{
    uint8_t bytes[BINDING_COUNTER + BINDING_THUMBPRINT] = {0};
    size_t length = 0;
    struct store *store = &card->issued.fixture.card.store;
    if (store_length(store, OBJECT_BINDING, &length) != STORE_OK) {
        return 0;
    }
    assert_int_equal(store_read(store, OBJECT_BINDING, 0, bytes, length), STORE_OK);
    memcpy(thumbprint, bytes + BINDING_COUNTER, BINDING_THUMBPRINT);
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void assert_nothing_is_bound(void)
{
    uint8_t thumbprint[BINDING_THUMBPRINT];
    assert_int_equal(binding_on_card(thumbprint), 0);
}

static int start(void **state)
{
    (void)state;
    card = eid_card_new(3);
    issuer = eid_card_terminal(card, &card->chain, right_of(RIGHT_PROVISION_PHONE));
    reader = eid_card_reader(card, JUMIN_PASSWORD_PIN);
    struct registry registry;
    struct store *store = &card->issued.fixture.card.store;
    assert_true(registry_read(store, &registry));
    document_enter(&registry, &provisioning_applet);
    assert_int_equal(registry_write(store, &registry), STORE_OK);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    jumin_reader_free(reader);
    jumin_terminal_free(issuer);
    eid_card_free(card);
    return 0;
}

// --- Honest phones -----------------------------------------------------------------------------------------------

static void test_phone_is_bound_and_the_portrait_read(void **state)
{
    (void)state;
    struct ends ends;
    struct jumin_binding binding;
    uint8_t key[JUMIN_DEVICE_KEY], thumbprint[JUMIN_DEVICE_THUMBPRINT], on_card[BINDING_THUMBPRINT];
    const struct jumin_authenticator_options options = usual_options();
    open_ends(&ends, 0, &options);
    run(&ends, no_meddler);
    assert_int_equal(ends.phone, JUMIN_OK);
    assert_int_equal(ends.server, JUMIN_OK);
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_OK);
    phone_key(0, key);
    assert_int_equal(jumin_device_thumbprint(key, thumbprint), JUMIN_OK);
    assert_memory_equal(binding.thumbprint, thumbprint, sizeof thumbprint);
    assert_int_equal(binding.counter, 1);
    assert_int_equal(binding_on_card(on_card), 1);
    assert_memory_equal(on_card, thumbprint, sizeof thumbprint);
    assert_int_equal(binding.portrait_length, card->issued.lengths[2]);
    assert_memory_equal(binding.portrait, card->issued.files[2], binding.portrait_length);
    close_ends(&ends);
}

static void test_same_phone_again_is_the_same_binding(void **state)
{
    (void)state;
    assert_int_equal(bind_phone(0), 1);
    assert_int_equal(bind_phone(0), 1);
}

static void test_second_phone_ends_the_first(void **state)
{
    (void)state;
    uint8_t thumbprint[BINDING_THUMBPRINT], expected[JUMIN_DEVICE_THUMBPRINT], key[JUMIN_DEVICE_KEY];
    assert_int_equal(bind_phone(0), 1);
    assert_int_equal(bind_phone(1), 2);
    phone_key(1, key);
    assert_int_equal(jumin_device_thumbprint(key, expected), JUMIN_OK);
    assert_int_equal(binding_on_card(thumbprint), 2);
    assert_memory_equal(thumbprint, expected, sizeof thumbprint);
    assert_int_equal(bind_phone(0), 3);
}

static void test_short_apdus_will_do(void **state)
{
    (void)state;
    card->issued.limits = (struct jumin_limits){.command_max = 261, .response_max = 258};
    assert_int_equal(bind_phone(0), 1);
}

static void test_portrait_may_stay_on_the_card(void **state)
{
    (void)state;
    struct ends ends;
    struct jumin_binding binding;
    struct jumin_authenticator_options options = usual_options();
    options.portrait = 0;
    open_ends(&ends, 0, &options);
    run(&ends, no_meddler);
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_OK);
    assert_null(binding.portrait);
    close_ends(&ends);
}

// --- Who is refused ----------------------------------------------------------------------------------------------

static bool attested_by_nobody(void *context, const uint8_t key[JUMIN_DEVICE_KEY], const uint8_t *attestation,
                               size_t n)
{
    (void)key;
    assert_int_equal(n, 8);
    assert_memory_equal(attestation, "attested", n);
    ++*(unsigned *)context;
    return false;
}

static void expect_server_error(const struct jumin_authenticator_options *options, enum jumin_error error)
{
    struct ends ends;
    struct jumin_binding binding;
    open_ends(&ends, 0, options);
    run(&ends, no_meddler);
    assert_int_equal(ends.server, error);
    assert_true(jumin_authenticator_detail(ends.authenticator)[0] != '\0');
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_ERROR_ARGUMENT);
    close_ends(&ends);
    assert_nothing_is_bound();
}

static void test_phone_without_attestation_is_refused(void **state)
{
    (void)state;
    unsigned asked = 0;
    struct jumin_authenticator_options options = usual_options();
    options.attested = attested_by_nobody;
    options.context = &asked;
    expect_server_error(&options, JUMIN_ERROR_CERTIFICATE);
    assert_int_equal(asked, 1);
}

static void test_card_of_another_issuer_is_refused(void **state)
{
    (void)state;
    struct jumin_trust *nobody = NULL;
    struct jumin_authenticator_options options = usual_options();
    assert_int_equal(jumin_trust_new(&nobody), JUMIN_OK);
    options.trust = nobody;
    expect_server_error(&options, JUMIN_ERROR_SIGNER_UNKNOWN);
    jumin_trust_free(nobody);
}

static void test_terminal_without_the_right_binds_nothing(void **state)
{
    (void)state;
    struct jumin_authenticator_options options = usual_options();
    struct jumin_terminal *store = eid_card_terminal(card, &card->chain, STORE_RIGHTS);
    options.terminal = store;
    expect_server_error(&options, JUMIN_ERROR_NOT_AUTHORIZED);
    jumin_terminal_free(store);
}

static void test_pin_is_needed(void **state)
{
    (void)state;
    struct ends ends;
    const struct jumin_authenticator_options options = usual_options();
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, DOCUMENT_CAN), JUMIN_OK);
    open_ends(&ends, 0, &options);
    run(&ends, no_meddler);
    assert_int_equal(ends.phone, JUMIN_ERROR_ARGUMENT);
    close_ends(&ends);
    assert_nothing_is_bound();
}

static void test_wrong_pin_is_told(void **state)
{
    (void)state;
    struct ends ends;
    const struct jumin_authenticator_options options = usual_options();
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_PIN, "999999"), JUMIN_OK);
    open_ends(&ends, 0, &options);
    run(&ends, no_meddler);
    assert_int_equal(ends.phone, JUMIN_ERROR_WRONG_PASSWORD);
    close_ends(&ends);
}

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
        assert_false(contains(&letters[number], thumbprint, 8));
        for (size_t at = 0; at + 16 <= card->issued.lengths[2]; at += 16) {
            assert_false(contains(&letters[number], card->issued.files[2] + at, 16));
        }
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

// Runs a session with this meddler. True: both ends were satisfied.
static bool survives(meddler *meddle)
{
    struct ends ends;
    const struct jumin_authenticator_options options = usual_options();
    open_ends(&ends, 0, &options);
    run(&ends, meddle);
    const bool both = ends.phone == JUMIN_OK && ends.server == JUMIN_OK && jumin_pipe_finished(ends.pipe);
    close_ends(&ends);
    return both;
}

// What the message on the card may say otherwise without harm: EF.CardAccess beside the PACE variants, which
// are compared with what is signed, and how long APDUs may be.
static bool is_harmless_in_card(size_t at)
{
    struct binding_card content;
    const struct letter *letter = &letters[BINDING_CARD];
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
    const struct letter *letter = &letters[BINDING_COMMANDS];
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
            const size_t n = letters[victim].n;
            at_byte += at_byte == 0 ? 0 : n / 12;
            while (at_byte < n && is_harmless(victim, at_byte)) {
                at_byte++;
            }
            if (at_byte >= n) {
                break;
            }
            if (survives(flip_a_bit)) {
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
        old = letters[victim];
        assert_false(survives(replay));
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
        old = letters[victim];
        assert_false(survives(replay_under_new_name));
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
            assert_false(survives(reorder));
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
    struct eid_card *shown = card, *second = eid_card_new(3);
    second->issued.fixture.random++; // no two cards draw the same
    struct jumin_reader *second_reader = eid_card_reader(second, JUMIN_PASSWORD_PIN);
    phone_key(0, key);
    assert_int_equal(jumin_pipe_new(&other, second_reader, key, NULL, 0), JUMIN_OK);
    open_ends(&ends, 0, &options);
    feed(ends.pipe, NULL, &message);
    feed(other, NULL, &unseen);
    serve(ends.authenticator, &message, &answer);
    feed(ends.pipe, &answer, &message);
    feed(other, &answer, &unseen);
    serve(ends.authenticator, &message, &answer);
    assert_int_equal(jumin_pipe_next(other, answer.bytes, answer.n, &bytes, &n),
                     JUMIN_ERROR_TERMINAL_REFUSED);
    jumin_pipe_free(other);
    close_ends(&ends);
    jumin_reader_free(second_reader);
    card = second;
    assert_int_equal(binding_on_card(thumbprint), 0);
    card = shown;
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
    open_ends(&ends, 0, &options);
    run(&ends, swap_key);
    assert_int_equal(ends.server, JUMIN_OK);
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_OK);
    phone_key(1, other);
    assert_int_equal(jumin_device_thumbprint(other, thumbprint), JUMIN_OK);
    assert_memory_equal(binding.thumbprint, thumbprint, sizeof thumbprint);
    assert_int_equal(binding_on_card(on_card), 1);
    assert_memory_equal(on_card, thumbprint, sizeof thumbprint);
    close_ends(&ends);
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
    open_ends(&ends, 0, &options);
    run(&ends, no_meddler);
    assert_int_equal(jumin_authenticator_next(ends.authenticator, letters[BINDING_RESPONSES].bytes,
                                              letters[BINDING_RESPONSES].n, &bytes, &n),
                     JUMIN_ERROR_ARGUMENT);
    assert_null(bytes);
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_OK);
    assert_int_equal(binding.counter, 1);
    close_ends(&ends);
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

static void test_server_that_asks_for_more_than_binding_is_refused(void **state)
{
    (void)state;
    const rights bind = right_of(RIGHT_PROVISION_PHONE);
    static const enum right_bit more[] = {RIGHT_READ_DG1, RIGHT_WRITE_DG17, RIGHT_PIN_MANAGEMENT,
                                          RIGHT_PRIVILEGED_TERMINAL, RIGHT_RESTRICTED_IDENTIFICATION};
    for (size_t i = 0; i <= sizeof more / sizeof *more; i++) {
        struct ends ends;
        const struct jumin_authenticator_options options = usual_options();
        const bool other_type = i == sizeof more / sizeof *more;
        asked_instead = (struct authorization){TERMINAL_AUTHENTICATION, ROLE_TERMINAL, bind};
        if (other_type) {
            asked_instead.type = TERMINAL_INSPECTION;
        } else {
            asked_instead.rights |= right_of(more[i]);
        }
        open_ends(&ends, 0, &options);
        card->issued.commands = 0;
        run(&ends, ask_instead);
        assert_int_equal(ends.phone, JUMIN_ERROR_NOT_AUTHORIZED);
        assert_int_equal(card->issued.commands, 0);
        close_ends(&ends);
    }
    asked_instead = (struct authorization){TERMINAL_AUTHENTICATION, ROLE_TERMINAL, bind};
    assert_true(survives(ask_instead));
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
        card->issued.commands = 0;
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
        open_ends(&ends, 0, &options);
        run(&ends, slip_in);
        assert_int_equal(ends.phone, JUMIN_ERROR_MALFORMED);
        assert_int_equal(card->issued.commands, 0);
        close_ends(&ends);
    }
    assert_nothing_is_bound();
}

// --- A tag that leaves -------------------------------------------------------------------------------------------

static void test_tag_lost_at_every_apdu_binds_once(void **state)
{
    (void)state;
    unsigned lost = 0;
    uint32_t before = 0;
    for (unsigned at = 1;; at++) {
        struct ends ends;
        uint8_t thumbprint[BINDING_THUMBPRINT];
        const struct jumin_authenticator_options options = usual_options();
        card->issued.commands = 0;
        card->issued.remove_before = at;
        open_ends(&ends, 0, &options);
        run(&ends, no_meddler);
        const bool removed = card->issued.remove_before == 0;
        close_ends(&ends);
        const uint32_t now = binding_on_card(thumbprint);
        assert_true(now == before || now == before + 1);
        assert_true(now <= 1);
        before = now;
        if (!removed) {
            break;
        }
        assert_int_equal(ends.phone, JUMIN_ERROR_CARD_REMOVED);
        lost++;
    }
    card->issued.remove_before = 0;
    assert_true(lost > 15);
    assert_int_equal(bind_phone(0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_phone_is_bound_and_the_portrait_read, start, stop),
        cmocka_unit_test_setup_teardown(test_same_phone_again_is_the_same_binding, start, stop),
        cmocka_unit_test_setup_teardown(test_second_phone_ends_the_first, start, stop),
        cmocka_unit_test_setup_teardown(test_short_apdus_will_do, start, stop),
        cmocka_unit_test_setup_teardown(test_portrait_may_stay_on_the_card, start, stop),
        cmocka_unit_test_setup_teardown(test_phone_without_attestation_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_card_of_another_issuer_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_terminal_without_the_right_binds_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_pin_is_needed, start, stop),
        cmocka_unit_test_setup_teardown(test_wrong_pin_is_told, start, stop),
        cmocka_unit_test_setup_teardown(test_phone_reads_nothing_of_what_passes, start, stop),
        cmocka_unit_test_setup_teardown(test_any_changed_bit_ends_the_session, start, stop),
        cmocka_unit_test_setup_teardown(test_messages_of_another_session_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_old_content_under_the_new_session_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_reordered_and_missing_apdus_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_proof_for_one_card_is_none_for_another, start, stop),
        cmocka_unit_test_setup_teardown(test_swapped_key_is_the_one_that_the_server_has_seen, start, stop),
        cmocka_unit_test_setup_teardown(test_message_behind_the_last_one_changes_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_server_that_asks_for_more_than_binding_is_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_phone_passes_on_protected_commands_only, start, stop),
        cmocka_unit_test_setup_teardown(test_tag_lost_at_every_apdu_binds_once, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
