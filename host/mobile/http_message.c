// What HTTP client and server have in common: header fields, and forms.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/http_message.h"

#include <strings.h>

const char *http_header_find(const struct http_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(headers[i].name, name) == 0) {
            return headers[i].value;
        }
    }
    return NULL;
}

size_t http_header_count(const struct http_header *headers, size_t count, const char *name)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += strcasecmp(headers[i].name, name) == 0 ? 1 : 0;
    }
    return found;
}

bool http_media_type_is(const char *value, const char *type)
{
    if (value == NULL) {
        return false;
    }
    value += strspn(value, " \t");
    const size_t n = strlen(type);
    if (strncasecmp(value, type, n) != 0) {
        return false;
    }
    const char *rest = value + n + strspn(value + n, " \t");
    return *rest == '\0' || *rest == ';';
}

// --- Forms ---------------------------------------------------------------------------------------------------

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const uint8_t lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// One byte of a form's text; -1: no right escape.
static int next_byte(struct span *text)
{
    const uint8_t first = text->p[0];
    if (first != '%') {
        *text = span_from(*text, 1);
        return first == '+' ? ' ' : first;
    }
    const int high = text->n >= 3 ? hex_digit(text->p[1]) : -1,
              low = text->n >= 3 ? hex_digit(text->p[2]) : -1;
    *text = span_from(*text, 3);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static struct span up_to(struct span text, char end)
{
    const uint8_t *found = text.n > 0 ? memchr(text.p, end, text.n) : NULL;
    return found != NULL ? span_first(text, (size_t)(found - text.p)) : text;
}

static bool name_is(struct span text, const char *name)
{
    while (text.n > 0 && *name != '\0') {
        if (next_byte(&text) != (uint8_t)*name++) {
            return false;
        }
    }
    return text.n == 0 && *name == '\0';
}

static bool decode(struct span text, char *value, size_t capacity)
{
    size_t n = 0;
    while (text.n > 0) {
        const int byte = next_byte(&text);
        if (byte <= 0 || n + 1 >= capacity) {
            return false;
        }
        value[n++] = (char)byte;
    }
    value[n] = '\0';
    return true;
}

enum http_form http_form_value(struct span form, const char *name, char *value, size_t capacity)
{
    enum http_form found = HTTP_FORM_NONE;
    memset(value, 0, capacity);
    while (form.n > 0) {
        const struct span pair = up_to(form, '&');
        const struct span key = up_to(pair, '=');
        form = span_from(form, pair.n + 1);
        if (!name_is(key, name)) {
            continue;
        }
        if (found != HTTP_FORM_NONE || !decode(span_from(pair, key.n + 1), value, capacity)) {
            explicit_bzero(value, capacity);
            return HTTP_FORM_REFUSED;
        }
        found = HTTP_FORM_ONE;
    }
    return found;
}

static bool is_unreserved(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

void http_percent_put(struct writer *w, struct span text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.n; i++) {
        const uint8_t c = text.p[i];
        if (is_unreserved(c)) {
            writer_put_u8(w, c);
        } else {
            writer_put_u8(w, '%');
            writer_put_u8(w, (uint8_t)digits[c >> 4]);
            writer_put_u8(w, (uint8_t)digits[c & 15]);
        }
    }
}

void http_form_put(struct writer *form, const char *name, const char *value)
{
    if (form->n > 0) {
        writer_put_u8(form, '&');
    }
    http_percent_put(form, span_of(name, strlen(name)));
    writer_put_u8(form, '=');
    http_percent_put(form, span_of(value, strlen(value)));
}
