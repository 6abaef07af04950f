// Mobile credentials in the records: their states, what is sealed of them, and what they follow.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/credential.h"

#include <stdio.h>
#include <stdlib.h>

#define STATE(state) (1U << JUMIN_CREDENTIAL_##state)

static const char *const state_names[JUMIN_CREDENTIAL_STATES] = {
    [JUMIN_CREDENTIAL_OFFERED] = "offered",     [JUMIN_CREDENTIAL_VALID] = "valid",
    [JUMIN_CREDENTIAL_SUSPENDED] = "suspended", [JUMIN_CREDENTIAL_REVOKED] = "revoked",
    [JUMIN_CREDENTIAL_EXPIRED] = "expired",
};

const char *jumin_credential_state_name(enum jumin_credential_state state)
{
    return (unsigned)state < JUMIN_CREDENTIAL_STATES ? state_names[state] : NULL;
}

enum jumin_error credential_run(struct jumin_station *station, const char *sql,
                                const struct database_value *values, size_t count, size_t *changed)
{
    return station_database(station, database_run(station->database, sql, values, count, changed));
}

enum jumin_error credential_find(struct jumin_station *station, const char *sql,
                                 const struct database_value *values, size_t count,
                                 char number[JUMIN_CREDENTIAL_NUMBER])
{
    struct database_rows *rows = NULL;
    const enum jumin_error error = station_query(station, sql, values, count, &rows);
    number[0] = '\0';
    if (error == JUMIN_OK && database_next(rows)) {
        (void)snprintf(number, JUMIN_CREDENTIAL_NUMBER, "%s", database_column_text(rows, 0));
    }
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

enum jumin_error credential_hold(struct jumin_station *station, const char *number)
{
    char next[JUMIN_CREDENTIAL_NUMBER] = "", last[JUMIN_CREDENTIAL_NUMBER];
    enum jumin_error error = JUMIN_OK;
    do {
        memcpy(last, next, sizeof last);
        const struct database_value values[] = {database_text(number), database_text(last)};
        error = credential_find(station,
                                "SELECT number FROM credential WHERE state IN (0, 1, 2) AND number > $2 AND"
                                " holder = " CREDENTIAL_HOLDER " ORDER BY number LIMIT 1",
                                values, 2, next);
        if (error == JUMIN_OK && next[0] != '\0') {
            const struct database_value value = database_text(next);
            error = credential_run(station, "UPDATE credential SET state = state WHERE number = $1", &value,
                                   1, NULL);
        }
    } while (error == JUMIN_OK && next[0] != '\0');
    return error;
}

enum jumin_error credential_hold_card(struct jumin_station *station, const char *number,
                                      char card[JUMIN_APPLICATION_NUMBER])
{
    _Static_assert((int)JUMIN_APPLICATION_NUMBER == (int)JUMIN_CREDENTIAL_NUMBER,
                   "credential_find gives either");
    const struct database_value value = database_text(number);
    return credential_find(station,
                           "UPDATE application SET state = state WHERE state = 5 AND"
                           " holder = " CREDENTIAL_HOLDER " RETURNING number",
                           &value, 1, card);
}

// --- Sealed columns ----------------------------------------------------------------------------------------------

struct database_value credential_attested_value(const struct credential_attested *attested, unsigned rank)
{
    return attested->there ? database_integer(rank) : database_text(NULL);
}

struct credential_attested credential_attested_of(const struct database_rows *rows, size_t first)
{
    struct credential_attested attested = {.there = !database_is_null(rows, first)};
    if (attested.there) {
        attested.key_storage = (unsigned)database_column_integer(rows, first);
        attested.user_authentication = (unsigned)database_column_integer(rows, first + 1);
    }
    return attested;
}

struct span credential_place(struct writer *place, const char *column, const char *number)
{
    writer_put(place, span_of("credential", 10));
    writer_put_u8(place, 0);
    writer_put(place, span_of(column, strlen(column)));
    writer_put_u8(place, 0);
    writer_put(place, span_of(number, strlen(number)));
    return writer_span(place);
}

enum { PLACE_MAX = 96 };

bool credential_seal(const struct jumin_station *station, const char *column, const char *number,
                     struct span plain, struct issued_text *sealed)
{
    uint8_t bytes[PLACE_MAX];
    struct writer place = writer_of(bytes, sizeof bytes);
    return issued_text_seal(station, credential_place(&place, column, number), plain, sealed);
}

bool credential_unseal(const struct jumin_station *station, const char *column, const char *number,
                       struct span sealed, struct issued_text *plain)
{
    uint8_t bytes[PLACE_MAX];
    struct writer place = writer_of(bytes, sizeof bytes);
    return issued_text_unseal(station, credential_place(&place, column, number), sealed, plain);
}

// --- Moving ------------------------------------------------------------------------------------------------------

static enum jumin_error refuse(struct jumin_station *station, const char *number, const char *action)
{
    struct jumin_credential credential = {0};
    const enum jumin_error error = credential_read(station, number, &credential);
    return error == JUMIN_OK
               ? detail_set(&station->detail, JUMIN_ERROR_STATUS, "%s: not from the state %s of %s", action,
                            jumin_credential_state_name(credential.state), credential.number)
               : error;
}

// What has ended keeps nothing that is personal, and nobody gets in with its code or its tokens. With the
// refresh token of what has expired a wallet learns that it has.
static enum jumin_error forget(struct jumin_station *station, const struct database_value *number)
{
    static const char *const statements[] = {
        "UPDATE credential SET person = NULL, portrait = NULL WHERE number = $1",
        "DELETE FROM token WHERE credential = $1 AND (kind = 0 OR (SELECT state FROM credential WHERE"
        " number = $1) <> 4)",
        "DELETE FROM deferral WHERE credential = $1",
    };
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0] && error == JUMIN_OK; i++) {
        error = credential_run(station, statements[i], number, 1, NULL);
    }
    return error;
}

