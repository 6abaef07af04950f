// The messages between phone and issuer when a phone is bound to a card, as CBOR.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/binding_messages.h"

#include "card/crypto/crypto.h"
#include "host/mobile/cbor.h"

// --- Reading -------------------------------------------------------------------------------------------------

// The array, its number of items, and the message's number.
static bool open_message(struct span *cursor, enum binding_message kind, size_t fields)
{
    struct cbor_item item;
    return cursor->n <= BINDING_MESSAGE_MAX && cbor_expect(cursor, CBOR_ARRAY, &item) &&
           item.number == fields && cbor_expect(cursor, CBOR_UNSIGNED, &item) && item.number == kind;
}

static bool take_bytes(struct span *cursor, struct span *bytes)
{
    struct cbor_item item;
    if (!cbor_expect(cursor, CBOR_BYTES, &item)) {
        return false;
    }
    *bytes = item.content;
    return true;
}

static bool take_number(struct span *cursor, uint32_t *number)
{
    struct cbor_item item;
    if (!cbor_expect(cursor, CBOR_UNSIGNED, &item) || item.number > UINT32_MAX) {
        return false;
    }
    *number = (uint32_t)item.number;
    return true;
}

static bool take_bool(struct span *cursor, bool *value)
{
    struct cbor_item item;
    if (!cbor_expect(cursor, CBOR_SIMPLE, &item) || item.number == CBOR_NULL) {
        return false;
    }
    *value = item.number == CBOR_TRUE;
    return true;
}

// A message of the running session: number, session, `fields` more.
static bool open_in_session(struct span *cursor, enum binding_message kind, struct span session,
                            size_t fields)
{
    struct span found;
    return open_message(cursor, kind, fields + 2) && take_bytes(cursor, &found) &&
           session.n == BINDING_SESSION && found.n == session.n &&
           crypto_equal(found.p, session.p, session.n);
}

bool binding_read_begin(struct span message, struct binding_begin *begin)
{
    return open_message(&message, BINDING_BEGIN, 3) && take_bytes(&message, &begin->key) &&
           take_bytes(&message, &begin->attestation) && message.n == 0;
}

bool binding_read_ask(struct span message, struct span *session, struct binding_ask *ask)
{
    return open_message(&message, BINDING_ASK, 4) && take_bytes(&message, session) &&
           session->n == BINDING_SESSION && take_bytes(&message, &ask->chat) &&
           take_bytes(&message, &ask->extensions) && message.n == 0;
}

bool binding_read_card(struct span message, struct span session, struct binding_card *card)
{
    return open_in_session(&message, BINDING_CARD, session, 9) && take_bytes(&message, &card->identifier) &&
           take_bytes(&message, &card->authorities[0]) && take_bytes(&message, &card->authorities[1]) &&
           take_bytes(&message, &card->card_access) && take_bytes(&message, &card->card_security) &&
           take_bytes(&message, &card->challenge) && take_number(&message, &card->command_max) &&
           take_number(&message, &card->response_max) && take_bool(&message, &card->extended) &&
           message.n == 0;
}

bool binding_read_terminal(struct span message, struct span session, struct binding_terminal *terminal)
{
    return open_in_session(&message, BINDING_TERMINAL, session, 9) &&
           take_bytes(&message, &terminal->authority) && take_bytes(&message, &terminal->chain) &&
           take_bytes(&message, &terminal->holder) && take_bytes(&message, &terminal->mechanism) &&
           take_bytes(&message, &terminal->public_key) && take_bytes(&message, &terminal->auxiliary_data) &&
           take_bytes(&message, &terminal->signature) && take_bytes(&message, &terminal->chip_mechanism) &&
           take_bytes(&message, &terminal->chip_key_id) && message.n == 0;
}

bool binding_read_chip(struct span message, struct span session, struct binding_chip *chip)
{
    return open_in_session(&message, BINDING_CHIP, session, 2) && take_bytes(&message, &chip->nonce) &&
           take_bytes(&message, &chip->token) && message.n == 0;
}

