// The scheme's data file and what is decided by it: a line with facts, then a scheme. What is accepted
// decides for every question with a reason for each rule, and what is refused is named.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/policy/registration_number.h"
#include "host/policy/scheme.h"
#include <stdio.h>

enum { LINE_MAX = 128, FACTS = 6 };

// Splits the line at commas: birth date, registration number, municipality, photo date, expiry date, day.
static void split(char *line, const char *facts[FACTS])
{
    for (size_t i = 0; i < FACTS; i++) {
        char *comma = line != NULL ? strchr(line, ',') : NULL;
        facts[i] = line;
        if (comma != NULL) {
            *comma++ = '\0';
        }
        line = comma;
    }
}

// UTF-8 that is whole, as JSON needs it: nothing was cut inside a character.
static bool is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        unsigned more = *at < 0x80 ? 0 : *at < 0xE0 ? 1 : *at < 0xF0 ? 2 : 3;
        at++;
        for (; more > 0; more--, at++) {
            if ((*at & 0xC0) != 0x80) {
                return false;
            }
        }
    }
    return true;
}

static void check_decision(const struct jumin_decision *decision)
{
    bool all = true;
    require(decision->count > 0 && decision->count <= JUMIN_RULES_MAX);
    for (size_t i = 0; i < decision->count; i++) {
        const struct jumin_rule *rule = &decision->rules[i];
        const size_t korean = strlen(rule->korean), english = strlen(rule->english);
        require(korean > 0 && rule->korean[korean - 1] == '.' && is_utf8(rule->korean));
        require(english > 0 && rule->english[english - 1] == '.');
        all = all && rule->met;
    }
    require(decision->met == all);
}

static void check_number(const char *text)
{
    struct registration_number number, other;
    char masked[JUMIN_MASKED_NUMBER];
    if (text == NULL) {
        return;
    }
    const bool specimen = registration_number_parse(text, true, &number) == NULL;
    require(!specimen || registration_number_parse(text, false, &other) != NULL); // never both
    jumin_registration_number_mask(text, masked);
    require(strlen(masked) == strlen(text) || strlen(text) == REGISTRATION_NUMBER ||
            strlen(masked) == JUMIN_MASKED_NUMBER - 1);
    require(!specimen || strncmp(masked + 8, "******", 7) == 0);
    calendar_day again = 0;
    char day[CALENDAR_TEXT];
    if (specimen) {
        calendar_put(number.birth, day);
        again = calendar_parse(day);
        require(again == number.birth);
    }
}

static void decide(struct jumin_policy *policy, const char *facts[FACTS])
{
    struct jumin_facts known = {.birth_date = facts[0],
                                .registration_number = facts[1],
                                .municipality_code = facts[2],
                                .photo_date = facts[3],
                                .expiry_date = facts[4],
                                .first_issue = true,
                                .legal_age = "adult"};
    struct jumin_decision decision;
    char until[JUMIN_DAY], reached[JUMIN_DAY];
    check_number(facts[1]);
    for (size_t question = 0; jumin_question_name(question) != NULL; question++) {
        const enum jumin_error error =
            jumin_policy_decide(policy, (enum jumin_question)question, &known, facts[5], &decision);
        require((error == JUMIN_OK) == (calendar_parse(facts[5]) != 0));
        if (error == JUMIN_OK) {
            check_decision(&decision);
        }
    }
    if (jumin_policy_born_until(policy, "adult", facts[5], until) == JUMIN_OK &&
        jumin_policy_reached_on(policy, "adult", until, reached) == JUMIN_OK) {
        require(strcmp(reached, facts[5]) <= 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const uint8_t *end = n > 0 ? memchr(bytes, '\n', n) : NULL;
    char line[LINE_MAX] = "";
    const char *facts[FACTS];
    struct jumin_policy *policy = NULL;
    if (end == NULL || end - bytes >= LINE_MAX) {
        return 0;
    }
    memcpy(line, bytes, (size_t)(end - bytes));
    split(line, facts);
    require(jumin_policy_new(&policy) == JUMIN_OK);
    decide(policy, facts);
    const size_t rest = n - (size_t)(end + 1 - bytes);
    if (jumin_policy_set(policy, (const char *)end + 1, rest) == JUMIN_OK) {
        decide(policy, facts);
    } else {
        require(jumin_policy_detail(policy)[0] != '\0' && is_utf8(jumin_policy_detail(policy)));
    }
    jumin_policy_free(policy);
    return 0;
}
