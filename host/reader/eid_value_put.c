// Data groups of the eID application, put together (TR-03110-4 §2.2.3.1).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/eid.h"
#include "host/reader/eid_value.h"
#include "host/reader/lds.h"

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

// A PrintableString and the like have no more than ASCII; a NULL or a control character goes nowhere.
static bool put_string(struct writer *w, uint8_t type, const char *text)
{
    if (text == NULL || !lds_is_text(text_of(text))) {
        return false;
    }
    for (size_t i = 0; type != DER_UTF8_STRING && text[i] != '\0'; i++) {
        if ((uint8_t)text[i] >= 0x80) {
            return false;
        }
    }
    tlv_put(w, type, text_of(text));
    return true;
}

static bool put_explicit(struct writer *w, uint8_t outer, uint8_t type, const char *text)
{
    const size_t opened = tlv_open(w, outer);
    const bool put = put_string(w, type, text);
    tlv_close(w, opened);
    return put;
}

// A field that is left away when there is no text.
static bool put_field(struct writer *w, uint8_t outer, uint8_t type, const char *text)
{
    return text == NULL || text[0] == '\0' || put_explicit(w, outer, type, text);
}

static bool put_place(struct writer *w, const struct jumin_eid_place *place)
{
    if (place->text != NULL && place->text[0] != '\0') {
        return put_explicit(w, place->unknown ? PLACE_UNKNOWN : PLACE_FREE_TEXT, DER_UTF8_STRING,
                            place->text);
    }
    const size_t opened = tlv_open(w, DER_SEQUENCE);
    const bool put = put_field(w, PLACE_STREET, DER_UTF8_STRING, place->street) &&
                     put_explicit(w, PLACE_CITY, DER_UTF8_STRING, place->city) &&
                     put_field(w, PLACE_STATE, DER_UTF8_STRING, place->state) &&
                     put_explicit(w, PLACE_COUNTRY, DER_PRINTABLE_STRING, place->country) &&
                     put_field(w, PLACE_ZIPCODE, DER_PRINTABLE_STRING, place->zipcode);
    tlv_close(w, opened);
    return put;
}

static bool put_places(struct writer *w, const struct jumin_eid_value *value)
{
    const bool several = value->count > 1;
    if (value->count == 0 || value->count > JUMIN_EID_PLACES_MAX) {
        return false;
    }
    const size_t opened = several ? tlv_open(w, DER_SET) : 0;
    bool put = true;
    for (size_t i = 0; i < value->count && put; i++) {
        put = put_place(w, &value->places[i]);
    }
    if (several) {
        tlv_close(w, opened);
    }
    return put;
}

static bool put_content(struct writer *w, const struct eid_group_row *row,
                        const struct jumin_eid_value *value)
{
    switch (row->kind) {
    case JUMIN_EID_TEXT:
        return row->is_choice ? put_explicit(w, TEXT_PLAIN, DER_UTF8_STRING, value->text)
                              : put_string(w, row->type, value->text);
    case JUMIN_EID_PLACE:
        return put_places(w, value);
    case JUMIN_EID_BYTES:
        tlv_put(w, DER_OCTET_STRING, span_of(value->bytes, value->bytes != NULL ? value->n : 0));
        return value->bytes != NULL;
    default: // no terminal writes dates and optional data
        return false;
    }
}

bool eid_value_put(struct writer *w, unsigned group, const struct jumin_eid_value *value, const char **why)
{
    const struct eid_group_row *row = eid_group_row_of(group);
    *why = "";
    if (row == NULL) {
        *why = "there is no such data group";
        return false;
    }
    const size_t opened = tlv_open(w, eid_tag_of_group(group));
    const bool put = put_content(w, row, value);
    tlv_close(w, opened);
    if (!put) {
        *why = "it lacks a text, or one with characters that cannot stand there";
    } else if (w->overflow) {
        *why = "it is too long";
    }
    return put && !w->overflow;
}
