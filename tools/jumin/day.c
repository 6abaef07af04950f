// Days as the options give them.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/day.h"

#include <jumin/eid.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

bool day_parse(const char *text, int64_t *seconds)
{
    struct tm day = {.tm_hour = 12};
    const char *end = strptime(text, "%Y-%m-%d", &day);
    if (end == NULL || *end != '\0' || strlen(text) != JUMIN_DAY - 1) {
        return false;
    }
    struct tm normal = day;
    *seconds = (int64_t)timegm(&normal);
    return normal.tm_mday == day.tm_mday; // 30 February would have become another day
}

bool day_today(char day[JUMIN_DAY])
{
    struct tm today;
    const time_t clock = time(NULL) + JUMIN_KOREAN_CLOCK;
    return gmtime_r(&clock, &today) != NULL && strftime(day, JUMIN_DAY, "%Y-%m-%d", &today) == JUMIN_DAY - 1;
}

void day_digits(const char day[JUMIN_DAY], char digits[9])
{
    (void)snprintf(digits, 9, "%.4s%.2s%.2s", day, day + 5, day + 8);
}
