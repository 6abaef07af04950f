// The resident registration number: YYMMDD-SNNNNNN, S for century, sex and origin.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_POLICY_REGISTRATION_NUMBER_H
#define JUMIN_HOST_POLICY_REGISTRATION_NUMBER_H

#include "host/calendar.h"
#include <jumin/policy.h>

enum { REGISTRATION_NUMBER = 13 }; // digits

struct registration_number {
    char digits[REGISTRATION_NUMBER + 1];
    calendar_day birth;
    char sex; // 'M' or 'F'
    bool foreigner;
    enum jumin_check_digit check_digit;
};

// Takes it apart, with the hyphen or without; in specimen mode 20 is added to the month, else it is not.
// NULL, or what is wrong with it; `number` is wiped then. The last digit is never a reason.
const char *registration_number_parse(const char *text, bool specimen, struct registration_number *number);

// What is wrong with it for somebody born on that day and of that sex ('M', 'F', or else any); NULL: nothing.
const char *registration_number_misfit(const struct registration_number *number, calendar_day birth,
                                       char sex);

// The last digit that numbers given before 5 October 2020 have, of their first twelve. For foreigners no
// official text gives the rule; it is the one that programs use.
char registration_number_check_digit(const char digits[REGISTRATION_NUMBER], bool foreigner);

#endif
