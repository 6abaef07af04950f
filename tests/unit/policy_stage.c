// The scheme that ships, and what it decides.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/policy_stage.h"

struct jumin_policy *policy;
struct jumin_decision decision;

const struct jumin_facts good = {
    .birth_date = "2001-03-14",
    .sex = 'F',
    .registration_number = "012314-4102938",
    .municipality_code = "3611010100",
    .holds_card = true,
    .photo_date = "2026-10-01",
    .won_paid = 10000,
    .approved_by = "approver",
    .officer = "producer",
    .verified = true,
    .expiry_date = "2036-11-01",
    .proof = JUMIN_PROOF_COUNTER,
    .legal_age = "adult",
};
const char today[] = "2026-11-02";

int policy_stage_open(void **state)
{
    (void)state;
    return jumin_policy_new(&policy) == JUMIN_OK ? 0 : -1;
}

int policy_stage_close(void **state)
{
    (void)state;
    jumin_policy_free(policy);
    return 0;
}

void decide(enum jumin_question question, const struct jumin_facts *facts, const char *day)
{
    assert_int_equal(jumin_policy_decide(policy, question, facts, day, &decision), JUMIN_OK);
    bool all = true;
    for (size_t i = 0; i < decision.count; i++) {
        const struct jumin_rule *rule = &decision.rules[i];
        all = all && rule->met;
        assert_true(strlen(rule->korean) > 0 && rule->korean[strlen(rule->korean) - 1] == '.');
        assert_true(strlen(rule->english) > 0 && rule->english[strlen(rule->english) - 1] == '.');
    }
    assert_int_equal(decision.met, all);
}

const struct jumin_rule *find(const char *name)
{
    for (size_t i = 0; i < decision.count; i++) {
        if (strcmp(decision.rules[i].name, name) == 0) {
            return &decision.rules[i];
        }
    }
    fail_msg("no rule %s", name);
    return NULL;
}

void expect_refused(enum jumin_question question, const struct jumin_facts *facts, const char *day,
                    const char *name, const char *english, const char *korean)
{
    decide(question, facts, day);
    for (size_t i = 0; i < decision.count; i++) {
        if (decision.rules[i].met == (strcmp(decision.rules[i].name, name) == 0)) {
            fail_msg("%s: %s", decision.rules[i].name, decision.rules[i].english);
        }
    }
    assert_false(decision.met);
    assert_string_equal(find(name)->english, english);
    assert_string_equal(find(name)->korean, korean);
}

void expect_met(enum jumin_question question, const struct jumin_facts *facts, const char *day)
{
    decide(question, facts, day);
    for (size_t i = 0; i < decision.count; i++) {
        if (!decision.rules[i].met) {
            fail_msg("%s: %s", decision.rules[i].name, decision.rules[i].english);
        }
    }
    assert_true(decision.met);
}
