// Producing: an application is taken by one station and becomes an order.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/intake.h"
#include "host/station/journal.h"

#include "host/perso/order.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    PLACE_MAX = 64,
    CAN_DIGITS = 6,
};

// What a row of the application table gives for its card; owned.
struct record {
    char number[JUMIN_APPLICATION_NUMBER];
    char approved_by[JUMIN_OFFICER_NAME];
    char profile[33];
    struct issued_text person, photo; // bytes, opened
    bool has_photo;
    char can[CAN_DIGITS + 1]; // "" before there is one
    char document_number[JUMIN_DOCUMENT_NUMBER];
    enum jumin_application_state state;
    struct kept_order kept;
    char issued[JUMIN_DAY], expires[JUMIN_DAY];
};

static void record_free(struct record *record)
{
    issued_text_free(&record->person);
    issued_text_free(&record->photo);
    kept_order_free(&record->kept);
    crypto_wipe(record, sizeof *record);
}

// --- Opening what is sealed ------------------------------------------------------------------------------------

static bool unseal_can(const struct jumin_station *station, struct record *record, struct span sealed)
{
    struct issued_text plain;
    if (!record_unseal(station, "can", record->number, sealed, &plain)) {
        return false;
    }
    const bool good = plain.n == CAN_DIGITS;
    memcpy(record->can, good ? plain.text : "", good ? CAN_DIGITS + 1 : 1);
    issued_text_free(&plain);
    return good;
}

static enum jumin_error take_row(struct jumin_station *station, const struct database_rows *rows,
                                 struct record *record)
{
    (void)snprintf(record->number, sizeof record->number, "%s", database_column_text(rows, 0));
    (void)snprintf(record->approved_by, sizeof record->approved_by, "%s", database_column_text(rows, 1));
    (void)snprintf(record->profile, sizeof record->profile, "%s", database_column_text(rows, 2));
    (void)snprintf(record->document_number, sizeof record->document_number, "%s",
                   database_column_text(rows, 5));
    if (database_is_null(rows, 3)) {
        return application_refuse(station, record->number, "prepare"); // erased: no card can come of it
    }
    record->state = (enum jumin_application_state)database_column_integer(rows, 7);
    record->has_photo = !database_is_null(rows, 4);
    const bool opened =
        record_unseal(station, "person", record->number, database_column_bytes(rows, 3), &record->person) &&
        (!record->has_photo ||
         record_unseal(station, "photo", record->number, database_column_bytes(rows, 4), &record->photo)) &&
        (database_is_null(rows, 6) || unseal_can(station, record, database_column_bytes(rows, 6)));
    return opened ? JUMIN_OK
                  : detail_set(&station->detail, JUMIN_ERROR_SIGNATURE,
                               "the record of %s was changed, or belongs to another application",
                               record->number);
}

// --- Taking ----------------------------------------------------------------------------------------------------

#define COLUMNS "number, approved_by, profile, person, photo, document_number, can, state"

// The application that is asked for, or the oldest that no other station holds and that this officer may
// take.
static enum jumin_error find_record(struct jumin_station *station, const char *number, struct record *record)
{
    struct database_rows *rows = NULL;
    const struct database_value value = database_text(number);
    const struct database_value approver =
        database_text(jumin_policy_figures(station->policy)->two_person ? station->officer : "");
    enum jumin_error error =
        number != NULL
            ? station_query(station, "SELECT " COLUMNS " FROM application WHERE number = $1 {for update}",
                            &value, 1, &rows)
            : station_query(station,
                            "SELECT " COLUMNS " FROM application WHERE state = 1 AND approved_by <> $1"
                            " ORDER BY number LIMIT 1 {for update}",
                            &approver, 1, &rows);
    bool found = error == JUMIN_OK && database_next(rows);
    const enum jumin_error taken = found ? take_row(station, rows, record) : JUMIN_OK;
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    if (error != JUMIN_OK) {
        return station_database(station, error);
    }
    if (!found) {
        return detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE,
                          number != NULL ? "there is no application %.20s, or another station holds it"
                                         : "no application waits for its card that this officer may take%.0s",
                          number != NULL ? number : "");
    }
    return taken;
}