bool binding_read_apdus(struct span message, enum binding_message kind, struct span session,
                        struct binding_apdus *apdus)
{
    struct cbor_item list;
    if (!open_in_session(&message, kind, session, 1) || !cbor_expect(&message, CBOR_ARRAY, &list) ||
        list.number > BINDING_COMMANDS_MAX) {
        return false;
    }
    *apdus = (struct binding_apdus){(size_t)list.number, message};
    for (size_t i = 0; i < apdus->count; i++) {
        struct span apdu;
        if (!take_bytes(&message, &apdu)) {
            return false;
        }
    }
    return message.n == 0;
}

bool binding_next_apdu(struct binding_apdus *apdus, struct span *apdu)
{
    if (apdus->count == 0) {
        return false;
    }
    apdus->count--;
    return take_bytes(&apdus->cursor, apdu);
}

bool binding_read_bound(struct span message, struct span session, struct binding_bound *bound)
{
    return open_in_session(&message, BINDING_BOUND, session, 1) && take_number(&message, &bound->counter) &&
           message.n == 0;
}

// --- Writing -------------------------------------------------------------------------------------------------

static void put_in_session(struct writer *w, enum binding_message kind, struct span session, size_t fields)
{
    cbor_put_array(w, fields + 2);
    cbor_put_unsigned(w, kind);
    cbor_put_bytes(w, session);
}

void binding_put_begin(struct writer *w, const struct binding_begin *begin)
{
    cbor_put_array(w, 3);
    cbor_put_unsigned(w, BINDING_BEGIN);
    cbor_put_bytes(w, begin->key);
    cbor_put_bytes(w, begin->attestation);
}

void binding_put_ask(struct writer *w, struct span session, const struct binding_ask *ask)
{
    put_in_session(w, BINDING_ASK, session, 2);
    cbor_put_bytes(w, ask->chat);
    cbor_put_bytes(w, ask->extensions);
}

void binding_put_card(struct writer *w, struct span session, const struct binding_card *card)
{
    put_in_session(w, BINDING_CARD, session, 9);
    cbor_put_bytes(w, card->identifier);
    cbor_put_bytes(w, card->authorities[0]);
    cbor_put_bytes(w, card->authorities[1]);
    cbor_put_bytes(w, card->card_access);
    cbor_put_bytes(w, card->card_security);
    cbor_put_bytes(w, card->challenge);
    cbor_put_unsigned(w, card->command_max);
    cbor_put_unsigned(w, card->response_max);
    cbor_put_bool(w, card->extended);
}

void binding_put_terminal(struct writer *w, struct span session, const struct binding_terminal *terminal)
{
    put_in_session(w, BINDING_TERMINAL, session, 9);
    cbor_put_bytes(w, terminal->authority);
    cbor_put_bytes(w, terminal->chain);
    cbor_put_bytes(w, terminal->holder);
    cbor_put_bytes(w, terminal->mechanism);
    cbor_put_bytes(w, terminal->public_key);
    cbor_put_bytes(w, terminal->auxiliary_data);
    cbor_put_bytes(w, terminal->signature);
    cbor_put_bytes(w, terminal->chip_mechanism);
    cbor_put_bytes(w, terminal->chip_key_id);
}

void binding_put_chip(struct writer *w, struct span session, const struct binding_chip *chip)
{
    put_in_session(w, BINDING_CHIP, session, 2);
    cbor_put_bytes(w, chip->nonce);
    cbor_put_bytes(w, chip->token);
}

void binding_put_apdus(struct writer *w, enum binding_message kind, struct span session, size_t count)
{
    put_in_session(w, kind, session, 1);
    cbor_put_array(w, count);
}

void binding_put_bound(struct writer *w, struct span session, const struct binding_bound *bound)
{
    put_in_session(w, BINDING_BOUND, session, 1);
    cbor_put_unsigned(w, bound->counter);
}
