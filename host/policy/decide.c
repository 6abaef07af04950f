// Decisions: for each question its rules, each with a reason in Korean and in English.
// SPDX-License-Identifier: Apache-2.0
#include "host/policy/ruling.h"

static policy_rule *const apply_card[] = {
    rule_birth_date, rule_registration_number, rule_minimum_age, rule_region,
    rule_holds_card, rule_one_valid_card,      rule_photo_age,   rule_fee};
static policy_rule *const apply_qr[] = {rule_birth_date, rule_registration_number, rule_minimum_age,
                                        rule_region,     rule_holds_card,          rule_photo_likeness,
                                        rule_fee};
static policy_rule *const produce[] = {rule_approved, rule_two_person};
static policy_rule *const hand_over[] = {
    rule_birth_date, rule_fee, rule_one_valid_card, rule_card_verified, rule_identity_proof, rule_validity};
static policy_rule *const unlock_card[] = {rule_not_revoked, rule_identity_proof, rule_validity};
static policy_rule *const unlock_credential[] = {rule_not_revoked, rule_card_not_lost, rule_identity_proof,
                                                 rule_validity};
static policy_rule *const age[] = {rule_birth_date, rule_legal_age};

#define RULES(array) array, sizeof(array) / sizeof(array)[0]

static const struct {
    const char *name;
    policy_rule *const *rules;
    size_t count;
} questions[] = {
    [JUMIN_APPLY_CARD] = {"apply-card", RULES(apply_card)},
    [JUMIN_APPLY_QR] = {"apply-qr", RULES(apply_qr)},
    [JUMIN_PRODUCE] = {"produce", RULES(produce)},
    [JUMIN_HAND_OVER] = {"hand-over", RULES(hand_over)},
    [JUMIN_UNLOCK_CARD] = {"unlock-card", RULES(unlock_card)},
    [JUMIN_UNLOCK_CREDENTIAL] = {"unlock-credential", RULES(unlock_credential)},
    [JUMIN_AGE] = {"age", RULES(age)},
};
enum { QUESTIONS = sizeof questions / sizeof questions[0] };

_Static_assert(sizeof apply_card / sizeof *apply_card <= JUMIN_RULES_MAX, "a decision holds them all");

const char *jumin_question_name(size_t question)
{
    return question < QUESTIONS ? questions[question].name : NULL;
}

// What all rules look at.
static enum jumin_error prepare(struct jumin_policy *policy, enum jumin_question question,
                                const struct jumin_facts *facts, const char *day, struct ruling *ruling)
{
    ruling->scheme = &policy->scheme;
    ruling->question = question;
    ruling->facts = facts;
    ruling->day = calendar_parse(day);
    ruling->birth = calendar_parse(facts->birth_date);
    if (ruling->birth > ruling->day) {
        ruling->birth = 0;
    }
    ruling->legal_age = scheme_legal_age(&policy->scheme, facts->legal_age);
    if (ruling->day == 0) {
        return detail_set(&policy->detail, JUMIN_ERROR_ARGUMENT,
                          "the day of a decision must exist, written as 2026-11-02");
    }
    if (question == JUMIN_AGE && ruling->legal_age == NULL) {
        return detail_set(&policy->detail, JUMIN_ERROR_ARGUMENT,
                          "the scheme has no legal age that is called so");
    }
    calendar_put(ruling->day, ruling->day_text);
    return JUMIN_OK;
}

enum jumin_error jumin_policy_decide(struct jumin_policy *policy, enum jumin_question question,
                                     const struct jumin_facts *facts, const char *day,
                                     struct jumin_decision *decision)
{
    struct ruling ruling = {.decision = decision};
    if (policy == NULL || facts == NULL || decision == NULL || (unsigned)question >= QUESTIONS) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *decision = (struct jumin_decision){.met = false};
    const enum jumin_error error = prepare(policy, question, facts, day, &ruling);
    if (error != JUMIN_OK) {
        return error;
    }
    decision->met = true;
    for (size_t i = 0; i < questions[question].count; i++) {
        questions[question].rules[i](&ruling);
    }
    return JUMIN_OK;
}

enum jumin_error jumin_policy_fee(struct jumin_policy *policy, enum jumin_question question,
                                  const struct jumin_facts *facts, const char *day, unsigned *won)
{
    struct ruling ruling = {.decision = NULL};
    if (policy == NULL || facts == NULL || won == NULL || (unsigned)question >= QUESTIONS) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = prepare(policy, JUMIN_APPLY_CARD, facts, day, &ruling);
    ruling.question = question;
    *won = error == JUMIN_OK ? ruling_fee(&ruling) : 0;
    return error;
}
