// The connection to the database: begun anew after a loss, and what became of a commit that was not answered.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/station_internal.h"

#include <time.h>

enum {
    PAUSE_MS = 200, // between two tries to connect
    REPEATS = 5,    // of a transaction that was lost with its connection, or gave way
};

// --- Reaching the database -------------------------------------------------------------------------------------

static int64_t milliseconds(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void sleep_for(int64_t pause_ms)
{
    const struct timespec pause = {.tv_sec = pause_ms / 1000, .tv_nsec = pause_ms % 1000 * 1000000};
    (void)nanosleep(&pause, NULL);
}

// Whether to go on waiting. Told when the wait begins, and each time that a second less is left.
static bool tell(struct jumin_station *station, int64_t left_ms, unsigned *told)
{
    const unsigned seconds = (unsigned)((left_ms + 999) / 1000);
    if (station->waiting == NULL || seconds == *told) {
        return true;
    }
    *told = seconds;
    return station->waiting(station->context, seconds);
}

enum jumin_error station_reach(struct jumin_station *station)
{
    int64_t left = (int64_t)station->wait_seconds * 1000;
    const int64_t until = milliseconds() + left;
    unsigned told = 0;
    enum jumin_error error = database_reconnect(station->database);
    while (error != JUMIN_OK && database_is_lost(station->database) && left > 0) {
        if (!tell(station, left, &told)) {
            return detail_set(&station->detail, JUMIN_ERROR_CANCELLED,
                              "the database does not answer, and is not waited for any longer");
        }
        sleep_for(left < PAUSE_MS ? left : PAUSE_MS);
        error = database_reconnect(station->database);
        left = until - milliseconds();
    }
    return station_database(station, error);
}

enum jumin_error station_query(struct jumin_station *station, const char *sql,
                               const struct database_value *values, size_t count, struct database_rows **rows)
{
    const bool alone = !database_has_begun(station->database);
    enum jumin_error error = database_query(station->database, sql, values, count, rows);
    if (error != JUMIN_OK && alone && database_is_lost(station->database)) {
        error = station_reach(station);
        return error == JUMIN_OK
                   ? station_database(station, database_query(station->database, sql, values, count, rows))
                   : error;
    }
    return station_database(station, error);
}

// --- Transactions ----------------------------------------------------------------------------------------------

// That the connection is gone shows at the first statement.
enum jumin_error station_begin(struct jumin_station *station)
{
    station->undone = station->overtaken = false;
    station->mark = (struct audit_mark){0};
    enum jumin_error error = database_begin(station->database);
    if (error != JUMIN_OK && database_is_lost(station->database)) {
        error = station_reach(station);
        return error == JUMIN_OK ? station_database(station, database_begin(station->database)) : error;
    }
    return station_database(station, error);
}

static enum jumin_error say_undone(struct jumin_station *station)
{
    station->undone = true;
    return detail_set(&station->detail, JUMIN_ERROR_DATABASE,
                      "the connection to the database was lost, and nothing was done: %s",
                      database_detail(station->database));
}

// The server may still be ending the lost transaction: it has the head of the audit trail until then.
static enum jumin_error look_up(struct jumin_station *station, const struct audit_mark *mark, bool *committed)
{
    enum jumin_error error = station_database(station, database_begin(station->database));
    if (error == JUMIN_OK) {
        error = audit_hold(station);
    }
    if (error == JUMIN_OK) {
        error = audit_find(station, mark, committed);
    }
    database_rollback(station->database);
    return error;
}

// The commit was not answered: it was made if the trail has the transaction's entry. What has none only said
// that the station lives.
static enum jumin_error settle(struct jumin_station *station)
{
    const struct audit_mark mark = station->mark;
    if (mark.number == 0) {
        return say_undone(station);
    }
    bool committed = false;
    enum jumin_error error = JUMIN_ERROR_DATABASE;
    for (unsigned tries = 0; tries < REPEATS && error != JUMIN_OK; tries++) {
        error = station_reach(station);
        if (error != JUMIN_OK) {
            break;
        }
        error = look_up(station, &mark, &committed);
    }
    if (error != JUMIN_OK) {
        return detail_set(&station->detail, JUMIN_ERROR_UNCERTAIN,
                          "the connection to the database was lost before it said whether it was done: look "
                          "before you do it again");
    }
    return committed ? JUMIN_OK : say_undone(station);
}

enum jumin_error station_end(struct jumin_station *station, enum jumin_error error)
{
    error = audit_write(station, error);
    if (error != JUMIN_OK) {
        station->overtaken = error == JUMIN_ERROR_CONFLICT && database_was_overtaken(station->database);
        database_rollback(station->database);
        if (database_is_lost(station->database)) {
            error = say_undone(station);
        }
    } else {
        error = station_database(station, database_commit(station->database));
        if (error != JUMIN_OK && database_is_lost(station->database)) {
            error = settle(station);
        }
    }
    station->mark = (struct audit_mark){0};
    return error;
}

bool station_again(struct jumin_station *station, enum jumin_error error)
{
    const bool lost = error == JUMIN_ERROR_DATABASE && station->undone && station->wait_seconds > 0;
    const bool gave_way = error == JUMIN_ERROR_CONFLICT && station->overtaken;
    const bool again = (lost || gave_way) && station->repeats < REPEATS;
    station->repeats = again ? station->repeats + 1 : 0;
    return again;
}
