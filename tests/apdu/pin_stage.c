// A card whose PIN is managed, a terminal, and what they do before a test begins.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/pin_stage.h"

struct card_fixture fixture;
struct terminal terminal;
static struct document document;

void start_as(const struct document_profile *profile)
{
    fixture_start(&fixture);
    document_personalize(&fixture, profile, &document);
    terminal_start(&terminal, &fixture);
}

int start(void **state)
{
    (void)state;
    start_as(&document_usual);
    return 0;
}

int start_transport(void **state)
{
    (void)state;
    struct document_profile profile = document_usual;
    profile.transport_pin = true;
    start_as(&profile);
    return 0;
}

int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

void power_off(void)
{
    fixture_power_cycle(&fixture);
    terminal_start(&terminal, &fixture);
    fixture.delay = 0;
}

uint16_t pace(enum pace_password password, const char *digits)
{
    return pin_card_pace(&terminal, password, digits);
}

void spend_tries(unsigned left)
{
    while (pin_facts(&fixture).tries > left) {
        if (pin_facts(&fixture).tries == PIN_TRIES_SUSPENDED) {
            assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
        }
        const uint8_t before = pin_facts(&fixture).tries;
        assert_int_equal(pace(PACE_PASSWORD_PIN, WRONG_PIN), SW_RETRIES_LEFT | (before - 1));
        power_off();
    }
}

void be_office(void)
{
    assert_int_equal(pace(PACE_PASSWORD_CAN, DOCUMENT_CAN), SW_OK);
    pin_card_authenticate_terminal(&fixture, right_of(RIGHT_PIN_MANAGEMENT));
}

void begin_session(enum pace_password password, bool transport)
{
    fixture_begin_session(&fixture);
    sm_move(&terminal.sm, &fixture.session);
    fixture.card.security.achieved.password = password;
    fixture.card.security.achieved.transport_pin = transport;
}
