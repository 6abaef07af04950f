// Days of CV certificates from the clock and from one another.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/cv_date.h"

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
    const unsigned month = date / 10000 * MONTHS + date / 100 % 100 - 1 + months;
    const unsigned first = month / MONTHS * 10000 + (month % MONTHS + 1) * 100;
    if (month / MONTHS >= YEARS) {
        return false;
    }
    for (unsigned day = date % 100; day > 0; day--) { // 31 January and a month: 28 or 29 February
        uint8_t value[CVC_DATE];
        cvc_date_put(first + day, value);
        if (cvc_date_parse(span_of(value, sizeof value), later)) {
            return true;
        }
    }
    return false;
}
