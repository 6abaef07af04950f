// The inside of struct jumin_station, and what its parts need of each other.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_STATION_INTERNAL_H
#define JUMIN_HOST_STATION_INTERNAL_H

#include "host/database/database.h"
#include "host/detail.h"
#include "host/station/vault.h"
#include <jumin/station.h>

enum { STATION_CLAIM = 16 };

struct jumin_station {
    struct database *database;
    struct vault vault;
    struct crypto_ec_key audit_key;
    struct crypto_random random;
    uint8_t claim[STATION_CLAIM]; // what tells this handle from others
    int64_t (*clock)(void *context);
    void *context;
    struct jumin_policy *policy;      // borrowed
    char officer[JUMIN_OFFICER_NAME]; // who has logged in; "": nobody
    unsigned roles;
    struct detail detail;
};

extern const struct database_migration station_schema[];
extern const size_t station_schema_count;

int64_t station_now(const struct jumin_station *station);
// The day that it is in Korea, YYYY-MM-DD.
void station_day(const struct jumin_station *station, char day[JUMIN_DAY]);
// Keeps the database's sentence.
enum jumin_error station_database(struct jumin_station *station, enum jumin_error error);
// Whether somebody with this role has logged in. JUMIN_ERROR_NOT_AUTHORIZED: not.
enum jumin_error station_need(struct jumin_station *station, unsigned role);

// Ends a transaction that was begun: commits when `error` is JUMIN_OK, else rolls back and returns it.
enum jumin_error station_end(struct jumin_station *station, enum jumin_error error);
// The next number of a row of numbers that never repeats, within a transaction.
enum jumin_error station_next_number(struct jumin_station *station, const char *row, int64_t *number);

// --- audit.c ---------------------------------------------------------------------------------------------------

// Holds off every other transaction that appends an entry until this one ends.
enum jumin_error audit_hold(struct jumin_station *station);
// One more entry, within the transaction that it tells of.
enum jumin_error audit_append(struct jumin_station *station, const char *action, const char *subject,
                              const char *detail);

// --- application.c ---------------------------------------------------------------------------------------------

// Takes an application from one of the states of `from` (bits 1 << state) to another, with its entry in the
// audit trail, within a transaction.
enum jumin_error application_move(struct jumin_station *station, const char *number, unsigned from,
                                  enum jumin_application_state to, const char *action, const char *reason);
// Whether it may stand in the audit trail: one line of text. JUMIN_ERROR_ARGUMENT: not.
enum jumin_error station_reason(struct jumin_station *station, const char *reason);
// The place of a column of an application, for the vault.
struct span application_place(struct writer *place, const char *column, const char *number);

#endif
