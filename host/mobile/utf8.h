// UTF-8 (RFC 3629): text that others wrote is taken by whole characters.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_UTF8_H
#define JUMIN_HOST_MOBILE_UTF8_H

#include "card/wire/span.h"

// Bytes of the character that the text begins with; 0: none (RFC 3629 §4).
size_t utf8_character(struct span text);
// Whether all of it is UTF-8.
bool utf8_is_text(struct span text);
// Whether it begins with a character that is for terminals and not for readers: a control character (U+0000
// to U+001F, U+007F to U+009F), or one that turns the direction of what follows (U+202A to U+202E, U+2066 to
// U+2069).
bool utf8_is_control(struct span text);
// Whether it is UTF-8 without control characters, and of how many characters.
bool utf8_is_line(struct span text, size_t *characters);
// A stranger's text as such a line: controls become spaces, what is no UTF-8 question marks. `capacity`, of
// which the zero byte is one, is at least 1; what is longer ends with the last whole character that fits.
void utf8_copy_line(const char *text, char *copy, size_t capacity);

#endif