enum jumin_error credential_set_status(struct jumin_station *station, const char *number, enum status status)
{
    struct database_rows *rows = NULL;
    const struct database_value value = database_text(number);
    enum jumin_error error =
        station_query(station, "SELECT copies FROM credential WHERE number = $1", &value, 1, &rows);
    const int64_t copies = error == JUMIN_OK && database_next(rows) ? database_column_integer(rows, 0) : 0;
    const enum jumin_error ended = database_rows_end(rows);
    error = station_database(station, error == JUMIN_OK ? ended : error);
    return error == JUMIN_OK ? status_store_set(station->database, copies, status, &station->detail) : error;
}

static enum jumin_error publish(struct jumin_station *station, const char *number,
                                enum jumin_credential_state to)
{
    static const enum status statuses[JUMIN_CREDENTIAL_STATES] = {
        [JUMIN_CREDENTIAL_VALID] = STATUS_VALID,
        [JUMIN_CREDENTIAL_SUSPENDED] = STATUS_SUSPENDED,
        [JUMIN_CREDENTIAL_REVOKED] = STATUS_INVALID,
        [JUMIN_CREDENTIAL_EXPIRED] = STATUS_INVALID,
    };
    return credential_set_status(station, number, statuses[to]);
}

enum jumin_error credential_move(struct jumin_station *station, const char *number, unsigned from,
                                 enum jumin_credential_state to, const char *action, const char *reason)
{
    size_t changed = 0;
    enum jumin_error error = JUMIN_OK;
    for (int state = 0; state < JUMIN_CREDENTIAL_STATES && changed == 0 && error == JUMIN_OK; state++) {
        const struct database_value values[] = {database_text(number), database_integer(state),
                                                database_integer(to), database_integer(station_now(station))};
        if ((from >> state & 1) != 0) {
            error = credential_run(station,
                                   "UPDATE credential SET state = $3, changed_at = $4 WHERE number = $1 AND"
                                   " state = $2",
                                   values, 4, &changed);
        }
    }
    if (error == JUMIN_OK && changed == 0) {
        return refuse(station, number, action);
    }
    if (error == JUMIN_OK) {
        error = publish(station, number, to);
    }
    if (error == JUMIN_OK && (to == JUMIN_CREDENTIAL_REVOKED || to == JUMIN_CREDENTIAL_EXPIRED)) {
        const struct database_value value = database_text(number);
        error = forget(station, &value);
    }
    return error == JUMIN_OK ? audit_append(station, action, number, reason == NULL ? "" : reason) : error;
}

