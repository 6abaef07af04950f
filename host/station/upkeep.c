// Upkeep: personal data is erased when its time is over, and cards expire.
// SPDX-License-Identifier: Apache-2.0
#include "host/calendar.h"
#include "host/station/station_internal.h"

#include <stdio.h>

enum { AT_ONCE = 256 }; // in one transaction, so that no other station waits for long

typedef char numbers[AT_ONCE][JUMIN_APPLICATION_NUMBER];

// Up to AT_ONCE numbers of applications.
static enum jumin_error list(struct jumin_station *station, const char *sql,
                             const struct database_value *values, size_t value_count, numbers found,
                             size_t *count)
{
    struct database_rows *rows = NULL;
    enum jumin_error error = station_query(station, sql, values, value_count, &rows);
    *count = 0;
    while (error == JUMIN_OK && *count < AT_ONCE && database_next(rows)) {
        (void)snprintf(found[(*count)++], JUMIN_APPLICATION_NUMBER, "%s", database_column_text(rows, 0));
    }
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

static enum jumin_error count_rows(struct jumin_station *station, const char *sql,
                                   const struct database_value *value, size_t *count)
{
    struct database_rows *rows = NULL;
    enum jumin_error error = station_query(station, sql, value, 1, &rows);
    *count = error == JUMIN_OK && database_next(rows) ? (size_t)database_column_integer(rows, 0) : 0;
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

// --- Expiry ------------------------------------------------------------------------------------------------------

enum jumin_error upkeep_expire(struct jumin_station *station, const struct span *holder, size_t *expired)
{
    char today[JUMIN_DAY];
    numbers found;
    size_t count = 0;
    station_day(station, today);
    const struct database_value values[] = {database_text(today),
                                            database_bytes(holder != NULL ? *holder : span_of("", 0))};
    enum jumin_error error =
        holder != NULL
            ? list(station, // waits for who holds the row, who may be noting the same
                   "UPDATE application SET state = state WHERE state = 5 AND expires_on < $1 AND holder = $2"
                   " RETURNING number",
                   values, 2, found, &count)
            : list(station,
                   "SELECT number FROM application WHERE state = 5 AND expires_on < $1 ORDER BY number"
                   " LIMIT 256 {for update}",
                   values, 1, found, &count);
    for (size_t i = 0; i < count && error == JUMIN_OK; i++) {
        error = application_move(station, found[i], 1U << JUMIN_HANDED_OVER, JUMIN_EXPIRED, "expire", "");
    }
    if (expired != NULL) {
        *expired = count;
    }
    return error;
}

// --- Erasure -----------------------------------------------------------------------------------------------------

// What was handed over before that second is due: erasure_days later is today, or was before.
static int64_t due_before(const struct jumin_station *station)
{
    enum { DAY_SECONDS = 24 * 3600 };
    char today[JUMIN_DAY];
    station_day(station, today);
    const int64_t days = (int64_t)jumin_policy_figures(station->policy)->erasure_days - 1;
    return station_day_begin(today) - days * DAY_SECONDS;
}

static enum jumin_error erase_one(struct jumin_station *station, const char *number)
{
    const struct database_value value = database_text(number);
    const enum jumin_error error = station_database(
        station, database_run(station->database,
                              "UPDATE application SET person = NULL, photo = NULL, can = NULL"
                              " WHERE number = $1",
                              &value, 1, NULL));
    return error == JUMIN_OK ? audit_append(station, "erase", number, "") : error;
}

static enum jumin_error erase_some(struct jumin_station *station, size_t *erased)
{
    numbers found;
    const struct database_value value = database_integer(due_before(station));
    enum jumin_error error =
        list(station,
             "SELECT number FROM application WHERE person IS NOT NULL AND ended_at < $1 ORDER BY number"
             " LIMIT 256 {for update}",
             &value, 1, found, erased);
    for (size_t i = 0; i < *erased && error == JUMIN_OK; i++) {
        error = erase_one(station, found[i]);
    }
    return error;
}

// --- Both --------------------------------------------------------------------------------------------------------

static enum jumin_error count_due(struct jumin_station *station, struct jumin_upkeep *upkeep)
{
    char today[JUMIN_DAY];
    station_day(station, today);
    const struct database_value day = database_text(today), second = database_integer(due_before(station));
    const enum jumin_error error =
        count_rows(station, "SELECT COUNT(*) FROM application WHERE state = 5 AND expires_on < $1", &day,
                   &upkeep->expired);
    return error == JUMIN_OK
               ? count_rows(station,
                            "SELECT COUNT(*) FROM application WHERE person IS NOT NULL AND ended_at < $1",
                            &second, &upkeep->erased)
               : error;
}

static enum jumin_error end_some(struct jumin_station *station, size_t *erased, size_t *expired)
{
    const enum jumin_error error = erase_some(station, erased);
    return error == JUMIN_OK ? upkeep_expire(station, NULL, expired) : error;
}

// One transaction; `more`: there may be more of it.
static enum jumin_error keep_up(struct jumin_station *station, struct jumin_upkeep *upkeep, bool *more)
{
    size_t erased = 0, expired = 0;
    enum jumin_error error = JUMIN_OK;
    do {
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, end_some(station, &erased, &expired)) : error;
    } while (station_again(station, error));
    if (error == JUMIN_OK) {
        upkeep->erased += erased;
        upkeep->expired += expired;
    }
    *more = erased == AT_ONCE || expired == AT_ONCE;
    return error;
}

enum jumin_error jumin_station_upkeep(struct jumin_station *station, bool dry_run,
                                      struct jumin_upkeep *upkeep)
{
    if (station == NULL || upkeep == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *upkeep = (struct jumin_upkeep){0};
    enum jumin_error error = station_need(station, JUMIN_ROLE_INTAKE | JUMIN_ROLE_ADMIN);
    if (error == JUMIN_OK && dry_run) {
        return count_due(station, upkeep);
    }
    for (bool more = true; more && error == JUMIN_OK;) {
        error = keep_up(station, upkeep, &more);
    }
    return error == JUMIN_OK ? station_database(station, database_forget(station->database)) : error;
}
