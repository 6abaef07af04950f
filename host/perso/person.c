// The person on a card, read from JSON and validated field by field.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/person.h"

#include "card/crypto/crypto.h"
#include "host/calendar.h"
#include "host/json_fields.h"
#include "host/policy/registration_number.h"
#include <stdlib.h>

enum { JSON_MAX = 65536, ZIPCODE_MAX = 10, YEAR_MIN = 1900 };

struct parser {
    struct json_fields fields;
    struct person *person;
};

_Static_assert((int)PERSON_DETAIL_MAX == (int)JSON_DETAIL_MAX, "person_parse hands it on");

static bool refuse(const struct parser *parser, const char *field, const char *why)
{
    return json_refuse(&parser->fields, field, why);
}

// Control characters (C0, DEL, C1) in UTF-8.
static bool has_control(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (*at < 0x20 || *at == 0x7F || (*at == 0xC2 && at[1] < 0xA0)) {
            return true;
        }
    }
    return false;
}

// The text of `name` in `object`; NULL and refused when it is no string, or is missing although required.
static const char *text_of(const struct parser *parser, const json_t *object, const char *name, bool required,
                           bool *ok)
{
    const json_t *value = json_object_get(object, name);
    *ok = true;
    if (value == NULL && !required) {
        return NULL;
    }
    if (!json_is_string(value) || json_string_length(value) == 0) {
        *ok = refuse(parser, name, value == NULL ? "is missing" : "must be a text that is not empty");
        return NULL;
    }
    if (has_control(json_string_value(value))) {
        *ok = refuse(parser, name, "has a control character");
        return NULL;
    }
    return json_string_value(value);
}

static bool only(const char *text, const char *characters)
{
    return text[strspn(text, characters)] == '\0';
}

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char letters_and_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
static const char romanized_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ -";
// PrintableString and IA5String (X.680 §41) bound what stands in the eID application.
static const char zipcode_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -";
static const char phone_characters[] = "0123456789+-() ";
static const char email_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                       "!#$%&'*+-/=?^_`{|}~.@";

// YYYY-MM-DD to YYYYMMDD.
static bool parse_date(const struct parser *parser, const json_t *object, const char *name,
                       char date[PERSON_DATE + 1])
{
    bool ok = false;
    const char *text = text_of(parser, object, name, true, &ok);
    if (!ok) {
        return false;
    }
    if (calendar_year(calendar_parse(text)) < YEAR_MIN) {
        return refuse(parser, name, "must be a date that exists, as 2001-12-31");
    }
    memcpy(date, text, 4);
    memcpy(date + 4, text + 5, 2);
    memcpy(date + 6, text + 8, 2);
    date[PERSON_DATE] = '\0';
    return true;
}

static bool parse_code(const struct parser *parser, const json_t *object, const char *name, char code[4])
{
    bool ok = false;
    const char *text = text_of(parser, object, name, true, &ok);
    if (!ok) {
        return false;
    }
    if (strlen(text) > 3 || !only(text, letters)) {
        return refuse(parser, name, "must be a state's code of one to three capital letters, as KOR");
    }
    memcpy(code, text, strlen(text) + 1);
    return true;
}

static bool parse_text(const struct parser *parser, const json_t *object, const char *name, bool required,
                       char text[PERSON_TEXT_MAX])
{
    bool ok = false;
    const char *value = text_of(parser, object, name, required, &ok);
    if (!ok || value == NULL) {
        return ok;
    }
    if (strlen(value) >= PERSON_TEXT_MAX) {
        return refuse(parser, name, "is longer than 255 bytes");
    }
    memcpy(text, value, strlen(value) + 1);
    return true;
}

// A text of these characters, at most `most` of them; may be missing.
static bool parse_short(const struct parser *parser, const json_t *object, const char *name,
                        const char *characters, size_t most, char *text)
{
    bool ok = false;
    const char *value = text_of(parser, object, name, false, &ok);
    if (!ok || value == NULL) {
        return ok;
    }
    if (strlen(value) > most || !only(value, characters)) {
        return refuse(parser, name, "is too long, or has a character that cannot stand there");
    }
    memcpy(text, value, strlen(value) + 1);
    return true;
}

