// The description of a resident's credential.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/resident_schema.h"

#include <jansson.h>

// NN and YYYY stand for digits: which ages and years there are is the issuer's choice of the day.
static const struct element {
    bool national;
    const char *name, *type; // of CDDL, as an mdoc has it
    const char *korean, *english;
} elements[] = {
    {false, "family_name_unicode", "tstr", "성", "Family name"},
    {false, "given_name_unicode", "tstr", "이름", "Given name"},
    {false, "birth_date", "full-date", "생년월일", "Date of birth"},
    {false, "sex", "uint", "성별", "Sex"},
    {false, "portrait", "bstr", "사진", "Portrait"},
    {false, "issue_date", "full-date", "발급일", "Date of issue"},
    {false, "expiry_date", "full-date", "만료일", "Date of expiry"},
    {false, "issuing_country", "tstr", "발급국", "Issuing country"},
    {false, "issuing_authority_unicode", "tstr", "발급기관", "Issuing authority"},
    {false, "document_number", "tstr", "문서번호", "Document number"},
    {false, "resident_address_unicode", "tstr", "주소", "Address"},
    {false, "age_over_NN", "bool", "만 NN세 이상", "NN years old or older, on the day of issue"},
    {true, "name_hangul", "tstr", "한글 성명", "Name in Hangul"},
    {true, "name_hanja", "tstr", "한자 성명", "Name in Hanja"},
    {true, "registration_number", "tstr", "주민등록번호", "Resident registration number"},
    {true, "address_code", "tstr", "법정동코드", "Code of the legal district"},
    {true, "card_issue_number", "tstr", "카드 발급번호", "Issue number of the card"},
    {true, "adult_in_YYYY", "bool", "YYYY년 성인", "Adult from 1 January of YYYY on"},
};
enum { ELEMENTS = sizeof elements / sizeof *elements };

static json_t *in_both(const char *member, const char *korean, const char *english)
{
    return json_pack("[{s:s, s:s}, {s:s, s:s}]", "locale", "ko", member, korean, "locale", "en", member,
                     english);
}

// The text of what is taken.
static char *text_of(json_t *schema)
{
    char *text = schema != NULL ? json_dumps(schema, JSON_COMPACT) : NULL;
    json_decref(schema);
    return text;
}

static json_t *head(const char *kind, const char *type)
{
    return json_pack("{s:s, s:s, s:s, s:o}", kind, type, "name", "Resident card", "description",
                     "Resident card of the Republic of Korea. Ages and years stand in place of NN and YYYY.",
                     "display", in_both("name", "주민등록증", "Resident card"));
}

char *resident_schema_vct(void)
{
    json_t *schema = head("vct", RESIDENT_VCT), *claims = json_array();
    bool good = json_object_set_new(schema, "claims", claims) == 0;
    for (size_t i = 0; i < ELEMENTS && good; i++) {
        good =
            json_array_append_new(claims, json_pack("{s:[s], s:o, s:s}", "path", elements[i].name, "display",
                                                    in_both("label", elements[i].korean, elements[i].english),
                                                    "sd", "always")) == 0;
    }
    if (!good) {
        json_decref(schema);
    }
    return good ? text_of(schema) : NULL;
}

static json_t *name_space(bool national)
{
    json_t *list = json_array();
    for (size_t i = 0; i < ELEMENTS; i++) {
        if (elements[i].national == national &&
            json_array_append_new(
                list, json_pack("{s:s, s:s, s:o}", "identifier", elements[i].name, "type", elements[i].type,
                                "display", in_both("label", elements[i].korean, elements[i].english))) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

char *resident_schema_doc_type(void)
{
    json_t *schema = head("docType", RESIDENT_DOC_TYPE);
    json_t *spaces = json_pack("{s:o, s:o}", RESIDENT_COMMON_NAMESPACE, name_space(false),
                               RESIDENT_NATIONAL_NAMESPACE, name_space(true));
    if (json_object_set_new(schema, "namespaces", spaces) != 0) {
        json_decref(schema);
        return NULL;
    }
    return text_of(schema);
}
