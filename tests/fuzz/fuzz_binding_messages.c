// The messages of binding a phone, from the other end: each is one of the eight at most, what it holds lies
// within it, and written again it is the same.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/mobile/binding_messages.h"
#include "host/mobile/cbor.h"

enum { SESSION_AT = 3, KINDS = 8 };

static uint8_t buffer[BINDING_MESSAGE_MAX]; // too large for the stack

static bool lies_within(struct span part, struct span whole)
{
    return part.p >= whole.p && part.n <= whole.n && part.p + part.n <= whole.p + whole.n;
}

static bool put_apdus_again(struct writer *w, enum binding_message kind, struct span message,
                            struct span session)
{
    struct binding_apdus apdus;
    struct span apdu;
    if (!binding_read_apdus(message, kind, session, &apdus)) {
        return false;
    }
    require(apdus.count <= BINDING_COMMANDS_MAX);
    binding_put_apdus(w, kind, session, apdus.count);
    while (binding_next_apdu(&apdus, &apdu)) {
        require(lies_within(apdu, message));
        cbor_put_bytes(w, apdu);
    }
    require(apdus.count == 0);
    return true;
}

// Reads the message as one of that kind and writes it again. False: it is none.
static bool put_again(struct writer *w, enum binding_message kind, struct span message, struct span session)
{
    struct binding_begin begin;
    struct binding_ask ask;
    struct binding_card card;
    struct binding_terminal terminal;
    struct binding_chip chip;
    struct binding_bound bound;
    struct span found;
    switch (kind) {
    case BINDING_BEGIN:
        return binding_read_begin(message, &begin) && (binding_put_begin(w, &begin), true);
    case BINDING_ASK:
        return binding_read_ask(message, &found, &ask) && (binding_put_ask(w, found, &ask), true);
    case BINDING_CARD:
        return binding_read_card(message, session, &card) && (binding_put_card(w, session, &card), true);
    case BINDING_TERMINAL:
        return binding_read_terminal(message, session, &terminal) &&
               (binding_put_terminal(w, session, &terminal), true);
    case BINDING_CHIP:
        return binding_read_chip(message, session, &chip) && (binding_put_chip(w, session, &chip), true);
    case BINDING_BOUND:
        return binding_read_bound(message, session, &bound) && (binding_put_bound(w, session, &bound), true);
    default:
        return put_apdus_again(w, kind, message, session);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct span message = span_of(bytes, n);
    const bool has_session = n >= SESSION_AT + BINDING_SESSION;
    const struct span session =
        span_of(bytes + (has_session ? SESSION_AT : 0), has_session ? BINDING_SESSION : 0);
    unsigned kinds = 0;
    for (unsigned kind = 1; kind <= KINDS; kind++) {
        struct writer w = writer_of(buffer, sizeof buffer);
        if (put_again(&w, (enum binding_message)kind, message, session)) {
            require(!w.overflow && span_equal(writer_span(&w), message));
            kinds++;
        }
    }
    require(kinds <= 1);
    return 0;
}
