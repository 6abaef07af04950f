// What HTTP client and server have in common: header fields, and forms (RFC 9110, RFC 3986).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_HTTP_MESSAGE_H
#define JUMIN_HOST_MOBILE_HTTP_MESSAGE_H

#include "card/wire/span.h"

struct http_header {
    const char *name, *value;
};

// The value of the first field of that name, without regard to case (RFC 9110 §5.1); NULL: there is none.
const char *http_header_find(const struct http_header *headers, size_t count, const char *name);
// How many fields have that name: what must stand once is refused when it stands twice.
size_t http_header_count(const struct http_header *headers, size_t count, const char *name);
// Whether `value` is this media type, whatever its parameters and case ("application/json; charset=utf-8").
// NULL is none.
bool http_media_type_is(const char *value, const char *type);

// --- application/x-www-form-urlencoded, also a URL's query -------------------------------------------------

enum http_form {
    HTTP_FORM_ONE,     // `value` is set
    HTTP_FORM_NONE,    // not in it; `value` is empty
    HTTP_FORM_REFUSED, // twice, longer than `capacity` - 1, a zero byte, or no right escape; `value` is empty
};

// The value of a field, decoded and ended by a zero byte; the caller wipes what is secret.
enum http_form http_form_value(struct span form, const char *name, char *value, size_t capacity);
// Appends "name=value", behind an & where something stands in front, as bytes that a form or a query takes.
void http_form_put(struct writer *form, const char *name, const char *value);
// Appends the text, each byte but the unreserved ones of RFC 3986 §2.3 as %XX.
void http_percent_put(struct writer *w, struct span text);

#endif
