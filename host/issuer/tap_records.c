// A phone that a card has bound: which card it was, and the offer that this phone's key alone can redeem.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/records.h"

#include <stdio.h>

enum { BINDING_SECONDS = 900 };

// What the records say of the card that has bound.
struct bound_card {
    char application[JUMIN_APPLICATION_NUMBER];
    enum jumin_application_state state;
    int64_t counter; // of the last binding that was noted
    char expires_on[JUMIN_DAY];
};

static enum jumin_error find_card(struct jumin_station *station, const struct jumin_binding *binding,
                                  struct bound_card *card)
{
    struct database_rows *rows = NULL;
    uint8_t hash[CREDENTIAL_SECRET];
    const struct span key = span_of(binding->chip_key, binding->chip_key_length);
    if (key.n == 0 || !crypto_hash_parts(CRYPTO_SHA256, &key, 1, hash)) {
        return detail_set(&station->detail, JUMIN_ERROR_ARGUMENT, "the card's own key was not read");
    }
    const struct database_value value = database_bytes(span_of(hash, sizeof hash));
    const enum jumin_error error =
        station_query(station, // whose row is held, so that of two bindings one comes after the other
                      "UPDATE application SET state = state WHERE chip_key = $1 RETURNING number, state, "
                      "binding, expires_on",
                      &value, 1, &rows);
    const bool found = error == JUMIN_OK && database_next(rows);
    if (found) {
        (void)snprintf(card->application, sizeof card->application, "%s", database_column_text(rows, 0));
        card->state = (enum jumin_application_state)database_column_integer(rows, 1);
        card->counter = database_column_integer(rows, 2);
        (void)snprintf(card->expires_on, sizeof card->expires_on, "%s", database_column_text(rows, 3));
    }
    const enum jumin_error ended = database_rows_end(rows);
    if (error != JUMIN_OK || ended != JUMIN_OK) {
        return station_database(station, error != JUMIN_OK ? error : ended);
    }
    return found ? JUMIN_OK
                 : detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE,
                              "no card that was issued here has this key");
}

static enum jumin_error check_card(struct jumin_station *station, const struct bound_card *card,
                                   const struct jumin_binding *binding)
{
    char today[JUMIN_DAY];
    station_day(station, today);
    if (card->state != JUMIN_HANDED_OVER) {
        return detail_set(&station->detail, JUMIN_ERROR_STATUS, "the card is %s",
                          jumin_application_state_name(card->state));
    }
    if (strcmp(card->expires_on, today) < 0) {
        return detail_set(&station->detail, JUMIN_ERROR_STATUS, "the card has expired");
    }
    return (int64_t)binding->counter >= card->counter
               ? JUMIN_OK
               : detail_set(&station->detail, JUMIN_ERROR_REVOKED,
                            "the card has bound another phone after this one");
}

static enum jumin_error bound(struct jumin_station *station, const struct jumin_binding *binding,
                              const struct credential_attested *attested, const char *session)
{
    struct bound_card card = {.counter = 0};
    uint8_t hash[CREDENTIAL_SECRET];
    enum jumin_error error = find_card(station, binding, &card);
    if (error == JUMIN_OK) {
        error = check_card(station, &card, binding);
    }
    if (error == JUMIN_OK && !offer_hash(session, hash)) {
        error = detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "nothing can be hashed");
    }
    if (error != JUMIN_OK) {
        return error;
    }
    const struct database_value values[] = {
        database_text(card.application),
        database_integer(binding->counter),
        database_bytes(span_of(hash, sizeof hash)),
        database_bytes(span_of(binding->thumbprint, sizeof binding->thumbprint)),
        database_integer(station_now(station) + BINDING_SECONDS),
        credential_attested_value(attested, attested->key_storage),
        credential_attested_value(attested, attested->user_authentication)};
    error = credential_run(station, "UPDATE application SET binding = $2 WHERE number = $1", values, 2, NULL);
    if (error == JUMIN_OK) {
        error = credential_run(station,
                               "INSERT INTO binding (application, counter, session, device, expires_at,"
                               " key_storage, user_authentication) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                               values, 7, NULL);
    }
    return error == JUMIN_OK ? audit_append(station, "bind", card.application, "") : error;
}

enum jumin_error records_bound(struct jumin_station *station, const struct jumin_binding *binding,
                               const struct credential_attested *attested, char session[RECORDS_SECRET])
{
    enum jumin_error error = JUMIN_OK;
    if (!offer_random(station, session)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "there are no random numbers");
    }
    do {
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, bound(station, binding, attested, session)) : error;
    } while (station_again(station, error));
    if (error != JUMIN_OK) {
        crypto_wipe(session, RECORDS_SECRET);
    }
    return error;
}

