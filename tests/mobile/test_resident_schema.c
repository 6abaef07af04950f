// The description of a resident's credential: it describes what is issued, and nothing else.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/mobile/resident_schema.h"

#include <jansson.h>
#include <stdlib.h>

static const struct resident_claims everything = {.family_name = "홍",
                                                  .given_name = "길동",
                                                  .name_hangul = "홍길동",
                                                  .name_hanja = "洪吉童",
                                                  .birth_date = "2001-03-14",
                                                  .sex = 1,
                                                  .portrait = {(const uint8_t *)"jpeg", 4},
                                                  .issue_date = "2026-01-01",
                                                  .expiry_date = "2029-01-01",
                                                  .issuing_country = "KR",
                                                  .issuing_authority = "견본시장",
                                                  .document_number = "1",
                                                  .address = "세종",
                                                  .registration_number = "012314-3000001",
                                                  .address_code = "3611010100",
                                                  .card_issue_number = "1",
                                                  .ages = {{19, true}},
                                                  .age_count = 1,
                                                  .years = {{2026, true}},
                                                  .year_count = 1};

static json_t *load(char *text)
{
    assert_non_null(text);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    assert_non_null(json);
    return json;
}

// As the schema spells it: ages and years by letters.
static const char *pattern_of(const struct resident_claim *claim)
{
    return strncmp(claim->name, "age_over_", 9) == 0   ? "age_over_NN"
           : strncmp(claim->name, "adult_in_", 9) == 0 ? "adult_in_YYYY"
                                                       : claim->name;
}

static const char *type_of(enum resident_claim_kind kind)
{
    static const char *const types[] = {"tstr", "full-date", "bstr", "bool", "uint"};
    return types[kind];
}

static void assert_has_both_languages(const json_t *item, const char *member)
{
    const json_t *display = json_object_get(item, "display");
    assert_int_equal(json_array_size(display), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *one = json_array_get(display, i);
        assert_string_equal(json_string_value(json_object_get(one, "locale")), i == 0 ? "ko" : "en");
        assert_true(json_string_length(json_object_get(one, member)) > 0);
    }
}

static void test_the_doc_type_describes_each_element_in_its_namespace(void **state)
{
    (void)state;
    struct resident_claim claims[RESIDENT_CLAIMS_MAX];
    size_t count = 0, next[2] = {0, 0};
    json_t *schema = load(resident_schema_doc_type()), *spaces = json_object_get(schema, "namespaces");
    assert_string_equal(json_string_value(json_object_get(schema, "docType")), "kr.jumin.resident.1");
    assert_has_both_languages(schema, "name");
    assert_true(resident_claims_list(&everything, claims, &count));
    for (size_t i = 0; i < count; i++) {
        const json_t *space = json_object_get(spaces, claims[i].national ? RESIDENT_NATIONAL_NAMESPACE
                                                                         : RESIDENT_COMMON_NAMESPACE);
        const json_t *element = json_array_get(space, next[claims[i].national]++);
        assert_string_equal(json_string_value(json_object_get(element, "identifier")),
                            pattern_of(&claims[i]));
        assert_string_equal(json_string_value(json_object_get(element, "type")), type_of(claims[i].kind));
        assert_has_both_languages(element, "label");
    }
    assert_int_equal(json_object_size(spaces), 2);
    assert_int_equal(json_array_size(json_object_get(spaces, RESIDENT_COMMON_NAMESPACE)), next[0]);
    assert_int_equal(json_array_size(json_object_get(spaces, RESIDENT_NATIONAL_NAMESPACE)), next[1]);
    json_decref(schema);
}

static void test_the_vct_s_metadata_describe_each_claim(void **state)
{
    (void)state;
    struct resident_claim claims[RESIDENT_CLAIMS_MAX];
    size_t count = 0;
    json_t *schema = load(resident_schema_vct());
    const json_t *list = json_object_get(schema, "claims");
    assert_string_equal(json_string_value(json_object_get(schema, "vct")), "urn:kr:jumin:resident:1");
    assert_has_both_languages(schema, "name");
    assert_true(resident_claims_list(&everything, claims, &count));
    assert_int_equal(json_array_size(list), count);
    for (size_t i = 0; i < count; i++) {
        const json_t *claim = json_array_get(list, i), *path = json_object_get(claim, "path");
        assert_int_equal(json_array_size(path), 1);
        assert_string_equal(json_string_value(json_array_get(path, 0)), pattern_of(&claims[i]));
        assert_string_equal(json_string_value(json_object_get(claim, "sd")), "always");
        assert_has_both_languages(claim, "label");
    }
    json_decref(schema);
}

static void test_the_bytes_are_the_same_each_time(void **state)
{
    (void)state;
    char *first = resident_schema_vct(), *second = resident_schema_vct();
    assert_string_equal(first, second);
    free(first);
    free(second);
    first = resident_schema_doc_type();
    second = resident_schema_doc_type();
    assert_string_equal(first, second);
    free(first);
    free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_doc_type_describes_each_element_in_its_namespace),
        cmocka_unit_test(test_the_vct_s_metadata_describe_each_claim),
        cmocka_unit_test(test_the_bytes_are_the_same_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
