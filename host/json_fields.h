// Files in JSON that people write: each field is taken by its name and checked, and what is wrong is named.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_JSON_FIELDS_H
#define JUMIN_HOST_JSON_FIELDS_H

#include "card/wire/span.h"
#include <jansson.h>
#include <stdbool.h>

enum { JSON_DETAIL_MAX = 256 };

struct json_fields {
    char *detail;     // JSON_DETAIL_MAX bytes: "field: what is wrong with it"
    const char *kind; // of the file: "profile"
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

// Says what is wrong; always false. All below return false only after it.
bool json_refuse(const struct json_fields *fields, const char *field, const char *why);

// The whole file, of the caller's (json_decref): an object of at most `most` bytes (a multiple of 1024)
// without a field twice. NULL: refused.
json_t *json_fields_load(const struct json_fields *fields, struct span json, size_t most);

// Wipes every text in it, which may be personal. What the parser itself has copied meanwhile is beyond reach.
void json_wipe(json_t *value);

// The text of a value, of the caller's (to be wiped where it is personal, and freed). Unlike json_dumps it
// leaves no copies of its beginning behind. NULL: no value, or no memory.
char *json_text(const json_t *value, size_t flags);

// `object` must be an object of these fields. A misspelled one would silently be missing.
bool json_only_known(const struct json_fields *fields, json_t *object, const char *field,
                     const char *const *known, size_t count);

// `name` is the field's in `object`; `field` is how it is called when it is wrong ("passwords.mrz").
bool json_take_boolean(const struct json_fields *fields, const json_t *object, const char *name,
                       const char *field, bool *value);
bool json_take_number(const struct json_fields *fields, const json_t *object, const char *name,
                      const char *field, unsigned least, unsigned most, unsigned *value);
// Not empty, less than `capacity` bytes. A zero byte cannot be in it: the parser refuses one.
bool json_take_text(const struct json_fields *fields, const json_t *object, const char *name,
                    const char *field, char *text, size_t capacity);

struct json_word {
    const char *name;
    int value;
};
bool json_find_word(const json_t *value, const struct json_word *words, size_t count, int *found);
// A list of different words, at least one. Returns how many, 0 when refused.
size_t json_take_words(const struct json_fields *fields, const json_t *object, const char *name,
                       const char *field, const struct json_word *words, size_t count, int *values);

#endif
