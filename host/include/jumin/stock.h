// Blank cards: deliveries, and what became of each card, to the last.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_STOCK_H
#define JUMIN_STOCK_H

#include <jumin/station.h>

// Writing cards keeps this up to date (jumin_station_issue). While no delivery was ever received the station
// takes cards as they come and notes each; from the first delivery on it takes only cards that it knows.
// A card that was issued, spoiled or destroyed is never taken again.

enum jumin_card_state {
    JUMIN_CARD_BLANK,
    JUMIN_CARD_BEGUN,  // something was written on it; may be begun afresh
    JUMIN_CARD_ISSUED, // locked
    JUMIN_CARD_SPOILED,
    JUMIN_CARD_DESTROYED,
    JUMIN_CARD_STATES,
};
// "blank" … ; NULL for a number that is none.
JUMIN_EXPORT const char *jumin_card_state_name(enum jumin_card_state state);

enum {
    JUMIN_SERIAL_TEXT = 2 * JUMIN_CARD_SERIAL + 1, // bytes with the zero byte: hexadecimal digits
    JUMIN_DELIVERY = 41,                           // … letters, digits, point, hyphen, underline
};

// Takes a delivery list: serial numbers in hexadecimal digits, one a line. All of them are taken or none;
// `count` (may be NULL) receives how many. Cards that the station has noted without a delivery are found in
// it. JUMIN_ERROR_INPUT: the detail names the line. JUMIN_ERROR_CONFLICT: that delivery has been received, or
// a card has come with another one. Takes the role produce.
JUMIN_EXPORT enum jumin_error jumin_station_receive(struct jumin_station *station, const char *delivery,
                                                    const char *list, size_t n, size_t *count);

enum jumin_stock_action {
    JUMIN_STOCK_SPOIL,   // a card that no application holds is of no use
    JUMIN_STOCK_DESTROY, // a spoiled card was destroyed
};
// `serial` in hexadecimal digits; `reason` as with jumin_station_act, and needed to spoil. A card with an
// application is spoiled by JUMIN_ACTION_SPOIL. JUMIN_ERROR_NO_SUCH_FILE: no such card. JUMIN_ERROR_STATUS:
// not in its state. Takes the role produce.
JUMIN_EXPORT enum jumin_error jumin_station_stock_act(struct jumin_station *station,
                                                      enum jumin_stock_action action, const char *serial,
                                                      const char *reason);

// Somebody has counted the blank cards: notes it in the audit trail with the difference. `*recorded`
// receives how many the records have. Takes the role produce.
JUMIN_EXPORT enum jumin_error jumin_station_stock_count(struct jumin_station *station, uint64_t counted,
                                                        uint64_t *recorded);

struct jumin_stock {
    const char *delivery; // "": cards that came without one
    uint64_t received;    // the sum of the others
    uint64_t cards[JUMIN_CARD_STATES];
};
// Calls `each` for every delivery, until it returns false.
JUMIN_EXPORT enum jumin_error
jumin_station_stock(struct jumin_station *station,
                    bool (*each)(void *context, const struct jumin_stock *stock), void *context);

struct jumin_card_record {
    char serial[JUMIN_SERIAL_TEXT];
    const char *delivery; // "": none
    enum jumin_card_state state;
    const char *application; // whose order is or was on it; "": nobody's
    int64_t changed_at;      // seconds since 1970
};
// Calls `each` for every card, by delivery and serial number, until it returns false.
JUMIN_EXPORT enum jumin_error
jumin_station_cards(struct jumin_station *station,
                    bool (*each)(void *context, const struct jumin_card_record *card), void *context);

#endif
