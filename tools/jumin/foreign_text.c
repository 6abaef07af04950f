// What strangers have said, as a terminal may have it.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/foreign_text.h"

#include "host/mobile/utf8.h"
#include <string.h>

// A byte where no character begins stands for itself.
static size_t length_of(struct span text)
{
    const size_t length = utf8_character(text);
    return length > 0 ? length : 1;
}

void foreign_text_print(FILE *out, const char *text, size_t most)
{
    const size_t n = strlen(text);
    struct span rest = span_of(text, n);
    while (rest.n > 0) {
        const size_t length = length_of(rest);
        if (n - rest.n + length > most) {
            (void)fprintf(out, "… (%zu bytes)", n);
            return;
        }
        if (utf8_character(rest) == 0 || utf8_is_control(rest)) {
            (void)fputc('?', out);
        } else {
            (void)fwrite(rest.p, 1, length, out);
        }
        rest = span_from(rest, length);
    }
}

// U+XXXX of a character of two or three bytes, as all are that JSON does not escape by itself.
static unsigned code_of(struct span character)
{
    const uint8_t *p = character.p;
    return character.n == 1   ? p[0]
           : character.n == 2 ? (p[0] & 0x1FU) << 6 | (p[1] & 0x3FU)
                              : (p[0] & 0x0FU) << 12 | (p[1] & 0x3FU) << 6 | (p[2] & 0x3FU);
}

// The line ends are JSON's own: within a text they are escaped already.
static int print_escaped(const char *json, size_t n, void *context)
{
    FILE *out = context;
    struct span rest = span_of(json, n);
    while (rest.n > 0) {
        const size_t length = length_of(rest);
        if (utf8_is_control(rest) && rest.p[0] != '\n') {
            (void)fprintf(out, "\\u%04x", code_of(span_of(rest.p, length)));
        } else {
            (void)fwrite(rest.p, 1, length, out);
        }
        rest = span_from(rest, length);
    }
    return 0;
}

void foreign_json_print(const json_t *json, size_t flags)
{
    (void)json_dump_callback(json, print_escaped, stdout, flags);
    (void)printf("\n");
}

void foreign_json_print_text(const char *json)
{
    (void)print_escaped(json, strlen(json), stdout);
    (void)printf("\n");
}
