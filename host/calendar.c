// Days of the Gregorian calendar, and the periods of months that laws set from one to another.
// SPDX-License-Identifier: Apache-2.0
#include "host/calendar.h"

#include <stdio.h>
#include <string.h>

enum { YEAR_MIN = 1600, YEAR_MAX = 9999, MONTHS = 12 };

calendar_day calendar_of(unsigned year, unsigned month, unsigned day)
{
    if (year < YEAR_MIN || year > YEAR_MAX || day < 1 || day > days_of_month(year, month)) {
        return 0;
    }
    return year * 10000 + month * 100 + day;
}

static unsigned number(const char *digits, size_t n)
{
    unsigned value = 0;
    for (size_t i = 0; i < n; i++) {
        value = value * 10 + (unsigned)(digits[i] - '0');
    }
    return value;
}

calendar_day calendar_parse(const char *text)
{
    static const char digits[] = "0123456789";
    if (text == NULL || strlen(text) != CALENDAR_TEXT - 1 || text[4] != '-' || text[7] != '-' ||
        strspn(text, digits) != 4 || strspn(text + 5, digits) != 2 || strspn(text + 8, digits) != 2) {
        return 0;
    }
    return calendar_of(number(text, 4), number(text + 5, 2), number(text + 8, 2));
}

void calendar_put(calendar_day day, char text[CALENDAR_TEXT])
{
    (void)snprintf(text, CALENDAR_TEXT, "%04u-%02u-%02u", calendar_year(day) % 10000, day / 100 % 100,
                   day % 100);
}

// Years here begin in March, so that the leap day is their last; the first one is 0000.
enum {
    DAYS_BEFORE_1970 = 719468, // from 0000-03-01
    DAYS_OF_4_YEARS = 1460,    // without their leap day, as those below
    DAYS_OF_100_YEARS = 36524,
    DAYS_OF_400_YEARS = 146096,
};

int64_t calendar_since_1970(calendar_day day)
{
    const int64_t month = day / 100 % 100;
    const int64_t y = (int64_t)calendar_year(day) - (month <= 2 ? 1 : 0);
    const int64_t m = month <= 2 ? month + 9 : month - 3;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day % 100 - 1 - DAYS_BEFORE_1970;
}

calendar_day calendar_days_later(calendar_day day, unsigned days)
{
    if (day == 0) {
        return 0;
    }
    const uint64_t all = (uint64_t)(calendar_since_1970(day) + DAYS_BEFORE_1970) + days;
    const uint64_t n = all % (DAYS_OF_400_YEARS + 1); // of 400 years
    const uint64_t y = (n - n / DAYS_OF_4_YEARS + n / DAYS_OF_100_YEARS - n / DAYS_OF_400_YEARS) / 365;
    const uint64_t of_year = n - (365 * y + y / 4 - y / 100);
    const unsigned m = (unsigned)((5 * of_year + 2) / 153);
    const unsigned month = m < 10 ? m + 3 : m - 9;
    const uint64_t year = 400 * (all / (DAYS_OF_400_YEARS + 1)) + y + (month <= 2 ? 1 : 0);
    return calendar_of((unsigned)year, month, (unsigned)of_year - (153 * m + 2) / 5 + 1);
}

calendar_day calendar_period_end(calendar_day first, unsigned months)
{
    const unsigned months_of_first = calendar_year(first) * MONTHS + first / 100 % 100 - 1;
    if (first == 0 || months > YEAR_MAX * MONTHS - months_of_first) {
        return 0;
    }
    const unsigned month_of_end = months_of_first + months;
    unsigned year = month_of_end / MONTHS, month = month_of_end % MONTHS + 1, day = first % 100;
    if (day > days_of_month(year, month)) {
        return calendar_of(year, month, days_of_month(year, month));
    }
    day--;
    if (day == 0) { // the last day of the month before
        year = month == 1 ? year - 1 : year;
        month = month == 1 ? MONTHS : month - 1;
        day = days_of_month(year, month);
    }
    return calendar_of(year, month, day);
}
