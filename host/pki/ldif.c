// LDIF (RFC 2849), as directories of certificates are published: the values that are written in base64.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/ldif.h"

// The next line with those that continue it: they begin with a space (RFC 2849 note 2).
static bool take_line(struct span *text, struct span *line)
{
    size_t n = 0;
    if (text->n == 0) {
        return false;
    }
    while (n < text->n && (text->p[n] != '\n' || (n + 1 < text->n && text->p[n + 1] == ' '))) {
        n++;
    }
    *line = span_first(*text, n);
    *text = span_from(*text, n + 1);
    return true;
}

static bool begins_with(struct span line, const char *name)
{
    const size_t n = strlen(name);
    return line.n >= n && ldif_named(span_first(line, n), name);
}

bool ldif_is(struct span text)
{
    static const uint8_t byte_order_mark[] = {0xEF, 0xBB, 0xBF};
    if (span_equal(span_first(text, sizeof byte_order_mark),
                   span_of(byte_order_mark, sizeof byte_order_mark))) {
        text = span_from(text, sizeof byte_order_mark);
    }
    struct span line;
    while (take_line(&text, &line)) {
        const bool empty = line.n == 0 || line.p[0] == '\r';
        if (!empty && line.p[0] != '#') {
            return begins_with(line, "version:") || begins_with(line, "dn:");
        }
    }
    return false;
}

static size_t find(struct span line, uint8_t character)
{
    size_t at = 0;
    while (at < line.n && line.p[at] != character) {
        at++;
    }
    return at;
}

bool ldif_next(struct span *text, struct span *attribute, struct span *base64)
{
    struct span line;
    while (take_line(text, &line)) {
        const size_t colon = find(line, ':');
        if (line.n > 0 && line.p[0] != '#' && colon + 1 < line.n && line.p[colon + 1] == ':') {
            const struct span name = span_first(line, colon);
            *attribute = span_first(name, find(name, ';'));
            *base64 = span_from(line, colon + 2);
            return true;
        }
    }
    return false;
}

static uint8_t lower(uint8_t character)
{
    return character >= 'A' && character <= 'Z' ? (uint8_t)(character + ('a' - 'A')) : character;
}

bool ldif_named(struct span attribute, const char *name)
{
    const size_t n = strlen(name);
    for (size_t i = 0; i < n && i < attribute.n; i++) {
        if (lower(attribute.p[i]) != lower((uint8_t)name[i])) {
            return false;
        }
    }
    return attribute.n == n;
}
