// People who do not exist, for trying out and testing a station: the same ones for the same seed everywhere.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_SPECIMEN_H
#define JUMIN_SPECIMEN_H

#include <jumin/policy.h>
#include <stdint.h>

// No two people of one seed have the same registration number.
enum { JUMIN_SPECIMEN_PEOPLE = 100000 };

struct jumin_specimen {
    char *person; // a person file as struct jumin_application_form has it, in JSON on one line; to be freed
    bool first_issue; // else the person holds a card
    unsigned won;     // what the application costs
};

// Person number `i` (0 to JUMIN_SPECIMEN_PEOPLE - 1) of a seed: old enough on that day and registered in one
// of the scheme's regions, with 20 added to the month in the registration number. JUMIN_ERROR_ARGUMENT: no
// such person, or no such day.
JUMIN_EXPORT enum jumin_error jumin_specimen_person(struct jumin_policy *policy, uint64_t seed, uint32_t i,
                                                    const char *day, struct jumin_specimen *specimen);
// A drawing of a face that goes with that person, 35:45: a JPEG of the caller's (free).
JUMIN_EXPORT enum jumin_error jumin_specimen_portrait(uint64_t seed, uint32_t i, uint8_t **jpeg, size_t *n);

#endif
