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

static calendar_day day_after(calendar_day day)
{
    const unsigned year = calendar_year(day), month = day / 100 % 100;
    const calendar_day next = calendar_of(year, month, day % 100 + 1);
    if (next != 0) {
        return next;
    }
    return month < MONTHS ? calendar_of(year, month + 1, 1) : calendar_of(year + 1, 1, 1);
}

calendar_day calendar_days_later(calendar_day day, unsigned days)
{
    for (; days > 0 && day != 0; days--) {
        day = day_after(day);
    }
    return day;
}

int64_t calendar_since_1970(calendar_day day)
{
    // Years that begin in March, so that the leap day is their last.
    const int64_t month = day / 100 % 100;
    const int64_t y = (int64_t)calendar_year(day) - (month <= 2 ? 1 : 0);
    const int64_t m = month <= 2 ? month + 9 : month - 3;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day % 100 - 1 - 719468;
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
