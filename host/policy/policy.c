// A policy: a scheme's rules as a handle, and what follows from their figures alone.
// SPDX-License-Identifier: Apache-2.0
#include "host/embedded.h"
#include "host/policy/registration_number.h"
#include "host/policy/scheme.h"

#include "card/crypto/crypto.h"
#include <stdlib.h>

enum { MONTHS = 12 };

enum jumin_error jumin_policy_new(struct jumin_policy **policy)
{
    if (policy == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *policy = calloc(1, sizeof **policy);
    if (*policy == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    const enum jumin_error error = jumin_policy_set(*policy, scheme_texts[0].text, scheme_texts[0].n);
    if (error != JUMIN_OK) {
        jumin_policy_free(*policy);
        *policy = NULL;
    }
    return error;
}

void jumin_policy_free(struct jumin_policy *policy)
{
    if (policy != NULL) {
        free(policy->text);
        free(policy);
    }
}

const char *jumin_policy_detail(const struct jumin_policy *policy)
{
    return policy != NULL ? policy->detail.text : "";
}

enum jumin_error jumin_policy_set(struct jumin_policy *policy, const char *json, size_t n)
{
    struct scheme scheme;
    char why[SCHEME_DETAIL_MAX] = "";
    if (policy == NULL || json == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = scheme_parse(span_of(json, n), &scheme, why);
    if (error != JUMIN_OK) {
        return detail_set(&policy->detail, error, "%s", why);
    }
    char *text = calloc(1, n + 1);
    if (text == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    memcpy(text, json, n);
    free(policy->text);
    policy->text = text;
    policy->scheme = scheme;
    detail_clear(&policy->detail);
    return JUMIN_OK;
}

const char *jumin_policy_text(const struct jumin_policy *policy)
{
    return policy != NULL ? policy->text : "";
}

const struct jumin_policy_figures *jumin_policy_figures(const struct jumin_policy *policy)
{
    return policy != NULL ? &policy->scheme.figures : NULL;
}

bool jumin_policy_locks(const struct jumin_policy *policy, enum jumin_subject lost,
                        enum jumin_subject subject)
{
    return policy != NULL && (unsigned)lost < SUBJECTS && (unsigned)subject < SUBJECTS &&
           policy->scheme.locks[lost][subject];
}

// The day into text, where there is one.
static enum jumin_error put_day(struct jumin_policy *policy, calendar_day day, char text[JUMIN_DAY])
{
    if (day == 0) {
        return detail_set(
            &policy->detail, JUMIN_ERROR_ARGUMENT,
            "a day must exist, written as 2026-11-02, and what follows from it lie before 10000");
    }
    calendar_put(day, text);
    return JUMIN_OK;
}

enum jumin_error jumin_policy_expiry(struct jumin_policy *policy, enum jumin_subject subject,
                                     const char *issue_date, char expiry_date[JUMIN_DAY])
{
    if (policy == NULL || expiry_date == NULL || (unsigned)subject >= SUBJECTS) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct jumin_policy_figures *figures = &policy->scheme.figures;
    const unsigned years = subject == JUMIN_SUBJECT_CARD ? figures->card_years : figures->credential_years;
    return put_day(policy, calendar_period_end(calendar_parse(issue_date), years * MONTHS), expiry_date);
}

enum jumin_error jumin_policy_photo_end(struct jumin_policy *policy, const char *applied_on,
                                        char day[JUMIN_DAY])
{
    if (policy == NULL || applied_on == NULL || day == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const unsigned years = policy->scheme.figures.face_photo_years;
    return put_day(policy, calendar_period_end(calendar_parse(applied_on), years * MONTHS), day);
}

enum jumin_error jumin_policy_erasure(struct jumin_policy *policy, const char *handed_over,
                                      char day[JUMIN_DAY])
{
    if (policy == NULL || day == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const calendar_day first = calendar_parse(handed_over);
    return put_day(policy, calendar_days_later(first, policy->scheme.figures.erasure_days), day);
}

enum jumin_error jumin_policy_registration_number(struct jumin_policy *policy, const char *text,
                                                  struct jumin_registration_number *number)
{
    struct registration_number found;
    if (policy == NULL || text == NULL || number == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    crypto_wipe(number, sizeof *number);
    const char *fault = registration_number_parse(text, policy->scheme.figures.specimen, &found);
    if (fault != NULL) {
        return detail_set(&policy->detail, JUMIN_ERROR_INPUT, "a registration number %s", fault);
    }
    number->sex = found.sex;
    number->foreigner = found.foreigner;
    number->specimen = policy->scheme.figures.specimen;
    number->check_digit = found.check_digit;
    calendar_put(found.birth, number->birth_date);
    jumin_registration_number_mask(text, number->masked);
    crypto_wipe(&found, sizeof found);
    return JUMIN_OK;
}