static bool random_can(const struct jumin_station *station, char can[CAN_DIGITS + 1])
{
    for (size_t i = 0; i < CAN_DIGITS;) {
        uint8_t byte = 0;
        if (!station->random.fill(station->random.context, &byte, 1)) {
            return false;
        }
        if (byte < 250) { // uniform: the rest is drawn again
            can[i++] = (char)('0' + byte % 10);
        }
    }
    can[CAN_DIGITS] = '\0';
    return true;
}

// A card that was begun and not finished keeps number and CAN; a spoiled one has lost both.
static enum jumin_error give_numbers(struct jumin_station *station, struct record *record)
{
    int64_t running = 0;
    enum jumin_error error = station_next_number(station, "document", &running);
    if (error != JUMIN_OK) {
        return error;
    }
    if (running > 99999999 || !random_can(station, record->can)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "no number or no random bytes are left");
    }
    (void)snprintf(record->document_number, sizeof record->document_number, "M%08lld", (long long)running);
    return JUMIN_OK;
}

static enum jumin_error keep_numbers(struct jumin_station *station, const struct record *record)
{
    uint8_t place_bytes[PLACE_MAX], sealed[CAN_DIGITS + VAULT_OVERHEAD];
    struct writer place = writer_of(place_bytes, sizeof place_bytes);
    if (!vault_seal(&station->vault, &station->random, application_place(&place, "can", record->number),
                    span_of(record->can, CAN_DIGITS), sealed)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
    }
    const struct database_value values[] = {database_text(record->number),
                                            database_text(record->document_number),
                                            database_bytes(span_of(sealed, sizeof sealed)),
                                            database_text(station->officer), database_text(record->expires)};
    return station_database(station, database_run(station->database,
                                                  "UPDATE application SET document_number = $2, can = $3,"
                                                  " produced_by = $4, expires_on = $5 WHERE number = $1",
                                                  values, 5, NULL));
}

static enum jumin_error give_days(struct jumin_station *station, struct record *record)
{
    station_day(station, record->issued);
    const enum jumin_error error =
        jumin_policy_expiry(station->policy, JUMIN_SUBJECT_CARD, record->issued, record->expires);
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(&station->detail, error, "%s: %s", record->number,
                                          jumin_policy_detail(station->policy));
}

// What was locked, or was about to be, goes on with the same order.
static enum jumin_error resume(struct jumin_station *station, const struct record *record)
{
    char detail[64];
    (void)snprintf(detail, sizeof detail, "card %s", record->kept.serial);
    return audit_append(station, "resume", record->number, detail);
}

static enum jumin_error begin(struct jumin_station *station, struct record *record)
{
    enum { FROM = 1U << JUMIN_APPROVED | 1U << JUMIN_SPOILED | 1U << JUMIN_PREPARED };
    enum jumin_error error = application_move(station, record->number, FROM, JUMIN_PREPARED, "prepare", "");
    if (error == JUMIN_OK && record->state != JUMIN_PREPARED) {
        error = give_numbers(station, record);
    }
    return error == JUMIN_OK ? keep_numbers(station, record) : error;
}

static enum jumin_error take(struct jumin_station *station, const char *number, struct record *record)
{
    enum jumin_error error = find_record(station, number, record);
    if (error != JUMIN_OK) {
        return error;
    }
    if (jumin_policy_figures(station->policy)->two_person &&
        strcmp(record->approved_by, station->officer) == 0) {
        return detail_set(&station->detail, JUMIN_ERROR_NOT_AUTHORIZED,
                          "two persons: %s has approved %s and may not produce its card", station->officer,
                          record->number);
    }
    error = journal_claim(station, record->number, &record->kept);
    if (error != JUMIN_OK) {
        return error;
    }
    error = give_days(station, record);
    if (error != JUMIN_OK) {
        return error;
    }
    return record->kept.sealed.p != NULL ? resume(station, record) : begin(station, record);
}

