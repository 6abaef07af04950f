// Days of the Gregorian calendar, and the periods of months that laws set from one to another.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_CALENDAR_H
#define JUMIN_HOST_CALENDAR_H

#include "card/wire/calendar.h"

#include <stdbool.h>
#include <stdint.h>

enum { CALENDAR_TEXT = 11 }; // YYYY-MM-DD and its end

// A day as the number YYYYMMDD: later is greater. 0: none.
typedef uint32_t calendar_day;

static inline unsigned calendar_year(calendar_day day)
{
    return day / 10000;
}

// 0: there is no such day, or its year is not from 1600 to 9999.
calendar_day calendar_of(unsigned year, unsigned month, unsigned day);
// YYYY-MM-DD; 0 for any other text, and for NULL.
calendar_day calendar_parse(const char *text);
void calendar_put(calendar_day day, char text[CALENDAR_TEXT]);
// `days` later; 0 behind the year 9999.
calendar_day calendar_days_later(calendar_day day, unsigned days);
// Whole days from 1970-01-01, negative before.
int64_t calendar_since_1970(calendar_day day);

// The last day of a period of that many months whose first day is `first`, as the Civil Act of Korea has it
// (article 160): it ends on the day before the one of the same number, and where the last month has none of
// that number, on that month's last day. So a year from 29 February ends on 28 February, and six months from
// 1 September on the last day of February. 0 behind the year 9999.
//
// One rule for everything that is counted in months and years:
// - an age is reached on the day after such a period from the day of birth, which counts (article 158); who
//   was born on 29 February is a year older on 1 March of a common year, and on 29 February of a leap year;
// - what may be N months old on a day began to count on the day after its own (article 157);
// - what is valid for N months is valid on the day of its issue.
calendar_day calendar_period_end(calendar_day first, unsigned months);

#endif