// --- The offer -----------------------------------------------------------------------------------------------

struct binding_row {
    bool found, has_device, portrait_given;
    int64_t applied_at;
    char application[JUMIN_APPLICATION_NUMBER];
    uint8_t device[JUMIN_DEVICE_THUMBPRINT];
    int64_t counter, last; // of this binding, and of the card's last one
    struct credential_attested attested;
    enum jumin_application_state state;
};

static enum jumin_error find_binding(struct jumin_station *station, const uint8_t hash[CREDENTIAL_SECRET],
                                     struct binding_row *row)
{
    struct database_rows *rows = NULL;
    const struct database_value values[] = {database_bytes(span_of(hash, CREDENTIAL_SECRET)),
                                            database_integer(station_now(station))};
    const enum jumin_error error = station_query(
        station,
        "SELECT application, device, counter, application.binding, state, portrait, applied_at, key_storage,"
        " user_authentication FROM binding"
        " JOIN application ON application.number = binding.application WHERE session = $1 AND expires_at > "
        "$2",
        values, 2, &rows);
    *row = (struct binding_row){.found = error == JUMIN_OK && database_next(rows)};
    if (row->found) {
        const struct span device = database_column_bytes(rows, 1);
        (void)snprintf(row->application, sizeof row->application, "%s", database_column_text(rows, 0));
        row->has_device = device.n == sizeof row->device;
        memcpy(row->device, device.p, row->has_device ? device.n : 0);
        row->counter = database_column_integer(rows, 2);
        row->last = database_column_integer(rows, 3);
        row->state = (enum jumin_application_state)database_column_integer(rows, 4);
        row->portrait_given = database_column_integer(rows, 5) != 0;
        row->applied_at = database_column_integer(rows, 6);
        row->attested = credential_attested_of(rows, 7);
    }
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

// With an old photo the comparison would fail, whoever holds the phone.
static enum jumin_error check_photo(struct jumin_station *station, const struct binding_row *row,
                                    struct records_refusal *refusal)
{
    char applied_on[JUMIN_DAY], end[JUMIN_DAY], today[JUMIN_DAY];
    station_day_at(row->applied_at, applied_on);
    station_day(station, today);
    const enum jumin_error error = jumin_policy_photo_end(station->policy, applied_on, end);
    if (error != JUMIN_OK) {
        return detail_set(&station->detail, error, "%s", jumin_policy_detail(station->policy));
    }
    return strcmp(today, end) <= 0
               ? JUMIN_OK
               : records_refuse(station, refusal, JUMIN_ERROR_RULES, "access_denied",
                                "the card's photo is too old to compare a face with: a new physical card "
                                "comes first");
}

static enum jumin_error check_binding(struct jumin_station *station, const struct binding_row *row,
                                      const struct records_proof *proof, struct records_refusal *refusal)
{
    static const char denied[] = "access_denied";
    if (!row->found) {
        return records_refuse(station, refusal, JUMIN_ERROR_NO_SUCH_FILE, "invalid_session",
                              "there is no such binding, or its time is over: tap the card again");
    }
    if (!row->has_device || memcmp(row->device, proof->thumbprint, sizeof row->device) != 0) {
        return records_refuse(station, refusal, JUMIN_ERROR_NOT_AUTHORIZED, denied,
                              "the card has bound another key than that of the DPoP proof");
    }
    if (row->state != JUMIN_HANDED_OVER) {
        return records_refuse(station, refusal, JUMIN_ERROR_STATUS, denied, "the card is %s",
                              jumin_application_state_name(row->state));
    }
    if (row->counter != row->last) {
        return records_refuse(station, refusal, JUMIN_ERROR_REVOKED, denied,
                              "the card has bound another phone after this one");
    }
    return jumin_policy_figures(station->policy)->face_at_tap ? check_photo(station, row, refusal) : JUMIN_OK;
}

// Finds the binding and holds its card's row; `hash` names it afterwards.
static enum jumin_error take_binding(struct jumin_station *station, const char *session,
                                     const struct records_proof *proof, uint8_t hash[CREDENTIAL_SECRET],
                                     struct binding_row *row, struct records_refusal *refusal)
{
    if (!offer_hash(session, hash)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "nothing can be hashed");
    }
    const struct database_value value = database_bytes(span_of(hash, CREDENTIAL_SECRET));
    enum jumin_error error = credential_run(station,
                                            "UPDATE application SET state = state WHERE number = (SELECT"
                                            " application FROM binding WHERE session = $1)",
                                            &value, 1, NULL);
    if (error == JUMIN_OK) {
        error = find_binding(station, hash, row);
    }
    return error == JUMIN_OK ? check_binding(station, row, proof, refusal) : error;
}

