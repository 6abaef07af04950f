// What is delivered: places in the status lists before anything leaves, what the wallet says of it, what
// comes later, and what is over.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/records.h"

#include <stdio.h>

#define STATE(state) (1U << JUMIN_CREDENTIAL_##state)

enum { DAY_SECONDS = 24 * 3600, DEFERRAL_SECONDS = DAY_SECONDS, AT_ONCE = 256 };

// The credential's row, held until the transaction ends; `*copies` 0: it is not what the grant says any more.
static enum jumin_error hold(struct jumin_station *station, const struct records_grant *grant,
                             int64_t *copies)
{
    struct database_rows *rows = NULL;
    const struct database_value values[] = {
        database_text(grant->credential), database_integer(JUMIN_CREDENTIAL_VALID),
        database_integer(grant->edition), database_bytes(span_of(grant->device, sizeof grant->device))};
    const enum jumin_error error = station_query(station,
                                                 "UPDATE credential SET state = state WHERE number = $1 AND "
                                                 "state = $2 AND edition = $3 AND device = $4"
                                                 " RETURNING copies",
                                                 values, 4, &rows);
    *copies = error == JUMIN_OK && database_next(rows) ? database_column_integer(rows, 0) : 0;
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

static enum jumin_error hold_valid(struct jumin_station *station, const struct records_grant *grant,
                                   int64_t *copies, struct records_refusal *refusal)
{
    const enum jumin_error error = hold(station, grant, copies);
    return error != JUMIN_OK || *copies != 0
               ? error
               : records_refuse(station, refusal, JUMIN_ERROR_STATUS, "invalid_token",
                                "the credential was suspended, revoked or issued anew meanwhile");
}

// --- Delivering --------------------------------------------------------------------------------------------------

static enum jumin_error insert_notification(struct jumin_station *station, const char *credential,
                                            char notification[RECORDS_SECRET])
{
    uint8_t id[CREDENTIAL_SECRET];
    if (!offer_random(station, notification) || !offer_hash(notification, id)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "there are no random numbers");
    }
    const struct database_value values[] = {database_bytes(span_of(id, sizeof id)), database_text(credential),
                                            database_integer(station_now(station))};
    return credential_run(station, "INSERT INTO notification (id, credential, at) VALUES ($1, $2, $3)",
                          values, 3, NULL);
}

static enum jumin_error deliver(struct jumin_station *station, const struct records_grant *grant,
                                enum status_format format, size_t count, struct status_reference *references,
                                char notification[RECORDS_SECRET], struct records_refusal *refusal)
{
    char said[64];
    int64_t copies = 0;
    enum jumin_error error = hold_valid(station, grant, &copies, refusal);
    if (error != JUMIN_OK) {
        return error;
    }
    error = status_store_allocate(station->database, copies, format, count,
                                  station_day_begin(grant->expires_on) + DAY_SECONDS, &station->random,
                                  references, &station->detail);
    if (error == JUMIN_OK) {
        error = insert_notification(station, grant->credential, notification);
    }
    (void)snprintf(said, sizeof said, "%zu copies as %s", count, format == STATUS_CWT ? "mdoc" : "SD-JWT");
    return error == JUMIN_OK ? audit_append(station, "deliver", grant->credential, said) : error;
}

enum jumin_error records_deliver(struct jumin_station *station, const struct records_grant *grant,
                                 enum status_format format, size_t count, struct status_reference *references,
                                 char notification[RECORDS_SECRET], struct records_refusal *refusal)
{
    enum jumin_error error = JUMIN_OK;
    if (count == 0 || count > STATUS_BATCH_MAX) {
        return detail_set(&station->detail, JUMIN_ERROR_ARGUMENT, "a batch has 1 to %d copies",
                          STATUS_BATCH_MAX);
    }
    do {
        *refusal = (struct records_refusal){NULL};
        error = station_begin(station);
        if (error == JUMIN_OK) {
            error = station_end(station,
                                deliver(station, grant, format, count, references, notification, refusal));
        }
    } while (station_again(station, error));
    return error;
}

// --- Notifications ---------------------------------------------------------------------------------------------

static bool is_event(const char *event)
{
    static const char *const events[] = {"credential_accepted", "credential_failure", "credential_deleted"};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (strcmp(event, events[i]) == 0) {
            return true;
        }
    }
    return false;
}

static enum jumin_error notify(struct jumin_station *station, const struct records_grant *grant,
                               const char *notification, const char *event, struct records_refusal *refusal)
{
    uint8_t id[CREDENTIAL_SECRET];
    size_t changed = 0;
    if (!offer_hash(notification, id)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "nothing can be hashed");
    }
    const struct database_value values[] = {database_bytes(span_of(id, sizeof id)),
                                            database_text(grant->credential), database_text(event),
                                            database_integer(station_now(station))};
    const enum jumin_error error = credential_run(
        station, "UPDATE notification SET event = $3, at = $4 WHERE id = $1 AND credential = $2", values, 4,
        &changed);
    if (error != JUMIN_OK) {
        return error;
    }
    return changed == 1
               ? audit_append(station, "notify", grant->credential, event)
               : records_refuse(station, refusal, JUMIN_ERROR_NO_SUCH_FILE, "invalid_notification_id",
                                "no delivery to this wallet has that notification_id");
}

enum jumin_error records_notify(struct jumin_station *station, const struct records_grant *grant,
                                const char *notification, const char *event, struct records_refusal *refusal)
{
    enum jumin_error error = JUMIN_OK;
    if (!is_event(event)) {
        return records_refuse(station, refusal, JUMIN_ERROR_INPUT, "invalid_notification_request",
                              "event is none of credential_accepted, credential_failure, credential_deleted");
    }
    do {
        *refusal = (struct records_refusal){NULL};
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, notify(station, grant, notification, event, refusal))
                                  : error;
    } while (station_again(station, error));
    return error;
}

