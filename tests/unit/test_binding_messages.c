// The messages of binding a phone: each is taken only whole, in its session, and when it is due; and the name
// of a device key, by the example of RFC 9449.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/binding_messages.h"
#include "host/mobile/cbor.h"
#include "tests/unit/unit.h"
#include <jumin/binding.h>

enum { MESSAGES = 8 };

static const uint8_t session_bytes[BINDING_SESSION] = {7};
static const struct span session = {session_bytes, sizeof session_bytes};
static const struct span some = {(const uint8_t *)"some", 4};

static bool read_begin(struct span message, struct span in)
{
    struct binding_begin begin;
    (void)in;
    return binding_read_begin(message, &begin) && span_equal(begin.key, some) && begin.attestation.n == 0;
}

static bool read_ask(struct span message, struct span in)
{
    struct binding_ask ask;
    struct span found;
    return binding_read_ask(message, &found, &ask) && span_equal(found, in) && span_equal(ask.chat, some);
}

static bool read_card(struct span message, struct span in)
{
    struct binding_card card;
    return binding_read_card(message, in, &card) && span_equal(card.identifier, some) &&
           span_equal(card.authorities[1], some) && card.command_max == 65279 && card.extended;
}

static bool read_terminal(struct span message, struct span in)
{
    struct binding_terminal terminal;
    return binding_read_terminal(message, in, &terminal) && span_equal(terminal.signature, some);
}

static bool read_chip(struct span message, struct span in)
{
    struct binding_chip chip;
    return binding_read_chip(message, in, &chip) && span_equal(chip.token, some);
}

static bool read_apdus(struct span message, enum binding_message kind, struct span in)
{
    struct binding_apdus apdus;
    struct span apdu;
    return binding_read_apdus(message, kind, in, &apdus) && apdus.count == 2 &&
           binding_next_apdu(&apdus, &apdu) && span_equal(apdu, some) && binding_next_apdu(&apdus, &apdu) &&
           !binding_next_apdu(&apdus, &apdu);
}

static bool read_commands(struct span message, struct span in)
{
    return read_apdus(message, BINDING_COMMANDS, in);
}

static bool read_responses(struct span message, struct span in)
{
    return read_apdus(message, BINDING_RESPONSES, in);
}

static bool read_bound(struct span message, struct span in)
{
    struct binding_bound bound;
    return binding_read_bound(message, in, &bound) && bound.counter == UINT32_MAX;
}

static bool (*const readers[MESSAGES])(struct span message, struct span in) = {
    read_begin, read_ask, read_card, read_terminal, read_chip, read_commands, read_responses, read_bound};

static void put(struct writer *w, size_t i)
{
    const struct binding_begin begin = {.key = some};
    const struct binding_ask ask = {.chat = some};
    const struct binding_card card = {.identifier = some,
                                      .authorities = {some, some},
                                      .command_max = 65279,
                                      .response_max = 65279,
                                      .extended = true};
    const struct binding_terminal terminal = {.signature = some};
    const struct binding_chip chip = {some, some};
    const struct binding_bound bound = {UINT32_MAX};
    switch (i) {
    case 0:
        binding_put_begin(w, &begin);
        break;
    case 1:
        binding_put_ask(w, session, &ask);
        break;
    case 2:
        binding_put_card(w, session, &card);
        break;
    case 3:
        binding_put_terminal(w, session, &terminal);
        break;
    case 4:
        binding_put_chip(w, session, &chip);
        break;
    case 5:
    case 6:
        binding_put_apdus(w, i == 5 ? BINDING_COMMANDS : BINDING_RESPONSES, session, 2);
        cbor_put_bytes(w, some);
        cbor_put_bytes(w, some);
        break;
    default:
        binding_put_bound(w, session, &bound);
    }
    assert_false(w->overflow);
}