static enum jumin_error offer_of(struct jumin_station *station, const struct binding_row *row,
                                 struct jumin_offer *made)
{
    struct issued_text person, portrait;
    uint8_t holder[VAULT_INDEX];
    enum jumin_error error = offer_known(station, row->application, &person, &portrait, holder);
    if (error != JUMIN_OK) {
        return error;
    }
    const struct offer_content content = {
        .application = row->application,
        .holder = holder,
        .person = span_of(person.text, person.n),
        .portrait = span_of(portrait.text, portrait.n),
        .device = span_of(row->device, sizeof row->device),
        .attested = row->attested,
    };
    error = offer_make(station, &content, made);
    issued_text_free(&person);
    issued_text_free(&portrait);
    return error;
}

static enum jumin_error offer_bound(struct jumin_station *station, const char *session,
                                    const struct records_proof *proof, bool face, struct jumin_offer *made,
                                    struct records_refusal *refusal)
{
    struct binding_row row;
    uint8_t hash[CREDENTIAL_SECRET];
    enum jumin_error error = take_binding(station, session, proof, hash, &row, refusal);
    const struct database_value value = database_bytes(span_of(hash, sizeof hash));
    if (error == JUMIN_OK && !face && jumin_policy_figures(station->policy)->face_at_tap) {
        error = records_refuse(station, refusal, JUMIN_ERROR_RULES, "face_required",
                               "the holder's face must be compared first");
    }
    if (error == JUMIN_OK) {
        error = records_remember(station, proof, refusal);
    }
    if (error == JUMIN_OK) {
        error = offer_of(station, &row, made);
    }
    return error == JUMIN_OK
               ? credential_run(station, "DELETE FROM binding WHERE session = $1", &value, 1, NULL)
               : error;
}

enum jumin_error records_offer_bound(struct jumin_station *station, const char *session,
                                     const struct records_proof *proof, bool face,
                                     struct records_offer *offer, struct records_refusal *refusal)
{
    struct jumin_offer made;
    enum jumin_error error = JUMIN_OK;
    *offer = (struct records_offer){.tx_code = false};
    do {
        *refusal = (struct records_refusal){NULL};
        error = station_begin(station);
        error = error == JUMIN_OK
                    ? station_end(station, offer_bound(station, session, proof, face, &made, refusal))
                    : error;
    } while (station_again(station, error));
    if (error == JUMIN_OK && !offer_code(station, made.reference, offer->code)) {
        error = detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the keys cannot be used");
    }
    crypto_wipe(&made, sizeof made);
    return error;
}

// --- The portrait --------------------------------------------------------------------------------------------

static enum jumin_error give_portrait(struct jumin_station *station, const char *session,
                                      const struct records_proof *proof, struct issued_text *portrait,
                                      struct records_refusal *refusal)
{
    struct binding_row row = {0};
    struct issued_text person = {0};
    uint8_t hash[CREDENTIAL_SECRET], holder[VAULT_INDEX];
    enum jumin_error error = take_binding(station, session, proof, hash, &row, refusal);
    const struct database_value value = database_bytes(span_of(hash, sizeof hash));
    if (error != JUMIN_OK) {
        return error;
    }
    if (!jumin_policy_figures(station->policy)->face_at_tap || row.portrait_given) {
        return records_refuse(station, refusal, JUMIN_ERROR_STATUS, "invalid_request",
                              row.portrait_given ? "the portrait was given before: tap the card again"
                                                 : "no face is to be compared");
    }
    error = records_remember(station, proof, refusal);
    if (error == JUMIN_OK) {
        error = offer_known(station, row.application, &person, portrait, holder);
        issued_text_free(&person);
    }
    if (error == JUMIN_OK && portrait->text == NULL) {
        error = detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE, "the records have no portrait");
    }
    if (error == JUMIN_OK) {
        error =
            credential_run(station, "UPDATE binding SET portrait = 1 WHERE session = $1", &value, 1, NULL);
    }
    return error == JUMIN_OK ? audit_append(station, "portrait", row.application, "") : error;
}

enum jumin_error records_portrait(struct jumin_station *station, const char *session,
                                  const struct records_proof *proof, struct issued_text *portrait,
                                  struct records_refusal *refusal)
{
    enum jumin_error error = JUMIN_OK;
    *portrait = (struct issued_text){0};
    do {
        issued_text_free(portrait);
        *refusal = (struct records_refusal){NULL};
        error = station_begin(station);
        error = error == JUMIN_OK
                    ? station_end(station, give_portrait(station, session, proof, portrait, refusal))
                    : error;
    } while (station_again(station, error));
    if (error != JUMIN_OK) {
        issued_text_free(portrait);
    }
    return error;
}
