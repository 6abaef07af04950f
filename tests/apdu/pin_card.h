// A card whose PIN is managed, and what its store says about it afterwards.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_APDU_PIN_CARD_H
#define JUMIN_TESTS_APDU_PIN_CARD_H

#include "card/core/password.h"
#include "tests/apdu/document.h"
#include "tests/apdu/terminal.h"

enum { PIN_CARD_PASSWORD_MAX = 20 };

// What there is to know of PIN and CAN, read from the store itself.
struct pin_facts {
    char pin[PIN_CARD_PASSWORD_MAX + 1];
    char can[PIN_CARD_PASSWORD_MAX + 1];
    uint8_t tries;
    uint8_t can_failures;
    uint8_t resets;
    bool transport, deactivated;
};
struct pin_facts pin_facts(struct card_fixture *fixture);
bool pin_facts_equal(const struct pin_facts *a, const struct pin_facts *b);

// What Terminal and Chip Authentication leave in a session that PACE has begun: a terminal with these rights.
void pin_card_authenticate_terminal(struct card_fixture *fixture, rights effective);

// The commands. The PIN or CAN: its digits.
uint16_t pin_card_change_pin(struct terminal *terminal, const char *digits);
uint16_t pin_card_unblock(struct terminal *terminal);
uint16_t pin_card_change_can(struct terminal *terminal, const char *digits);
uint16_t pin_card_activate(struct terminal *terminal);
uint16_t pin_card_deactivate(struct terminal *terminal);
uint16_t pin_card_status(struct terminal *terminal);

// PACE with these digits, by generic mapping.
uint16_t pin_card_pace(struct terminal *terminal, enum pace_password password, const char *digits);

#endif
