// The day report: added up from audit trail and payments by one statement, which sees them at one moment; and
// the stock as it is now.
// SPDX-License-Identifier: Apache-2.0
#include "host/calendar.h"
#include "host/station/station_internal.h"
#include <jumin/day_report.h>

#include <stdio.h>
#include <stdlib.h>

// What a count is called, and the action in the audit trail that it counts.
static const struct {
    const char *name, *action;
} counted[JUMIN_DAY_COUNTS] = {
    [JUMIN_DAY_APPLIED] = {"applied", "apply"},     [JUMIN_DAY_APPROVED] = {"approved", "approve"},
    [JUMIN_DAY_PREPARED] = {"prepared", "prepare"}, [JUMIN_DAY_WRITTEN] = {"written", "write"},
    [JUMIN_DAY_VERIFIED] = {"verified", "verify"},  [JUMIN_DAY_HANDED_OVER] = {"handed-over", "hand-over"},
    [JUMIN_DAY_SPOILED] = {"spoiled", "spoil"},     [JUMIN_DAY_CANCELLED] = {"cancelled", "cancel"},
    [JUMIN_DAY_REFUNDED] = {"refunded", "refund"},  [JUMIN_DAY_LOST] = {"lost", "report-loss"},
    [JUMIN_DAY_RESTORED] = {"restored", "restore"}, [JUMIN_DAY_GIVEN_BACK] = {"given-back", "give-back"},
    [JUMIN_DAY_EXPIRED] = {"expired", "expire"},    [JUMIN_DAY_ERASED] = {"erased", "erase"},
};

const char *jumin_day_count_name(size_t count)
{
    return count < JUMIN_DAY_COUNTS ? counted[count].name : NULL;
}

void jumin_day_report_free(struct jumin_day_report *report)
{
    if (report != NULL) {
        free(report->officers);
        *report = (struct jumin_day_report){0};
    }
}

// --- Adding up -----------------------------------------------------------------------------------------------

static void add(struct jumin_day_figures *figures, const char *action, int64_t number, int64_t won)
{
    figures->won_taken += strcmp(action, "taken") == 0 ? won : 0;
    figures->won_paid_back += strcmp(action, "paid back") == 0 ? won : 0;
    for (size_t i = 0; i < JUMIN_DAY_COUNTS; i++) {
        figures->counts[i] += strcmp(action, counted[i].action) == 0 ? (uint64_t)number : 0;
    }
}

static bool is_counted(const char *action)
{
    bool found = strcmp(action, "taken") == 0 || strcmp(action, "paid back") == 0;
    for (size_t i = 0; i < JUMIN_DAY_COUNTS; i++) {
        found = found || strcmp(action, counted[i].action) == 0;
    }
    return found;
}

// NULL: memory is short.
static struct jumin_day_figures *figures_of(struct jumin_day_report *report, const char *officer)
{
    for (size_t i = 0; i < report->officer_count; i++) {
        if (strcmp(report->officers[i].name, officer) == 0) {
            return &report->officers[i].figures;
        }
    }
    struct jumin_day_officer *more =
        realloc(report->officers, (report->officer_count + 1) * sizeof *report->officers);
    if (more == NULL) {
        return NULL;
    }
    report->officers = more;
    struct jumin_day_officer *made = &report->officers[report->officer_count++];
    *made = (struct jumin_day_officer){.name = ""};
    (void)snprintf(made->name, sizeof made->name, "%s", officer);
    return &made->figures;
}

static enum jumin_error add_row(struct jumin_day_report *report, const struct database_rows *rows)
{
    const char *action = database_column_text(rows, 1);
    const int64_t number = database_column_integer(rows, 2), won = database_column_integer(rows, 3);
    if (!is_counted(action)) {
        return JUMIN_OK;
    }
    struct jumin_day_figures *figures = figures_of(report, database_column_text(rows, 0));
    if (figures == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    add(figures, action, number, won);
    add(&report->total, action, number, won);
    return JUMIN_OK;
}

static int by_name(const void *left, const void *right)
{
    const struct jumin_day_officer *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static enum jumin_error fill(struct jumin_station *station, struct jumin_day_report *report)
{
    static const char sql[] =
        "SELECT officer, action, CAST(COUNT(*) AS BIGINT), CAST(0 AS BIGINT) FROM audit"
        " WHERE at >= $1 AND at < $2 GROUP BY officer, action UNION ALL"
        " SELECT officer, CASE kind WHEN 0 THEN 'taken' ELSE 'paid back' END, CAST(COUNT(*) AS BIGINT),"
        " CAST(SUM(won) AS BIGINT) FROM payment WHERE at >= $1 AND at < $2 GROUP BY officer, kind";
    char next[JUMIN_DAY];
    struct database_rows *rows = NULL;
    calendar_put(calendar_days_later(calendar_parse(report->day), 1), next);
    const struct database_value values[] = {database_integer(station_day_begin(report->day)),
                                            database_integer(station_day_begin(next))};
    enum jumin_error error = station_query(station, sql, values, 2, &rows);
    enum jumin_error added = JUMIN_OK;
    while (error == JUMIN_OK && added == JUMIN_OK && database_next(rows)) {
        added = add_row(report, rows);
    }
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    if (report->officer_count > 0) {
        qsort(report->officers, report->officer_count, sizeof *report->officers, by_name);
    }
    return error == JUMIN_OK ? added : station_database(station, error);
}

static enum jumin_error count_cards(struct jumin_station *station, uint64_t cards[JUMIN_CARD_STATES])
{
    struct database_rows *rows = NULL;
    const enum jumin_error error = station_query(
        station, "SELECT state, CAST(COUNT(*) AS BIGINT) FROM card GROUP BY state", NULL, 0, &rows);
    while (error == JUMIN_OK && database_next(rows)) {
        const uint64_t state = (uint64_t)database_column_integer(rows, 0);
        if (state < JUMIN_CARD_STATES) {
            cards[state] = (uint64_t)database_column_integer(rows, 1);
        }
    }
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

enum jumin_error jumin_station_day_report(struct jumin_station *station, const char *day,
                                          struct jumin_day_report *report)
{
    enum { LAST = 99991231 };
    if (station == NULL || report == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *report = (struct jumin_day_report){0};
    enum jumin_error error = station_need(station, JUMIN_ROLE_INTAKE | JUMIN_ROLE_AUDIT | JUMIN_ROLE_ADMIN);
    if (error != JUMIN_OK) {
        return error;
    }
    station_day(station, report->day);
    const calendar_day parsed = calendar_parse(day != NULL ? day : report->day);
    if (parsed == 0 || parsed == LAST) {
        return detail_set(&station->detail, JUMIN_ERROR_ARGUMENT,
                          "the day of a report must exist, written as 2026-11-02");
    }
    calendar_put(parsed, report->day);
    error = fill(station, report);
    if (error == JUMIN_OK) {
        error = count_cards(station, report->cards);
    }
    if (error != JUMIN_OK) {
        jumin_day_report_free(report);
    }
    return error;
}