// --- What an application's state means -----------------------------------------------------------------------

// The holder's credential in some states, as a statement says which.
static enum jumin_error find_of(struct jumin_station *station, const char *application, const char *sql,
                                char number[JUMIN_CREDENTIAL_NUMBER])
{
    const struct database_value value = database_text(application);
    return credential_find(station, sql, &value, 1, number);
}

#define OF_HOLDER                                                                                            \
    "SELECT number FROM credential WHERE holder = (SELECT holder FROM application WHERE number = $1)"
// What this card suspended. Of what came without a card it may have been another one, which was replaced.
#define BY_CARD                                                                                              \
    OF_HOLDER " AND state = 2 AND (application = $1 OR (application IS NULL AND NOT EXISTS (SELECT 1 FROM"   \
              " application AS lost WHERE lost.holder = credential.holder AND lost.number <> $1"             \
              " AND lost.state = 9)))"

static enum jumin_error mark_card(struct jumin_station *station, const char *number, bool lost)
{
    const struct database_value value = database_text(number);
    return credential_run(station,
                          lost ? "UPDATE credential SET lost = lost | 1 WHERE number = $1"
                               : "UPDATE credential SET lost = lost & ~1 WHERE number = $1",
                          &value, 1, NULL);
}

static enum jumin_error void_offer(struct jumin_station *station, const char *application)
{
    char number[JUMIN_CREDENTIAL_NUMBER];
    const enum jumin_error error = find_of(station, application, OF_HOLDER " AND state = 0", number);
    return error == JUMIN_OK && number[0] != '\0'
               ? credential_move(station, number, STATE(OFFERED), JUMIN_CREDENTIAL_REVOKED, "void-offer",
                                 "its card")
               : error;
}

static enum jumin_error suspend_by_card(struct jumin_station *station, const char *application)
{
    char number[JUMIN_CREDENTIAL_NUMBER];
    enum jumin_error error = find_of(station, application, OF_HOLDER " AND state IN (1, 2)", number);
    if (error != JUMIN_OK || number[0] == '\0') {
        return error;
    }
    error = mark_card(station, number, true);
    return error == JUMIN_OK ? credential_move(station, number, STATE(VALID) | STATE(SUSPENDED),
                                               JUMIN_CREDENTIAL_SUSPENDED, "suspend", "its card is lost")
                             : error;
}

static enum jumin_error resume_by_card(struct jumin_station *station, const char *application)
{
    char number[JUMIN_CREDENTIAL_NUMBER], alone[JUMIN_CREDENTIAL_NUMBER];
    enum jumin_error error = find_of(station, application, BY_CARD, number);
    if (error == JUMIN_OK && number[0] != '\0') {
        error = mark_card(station, number, false);
    }
    if (error == JUMIN_OK && number[0] != '\0') {
        error = find_of(station, application, BY_CARD " AND lost = 0", alone);
    }
    return error == JUMIN_OK && number[0] != '\0' && alone[0] != '\0'
               ? credential_move(station, number, STATE(SUSPENDED), JUMIN_CREDENTIAL_VALID, "resume",
                                 "its card is found")
               : error;
}

