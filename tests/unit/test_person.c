// Person files: what is taken from them, and that each wrong field is named.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/perso/person.h"
#include <stdio.h>

static const char good[] =
    "{\"document_number\":\"M00000001\",\"surname\":{\"hangul\":\"홍\",\"hanja\":\"洪\",\"romanized\":"
    "\"HONG\"},"
    "\"given_names\":{\"hangul\":\"길순\",\"hanja\":\"吉順\"},\"birth_date\":\"2000-02-29\",\"sex\":\"F\","
    "\"nationality\":\"KOR\",\"issuing_state\":\"KOR\",\"issue_date\":\"2026-11-02\","
    "\"expiry_date\":\"2036-11-01\",\"issuing_authority\":\"견본시장\"}";

static enum jumin_error parse(const char *json, struct person *person, char *detail)
{
    return person_parse(span_of(json, strlen(json)), person, detail);
}

static void test_every_field_is_taken(void **state)
{
    (void)state;
    struct person person;
    char detail[PERSON_DETAIL_MAX];
    assert_int_equal(parse(good, &person, detail), JUMIN_OK);
    assert_string_equal(person.document_number, "M00000001");
    assert_string_equal(person.surname, "HONG");
    assert_string_equal(person.given_names, "GILSUN"); // by the rule
    assert_string_equal(person.name_hangul, "홍<<길순");
    assert_string_equal(person.name_hanja, "洪<<吉順");
    assert_string_equal(person.birth_date, "20000229");
    assert_string_equal(person.issue_date, "20261102");
    assert_string_equal(person.expiry_date, "20361101");
    assert_string_equal(person.nationality, "KOR");
    assert_string_equal(person.issuing_state, "KOR");
    assert_string_equal(person.issuing_authority, "견본시장");
    assert_int_equal(person.sex, 'F');
}

static const char resident[] =
    "\"registration_number\":\"002229-4123456\",\"address\":{\"city\":\"세종특별자치시\",\"street\":\"견본로 "
    "1\",\"zipcode\":\"30100\"},\"municipality_code\":\"3611010100\",\"birth_place\":\"여수시\",\"birth_"
    "name\":"
    "\"김\",\"religious_name\":\"법명\",\"academic_title\":\"Dr.\",\"residence_permit\":\"F-5\",\"phone_"
    "number\":"
    "\"+82 44\",\"email_address\":\"a@b.example\",";

// `good` with more fields in front, the first `from` in them replaced by `to`.
static const char *with_resident(const char *from, const char *to)
{
    static char text[4096];
    const char *at = strstr(resident, from);
    assert_non_null(at);
    (void)snprintf(text, sizeof text, "{%.*s%s%s%s", (int)(at - resident), resident, to, at + strlen(from),
                   good + 1);
    return text;
}

static void test_every_field_of_a_resident_is_taken(void **state)
{
    (void)state;
    struct person person;
    char detail[PERSON_DETAIL_MAX];
    assert_int_equal(parse(with_resident("", ""), &person, detail), JUMIN_OK);
    assert_string_equal(person.surname_hangul, "홍");
    assert_string_equal(person.given_names_hangul, "길순");
    assert_string_equal(person.registration_number, "0022294123456");
    assert_string_equal(person.address.city, "세종특별자치시");
    assert_string_equal(person.address.street, "견본로 1");
    assert_string_equal(person.address.state, "");
    assert_string_equal(person.address.zipcode, "30100");
    assert_string_equal(person.address.country, "KOR");
    assert_string_equal(person.municipality_code, "3611010100");
    assert_string_equal(person.birth_place, "여수시");
    assert_string_equal(person.birth_name, "김");
    assert_string_equal(person.religious_name, "법명");
    assert_string_equal(person.academic_title, "Dr.");
    assert_string_equal(person.residence_permit, "F-5");
    assert_string_equal(person.phone_number, "+82 44");
    assert_string_equal(person.email_address, "a@b.example");
}

