// CBOR (RFC 8949): a deterministic writer, and a strict reader whose one step is one data item.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/cbor.h"

#include "host/mobile/utf8.h"

enum {
    MAJOR_SHIFT = 5,
    ADDITIONAL = 0x1F,
    ONE_BYTE = 24, // additional information: the argument follows in 1, 2, 4 or 8 bytes (RFC 8949 §3)
    EIGHT_BYTES = 27,
};

// --- Reading -------------------------------------------------------------------------------------------------

// The argument of a head; only in its shortest form.
static bool take_argument(struct span *cursor, uint8_t additional, uint64_t *argument)
{
    if (additional < ONE_BYTE) {
        *argument = additional;
        return true;
    }
    if (additional > EIGHT_BYTES) {
        return false;
    }
    const size_t length = (size_t)1 << (additional - ONE_BYTE);
    struct span bytes;
    if (!span_take(cursor, length, &bytes)) {
        return false;
    }
    *argument = 0;
    for (size_t i = 0; i < length; i++) {
        *argument = *argument << 8 | bytes.p[i];
    }
    return length == 1 ? *argument >= ONE_BYTE : *argument >> (8 * length / 2) != 0;
}

bool cbor_next(struct span *cursor, struct cbor_item *item)
{
    struct span rest = *cursor, head;
    struct cbor_item found = {0};
    if (!span_take(&rest, 1, &head)) {
        return false;
    }
    found.major = (enum cbor_major)(head.p[0] >> MAJOR_SHIFT);
    const uint8_t additional = head.p[0] & ADDITIONAL;
    if (!take_argument(&rest, additional, &found.number)) {
        return false;
    }
    if (found.major == CBOR_SIMPLE &&
        (additional >= ONE_BYTE || found.number < CBOR_FALSE || found.number > CBOR_NULL)) {
        return false;
    }
    if (found.major == CBOR_BYTES || found.major == CBOR_TEXT) {
        if (found.number > rest.n || !span_take(&rest, (size_t)found.number, &found.content) ||
            (found.major == CBOR_TEXT && !utf8_is_text(found.content))) {
            return false;
        }
    }
    *cursor = rest;
    *item = found;
    return true;
}

bool cbor_expect(struct span *cursor, enum cbor_major major, struct cbor_item *item)
{
    struct span rest = *cursor;
    if (!cbor_next(&rest, item) || item->major != major) {
        return false;
    }
    *cursor = rest;
    return true;
}

// The keys of the maps that are open, so that each map is searched for those it has twice.
struct keys {
    struct span of[CBOR_PAIRS_MAX];
    size_t count;
};

// What is open around an item.
struct container {
    uint64_t left; // items that are still to come
    bool is_map;
    size_t first_key;
};

static bool note_key(struct keys *keys, const struct container *map, const struct cbor_item *item,
                     struct span key)
{
    if (item->major > CBOR_TEXT || keys->count == CBOR_PAIRS_MAX) {
        return false;
    }
    for (size_t i = map->first_key; i < keys->count; i++) {
        if (span_equal(keys->of[i], key)) {
            return false;
        }
    }
    keys->of[keys->count++] = key;
    return true;
}

static uint64_t items_within(const struct cbor_item *item)
{
    switch (item->major) {
    case CBOR_MAP:
        return 2 * item->number;
    case CBOR_ARRAY:
        return item->number;
    case CBOR_TAG:
        return 1;
    default:
        return 0;
    }
}

// The whole next item; with `keys` (empty) none of its maps has one twice.
static bool walk(struct span *cursor, struct keys *keys, struct span *whole)
{
    struct container open[CBOR_DEPTH_MAX]; // each is filled in where it is opened
    size_t depth = 0;
    struct span rest = *cursor;
    open[0] = (struct container){.left = 1};
    while (depth > 0 || open[0].left > 0) {
        struct cbor_item item;
        const struct span before = rest;
        if (!cbor_next(&rest, &item)) {
            return false;
        }
        const bool is_key = open[depth].is_map && open[depth].left % 2 == 0;
        open[depth].left--;
        if (keys != NULL && is_key &&
            !note_key(keys, &open[depth], &item, span_first(before, before.n - rest.n))) {
            return false;
        }
        const bool is_container = item.major == CBOR_ARRAY || item.major == CBOR_MAP;
        if (is_container &&
            item.number > rest.n) { // each item takes a byte; so twice the pairs do not overflow
            return false;
        }
        const uint64_t inside = items_within(&item);
        if (inside > 0) {
            if (++depth == CBOR_DEPTH_MAX) {
                return false;
            }
            open[depth] = (struct container){inside, item.major == CBOR_MAP, keys == NULL ? 0 : keys->count};
        }
        while (depth > 0 && open[depth].left == 0) {
            if (keys != NULL) {
                keys->count = open[depth].first_key;
            }
            depth--;
        }
    }
    *whole = span_of(cursor->p, cursor->n - rest.n);
    *cursor = rest;
    return true;
}

