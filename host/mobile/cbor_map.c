// Maps in any order, embedded items and times of CBOR (RFC 8949), as ISO 18013-5 has them.
// SPDX-License-Identifier: Apache-2.0
#include "host/calendar.h"
#include "host/mobile/cbor.h"

enum {
    TIME_TEXT = 20, // YYYY-MM-DDThh:mm:ssZ
    DATE_TEXT = 10,
    SECONDS_PER_DAY = 86400,
};

// --- Maps ----------------------------------------------------------------------------------------------------

bool cbor_take_map(struct span *cursor, struct cbor_map *map)
{
    struct span rest = *cursor, whole;
    struct cbor_item item;
    if (!cbor_take(&rest, &whole) || !cbor_expect(&whole, CBOR_MAP, &item)) {
        return false;
    }
    *map = (struct cbor_map){whole, item.number};
    *cursor = rest;
    return true;
}

bool cbor_enter_map(struct span bytes, struct cbor_map *map)
{
    struct cbor_item item;
    if (!cbor_expect(&bytes, CBOR_MAP, &item)) {
        return false;
    }
    *map = (struct cbor_map){bytes, item.number};
    return true;
}

bool cbor_next_pair(struct cbor_map *map, struct cbor_item *key, struct span *value)
{
    struct span rest = map->rest;
    if (map->pairs == 0 || !cbor_next(&rest, key) ||
        (key->major != CBOR_UNSIGNED && key->major != CBOR_NEGATIVE && key->major != CBOR_TEXT) ||
        !cbor_skip(&rest, value)) {
        return false;
    }
    *map = (struct cbor_map){rest, map->pairs - 1};
    return true;
}

bool cbor_key_is(const struct cbor_item *key, const char *text)
{
    return key->major == CBOR_TEXT && span_equal(key->content, span_of(text, strlen(text)));
}

// --- Single items --------------------------------------------------------------------------------------------

bool cbor_take_embedded(struct span *cursor, struct span *whole, struct span *content)
{
    struct span rest = *cursor, inside, ignored;
    struct cbor_item tag, bytes;
    if (!cbor_expect(&rest, CBOR_TAG, &tag) || tag.number != CBOR_TAG_EMBEDDED ||
        !cbor_expect(&rest, CBOR_BYTES, &bytes)) {
        return false;
    }
    inside = bytes.content;
    if (!cbor_take(&inside, &ignored) || inside.n != 0) {
        return false;
    }
    *whole = span_of(cursor->p, cursor->n - rest.n);
    *content = bytes.content;
    *cursor = rest;
    return true;
}

bool cbor_only(struct span bytes, enum cbor_major major, struct cbor_item *item)
{
    return cbor_expect(&bytes, major, item) && bytes.n == 0;
}

bool cbor_integer(struct span bytes, int64_t *value)
{
    struct cbor_item item;
    if (!cbor_next(&bytes, &item) || bytes.n != 0 || item.major > CBOR_NEGATIVE || item.number > INT64_MAX) {
        return false;
    }
    *value = item.major == CBOR_UNSIGNED ? (int64_t)item.number : -1 - (int64_t)item.number;
    return true;
}

// --- Times ---------------------------------------------------------------------------------------------------

// Two digits at `p`, below `limit`.
static bool two_digits(const uint8_t *p, unsigned limit, unsigned *value)
{
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9') {
        return false;
    }
    *value = 10U * (p[0] - '0') + (p[1] - '0');
    return *value < limit;
}

bool cbor_time(struct span bytes, int64_t *seconds)
{
    struct cbor_item tag, text;
    char date[DATE_TEXT + 1] = "";
    unsigned hour = 0, minute = 0, second = 0;
    if (!cbor_expect(&bytes, CBOR_TAG, &tag) || tag.number != CBOR_TAG_TIME ||
        !cbor_only(bytes, CBOR_TEXT, &text) || text.content.n != TIME_TEXT) {
        return false;
    }
    const uint8_t *p = text.content.p;
    memcpy(date, p, DATE_TEXT);
    const calendar_day day = calendar_parse(date);
    if (day == 0 || p[10] != 'T' || !two_digits(p + 11, 24, &hour) || p[13] != ':' ||
        !two_digits(p + 14, 60, &minute) || p[16] != ':' || !two_digits(p + 17, 60, &second) ||
        p[19] != 'Z') {
        return false;
    }
    *seconds =
        calendar_since_1970(day) * SECONDS_PER_DAY + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
    return true;
}

static void put_two_digits(char text[2], unsigned value)
{
    text[0] = (char)('0' + value / 10);
    text[1] = (char)('0' + value % 10);
}

void cbor_put_time(struct writer *w, int64_t seconds)
{
    const calendar_day epoch = calendar_of(1970, 1, 1);
    const int64_t days = seconds / SECONDS_PER_DAY;
    const unsigned rest = (unsigned)(seconds % SECONDS_PER_DAY);
    const calendar_day day =
        seconds < 0 || days > UINT32_MAX ? 0 : calendar_days_later(epoch, (unsigned)days);
    char text[TIME_TEXT + 1] = "yyyy-mm-ddThh:mm:ssZ";
    if (day == 0) {
        w->overflow = true;
        return;
    }
    put_two_digits(text, calendar_year(day) / 100);
    put_two_digits(text + 2, calendar_year(day) % 100);
    put_two_digits(text + 5, day / 100 % 100);
    put_two_digits(text + 8, day % 100);
    put_two_digits(text + 11, rest / 3600);
    put_two_digits(text + 14, rest / 60 % 60);
    put_two_digits(text + 17, rest % 60);
    cbor_put_tag(w, CBOR_TAG_TIME);
    cbor_put_string(w, text);
}
