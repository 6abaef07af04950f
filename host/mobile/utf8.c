// UTF-8.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/utf8.h"

#include <string.h>

size_t utf8_character(struct span text)
{
    const uint8_t *p = text.p;
    const size_t n = text.n;
    static const struct {
        uint8_t first, last, second_from, second_to, length;
    } forms[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; n > 0 && i < sizeof forms / sizeof *forms; i++) {
        if (p[0] < forms[i].first || p[0] > forms[i].last) {
            continue;
        }
        const size_t length = forms[i].length;
        bool good =
            n >= length && (length == 1 || (p[1] >= forms[i].second_from && p[1] <= forms[i].second_to));
        for (size_t k = 2; good && k < length; k++) {
            good = p[k] >= 0x80 && p[k] <= 0xBF;
        }
        return good ? length : 0;
    }
    return 0;
}

bool utf8_is_text(struct span text)
{
    while (text.n > 0) {
        const size_t length = text.p[0] < 0x80 ? 1 : utf8_character(text); // almost all is ASCII
        if (length == 0) {
            return false;
        }
        text = span_from(text, length);
    }
    return true;
}

bool utf8_is_control(struct span text)
{
    const uint8_t *p = text.p;
    const size_t n = text.n;
    const bool c0 = n > 0 && (p[0] < ' ' || p[0] == 0x7F);
    const bool c1 = n > 1 && p[0] == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0;
    const bool turns =
        n > 2 && p[0] == 0xE2 &&
        ((p[1] == 0x80 && p[2] >= 0xAA && p[2] <= 0xAE) || (p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9));
    return c0 || c1 || turns;
}

bool utf8_is_line(struct span text, size_t *characters)
{
    *characters = 0;
    while (text.n > 0) {
        const size_t length = utf8_character(text);
        if (length == 0 || utf8_is_control(text)) {
            return false;
        }
        text = span_from(text, length);
        *characters += 1;
    }
    return true;
}

void utf8_copy_line(const char *text, char *copy, size_t capacity)
{
    struct span rest = span_of(text, strlen(text));
    size_t n = 0;
    while (rest.n > 0) {
        const size_t length = utf8_character(rest);
        const bool stays = length > 0 && !utf8_is_control(rest);
        const size_t put = stays ? length : 1;
        if (n + put >= capacity) {
            break;
        }
        memcpy(copy + n, stays ? rest.p : (const uint8_t *)(length > 0 ? " " : "?"), put);
        n += put;
        rest = span_from(rest, length > 0 ? length : 1);
    }
    copy[n] = '\0';
}
