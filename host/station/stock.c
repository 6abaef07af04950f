// Cards by serial number: which may be written, and what becomes of each.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/journal.h"

#include <ctype.h>
#include <stdio.h>

static const char *const state_names[JUMIN_CARD_STATES] = {[JUMIN_CARD_BLANK] = "blank",
                                                           [JUMIN_CARD_BEGUN] = "begun",
                                                           [JUMIN_CARD_ISSUED] = "issued",
                                                           [JUMIN_CARD_SPOILED] = "spoiled",
                                                           [JUMIN_CARD_DESTROYED] = "destroyed"};

const char *jumin_card_state_name(enum jumin_card_state state)
{
    return (unsigned)state < JUMIN_CARD_STATES ? state_names[state] : NULL;
}

void serial_text(const uint8_t serial[JUMIN_CARD_SERIAL], char text[JUMIN_SERIAL_TEXT])
{
    for (size_t i = 0; i < JUMIN_CARD_SERIAL; i++) {
        (void)snprintf(text + 2 * i, 3, "%02X", serial[i]);
    }
}

// Hexadecimal digits as the records have them.
bool stock_take_serial(struct span digits, char text[JUMIN_SERIAL_TEXT])
{
    if (digits.n != JUMIN_SERIAL_TEXT - 1) {
        return false;
    }
    for (size_t i = 0; i < digits.n; i++) {
        if (!isxdigit(digits.p[i])) {
            return false;
        }
        text[i] = (char)toupper(digits.p[i]);
    }
    text[digits.n] = '\0';
    return true;
}