// `good` with the first `from` replaced by `to`.
static const char *changed(const char *from, const char *to)
{
    static char text[2048];
    const char *at = strstr(good, from);
    assert_non_null(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    return text;
}

static void expect_refused(const char *json, const char *named)
{
    struct person person;
    static const struct person wiped;
    char detail[PERSON_DETAIL_MAX] = "";
    assert_int_equal(parse(json, &person, detail), JUMIN_ERROR_INPUT);
    if (strstr(detail, named) == NULL) {
        fail_msg("\"%s\" does not name %s", detail, named);
    }
    assert_memory_equal(&person, &wiped, sizeof person);
}

static void test_wrong_fields_are_named(void **state)
{
    (void)state;
    expect_refused(changed("\"M00000001\"", "\"M000000012\""), "document_number");
    expect_refused(changed("\"M00000001\"", "\"m1\""), "document_number");
    expect_refused(changed("\"M00000001\"", "7"), "document_number");
    expect_refused(changed("2000-02-29", "2001-02-29"), "birth_date");
    expect_refused(changed("2000-02-29", "1900-02-29"), "birth_date");
    expect_refused(changed("2000-02-29", "2000-13-01"), "birth_date");
    expect_refused(changed("2000-02-29", "29.2.2000"), "birth_date");
    expect_refused(changed("2000-02-29", "2026-11-03"), "birth_date");
    expect_refused(changed("2036-11-01", "2026-11-02"), "expiry_date");
    expect_refused(changed("\"F\"", "\"W\""), "sex");
    expect_refused(changed("\"KOR\"", "\"Korea\""), "nationality");
    expect_refused(changed("\"HONG\"", "\"Hong\""), "romanized");
    expect_refused(changed("\"길순\"", "\"Gilsun\""), "given_names");
    expect_refused(changed("\"견본시장\"", "\"\""), "issuing_authority");
    expect_refused(changed("\"sex\"", "\"gender\""), "gender");
    expect_refused(changed("\"romanized\"", "\"romanised\""), "romanised");
    expect_refused(changed("\"HONG\"", "\" \""), "romanized");
    expect_refused(changed("\"HONG\"", "\"-HONG\""), "romanized");
    expect_refused(changed("\"견본시장\"", "\"a\\u001B[2Jb\""), "issuing_authority");
    expect_refused(changed("\"홍\"", "\"홍\\n\""), "hangul");
}

static void test_wrong_fields_of_a_resident_are_named(void **state)
{
    (void)state;
    expect_refused(with_resident("\"002229-4123456\"", "7"), "registration_number");
    expect_refused(with_resident("\"city\":\"세종특별자치시\",", ""), "city");
    expect_refused(with_resident("\"city\"", "\"town\""), "town");
    expect_refused(with_resident("\"30100\"", "\"30100_\""), "zipcode");
    expect_refused(with_resident("\"30100\"", "\"30100-30100\""), "zipcode");
    expect_refused(with_resident("\"30100\"", "\"30100\",\"country\":\"Korea\""), "country");
    expect_refused(with_resident("3611010100", "361101010"), "municipality_code");
    expect_refused(with_resident("3611010100", "36110101000"), "municipality_code");
    expect_refused(with_resident("3611010100", "361101010A"), "municipality_code");
    expect_refused(with_resident("+82 44", "+82 x"), "phone_number");
    expect_refused(with_resident("a@b.example", "a b"), "email_address");
    expect_refused(with_resident("\"여수시\"", "\"\""), "birth_place");
}

static void test_registration_number_is_a_specimen_and_fits_the_person(void **state)
{
    (void)state;
    static const char given[] = "002229-4123456";
    struct person person;
    char detail[PERSON_DETAIL_MAX];
    expect_refused(with_resident(given, "000229-4123456"), "could be a real person's");
    expect_refused(with_resident(given, "002228-4123456"), "registration_number");
    expect_refused(with_resident(given, "002229-3123456"), "the other sex");
    expect_refused(with_resident(given, "002229-412345"), "registration_number");
    assert_int_equal(parse(with_resident(given, "0022294123457"), &person, detail), JUMIN_OK);
    assert_string_equal(person.registration_number, "0022294123457");
}

static void test_missing_fields_are_named(void **state)
{
    (void)state;
    expect_refused(changed("\"sex\":\"F\",", ""), "sex");
    expect_refused(changed("\"birth_date\":\"2000-02-29\",", ""), "birth_date");
    expect_refused(changed("\"hangul\":\"홍\",", ""), "hangul");
}

static void test_what_is_no_object_is_refused_with_its_line(void **state)
{
    (void)state;
    expect_refused("", "line 1");
    expect_refused("[]", "line 1");
    expect_refused("{\n\"sex\":\"F\",\n\"sex\":\"M\"}", "line 3");
    expect_refused(changed("홍", "\xED\x95"), "line 1"); // no UTF-8
}

static void test_every_truncation_is_refused(void **state)
{
    (void)state;
    struct person person;
    char detail[PERSON_DETAIL_MAX];
    for (size_t n = 0; n < strlen(good); n++) {
        assert_int_equal(person_parse(span_of(good, n), &person, detail), JUMIN_ERROR_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field_is_taken),
        cmocka_unit_test(test_every_field_of_a_resident_is_taken),
        cmocka_unit_test(test_wrong_fields_are_named),
        cmocka_unit_test(test_wrong_fields_of_a_resident_are_named),
        cmocka_unit_test(test_registration_number_is_a_specimen_and_fits_the_person),
        cmocka_unit_test(test_missing_fields_are_named),
        cmocka_unit_test(test_what_is_no_object_is_refused_with_its_line),
        cmocka_unit_test(test_every_truncation_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
