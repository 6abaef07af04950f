// Who is at the station, and the application of a person by the registration number.
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

// The number that a statement gives first; "": it gives none.
static enum jumin_error find_number(struct jumin_station *station, const char *sql,
                                    const struct database_value *values, size_t count,
                                    char number[JUMIN_APPLICATION_NUMBER])
{
    struct database_rows *rows = NULL;
    const enum jumin_error error = station_query(station, sql, values, count, &rows);
    number[0] = '\0';
    if (error == JUMIN_OK && database_next(rows)) {
        (void)snprintf(number, JUMIN_APPLICATION_NUMBER, "%s", database_column_text(rows, 0));
    }
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

enum jumin_error find_open(struct jumin_station *station, const uint8_t holder[VAULT_INDEX],
                           char number[JUMIN_APPLICATION_NUMBER])
{
    char today[JUMIN_DAY];
    station_day(station, today);
    const struct database_value values[] = {database_bytes(span_of(holder, VAULT_INDEX)),
                                            database_text(today)};
    return find_number(station, "SELECT number FROM application WHERE holder = $1 AND " APPLICATION_IS_OPEN,
                       values, 2, number);
}

static enum jumin_error take_holder(struct jumin_station *station, const char *registration_number,
                                    uint8_t holder[VAULT_INDEX])
{
    struct registration_number parsed;
    const char *wrong = registration_number_parse(registration_number,
                                                  jumin_policy_figures(station->policy)->specimen, &parsed);
    if (wrong != NULL) {
        return detail_set(&station->detail, JUMIN_ERROR_INPUT, "registration_number: %s", wrong);
    }
    const bool good = vault_index(&station->vault, span_of(parsed.digits, REGISTRATION_NUMBER), holder);
    crypto_wipe(&parsed, sizeof parsed);
    return good ? JUMIN_OK : detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
}

enum jumin_error jumin_station_find(struct jumin_station *station, const char *registration_number,
                                    struct jumin_application *application)
{
    uint8_t holder[VAULT_INDEX];
    char number[JUMIN_APPLICATION_NUMBER];
    if (station == NULL || registration_number == NULL || application == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, ~0U);
    if (error == JUMIN_OK) {
        error = take_holder(station, registration_number, holder);
    }
    if (error == JUMIN_OK) {
        error = find_open(station, holder, number);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    return number[0] != '\0' ? jumin_station_application(station, number, application)
                             : detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE,
                                          "there is no application of this person");
}

enum jumin_error find_of_person(struct jumin_station *station, const char *registration_number,
                                char number[JUMIN_APPLICATION_NUMBER])
{
    char masked[JUMIN_MASKED_NUMBER];
    uint8_t holder[VAULT_INDEX];
    number[0] = '\0';
    enum jumin_error error = take_holder(station, registration_number, holder);
    const struct database_value value = database_bytes(span_of(holder, VAULT_INDEX));
    if (error == JUMIN_OK) {
        error =
            find_number(station,
                        "SELECT number FROM application WHERE holder = $1 ORDER BY CASE state WHEN 5 THEN 0"
                        " WHEN 9 THEN 1 ELSE 2 END, number DESC LIMIT 1",
                        &value, 1, number);
    }
    if (error == JUMIN_OK && number[0] == '\0') {
        error =
            find_number(station,
                        "SELECT number FROM credential WHERE holder = $1 ORDER BY CASE state WHEN 1 THEN 0"
                        " WHEN 2 THEN 0 ELSE 1 END, number DESC LIMIT 1",
                        &value, 1, number);
    }
    if (error != JUMIN_OK || number[0] != '\0') {
        return error;
    }
    jumin_registration_number_mask(registration_number, masked);
    return detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE,
                      "nobody with the registration number %s has applied here", masked);
}

enum jumin_error jumin_station_find_holder(struct jumin_station *station, const char *registration_number,
                                           char number[JUMIN_APPLICATION_NUMBER])
{
    if (station == NULL || registration_number == NULL || number == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    number[0] = '\0';
    const enum jumin_error error = station_need(station, JUMIN_ROLE_INTAKE);
    return error == JUMIN_OK ? find_of_person(station, registration_number, number) : error;
}