static bool parse_sex(const struct parser *parser, const json_t *object)
{
    bool ok = false;
    const char *text = text_of(parser, object, "sex", true, &ok);
    if (!ok) {
        return false;
    }
    if (strlen(text) != 1 || strchr("FMX", text[0]) == NULL) {
        return refuse(parser, "sex", "must be F, M, or X for unspecified");
    }
    parser->person->sex = text[0] == 'X' ? '<' : text[0]; // 9303-3 §5.1 has a filler for unspecified
    return true;
}

static bool parse_document_number(const struct parser *parser, const json_t *object)
{
    bool ok = false;
    const char *text = text_of(parser, object, "document_number", true, &ok);
    if (!ok) {
        return false;
    }
    if (strlen(text) > PERSON_DOCUMENT_NUMBER || !only(text, letters_and_digits)) {
        return refuse(parser, "document_number", "must be one to nine capital letters and digits");
    }
    memcpy(parser->person->document_number, text, strlen(text) + 1);
    return true;
}

// Appends with '<<' between surname and given names, as 9303-10 §4.7.11 has the full name in DG11.
static bool append_name(char name[PERSON_TEXT_MAX], const char *part)
{
    const size_t n = strlen(name);
    const int added = snprintf(name + n, PERSON_TEXT_MAX - n, "%s%s", n > 0 ? "<<" : "", part);
    return added > 0 && (size_t)added < PERSON_TEXT_MAX - n;
}

// One of surname and given names: Hangul, Hanja where there is, romanized as given or by the rule.
static bool parse_name(const struct parser *parser, const json_t *object, const char *name,
                       char romanized[PERSON_ROMANIZED_MAX], char hangul[PERSON_TEXT_MAX])
{
    static const char *const fields[] = {"hangul", "hanja", "romanized"};
    json_t *value = json_object_get(object, name);
    const char *texts[3] = {NULL};
    if (!json_only_known(&parser->fields, value, name, fields, COUNT(fields))) {
        return false;
    }
    for (size_t i = 0; i < 3; i++) {
        bool ok = false;
        texts[i] = text_of(parser, value, fields[i], i == 0, &ok);
        if (!ok) {
            return false;
        }
    }
    if (!append_name(parser->person->name_hangul, texts[0]) ||
        (texts[1] != NULL && !append_name(parser->person->name_hanja, texts[1]))) {
        return refuse(parser, name, "is longer than the card holds");
    }
    memcpy(hangul, texts[0], strlen(texts[0]) + 1); // it fits: the whole name does
    if (texts[2] == NULL) {
        return romanize(texts[0], romanized, PERSON_ROMANIZED_MAX) ||
               refuse(parser, name, "is not Hangul only: give it in romanized, too");
    }
    if (strlen(texts[2]) >= PERSON_ROMANIZED_MAX || !only(texts[2], romanized_characters) ||
        strchr(letters, texts[2][0]) == NULL) {
        return refuse(parser, "romanized", "must be capital letters, spaces and hyphens, a letter first");
    }
    memcpy(romanized, texts[2], strlen(texts[2]) + 1);
    return true;
}

static bool parse_registration_number(const struct parser *parser, const json_t *object)
{
    struct person *person = parser->person;
    bool ok = false;
    const char *text = text_of(parser, object, "registration_number", false, &ok);
    if (!ok || text == NULL) {
        return ok;
    }
    struct registration_number number;
    const char *fault = registration_number_parse(text, true, &number); // specimens alone get cards
    if (fault == NULL) {
        fault = registration_number_misfit(&number, (calendar_day)strtoul(person->birth_date, NULL, 10),
                                           person->sex);
    }
    if (fault == NULL) {
        memcpy(person->registration_number, number.digits, sizeof number.digits);
    }
    crypto_wipe(&number, sizeof number);
    return fault == NULL || refuse(parser, "registration_number", fault);
}

