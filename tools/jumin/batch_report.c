// What a batch has done, or would do: for a person, and in JSON.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/batch_report.h"

#include "tools/jumin/files.h"
#include "tools/jumin/terminal.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

// How many rows are where.
struct standing {
    size_t new, refused, applied, to_produce, elsewhere, ready, handed_over, failed;
};

static struct standing count_rows(const struct batch *batch)
{
    struct standing standing = {0};
    for (size_t i = 0; i < batch->rows.count; i++) {
        const struct batch_row *row = &batch->rows.rows[i];
        const enum jumin_application_state state = row->application.state;
        standing.failed += row->failed[0] != '\0' ? 1 : 0;
        if (!row->applied) {
            *(row->refused[0] != '\0' ? &standing.refused : &standing.new) += 1;
        } else if (state == JUMIN_APPLIED) {
            standing.applied++;
        } else if (state == JUMIN_VERIFIED) {
            standing.ready++;
        } else if (state == JUMIN_HANDED_OVER) {
            standing.handed_over++;
        } else if (batch_production_wants(row, &batch->records)) {
            standing.to_produce++;
        } else {
            standing.elsewhere++;
        }
    }
    return standing;
}

static json_t *rows_json(const struct batch *batch, bool refused)
{
    json_t *list = json_array();
    for (size_t i = 0; i < batch->rows.count; i++) {
        const struct batch_row *row = &batch->rows.rows[i];
        const char *why = refused ? row->refused : row->failed;
        if (why[0] != '\0') {
            (void)json_array_append_new(list, json_pack("{s:I, s:s, s:s}", "line", (json_int_t)row->line,
                                                        "number", row->applied ? row->application.number : "",
                                                        "reason", why));
        }
    }
    return list;
}

static json_t *standing_json(const struct standing *standing)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "new", (json_int_t)standing->new, "refused",
                     (json_int_t)standing->refused, "applied", (json_int_t)standing->applied,
                     "waiting_for_card", (json_int_t)standing->to_produce, "at_another_officer",
                     (json_int_t)standing->elsewhere, "card_ready", (json_int_t)standing->ready,
                     "handed_over", (json_int_t)standing->handed_over);
}

static void print_lines(const struct batch *batch)
{
    for (size_t i = 0; i < batch->rows.count; i++) {
        const struct batch_row *row = &batch->rows.rows[i];
        if (row->refused[0] != '\0') {
            (void)printf("  line %zu is refused: %s\n", row->line, row->refused);
        }
        if (row->failed[0] != '\0') {
            (void)printf("  line %zu, %s, has failed: %s\n", row->line, row->application.number, row->failed);
        }
    }
}

static void print_standing(const struct standing *standing)
{
    const struct {
        size_t count;
        const char *what;
    } all[] = {
        {standing->new, "without an application"},
        {standing->refused, "refused by the rules"},
        {standing->applied, "to be approved"},
        {standing->to_produce, "waiting for a card"},
        {standing->elsewhere, "that are another officer's to produce"},
        {standing->ready, "with a card that is ready"},
        {standing->handed_over, "whose holder has the card already"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].count > 0) {
            (void)printf("  %7zu %s\n", all[i].count, all[i].what);
        }
    }
}

// --- What would be done ----------------------------------------------------------------------------------------

struct plan {
    size_t apply, approve, produce;
};

static struct plan make_plan(const struct batch *batch, const struct standing *standing)
{
    struct plan plan = {0};
    plan.apply = (batch->roles & JUMIN_ROLE_INTAKE) != 0 ? standing->new : 0;
    plan.approve = (batch->roles & JUMIN_ROLE_APPROVE) != 0 ? standing->applied + plan.apply : 0;
    plan.produce = (batch->roles & JUMIN_ROLE_PRODUCE) != 0
                       ? standing->to_produce + (batch->two_person ? 0 : plan.approve)
                       : 0;
    return plan;
}

size_t batch_would_produce(const struct batch *batch)
{
    const struct standing standing = count_rows(batch);
    return make_plan(batch, &standing).produce;
}

void batch_report_plan(const struct batch *batch)
{
    const struct standing standing = count_rows(batch);
    const struct plan plan = make_plan(batch, &standing);
    if (cli_has(batch->arguments, "json")) {
        json_t *answer = json_pack("{s:I, s:{s:I, s:I, s:I}, s:o, s:o}", "rows",
                                   (json_int_t)batch->rows.count, "would", "apply", (json_int_t)plan.apply,
                                   "approve", (json_int_t)plan.approve, "produce", (json_int_t)plan.produce,
                                   "standing", standing_json(&standing), "refused", rows_json(batch, true));
        records_print_json(answer);
        return;
    }
    (void)printf("%zu rows:\n", batch->rows.count);
    print_standing(&standing);
    print_lines(batch);
    (void)printf("This officer would apply for %zu, approve %zu and produce %zu. Nothing was done.\n",
                 plan.apply, plan.approve, plan.produce);
}

