// The rows of a batch: application forms, checked all before anything is done with one.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_BATCH_ROWS_H
#define JUMIN_TOOLS_BATCH_ROWS_H

#include "tools/jumin/records.h"

enum { BATCH_ATTEMPTS = 3, BATCH_REASON = 300, BATCH_PROFILE = 33, BATCH_DIGITS = 14 };

struct batch_row {
    size_t line;
    char *person; // the person file; owned
    size_t person_length;
    char registration_number[BATCH_DIGITS];             // digits
    char *photo;                                        // path; owned; NULL: none
    char photo_date[JUMIN_DAY], profile[BATCH_PROFILE]; // "": not given
    bool holds_card, first_issue;
    unsigned paid;

    bool applied; // the records have an application, of which this is known:
    struct jumin_application application;
    char refused[BATCH_REASON]; // by which rule, and why; "": by none

    unsigned attempts;         // cards that were begun in this run
    char failed[BATCH_REASON]; // why the last one failed; "": it did not
    bool done_here;            // its card was produced in this run
};

struct batch_rows {
    struct batch_row *rows; // owned
    size_t count, capacity;
    size_t errors; // that were found; the first ones were told on stderr
    const struct cli_arguments *arguments;
    const char *path;
};

// Reads the list: forms that have all fields in their shape, and no person twice. False: said so on stderr.
// batch_rows_free in every case.
bool batch_rows_read(const struct cli_arguments *arguments, const char *path, struct batch_rows *rows);
// Finds each person's application in the records, and checks person, photo and rules where there is none.
// False: said so on stderr; a rule that is not met is no error.
bool batch_rows_check(struct batch_rows *rows, struct jumin_station *station);
// The same for one row, anew. JUMIN_OK: `applied` says whether there is an application.
enum jumin_error batch_row_find(struct batch_row *row, struct jumin_station *station);

// The form of a row, with the bytes of its photo.
struct batch_form {
    struct jumin_application_form form; // all pointers are the row's, but the photo's
    uint8_t *photo;                     // owned
};
// False: the photo cannot be read. batch_form_free in every case.
bool batch_form_open(const struct batch_row *row, struct batch_form *form);
void batch_form_free(struct batch_form *form);

// Wipes the people.
void batch_rows_free(struct batch_rows *rows);

#endif