// --- The order -------------------------------------------------------------------------------------------------

// The day on which the card is issued and its last one: an order that goes on has those that are on its card.
static void days_of(const struct record *record, const struct jumin_order *order, char issued[JUMIN_DAY],
                    char expires[JUMIN_DAY])
{
    memcpy(issued, record->issued, JUMIN_DAY);
    memcpy(expires, record->expires, JUMIN_DAY);
    if (order->on_card) {
        put_day(order->person.issue_date, issued);
        put_day(order->person.expiry_date, expires);
    }
}

static enum jumin_error fill_order(struct jumin_station *station, const struct record *record,
                                   struct jumin_order *order)
{
    char issued[JUMIN_DAY], expires[JUMIN_DAY];
    const char *profile = jumin_profile_text(record->profile);
    struct issued_text whole = {0};
    days_of(record, order, issued, expires);
    if (profile == NULL) {
        return detail_set(&station->detail, JUMIN_ERROR_INPUT, "%s: there is no profile %s", record->number,
                          record->profile);
    }
    const struct issue issue = {record->document_number, issued, expires};
    enum jumin_error error = person_with_issue(span_of(record->person.text, record->person.n), &issue, &whole)
                                 ? jumin_order_set_profile(order, profile, strlen(profile))
                                 : JUMIN_ERROR_INPUT;
    if (error == JUMIN_OK) {
        error = jumin_order_set_person(order, whole.text, whole.n);
    }
    if (error == JUMIN_OK && record->has_photo) {
        error = jumin_order_set_photo(order, (const uint8_t *)record->photo.text, record->photo.n);
    }
    if (error == JUMIN_OK) {
        error = jumin_order_set_can(order, record->can);
    }
    // Others than the holder see the PIN's letter: it opens nothing until the holder has changed it.
    if (error == JUMIN_OK && !order->on_card) {
        error = jumin_order_set_transport_pin(order, true);
    }
    if (error == JUMIN_OK) {
        error = jumin_order_check(order);
    }
    issued_text_free(&whole);
    return error == JUMIN_OK
               ? JUMIN_OK
               : detail_set(&station->detail, error, "%s: %s", record->number, jumin_order_detail(order));
}

// What stands on the card is shown as it is there, whatever would be made of the record today.
static enum jumin_error make_order(struct jumin_station *station, const struct record *record,
                                   struct jumin_order *order)
{
    char mrz[sizeof order->mrz];
    if (record->kept.sealed.p == NULL) {
        return fill_order(station, record, order);
    }
    enum jumin_error error = journal_open(station, record->number, &record->kept, order);
    memcpy(mrz, order->mrz, sizeof mrz);
    if (error == JUMIN_OK) {
        error = fill_order(station, record, order);
        memcpy(order->mrz, mrz, sizeof mrz);
    }
    crypto_wipe(mrz, sizeof mrz);
    return error;
}

// The order is made when the application is this station's: meanwhile nobody waits for it.
static enum jumin_error prepare(struct jumin_station *station, const char *number, struct jumin_order *order,
                                struct record *record)
{
    enum jumin_error error = station_need(station, JUMIN_ROLE_PRODUCE);
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        record_free(record);
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, take(station, number, record)) : error;
    } while (station_again(station, error));
    return error == JUMIN_OK ? make_order(station, record, order) : error;
}

enum jumin_error jumin_station_prepare(struct jumin_station *station, const char *number,
                                       struct jumin_order **order, char taken[JUMIN_APPLICATION_NUMBER])
{
    struct record record = {0};
    if (station == NULL || order == NULL || taken == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *order = NULL;
    taken[0] = '\0';
    enum jumin_error error = jumin_order_new(order);
    if (error == JUMIN_OK) {
        error = prepare(station, number, *order, &record);
    }
    if (error == JUMIN_OK) {
        memcpy(taken, record.number, sizeof record.number);
    } else {
        jumin_order_free(*order);
        *order = NULL;
    }
    record_free(&record);
    return error;
}
