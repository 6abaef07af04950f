// How old something is, in words.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/age_text.h"

#include <stddef.h>
#include <stdio.h>

void age_text(int64_t seconds, char text[AGE_TEXT])
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "days"}, {3600, "hours"}, {60, "minutes"}, {1, "seconds"}};
    size_t i = 0;
    while (units[i].seconds > 1 && seconds < 2 * units[i].seconds) {
        i++;
    }
    (void)snprintf(text, AGE_TEXT, "%lld %s", (long long)(seconds / units[i].seconds), units[i].name);
}
