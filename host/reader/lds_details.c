// DG11 and DG12: additional details of person and document (9303-10 §4.7.11, §4.7.12).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "card/wire/tlv.h"
#include "host/reader/lds.h"

enum {
    TAG_LIST = 0x5C,
    TAG_OTHER_NAMES = 0xA0,
    TAG_OTHER_NAME = 0x5F0F,
    TAG_COUNT = 0x02,
};

bool lds_is_text(struct span text)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    for (size_t i = 0; i < text.n;) {
        const uint8_t first = text.p[i];
        const size_t length = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (length == 0 || first > 0xF4 || length > text.n - i) {
            return false;
        }
        uint32_t point = length == 1 ? first : first & (0x7FU >> length);
        for (size_t k = 1; k < length; k++) {
            if ((text.p[i + k] & 0xC0) != 0x80) {
                return false;
            }
            point = point << 6 | (text.p[i + k] & 0x3F);
        }
        const bool control =
            (point < 0x20 && point != '\n' && point != '\r') || (point >= 0x7F && point < 0xA0);
        if (point < least[length] || (point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF || control) {
            return false;
        }
        i += length;
    }
    return true;
}

// Copies a text with its end; NULL when it is none, or does not fit.
static const char *keep_text(struct writer *arena, struct span text)
{
    if (!lds_is_text(text)) {
        return NULL;
    }
    char *kept = (char *)arena->p + arena->n;
    writer_put(arena, text);
    writer_put_u8(arena, 0);
    return arena->overflow ? NULL : kept;
}

static bool all_digits(struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') {
            return false;
        }
    }
    return true;
}

// `digits` digits, as characters or packed two to a byte, as some documents write them.
static const char *keep_digits(struct writer *arena, struct span value, size_t digits)
{
    uint8_t text[16];
    if (value.n == digits && all_digits(value)) {
        return keep_text(arena, value);
    }
    if (2 * value.n != digits || digits > sizeof text) {
        return NULL;
    }
    for (size_t i = 0; i < value.n; i++) {
        text[2 * i] = (uint8_t)('0' + (value.p[i] >> 4));
        text[2 * i + 1] = (uint8_t)('0' + (value.p[i] & 0x0F));
    }
    return all_digits(span_of(text, digits)) ? keep_text(arena, span_of(text, digits)) : NULL;
}

// One element that is a text: where its pointer goes. `digits`: it is a date of so many digits.
struct text_row {
    uint32_t tag;
    const char **to;
    size_t digits;
};

static bool element_parse(const struct tlv *element, const struct text_row *rows, size_t count,
                          struct writer *arena)
{
    for (size_t i = 0; i < count; i++) {
        if (element->tag != rows[i].tag) {
            continue;
        }
        if ((*rows[i].to)[0] != '\0') {
            return false; // twice
        }
        const char *kept = rows[i].digits > 0 ? keep_digits(arena, element->value, rows[i].digits)
                                              : keep_text(arena, element->value);
        if (kept == NULL) {
            return false;
        }
        *rows[i].to = kept;
        return true;
    }
    return true; // images and what later editions add
}

// 5F0F, in a template A0 with their number before them; some documents write a single one without it.
static bool other_names_parse(struct span content, struct writer *arena, struct jumin_person *person)
{
    struct tlv object;
    enum tlv_result result = TLV_END;
    while ((result = tlv_next(&content, &object)) == TLV_OBJECT) {
        if (object.tag == TAG_COUNT) {
            continue;
        }
        const size_t room = sizeof person->other_names / sizeof *person->other_names;
        const char *name = object.tag == TAG_OTHER_NAME && person->other_name_count < room
                               ? keep_text(arena, object.value)
                               : NULL;
        if (name == NULL) {
            return false;
        }
        person->other_names[person->other_name_count++] = name;
    }
    return result == TLV_END;
}

static bool open_details(struct span file, uint32_t tag, struct span *content)
{
    struct tlv outer, list;
    if (!tlv_expect(&file, tag, &outer) || file.n != 0 || !tlv_expect(&outer.value, TAG_LIST, &list)) {
        return false;
    }
    *content = outer.value;
    return true;
}

bool lds_dg11_parse(struct span file, struct writer *arena, struct jumin_person *person, const char **why)
{
    *person = (struct jumin_person){.full_name = "",
                                    .personal_number = "",
                                    .birth_date = "",
                                    .birth_place = "",
                                    .address = "",
                                    .telephone = "",
                                    .profession = "",
                                    .title = "",
                                    .summary = "",
                                    .other_documents = "",
                                    .custody = ""};
    const struct text_row rows[] = {
        {0x5F0E, &person->full_name, 0},  {0x5F10, &person->personal_number, 0},
        {0x5F2B, &person->birth_date, 8}, {0x5F11, &person->birth_place, 0},
        {0x5F42, &person->address, 0},    {0x5F12, &person->telephone, 0},
        {0x5F13, &person->profession, 0}, {0x5F14, &person->title, 0},
        {0x5F15, &person->summary, 0},    {0x5F17, &person->other_documents, 0},
        {0x5F18, &person->custody, 0},
    };
    struct span content;
    *why = "DG11 is not one template 6B that begins with a list 5C";
    if (!open_details(file, LDS_DG11, &content)) {
        return false;
    }
    *why = "DG11: an element is malformed, no UTF-8, or there twice";
    struct tlv element;
    enum tlv_result result = TLV_END;
    while ((result = tlv_next(&content, &element)) == TLV_OBJECT) {
        const bool other = element.tag == TAG_OTHER_NAMES || element.tag == TAG_OTHER_NAME;
        const struct span names = element.tag == TAG_OTHER_NAME ? element.whole : element.value;
        if (other ? !other_names_parse(names, arena, person)
                  : !element_parse(&element, rows, sizeof rows / sizeof *rows, arena)) {
            return false;
        }
    }
    return result == TLV_END;
}

bool lds_dg12_parse(struct span file, struct writer *arena, struct jumin_issue *issue, const char **why)
{
    *issue = (struct jumin_issue){"", "", "", "", "", ""};
    const struct text_row rows[] = {
        {0x5F19, &issue->authority, 0},
        {0x5F26, &issue->date, 8},
        {0x5F1B, &issue->endorsements, 0},
        {0x5F1C, &issue->tax_exit, 0},
        {0x5F55, &issue->personalization_time, 14},
        {0x5F56, &issue->personalization_system, 0},
    };
    struct span content;
    *why = "DG12 is not one template 6C that begins with a list 5C";
    if (!open_details(file, LDS_DG12, &content)) {
        return false;
    }
    *why = "DG12: an element is malformed, no UTF-8, or there twice";
    struct tlv element;
    enum tlv_result result = TLV_END;
    while ((result = tlv_next(&content, &element)) == TLV_OBJECT) {
        if (!element_parse(&element, rows, sizeof rows / sizeof *rows, arena)) {
            return false;
        }
    }
    return result == TLV_END;
}
