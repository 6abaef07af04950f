// A station that issues one card, of whatever profile.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_E2E_ISSUE_STAGE_H
#define JUMIN_TESTS_E2E_ISSUE_STAGE_H

#include "tests/e2e/card_link.h"
#include "tests/e2e/specimen.h"
#include "tests/unit/unit.h"

#define ISSUE_TEST(test) cmocka_unit_test_setup_teardown(test, issue_stage_open, issue_stage_close)

struct issue_stage {
    struct card_link link;
    struct jumin_transport *transport;
    struct jumin_pki *pki;
    struct jumin_order *order;
    struct jumin_perso *perso;
};
extern struct issue_stage station;

int issue_stage_open(void **state);
int issue_stage_close(void **state);

// Another blank card, and another order.
void next_card(uint8_t serial);
void set_profile(const char *name);
// A profile that ships with the first `from` replaced by `to`.
void set_changed_profile(const char *name, const char *from, const char *to);

void expect_issued(void);
// The card is not touched, and the detail names that.
void expect_refused(enum jumin_error wanted, const char *named);

#endif