// --- What was done ---------------------------------------------------------------------------------------------

static json_t *cards_json(const struct batch *batch)
{
    json_t *list = json_array();
    for (size_t i = 0; i < batch->rows.count; i++) {
        const struct batch_row *row = &batch->rows.rows[i];
        if (row->done_here) {
            (void)json_array_append_new(list, json_pack("{s:I, s:s, s:s}", "line", (json_int_t)row->line,
                                                        "number", row->application.number, "document_number",
                                                        row->application.document_number));
        }
    }
    return list;
}

static json_t *readers_json(const struct batch_production *production)
{
    json_t *list = json_array();
    for (size_t i = 0; i < production->reader_count; i++) {
        const struct batch_reader *reader = &production->readers[i];
        (void)json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:s}", "name", reader->name, "done",
                                                    (int)reader->done, "failed", (int)reader->failed,
                                                    "set_aside", reader->set_aside));
    }
    return list;
}

static json_t *report_json(const struct batch *batch, const struct standing *standing)
{
    const struct batch_production *production = &batch->production;
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:f}", "rows",
                     (json_int_t)batch->rows.count, "applied", (json_int_t)batch->applied, "approved",
                     (json_int_t)batch->approved, "produced", (json_int_t)production->done, "cards_failed",
                     (json_int_t)production->cards_failed, "standing", standing_json(standing), "refused",
                     rows_json(batch, true), "failed", rows_json(batch, false), "cards", cards_json(batch),
                     "readers", readers_json(production), "stopped",
                     batch->stopped[0] != '\0' ? batch->stopped : production->stopped, "interrupted",
                     (int)progress_interrupted(), "seconds", batch->seconds);
}

static void print_report(const struct batch *batch, const struct standing *standing)
{
    const struct batch_production *production = &batch->production;
    (void)printf("%zu rows: %zu applied for, %zu approved, %zu produced, %u cards failed, in %.1f s; now\n",
                 batch->rows.count, batch->applied, batch->approved, production->done,
                 production->cards_failed, batch->seconds);
    print_standing(standing);
    print_lines(batch);
    for (size_t i = 0; i < production->reader_count; i++) {
        const struct batch_reader *reader = &production->readers[i];
        (void)printf("  %s: %u done, %u failed%s%s\n", reader->name, reader->done, reader->failed,
                     reader->set_aside[0] != '\0' ? "; set aside: " : "", reader->set_aside);
    }
}

static bool write_report(const struct batch *batch, const json_t *report)
{
    const char *path = cli_value(batch->arguments, "report");
    if (path == NULL) {
        return true;
    }
    char *text = json_dumps(report, JSON_INDENT(2));
    const bool written = text != NULL ? files_write_at(batch->arguments, path, text, strlen(text))
                                      : cli_fail_error(batch->arguments, JUMIN_ERROR_MEMORY, NULL) == CLI_OK;
    free(text);
    return written;
}

// What is left of this officer's work.
static size_t left_to_do(const struct batch *batch, const struct standing *standing)
{
    return ((batch->roles & JUMIN_ROLE_INTAKE) != 0 ? standing->new : 0) +
           ((batch->roles & JUMIN_ROLE_APPROVE) != 0 ? standing->applied : 0) +
           ((batch->roles & JUMIN_ROLE_PRODUCE) != 0 ? standing->to_produce : 0);
}

enum cli_exit batch_report(const struct batch *batch)
{
    const struct standing standing = count_rows(batch);
    json_t *report = report_json(batch, &standing);
    const bool written = write_report(batch, report);
    if (cli_has(batch->arguments, "json")) {
        records_print_json(json_incref(report));
    } else {
        print_report(batch, &standing);
    }
    json_decref(report);
    const char *stopped = batch->stopped[0] != '\0' ? batch->stopped : batch->production.stopped;
    if (stopped[0] != '\0') {
        (void)cli_fail(batch->arguments, "%s", stopped);
    }
    const bool whole = stopped[0] == '\0' && standing.refused == 0 && standing.failed == 0 &&
                       left_to_do(batch, &standing) == 0;
    return whole && written ? CLI_OK : CLI_FAILED;
}
