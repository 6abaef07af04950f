// Who is at the station, and the application of a person who is in a list.
// SPDX-License-Identifier: Apache-2.0
#include "host/policy/registration_number.h"
#include "host/station/station_internal.h"

#include <stdio.h>

const char *jumin_station_officer(const struct jumin_station *station, unsigned *roles)
{
    if (roles != NULL) {
        *roles = station != NULL ? station->roles : 0;
    }
    return station != NULL ? station->officer : "";
}

static enum jumin_error find_number(struct jumin_station *station, const uint8_t holder[VAULT_INDEX],
                                    char number[JUMIN_APPLICATION_NUMBER])
{
    struct database_rows *rows = NULL;
    char today[JUMIN_DAY];
    station_day(station, today);
    const struct database_value values[] = {database_bytes(span_of(holder, VAULT_INDEX)),
                                            database_text(today)};
    enum jumin_error error =
        station_query(station, "SELECT number FROM application WHERE holder = $1 AND " APPLICATION_IS_OPEN,
                      values, 2, &rows);
    const bool found = error == JUMIN_OK && database_next(rows);
    if (found) {
        (void)snprintf(number, JUMIN_APPLICATION_NUMBER, "%s", database_column_text(rows, 0));
    }
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    if (error != JUMIN_OK) {
        return station_database(station, error);
    }
    return found ? JUMIN_OK
                 : detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE,
                              "there is no application of this person");
}

enum jumin_error jumin_station_find(struct jumin_station *station, const char *registration_number,
                                    struct jumin_application *application)
{
    struct registration_number parsed = {0};
    uint8_t holder[VAULT_INDEX];
    char number[JUMIN_APPLICATION_NUMBER];
    if (station == NULL || registration_number == NULL || application == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, ~0U);
    const char *wrong = registration_number_parse(registration_number,
                                                  jumin_policy_figures(station->policy)->specimen, &parsed);
    if (error == JUMIN_OK && wrong != NULL) {
        error = detail_set(&station->detail, JUMIN_ERROR_INPUT, "registration_number: %s", wrong);
    }
    if (error == JUMIN_OK &&
        !vault_index(&station->vault, span_of(parsed.digits, REGISTRATION_NUMBER), holder)) {
        error = detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
    }
    crypto_wipe(&parsed, sizeof parsed);
    if (error == JUMIN_OK) {
        error = find_number(station, holder, number);
    }
    return error == JUMIN_OK ? jumin_station_application(station, number, application) : error;
}
