// Object identifiers as people write them (X.690 §8.19, RFC 4514 §1.4).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/oid_text.h"

enum { ARC_DIGITS = 48 }; // more than 128 bits need

// A number in decimal digits, the lowest first.
struct decimal {
    uint8_t digits[ARC_DIGITS];
};

// value * factor + added; false when it is too long.
static bool decimal_extend(struct decimal *value, unsigned factor, unsigned added)
{
    unsigned carry = added;
    for (size_t i = 0; i < ARC_DIGITS; i++) {
        const unsigned sum = value->digits[i] * factor + carry;
        value->digits[i] = (uint8_t)(sum % 10);
        carry = sum / 10;
    }
    return carry == 0;
}

static void decimal_subtract(struct decimal *value, unsigned number)
{
    unsigned borrow = 0;
    for (size_t i = 0; i < ARC_DIGITS; i++) {
        const unsigned taken = number % 10 + borrow;
        borrow = value->digits[i] < taken ? 1 : 0;
        value->digits[i] = (uint8_t)(value->digits[i] + 10 * borrow - taken);
        number /= 10;
    }
}

static bool decimal_below(const struct decimal *value, unsigned number)
{
    unsigned low = value->digits[0] + 10U * value->digits[1];
    for (size_t i = 2; i < ARC_DIGITS; i++) {
        low = value->digits[i] != 0 ? number : low;
    }
    return low < number;
}

static void decimal_put(struct writer *w, const struct decimal *value)
{
    size_t n = ARC_DIGITS;
    while (n > 1 && value->digits[n - 1] == 0) {
        n--;
    }
    while (n > 0) {
        writer_put_u8(w, (uint8_t)('0' + value->digits[--n]));
    }
}

// The first number of the coding holds two arcs (X.690 §8.19.4).
static void put_first_arcs(struct writer *w, struct decimal *value)
{
    const unsigned first = decimal_below(value, 40) ? 0 : decimal_below(value, 80) ? 1 : 2;
    decimal_subtract(value, 40 * first);
    writer_put_u8(w, (uint8_t)('0' + first));
    writer_put_u8(w, '.');
    decimal_put(w, value);
}

const char *oid_text(struct writer *arena, struct span oid)
{
    char *kept = (char *)arena->p + arena->n;
    struct decimal value = {{0}};
    bool first = true, open = true;
    for (size_t i = 0; i < oid.n; i++) {
        if (!decimal_extend(&value, 128, oid.p[i] & 0x7FU)) {
            return NULL;
        }
        open = (oid.p[i] & 0x80) != 0;
        if (open) {
            continue;
        }
        if (first) {
            put_first_arcs(arena, &value);
        } else {
            writer_put_u8(arena, '.');
            decimal_put(arena, &value);
        }
        first = false;
        memset(&value, 0, sizeof value);
    }
    writer_put_u8(arena, 0);
    return open || arena->overflow ? NULL : kept;
}
