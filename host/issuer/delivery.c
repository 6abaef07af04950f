// What is delivered: places in the status lists before anything leaves, what the wallet says of it, and what
// comes later.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/records.h"

#include <stdio.h>

enum { DAY_SECONDS = 24 * 3600, DEFERRAL_SECONDS = DAY_SECONDS };

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

// Counts the day's copies of a credential that is held.
static enum jumin_error count_copies(struct jumin_station *station, const struct records_grant *grant,
                                     size_t count, struct records_refusal *refusal)
{
    struct database_rows *rows = NULL;
    char today[JUMIN_DAY];
    const unsigned most = jumin_policy_figures(station->policy)->copies_a_day;
    station_day(station, today);
    const struct database_value values[] = {database_text(grant->credential), database_text(today),
                                            database_integer((int64_t)count)};
    const enum jumin_error error = station_query(
        station,
        "UPDATE credential SET delivered = CASE WHEN delivered_on = $2 THEN delivered ELSE 0 END + $3,"
        " delivered_on = $2 WHERE number = $1 RETURNING delivered",
        values, 3, &rows);
    const int64_t delivered = error == JUMIN_OK && database_next(rows) ? database_column_integer(rows, 0) : 0;
    const enum jumin_error ended = database_rows_end(rows);
    if (error != JUMIN_OK || ended != JUMIN_OK) {
        return station_database(station, error != JUMIN_OK ? error : ended);
    }
    return delivered <= (int64_t)most
               ? JUMIN_OK
               : records_refuse(
                     station, refusal, JUMIN_ERROR_RULES, "credential_request_denied",
                     "more copies than the %u that a credential may fetch in a day: come back tomorrow",
                     most);
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
    error = count_copies(station, grant, count, refusal);
    if (error == JUMIN_OK) {
        error = records_use_nonces(station, grant->nonces, refusal);
    }
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

// Each says more than those before it: what follows one that says less, or the same, changes nothing, and a
// delivery has no more entries in the audit trail than there are events.
static const char *const events[] = {"credential_failure", "credential_accepted", "credential_deleted"};

// From 1; 0: none.
static size_t event_rank(const char *event)
{
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (strcmp(event, events[i]) == 0) {
            return i + 1;
        }
    }
    return 0;
}

// The delivery's row, held until the transaction ends, and the event that it has.
static enum jumin_error hold_notification(struct jumin_station *station, const struct records_grant *grant,
                                          const uint8_t id[CREDENTIAL_SECRET], bool *found, size_t *rank)
{
    struct database_rows *rows = NULL;
    const struct database_value values[] = {database_bytes(span_of(id, CREDENTIAL_SECRET)),
                                            database_text(grant->credential)};
    const enum jumin_error error = station_query(
        station, "UPDATE notification SET event = event WHERE id = $1 AND credential = $2 RETURNING event",
        values, 2, &rows);
    *found = error == JUMIN_OK && database_next(rows);
    *rank = *found && !database_is_null(rows, 0) ? event_rank(database_column_text(rows, 0)) : 0;
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

static enum jumin_error notify(struct jumin_station *station, const struct records_grant *grant,
                               const char *notification, const char *event, struct records_refusal *refusal)
{
    uint8_t id[CREDENTIAL_SECRET];
    bool found = false;
    size_t rank = 0;
    if (!offer_hash(notification, id)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "nothing can be hashed");
    }
    enum jumin_error error = hold_notification(station, grant, id, &found, &rank);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!found) {
        return records_refuse(station, refusal, JUMIN_ERROR_NO_SUCH_FILE, "invalid_notification_id",
                              "no delivery to this wallet has that notification_id");
    }
    if (event_rank(event) <= rank) {
        return JUMIN_OK;
    }
    const struct database_value values[] = {database_bytes(span_of(id, sizeof id)), database_text(event),
                                            database_integer(station_now(station))};
    error =
        credential_run(station, "UPDATE notification SET event = $2, at = $3 WHERE id = $1", values, 3, NULL);
    return error == JUMIN_OK ? audit_append(station, "notify", grant->credential, event) : error;
}

