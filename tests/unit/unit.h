// What the unit tests share: cmocka, and bytes written as hexadecimal text.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_UNIT_H
#define JUMIN_TESTS_UNIT_UNIT_H

// cmocka.h wants these four before it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "card/wire/span.h"

static inline int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    assert_in_range(c, 'a', 'f');
    return c - 'a' + 10;
}

// The bytes that `text` writes, in `buffer`; spaces may stand between bytes.
static inline struct span unhex(const char *text, uint8_t *buffer, size_t capacity)
{
    size_t n = 0;
    for (; *text != '\0'; text++) {
        if (*text == ' ') {
            continue;
        }
        assert_true(n < capacity);
        buffer[n++] = (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
        text++;
    }
    return span_of(buffer, n);
}

static inline void assert_span_hex(struct span bytes, const char *text)
{
    static uint8_t expected[70000];
    const struct span wanted = unhex(text, expected, sizeof expected);
    assert_int_equal(bytes.n, wanted.n);
    if (wanted.n > 0) {
        assert_memory_equal(bytes.p, wanted.p, wanted.n);
    }
}

#endif
