// A card whose PIN is managed, a terminal, and what they do before a test begins.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_APDU_PIN_STAGE_H
#define JUMIN_TESTS_APDU_PIN_STAGE_H

#include "tests/apdu/pin_card.h"
#include "tests/unit/unit.h"

#define NEW_PIN "271828"
#define WRONG_PIN "000000"
#define NEW_CAN "314159"

// With a PIN of the holder's own; with a transport PIN.
#define HELD(test) cmocka_unit_test_setup_teardown(test, start, stop)
#define TRANSPORT(test) cmocka_unit_test_setup_teardown(test, start_transport, stop)

extern struct card_fixture fixture;
extern struct terminal terminal;

void start_as(const struct document_profile *profile);
int start(void **state);
int start_transport(void **state);
int stop(void **state);
// Power cut and back; the card's delays are counted anew.
void power_off(void);
// By generic mapping.
uint16_t pace(enum pace_password password, const char *digits);
// Wrong PINs, until so many tries are left.
void spend_tries(unsigned left);
// A session with the CAN and a terminal with the right to manage the PIN.
void be_office(void);
// A session that PACE would have begun with that password.
void begin_session(enum pace_password password, bool transport);

#endif
