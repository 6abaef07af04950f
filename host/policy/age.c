// Ages: full years, and the ages that laws name.
// SPDX-License-Identifier: Apache-2.0
#include "host/policy/scheme.h"

enum { MONTHS = 12, JANUARY_FIRST = 101 };

calendar_day age_reached_on(const struct legal_age *age, calendar_day birth)
{
    const calendar_day birthday = calendar_days_later(calendar_period_end(birth, age->years * MONTHS), 1);
    return age->from_new_year && birthday != 0 ? calendar_year(birthday) * 10000 + JANUARY_FIRST : birthday;
}

unsigned age_on(calendar_day birth, calendar_day day)
{
    const struct legal_age this_year = {.years = calendar_year(day) - calendar_year(birth)};
    return day < age_reached_on(&this_year, birth) ? this_year.years - 1 : this_year.years;
}

// --- For terminals and issuers -------------------------------------------------------------------------------

static enum jumin_error find(struct jumin_policy *policy, const char *name, const struct legal_age **age)
{
    *age = scheme_legal_age(&policy->scheme, name);
    return *age != NULL ? JUMIN_OK
                        : detail_set(&policy->detail, JUMIN_ERROR_ARGUMENT,
                                     "the scheme has no legal age that is called so");
}

static enum jumin_error take_day(struct jumin_policy *policy, const char *text, calendar_day *day)
{
    *day = calendar_parse(text);
    return *day != 0
               ? JUMIN_OK
               : detail_set(&policy->detail, JUMIN_ERROR_ARGUMENT, "a day must exist, written as 2026-11-02");
}

// 29 February when the other year is a common one: who was born on 1 March is not yet so old on 29 February,
// so that the day before it is the last.
static calendar_day same_day(unsigned year, calendar_day day)
{
    const calendar_day same = calendar_of(year, day / 100 % 100, day % 100);
    return same != 0 ? same : calendar_of(year, day / 100 % 100, day % 100 - 1);
}

enum jumin_error jumin_policy_born_until(struct jumin_policy *policy, const char *legal_age, const char *day,
                                         char born_until[JUMIN_DAY])
{
    const struct legal_age *age = NULL;
    calendar_day today = 0;
    if (policy == NULL || born_until == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = find(policy, legal_age, &age);
    if (error == JUMIN_OK) {
        error = take_day(policy, day, &today);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    const unsigned year = calendar_year(today) - age->years;
    const calendar_day last = age->from_new_year ? calendar_of(year, 12, 31) : same_day(year, today);
    if (last == 0) {
        return detail_set(&policy->detail, JUMIN_ERROR_ARGUMENT, "nobody was born before the year 1600");
    }
    calendar_put(last, born_until);
    return JUMIN_OK;
}

enum jumin_error jumin_policy_reached_on(struct jumin_policy *policy, const char *legal_age,
                                         const char *birth_date, char day[JUMIN_DAY])
{
    const struct legal_age *age = NULL;
    calendar_day birth = 0;
    if (policy == NULL || day == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = find(policy, legal_age, &age);
    if (error == JUMIN_OK) {
        error = take_day(policy, birth_date, &birth);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    const calendar_day reached = age_reached_on(age, birth);
    if (reached == 0) {
        return detail_set(&policy->detail, JUMIN_ERROR_ARGUMENT, "that is behind the year 9999");
    }
    calendar_put(reached, day);
    return JUMIN_OK;
}

enum jumin_error jumin_policy_adult_in(struct jumin_policy *policy, const char *birth_date, unsigned year,
                                       bool *adult)
{
    calendar_day birth = 0;
    if (policy == NULL || adult == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = take_day(policy, birth_date, &birth);
    if (error != JUMIN_OK) {
        return error;
    }
    if (year > 9999) {
        return detail_set(&policy->detail, JUMIN_ERROR_ARGUMENT, "a year has four digits");
    }
    const calendar_day reached = age_reached_on(scheme_legal_age(&policy->scheme, "adult"), birth);
    *adult = reached != 0 && reached <= year * 10000 + JANUARY_FIRST;
    return JUMIN_OK;
}
