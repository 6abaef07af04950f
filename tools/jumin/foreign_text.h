// What strangers have said, as a terminal may have it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_FOREIGN_TEXT_H
#define JUMIN_TOOLS_FOREIGN_TEXT_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

// Prints at most `most` bytes, and says when there are more; control characters, and those that turn the
// direction of writing, are question marks.
void foreign_text_print(FILE *out, const char *text, size_t most);
// Prints JSON and the end of its line; such characters are escaped, and thus the value remains as it was.
void foreign_json_print(const json_t *json, size_t flags);
// The same for JSON that is a text by now.
void foreign_json_print_text(const char *json);

#endif
