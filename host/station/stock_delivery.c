// Deliveries of blank cards: received, and shown with what became of them.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/journal.h"

#include <stdio.h>

// --- Receiving -------------------------------------------------------------------------------------------------

struct line {
    size_t number; // from 1 on
    struct span text;
};

// The next line that is not empty, without spaces around it.
static bool next_line(struct span *rest, struct line *line)
{
    while (rest->n > 0) {
        const uint8_t *end = memchr(rest->p, '\n', rest->n);
        struct span text = span_first(*rest, end != NULL ? (size_t)(end - rest->p) : rest->n);
        *rest = span_from(*rest, text.n + 1);
        line->number++;
        while (text.n > 0 && (text.p[0] == ' ' || text.p[0] == '\t')) {
            text = span_from(text, 1);
        }
        while (text.n > 0 &&
               (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t' || text.p[text.n - 1] == '\r')) {
            text = span_first(text, text.n - 1);
        }
        if (text.n > 0) {
            line->text = text;
            return true;
        }
    }
    return false;
}

static enum jumin_error check_list(struct jumin_station *station, struct span list, size_t *count)
{
    struct line line = {0};
    char serial[JUMIN_SERIAL_TEXT];
    *count = 0;
    while (next_line(&list, &line)) {
        if (!stock_take_serial(line.text, serial)) {
            return detail_set(&station->detail, JUMIN_ERROR_INPUT,
                              "line %zu: a serial number has %d hexadecimal digits", line.number,
                              JUMIN_SERIAL_TEXT - 1);
        }
        ++*count;
    }
    return *count > 0 ? JUMIN_OK
                      : detail_set(&station->detail, JUMIN_ERROR_INPUT, "the list has no serial number");
}

static enum jumin_error receive_card(struct jumin_station *station, const char *delivery, const char *serial,
                                     size_t line)
{
    const struct database_value values[] = {database_text(serial), database_text(delivery),
                                            database_integer(JUMIN_CARD_BLANK),
                                            database_integer(station_now(station))};
    size_t taken = 0;
    enum jumin_error error = database_run(station->database,
                                          "INSERT INTO card (serial, delivery, state, changed_at)"
                                          " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                                          values, 4, &taken);
    if (error == JUMIN_OK && taken == 0) {
        error = database_run(station->database,
                             "UPDATE card SET delivery = $2 WHERE serial = $1 AND delivery IS NULL", values,
                             2, &taken);
    }
    if (error != JUMIN_OK) {
        return station_database(station, error);
    }
    return taken == 1 ? JUMIN_OK
                      : detail_set(&station->detail, JUMIN_ERROR_CONFLICT,
                                   "line %zu: the card %s has come already", line, serial);
}

static enum jumin_error receive(struct jumin_station *station, const char *delivery, struct span list,
                                size_t count)
{
    char text[64], serial[JUMIN_SERIAL_TEXT];
    struct line line = {0};
    uint64_t before = 0;
    const struct database_value value = database_text(delivery);
    enum jumin_error error =
        stock_count_where(station, "SELECT COUNT(*) FROM card WHERE delivery = $1", &value, &before);
    if (error == JUMIN_OK && before > 0) {
        error =
            detail_set(&station->detail, JUMIN_ERROR_CONFLICT, "the delivery %s has been received", delivery);
    }
    while (error == JUMIN_OK && next_line(&list, &line)) {
        error = stock_take_serial(line.text, serial) ? receive_card(station, delivery, serial, line.number)
                                                     : JUMIN_ERROR_INPUT;
    }
    (void)snprintf(text, sizeof text, "%zu cards", count);
    return error == JUMIN_OK ? audit_append(station, "receive", delivery, text) : error;
}

static bool delivery_is_good(const char *delivery)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const size_t n = strlen(delivery);
    return n > 0 && n < JUMIN_DELIVERY && strspn(delivery, letters) == n;
}

enum jumin_error jumin_station_receive(struct jumin_station *station, const char *delivery, const char *list,
                                       size_t n, size_t *count)
{
    size_t cards = 0;
    if (station == NULL || delivery == NULL || list == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, JUMIN_ROLE_PRODUCE);
    if (error == JUMIN_OK && !delivery_is_good(delivery)) {
        error = detail_set(&station->detail, JUMIN_ERROR_ARGUMENT,
                           "a delivery's name has up to %d letters, digits, points, hyphens and underlines",
                           JUMIN_DELIVERY - 1);
    }
    if (error == JUMIN_OK) {
        error = check_list(station, span_of(list, n), &cards);
    }
    bool begun = error == JUMIN_OK;
    while (begun) {
        error = station_begin(station);
        if (error == JUMIN_OK) {
            error = station_end(station, receive(station, delivery, span_of(list, n), cards));
        }
        begun = station_again(station, error);
    }
    if (count != NULL) {
        *count = error == JUMIN_OK ? cards : 0;
    }
    return error;
}

// --- Reading ---------------------------------------------------------------------------------------------------

// Deliveries come as rows of one count a state, by name.
struct gathering {
    char delivery[JUMIN_DELIVERY];
    struct jumin_stock stock;
    bool any;
};

static bool tell(const struct gathering *gathering,
                 bool (*each)(void *context, const struct jumin_stock *stock), void *context)
{
    return !gathering->any || each(context, &gathering->stock);
}

enum jumin_error jumin_station_stock(struct jumin_station *station,
                                     bool (*each)(void *context, const struct jumin_stock *stock),
                                     void *context)
{
    struct gathering gathering = {.any = false};
    struct database_rows *rows = NULL;
    if (station == NULL || each == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, ~0U);
    if (error != JUMIN_OK) {
        return error;
    }
    error = station_query(station,
                          "SELECT COALESCE(delivery, ''), state, COUNT(*) FROM card"
                          " GROUP BY COALESCE(delivery, ''), state ORDER BY 1",
                          NULL, 0, &rows);
    bool wanted = true;
    while (error == JUMIN_OK && wanted && database_next(rows)) {
        const char *delivery = database_column_text(rows, 0);
        const int64_t state = database_column_integer(rows, 1);
        const uint64_t count = (uint64_t)database_column_integer(rows, 2);
        if (!gathering.any || strcmp(delivery, gathering.delivery) != 0) {
            wanted = tell(&gathering, each, context);
            (void)snprintf(gathering.delivery, sizeof gathering.delivery, "%s", delivery);
            gathering.stock = (struct jumin_stock){.delivery = gathering.delivery};
            gathering.any = true;
        }
        if (state >= 0 && state < JUMIN_CARD_STATES) {
            gathering.stock.received += count;
            gathering.stock.cards[state] += count;
        }
    }
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    if (error == JUMIN_OK && wanted) {
        (void)tell(&gathering, each, context);
    }
    return station_database(station, error);
}

enum jumin_error jumin_station_cards(struct jumin_station *station,
                                     bool (*each)(void *context, const struct jumin_card_record *card),
                                     void *context)
{
    struct database_rows *rows = NULL;
    struct jumin_card_record card;
    if (station == NULL || each == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, ~0U);
    if (error != JUMIN_OK) {
        return error;
    }
    error = station_query(station,
                          "SELECT serial, delivery, state, application, changed_at FROM card"
                          " ORDER BY COALESCE(delivery, ''), serial",
                          NULL, 0, &rows);
    bool wanted = true;
    while (error == JUMIN_OK && wanted && database_next(rows)) {
        (void)snprintf(card.serial, sizeof card.serial, "%s", database_column_text(rows, 0));
        card.delivery = database_column_text(rows, 1);
        card.state = (enum jumin_card_state)database_column_integer(rows, 2);
        card.application = database_column_text(rows, 3);
        card.changed_at = database_column_integer(rows, 4);
        wanted = each(context, &card);
    }
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}
