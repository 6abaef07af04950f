// Who writes the card of an application, and the order that is on it, until it is read back.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_STATION_JOURNAL_H
#define JUMIN_HOST_STATION_JOURNAL_H

#include "host/station/station_internal.h"
#include <jumin/stock.h>

// Transactions lock the application's row first, then its row of the journal, then cards, then the head of
// the audit trail: in that order nobody waits for somebody who waits.

// An order that is on a card, or is about to be; `sealed.p` owned.
struct kept_order {
    char serial[JUMIN_SERIAL_TEXT];
    struct {
        uint8_t *p;
        size_t n;
    } sealed;
};
void kept_order_free(struct kept_order *kept);

// Makes the application this handle's, within a transaction that has locked its row; `kept->sealed.p` is NULL
// when no order is kept. JUMIN_ERROR_CONFLICT: another officer's station had it a moment ago.
enum jumin_error journal_claim(struct jumin_station *station, const char *number, struct kept_order *kept);
// Whether it is still this handle's and in one of these states (bits), within a transaction, whose lock on
// its row begins here. `*state` (may be NULL) receives which. JUMIN_ERROR_CONFLICT: it is not.
enum jumin_error journal_hold(struct jumin_station *station, const char *number, unsigned states,
                              enum jumin_application_state *state);
// The order that is about to be locked on a card; no other one can be begun meanwhile.
enum jumin_error journal_keep(struct jumin_station *station, const char *number,
                              const struct jumin_order *order);
// No order is kept any more: its card is begun afresh. JUMIN_ERROR_CONFLICT: one is kept that stands on
// another card.
enum jumin_error journal_begin(struct jumin_station *station, const char *number, const char *serial);
// Opens what was kept into `order`. JUMIN_ERROR_SIGNATURE: it was changed.
enum jumin_error journal_open(struct jumin_station *station, const char *number,
                              const struct kept_order *kept, struct jumin_order *order);
// What an application's new state means for journal and card, within its transaction.
enum jumin_error journal_follow(struct jumin_station *station, const char *number,
                                enum jumin_application_state to);

// --- stock.c ---------------------------------------------------------------------------------------------------

// Hexadecimal digits, as the records have them; false: it is no serial number.
bool stock_take_serial(struct span digits, char text[JUMIN_SERIAL_TEXT]);
// What a SELECT of one number gives; `value` may be NULL.
enum jumin_error stock_count_where(struct jumin_station *station, const char *sql,
                                   const struct database_value *value, uint64_t *count);
void serial_text(const uint8_t serial[JUMIN_CARD_SERIAL], char text[JUMIN_SERIAL_TEXT]);
// The card is begun for an application, in the records first. JUMIN_ERROR_NOT_AUTHORIZED: it came with no
// delivery. JUMIN_ERROR_ALREADY_PERSONALIZED, JUMIN_ERROR_STATUS, JUMIN_ERROR_CONFLICT: issued, spoiled, or
// with the order of another application on it.
enum jumin_error stock_begin(struct jumin_station *station, const char *serial, const char *number);
// Moves the card that is at an application from one of these states (bits) to another. `*moved` (may be NULL)
// receives how many there were; `serial` NULL: any card of it.
enum jumin_error stock_move(struct jumin_station *station, const char *number, const char *serial,
                            unsigned from, enum jumin_card_state to, size_t *moved);

#endif
