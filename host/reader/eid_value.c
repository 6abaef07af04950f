// Data groups of the eID application, taken apart and put together (TR-03110-4 §2.2.3.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/eid_value.h"

#include "card/wire/eid.h"
#include "host/reader/lds.h"

// ASN.1 types, with explicit tags around them where the standard sets some.
enum {
    OCTET_STRING = 0x04,
    OBJECT_IDENTIFIER = 0x06,
    UTF8_STRING = 0x0C,
    NUMERIC_STRING = 0x12,
    PRINTABLE_STRING = 0x13,
    IA5_STRING = 0x16,
    SEQUENCE = 0x30,
    SET = 0x31,
    PLACE_STREET = 0xAA, // [10]
    PLACE_CITY = 0xAB,
    PLACE_STATE = 0xAC,
    PLACE_COUNTRY = 0xAD,
    PLACE_ZIPCODE = 0xAE,
    PLACE_FREE_TEXT = 0xA1, // GeneralPlace [1], [2]
    PLACE_UNKNOWN = 0xA2,
    TEXT_PLAIN = 0xA1, // Text [1], [2]
    TEXT_COMPRESSED = 0xA2,
};

struct group_row {
    const char *name;
    enum jumin_eid_kind kind;
    uint8_t type;   // of a text
    bool is_choice; // of plain and compressed text
};

static const struct group_row rows[EID_GROUPS + 1] = {
    [EID_DOCUMENT_TYPE] = {"DocumentType", JUMIN_EID_TEXT, PRINTABLE_STRING, false},
    [EID_ISSUING_STATE] = {"IssuingEntity", JUMIN_EID_TEXT, PRINTABLE_STRING, false},
    [EID_DATE_OF_EXPIRY] = {"DateOfExpiry", JUMIN_EID_DATE, NUMERIC_STRING, false},
    [EID_GIVEN_NAMES] = {"GivenNames", JUMIN_EID_TEXT, UTF8_STRING, false},
    [EID_FAMILY_NAMES] = {"FamilyNames", JUMIN_EID_TEXT, UTF8_STRING, false},
    [EID_RELIGIOUS_NAME] = {"NomDePlume", JUMIN_EID_TEXT, UTF8_STRING, false},
    [EID_ACADEMIC_TITLE] = {"AcademicTitle", JUMIN_EID_TEXT, UTF8_STRING, false},
    [EID_DATE_OF_BIRTH] = {"DateOfBirth", JUMIN_EID_DATE, NUMERIC_STRING, false},
    [EID_PLACE_OF_BIRTH] = {"PlaceOfBirth", JUMIN_EID_PLACE, 0, false},
    [EID_NATIONALITY] = {"Nationality", JUMIN_EID_TEXT, PRINTABLE_STRING, false},
    [EID_SEX] = {"Sex", JUMIN_EID_TEXT, PRINTABLE_STRING, false},
    [EID_OPTIONAL_DATA] = {"OptionalData", JUMIN_EID_OPTIONAL, 0, false},
    [EID_BIRTH_NAME] = {"BirthName", JUMIN_EID_TEXT, UTF8_STRING, false},
    [EID_WRITTEN_SIGNATURE] = {"WrittenSignature", JUMIN_EID_BYTES, 0, false},
    [EID_DATE_OF_ISSUANCE] = {"DateOfIssuance", JUMIN_EID_DATE, NUMERIC_STRING, false},
    [EID_PLACE_OF_RESIDENCE] = {"PlaceOfResidence", JUMIN_EID_PLACE, 0, false},
    [EID_MUNICIPALITY] = {"MunicipalityID", JUMIN_EID_BYTES, 0, false},
    [EID_RESIDENCE_PERMIT_1] = {"ResidencePermitI", JUMIN_EID_TEXT, UTF8_STRING, true},
    [EID_RESIDENCE_PERMIT_2] = {"ResidencePermitII", JUMIN_EID_TEXT, UTF8_STRING, true},
    [EID_PHONE_NUMBER] = {"PhoneNumber", JUMIN_EID_TEXT, PRINTABLE_STRING, false},
    [EID_EMAIL_ADDRESS] = {"EmailAddress", JUMIN_EID_TEXT, IA5_STRING, false},
};