static void test_each_message_is_read_as_itself_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGES; i++) {
        uint8_t bytes[512];
        struct writer w = writer_of(bytes, sizeof bytes);
        put(&w, i);
        for (size_t k = 0; k < MESSAGES; k++) {
            assert_int_equal(readers[k](writer_span(&w), session), k == i);
        }
    }
}

static void test_nothing_may_be_missing_or_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGES; i++) {
        uint8_t bytes[512];
        struct writer w = writer_of(bytes, sizeof bytes);
        put(&w, i);
        for (size_t n = 0; n < w.n; n++) {
            assert_false(readers[i](span_of(bytes, n), session));
        }
        assert_false(readers[i](span_of(bytes, w.n + 1), session));
        bytes[0]++;
        assert_false(readers[i](writer_span(&w), session));
    }
}

static void test_message_of_another_session_is_refused(void **state)
{
    (void)state;
    const uint8_t other[BINDING_SESSION] = {8};
    for (size_t i = 1; i < MESSAGES; i++) {
        uint8_t bytes[512];
        struct writer w = writer_of(bytes, sizeof bytes);
        put(&w, i);
        assert_false(readers[i](writer_span(&w), span_of(other, sizeof other)));
        assert_false(readers[i](writer_span(&w), span_of(session_bytes, sizeof session_bytes - 1)));
    }
}

// RFC 9449 §4.1 and §6.1: the key of the DPoP proof and its thumbprint jkt
// "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I".
static void test_messages_and_lists_have_an_end(void **state)
{
    (void)state;
    static uint8_t bytes[BINDING_MESSAGE_MAX + 64], attestation[BINDING_MESSAGE_MAX];
    struct binding_apdus apdus;
    struct binding_begin begin = {.key = some};
    for (size_t count = BINDING_COMMANDS_MAX; count <= BINDING_COMMANDS_MAX + 1; count++) {
        struct writer w = writer_of(bytes, sizeof bytes);
        binding_put_apdus(&w, BINDING_COMMANDS, session, count);
        for (size_t i = 0; i < count; i++) {
            cbor_put_bytes(&w, some);
        }
        assert_int_equal(binding_read_apdus(writer_span(&w), BINDING_COMMANDS, session, &apdus),
                         count == BINDING_COMMANDS_MAX);
    }
    const size_t around = 1 + 1 + 5 + 5; // array, number, the key, the head of the attestation
    for (size_t n = BINDING_MESSAGE_MAX; n <= BINDING_MESSAGE_MAX + 1; n++) {
        struct writer w = writer_of(bytes, sizeof bytes);
        begin.attestation = span_of(attestation, n - around);
        binding_put_begin(&w, &begin);
        assert_int_equal(w.n, n);
        assert_int_equal(binding_read_begin(writer_span(&w), &begin), n == BINDING_MESSAGE_MAX);
    }
}

static void test_device_key_is_named_as_in_rfc_9449(void **state)
{
    (void)state;
    uint8_t key[JUMIN_DEVICE_KEY + 1], thumbprint[JUMIN_DEVICE_THUMBPRINT];
    unhex("04"
          "97CB45AE1C7EDF8B55DE14480910D8F730A40E5A41845E3651051F595016045B"
          "F551388DFFCE93FA3AE336D34E572E3496A31E6B7ABFD4C356B53409DBC64430",
          key, sizeof key);
    assert_int_equal(jumin_device_thumbprint(key, thumbprint), JUMIN_OK);
    assert_span_hex(span_of(thumbprint, sizeof thumbprint),
                    "D1970E08E459358CBE0D6A6AAB7D236722461D33747761E0941577BA282E0382");
    key[JUMIN_DEVICE_KEY - 1] ^= 1;
    assert_int_equal(jumin_device_thumbprint(key, thumbprint), JUMIN_ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_message_is_read_as_itself_alone),
        cmocka_unit_test(test_nothing_may_be_missing_or_more),
        cmocka_unit_test(test_message_of_another_session_is_refused),
        cmocka_unit_test(test_messages_and_lists_have_an_end),
        cmocka_unit_test(test_device_key_is_named_as_in_rfc_9449),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
