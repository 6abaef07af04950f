// The scheme's rules as they are read from their data file, and the policy that has them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_POLICY_SCHEME_H
#define JUMIN_HOST_POLICY_SCHEME_H

#include "card/wire/span.h"
#include "host/calendar.h"
#include "host/detail.h"
#include <jumin/policy.h>

enum {
    SCHEME_NAME_MAX = 32,
    SCHEME_TEXT_MAX = 256,
    SCHEME_REGIONS_MAX = 32,
    SCHEME_REGION_NAME_MAX = 64,
    SCHEME_CODE = 10, // digits of a legal district's code
    SCHEME_LEGAL_AGES_MAX = 8,
    SCHEME_DETAIL_MAX = 256,
    SUBJECTS = JUMIN_SUBJECT_CREDENTIAL + 1,
};

struct scheme_region {
    char code[SCHEME_CODE + 1]; // its first digits
    char korean[SCHEME_REGION_NAME_MAX], english[SCHEME_REGION_NAME_MAX];
};

struct legal_age {
    char name[SCHEME_NAME_MAX];
    unsigned years;
    bool from_new_year; // from 1 January of the year in which the birthday falls
};

struct scheme {
    char name[SCHEME_NAME_MAX];
    char description[SCHEME_TEXT_MAX];
    struct jumin_policy_figures figures;
    struct scheme_region regions[SCHEME_REGIONS_MAX];
    size_t region_count;
    bool locks[SUBJECTS][SUBJECTS]; // lost, suspended
    unsigned proofs[SUBJECTS];      // that unlock it: bits 1 << enum jumin_proof
    struct legal_age legal_ages[SCHEME_LEGAL_AGES_MAX];
    size_t legal_age_count;
};

struct jumin_policy {
    struct scheme scheme;
    char *text; // as it was read
    struct detail detail;
};

// Reads a scheme (scheme.schema.json). On failure `detail` names the field and what is wrong with it, and
// `*scheme` is all zero.
enum jumin_error scheme_parse(struct span json, struct scheme *scheme, char detail[SCHEME_DETAIL_MAX]);

// NULL: the scheme has no such one.
const struct legal_age *scheme_legal_age(const struct scheme *scheme, const char *name);

// The first day of that age; 0 behind the year 9999.
calendar_day age_reached_on(const struct legal_age *age, calendar_day birth);
// Full years on that day, from 0 on the day of birth; the day is not before it.
unsigned age_on(calendar_day birth, calendar_day day);

#endif
