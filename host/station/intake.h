// The person file of an application, which lacks what the station gives.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_STATION_INTAKE_H
#define JUMIN_HOST_STATION_INTAKE_H

#include "host/perso/person.h"
#include "host/station/station_internal.h"

// What the station gives; dates as YYYY-MM-DD.
struct issue {
    const char *document_number, *issue_date, *expiry_date;
};

// Owned; freed and wiped by issued_text_free.
struct issued_text {
    char *text;
    size_t n;
};

// The person file with what the station gives. False: no JSON object, or it has one of these fields.
bool person_with_issue(struct span json, const struct issue *issue, struct issued_text *whole);
// YYYY-MM-DD of YYYYMMDD.
void put_day(const char digits[PERSON_DATE + 1], char day[JUMIN_DAY]);
void issued_text_free(struct issued_text *text);
// Seals a text for a place of the vault's; of NULL there is none. `sealed` owned. False: no memory, no keys.
bool issued_text_seal(const struct jumin_station *station, struct span place, struct span plain,
                      struct issued_text *sealed);
// Opens it, with a zero byte behind. False: it was changed, or comes from another place.
bool issued_text_unseal(const struct jumin_station *station, struct span place, struct span sealed,
                        struct issued_text *plain);

// A person file as it is taken at the counter: checked as the order for the card will be, and with a
// registration number. JUMIN_ERROR_INPUT: a field, named in the detail.
enum jumin_error intake_person(struct jumin_station *station, struct span json, struct person *person);
// The keyed hash of the registration number, by which a person is found again.
enum jumin_error intake_holder(struct jumin_station *station, const struct person *person,
                               uint8_t holder[VAULT_INDEX]);

// What a column of an application is to hold, sealed; `sealed` owned. False: no memory, no keys.
bool record_seal(const struct jumin_station *station, const char *column, const char *number,
                 struct span plain, struct issued_text *sealed);
// What a column of an application holds, opened, with a zero byte behind it. False: it was changed, or comes
// from another place.
bool record_unseal(const struct jumin_station *station, const char *column, const char *number,
                   struct span sealed, struct issued_text *plain);

#endif
