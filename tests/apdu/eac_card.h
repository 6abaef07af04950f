// The card of the tests of Extended Access Control: a document with trust points of all three types, and the
// eID application; what it knows about trust, and whether it still works.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_APDU_EAC_CARD_H
#define JUMIN_TESTS_APDU_EAC_CARD_H

#include "tests/apdu/eac.h"

struct eac_card {
    struct card_fixture fixture;
    struct terminal terminal;
    struct document document;
    struct eac_chain chains[TERMINAL_TYPES];
};

// One in a test program. Setup and teardown of its tests.
extern struct eac_card eac_card;
int eac_card_start(void **state);
int eac_card_stop(void **state);
struct eac_chain *eac_card_chain(enum terminal_type type);

// The field goes and comes back; then PACE, asking for all rights of the type.
void eac_card_session(enum terminal_type type);

// The bytes of all trust points, of the date and of EF.CVCA.
struct eac_trust {
    uint8_t bytes[1024];
    size_t n;
};
struct eac_trust eac_card_trust(void);
// Nothing of that has changed.
void eac_card_assert_trust(const struct eac_trust *before);
// In a new session the chain opens what it is meant for.
void eac_card_assert_opens(struct eac_chain *chain);
// A checking error of ISO 7816-4, or "authentication failed", under the session, which lives on.
void eac_card_assert_refused(uint16_t status);
// Nothing of its trust has changed, and every type's chain opens what it is meant for.
void eac_card_assert_unharmed(const struct eac_trust *before);

#endif
