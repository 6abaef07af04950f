// Data groups of the eID application, taken apart (TR-03110-4 §2.2.3.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/eid_value.h"

#include "card/wire/eid.h"
#include "host/reader/lds.h"
#include "host/reader/oid_text.h"

static const struct eid_group_row rows[EID_GROUPS + 1] = {
    [EID_DOCUMENT_TYPE] = {"DocumentType", JUMIN_EID_TEXT, DER_PRINTABLE_STRING, false},
    [EID_ISSUING_STATE] = {"IssuingEntity", JUMIN_EID_TEXT, DER_PRINTABLE_STRING, false},
    [EID_DATE_OF_EXPIRY] = {"DateOfExpiry", JUMIN_EID_DATE, DER_NUMERIC_STRING, false},
    [EID_GIVEN_NAMES] = {"GivenNames", JUMIN_EID_TEXT, DER_UTF8_STRING, false},
    [EID_FAMILY_NAMES] = {"FamilyNames", JUMIN_EID_TEXT, DER_UTF8_STRING, false},
    [EID_RELIGIOUS_NAME] = {"NomDePlume", JUMIN_EID_TEXT, DER_UTF8_STRING, false},
    [EID_ACADEMIC_TITLE] = {"AcademicTitle", JUMIN_EID_TEXT, DER_UTF8_STRING, false},
    [EID_DATE_OF_BIRTH] = {"DateOfBirth", JUMIN_EID_DATE, DER_NUMERIC_STRING, false},
    [EID_PLACE_OF_BIRTH] = {"PlaceOfBirth", JUMIN_EID_PLACE, 0, false},
    [EID_NATIONALITY] = {"Nationality", JUMIN_EID_TEXT, DER_PRINTABLE_STRING, false},
    [EID_SEX] = {"Sex", JUMIN_EID_TEXT, DER_PRINTABLE_STRING, false},
    [EID_OPTIONAL_DATA] = {"OptionalData", JUMIN_EID_OPTIONAL, 0, false},
    [EID_BIRTH_NAME] = {"BirthName", JUMIN_EID_TEXT, DER_UTF8_STRING, false},
    [EID_WRITTEN_SIGNATURE] = {"WrittenSignature", JUMIN_EID_BYTES, 0, false},
    [EID_DATE_OF_ISSUANCE] = {"DateOfIssuance", JUMIN_EID_DATE, DER_NUMERIC_STRING, false},
    [EID_PLACE_OF_RESIDENCE] = {"PlaceOfResidence", JUMIN_EID_PLACE, 0, false},
    [EID_MUNICIPALITY] = {"MunicipalityID", JUMIN_EID_BYTES, 0, false},
    [EID_RESIDENCE_PERMIT_1] = {"ResidencePermitI", JUMIN_EID_TEXT, DER_UTF8_STRING, true},
    [EID_RESIDENCE_PERMIT_2] = {"ResidencePermitII", JUMIN_EID_TEXT, DER_UTF8_STRING, true},
    [EID_PHONE_NUMBER] = {"PhoneNumber", JUMIN_EID_TEXT, DER_PRINTABLE_STRING, false},
    [EID_EMAIL_ADDRESS] = {"EmailAddress", JUMIN_EID_TEXT, DER_IA5_STRING, false},
};

const struct eid_group_row *eid_group_row_of(unsigned group)
{
    return group <= EID_GROUPS && rows[group].name != NULL ? &rows[group] : NULL;
}

const char *jumin_eid_group_name(unsigned group)
{
    const struct eid_group_row *row = eid_group_row_of(group);
    return row != NULL ? row->name : NULL;
}

enum jumin_eid_kind jumin_eid_group_kind(unsigned group)
{
    const struct eid_group_row *row = eid_group_row_of(group);
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
    return tag == DER_UTF8_STRING || tag == DER_PRINTABLE_STRING || tag == DER_NUMERIC_STRING ||
           tag == DER_IA5_STRING;
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

// --- Taking apart --------------------------------------------------------------------------------------------

// Text ::= CHOICE {[1] UTF8String, [2] OCTET STRING}
static bool parse_choice(struct span content, struct writer *arena, struct jumin_eid_value *value)
{
    struct tlv choice, compressed;
    if (tlv_expect(&content, TEXT_PLAIN, &choice)) {
        return content.n == 0 && parse_string(choice.value, arena, &value->text);
    }
    if (!tlv_expect(&content, TEXT_COMPRESSED, &choice) || content.n != 0 ||
        !tlv_expect(&choice.value, DER_OCTET_STRING, &compressed) || choice.value.n != 0) {
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
    case DER_SEQUENCE:
        return parse_structured_place(object->value, arena, place);
    case PLACE_FREE_TEXT:
    case PLACE_UNKNOWN:
        return parse_string(object->value, arena, &place->text);
    default:
        return false;
    }
}

// One place, or for DG17 a DER_SET of them.
static bool parse_places(struct span content, struct writer *arena, struct jumin_eid_value *value)
{
    struct tlv object;
    if (tlv_expect(&content, DER_SET, &object)) {
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
    if (value->count == JUMIN_EID_OPTIONAL_MAX || !tlv_expect(&item, DER_OID, &identifier)) {
        return false;
    }
    struct jumin_eid_optional *optional = &value->optional[value->count++];
    *optional = (struct jumin_eid_optional){.identifier = oid_text(arena, identifier.value), .text = ""};
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
    if (!tlv_expect(&content, DER_SET, &set) || content.n != 0) {
        return false;
    }
    while (set.value.n > 0) {
        if (!tlv_expect(&set.value, DER_SEQUENCE, &item) || !parse_item(item.value, arena, value)) {
            return false;
        }
    }
    return true;
}

static bool parse_bytes(struct span content, struct jumin_eid_value *value)
{
    struct tlv octets;
    if (!tlv_expect(&content, DER_OCTET_STRING, &octets) || content.n != 0) {
        return false;
    }
    value->bytes = octets.value.p;
    value->n = octets.value.n;
    return true;
}

static bool parse_content(const struct eid_group_row *row, struct span content, struct writer *arena,
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
    const struct eid_group_row *row = eid_group_row_of(group);
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
