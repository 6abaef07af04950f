// The readable sentence that every handle keeps on its last failure.
// SPDX-License-Identifier: Apache-2.0
#include "host/detail.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

// What is cut ends with a whole character of UTF-8 (RFC 3629 §3): no continuation byte is missing.
static void end_with_character(char *text, size_t n)
{
    size_t begin = n;
    while (begin > 0 && ((uint8_t)text[begin - 1] & 0xc0) == 0x80) {
        begin--;
    }
    const uint8_t lead = begin > 0 ? (uint8_t)text[begin - 1] : 0;
    const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (length > 1 && n - (begin - 1) < length) {
        text[begin - 1] = '\0';
    }
}

enum jumin_error detail_set(struct detail *detail, enum jumin_error error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int n = vsnprintf(detail->text, sizeof detail->text, format, arguments);
    va_end(arguments);
    if (n >= (int)sizeof detail->text) {
        end_with_character(detail->text, sizeof detail->text - 1);
    }
    return error;
}

void detail_clear(struct detail *detail)
{
    detail->text[0] = '\0';
}
