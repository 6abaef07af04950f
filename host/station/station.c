// The station's handle: opened and closed; its clock and its numbers.
// SPDX-License-Identifier: Apache-2.0
#include "host/calendar.h"
#include "host/station/station_internal.h"

#include <stdlib.h>
#include <time.h>

enum { DAY_SECONDS = 24 * 3600, KOREA_SECONDS = 9 * 3600 };

static int64_t machine_clock(void *context)
{
    (void)context;
    return (int64_t)time(NULL);
}

int64_t station_now(const struct jumin_station *station)
{
    return station->clock(station->context);
}

// Summer time was last in 1988: the day begins nine hours before UTC's.
void station_day_at(int64_t at, char day[JUMIN_DAY])
{
    const time_t korea = (time_t)(at + KOREA_SECONDS);
    struct tm parts;
    if (gmtime_r(&korea, &parts) == NULL || strftime(day, JUMIN_DAY, "%Y-%m-%d", &parts) != JUMIN_DAY - 1) {
        day[0] = '\0'; // no day; the rules refuse it
    }
}

void station_day(const struct jumin_station *station, char day[JUMIN_DAY])
{
    station_day_at(station_now(station), day);
}

int64_t station_day_begin(const char day[JUMIN_DAY])
{
    return calendar_since_1970(calendar_parse(day)) * DAY_SECONDS - KOREA_SECONDS;
}

enum jumin_error station_database(struct jumin_station *station, enum jumin_error error)
{
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(&station->detail, error, "%s", database_detail(station->database));
}

enum jumin_error station_next_number(struct jumin_station *station, const char *row, int64_t *number)
{
    const struct database_value value = database_text(row);
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(
        station->database, "UPDATE counter SET value = value + 1 WHERE name = $1 RETURNING value", &value, 1,
        &rows);
    *number = error == JUMIN_OK && database_next(rows) ? database_column_integer(rows, 0) : 0;
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    if (error != JUMIN_OK) {
        return station_database(station, error);
    }
    return *number > 0
               ? JUMIN_OK
               : detail_set(&station->detail, JUMIN_ERROR_DATABASE, "the counter %s is not there", row);
}

// --- Opening ---------------------------------------------------------------------------------------------------

// A value that stays what it was when the records began. JUMIN_ERROR_KEYS_REFUSED: it is another one.
static enum jumin_error agree(struct jumin_station *station, const char *name, struct span wanted)
{
    const struct database_value values[] = {database_text(name), database_bytes(wanted)};
    struct database_rows *rows = NULL;
    enum jumin_error error = database_run(
        station->database, "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", values,
        2, NULL);
    if (error == JUMIN_OK) {
        error =
            database_query(station->database, "SELECT value FROM setting WHERE name = $1", values, 1, &rows);
    }
    const bool same =
        error == JUMIN_OK && database_next(rows) && span_equal(database_column_bytes(rows, 0), wanted);
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    if (error != JUMIN_OK) {
        return station_database(station, error);
    }
    return same ? JUMIN_OK
                : detail_set(&station->detail, JUMIN_ERROR_KEYS_REFUSED,
                             "these records were begun under another %s", name);
}

static enum jumin_error begin_trail(struct jumin_station *station)
{
    static const uint8_t nothing[JUMIN_AUDIT_HASH] = {0};
    const struct database_value value = database_bytes(span_of(nothing, sizeof nothing));
    return station_database(station,
                            database_run(station->database,
                                         "INSERT INTO audit_head (id, number, hash) VALUES (1, 0, $1)"
                                         " ON CONFLICT DO NOTHING",
                                         &value, 1, NULL));
}

static enum jumin_error check_keys(struct jumin_station *station)
{
    static const char check[] = "key check";
    uint8_t index[VAULT_INDEX], point[CRYPTO_POINT_MAX];
    if (!vault_index(&station->vault, span_of(check, sizeof check - 1), index) ||
        !crypto_ec_public(&station->audit_key, point)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
    }
    enum jumin_error error = agree(station, "data key", span_of(index, sizeof index));
    if (error == JUMIN_OK) {
        error = agree(station, "audit key", span_of(point, crypto_curve_point_length(CRYPTO_P256)));
    }
    return error;
}

// May be done again: what is there already stays.
static enum jumin_error set_up(struct jumin_station *station)
{
    enum jumin_error error =
        station_database(station, database_migrate(station->database, station_schema, station_schema_count));
    if (error == JUMIN_OK) {
        error = begin_trail(station);
    }
    return error == JUMIN_OK ? check_keys(station) : error;
}

static enum jumin_error open_records(struct jumin_station *station, const char *url)
{
    enum jumin_error error = station_database(station, database_open(&station->database, url));
    if (station->database == NULL) {
        return error;
    }
    error = error == JUMIN_OK ? set_up(station) : error;
    if (error != JUMIN_OK && database_is_lost(station->database)) {
        error = station_reach(station);
        error = error == JUMIN_OK ? set_up(station) : error;
    }
    return error;
}

enum jumin_error jumin_station_open(struct jumin_station **station,
                                    const struct jumin_station_options *options)
{
    if (station == NULL || options == NULL || options->database == NULL || options->data_key == NULL ||
        options->audit_key == NULL || options->policy == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct jumin_station *made = calloc(1, sizeof *made);
    *station = made;
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    made->random = crypto_system_random();
    made->clock = options->clock != NULL ? options->clock : machine_clock;
    made->context = options->context;
    made->policy = options->policy;
    made->wait_seconds = options->wait_seconds;
    made->waiting = options->waiting;
    if (!made->random.fill(made->random.context, made->claim, sizeof made->claim) ||
        !vault_open(&made->vault, options->data_key) ||
        !crypto_ec_load_secret(&made->audit_key, CRYPTO_P256, span_of(options->audit_key, JUMIN_MASTER_KEY),
                               &made->random)) {
        return detail_set(&made->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
    }
    return open_records(made, options->database);
}

void jumin_station_close(struct jumin_station *station)
{
    if (station == NULL) {
        return;
    }
    database_close(station->database);
    vault_close(&station->vault);
    crypto_ec_release(&station->audit_key);
    crypto_wipe(station, sizeof *station);
    free(station);
}

const char *jumin_station_detail(const struct jumin_station *station)
{
    return station == NULL ? "" : station->detail.text;
}