static enum jumin_error revoke_by_card(struct jumin_station *station, const char *application,
                                       const char *reason)
{
    char number[JUMIN_CREDENTIAL_NUMBER];
    const enum jumin_error error = find_of(station, application, OF_HOLDER " AND state IN (1, 2)", number);
    return error == JUMIN_OK && number[0] != '\0'
               ? credential_move(station, number, STATE(VALID) | STATE(SUSPENDED), JUMIN_CREDENTIAL_REVOKED,
                                 "revoke", reason)
               : error;
}

enum jumin_error credential_follow(struct jumin_station *station, const char *number,
                                   enum jumin_application_state to)
{
    if (to != JUMIN_HANDED_OVER && to != JUMIN_LOST && to != JUMIN_EXPIRED && to != JUMIN_GIVEN_BACK) {
        return JUMIN_OK;
    }
    enum jumin_error error = credential_hold(station, number);
    if (error == JUMIN_OK && to == JUMIN_HANDED_OVER) {
        return resume_by_card(station, number);
    }
    error = error == JUMIN_OK ? void_offer(station, number) : error;
    if (error != JUMIN_OK) {
        return error;
    }
    if (to != JUMIN_LOST) {
        return revoke_by_card(station, number,
                              to == JUMIN_EXPIRED ? "its card has expired" : "its card was given back");
    }
    return jumin_policy_locks(station->policy, JUMIN_SUBJECT_CARD, JUMIN_SUBJECT_CREDENTIAL)
               ? suspend_by_card(station, number)
               : JUMIN_OK;
}

// --- Reading -----------------------------------------------------------------------------------------------------

static void take(const struct database_rows *rows, struct jumin_credential *credential)
{
    const int64_t lost = database_column_integer(rows, 3);
    const struct span device = database_column_bytes(rows, 4);
    *credential = (struct jumin_credential){
        .state = (enum jumin_credential_state)database_column_integer(rows, 2),
        .card_lost = (lost & CREDENTIAL_LOST_CARD) != 0,
        .phone_lost = (lost & CREDENTIAL_LOST_PHONE) != 0,
        .offered_at = database_column_integer(rows, 5),
        .changed_at = database_column_integer(rows, 6),
        .edition = (unsigned)database_column_integer(rows, 7),
    };
    (void)snprintf(credential->number, sizeof credential->number, "%s", database_column_text(rows, 0));
    (void)snprintf(credential->application, sizeof credential->application, "%s",
                   database_column_text(rows, 1));
    (void)snprintf(credential->expiry_date, sizeof credential->expiry_date, "%s",
                   database_column_text(rows, 8));
    if (device.n == JUMIN_DEVICE_THUMBPRINT) {
        jumin_device_jkt(device.p, credential->device);
    }
}

enum jumin_error credential_read(struct jumin_station *station, const char *number,
                                 struct jumin_credential *credential)
{
    struct database_rows *rows = NULL;
    const struct database_value value = database_text(number);
    enum jumin_error error = station_query(
        station,
        "SELECT number, application, state, lost, device, offered_at, changed_at, edition, expires_on"
        " FROM credential WHERE number = $1 OR holder = (SELECT holder FROM application WHERE number = $1)"
        " ORDER BY CASE state WHEN 1 THEN 0 WHEN 2 THEN 0 ELSE 1 END, number DESC LIMIT 1",
        &value, 1, &rows);
    const bool found = error == JUMIN_OK && database_next(rows);
    if (found) {
        take(rows, credential);
    }
    const enum jumin_error ended = database_rows_end(rows);
    error = station_database(station, error == JUMIN_OK ? ended : error);
    return error != JUMIN_OK || found ? error
                                      : detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE,
                                                   "there is no mobile credential %.20s", number);
}

enum jumin_error jumin_station_credential(struct jumin_station *station, const char *number,
                                          struct jumin_credential *credential)
{
    if (station == NULL || number == NULL || credential == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = station_need(station, ~0U);
    return error == JUMIN_OK ? credential_read(station, number, credential) : error;
}