static const struct group_row *row_of(unsigned group)
{
    return group <= EID_GROUPS && rows[group].name != NULL ? &rows[group] : NULL;
}

const char *jumin_eid_group_name(unsigned group)
{
    const struct group_row *row = row_of(group);
    return row != NULL ? row->name : NULL;
}

enum jumin_eid_kind jumin_eid_group_kind(unsigned group)
{
    const struct group_row *row = row_of(group);
    return row != NULL ? row->kind : JUMIN_EID_BYTES;
}

// --- Texts ---------------------------------------------------------------------------------------------------

// A text with its end; NULL when it is none.
static const char *keep_text(struct writer *arena, struct span text)
{
    char *kept = (char *)arena->p + arena->n;
    if (!lds_is_text(text)) {
        return NULL;
    }
    writer_put(arena, text);
    writer_put_u8(arena, 0);
    return arena->overflow ? NULL : kept;
}

static bool is_string(uint32_t tag)
{
    return tag == UTF8_STRING || tag == PRINTABLE_STRING || tag == NUMERIC_STRING || tag == IA5_STRING;
}

// The only object of `content`, any character string.
static bool parse_string(struct span content, struct writer *arena, const char **text)
{
    struct tlv string;
    *text = NULL;
    if (tlv_next(&content, &string) == TLV_OBJECT && content.n == 0 && is_string(string.tag)) {
        *text = keep_text(arena, string.value);
    }
    return *text != NULL;
}

// --- Object identifiers ------------------------------------------------------------------------------------

enum { ARC_DIGITS = 48 }; // more than 128 bits need

// A number in decimal digits, the lowest first.
struct decimal {
    uint8_t digits[ARC_DIGITS];
};

// value * factor + added; false when it is too long.
static bool decimal_extend(struct decimal *value, unsigned factor, unsigned added)
{
    unsigned carry = added;
    for (size_t i = 0; i < ARC_DIGITS; i++) {
        const unsigned sum = value->digits[i] * factor + carry;
        value->digits[i] = (uint8_t)(sum % 10);
        carry = sum / 10;
    }
    return carry == 0;
}

static void decimal_subtract(struct decimal *value, unsigned number)
{
    unsigned borrow = 0;
    for (size_t i = 0; i < ARC_DIGITS; i++) {
        const unsigned taken = number % 10 + borrow;
        borrow = value->digits[i] < taken ? 1 : 0;
        value->digits[i] = (uint8_t)(value->digits[i] + 10 * borrow - taken);
        number /= 10;
    }
}

static bool decimal_below(const struct decimal *value, unsigned number)
{
    unsigned low = value->digits[0] + 10U * value->digits[1];
    for (size_t i = 2; i < ARC_DIGITS; i++) {
        low = value->digits[i] != 0 ? number : low;
    }
    return low < number;
}

static void decimal_put(struct writer *w, const struct decimal *value)
{
    size_t n = ARC_DIGITS;
    while (n > 1 && value->digits[n - 1] == 0) {
        n--;
    }
    while (n > 0) {
        writer_put_u8(w, (uint8_t)('0' + value->digits[--n]));
    }
}

// The first number of the coding holds two arcs (X.690 §8.19.4).
static void put_first_arcs(struct writer *w, struct decimal *value)
{
    const unsigned first = decimal_below(value, 40) ? 0 : decimal_below(value, 80) ? 1 : 2;
    decimal_subtract(value, 40 * first);
    writer_put_u8(w, (uint8_t)('0' + first));
    writer_put_u8(w, '.');
    decimal_put(w, value);
}

// "2.25.1"; NULL when it is no identifier, or has numbers that nobody assigns.
static const char *keep_identifier(struct writer *arena, struct span oid)
{
    char *kept = (char *)arena->p + arena->n;
    struct decimal value = {{0}};
    bool first = true, open = true;
    for (size_t i = 0; i < oid.n; i++) {
        if (!decimal_extend(&value, 128, oid.p[i] & 0x7FU)) {
            return NULL;
        }
        open = (oid.p[i] & 0x80) != 0;
        if (open) {
            continue;
        }
        if (first) {
            put_first_arcs(arena, &value);
        } else {
            writer_put_u8(arena, '.');
            decimal_put(arena, &value);
        }
        first = false;
        memset(&value, 0, sizeof value);
    }
    writer_put_u8(arena, 0);
    return open || arena->overflow ? NULL : kept;
}

