// Applications: what the records say of one, and its steps from state to state.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/credential.h"
#include "host/station/journal.h"

#include <stdio.h>

static const char *const state_names[JUMIN_APPLICATION_STATES] = {
    [JUMIN_APPLIED] = "applied", [JUMIN_APPROVED] = "approved",   [JUMIN_PREPARED] = "prepared",
    [JUMIN_WRITTEN] = "written", [JUMIN_VERIFIED] = "verified",   [JUMIN_HANDED_OVER] = "handed-over",
    [JUMIN_SPOILED] = "spoiled", [JUMIN_CANCELLED] = "cancelled", [JUMIN_REFUNDED] = "refunded",
    [JUMIN_LOST] = "lost",       [JUMIN_EXPIRED] = "expired",     [JUMIN_GIVEN_BACK] = "given-back",
};

const char *jumin_application_state_name(enum jumin_application_state state)
{
    return (unsigned)state < JUMIN_APPLICATION_STATES ? state_names[state] : NULL;
}

struct span application_place(struct writer *place, const char *column, const char *number)
{
    writer_put(place, span_of("application", 11));
    writer_put_u8(place, 0);
    writer_put(place, span_of(column, strlen(column)));
    writer_put_u8(place, 0);
    writer_put(place, span_of(number, strlen(number)));
    return writer_span(place);
}

// --- Reading ---------------------------------------------------------------------------------------------------

#define WON(kind)                                                                                            \
    "(SELECT CAST(COALESCE(SUM(won), 0) AS BIGINT) FROM payment"                                             \
    " WHERE payment.application = application.number AND kind = " kind ")"
#define COLUMNS                                                                                              \
    "number, state, document_number, profile, applied_at, changed_at, applied_by, approved_by, produced_by," \
    " expires_on, CAST(CASE WHEN person IS NULL THEN 1 ELSE 0 END AS BIGINT), " WON("0") ", " WON("1")

static void take_text(const struct database_rows *rows, size_t column, char *text, size_t capacity)
{
    (void)snprintf(text, capacity, "%s", database_column_text(rows, column));
}

static void take_application(const struct database_rows *rows, struct jumin_application *application)
{
    *application = (struct jumin_application){
        .state = (enum jumin_application_state)database_column_integer(rows, 1),
        .applied_at = database_column_integer(rows, 4),
        .changed_at = database_column_integer(rows, 5),
        .erased = database_column_integer(rows, 10) != 0,
        .won_taken = database_column_integer(rows, 11),
        .won_paid_back = database_column_integer(rows, 12),
    };
    take_text(rows, 0, application->number, sizeof application->number);
    take_text(rows, 2, application->document_number, sizeof application->document_number);
    take_text(rows, 3, application->profile, sizeof application->profile);
    take_text(rows, 6, application->applied_by, sizeof application->applied_by);
    take_text(rows, 7, application->approved_by, sizeof application->approved_by);
    take_text(rows, 8, application->produced_by, sizeof application->produced_by);
    take_text(rows, 9, application->expiry_date, sizeof application->expiry_date);
}

enum jumin_error application_find(struct jumin_station *station, const char *number,
                                  struct jumin_application *application)
{
    struct database_rows *rows = NULL;
    const struct database_value value = database_text(number);
    enum jumin_error error =
        station_query(station, "SELECT " COLUMNS " FROM application WHERE number = $1", &value, 1, &rows);
    const bool found = error == JUMIN_OK && database_next(rows);
    if (found) {
        take_application(rows, application);
    }
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    if (error != JUMIN_OK) {
        return station_database(station, error);
    }
    return found ? JUMIN_OK
                 : detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE, "there is no application %.20s",
                              number);
}

enum jumin_error jumin_station_application(struct jumin_station *station, const char *number,
                                           struct jumin_application *application)
{
    if (station == NULL || number == NULL || application == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = station_need(station, ~0U);
    return error == JUMIN_OK ? application_find(station, number, application) : error;
}

struct listing {
    bool (*each)(void *context, const struct jumin_application *application);
    void *context;
    char last[JUMIN_APPLICATION_NUMBER]; // that was told; "": none
    bool wanted;
};

static enum jumin_error list_page(struct jumin_station *station, struct listing *listing, size_t *count)
{
    struct database_rows *rows = NULL;
    struct jumin_application application;
    const struct database_value values[] = {database_text(listing->last), database_integer(STATION_PAGE)};
    const enum jumin_error error = station_query(
        station, "SELECT " COLUMNS " FROM application WHERE number > $1 ORDER BY number LIMIT $2", values, 2,
        &rows);
    *count = 0;
    while (error == JUMIN_OK && listing->wanted && database_next(rows)) {
        *count += 1;
        take_application(rows, &application);
        memcpy(listing->last, application.number, sizeof application.number);
        listing->wanted = listing->each(listing->context, &application);
    }
    const enum jumin_error ended = database_rows_end(rows);
    return error == JUMIN_OK ? station_database(station, ended) : error;
}

// Numbers run with time.
enum jumin_error jumin_station_applications(struct jumin_station *station,
                                            bool (*each)(void *context,
                                                         const struct jumin_application *application),
                                            void *context)
{
    struct listing listing = {.each = each, .context = context, .wanted = true};
    size_t count = STATION_PAGE;
    if (station == NULL || each == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, ~0U);
    while (error == JUMIN_OK && listing.wanted && count == STATION_PAGE) {
        error = list_page(station, &listing, &count);
    }
    return error;
}

// --- Moving ----------------------------------------------------------------------------------------------------

enum jumin_error application_refuse(struct jumin_station *station, const char *number, const char *action)
{
    struct jumin_application application = {0};
    const enum jumin_error error = application_find(station, number, &application);
    return error == JUMIN_OK
               ? detail_set(&station->detail, JUMIN_ERROR_STATUS, "%s: not from the state %s of %s", action,
                            jumin_application_state_name(application.state), application.number)
               : error;
}

// The state is asked for where it is changed, so that of two officers one comes too late.
static enum jumin_error change_state(struct jumin_station *station, const char *number,
                                     enum jumin_application_state from, enum jumin_application_state to,
                                     size_t *changed)
{
    const struct database_value values[] = {database_text(number), database_integer((int64_t)from),
                                            database_integer((int64_t)to),
                                            database_integer(station_now(station))};
    return station_database(station, database_run(station->database,
                                                  "UPDATE application SET state = $3, changed_at = $4"
                                                  " WHERE number = $1 AND state = $2",
                                                  values, 4, changed));
}

enum jumin_error application_move(struct jumin_station *station, const char *number, unsigned from,
                                  enum jumin_application_state to, const char *action, const char *reason)
{
    size_t changed = 0;
    enum jumin_error error = JUMIN_OK;
    for (unsigned state = 0; state < JUMIN_APPLICATION_STATES && changed == 0 && error == JUMIN_OK; state++) {
        if ((from >> state & 1) != 0) {
            error = change_state(station, number, (enum jumin_application_state)state, to, &changed);
        }
    }
    if (error != JUMIN_OK) {
        return error;
    }
    if (changed != 1) {
        return application_refuse(station, number, action);
    }
    error = journal_follow(station, number, to);
    if (error == JUMIN_OK) {
        error = credential_follow(station, number, to);
    }
    return error == JUMIN_OK ? audit_append(station, action, number, reason == NULL ? "" : reason) : error;
}