// --- Deferred ----------------------------------------------------------------------------------------------------

static enum jumin_error defer(struct jumin_station *station, const struct records_grant *grant,
                              struct span request, const char *transaction)
{
    uint8_t id[CREDENTIAL_SECRET];
    struct issued_text sealed = {0};
    if (!offer_hash(transaction, id) || !credential_seal(station, "request", transaction, request, &sealed)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
    }
    const struct database_value values[] = {database_bytes(span_of(id, sizeof id)),
                                            database_text(grant->credential),
                                            database_bytes(span_of(sealed.text, sealed.n)),
                                            database_integer(station_now(station) + DEFERRAL_SECONDS)};
    const enum jumin_error error = credential_run(
        station, "INSERT INTO deferral (id, credential, request, expires_at) VALUES ($1, $2, $3, $4)", values,
        4, NULL);
    issued_text_free(&sealed);
    return error == JUMIN_OK ? audit_append(station, "defer", grant->credential, "") : error;
}

enum jumin_error records_defer(struct jumin_station *station, const struct records_grant *grant,
                               struct span request, char transaction[RECORDS_SECRET])
{
    enum jumin_error error = JUMIN_OK;
    if (!offer_random(station, transaction)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "there are no random numbers");
    }
    do {
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, defer(station, grant, request, transaction)) : error;
    } while (station_again(station, error));
    return error;
}

enum jumin_error records_deferred(struct jumin_station *station, const struct records_grant *grant,
                                  const char *transaction, struct issued_text *request,
                                  struct records_refusal *refusal)
{
    struct database_rows *rows = NULL;
    uint8_t id[CREDENTIAL_SECRET];
    *refusal = (struct records_refusal){NULL};
    *request = (struct issued_text){0};
    if (!offer_hash(transaction, id)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "nothing can be hashed");
    }
    const struct database_value values[] = {database_bytes(span_of(id, sizeof id)),
                                            database_text(grant->credential),
                                            database_integer(station_now(station))};
    const enum jumin_error error = station_query(
        station, "SELECT request FROM deferral WHERE id = $1 AND credential = $2 AND expires_at > $3", values,
        3, &rows);
    const bool found = error == JUMIN_OK && database_next(rows);
    const bool good =
        found && credential_unseal(station, "request", transaction, database_column_bytes(rows, 0), request);
    const enum jumin_error ended = database_rows_end(rows);
    if (error != JUMIN_OK || ended != JUMIN_OK) {
        return station_database(station, error != JUMIN_OK ? error : ended);
    }
    if (!found) {
        return records_refuse(station, refusal, JUMIN_ERROR_NO_SUCH_FILE, "invalid_transaction_id",
                              "nothing that is deferred has that transaction_id");
    }
    return good ? JUMIN_OK
                : detail_set(&station->detail, JUMIN_ERROR_SIGNATURE, "a deferred request was changed");
}

enum jumin_error records_deferred_done(struct jumin_station *station, const char *transaction)
{
    uint8_t id[CREDENTIAL_SECRET];
    if (!offer_hash(transaction, id)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "nothing can be hashed");
    }
    const struct database_value value = database_bytes(span_of(id, sizeof id));
    return credential_run(station, "DELETE FROM deferral WHERE id = $1", &value, 1, NULL);
}

// --- Upkeep ------------------------------------------------------------------------------------------------------

// Ends what a SELECT names, some at a time.
static enum jumin_error expire(struct jumin_station *station, const char *sql,
                               const struct database_value *value, unsigned from, const char *action,
                               size_t *done)
{
    static const size_t most = AT_ONCE;
    char number[JUMIN_CREDENTIAL_NUMBER] = "-";
    enum jumin_error error = JUMIN_OK;
    while (error == JUMIN_OK && number[0] != '\0' && *done < most) {
        error = credential_find(station, sql, value, 1, number);
        if (error == JUMIN_OK && number[0] != '\0') {
            error = credential_move(station, number, from, JUMIN_CREDENTIAL_EXPIRED, action, "");
            *done += 1;
        }
    }
    return error;
}

static enum jumin_error keep_up(struct jumin_station *station, size_t *done)
{
    static const char *const over[] = {
        "DELETE FROM token WHERE expires_at <= $1",
        "DELETE FROM proof WHERE expires_at <= $1",
        "DELETE FROM binding WHERE expires_at <= $1",
        "DELETE FROM deferral WHERE expires_at <= $1",
    };
    char today[JUMIN_DAY];
    station_day(station, today);
    const struct database_value now = database_integer(station_now(station)), day = database_text(today);
    *done = 0;
    enum jumin_error error = expire(station,
                                    "SELECT credential FROM offer JOIN credential ON number = credential "
                                    "WHERE expires_at <= $1 AND state = 0"
                                    " LIMIT 1",
                                    &now, STATE(OFFERED), "expire-offer", done);
    if (error == JUMIN_OK) {
        error =
            expire(station, "SELECT number FROM credential WHERE state IN (1, 2) AND expires_on < $1 LIMIT 1",
                   &day, STATE(VALID) | STATE(SUSPENDED), "expire", done);
    }
    for (size_t i = 0; i < sizeof over / sizeof over[0] && error == JUMIN_OK; i++) {
        size_t deleted = 0;
        error = credential_run(station, over[i], &now, 1, &deleted);
    }
    return error;
}

enum jumin_error records_upkeep(struct jumin_station *station, size_t *done)
{
    enum jumin_error error = JUMIN_OK;
    do {
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, keep_up(station, done)) : error;
    } while (station_again(station, error));
    return error;
}
