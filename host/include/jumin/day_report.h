// What a personalization station did on a day, added up from its records: what was done by whom, and the
// money.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_DAY_REPORT_H
#define JUMIN_DAY_REPORT_H

#include <jumin/stock.h>

// What is counted, each as often as it stands in the audit trail.
enum jumin_day_count {
    JUMIN_DAY_APPLIED,
    JUMIN_DAY_APPROVED,
    JUMIN_DAY_PREPARED,
    JUMIN_DAY_WRITTEN, // locked: a blank card was used up
    JUMIN_DAY_VERIFIED,
    JUMIN_DAY_HANDED_OVER,
    JUMIN_DAY_SPOILED, // cards; one that was locked stands under JUMIN_DAY_WRITTEN, too
    JUMIN_DAY_CANCELLED,
    JUMIN_DAY_REFUNDED,
    JUMIN_DAY_LOST,
    JUMIN_DAY_RESTORED,
    JUMIN_DAY_GIVEN_BACK,
    JUMIN_DAY_EXPIRED,
    JUMIN_DAY_ERASED,
    JUMIN_DAY_COUNTS,
};
// "applied" … "handed-over" …; NULL behind the last.
JUMIN_EXPORT const char *jumin_day_count_name(size_t count);

struct jumin_day_figures {
    uint64_t counts[JUMIN_DAY_COUNTS];
    int64_t won_taken, won_paid_back; // the balance is their difference
};

struct jumin_day_officer {
    char name[JUMIN_OFFICER_NAME];
    struct jumin_day_figures figures;
};

struct jumin_day_report {
    char day[JUMIN_DAY];
    struct jumin_day_figures total;
    struct jumin_day_officer *officers; // those who did something that is counted, by name; owned
    size_t officer_count;
    uint64_t cards[JUMIN_CARD_STATES]; // of the stock, as it is when the report is made
};

// Of one day in Korea, from midnight to midnight there; `day` NULL: of today. Takes the role intake, audit or
// admin. JUMIN_ERROR_ARGUMENT: there is no such day. On failure nothing is to be freed.
JUMIN_EXPORT enum jumin_error jumin_station_day_report(struct jumin_station *station, const char *day,
                                                       struct jumin_day_report *report);
// Frees what the report owns, and empties it. NULL is allowed.
JUMIN_EXPORT void jumin_day_report_free(struct jumin_day_report *report);

#endif
