// A card whose PIN is managed, and what its store says about it afterwards.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/pin_card.h"

#include "tests/unit/unit.h"

static void read_text(struct card_fixture *fixture, uint16_t object, char text[PIN_CARD_PASSWORD_MAX + 1])
{
    size_t n = 0;
    uint8_t bytes[PIN_CARD_PASSWORD_MAX];
    assert_int_equal(store_length(&fixture->card.store, object, &n), STORE_OK);
    assert_true(n <= sizeof bytes);
    assert_int_equal(store_read(&fixture->card.store, object, 0, bytes, n), STORE_OK);
    memset(text, 0, PIN_CARD_PASSWORD_MAX + 1);
    memcpy(text, bytes, n);
}

static uint8_t read_byte(struct card_fixture *fixture, uint16_t object)
{
    uint8_t byte = 0;
    assert_int_equal(store_read(&fixture->card.store, object, 0, &byte, 1), STORE_OK);
    return byte;
}

static bool exists(struct card_fixture *fixture, uint16_t object)
{
    size_t n = 0;
    const enum store_status status = store_length(&fixture->card.store, object, &n);
    assert_true(status == STORE_OK || status == STORE_NOT_FOUND);
    return status == STORE_OK;
}

struct pin_facts pin_facts(struct card_fixture *fixture)
{
    struct pin_facts facts;
    memset(&facts, 0, sizeof facts);
    read_text(fixture, OBJECT_PASSWORD + PACE_PASSWORD_PIN, facts.pin);
    read_text(fixture, OBJECT_PASSWORD + PACE_PASSWORD_CAN, facts.can);
    facts.tries = read_byte(fixture, OBJECT_TRIES + PACE_PASSWORD_PIN);
    facts.can_failures = read_byte(fixture, OBJECT_TRIES + PACE_PASSWORD_CAN);
    facts.resets = read_byte(fixture, OBJECT_PIN_RESETS);
    facts.transport = exists(fixture, OBJECT_TRANSPORT_PIN);
    facts.deactivated = exists(fixture, OBJECT_PIN_DEACTIVATED);
    return facts;
}

bool pin_facts_equal(const struct pin_facts *a, const struct pin_facts *b)
{
    return strcmp(a->pin, b->pin) == 0 && strcmp(a->can, b->can) == 0 && a->tries == b->tries &&
           a->can_failures == b->can_failures && a->resets == b->resets && a->transport == b->transport &&
           a->deactivated == b->deactivated;
}

void pin_card_authenticate_terminal(struct card_fixture *fixture, rights effective)
{
    struct achieved *achieved = &fixture->card.security.achieved;
    assert_true(fixture->card.security.sm.active);
    achieved->asked =
        (struct authorization){.type = TERMINAL_AUTHENTICATION, .role = ROLE_TERMINAL, .rights = effective};
    achieved->terminal_authenticated = true;
    achieved->effective = effective;
    achieved->chip_authenticated = true;
}

static uint16_t reset_retry_counter(struct terminal *terminal, uint8_t p1, uint8_t p2, const char *digits)
{
    return terminal_send(terminal, 0x00, 0x2C, p1, p2, span_of(digits, strlen(digits)), 0);
}

uint16_t pin_card_change_pin(struct terminal *terminal, const char *digits)
{
    return reset_retry_counter(terminal, 0x02, 0x03, digits);
}

uint16_t pin_card_unblock(struct terminal *terminal)
{
    return reset_retry_counter(terminal, 0x03, 0x03, "");
}

uint16_t pin_card_change_can(struct terminal *terminal, const char *digits)
{
    return reset_retry_counter(terminal, 0x02, 0x02, digits);
}

uint16_t pin_card_activate(struct terminal *terminal)
{
    return terminal_send(terminal, 0x00, 0x44, 0x10, 0x03, span_of(NULL, 0), 0);
}

uint16_t pin_card_deactivate(struct terminal *terminal)
{
    return terminal_send(terminal, 0x00, 0x04, 0x10, 0x03, span_of(NULL, 0), 0);
}

uint16_t pin_card_status(struct terminal *terminal)
{
    return terminal_send(terminal, 0x80, 0x20, 0x00, 0x03, span_of(NULL, 0), 0);
}

uint16_t pin_card_pace(struct terminal *terminal, enum pace_password password, const char *digits)
{
    return terminal_pace(terminal, &document_protocols[DOCUMENT_GM], password,
                         span_of(digits, strlen(digits)));
}
