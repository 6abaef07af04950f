// Lists of people as files: CSV (RFC 4180) and JSON Lines, read as the same rows.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_BATCH_FILE_H
#define JUMIN_TOOLS_BATCH_FILE_H

#include "card/wire/span.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

// What is done with a row, {"person": {…}, "photo": …, …}, which is borrowed: lines count from 1, and a row
// is where it begins. `refuse` is told what is wrong; `field` is NULL where it is the whole line.
struct batch_taker {
    void (*take)(void *context, size_t line, json_t *row);
    void (*refuse)(void *context, size_t line, const char *field, const char *why);
    void *context;
};

enum batch_format { BATCH_CSV, BATCH_JSON };

// Columns of a CSV are the fields of a row, those of the person with a point: "surname.hangul". A cell that
// is empty is left out of the row. What stands behind a quotation mark that is wrong is not looked at.
void batch_file_read(struct span text, enum batch_format format, const struct batch_taker *taker);

// Writes a row as a line, the CSV with all columns, which `header` puts above. False: it cannot be written.
bool batch_file_put_csv(FILE *file, bool header, const json_t *row);
bool batch_file_put_json(FILE *file, const json_t *row);

#endif
