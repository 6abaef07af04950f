// Days of CV certificates from the clock and from one another.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/cv_date.h"

#include "card/wire/calendar.h"

#include <time.h>

enum { YEARS = 100, MONTHS = 12 };

bool cv_date_of(int64_t seconds, cvc_date *date)
{
    struct tm parts;
    const time_t clock = (time_t)seconds;
    if (gmtime_r(&clock, &parts) == NULL || parts.tm_year < YEARS || parts.tm_year >= 2 * YEARS) {
        return false;
    }
    *date = (cvc_date)((parts.tm_year - YEARS) * 10000 + (parts.tm_mon + 1) * 100 + parts.tm_mday);
    return true;
}

bool cv_date_months_later(cvc_date date, unsigned months, cvc_date *later)
{
    const unsigned months_since_2000 = date / 10000 * MONTHS + date / 100 % 100 - 1 + months;
    const unsigned year = months_since_2000 / MONTHS, month = months_since_2000 % MONTHS + 1;
    const unsigned last = days_of_month(2000 + year, month); // 31 January and a month: 28 or 29 February
    if (year >= YEARS) {
        return false;
    }
    *later = year * 10000 + month * 100 + (date % 100 < last ? date % 100 : last);
    return true;
}