bool cbor_skip(struct span *cursor, struct span *whole)
{
    return walk(cursor, NULL, whole);
}

bool cbor_take(struct span *cursor, struct span *whole)
{
    struct keys keys;
    keys.count = 0;
    return walk(cursor, &keys, whole);
}

// --- Writing -------------------------------------------------------------------------------------------------

static void put_head(struct writer *w, enum cbor_major major, uint64_t argument)
{
    const uint8_t initial = (uint8_t)((unsigned)major << MAJOR_SHIFT);
    if (argument < ONE_BYTE) {
        writer_put_u8(w, (uint8_t)(initial | argument));
        return;
    }
    unsigned additional = ONE_BYTE;
    while (additional < EIGHT_BYTES && argument >> (8U << (additional - ONE_BYTE)) != 0) {
        additional++;
    }
    writer_put_u8(w, (uint8_t)(initial | additional));
    for (unsigned bits = 8U << (additional - ONE_BYTE); bits > 0; bits -= 8) {
        writer_put_u8(w, (uint8_t)(argument >> (bits - 8)));
    }
}

void cbor_put_unsigned(struct writer *w, uint64_t value)
{
    put_head(w, CBOR_UNSIGNED, value);
}

void cbor_put_integer(struct writer *w, int64_t value)
{
    if (value >= 0) {
        put_head(w, CBOR_UNSIGNED, (uint64_t)value);
    } else {
        put_head(w, CBOR_NEGATIVE, (uint64_t)(-1 - value));
    }
}

void cbor_put_bytes_head(struct writer *w, size_t n)
{
    put_head(w, CBOR_BYTES, n);
}

void cbor_put_bytes(struct writer *w, struct span bytes)
{
    put_head(w, CBOR_BYTES, bytes.n);
    writer_put(w, bytes);
}

void cbor_put_text(struct writer *w, struct span utf8)
{
    put_head(w, CBOR_TEXT, utf8.n);
    writer_put(w, utf8);
}

void cbor_put_string(struct writer *w, const char *text)
{
    cbor_put_text(w, span_of(text, strlen(text)));
}

void cbor_put_null(struct writer *w)
{
    put_head(w, CBOR_SIMPLE, CBOR_NULL);
}

void cbor_put_tag(struct writer *w, uint64_t tag)
{
    put_head(w, CBOR_TAG, tag);
}

void cbor_put_bool(struct writer *w, bool value)
{
    put_head(w, CBOR_SIMPLE, value ? CBOR_TRUE : CBOR_FALSE);
}

void cbor_put_array(struct writer *w, size_t count)
{
    put_head(w, CBOR_ARRAY, count);
}

void cbor_put_map(struct writer *w, size_t count)
{
    put_head(w, CBOR_MAP, count);
}

size_t cbor_open_items(struct writer *w)
{
    return w->n;
}

size_t cbor_open_bytes(struct writer *w)
{
    return w->n;
}

size_t cbor_open_embedded(struct writer *w)
{
    cbor_put_tag(w, CBOR_TAG_EMBEDDED);
    return cbor_open_bytes(w);
}

// A head before what was written since `opened`.
static void insert_head(struct writer *w, size_t opened, enum cbor_major major, uint64_t argument)
{
    uint8_t bytes[1 + sizeof(uint64_t)];
    struct writer head = writer_of(bytes, sizeof bytes);
    if (w->overflow) {
        return;
    }
    const size_t n = w->n - opened;
    put_head(&head, major, argument);
    if (writer_reserve(w, head.n) != NULL) {
        memmove(w->p + opened + head.n, w->p + opened, n);
        memcpy(w->p + opened, bytes, head.n);
    }
}

void cbor_close_bytes(struct writer *w, size_t opened)
{
    insert_head(w, opened, CBOR_BYTES, w->n - opened);
}

void cbor_close_array(struct writer *w, size_t opened, size_t count)
{
    insert_head(w, opened, CBOR_ARRAY, count);
}

void cbor_close_map(struct writer *w, size_t opened, size_t count)
{
    insert_head(w, opened, CBOR_MAP, count);
}
