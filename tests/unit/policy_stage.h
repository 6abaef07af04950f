// The scheme that ships, and what it decides: for the tests of its rules.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_POLICY_STAGE_H
#define JUMIN_TESTS_UNIT_POLICY_STAGE_H

#include "tests/unit/unit.h"

#include <jumin/policy.h>

extern struct jumin_policy *policy;
extern struct jumin_decision decision; // the last one
// Who gets what is asked for: born on 14 March 2001, in Sejong, with everything in order.
extern const struct jumin_facts good;
extern const char today[];

// For cmocka.
int policy_stage_open(void **state);
int policy_stage_close(void **state);

// Decides, and checks that each rule says in both languages what it is.
void decide(enum jumin_question question, const struct jumin_facts *facts, const char *day);
const struct jumin_rule *find(const char *name);
// This rule alone fails, for this reason.
void expect_refused(enum jumin_question question, const struct jumin_facts *facts, const char *day,
                    const char *name, const char *english, const char *korean);
void expect_met(enum jumin_question question, const struct jumin_facts *facts, const char *day);

#endif
