// The inside of struct jumin_station, and what its parts need of each other.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_STATION_INTERNAL_H
#define JUMIN_HOST_STATION_INTERNAL_H

#include "host/database/database.h"
#include "host/detail.h"
#include "host/station/vault.h"
#include <jumin/station.h>

enum {
    STATION_CLAIM = 16,
    AUDIT_SIGNATURE = 64,
    STATION_PAGE = 1000, // rows that are read at once, so that memory does not grow with the records
};

// What tells an entry of the audit trail from every other one that could stand in its place.
struct audit_mark {
    int64_t number; // 0: none
    uint8_t signature[AUDIT_SIGNATURE];
};

// What an entry will say; owned.
struct audit_note {
    int64_t at;
    char *action, *subject, *detail;
};

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
    unsigned wait_seconds;
    bool (*waiting)(void *context, unsigned seconds);
    struct audit_note *notes; // what the transaction that was begun has to tell; owned
    size_t note_count;
    struct audit_mark mark; // the last entry of the transaction that was begun
    bool undone;            // the last transaction was lost with its connection
    bool overtaken;         // … was ended, since another one came first
    unsigned repeats;       // of it
    struct detail detail;
};

extern const struct database_migration station_schema[];
extern const size_t station_schema_count;

int64_t station_now(const struct jumin_station *station);
// The day that it is in Korea, YYYY-MM-DD.
void station_day(const struct jumin_station *station, char day[JUMIN_DAY]);
// The day that it was in Korea at that time.
void station_day_at(int64_t at, char day[JUMIN_DAY]);
// When a day begins in Korea, in seconds since 1970. The day exists.
int64_t station_day_begin(const char day[JUMIN_DAY]);
// Keeps the database's sentence.
enum jumin_error station_database(struct jumin_station *station, enum jumin_error error);
// Whether somebody with this role has logged in. JUMIN_ERROR_NOT_AUTHORIZED: not.
enum jumin_error station_need(struct jumin_station *station, unsigned role);

// The next number of a row of numbers that never repeats, within a transaction.
enum jumin_error station_next_number(struct jumin_station *station, const char *row, int64_t *number);

// --- connection.c ----------------------------------------------------------------------------------------------
// A transaction looks like this, and what stands in `work` may run several times:
//
//     do {
//         error = station_begin(station);
//         error = error == JUMIN_OK ? station_end(station, work(station)) : error;
//     } while (station_again(station, error));

// Connects anew where there is no connection, and waits for the database as the station's options say.
// JUMIN_ERROR_DATABASE: it is not there; JUMIN_ERROR_CANCELLED: the wait was ended.
enum jumin_error station_reach(struct jumin_station *station);
// Begins a transaction, and connects anew before where the connection is lost.
enum jumin_error station_begin(struct jumin_station *station);
// Ends a transaction that was begun: commits when `error` is JUMIN_OK, else rolls back and returns it.
// JUMIN_ERROR_DATABASE: the connection was lost and nothing was done. A commit that was not answered is
// looked up by the transaction's last entry in the audit trail; JUMIN_ERROR_UNCERTAIN: the database cannot be
// asked. Without an entry it is taken for not done: it has changed nothing that may not be done again.
enum jumin_error station_end(struct jumin_station *station, enum jumin_error error);
// Whether a transaction that ended with this error was lost whole, or gave way to another one, and is to be
// done again.
bool station_again(struct jumin_station *station, enum jumin_error error);
// database_query; outside of a transaction it connects anew where the connection is lost. Keeps the
// database's sentence.
enum jumin_error station_query(struct jumin_station *station, const char *sql,
                               const struct database_value *values, size_t count,
                               struct database_rows **rows);

// --- audit.c ---------------------------------------------------------------------------------------------------

