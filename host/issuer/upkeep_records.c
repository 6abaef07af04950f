// What is over is ended and deleted, some at a time, so that nobody who asks waits for long.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/records.h"

#include <stdio.h>

#define STATE(state) (1U << JUMIN_CREDENTIAL_##state)

enum {
    AT_ONCE = 256,      // credentials that end in one transaction
    ROWS_AT_ONCE = 500, // of a table that are deleted in one
    DAY_SECONDS = 24 * 3600,
    OFFER_DAYS = 7,         // that an offer's reason is still said
    NOTIFICATION_DAYS = 30, // in which a wallet may say what became of a delivery
};

// Ends what a SELECT names. Another server may have done the same meanwhile, or a phone has redeemed it.
static enum jumin_error expire(struct jumin_station *station, const char *sql,
                               const struct database_value *value, unsigned from, const char *action,
                               size_t *done)
{
    char number[JUMIN_CREDENTIAL_NUMBER] = "-", held[JUMIN_CREDENTIAL_NUMBER];
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < AT_ONCE && error == JUMIN_OK && number[0] != '\0'; i++) {
        error = credential_find(station, sql, value, 1, number);
        if (error == JUMIN_OK && number[0] != '\0') {
            error = credential_hold(station, number);
        }
        if (error == JUMIN_OK && number[0] != '\0') {
            error = credential_find(station, sql, value, 1, held);
        }
        if (error == JUMIN_OK && number[0] != '\0' && strcmp(held, number) == 0) {
            error = credential_move(station, number, from, JUMIN_CREDENTIAL_EXPIRED, action, "");
            *done += 1;
        }
    }
    return error;
}

static enum jumin_error expire_offers(struct jumin_station *station, size_t *done)
{
    const struct database_value now = database_integer(station_now(station));
    return expire(station,
                  "SELECT credential FROM offer JOIN credential ON number = credential WHERE expires_at <= $1"
                  " AND state = 0 ORDER BY number LIMIT 1",
                  &now, STATE(OFFERED), "expire-offer", done);
}

static enum jumin_error expire_credentials(struct jumin_station *station, size_t *done)
{
    char today[JUMIN_DAY];
    station_day(station, today);
    const struct database_value day = database_text(today);
    return expire(station,
                  "SELECT number FROM credential WHERE state IN (1, 2) AND expires_on < $1 ORDER BY number"
                  " LIMIT 1",
                  &day, STATE(VALID) | STATE(SUSPENDED), "expire", done);
}

static enum jumin_error expire_cards(struct jumin_station *station, size_t *done)
{
    return upkeep_expire(station, NULL, done);
}

static enum jumin_error delete_rows(struct jumin_station *station, size_t *deleted)
{
    static const struct {
        const char *sql;
        int64_t days; // that a row is kept beyond its time
    } tables[] = {
#define DELETE(table, key, time)                                                                             \
    "DELETE FROM " table " WHERE " key " IN (SELECT " key " FROM " table " WHERE " time                      \
    " <= $1 LIMIT $2 {for update})"
        {DELETE("token", "hash", "expires_at"), 0},
        {DELETE("proof", "id", "expires_at"), 0},
        {DELETE("binding", "session", "expires_at"), 0},
        {DELETE("deferral", "id", "expires_at"), 0},
        {DELETE("offer", "credential", "expires_at"), OFFER_DAYS},
        {DELETE("notification", "id", "at"), NOTIFICATION_DAYS},
#undef DELETE
    };
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && error == JUMIN_OK; i++) {
        size_t count = 0;
        const struct database_value values[] = {
            database_integer(station_now(station) - tables[i].days * DAY_SECONDS),
            database_integer(ROWS_AT_ONCE)};
        error = credential_run(station, tables[i].sql, values, 2, &count);
        *deleted += count;
    }
    return error;
}

// One transaction after the other, until one has found nothing.
static enum jumin_error repeat(struct jumin_station *station,
                               enum jumin_error (*some)(struct jumin_station *station, size_t *done),
                               size_t *done)
{
    enum jumin_error error = JUMIN_OK;
    size_t count = 1;
    while (error == JUMIN_OK && count > 0) {
        do {
            count = 0;
            error = station_begin(station);
            error = error == JUMIN_OK ? station_end(station, some(station, &count)) : error;
        } while (station_again(station, error));
        *done += error == JUMIN_OK ? count : 0;
    }
    return error;
}

enum jumin_error records_upkeep(struct jumin_station *station, size_t *done)
{
    size_t deleted = 0;
    *done = 0;
    enum jumin_error error = repeat(station, expire_offers, done);
    if (error == JUMIN_OK) {
        error = repeat(station, expire_credentials, done);
    }
    if (error == JUMIN_OK) {
        error = repeat(station, expire_cards, done);
    }
    return error == JUMIN_OK ? repeat(station, delete_rows, &deleted) : error;
}
