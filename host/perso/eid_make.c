// Making the data groups of the eID application (TR-03110-4 §2.2, TR-03110-3 §E).
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/eid_make.h"

#include "card/wire/oid.h"
#include "host/pki/der.h"

// Types of TR-03110-3 §E, with explicit tags.
enum {
    DER_NUMERIC_STRING = 0x12,
    DER_IA5_STRING = 0x16,
    PLACE_STREET = 0xAA, // [10] and on
    PLACE_CITY = 0xAB,
    PLACE_STATE = 0xAC,
    PLACE_COUNTRY = 0xAD,
    PLACE_ZIPCODE = 0xAE,
    PLACE_FREE_TEXT = 0xA1, // GeneralPlace [1]
    TEXT_PLAIN = 0xA1,      // Text [1]: not compressed
};

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

// --- What a person has -------------------------------------------------------------------------------------

// A group that is one text of the person.
struct text_group {
    const char *field;
    size_t offset; // in struct person
    uint8_t type;  // of ASN.1
    uint8_t outer; // explicit tag around it; 0: none
};

#define TEXT_OF(name) #name, offsetof(struct person, name)

static const struct text_group text_groups[EID_GROUPS + 1] = {
    [EID_ISSUING_STATE] = {TEXT_OF(issuing_state), DER_PRINTABLE_STRING, 0},
    [EID_DATE_OF_EXPIRY] = {TEXT_OF(expiry_date), DER_NUMERIC_STRING, 0},
    [EID_GIVEN_NAMES] = {TEXT_OF(given_names_hangul), DER_UTF8_STRING, 0},
    [EID_FAMILY_NAMES] = {TEXT_OF(surname_hangul), DER_UTF8_STRING, 0},
    [EID_RELIGIOUS_NAME] = {TEXT_OF(religious_name), DER_UTF8_STRING, 0},
    [EID_ACADEMIC_TITLE] = {TEXT_OF(academic_title), DER_UTF8_STRING, 0},
    [EID_DATE_OF_BIRTH] = {TEXT_OF(birth_date), DER_NUMERIC_STRING, 0},
    [EID_PLACE_OF_BIRTH] = {TEXT_OF(birth_place), DER_UTF8_STRING, PLACE_FREE_TEXT},
    [EID_NATIONALITY] = {TEXT_OF(nationality), DER_PRINTABLE_STRING, 0},
    [EID_OPTIONAL_DATA] = {TEXT_OF(registration_number), DER_NUMERIC_STRING, 0},
    [EID_BIRTH_NAME] = {TEXT_OF(birth_name), DER_UTF8_STRING, 0},
    [EID_DATE_OF_ISSUANCE] = {TEXT_OF(issue_date), DER_NUMERIC_STRING, 0},
    [EID_MUNICIPALITY] = {TEXT_OF(municipality_code), DER_OCTET_STRING, 0},
    [EID_RESIDENCE_PERMIT_1] = {TEXT_OF(residence_permit), DER_UTF8_STRING, TEXT_PLAIN},
    [EID_PHONE_NUMBER] = {TEXT_OF(phone_number), DER_PRINTABLE_STRING, 0},
    [EID_EMAIL_ADDRESS] = {TEXT_OF(email_address), DER_IA5_STRING, 0},
};

static const char *text_of_group(const struct person *person, unsigned group)
{
    return (const char *)person + text_groups[group].offset;
}

const char *eid_group_field(unsigned group)
{
    if (group == EID_PLACE_OF_RESIDENCE) {
        return "address";
    }
    return group <= EID_GROUPS ? text_groups[group].field : NULL;
}

bool eid_has_group(const struct person *person, unsigned group)
{
    switch (group) {
    case EID_DOCUMENT_TYPE:
    case EID_SEX:
        return true;
    case EID_PLACE_OF_RESIDENCE:
        return person->address.city[0] != '\0';
    default:
        return group <= EID_GROUPS && text_groups[group].field != NULL &&
               text_of_group(person, group)[0] != '\0';
    }
}

// --- Writing -----------------------------------------------------------------------------------------------

static void put_text(struct writer *w, uint8_t outer, uint8_t type, struct span text)
{
    const size_t opened = outer != 0 ? tlv_open(w, outer) : 0;
    tlv_put(w, type, text);
    if (outer != 0) {
        tlv_close(w, opened);
    }
}

static void put_optional_text(struct writer *w, uint8_t outer, uint8_t type, const char *text)
{
    if (text[0] != '\0') {
        put_text(w, outer, type, text_of(text));
    }
}

static void put_address(struct writer *w, const struct person_address *address)
{
    const size_t place = tlv_open(w, DER_SEQUENCE);
    put_optional_text(w, PLACE_STREET, DER_UTF8_STRING, address->street);
    put_text(w, PLACE_CITY, DER_UTF8_STRING, text_of(address->city));
    put_optional_text(w, PLACE_STATE, DER_UTF8_STRING, address->state);
    put_text(w, PLACE_COUNTRY, DER_PRINTABLE_STRING, text_of(address->country));
    put_optional_text(w, PLACE_ZIPCODE, DER_PRINTABLE_STRING, address->zipcode);
    tlv_close(w, place);
}

// SET OF OptionalData, with the one kind that there is.
static void put_registration_number(struct writer *w, const char *number)
{
    const size_t set = tlv_open(w, DER_SET);
    const size_t item = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, OID_REGISTRATION_NUMBER);
    tlv_put(w, DER_NUMERIC_STRING, text_of(number));
    tlv_close(w, item);
    tlv_close(w, set);
}

static void put_content(struct writer *w, const struct person *person, unsigned group)
{
    const struct text_group *text = &text_groups[group];
    switch (group) {
    case EID_DOCUMENT_TYPE:
        tlv_put(w, DER_PRINTABLE_STRING, text_of("ID"));
        break;
    case EID_SEX: // the MRZ's filler for unspecified is no character of PrintableString
        tlv_put(w, DER_PRINTABLE_STRING, span_of(person->sex == '<' ? " " : &person->sex, 1));
        break;
    case EID_OPTIONAL_DATA:
        put_registration_number(w, person->registration_number);
        break;
    case EID_PLACE_OF_RESIDENCE:
        put_address(w, &person->address);
        break;
    case EID_RESIDENCE_PERMIT_2:
        put_text(w, TEXT_PLAIN, DER_UTF8_STRING, span_of(NULL, 0));
        break;
    default:
        put_text(w, text->outer, text->type, text_of(text_of_group(person, group)));
        break;
    }
}

void put_eid_group(struct writer *w, const struct person *person, unsigned group)
{
    const bool may_be_empty = group >= EID_RESIDENCE_PERMIT_1;
    if (eid_tag_of_group(group) == 0 || group == EID_WRITTEN_SIGNATURE ||
        (!may_be_empty && !eid_has_group(person, group))) {
        return;
    }
    const size_t opened = tlv_open(w, eid_tag_of_group(group));
    put_content(w, person, group);
    tlv_close(w, opened);
}
