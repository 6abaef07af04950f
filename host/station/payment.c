// Payments: a row for each fee that was taken, and for each that was paid back.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/station_internal.h"

enum kind { TAKEN = 0, PAID_BACK = 1 }; // as they stand in the table

static enum jumin_error note(struct jumin_station *station, const char *number, int64_t won, enum kind kind)
{
    const struct database_value values[] = {database_text(number), database_integer(station_now(station)),
                                            database_text(station->officer), database_integer(won),
                                            database_integer((int64_t)kind)};
    return station_database(station, database_run(station->database,
                                                  "INSERT INTO payment (application, at, officer, won, kind)"
                                                  " VALUES ($1, $2, $3, $4, $5)",
                                                  values, 5, NULL));
}

enum jumin_error payment_take(struct jumin_station *station, const char *number, unsigned won)
{
    return won > 0 ? note(station, number, won, TAKEN) : JUMIN_OK;
}

enum jumin_error payment_taken(struct jumin_station *station, const char *number, int64_t *won)
{
    struct database_rows *rows = NULL;
    const struct database_value value = database_text(number);
    enum jumin_error error = station_query(station,
                                           "SELECT CAST(COALESCE(SUM(won), 0) AS BIGINT) FROM payment"
                                           " WHERE application = $1 AND kind = 0",
                                           &value, 1, &rows);
    *won = error == JUMIN_OK && database_next(rows) ? database_column_integer(rows, 0) : 0;
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

enum jumin_error payment_give_back(struct jumin_station *station, const char *number, int64_t *won)
{
    const enum jumin_error error = payment_taken(station, number, won);
    if (error != JUMIN_OK) {
        return error;
    }
    return *won > 0
               ? note(station, number, *won, PAID_BACK)
               : detail_set(&station->detail, JUMIN_ERROR_STATUS, "refund: nothing was paid for %s", number);
}
