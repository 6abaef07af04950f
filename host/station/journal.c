// The journal of cards that are being written: one station at a time writes the card of an application, and
// the order outlives its process.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/journal.h"

#include "host/perso/order.h"

#include <stdlib.h>

enum {
    PLACE_MAX = 64,
    CLAIM_SECONDS = 600, // a station that is silent so long has died
};

void kept_order_free(struct kept_order *kept)
{
    free(kept->sealed.p); // encrypted
    *kept = (struct kept_order){0};
}

static struct span place_of(struct writer *place, const char *number)
{
    return application_place(place, "journal", number);
}

// --- Whose it is -----------------------------------------------------------------------------------------------

struct claim {
    bool ours, fresh, same_officer;
    char officer[JUMIN_OFFICER_NAME];
};

static enum jumin_error read_row(struct jumin_station *station, const char *number, struct claim *claim,
                                 struct kept_order *kept)
{
    struct database_rows *rows = NULL;
    const struct database_value value = database_text(number);
    enum jumin_error error =
        station_query(station, "SELECT officer, claim, at, card, kept FROM journal WHERE application = $1",
                      &value, 1, &rows);
    if (error == JUMIN_OK && database_next(rows)) {
        const struct span sealed = database_column_bytes(rows, 4);
        (void)snprintf(claim->officer, sizeof claim->officer, "%s", database_column_text(rows, 0));
        claim->same_officer = strcmp(claim->officer, station->officer) == 0;
        claim->ours =
            span_equal(database_column_bytes(rows, 1), span_of(station->claim, sizeof station->claim));
        claim->fresh = station_now(station) - database_column_integer(rows, 2) < CLAIM_SECONDS;
        (void)snprintf(kept->serial, sizeof kept->serial, "%s", database_column_text(rows, 3));
        kept->sealed.n = sealed.n;
        kept->sealed.p = sealed.n > 0 ? malloc(sealed.n) : NULL;
        if (kept->sealed.p != NULL) {
            memcpy(kept->sealed.p, sealed.p, sealed.n);
        }
        error = sealed.n > 0 && kept->sealed.p == NULL ? JUMIN_ERROR_MEMORY : JUMIN_OK;
    }
    const enum jumin_error ended = database_rows_end(rows);
    return error == JUMIN_ERROR_MEMORY ? error : station_database(station, error == JUMIN_OK ? ended : error);
}

static enum jumin_error write_claim(struct jumin_station *station, const char *number)
{
    const struct database_value values[] = {database_text(number), database_text(station->officer),
                                            database_bytes(span_of(station->claim, sizeof station->claim)),
                                            database_integer(station_now(station))};
    return station_database(
        station, database_run(station->database,
                              "INSERT INTO journal (application, officer, claim, at) VALUES ($1, $2, $3, $4)"
                              " ON CONFLICT (application) DO UPDATE SET officer = excluded.officer,"
                              " claim = excluded.claim, at = excluded.at",
                              values, 4, NULL));
}

// After a crash the same officer goes on at once: whatever still runs with the older claim is refused at its
// next step.
enum jumin_error journal_claim(struct jumin_station *station, const char *number, struct kept_order *kept)
{
    struct claim claim = {0};
    const enum jumin_error error = read_row(station, number, &claim, kept);
    if (error != JUMIN_OK) {
        return error;
    }
    if (claim.fresh && !claim.ours && !claim.same_officer) {
        return detail_set(&station->detail, JUMIN_ERROR_CONFLICT,
                          "%s writes the card of %s; when that station has died it can be taken over %d "
                          "minutes after its last step",
                          claim.officer, number, CLAIM_SECONDS / 60);
    }
    return write_claim(station, number);
}

enum jumin_error journal_hold(struct jumin_station *station, const char *number, unsigned states,
                              enum jumin_application_state *state)
{
    const struct database_value values[] = {database_text(number),
                                            database_bytes(span_of(station->claim, sizeof station->claim)),
                                            database_integer(station_now(station))};
    struct database_rows *rows = NULL;
    size_t held = 0;
    enum jumin_application_state found = JUMIN_APPLICATION_STATES;
    enum jumin_error error = station_query(
        station, "UPDATE application SET state = state WHERE number = $1 RETURNING state", values, 1, &rows);
    if (error == JUMIN_OK && database_next(rows)) {
        found = (enum jumin_application_state)database_column_integer(rows, 0);
    }
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    if (error == JUMIN_OK) {
        error = database_run(station->database,
                             "UPDATE journal SET at = $3 WHERE application = $1 AND claim = $2", values, 3,
                             &held);
    }
    if (error != JUMIN_OK) {
        return station_database(station, error);
    }
    if (found == JUMIN_APPLICATION_STATES || (states >> found & 1) == 0) {
        const char *name = jumin_application_state_name(found);
        return detail_set(&station->detail, JUMIN_ERROR_CONFLICT, "no card is to be written for %s: it is %s",
                          number, name != NULL ? name : "not there");
    }
    if (held == 0) {
        return detail_set(&station->detail, JUMIN_ERROR_CONFLICT, "another station has taken up %s meanwhile",
                          number);
    }
    if (state != NULL) {
        *state = found;
    }
    return JUMIN_OK;
}

