// A station on an empty database, with officers and a clock that tests set.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_STATION_STAGE_H
#define JUMIN_TESTS_STATION_STAGE_H

#include "tests/database/stage.h"
#include <jumin/station.h>

#define STATION_TEST(test) cmocka_unit_test_setup_teardown(test, station_stage_open, station_stage_close)
#define PASSPHRASE "passphrase"

enum { STATION_NOW = 1793577600 }; // 2026-11-02T00:00:00Z

extern struct jumin_station *station;
extern struct jumin_policy *station_policy; // the one that ships
extern int64_t station_clock;               // seconds since 1970
// How a station that is connected from now on waits for its database; 0 and NULL at first.
extern unsigned station_wait_seconds;
extern bool (*station_waiting)(void *context, unsigned seconds);
// Called once, while the next passphrase is being checked. NULL: nothing.
extern void (*station_during_login)(void);

// Officers: "intake", "approve", "produce", each with that role alone, and "root" with admin and audit.
int station_stage_open(void **state);
int station_stage_close(void **state);
// Another station on the same database; with another data key or audit key where the byte is not 0.
enum jumin_error station_connect(struct jumin_station **other, uint8_t data, uint8_t audit);
void station_login(struct jumin_station *who, const char *name);
// A person file of somebody whose registration number ends in these digits (0 to 9999).
const char *station_person(unsigned person);
// … of a woman born on that day (2000 or later), registered in Sejong.
const char *station_person_born(const char *birth_date, unsigned person);
// What applications have for a photo, until the stage is opened again; none unless set. Borrowed.
extern struct span station_photo;
// An application for a key-only card that the rules allow, with that person file.
struct jumin_application_form station_form(const char *json);
// An application of that person for a key-only card, by "intake".
void station_apply(unsigned person, char number[JUMIN_APPLICATION_NUMBER]);
// By the officer with the role for it.
void station_act(enum jumin_station_action action, const char *number);
enum jumin_application_state station_state(const char *number);
// How often the trail tells of that action on it.
int64_t station_times(const char *action, const char *number);
// Notes what jumin_station_issue notes, where no card is written: it was locked; and read back as ordered.
enum jumin_error station_note_written(struct jumin_station *who, const char *number);
enum jumin_error station_note_verified(struct jumin_station *who, const char *number);
// An application that was approved and whose card was written and read back, by the officers for it; and that
// was handed over, too.
void station_make_verified(unsigned person, char number[JUMIN_APPLICATION_NUMBER]);
void station_make_handed_over(unsigned person, char number[JUMIN_APPLICATION_NUMBER]);
// Seconds since 1970 of midnight in Korea, at the beginning of that day.
int64_t station_midnight(const char *day);
// The scheme that ships, with one text in it replaced by another one of the same length.
void station_scheme(const char *text, const char *other);
// Whether a decision names that rule, and that one alone, as not met.
bool station_fails_alone(const struct jumin_decision *decision, const char *rule);

#endif