enum jumin_error records_notify(struct jumin_station *station, const struct records_grant *grant,
                                const char *notification, const char *event, struct records_refusal *refusal)
{
    enum jumin_error error = JUMIN_OK;
    if (event_rank(event) == 0) {
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
                              struct span request, const char *transaction, struct records_refusal *refusal)
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
    enum jumin_error error = credential_run(
        station, "INSERT INTO deferral (id, credential, request, expires_at) VALUES ($1, $2, $3, $4)", values,
        4, NULL);
    issued_text_free(&sealed);
    if (error == JUMIN_OK) {
        error = records_use_nonces(station, grant->nonces, refusal);
    }
    return error == JUMIN_OK ? audit_append(station, "defer", grant->credential, "") : error;
}

enum jumin_error records_defer(struct jumin_station *station, const struct records_grant *grant,
                               struct span request, char transaction[RECORDS_SECRET],
                               struct records_refusal *refusal)
{
    enum jumin_error error = JUMIN_OK;
    *refusal = (struct records_refusal){NULL};
    if (!offer_random(station, transaction)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "there are no random numbers");
    }
    do {
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, defer(station, grant, request, transaction, refusal))
                                  : error;
    } while (station_again(station, error));
    return error;
}

// Of two who ask at once one makes it. What was taken and not answered, since the server died, can be taken
// again.
static enum jumin_error take_deferred(struct jumin_station *station, const uint8_t id[CREDENTIAL_SECRET],
                                      const struct records_grant *grant, bool *taken)
{
    struct database_rows *rows = NULL;
    const int64_t now = station_now(station);
    const struct database_value values[] = {database_bytes(span_of(id, CREDENTIAL_SECRET)),
                                            database_text(grant->credential), database_integer(now),
                                            database_integer(now - RECORDS_DEFERRED_SECONDS)};
    const enum jumin_error error = station_query(
        station,
        "UPDATE deferral SET taken_at = $3 WHERE id = $1 AND credential = $2 AND expires_at > $3"
        " AND (taken_at IS NULL OR taken_at <= $4) RETURNING id",
        values, 4, &rows);
    *taken = error == JUMIN_OK && database_next(rows);
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

static enum jumin_error read_deferred(struct jumin_station *station, const char *transaction, bool taken,
                                      const struct records_grant *grant, const uint8_t id[CREDENTIAL_SECRET],
                                      struct issued_text *request, struct records_refusal *refusal)
{
    struct database_rows *rows = NULL;
    const struct database_value values[] = {database_bytes(span_of(id, CREDENTIAL_SECRET)),
                                            database_text(grant->credential),
                                            database_integer(station_now(station))};
    const enum jumin_error error = station_query(
        station, "SELECT request FROM deferral WHERE id = $1 AND credential = $2 AND expires_at > $3", values,
        3, &rows);
    const bool found = error == JUMIN_OK && database_next(rows);
    const bool good =
        found && taken &&
        credential_unseal(station, "request", transaction, database_column_bytes(rows, 0), request);
    const enum jumin_error ended = database_rows_end(rows);
    if (error != JUMIN_OK || ended != JUMIN_OK) {
        return station_database(station, error != JUMIN_OK ? error : ended);
    }
    if (!found) {
        return records_refuse(station, refusal, JUMIN_ERROR_NO_SUCH_FILE, "invalid_transaction_id",
                              "nothing that is deferred has that transaction_id");
    }
    if (!taken) {
        return detail_set(&station->detail, JUMIN_ERROR_CONFLICT, "what was deferred is being made");
    }
    return good ? JUMIN_OK
                : detail_set(&station->detail, JUMIN_ERROR_SIGNATURE, "a deferred request was changed");
}

enum jumin_error records_deferred(struct jumin_station *station, const struct records_grant *grant,
                                  const char *transaction, struct issued_text *request,
                                  struct records_refusal *refusal)
{
    uint8_t id[CREDENTIAL_SECRET];
    bool taken = false;
    *refusal = (struct records_refusal){NULL};
    *request = (struct issued_text){0};
    if (!offer_hash(transaction, id)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "nothing can be hashed");
    }
    const enum jumin_error error = take_deferred(station, id, grant, &taken);
    return error == JUMIN_OK ? read_deferred(station, transaction, taken, grant, id, request, refusal)
                             : error;
}

enum jumin_error records_deferred_put_back(struct jumin_station *station, const char *transaction)
{
    uint8_t id[CREDENTIAL_SECRET];
    if (!offer_hash(transaction, id)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "nothing can be hashed");
    }
    const struct database_value value = database_bytes(span_of(id, sizeof id));
    return credential_run(station, "UPDATE deferral SET taken_at = NULL WHERE id = $1", &value, 1, NULL);
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
