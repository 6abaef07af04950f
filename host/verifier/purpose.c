// Whether what was shown is what a purpose asks for.
// SPDX-License-Identifier: Apache-2.0
#include "host/calendar.h"
#include "host/mobile/resident_claims.h"
#include "host/verifier/verification.h"
#include "host/verifier/verifier.h"

#include <stdio.h>
#include <string.h>

enum { SECONDS_OF_DAY = 86400, KOREA_AHEAD = 9 * 3600, DAYS_MAX = 2932896, YEAR_FIRST = 1970 };
enum { NEW_YEAR_GRACE = 3600 }; // seconds

unsigned verifier_year(int64_t now)
{
    const int64_t days = now < -KOREA_AHEAD ? 0 : (now + KOREA_AHEAD) / SECONDS_OF_DAY;
    const calendar_day day =
        calendar_days_later(calendar_of(YEAR_FIRST, 1, 1), (unsigned)(days < DAYS_MAX ? days : DAYS_MAX));
    return calendar_year(day);
}

static bool is_named(const struct jumin_learned *learned, const struct mdoc_element_name *name)
{
    const struct span learned_name = span_of(learned->name, strlen(learned->name));
    const struct span name_space = span_of(learned->name_space, strlen(learned->name_space));
    return span_equal(learned_name, name->identifier) &&
           (name_space.n == 0 || span_equal(name_space, name->name_space));
}

static const struct jumin_learned *find(const struct jumin_verification *verification,
                                        const struct mdoc_element_name *name)
{
    for (size_t i = 0; i < verification->learned_count; i++) {
        if (is_named(&verification->learned[i], name)) {
            return &verification->learned[i];
        }
    }
    return NULL;
}

// The year that the answer is about: this one. In the first hour of a year, who was asked before it and was
// an adult then is one still.
static unsigned adult_year(const struct jumin_verification *verification, int64_t now)
{
    const unsigned year = verifier_year(now), before = verifier_year(now - NEW_YEAR_GRACE);
    struct resident_purpose_elements asked;
    if (before == year || (resident_purpose_ask(JUMIN_PURPOSE_ADULT, year, &asked) &&
                           find(verification, &asked.elements[0]) != NULL)) {
        return year;
    }
    const struct jumin_learned *adult = resident_purpose_ask(JUMIN_PURPOSE_ADULT, before, &asked)
                                            ? find(verification, &asked.elements[0])
                                            : NULL;
    return adult != NULL && adult->kind == JUMIN_LEARNED_BOOLEAN && adult->truth ? before : year;
}

// What was not asked for is not kept. How much that was.
static size_t leave_out(struct jumin_verification *verification,
                        const struct resident_purpose_elements *asked)
{
    size_t left_out = 0;
    for (size_t i = verification->learned_count; i > 0; i--) {
        bool wanted = false;
        for (size_t k = 0; k < asked->count && !wanted; k++) {
            wanted = is_named(&verification->learned[i - 1], &asked->elements[k]);
        }
        if (!wanted) {
            verification_forget_one(verification, i - 1);
            left_out++;
        }
    }
    return left_out;
}

static void judge_adult(struct jumin_verification *verification,
                        const struct resident_purpose_elements *asked, unsigned year)
{
    const struct jumin_learned *adult = find(verification, &asked->elements[0]);
    if (adult == NULL || adult->kind != JUMIN_LEARNED_BOOLEAN) {
        verification_note(verification, JUMIN_VERIFICATION_PURPOSE, JUMIN_FINDING_FAILED,
                          JUMIN_ERROR_NO_SUCH_FILE, "it was not shown whether the holder is an adult in %u",
                          year);
    } else if (!adult->truth) {
        verification_note(verification, JUMIN_VERIFICATION_PURPOSE, JUMIN_FINDING_FAILED, JUMIN_ERROR_RULES,
                          "the holder is not an adult in %u", year);
    } else {
        verification_note(verification, JUMIN_VERIFICATION_PURPOSE, JUMIN_FINDING_PASSED, JUMIN_OK,
                          "the holder is an adult in %u", year);
    }
}

static void judge_elements(struct jumin_verification *verification,
                           const struct resident_purpose_elements *asked, size_t left_out)
{
    char missing[VERIFICATION_TEXT - 64] = "";
    bool needed = false;
    for (size_t i = 0; i < asked->count; i++) {
        const struct span name = asked->elements[i].identifier;
        const size_t at = strlen(missing);
        if (find(verification, &asked->elements[i]) == NULL) {
            needed = needed || resident_purpose_needs(name);
            (void)snprintf(missing + at, sizeof missing - at, "%s%.*s", at > 0 ? ", " : "", (int)name.n,
                           (const char *)name.p);
        }
    }
    if (missing[0] != '\0') {
        verification_note(verification, JUMIN_VERIFICATION_PURPOSE,
                          needed ? JUMIN_FINDING_FAILED : JUMIN_FINDING_WARNED,
                          needed ? JUMIN_ERROR_NO_SUCH_FILE : JUMIN_OK,
                          "of what was asked for, this was not shown: %s", missing);
    } else if (left_out > 0) {
        verification_note(verification, JUMIN_VERIFICATION_PURPOSE, JUMIN_FINDING_PASSED, JUMIN_OK,
                          "what was asked for was shown; %zu more, which nobody has asked for, %s left out",
                          left_out, left_out == 1 ? "is" : "are");
    } else {
        verification_note(verification, JUMIN_VERIFICATION_PURPOSE, JUMIN_FINDING_PASSED, JUMIN_OK,
                          "what was asked for was shown, and nothing else");
    }
}

void verification_judge_purpose(struct jumin_verification *verification, unsigned purpose, int64_t now)
{
    const unsigned year = purpose == JUMIN_PURPOSE_ADULT ? adult_year(verification, now) : verifier_year(now);
    struct resident_purpose_elements asked;
    if (purpose == 0) {
        return;
    }
    if (!resident_purpose_ask((enum jumin_purpose)purpose, year, &asked)) {
        verification_forget(verification);
        verification_note(verification, JUMIN_VERIFICATION_PURPOSE, JUMIN_FINDING_FAILED,
                          JUMIN_ERROR_ARGUMENT, "there is no such purpose");
        return;
    }
    const size_t left_out = leave_out(verification, &asked);
    if (purpose == JUMIN_PURPOSE_ADULT) {
        judge_adult(verification, &asked, year);
    } else {
        judge_elements(verification, &asked, left_out);
    }
}