// --- Taking apart --------------------------------------------------------------------------------------------

// Text ::= CHOICE {[1] UTF8String, [2] OCTET STRING}
static bool parse_choice(struct span content, struct writer *arena, struct jumin_eid_value *value)
{
    struct tlv choice, compressed;
    if (tlv_expect(&content, TEXT_PLAIN, &choice)) {
        return content.n == 0 && parse_string(choice.value, arena, &value->text);
    }
    if (!tlv_expect(&content, TEXT_COMPRESSED, &choice) || content.n != 0 ||
        !tlv_expect(&choice.value, OCTET_STRING, &compressed) || choice.value.n != 0) {
        return false;
    }
    value->text = keep_text(arena, span_of(NULL, 0));
    value->bytes = compressed.value.p;
    value->n = compressed.value.n;
    return value->text != NULL;
}

static bool is_date(const char *text)
{
    for (size_t i = 0; i < EID_DATE; i++) {
        if ((text[i] < '0' || text[i] > '9') && text[i] != ' ') {
            return false;
        }
    }
    return text[EID_DATE] == '\0';
}

static bool parse_structured_place(struct span fields, struct writer *arena, struct jumin_eid_place *place)
{
    const struct {
        uint32_t tag;
        const char **to;
    } places[] = {{PLACE_STREET, &place->street},
                  {PLACE_CITY, &place->city},
                  {PLACE_STATE, &place->state},
                  {PLACE_COUNTRY, &place->country},
                  {PLACE_ZIPCODE, &place->zipcode}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct tlv field;
        if (tlv_expect(&fields, places[i].tag, &field) && !parse_string(field.value, arena, places[i].to)) {
            return false;
        }
    }
    return fields.n == 0;
}

// GeneralPlace
static bool parse_place(const struct tlv *object, struct writer *arena, struct jumin_eid_value *value)
{
    if (value->count == JUMIN_EID_PLACES_MAX) {
        return false;
    }
    struct jumin_eid_place *place = &value->places[value->count++];
    *place = (struct jumin_eid_place){"", "", "", "", "", "", object->tag == PLACE_UNKNOWN};
    switch (object->tag) {
    case SEQUENCE:
        return parse_structured_place(object->value, arena, place);
    case PLACE_FREE_TEXT:
    case PLACE_UNKNOWN:
        return parse_string(object->value, arena, &place->text);
    default:
        return false;
    }
}

// One place, or for DG17 a SET of them.
static bool parse_places(struct span content, struct writer *arena, struct jumin_eid_value *value)
{
    struct tlv object;
    if (tlv_expect(&content, SET, &object)) {
        if (content.n != 0) {
            return false;
        }
        content = object.value;
    }
    while (content.n > 0) {
        if (tlv_next(&content, &object) != TLV_OBJECT || !parse_place(&object, arena, value)) {
            return false;
        }
    }
    return value->count > 0;
}

// OptionalData
static bool parse_item(struct span item, struct writer *arena, struct jumin_eid_value *value)
{
    struct tlv identifier, object;
    if (value->count == JUMIN_EID_OPTIONAL_MAX || !tlv_expect(&item, OBJECT_IDENTIFIER, &identifier)) {
        return false;
    }
    struct jumin_eid_optional *optional = &value->optional[value->count++];
    *optional =
        (struct jumin_eid_optional){.identifier = keep_identifier(arena, identifier.value), .text = ""};
    if (item.n == 0) {
        return optional->identifier != NULL;
    }
    if (tlv_next(&item, &object) != TLV_OBJECT || item.n != 0) {
        return false;
    }
    optional->value = object.whole.p;
    optional->n = object.whole.n;
    if (is_string(object.tag)) {
        optional->text = keep_text(arena, object.value);
    }
    return optional->identifier != NULL && optional->text != NULL;
}

static bool parse_optional(struct span content, struct writer *arena, struct jumin_eid_value *value)
{
    struct tlv set, item;
    if (!tlv_expect(&content, SET, &set) || content.n != 0) {
        return false;
    }
    while (set.value.n > 0) {
        if (!tlv_expect(&set.value, SEQUENCE, &item) || !parse_item(item.value, arena, value)) {
            return false;
        }
    }
    return true;
}

