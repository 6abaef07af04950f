// Files in JSON that people write: each field is taken by its name and checked, and what is wrong is named.
// SPDX-License-Identifier: Apache-2.0
#include "host/json_fields.h"

#include "card/crypto/crypto.h"
#include <stdio.h>
#include <stdlib.h>

bool json_refuse(const struct json_fields *fields, const char *field, const char *why)
{
    (void)snprintf(fields->detail, JSON_DETAIL_MAX, "%s: %s", field, why);
    return false;
}

json_t *json_fields_load(const struct json_fields *fields, struct span json, size_t most)
{
    json_error_t error = {.line = 1};
    json_t *root =
        json.n <= most ? json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (json_is_object(root)) {
        return root;
    }
    char too_long[48];
    (void)snprintf(too_long, sizeof too_long, "is longer than %zu KiB", most / 1024);
    (void)snprintf(fields->detail, JSON_DETAIL_MAX, "%s, line %d: %s", fields->kind,
                   root == NULL ? error.line : 1,
                   json.n > most  ? too_long
                   : root == NULL ? error.text
                                  : "must be a JSON object");
    json_decref(root);
    return NULL;
}

void json_wipe(json_t *value)
{
    const char *name = NULL;
    json_t *item = NULL;
    size_t i = 0;
    if (json_is_string(value)) {
        union {
            const char *read;
            char *write;
        } text = {.read = json_string_value(value)}; // of the heap, and ours
        crypto_wipe(text.write, json_string_length(value));
    }
    json_object_foreach(value, name, item)
    {
        json_wipe(item);
    }
    json_array_foreach(value, i, item)
    {
        json_wipe(item);
    }
}

char *json_text(const json_t *value, size_t flags)
{
    const size_t n = value != NULL ? json_dumpb(value, NULL, 0, flags) : 0;
    char *text = n > 0 ? malloc(n + 1) : NULL;
    if (text != NULL && json_dumpb(value, text, n, flags) == n) {
        text[n] = '\0';
        return text;
    }
    free(text);
    return NULL;
}

bool json_only_known(const struct json_fields *fields, json_t *object, const char *field,
                     const char *const *known, size_t count)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (!json_is_object(object)) {
        return json_refuse(fields, field, object == NULL ? "is missing" : "must be an object");
    }
    json_object_foreach(object, name, value)
    {
        bool found = false;
        for (size_t i = 0; i < count && !found; i++) {
            found = strcmp(name, known[i]) == 0;
        }
        if (!found) {
            char why[64];
            (void)snprintf(why, sizeof why, "is no field of a %s", fields->kind);
            return json_refuse(fields, name, why);
        }
    }
    return true;
}

bool json_take_boolean(const struct json_fields *fields, const json_t *object, const char *name,
                       const char *field, bool *value)
{
    const json_t *found = json_object_get(object, name);
    if (!json_is_boolean(found)) {
        return json_refuse(fields, field, found == NULL ? "is missing" : "must be true or false");
    }
    *value = json_is_true(found);
    return true;
}

bool json_take_number(const struct json_fields *fields, const json_t *object, const char *name,
                      const char *field, unsigned least, unsigned most, unsigned *value)
{
    const json_t *found = json_object_get(object, name);
    const json_int_t number = json_integer_value(found);
    char why[64];
    (void)snprintf(why, sizeof why, "must be a number from %u to %u", least, most);
    if (!json_is_integer(found) || number < (json_int_t)least || number > (json_int_t)most) {
        return json_refuse(fields, field, found == NULL ? "is missing" : why);
    }
    *value = (unsigned)number;
    return true;
}

bool json_take_text(const struct json_fields *fields, const json_t *object, const char *name,
                    const char *field, char *text, size_t capacity)
{
    const json_t *found = json_object_get(object, name);
    if (!json_is_string(found)) {
        return json_refuse(fields, field, found == NULL ? "is missing" : "must be a text");
    }
    const size_t n = json_string_length(found);
    if (n == 0 || n >= capacity) {
        return json_refuse(fields, field, "is empty or too long");
    }
    memcpy(text, json_string_value(found), n + 1);
    return true;
}

bool json_find_word(const json_t *value, const struct json_word *words, size_t count, int *found)
{
    for (size_t i = 0; i < count && json_is_string(value); i++) {
        if (strcmp(json_string_value(value), words[i].name) == 0) {
            *found = words[i].value;
            return true;
        }
    }
    return false;
}

size_t json_take_words(const struct json_fields *fields, const json_t *object, const char *name,
                       const char *field, const struct json_word *words, size_t count, int *values)
{
    const json_t *array = json_object_get(object, name);
    const size_t n = json_array_size(array);
    if (!json_is_array(array) || n == 0 || n > count) {
        (void)json_refuse(fields, field, array == NULL ? "is missing" : "must be a list of different words");
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (!json_find_word(json_array_get(array, i), words, count, &values[i])) {
            (void)json_refuse(fields, field, "has a word that is not known");
            return 0;
        }
        for (size_t k = 0; k < i; k++) {
            if (values[k] == values[i]) {
                (void)json_refuse(fields, field, "has a word twice");
                return 0;
            }
        }
    }
    return n;
}
