// Data groups of the eID application, for people and for programs.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/eid_show.h"

#include "tools/jumin/card_show.h"
#include "tools/jumin/eac_command.h"
#include <jumin/policy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1024 };

// --- Texts ---------------------------------------------------------------------------------------------------

// Bytes that are characters as such, else in hexadecimal; the caller's.
static char *bytes_text(const uint8_t *bytes, size_t n)
{
    bool plain = n > 0;
    for (size_t i = 0; i < n; i++) {
        plain = plain && bytes[i] >= 0x20 && bytes[i] < 0x7F;
    }
    char *text = malloc(2 * n + 1);
    if (text == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < n && !plain; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    if (plain) {
        memcpy(text, bytes, n);
    }
    text[plain ? n : 2 * n] = '\0';
    return text;
}

// Parts that are there, from the smallest to the largest.
static void place_text(const struct jumin_eid_place *place, char *text, size_t capacity)
{
    const char *const parts[] = {place->text,  place->street,  place->city,
                                 place->state, place->zipcode, place->country};
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i][0] != '\0' && n < capacity) {
            n += (size_t)snprintf(text + n, capacity - n, "%s%s", n > 0 ? ", " : "", parts[i]);
        }
    }
}

// Registration numbers with stars in place of their last six digits, unless they are asked for whole.
static const char *optional_text(const struct jumin_eid_optional *optional, bool unmasked,
                                 char masked[JUMIN_MASKED_NUMBER])
{
    jumin_registration_number_mask(optional->text, masked);
    const bool is_number = masked[0] != '\0' && masked[0] != '*';
    return is_number && !unmasked ? masked : optional->text;
}

// --- For people ----------------------------------------------------------------------------------------------

static void line(unsigned group, const char *text)
{
    char plain[TEXT_MAX];
    card_plain_text(text, plain, sizeof plain);
    (void)printf("  DG%-3u %-36s %s\n", group, eac_group_word(group), plain);
}

static void show_bytes(unsigned group, const struct jumin_eid_value *value)
{
    char *text = bytes_text(value->bytes, value->n);
    if (text != NULL) {
        line(group, text);
    }
    free(text);
}

void eid_show_value(unsigned group, const struct jumin_eid_value *value, bool unmasked)
{
    char text[TEXT_MAX] = "", masked[JUMIN_MASKED_NUMBER];
    switch (value->kind) {
    case JUMIN_EID_TEXT:
        line(group, value->text);
        break;
    case JUMIN_EID_DATE:
        (void)snprintf(text, sizeof text, "%.4s-%.2s-%.2s", value->text, value->text + 4, value->text + 6);
        line(group, text);
        break;
    case JUMIN_EID_PLACE:
        for (size_t i = 0; i < value->count; i++) {
            place_text(&value->places[i], text, sizeof text);
            line(group, text);
        }
        break;
    case JUMIN_EID_OPTIONAL:
        for (size_t i = 0; i < value->count; i++) {
            line(group, value->optional[i].text[0] != '\0'
                            ? optional_text(&value->optional[i], unmasked, masked)
                            : value->optional[i].identifier);
        }
        break;
    default:
        show_bytes(group, value);
        break;
    }
}

void eid_show_refusal(unsigned group, const char *status)
{
    char text[TEXT_MAX];
    (void)snprintf(text, sizeof text, "refused by the card (%s)", status);
    line(group, text);
}

// --- For programs --------------------------------------------------------------------------------------------

static json_t *json_bytes(const uint8_t *bytes, size_t n)
{
    char *text = bytes_text(bytes, n);
    json_t *string = json_string(text != NULL ? text : "");
    free(text);
    return string;
}

static void put(json_t *object, const char *name, const char *text)
{
    if (text[0] != '\0') {
        (void)json_object_set_new(object, name, json_string(text));
    }
}

static json_t *json_place(const struct jumin_eid_place *place)
{
    json_t *object = json_object();
    put(object, "street", place->street);
    put(object, "city", place->city);
    put(object, "state", place->state);
    put(object, "country", place->country);
    put(object, "zipcode", place->zipcode);
    put(object, place->unknown ? "unknown" : "text", place->text);
    return object;
}

static json_t *json_optional(const struct jumin_eid_optional *optional, bool unmasked)
{
    char masked[JUMIN_MASKED_NUMBER];
    json_t *object = json_object();
    put(object, "identifier", optional->identifier);
    if (optional->text[0] != '\0') {
        put(object, "text", optional_text(optional, unmasked, masked));
    } else {
        (void)json_object_set_new(object, "value", json_bytes(optional->value, optional->n));
    }
    return object;
}

json_t *eid_json_value(const struct jumin_eid_value *value, bool unmasked)
{
    if (value->kind == JUMIN_EID_TEXT || value->kind == JUMIN_EID_DATE) {
        return json_string(value->text);
    }
    if (value->kind == JUMIN_EID_BYTES) {
        return json_bytes(value->bytes, value->n);
    }
    json_t *array = json_array();
    for (size_t i = 0; i < value->count; i++) {
        (void)json_array_append_new(array, value->kind == JUMIN_EID_PLACE
                                               ? json_place(&value->places[i])
                                               : json_optional(&value->optional[i], unmasked));
    }
    return array;
}