static bool parse_bytes(struct span content, struct jumin_eid_value *value)
{
    struct tlv octets;
    if (!tlv_expect(&content, OCTET_STRING, &octets) || content.n != 0) {
        return false;
    }
    value->bytes = octets.value.p;
    value->n = octets.value.n;
    return true;
}

static bool parse_content(const struct group_row *row, struct span content, struct writer *arena,
                          struct jumin_eid_value *value)
{
    switch (row->kind) {
    case JUMIN_EID_TEXT:
        return row->is_choice ? parse_choice(content, arena, value)
                              : parse_string(content, arena, &value->text);
    case JUMIN_EID_DATE:
        return parse_string(content, arena, &value->text) && is_date(value->text);
    case JUMIN_EID_PLACE:
        return parse_places(content, arena, value);
    case JUMIN_EID_OPTIONAL:
        return parse_optional(content, arena, value);
    default:
        return parse_bytes(content, value);
    }
}

size_t eid_value_arena(size_t n)
{
    // A byte of an identifier becomes four characters at most; every text has an end.
    return 4 * n + 64;
}

bool eid_value_parse(unsigned group, struct span file, struct writer *arena, struct jumin_eid_value *value,
                     const char **why)
{
    const struct group_row *row = row_of(group);
    struct span rest = file;
    struct tlv object;
    *why = "its content is not as TR-03110-4 wants it";
    memset(value, 0, sizeof *value);
    if (row == NULL || !tlv_expect(&rest, eid_tag_of_group(group), &object) || rest.n != 0) {
        *why = "it is not one object with the group's tag";
    } else if (parse_content(row, object.value, arena, value)) {
        value->kind = row->kind;
        value->file = file.p;
        value->file_length = file.n;
        return true;
    }
    memset(value, 0, sizeof *value);
    value->kind = jumin_eid_group_kind(group);
    value->file = file.p;
    value->file_length = file.n;
    return false;
}

// --- Putting together ----------------------------------------------------------------------------------------

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
    for (size_t i = 0; type != UTF8_STRING && text[i] != '\0'; i++) {
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
        return put_explicit(w, place->unknown ? PLACE_UNKNOWN : PLACE_FREE_TEXT, UTF8_STRING, place->text);
    }
    const size_t opened = tlv_open(w, SEQUENCE);
    const bool put = put_field(w, PLACE_STREET, UTF8_STRING, place->street) &&
                     put_explicit(w, PLACE_CITY, UTF8_STRING, place->city) &&
                     put_field(w, PLACE_STATE, UTF8_STRING, place->state) &&
                     put_explicit(w, PLACE_COUNTRY, PRINTABLE_STRING, place->country) &&
                     put_field(w, PLACE_ZIPCODE, PRINTABLE_STRING, place->zipcode);
    tlv_close(w, opened);
    return put;
}

static bool put_places(struct writer *w, const struct jumin_eid_value *value)
{
    const bool several = value->count > 1;
    if (value->count == 0 || value->count > JUMIN_EID_PLACES_MAX) {
        return false;
    }
    const size_t opened = several ? tlv_open(w, SET) : 0;
    bool put = true;
    for (size_t i = 0; i < value->count && put; i++) {
        put = put_place(w, &value->places[i]);
    }
    if (several) {
        tlv_close(w, opened);
    }
    return put;
}

static bool put_content(struct writer *w, const struct group_row *row, const struct jumin_eid_value *value)
{
    switch (row->kind) {
    case JUMIN_EID_TEXT:
        return row->is_choice ? put_explicit(w, TEXT_PLAIN, UTF8_STRING, value->text)
                              : put_string(w, row->type, value->text);
    case JUMIN_EID_PLACE:
        return put_places(w, value);
    case JUMIN_EID_BYTES:
        tlv_put(w, OCTET_STRING, span_of(value->bytes, value->bytes != NULL ? value->n : 0));
        return value->bytes != NULL;
    default: // no terminal writes dates and optional data
        return false;
    }
}

bool eid_value_put(struct writer *w, unsigned group, const struct jumin_eid_value *value, const char **why)
{
    const struct group_row *row = row_of(group);
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
