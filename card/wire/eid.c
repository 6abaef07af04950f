// Tags and dates of the eID application's data groups (TR-03110-4 §2.2, TR-03110-3 §E).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/eid.h"

#include "card/wire/calendar.h"

enum { TAG_BEFORE_FIRST = 0x60 }; // DG1 has application tag 1

uint8_t eid_tag_of_group(unsigned number)
{
    const bool known = number >= EID_DOCUMENT_TYPE && number <= EID_GROUPS && number != EID_RESERVED;
    return known ? (uint8_t)(TAG_BEFORE_FIRST + number) : 0;
}

static bool is_unknown(struct span digits)
{
    return span_equal(digits, span_of("  ", 2));
}

// Two digits as a number, or -1.
static int two_digits(struct span text, size_t offset)
{
    const uint8_t tens = text.p[offset], ones = text.p[offset + 1];
    return tens >= '0' && tens <= '9' && ones >= '0' && ones <= '9' ? (tens - '0') * 10 + (ones - '0') : -1;
}

static void put_two_digits(uint8_t *to, int value)
{
    to[0] = (uint8_t)('0' + value / 10);
    to[1] = (uint8_t)('0' + value % 10);
}

bool eid_date_parse(struct span text, uint8_t date[EID_DATE])
{
    if (text.n != EID_DATE) {
        return false;
    }
    const int century = two_digits(text, 0), of_century = two_digits(text, 2);
    const bool month_unknown = is_unknown(span_of(text.p + 4, 2));
    const bool day_unknown = is_unknown(span_of(text.p + 6, 2));
    const int month = month_unknown ? 12 : two_digits(text, 4);
    if (century < 0 || of_century < 0 || month < 0 || (month_unknown && !day_unknown)) {
        return false;
    }
    const int last = (int)days_of_month((unsigned)(century * 100 + of_century), (unsigned)month);
    const int day = day_unknown ? last : two_digits(text, 6);
    if (day < 1 || day > last) {
        return false;
    }
    memcpy(date, text.p, 4);
    put_two_digits(date + 4, month);
    put_two_digits(date + 6, day);
    return true;
}