// Holds off every other transaction that appends an entry until this one ends.
enum jumin_error audit_hold(struct jumin_station *station);
// One more entry, within the transaction that it tells of; it is written when the transaction ends well, so
// that other stations wait for the trail's head as short as can be, and the head is the last lock that is
// taken.
enum jumin_error audit_append(struct jumin_station *station, const char *action, const char *subject,
                              const char *detail);

// Writes the entries of the transaction where `error` is JUMIN_OK, and forgets them in every case.
enum jumin_error audit_write(struct jumin_station *station, enum jumin_error error);
// Whether the trail has the entry, within a transaction.
enum jumin_error audit_find(struct jumin_station *station, const struct audit_mark *mark, bool *found);

// --- application.c ---------------------------------------------------------------------------------------------

// Takes an application from one of the states of `from` (bits 1 << state) to another, with its entry in the
// audit trail, within a transaction.
enum jumin_error application_move(struct jumin_station *station, const char *number, unsigned from,
                                  enum jumin_application_state to, const char *action, const char *reason);
// What the records say of one. JUMIN_ERROR_NO_SUCH_FILE: there is none.
enum jumin_error application_find(struct jumin_station *station, const char *number,
                                  struct jumin_application *application);
// JUMIN_ERROR_STATUS with the state in which it is.
enum jumin_error application_refuse(struct jumin_station *station, const char *number, const char *action);
// What a WHERE asks for with today as $2: an application that may lead to a card, or whose card is valid. A
// person has one at most.
#define APPLICATION_IS_OPEN                                                                                  \
    "state NOT IN (7, 8, 9, 10, 11) AND NOT (state = 5 AND COALESCE(expires_on, $2) < $2)"
// The place of a column of an application, for the vault.
struct span application_place(struct writer *place, const char *column, const char *number);

// --- find.c ---------------------------------------------------------------------------------------------------

// The number of a holder's application that is open; "": there is none.
enum jumin_error find_open(struct jumin_station *station, const uint8_t holder[VAULT_INDEX],
                           char number[JUMIN_APPLICATION_NUMBER]);

// jumin_station_find_holder, whoever asks.
enum jumin_error find_of_person(struct jumin_station *station, const char *registration_number,
                                char number[JUMIN_APPLICATION_NUMBER]);

// --- action.c --------------------------------------------------------------------------------------------------

// Whether it may stand in the audit trail: one line of text. JUMIN_ERROR_ARGUMENT: not.
enum jumin_error station_reason(struct jumin_station *station, const char *reason);

// --- rules.c ---------------------------------------------------------------------------------------------------

// The scheme's rules on a question, today. JUMIN_ERROR_RULES: one is not met; the detail is its reason.
enum jumin_error rules_decide(struct jumin_station *station, enum jumin_question question,
                              const struct jumin_facts *facts, struct jumin_decision *decision);
// On handing over, or restoring, the card of an application, whose personal data is still there.
enum jumin_error rules_hand_over(struct jumin_station *station, const char *number,
                                 const struct jumin_action_form *form, struct jumin_decision *decision);
enum jumin_error rules_restore(struct jumin_station *station, const char *number,
                               const struct jumin_action_form *form, struct jumin_decision *decision);

// --- payment.c -------------------------------------------------------------------------------------------------

// Each within the transaction of what it is paid for; 0 won leaves no row.
enum jumin_error payment_take(struct jumin_station *station, const char *number, unsigned won);
// All that was taken. JUMIN_ERROR_STATUS: nothing was.
enum jumin_error payment_give_back(struct jumin_station *station, const char *number, int64_t *won);
// What was taken for it so far.
enum jumin_error payment_taken(struct jumin_station *station, const char *number, int64_t *won);

// --- upkeep.c --------------------------------------------------------------------------------------------------

// Notes that the cards which have been handed over to this holder (NULL: to anybody) are valid no more, where
// that is so; within a transaction.
enum jumin_error upkeep_expire(struct jumin_station *station, const struct span *holder, size_t *expired);

#endif