enum jumin_error stock_count_where(struct jumin_station *station, const char *sql,
                                   const struct database_value *value, uint64_t *count)
{
    struct database_rows *rows = NULL;
    const enum jumin_error error = station_query(station, sql, value, value != NULL, &rows);
    *count = error == JUMIN_OK && database_next(rows) ? (uint64_t)database_column_integer(rows, 0) : 0;
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

// --- One card --------------------------------------------------------------------------------------------------

struct card {
    bool known;
    enum jumin_card_state state;
    char application[JUMIN_APPLICATION_NUMBER]; // "": nobody's
    bool carries;                               // that application's order is kept for this card
    bool delivered;
};

// Its row is this transaction's from here on.
static enum jumin_error find_card(struct jumin_station *station, const char *serial, struct card *card)
{
    const struct database_value value = database_text(serial);
    struct database_rows *rows = NULL;
    enum jumin_error error =
        station_query(station,
                      "UPDATE card SET state = state WHERE serial = $1"
                      " RETURNING state, application, delivery,"
                      " (SELECT COUNT(*) FROM journal WHERE card = $1 AND kept IS NOT NULL)",
                      &value, 1, &rows);
    *card = (struct card){.known = error == JUMIN_OK && database_next(rows)};
    if (card->known) {
        card->state = (enum jumin_card_state)database_column_integer(rows, 0);
        (void)snprintf(card->application, sizeof card->application, "%s", database_column_text(rows, 1));
        card->delivered = !database_is_null(rows, 2);
        card->carries = database_column_integer(rows, 3) > 0;
    }
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

enum jumin_error stock_move(struct jumin_station *station, const char *number, const char *serial,
                            unsigned from, enum jumin_card_state to, size_t *moved)
{
    size_t total = 0;
    enum jumin_error error = JUMIN_OK;
    for (unsigned state = 0; state < JUMIN_CARD_STATES && error == JUMIN_OK; state++) {
        const struct database_value values[] = {database_text(number), database_text(serial),
                                                database_integer(state), database_integer(to),
                                                database_integer(station_now(station))};
        size_t changed = 0;
        if ((from >> state & 1) != 0) {
            error = database_run(station->database,
                                 "UPDATE card SET state = $4, changed_at = $5 WHERE application = $1"
                                 " AND serial = COALESCE($2, serial) AND state = $3",
                                 values, 5, &changed);
        }
        total += changed;
    }
    if (moved != NULL) {
        *moved = total;
    }
    return station_database(station, error);
}

// --- Beginning -------------------------------------------------------------------------------------------------

// A station that never received a delivery takes cards as they come.
static enum jumin_error note_new_card(struct jumin_station *station, const char *serial)
{
    const struct database_value values[] = {database_text(serial), database_integer(JUMIN_CARD_BLANK),
                                            database_integer(station_now(station))};
    uint64_t delivered = 0;
    const enum jumin_error error = stock_count_where(
        station, "SELECT COUNT(*) FROM (SELECT 1 FROM card WHERE delivery IS NOT NULL LIMIT 1) AS d", NULL,
        &delivered);
    if (error != JUMIN_OK) {
        return error;
    }
    if (delivered > 0) {
        return detail_set(&station->detail, JUMIN_ERROR_NOT_AUTHORIZED,
                          "the card %s has come with no delivery; it stays as it is", serial);
    }
    return station_database(station,
                            database_run(station->database,
                                         "INSERT INTO card (serial, state, changed_at) VALUES ($1, $2, $3)"
                                         " ON CONFLICT DO NOTHING",
                                         values, 3, NULL));
}

static enum jumin_error refuse_card(struct jumin_station *station, const struct card *card,
                                    const char *serial, const char *number)
{
    if (card->state == JUMIN_CARD_ISSUED) {
        return detail_set(&station->detail, JUMIN_ERROR_ALREADY_PERSONALIZED,
                          "the card %s has been issued for %s", serial, card->application);
    }
    if (card->state != JUMIN_CARD_BLANK && card->state != JUMIN_CARD_BEGUN) {
        return detail_set(&station->detail, JUMIN_ERROR_STATUS, "the card %s is %s in the stock's records",
                          serial, jumin_card_state_name(card->state));
    }
    if (card->carries && strcmp(card->application, number) != 0) {
        return detail_set(&station->detail, JUMIN_ERROR_CONFLICT,
                          "the card %s carries the order of %s: go on with that one, or spoil it", serial,
                          card->application);
    }
    return JUMIN_OK;
}

static enum jumin_error give_card(struct jumin_station *station, const char *serial, const char *number)
{
    const struct database_value values[] = {database_text(serial), database_text(number),
                                            database_integer(JUMIN_CARD_BEGUN),
                                            database_integer(station_now(station))};
    // What was begun before and left may be begun for anybody.
    enum jumin_error error = database_run(station->database,
                                          "UPDATE card SET application = NULL WHERE application = $2"
                                          " AND state = $3 AND serial <> $1",
                                          values, 3, NULL);
    if (error == JUMIN_OK) {
        error =
            database_run(station->database,
                         "UPDATE card SET application = $2, state = $3, changed_at = $4 WHERE serial = $1",
                         values, 4, NULL);
    }
    return station_database(station, error);
}

enum jumin_error stock_begin(struct jumin_station *station, const char *serial, const char *number)
{
    struct card card;
    enum jumin_error error = find_card(station, serial, &card);
    if (error == JUMIN_OK) {
        error = card.known ? refuse_card(station, &card, serial, number) : note_new_card(station, serial);
    }
    return error == JUMIN_OK ? give_card(station, serial, number) : error;
}

// --- By hand ---------------------------------------------------------------------------------------------------

struct stock_action {
    const char *name;
    unsigned from; // bits
    enum jumin_card_state to;
};

static const struct stock_action actions[] = {
    [JUMIN_STOCK_SPOIL] = {"spoil-card", 1U << JUMIN_CARD_BLANK | 1U << JUMIN_CARD_BEGUN, JUMIN_CARD_SPOILED},
    [JUMIN_STOCK_DESTROY] = {"destroy-card", 1U << JUMIN_CARD_SPOILED, JUMIN_CARD_DESTROYED},
};

static enum jumin_error move_card(struct jumin_station *station, const struct stock_action *action,
                                  const char *serial, const char *reason)
{
    struct card card;
    enum jumin_error error = find_card(station, serial, &card);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!card.known) {
        return detail_set(&station->detail, JUMIN_ERROR_NO_SUCH_FILE, "there is no card %s", serial);
    }
    if ((action->from >> card.state & 1) == 0) {
        return detail_set(&station->detail, JUMIN_ERROR_STATUS, "%s: not from the state %s of the card %s",
                          action->name, jumin_card_state_name(card.state), serial);
    }
    if (card.carries) {
        return detail_set(&station->detail, JUMIN_ERROR_STATUS,
                          "the card %s carries the order of %s: spoil that one", serial, card.application);
    }
    const struct database_value values[] = {database_text(serial), database_integer(action->to),
                                            database_integer(station_now(station))};
    error = station_database(station,
                             database_run(station->database,
                                          "UPDATE card SET state = $2, changed_at = $3 WHERE serial = $1",
                                          values, 3, NULL));
    return error == JUMIN_OK ? audit_append(station, action->name, serial, reason == NULL ? "" : reason)
                             : error;
}

enum jumin_error jumin_station_stock_act(struct jumin_station *station, enum jumin_stock_action action,
                                         const char *serial, const char *reason)
{
    char text[JUMIN_SERIAL_TEXT];
    if (station == NULL || serial == NULL || (unsigned)action >= sizeof actions / sizeof *actions) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, JUMIN_ROLE_PRODUCE);
    if (error == JUMIN_OK && !stock_take_serial(span_of(serial, strlen(serial)), text)) {
        error = detail_set(&station->detail, JUMIN_ERROR_ARGUMENT,
                           "a serial number has %d hexadecimal digits", JUMIN_SERIAL_TEXT - 1);
    }
    if (error == JUMIN_OK && action == JUMIN_STOCK_SPOIL && (reason == NULL || reason[0] == '\0')) {
        error = detail_set(&station->detail, JUMIN_ERROR_ARGUMENT, "a reason is needed");
    }
    if (error == JUMIN_OK && reason != NULL) {
        error = station_reason(station, reason);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, move_card(station, &actions[action], text, reason))
                                  : error;
    } while (station_again(station, error));
    return error;
}

static enum jumin_error note_count(struct jumin_station *station, uint64_t counted, uint64_t *recorded)
{
    char text[96];
    const struct database_value value = database_integer(JUMIN_CARD_BLANK);
    const enum jumin_error error =
        stock_count_where(station, "SELECT COUNT(*) FROM card WHERE state = $1", &value, recorded);
    if (error != JUMIN_OK) {
        return error;
    }
    (void)snprintf(text, sizeof text, "counted %llu, recorded %llu, difference %+lld",
                   (unsigned long long)counted, (unsigned long long)*recorded,
                   (long long)(counted - *recorded));
    return audit_append(station, "count", "stock", text);
}

enum jumin_error jumin_station_stock_count(struct jumin_station *station, uint64_t counted,
                                           uint64_t *recorded)
{
    if (station == NULL || recorded == NULL || counted > INT64_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, JUMIN_ROLE_PRODUCE);
    if (error != JUMIN_OK) {
        return error;
    }
    do {
        error = station_begin(station);
        error = error == JUMIN_OK ? station_end(station, note_count(station, counted, recorded)) : error;
    } while (station_again(station, error));
    return error;
}
