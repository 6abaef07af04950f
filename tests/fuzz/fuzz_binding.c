// Both ends of binding a phone, with one message of a session of theirs, and a real card, replaced by any
// other: whatever it says, the card has bound the phone that the server has seen, or none, and its counter
// has not gone back.
// SPDX-License-Identifier: Apache-2.0
//
// The first byte of an input says which message, the rest is what stands in it behind its number and session;
// of the first message, which has no session, it is all.
#include "tests/fuzz/fuzz.h"

#include "card/apps/provisioning.h"
#include "card/core/registry.h"
#include "card/wire/provisioning.h"
#include "host/mobile/binding_messages.h"
#include "tests/e2e/eid_card.h"
#include <jumin/binding.h>

#include <string.h>

enum { INPUT_MAX = 8192, HEAD = 3 + BINDING_SESSION, PORTRAIT = 300 };

static struct eid_card *card; // made once; sessions leave nothing on it but the binding
static struct jumin_terminal *issuer;
static uint8_t letter[INPUT_MAX + HEAD];

static const uint8_t device_key[JUMIN_DEVICE_KEY] = {
    0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
    0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F,
    0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE,
    0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5};

static void make_card(void)
{
    struct registry registry;
    card = eid_card_new(1);
    issuer = eid_card_terminal(card, &card->chain, right_of(RIGHT_PROVISION_PHONE));
    struct store *store = &card->issued.fixture.card.store;
    require(registry_read(store, &registry));
    document_enter(&registry, &provisioning_applet);
    require(registry_write(store, &registry) == STORE_OK);
}

// The input in place of the message, where it is its turn.
static void replace(unsigned number, struct span input, const uint8_t **bytes, size_t *n)
{
    if (number != 1U + input.p[0] % BINDING_BOUND) {
        return;
    }
    const size_t head = number == BINDING_BEGIN ? 0 : HEAD;
    require(*n >= head);
    memcpy(letter, *bytes, head);
    memcpy(letter + head, input.p + 1, input.n - 1);
    *bytes = letter;
    *n = head + input.n - 1;
}

static uint32_t binding_on_card(uint8_t thumbprint[BINDING_THUMBPRINT])
{
    uint8_t bytes[BINDING_COUNTER + BINDING_THUMBPRINT] = {0};
    size_t length = 0;
    struct store *store = &card->issued.fixture.card.store;
    if (store_length(store, OBJECT_BINDING, &length) != STORE_OK) {
        return 0;
    }
    require(length == sizeof bytes && store_read(store, OBJECT_BINDING, 0, bytes, length) == STORE_OK);
    memcpy(thumbprint, bytes + BINDING_COUNTER, BINDING_THUMBPRINT);
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// The device key that the server has been told of, if any.
static void converse(struct jumin_pipe *pipe, struct jumin_authenticator *authenticator, struct span input,
                     struct binding_begin *seen)
{
    static uint8_t first[INPUT_MAX + HEAD];
    const uint8_t *bytes = NULL;
    size_t n = 0;
    for (unsigned number = BINDING_BEGIN; number <= BINDING_BOUND; number += 2) {
        if (jumin_pipe_next(pipe, bytes, n, &bytes, &n) != JUMIN_OK) {
            return;
        }
        replace(number, input, &bytes, &n);
        if (number == BINDING_BEGIN && n <= sizeof first) {
            memcpy(first, bytes, n);
            (void)binding_read_begin(span_of(first, n), seen);
        }
        if (jumin_authenticator_next(authenticator, bytes, n, &bytes, &n) != JUMIN_OK) {
            return;
        }
        replace(number + 1, input, &bytes, &n);
    }
    (void)jumin_pipe_next(pipe, bytes, n, &bytes, &n);
}

static void require_what_was_seen(const struct binding_begin *seen, const struct jumin_binding *binding)
{
    uint8_t on_card[BINDING_THUMBPRINT], expected[JUMIN_DEVICE_THUMBPRINT];
    require(seen->key.n == JUMIN_DEVICE_KEY && jumin_device_thumbprint(seen->key.p, expected) == JUMIN_OK);
    require(memcmp(binding->thumbprint, expected, sizeof expected) == 0);
    require(binding_on_card(on_card) == binding->counter && memcmp(on_card, expected, sizeof on_card) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct jumin_pipe *pipe = NULL;
    struct jumin_authenticator *authenticator = NULL;
    struct jumin_binding binding;
    struct binding_begin seen = {.attestation = {NULL, 0}};
    uint8_t thumbprint[BINDING_THUMBPRINT];
    if (n == 0 || n > INPUT_MAX) {
        return 0;
    }
    if (card == NULL) {
        make_card();
    }
    const uint32_t before = binding_on_card(thumbprint);
    const struct jumin_authenticator_options options = {
        .terminal = issuer, .trust = card->issued.trust, .time = ISSUED_NOW, .portrait = PORTRAIT};
    struct jumin_reader *reader = eid_card_reader(card, JUMIN_PASSWORD_PIN);
    require(jumin_pipe_new(&pipe, reader, device_key, NULL, 0) == JUMIN_OK);
    require(jumin_authenticator_new(&authenticator, &options) == JUMIN_OK);
    converse(pipe, authenticator, span_of(bytes, n), &seen);
    const uint32_t after = binding_on_card(thumbprint);
    require(after == before || after == before + 1);
    if (jumin_authenticator_result(authenticator, &binding) == JUMIN_OK) {
        require_what_was_seen(&seen, &binding);
    }
    jumin_pipe_free(pipe);
    jumin_authenticator_free(authenticator);
    jumin_reader_free(reader);
    return 0;
}
