// What a batch has done, or would do.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_BATCH_REPORT_H
#define JUMIN_TOOLS_BATCH_REPORT_H

#include "tools/jumin/batch_production.h"

struct batch {
    const struct cli_arguments *arguments;
    struct records records;
    struct batch_rows rows;
    unsigned roles;
    bool two_person;
    size_t applied, approved; // in this run
    struct batch_production production;
    char stopped[BATCH_REASON]; // why it went no further; "": it did
    double seconds;
};

// How many cards this officer would have produced.
size_t batch_would_produce(const struct batch *batch);
// Shows what would be done, for a person or in JSON.
void batch_report_plan(const struct batch *batch);
// Shows what was done, and writes it where --report says. CLI_OK: all that this officer may do is done.
enum cli_exit batch_report(const struct batch *batch);

#endif
