// Applications that are being written: what the tests of the journal do again and again.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_STATION_JOURNAL_STAGE_H
#define JUMIN_TESTS_STATION_JOURNAL_STAGE_H

#include "tests/station/production_stage.h"

extern struct workplace workplace, other_workplace;

void expect_from(const struct jumin_station *who, enum jumin_error error, enum jumin_error wanted,
                 const char *says);
void expect(enum jumin_error error, enum jumin_error wanted, const char *says);
// Another handle of the same records.
struct jumin_station *connect_as(const char *officer);
struct jumin_order *prepare(struct jumin_station *who, const char *number);
enum jumin_error write_card(struct jumin_station *who, struct workplace *place, const char *number,
                            struct jumin_order *order);
// For jumin_perso_set_progress: cancels at the step that `context` points to.
bool stop_at(void *context, enum jumin_perso_step step, size_t done, size_t total);
// Writes until this step, where somebody cancels; the order goes with its process.
void write_until(enum jumin_perso_step step, const char *number);
// An approved application, and a blank card on the reader.
unsigned start(char number[JUMIN_APPLICATION_NUMBER]);

#endif