// --- The order -------------------------------------------------------------------------------------------------

static enum jumin_error write_kept(struct jumin_station *station, const char *number, const char *serial,
                                   struct database_value kept)
{
    const struct database_value values[] = {database_text(number), database_text(serial), kept};
    return station_database(station,
                            database_run(station->database,
                                         "UPDATE journal SET card = $2, kept = $3 WHERE application = $1",
                                         values, 3, NULL));
}

enum jumin_error journal_keep(struct jumin_station *station, const char *number,
                              const struct jumin_order *order)
{
    uint8_t place_bytes[PLACE_MAX];
    char serial[JUMIN_SERIAL_TEXT];
    struct writer place = writer_of(place_bytes, sizeof place_bytes);
    uint8_t *plain = malloc(ORDER_SAVED_MAX), *sealed = malloc(ORDER_SAVED_MAX + VAULT_OVERHEAD);
    enum jumin_error error = JUMIN_ERROR_MEMORY;
    if (plain == NULL || sealed == NULL) {
        goto out;
    }
    struct writer w = writer_of(plain, ORDER_SAVED_MAX);
    if (!order_save(order, &w) ||
        !vault_seal(&station->vault, &station->random, place_of(&place, number), writer_span(&w), sealed)) {
        error = detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the order of %s cannot be kept", number);
        goto out;
    }
    serial_text(order->diversification, serial);
    error = write_kept(station, number, serial, database_bytes(span_of(sealed, w.n + VAULT_OVERHEAD)));
out:
    if (plain != NULL) {
        crypto_wipe(plain, ORDER_SAVED_MAX);
    }
    free(plain);
    free(sealed);
    return error;
}

enum jumin_error journal_begin(struct jumin_station *station, const char *number, const char *serial)
{
    struct claim claim = {0};
    struct kept_order kept = {0};
    enum jumin_error error = read_row(station, number, &claim, &kept);
    if (error == JUMIN_OK && kept.sealed.p != NULL) {
        error = strcmp(kept.serial, serial) == 0
                    ? write_kept(station, number, NULL, database_text(NULL))
                    : detail_set(&station->detail, JUMIN_ERROR_CONFLICT,
                                 "the order of %s is on card %s: lay that one down, or spoil it", number,
                                 kept.serial);
    }
    kept_order_free(&kept);
    return error;
}

enum jumin_error journal_open(struct jumin_station *station, const char *number,
                              const struct kept_order *kept, struct jumin_order *order)
{
    uint8_t place_bytes[PLACE_MAX];
    struct writer place = writer_of(place_bytes, sizeof place_bytes);
    if (kept->sealed.n < VAULT_OVERHEAD) {
        return detail_set(&station->detail, JUMIN_ERROR_SIGNATURE, "the order that is kept of %s was changed",
                          number);
    }
    const size_t n = kept->sealed.n - VAULT_OVERHEAD;
    uint8_t *plain = malloc(n + 1);
    if (plain == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    const bool good = vault_unseal(&station->vault, place_of(&place, number),
                                   span_of(kept->sealed.p, kept->sealed.n), plain) &&
                      order_resume(order, span_of(plain, n)) == JUMIN_OK;
    crypto_wipe(plain, n);
    free(plain);
    return good ? JUMIN_OK
                : detail_set(&station->detail, JUMIN_ERROR_SIGNATURE,
                             "the order that is kept of %s was changed", number);
}

// --- The end ---------------------------------------------------------------------------------------------------

enum jumin_error journal_follow(struct jumin_station *station, const char *number,
                                enum jumin_application_state to)
{
    enum jumin_error error = JUMIN_OK;
    if (to == JUMIN_VERIFIED || to == JUMIN_SPOILED || to == JUMIN_CANCELLED) {
        const struct database_value value = database_text(number);
        error = station_database(
            station,
            database_run(station->database, "DELETE FROM journal WHERE application = $1", &value, 1, NULL));
    }
    return error == JUMIN_OK && to == JUMIN_SPOILED
               ? stock_move(station, number, NULL, 1U << JUMIN_CARD_BEGUN | 1U << JUMIN_CARD_ISSUED,
                            JUMIN_CARD_SPOILED, NULL)
               : error;
}
