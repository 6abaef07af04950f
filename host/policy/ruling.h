// One decision while it is made: what its rules look at, and where they put what they find.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_POLICY_RULING_H
#define JUMIN_HOST_POLICY_RULING_H

#include "host/policy/scheme.h"

struct ruling {
    const struct scheme *scheme;
    enum jumin_question question;
    const struct jumin_facts *facts;
    calendar_day day;
    char day_text[JUMIN_DAY];
    calendar_day birth;                // 0: not known, or no day up to this one
    const struct legal_age *legal_age; // the one asked about; NULL: none
    struct jumin_decision *decision;
};

// Looks at the facts and adds itself to the decision.
typedef void policy_rule(struct ruling *ruling);

// rules_person.c: who it is. Each has the name with which it stands in a decision, with hyphens.
policy_rule rule_birth_date, rule_registration_number, rule_minimum_age, rule_region, rule_holds_card,
    rule_legal_age;
// rules_card.c: what is done with card and credential.
policy_rule rule_one_valid_card, rule_photo_age, rule_photo_likeness, rule_fee, rule_approved,
    rule_two_person, rule_card_verified, rule_identity_proof, rule_validity, rule_not_revoked,
    rule_card_not_lost;

// A rule into the decision; the reason is put into it by the two below, once each.
struct jumin_rule *ruling_add(struct ruling *ruling, const char *name, bool met);
__attribute__((format(printf, 2, 3))) void ruling_korean(struct jumin_rule *rule, const char *format, ...);
__attribute__((format(printf, 2, 3))) void ruling_english(struct jumin_rule *rule, const char *format, ...);
// A reason without figures.
void ruling_say(struct ruling *ruling, const char *name, bool met, const char *korean, const char *english);

// What an application costs; 0 for other questions.
unsigned ruling_fee(const struct ruling *ruling);

#endif