static bool parse_address(const struct parser *parser, const json_t *object)
{
    static const char *const known[] = {"street", "city", "state", "zipcode", "country"};
    struct person_address *address = &parser->person->address;
    json_t *value = json_object_get(object, "address");
    if (value == NULL) {
        return true;
    }
    memcpy(address->country, parser->person->issuing_state, sizeof address->country);
    return json_only_known(&parser->fields, value, "address", known, COUNT(known)) &&
           parse_text(parser, value, "street", false, address->street) &&
           parse_text(parser, value, "city", true, address->city) &&
           parse_text(parser, value, "state", false, address->state) &&
           parse_short(parser, value, "zipcode", zipcode_characters, ZIPCODE_MAX, address->zipcode) &&
           (json_object_get(value, "country") == NULL ||
            parse_code(parser, value, "country", address->country));
}

static bool parse_municipality(const struct parser *parser, const json_t *object)
{
    char *code = parser->person->municipality_code;
    return parse_short(parser, object, "municipality_code", "0123456789", PERSON_MUNICIPALITY, code) &&
           (code[0] == '\0' || strlen(code) == PERSON_MUNICIPALITY ||
            refuse(parser, "municipality_code", "must be the ten digits of a legal district's code"));
}

// What only the eID application has.
static bool parse_resident(const struct parser *parser, const json_t *object)
{
    struct person *person = parser->person;
    return parse_registration_number(parser, object) && parse_address(parser, object) &&
           parse_municipality(parser, object) &&
           parse_text(parser, object, "birth_place", false, person->birth_place) &&
           parse_text(parser, object, "birth_name", false, person->birth_name) &&
           parse_text(parser, object, "religious_name", false, person->religious_name) &&
           parse_text(parser, object, "academic_title", false, person->academic_title) &&
           parse_text(parser, object, "residence_permit", false, person->residence_permit) &&
           parse_short(parser, object, "phone_number", phone_characters, PERSON_SHORT_MAX - 1,
                       person->phone_number) &&
           parse_short(parser, object, "email_address", email_characters, PERSON_SHORT_MAX - 1,
                       person->email_address);
}

static bool parse_fields(const struct parser *parser, json_t *object)
{
    static const char *const known[] = {
        "document_number",     "surname",        "given_names",       "birth_date",   "sex",
        "nationality",         "issuing_state",  "issue_date",        "expiry_date",  "issuing_authority",
        "registration_number", "address",        "municipality_code", "birth_place",  "birth_name",
        "religious_name",      "academic_title", "residence_permit",  "phone_number", "email_address"};
    struct person *person = parser->person;
    if (!json_only_known(&parser->fields, object, "person file", known, COUNT(known)) ||
        !parse_document_number(parser, object) ||
        !parse_name(parser, object, "surname", person->surname, person->surname_hangul) ||
        !parse_name(parser, object, "given_names", person->given_names, person->given_names_hangul) ||
        !parse_date(parser, object, "birth_date", person->birth_date) || !parse_sex(parser, object) ||
        !parse_code(parser, object, "nationality", person->nationality) ||
        !parse_code(parser, object, "issuing_state", person->issuing_state) ||
        !parse_date(parser, object, "issue_date", person->issue_date) ||
        !parse_date(parser, object, "expiry_date", person->expiry_date) ||
        !parse_text(parser, object, "issuing_authority", true, person->issuing_authority) ||
        !parse_resident(parser, object)) {
        return false;
    }
    if (strcmp(person->birth_date, person->issue_date) > 0) {
        return refuse(parser, "birth_date", "lies after the date of issue");
    }
    return strcmp(person->issue_date, person->expiry_date) < 0 ||
           refuse(parser, "expiry_date", "must lie after the date of issue");
}

enum jumin_error person_parse(struct span json, struct person *person, char detail[PERSON_DETAIL_MAX])
{
    const struct parser parser = {{detail, "person file"}, person};
    memset(person, 0, sizeof *person);
    json_t *object = json_fields_load(&parser.fields, json, JSON_MAX);
    const bool ok = object != NULL && parse_fields(&parser, object);
    json_wipe(object);
    json_decref(object);
    if (!ok) {
        crypto_wipe(person, sizeof *person);
    }
    return ok ? JUMIN_OK : JUMIN_ERROR_INPUT;
}
