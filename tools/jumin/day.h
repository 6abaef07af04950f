// Days as the options give them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_DAY_H
#define JUMIN_TOOLS_DAY_H

#include <jumin/policy.h>
#include <stdint.h>

// Noon in UTC of YYYY-MM-DD, in seconds since 1970. False: no day that there is.
bool day_parse(const char *text, int64_t *seconds);
// Which day it is in Korea.
bool day_today(char day[JUMIN_DAY]);
// YYYYMMDD of YYYY-MM-DD; nine bytes with the end.
void day_digits(const char day[JUMIN_DAY], char digits[9]);

#endif
