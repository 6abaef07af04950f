// The months of the Gregorian calendar.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/calendar.h"

#include <stdbool.h>
#include <stdint.h>

unsigned days_of_month(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > sizeof days) {
        return 0;
    }
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}
